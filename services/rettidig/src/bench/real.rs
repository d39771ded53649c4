//! The real run: all stages, day by day, with the training ERP.

use super::backend::{Backend, Opened};
use super::drive::rest;
use super::measured::{Clock, Measured};
use super::tape::Tapes;
use crate::data;
use crate::erp::TrainingErp;
use crate::pipeline::{Plant, PlantConfig, training_erp};
use crate::settings::Settings;
use crate::signals;
use crate::stages::KEYED;
use alerting::AlertConfig;
use anyhow::{Context, Result};
use domain::Day;
use erp_sandbox::Faults;
use eventlog::Log;
use messages::{Phase, Topic};
use std::path::Path;
use std::sync::Arc;
use store::sqlite::Durability;

/// What a real run has shown.
pub(super) struct Real {
    pub(super) register_events: u64,
    pub(super) measured: Measured,
    pub(super) outcome: crate::report::Report,
    /// Transactions of the intake before the clock ran.
    pub(super) opening: usize,
    pub(super) steps: Vec<Step>,
    /// What it has left.
    pub(super) log: Arc<dyn Log>,
}

/// What was done before each rest.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// The intake has taken the files of a day, in so many transactions.
    Files { day: Day, transactions: usize },
    /// A phase was announced.
    Phase(Day, Phase),
}

/// Runs the input to the last day, and notes on the tapes what was done.
pub(super) async fn run(
    backend: &Backend,
    place: &Path,
    (input, until): (&Path, Day),
    partitions: u32,
    tapes: &Tapes,
) -> Result<Real> {
    let Opened { log, stores, meter } = backend.open("real", place, partitions, tapes).await?;
    let erp = TrainingErp::start(data::erp(place), Faults::default(), None).await?;
    let config = PlantConfig {
        data: place.to_owned(),
        partitions,
        durability: Durability::Full,
        erp: training_erp(&erp.url())?,
        settings: Settings::default(),
        person_secret_file: None,
        alerts: AlertConfig::default(),
        erp_calls_in_flight: super::ERP_CALLS_IN_FLIGHT,
        done_dir: None,
    };
    let mut plant = Plant::taped(Arc::clone(&log), stores, config, Some(tapes.clone())).await?;
    let stop = signals::stop_on_signal();
    let all = (KEYED.len(), partitions);
    let days = intake::days(input)?;
    let first = days.iter().find_map(|(day, _)| *day).context("the generator has written no day")?;
    // The groups are joined before the clock runs.
    rest(&meter, all, async || plant.settle(&stop).await).await?;
    let transactions = || tapes.of(intake::STAGE).recorded().saved.len();
    let opening = transactions();
    let mut before = opening;
    let mut steps = Vec::new();
    let mut clock = Clock::start();
    for day in first.iter_days().take_while(|day| *day <= until) {
        erp.open_day(day).await?;
        let due: Vec<_> = days
            .iter()
            .filter(|(of, _)| *of == Some(day))
            .map(|(_, folder)| (None, folder.as_path()))
            .collect();
        plant.take_and_settle(&due, day, &stop).await?;
        steps.push(Step::Files { day, transactions: transactions() - before });
        before = transactions();
        clock.rest(rest(&meter, all, async || plant.settle(&stop).await).await?);
        for phase in Phase::ALL {
            plant.announce(day, phase).await?;
            steps.push(Step::Phase(day, phase));
            clock.rest(rest(&meter, all, async || plant.settle(&stop).await).await?);
        }
    }
    let mut measured = clock.stop(&meter)?;
    for stage in KEYED {
        measured.recorded(stage, &tapes.of(stage).recorded());
    }
    let (outcome, _) = plant.report(until).await?;
    drop(plant);
    erp.stop().await?;
    let register_events = meter.written(Topic::RegisterEvents);
    Ok(Real { register_events, measured, outcome, opening, steps, log })
}
