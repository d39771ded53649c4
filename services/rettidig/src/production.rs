//! Stages on Apache Kafka and PostgreSQL.

use crate::cli::{Ended, WrongInput};
use crate::data;
use crate::live::{self, Clock, Edges, IntakeOptions};
use crate::pipeline::CALENDAR;
use crate::run::{say, tell};
use crate::servers::{KafkaOptions, PostgresOptions};
use crate::settings::Settings;
use crate::signals;
use crate::stages::{KEYED, Stages, erp_settings};
use alerting::AlertConfig;
use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use domain::Day;
use erp_gateway::ErpConfig;
use eventlog::Log;
use intake::{Intake, IntakeConfig};
use messages::Phase;
use runtime::{Edge, Reach, calendar};
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use store::sqlite::Durability;

/// Run one stage on Apache Kafka and PostgreSQL until a signal comes. Start as many as there are partitions.
#[derive(Debug, Args)]
pub struct ServeOptions {
    /// Which stage. `intake` and `calendar` run once; the others scale by partitions.
    #[arg(value_parser = PossibleValuesParser::new(["intake", CALENDAR].into_iter().chain(KEYED)))]
    stage: String,
    #[command(flatten)]
    kafka: KafkaOptions,
    #[command(flatten)]
    postgres: PostgresOptions,
    /// The authority's choices and the stages' settings, YAML; `schemas/settings.schema.json` names every key.
    #[arg(long, env = "RETTIDIG_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,
    /// For `letters`: where letters go.
    #[arg(long, env = "RETTIDIG_LETTERS_DIR", value_name = "DIR")]
    letters_dir: Option<PathBuf>,
    /// For `intake`.
    #[command(flatten)]
    intake: IntakeOptions,
    /// For `intake`: where the raw input is kept.
    #[arg(long, env = "RETTIDIG_EVIDENCE_DIR", value_name = "DIR")]
    evidence_dir: Option<PathBuf>,
    /// For `erp-gateway`.
    #[command(flatten)]
    erp: ErpConfig,
    #[command(flatten)]
    alerts: AlertConfig,
    #[command(flatten)]
    live: live::LiveOptions,
}

/// Serves one stage.
pub async fn serve(options: ServeOptions) -> Result<Ended> {
    let service = format!("rettidig-{}", options.stage);
    let telemetry = runtime::telemetry::start(&options.live.telemetry, &service)?;
    let log = options.kafka.open().await?;
    let store = options.postgres.open(&options.stage).await?;
    let ended = serve_stage(options, log, store).await;
    telemetry.finish().await;
    ended.map(|()| Ended::Done)
}

async fn serve_stage(options: ServeOptions, log: Arc<dyn Log>, store: Arc<dyn Store>) -> Result<()> {
    let stop = signals::stop_on_signal();
    match options.stage.as_str() {
        CALENDAR => {
            let reach = Reach::new(CALENDAR, Arc::clone(&log), Arc::clone(&store));
            let calendar = Edge::open(CALENDAR, log, store).await?;
            let clock = Clock::new(calendar);
            let (announced, seen) = tokio::join!(
                live::or_stop(&stop, clock.run(None, &stop)),
                live::or_stop(&stop, live::work(Vec::new(), vec![reach], &options.live, &stop)),
            );
            announced.and(seen)
        }
        intake::STAGE => {
            let evidence = options
                .evidence_dir
                .clone()
                .ok_or_else(|| WrongInput("intake needs --evidence-dir".to_owned()))?;
            let reach = Reach::new(intake::STAGE, Arc::clone(&log), Arc::clone(&store));
            let edges = Edges::open(&options.intake, evidence, log, store).await?;
            let (taken, seen) = tokio::join!(
                live::or_stop(&stop, edges.run(&stop)),
                live::or_stop(&stop, live::work(Vec::new(), vec![reach], &options.live, &stop)),
            );
            taken.and(seen)
        }
        stage => {
            let erp = if stage == erp_gateway::STAGE_NAME { Some(erp_settings(options.erp)?) } else { None };
            let settings = Settings::read(options.settings.as_deref())?;
            settings.doubts()?.iter().for_each(|told| tell(told));
            settings.law_ends(live::today())?.iter().for_each(|told| tell(told));
            let stages = Stages {
                settings,
                erp,
                alerts: options.alerts,
                letters: options.letters_dir,
                letters_outlive: Durability::Full,
                config: options.live.worker.config(),
                erp_calls_in_flight: 1,
                tapes: None,
            };
            let worker = stages.worker(stage, &log, store)?;
            live::work(vec![worker], Vec::new(), &options.live, &stop).await
        }
    }
}

