//! The real run: all stages, day by day, with the training ERP.

use super::backend::{Backend, Opened};
use super::drive::rest;
use super::measured::{Clock, Measured};
use crate::data;
use crate::erp::TrainingErp;
use crate::pipeline::{Plant, PlantConfig, training_erp};
use crate::signals;
use crate::stages::KEYED;
use alerting::AlertConfig;
use anyhow::{Context, Result};
use domain::Day;
use erp_sandbox::Faults;
use messages::{Phase, Topic};
use std::path::Path;
use std::sync::Arc;
use store::sqlite::Durability;

/// What a real run has shown.
pub(super) struct Real {
    pub(super) register_events: u64,
    pub(super) measured: Measured,
    pub(super) outcome: crate::report::Report,
}

/// Runs the input to the last day.
pub(super) async fn run(
    backend: &Backend,
    place: &Path,
    input: &Path,
    until: Day,
    partitions: u32,
) -> Result<Real> {
    let Opened { log, stores, meter } = backend.open("real", place, partitions).await?;
    let erp = TrainingErp::start(data::erp(place), Faults::default(), None).await?;
    let config = PlantConfig {
        data: place.to_owned(),
        partitions,
        durability: Durability::Full,
        erp: training_erp(&erp.url())?,
        settings: None,
        person_secret_file: None,
        alerts: AlertConfig::default(),
        erp_calls_in_flight: 1,
        done_dir: None,
    };
    let mut plant = Plant::assemble(Arc::clone(&log), stores, config).await?;
    let stop = signals::stop_on_signal();
    let all = (KEYED.len(), partitions);
    let days = intake::days(input)?;
    let first = days.iter().find_map(|(day, _)| *day).context("the generator has written no day")?;
    // The groups are joined before the clock runs.
    rest(&meter, all, async || plant.settle(&stop).await).await?;
    let mut clock = Clock::start();
    let mut folders = days.into_iter().peekable();
    for day in first.iter_days().take_while(|day| *day <= until) {
        erp.open_day(day).await?;
        while let Some((_, folder)) = folders.next_if(|(of, _)| of.unwrap_or(first) <= day) {
            plant.take_files(&folder, day).await?;
        }
        for phase in [None].into_iter().chain(Phase::ALL.map(Some)) {
            if let Some(phase) = phase {
                plant.announce(day, phase).await?;
            }
            clock.waited += rest(&meter, all, async || plant.settle(&stop).await).await?;
            clock.rests += 1;
        }
    }
    let measured = clock.stop(&meter)?;
    let (outcome, _) = plant.report(until).await?;
    drop(plant);
    erp.stop().await?;
    Ok(Real { register_events: meter.written(Topic::RegisterEvents), measured, outcome })
}
