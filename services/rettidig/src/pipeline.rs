//! All stages on one log and one store each, in one process.

use crate::bench::Tapes;
use crate::dead_letters::refusals;
use crate::report::{Report, Sources};
use crate::settings::Settings;
use crate::stages::{KEYED, Stages};
use crate::{cli::WrongInput, data};
use alerting::AlertConfig;
use anyhow::Result;
use domain::Day;
use erp_gateway::{Connection, ErpSettings, GatewaySettings, Tls};
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use intake::{Intake, IntakeConfig};
use messages::{CalendarDay, Finding, Phase};
use runtime::{Edge, Ended, Worker, WorkerConfig, calendar};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store::sqlite::{Durability, SqliteStore};
use tokio_util::sync::CancellationToken;

/// The stage whose store has the calendar's position.
pub const CALENDAR: &str = "calendar";

/// Every part that keeps something: the edges, then the keyed stages.
pub fn parts() -> impl Iterator<Item = &'static str> {
    [intake::STAGE, CALENDAR].into_iter().chain(KEYED)
}

/// How long the training ERP may take to answer, beside a fast-forward run.
const TRAINING_TIMEOUT: Duration = Duration::from_secs(5);
/// The token that the training ERP on the loopback address does not look at.
const TRAINING_TOKEN: &str = "training";
/// Calls a second to the training ERP: no limit worth the name, it runs beside.
const TRAINING_RATE: u32 = 100_000;
/// Failed calls in a row after which the training ERP is left alone for a moment.
const TRAINING_BREAKER_FAILURES: u32 = 50;

/// How a fast-forward pipeline is set up.
pub struct PlantConfig {
    /// Where everything is kept.
    pub data: PathBuf,
    /// Partitions of the log.
    pub partitions: u32,
    /// What each commit to log and stores outlives.
    pub durability: Durability,
    /// The ERP.
    pub erp: ErpSettings,
    /// The authority's choices and the stages' settings.
    pub settings: Settings,
    /// The secret under which CPR numbers become keys.
    pub person_secret_file: Option<PathBuf>,
    /// Who is told.
    pub alerts: AlertConfig,
    /// How many orders the ERP gets at the same time.
    pub erp_calls_in_flight: usize,
    /// Where files of a drop directory go once they are taken; they stay where this is absent.
    pub done_dir: Option<PathBuf>,
}

/// The ERP sandbox beside a run.
pub fn training_erp(url: &str) -> Result<ErpSettings> {
    let connection = Connection {
        url: url.parse().map_err(|_| WrongInput(format!("{url} is no URL")))?,
        token: SecretString::from(TRAINING_TOKEN),
        tls: Tls::default(),
        connect_timeout: TRAINING_TIMEOUT,
        timeout: TRAINING_TIMEOUT,
        rate_per_second: TRAINING_RATE,
        rate_burst: TRAINING_RATE,
        breaker_failures: TRAINING_BREAKER_FAILURES,
        breaker_open: Duration::from_millis(100),
        page_entries: 1000,
        due_day: 1,
    };
    Ok(ErpSettings { connection, gateway: GatewaySettings::default() })
}

/// All stages in one process, for fast-forward.
pub struct Plant {
    log: Arc<dyn Log>,
    stores: Vec<Arc<dyn Store>>,
    workers: Vec<Worker>,
    intake: Intake,
    calendar: Edge,
}

impl Plant {
    /// Opens the embedded log, the stores and the stages of a data directory.
    pub async fn embedded(config: PlantConfig) -> Result<Self> {
        let log: Arc<dyn Log> = Arc::new(
            EmbeddedLog::open_as(data::log_file(&config.data), config.partitions, config.durability).await?,
        );
        log.create_topics(config.partitions).await?;
        let mut stores: Vec<Arc<dyn Store>> = Vec::new();
        for stage in parts() {
            stores.push(Arc::new(SqliteStore::open_as(&config.data, stage, config.durability).await?));
        }
        Self::assemble(log, stores, config).await
    }

    /// The same on any log and stores: one store for each of [`parts`].
    pub async fn assemble(
        log: Arc<dyn Log>,
        stores: Vec<Arc<dyn Store>>,
        config: PlantConfig,
    ) -> Result<Self> {
        Self::taped(log, stores, config, None).await
    }

    /// The same; what each stage decides is noted on a tape.
    pub async fn taped(
        log: Arc<dyn Log>,
        stores: Vec<Arc<dyn Store>>,
        config: PlantConfig,
        tapes: Option<Tapes>,
    ) -> Result<Self> {
        let of = |stage: &str| find(&stores, stage);
        let intake_config = IntakeConfig {
            evidence_dir: data::evidence(&config.data),
            secret: data::person_secret(config.person_secret_file.as_deref())?,
            done_dir: config.done_dir.clone(),
        };
        let intake = Intake::open(intake_config, Arc::clone(&log), of(intake::STAGE)?).await;
        let intake = data::wrong_input(intake)?;
        let calendar = Edge::open(CALENDAR, Arc::clone(&log), of(CALENDAR)?).await?;
        let stages = Stages {
            settings: config.settings,
            erp: Some(config.erp),
            alerts: config.alerts,
            letters: Some(data::letters(&config.data)),
            letters_outlive: config.durability,
            config: WorkerConfig::fast_forward(),
            erp_calls_in_flight: config.erp_calls_in_flight,
            tapes,
        };
        let workers =
            KEYED.iter().map(|stage| stages.worker(stage, &log, of(stage)?)).collect::<Result<_>>()?;
        Ok(Self { log, workers, intake, calendar, stores })
    }

