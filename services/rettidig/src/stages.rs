//! The stages by their names, each wired to a log, a store and what it calls.

use crate::bench::Tapes;
use crate::cli::WrongInput;
use crate::settings::Settings;
use alerting::{AlertConfig, Alerting, Receivers};
use anyhow::{Result, anyhow};
use erp_gateway::{ErpClient, ErpConfig, ErpSettings, Gateway};
use eventlog::Log;
use letters::{Directory, Letters};
use runtime::{DynStage, Pace, Worker, WorkerConfig};
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use store::sqlite::Durability;

/// The keyed stages, in the order of the data.
pub const KEYED: [&str; 7] =
    ["routing", "assessment", "letters", "invoicing", erp_gateway::STAGE_NAME, "reconciliation", "alerting"];

/// Calls that a stage makes at the same time in a fast-forward run, where the order in which they are made does not
/// show: letters are files of their own, receivers are told cause by cause.
const CALLS_IN_FLIGHT_FAST_FORWARD: usize = 64;

/// What the stages are made with.
pub struct Stages {
    /// The authority's choices and the stages' settings.
    pub settings: Settings,
    /// The ERP, for the gateway.
    pub erp: Option<ErpSettings>,
    /// Who is told, for alerting.
    pub alerts: AlertConfig,
    /// Where letters go.
    pub letters: Option<PathBuf>,
    /// What a delivered letter outlives.
    pub letters_outlive: Durability,
    /// How workers work.
    pub config: WorkerConfig,
    /// How many orders the gateway has under way at the same time in a fast-forward run.
    pub erp_calls_in_flight: usize,
    /// On what a bench notes what each stage decides.
    pub tapes: Option<Tapes>,
}

/// How the worker of a stage works.
pub fn worker_config(base: WorkerConfig, stage: &str, erp_calls_in_flight: usize) -> WorkerConfig {
    let calls_in_flight_max = match base.pace {
        Pace::Live => base.calls_in_flight_max,
        Pace::FastForward if stage == erp_gateway::STAGE_NAME => erp_calls_in_flight,
        Pace::FastForward => CALLS_IN_FLIGHT_FAST_FORWARD,
    };
    WorkerConfig { calls_in_flight_max, ..base }
}

impl Stages {
    /// The worker of one stage.
    pub fn worker(&self, name: &str, log: &Arc<dyn Log>, store: Arc<dyn Store>) -> Result<Worker> {
        let mut stage = self.stage(name)?;
        if let Some(tapes) = &self.tapes {
            let tape = tapes.of_stage(stage.shape());
            stage = stage.observed(tape);
        }
        let config = worker_config(self.config, stage.shape().name, self.erp_calls_in_flight);
        Ok(Worker::new(stage, Arc::clone(log), store, config))
    }

    fn stage(&self, name: &str) -> Result<DynStage> {
        let settings = &self.settings;
        Ok(match name {
            "routing" => settings.routing()?.into(),
            "assessment" => settings.assessment()?.into(),
            "letters" => {
                let folder = self.letters.as_ref().ok_or_else(|| missing("--letters-dir"))?;
                let channel = Directory::open(folder)?;
                Letters.calling(match self.letters_outlive {
                    Durability::Full => channel,
                    Durability::Consistent | Durability::Process => channel.unflushed(),
                })
            }
            "invoicing" => settings.invoicing()?.into(),
            erp_gateway::STAGE_NAME => {
                let erp = self.erp.as_ref().ok_or_else(|| missing("--erp-url"))?;
                Gateway::new(erp.gateway.clone()).calling(ErpClient::new(erp.connection.clone())?)
            }
            "reconciliation" => settings.reconciliation()?.into(),
            "alerting" => {
                let receivers =
                    Receivers::new(&self.alerts).map_err(|error| WrongInput(error.to_string()))?;
                Alerting::new(receivers.configured()).calling(receivers)
            }
            _ => return Err(anyhow!("there is no stage {name}")),
        })
    }
}

/// The settings of the ERP; what is wrong with them is the user's to correct.
pub fn erp_settings(config: ErpConfig) -> Result<ErpSettings> {
    Ok(config.validate().map_err(|error| WrongInput(format!("{:#}", anyhow::Error::from(error))))?)
}

fn missing(option: &str) -> WrongInput {
    WrongInput(format!("this stage needs {option}"))
}
