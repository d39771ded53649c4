//! `rettidig bench`: how fast it goes.

mod backend;
mod drive;
mod filler;
mod floor;
mod log;
mod measured;
mod meter;
mod plan;
mod process;
mod real;
mod store;
mod table;
mod tape;

pub use backend::Backend;
pub use log::MeteredLog;
pub use measured::{Floor, Measured, Part, Report};
pub use meter::{Meter, Traffic};
pub use tape::{Tape, Tapes};

use crate::cli::WrongInput;
use crate::generate::{self, Profile};
use crate::run::say;
use crate::servers::{KafkaProperty, kafka};
use anyhow::{Context, Result};
use clap::Args;
use domain::Period;
use secrecy::SecretString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Measure: how many register events a second go through all stages.
///
/// Generates a municipality and lets it live day by day as `run` does, with the training ERP in this process: files,
/// then the phases of the day, each at rest before the next. With brokers and a database named it runs on Apache Kafka
/// and PostgreSQL, else on files with every commit flushed to the disk.
///
/// Beside it the floor: the same messages, and states of the same size, through a new log and new stores of the same
/// kind, by stages that decide nothing and call nobody. The ratio of both says how much of the time is our own. The
/// figures are worth something with a release build and nothing beside it; ratios are of one run.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    size: Size,
    /// Where everything is kept: a new or empty directory on the disk that is to be measured. Without, a temporary
    /// directory is used and deleted.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The figures as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    servers: Servers,
}

/// Where it runs if not on files.
#[derive(Debug, Args)]
struct Servers {
    /// Host and port of some brokers, separated by commas. The topics of a bench have names of their own, and stay:
    /// use brokers that are there to be measured.
    #[arg(long, env = "KAFKA_BOOTSTRAP", value_name = "HOST:PORT,…", requires = "postgres_url")]
    kafka_bootstrap: Option<String>,
    /// Properties of librdkafka for TLS and SASL, as name=value; may be given several times.
    #[arg(
        long,
        env = "KAFKA_PROPERTIES",
        value_name = "NAME=VALUE",
        value_delimiter = ';',
        hide_env_values = true
    )]
    kafka_property: Vec<KafkaProperty>,
    /// postgres://user:password@host:port/database. The schemas of a bench have names of their own, and stay.
    #[arg(long, env = "POSTGRES_URL", hide_env_values = true, requires = "kafka_bootstrap")]
    postgres_url: Option<SecretString>,
    /// On files, also where the environment names servers.
    #[arg(long)]
    embedded: bool,
}

impl Servers {
    fn backend(&self) -> Result<Backend> {
        Ok(match (&self.kafka_bootstrap, &self.postgres_url) {
            (Some(bootstrap), Some(url)) if !self.embedded => {
                Backend::servers(kafka(bootstrap, &self.kafka_property)?, url.clone())
            }
            _ => Backend::Embedded,
        })
    }
}

/// What is run.
#[derive(Debug, Clone, Copy, Args)]
pub struct Size {
    /// Households with children in daycare.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    pub households: u32,
    /// Months, from January 2023.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=47))]
    pub months: u32,
    /// Another seed gives other families.
    #[arg(long, default_value_t = 2023)]
    pub seed: u64,
    /// Partitions of the log. One process does all the work, so more only make the batches smaller.
    #[arg(long, default_value_t = crate::data::PARTITIONS, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub partitions: u32,
    /// Only the real run. The floor needs the memory for all its messages, and what is noted for it weighs in the figure
    /// of the real run's memory.
    #[arg(long)]
    pub no_floor: bool,
}

/// How many orders the ERP gets at the same time, as in `run`.
const ERP_CALLS_IN_FLIGHT: usize = 1;

/// How many cases of a hundred are billed by standing order.
const STANDING_SHARE: u32 = 50;

/// The command.
pub async fn run(options: Options) -> Result<()> {
    let backend = options.servers.backend()?;
    let place = Place::open(options.data)?;
    let report = measure(&options.size, &backend, place.path()).await?;
    if let Some(path) = &options.report {
        let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
        serde_json::to_writer_pretty(file, &report)?;
    }
    say(&table::text(&report)?);
    Ok(())
}

/// Generates, runs and measures. Files go to the directory `place`, which is empty.
pub async fn measure(size: &Size, backend: &Backend, place: &Path) -> Result<Report> {
    let from = Period::new(2023, 1)?;
    let input = place.join("input");
    generate::run(&generate::Options {
        profile: Profile::Small,
        households: size.households,
        months: size.months,
        from,
        seed: size.seed,
        out: input.clone(),
        standing_share: STANDING_SHARE,
    })?;
    let until = from.plus_months(size.months).minus_months(1).last_day();
    let tapes = if size.no_floor { Tapes::counting() } else { Tapes::new() };
    let folder = |name| backend::folder(place, name);
    let real = real::run(backend, &folder("real")?, (&input, until), size.partitions, &tapes).await?;
    let floor = if size.no_floor {
        None
    } else {
        Some(floor::run(backend, &folder("floor")?, size.partitions, &real, &tapes).await?)
    };
    Ok(Report {
        backend: backend.name().to_owned(),
        households: size.households,
        months: size.months,
        seed: size.seed,
        partitions: size.partitions,
        register_events: real.register_events,
        real: real.measured,
        floor,
        outcome: real.outcome,
    })
}

/// A directory of the user's, or one that goes when it is dropped.
struct Place {
    path: PathBuf,
    temporary: bool,
}

impl Place {
    fn open(named: Option<PathBuf>) -> Result<Self> {
        let temporary = named.is_none();
        let name = format!("rettidig-bench-{}", std::process::id());
        let path = named.unwrap_or_else(|| std::env::temp_dir().join(name));
        fs::create_dir_all(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        if fs::read_dir(&path)?.next().is_some() {
            let text = format!("{} is not empty; name an empty or a new directory", path.display());
            return Err(WrongInput(text).into());
        }
        Ok(Self { path, temporary })
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.temporary {
            drop(fs::remove_dir_all(&self.path));
        }
    }
}