    /// The last phase that was announced.
    pub async fn announced(&self) -> Result<Option<(Day, Phase)>> {
        let last = calendar::last(&self.calendar).await?;
        Ok(last.map(|CalendarDay { date, phase }| (date, phase)))
    }

    /// Finishes files that an earlier process was taking.
    pub async fn resume_files(&mut self, day: Day) -> Result<()> {
        self.intake.resume(day).await?;
        Ok(())
    }

    /// Takes the files of a folder.
    pub async fn take_files(&mut self, folder: &Path, day: Day) -> Result<()> {
        self.intake.take_directory(folder, day).await?;
        Ok(())
    }

    /// How many files of a folder are not in the ledger.
    pub async fn untaken(&mut self, folder: &Path) -> Result<u64> {
        Ok(self.intake.untaken(folder).await?)
    }

    /// Announces a phase of a day.
    pub async fn announce(&self, day: Day, phase: Phase) -> Result<()> {
        calendar::announce(&self.calendar, day, phase).await?;
        Ok(())
    }

    /// Takes folders while the stages already work on what has been read, and lets them come to rest. Of the folder of
    /// a day that has passed (named with it) what is not in the ledger is taken.
    pub async fn take_and_settle(
        &mut self,
        folders: &[(Option<Day>, &Path)],
        day: Day,
        stop: &CancellationToken,
    ) -> Result<Ended> {
        if !folders.is_empty() {
            let (intake, workers) = (&mut self.intake, &mut self.workers);
            let all_taken = stop.child_token();
            let take = async {
                // Also where a file fails, nobody waits for the rest.
                let _all_taken = all_taken.clone().drop_guard();
                for (passed, folder) in folders {
                    if all_taken.is_cancelled() {
                        break;
                    }
                    match passed {
                        Some(passed) => intake.take_late(folder, *passed, day).await?,
                        None => intake.take_directory(folder, day).await?,
                    };
                }
                Ok::<_, anyhow::Error>(())
            };
            // The stages first: they work on threads of their own while this one reads, and nothing of that waits.
            let (worked, taken) = tokio::join!(runtime::run_beside(workers, &all_taken), take);
            // A disk that is full fails both: the stage says which of its work it was.
            worked?;
            taken?;
        }
        self.settle(stop).await
    }

    /// Lets every stage work until nothing is left to do, or until it is stopped.
    pub async fn settle(&mut self, stop: &CancellationToken) -> Result<Ended> {
        Ok(runtime::run_until_idle(&mut self.workers, stop).await?)
    }

    /// How many messages and lines were refused and wait, or are to be sent again; and how much in cases waits for staff.
    pub async fn refused(&self) -> Result<(usize, usize)> {
        let refusals = refusals(&*self.log).await?;
        let (of_messages, of_cases): (Vec<_>, Vec<_>) =
            refusals.open().partition(|refused| refused.is_of_message());
        Ok((of_messages.len(), of_cases.len()))
    }

    /// The figures so far, as of a day, and every finding as it stands.
    pub async fn report(&self, as_of: Day) -> Result<(Report, Vec<Finding>)> {
        let intake = self.intake.report().await?;
        let sources = Sources { log: &*self.log, stores: &self.stores, intake: &intake, as_of };
        sources.report().await
    }
}

/// The store of this stage.
pub fn find(stores: &[Arc<dyn Store>], stage: &str) -> Result<Arc<dyn Store>> {
    let found = stores.iter().find(|store| store.stage() == stage);
    found.cloned().ok_or_else(|| anyhow::anyhow!("the stage {stage} has no store"))
}

/// The store of one stage in a data directory.
pub async fn embedded_store(data: &Path, stage: &str) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(SqliteStore::open(data, stage).await?))
}

/// The intake of a data directory, by itself.
pub async fn embedded_intake(data: &Path, person_secret_file: Option<&Path>) -> Result<Intake> {
    let partitions = data::partitions(data)?;
    let log: Arc<dyn Log> = Arc::new(EmbeddedLog::open(data::log_file(data), partitions).await?);
    let config = IntakeConfig {
        evidence_dir: data::evidence(data),
        secret: data::person_secret(person_secret_file)?,
        done_dir: None,
    };
    data::wrong_input(Intake::open(config, log, embedded_store(data, intake::STAGE).await?).await)
}
