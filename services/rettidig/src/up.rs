//! `rettidig up`: everything in one process, live, embedded.

use crate::cli::Ended;
use crate::erp::{TrainingErp, faults};
use crate::live::{self, Clock, Edges, IntakeOptions, PHASE_HOURS};
use crate::pipeline::{self, CALENDAR, training_erp};
use crate::run::{say, tell};
use crate::settings::Settings;
use crate::stages::{KEYED, Stages, erp_settings};
use crate::{data, signals};
use alerting::AlertConfig;
use anyhow::Result;
use clap::Args;
use erp_gateway::ErpConfig;
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use reqwest::Url;
use runtime::{Edge, Reach};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::sqlite::Durability;

/// Everything in one process, live: drop directory and HTTP push in, the ERP out, days by the machine's clock.
///
/// Without --erp-url the ERP sandbox is started beside it, for training.
#[derive(Debug, Args)]
pub struct Options {
    /// Where everything is kept.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    intake: IntakeOptions,
    #[command(flatten)]
    erp: ErpConfig,
    /// Faults of the training ERP, YAML.
    #[arg(long, value_name = "FILE", conflicts_with = "erp_url")]
    erp_faults: Option<PathBuf>,
    /// The authority's choices and the stages' settings, YAML; `schemas/settings.schema.json` names every key.
    #[arg(long, env = "RETTIDIG_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Go on with a data directory under other settings than last time.
    #[arg(long)]
    accept_changed_settings: bool,
    #[command(flatten)]
    alerts: AlertConfig,
    #[command(flatten)]
    live: live::LiveOptions,
}

/// What the user of the command sees once it runs.
fn told(
    data: &Path,
    (intake, signs_for_nobody): (&IntakeOptions, bool),
    push: Option<SocketAddr>,
    erp: Option<&Url>,
) -> String {
    let mut told = format!("It runs, and keeps everything in {}.\n", data.display());
    match (&intake.drop_dir, &intake.done_dir) {
        (Some(folder), Some(done)) => told.push_str(&format!(
            "Files that are dropped into {} are taken within seconds and moved to {}.\n",
            folder.display(),
            done.display()
        )),
        (Some(folder), None) => told.push_str(&format!(
            "Files that are dropped into {} are taken within seconds and stay there.\n",
            folder.display()
        )),
        (None, _) => {}
    }
    if let Some(address) = push {
        told.push_str(&format!("Files and commands are pushed to http://{address}.\n"));
    }
    if intake.drop_dir.is_none() && push.is_none() {
        told.push_str("Nothing can come in: name --drop-dir or --push-bind.\n");
    }
    if signs_for_nobody {
        told.push_str(
            "Letters are signed by the municipality code, with general words on where to complain: name the authority\n\
             under authorities in --settings.\n",
        );
    }
    told.push_str(&match erp {
        Some(url) => format!("Orders go to {url}.\n"),
        None => "Orders go to a training ERP beside it: no invoice leaves this machine. --erp-url names a real one.\n".to_owned(),
    });
    let [opened, closing, closed] = PHASE_HOURS.map(|(_, hour)| hour);
    told.push_str(&format!(
        "What is due is decided at {opened}:00 (letters: {}), the ERP's ledger is read at {opened}:00 and {closing}:00 and\n\
         compared at {closed}:00.\n\
         Ctrl-C drains and stops it.",
        data::letters(data).display()
    ));
    told
}

/// Runs until a signal comes.
pub async fn run(options: Options) -> Result<Ended> {
    let telemetry = runtime::telemetry::start(&options.live.telemetry, "rettidig")?;
    // What is wrong with the files and the ERP that are named is told before anything is made.
    let settings = Settings::read(options.settings.as_deref())?;
    let signs_for_nobody = settings.signs_for_nobody();
    let training_faults = faults(options.erp_faults.as_deref())?;
    options.intake.checked()?;
    let real_erp = options.erp.erp_url.is_some().then(|| erp_settings(options.erp)).transpose()?;
    let _held = data::open(&options.data, data::PARTITIONS, data::Days::Clock)?;
    settings.begin(&options.data, options.accept_changed_settings)?.iter().for_each(|told| tell(told));
    settings.law_ends(live::today())?.iter().for_each(|told| tell(told));
    let log: Arc<dyn Log> =
        Arc::new(EmbeddedLog::open(data::log_file(&options.data), data::PARTITIONS).await?);
    log.create_topics(data::PARTITIONS).await?;
    let erp_url = real_erp.as_ref().map(|erp| erp.connection.url.clone());
    let (training, erp) = if let Some(erp) = real_erp {
        (None, erp)
    } else {
        let faults_log = options.data.join("faults.jsonl");
        let training =
            TrainingErp::start(data::erp(&options.data), training_faults, Some(faults_log)).await?;
        let erp = training_erp(&training.url())?;
        (Some(training), erp)
    };
    let stages = Stages {
        settings,
        erp: Some(erp),
        alerts: options.alerts,
        letters: Some(data::letters(&options.data)),
        letters_outlive: Durability::Full,
        config: options.live.worker.config(),
        erp_calls_in_flight: 1,
        tapes: None,
    };
    let mut workers = Vec::new();
    for stage in KEYED {
        workers.push(stages.worker(stage, &log, pipeline::embedded_store(&options.data, stage).await?)?);
    }
    let store = |stage| pipeline::embedded_store(&options.data, stage);
    let (of_calendar, of_intake) = (store(CALENDAR).await?, store(intake::STAGE).await?);
    let reach = vec![
        Reach::new(CALENDAR, Arc::clone(&log), Arc::clone(&of_calendar)),
        Reach::new(intake::STAGE, Arc::clone(&log), Arc::clone(&of_intake)),
    ];
    let clock = Clock::new(Edge::open(CALENDAR, Arc::clone(&log), of_calendar).await?);
    let evidence = data::evidence(&options.data);
    let edges = Edges::open(&options.intake, evidence, Arc::clone(&log), of_intake).await?;
    let inputs = (&options.intake, signs_for_nobody);
    say(&told(&options.data, inputs, edges.push_address(), erp_url.as_ref()));

    let stop = signals::stop_on_signal();
    let (worked, announced, taken) = tokio::join!(
        live::or_stop(&stop, live::work(workers, reach, &options.live, &stop)),
        live::or_stop(&stop, clock.run(training.as_ref(), &stop)),
        live::or_stop(&stop, edges.run(&stop)),
    );
    if let Some(training) = training {
        training.stop().await?;
    }
    telemetry.finish().await;
    worked.and(announced).and(taken).map(|()| Ended::Done)
}