/// The topics on the brokers.
#[derive(Debug, Subcommand)]
pub enum Topics {
    /// Make the topics that are not there yet. Those that are there stay as they are.
    Apply {
        #[command(flatten)]
        kafka: KafkaOptions,
        /// Partitions of each topic: how far a stage can be scaled. Cannot be changed later.
        #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=1000))]
        partitions: u32,
    },
}

/// `rettidig topics`.
pub async fn topics(topics: Topics) -> Result<()> {
    let Topics::Apply { kafka, partitions } = topics;
    kafka.open().await?.create_topics(partitions).await?;
    say(&format!("{} topics with {partitions} partitions are there.", messages::Topic::ALL.len()));
    Ok(())
}

/// Announce a phase of a day to every partition, once. In production the `calendar` stage does it by the clock.
#[derive(Debug, Args)]
pub struct TickOptions {
    /// The day, yyyy-mm-dd.
    #[arg(long, value_name = "DATE")]
    date: Day,
    /// How far the day has come.
    #[arg(long, value_enum)]
    phase: PhaseName,
    #[command(flatten)]
    kafka: KafkaOptions,
    #[command(flatten)]
    postgres: PostgresOptions,
}

/// A phase on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum PhaseName {
    /// Morning.
    Opened,
    /// Evening: the ERP's ledger is read.
    Closing,
    /// Night: reconciliation compares.
    Closed,
}

/// `rettidig tick`.
pub async fn tick(options: TickOptions) -> Result<()> {
    let log = options.kafka.open().await?;
    let edge = Edge::open(CALENDAR, log, options.postgres.open(CALENDAR).await?).await?;
    let phase = match options.phase {
        PhaseName::Opened => Phase::Opened,
        PhaseName::Closing => Phase::Closing,
        PhaseName::Closed => Phase::Closed,
    };
    let new = calendar::announce(&edge, options.date, phase).await?;
    say(if new { "Announced." } else { "It was announced before." });
    Ok(())
}

/// Take the files of a directory as of a day, once. In production the `intake` stage does it by the clock.
#[derive(Debug, Args)]
pub struct TakeOptions {
    /// The directory: the files that lie in it, in the order of their names.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The day on which they count as arrived, yyyy-mm-dd.
    #[arg(long, value_name = "DATE")]
    date: Day,
    /// The secret under which CPR numbers become keys: at least 16 random bytes, the same for ever.
    #[arg(long, env = "RETTIDIG_PERSON_SECRET_FILE", value_name = "FILE")]
    person_secret_file: PathBuf,
    /// Where the raw input is kept.
    #[arg(long, env = "RETTIDIG_EVIDENCE_DIR", value_name = "DIR")]
    evidence_dir: PathBuf,
    #[command(flatten)]
    kafka: KafkaOptions,
    #[command(flatten)]
    postgres: PostgresOptions,
}

/// `rettidig take`. Files that an earlier one has begun are finished first.
pub async fn take(options: TakeOptions) -> Result<()> {
    let log = options.kafka.open().await?;
    let config = IntakeConfig {
        evidence_dir: options.evidence_dir,
        secret: data::person_secret(Some(&options.person_secret_file))?,
        done_dir: None,
    };
    let store = options.postgres.open(intake::STAGE).await?;
    let mut intake = data::wrong_input(Intake::open(config, log, store).await)?;
    intake.resume(options.date).await?;
    if !options.folder.is_dir() {
        return Err(WrongInput(format!("{} is no directory", options.folder.display())).into());
    }
    let taken = intake.take_directory(&options.folder, options.date).await?;
    let new = taken.iter().filter(|file| !file.duplicate).count();
    say(&format!("{} files, {new} of them new.", taken.len()));
    Ok(())
}
