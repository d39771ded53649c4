//! The figures.

use super::meter::{Meter, Traffic};
use super::process;
use crate::pipeline::parts;
use anyhow::Result;
use messages::Topic;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// What `--report` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Log and stores.
    pub backend: String,
    /// Households of the input.
    pub households: u32,
    /// Months of the input.
    pub months: u32,
    /// Seed of the input.
    pub seed: u64,
    /// Partitions of the log.
    pub partitions: u32,
    /// Messages on `register.events`: what all figures per event count.
    pub register_events: u64,
    /// All stages with the training ERP.
    pub real: Measured,
    /// What has come of it, as `run` reports it.
    pub outcome: crate::report::Report,
}

/// A run, measured from the first file to the last rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Seconds.
    pub elapsed_s: f64,
    /// Of these, seconds in which all stages had to wait for the log.
    pub waited_s: f64,
    /// How often everything was at rest: after the files and after each phase of each day.
    pub rests: u64,
    /// Register events a second.
    pub events_per_s: f64,
    /// Processor time of the process.
    pub cpu_s: Option<f64>,
    /// The same for each register event, in microseconds.
    pub cpu_us_per_event: Option<f64>,
    /// The most memory in use at one time.
    pub peak_memory_bytes: Option<u64>,
    /// What each part has done, in the order of the data.
    pub parts: Vec<Part>,
}

/// A stage or an edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What it has saved and sent.
    #[serde(flatten)]
    pub traffic: Traffic,
}

/// A clock that runs.
pub(super) struct Clock {
    begun: Instant,
    cpu: Option<Duration>,
    pub(super) waited: Duration,
    pub(super) rests: u64,
}

impl Clock {
    /// Starts it.
    pub(super) fn start() -> Self {
        process::forget_peak();
        Self { begun: Instant::now(), cpu: process::cpu_time(), waited: Duration::ZERO, rests: 0 }
    }

    /// Stops it.
    #[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
    pub(super) fn stop(self, meter: &Meter) -> Result<Measured> {
        let events = meter.written(Topic::RegisterEvents);
        anyhow::ensure!(events > 0, "the input held no register event: take more households");
        let elapsed_s = self.begun.elapsed().as_secs_f64();
        let cpu_s = process::cpu_time().zip(self.cpu).map(|(now, then)| (now - then).as_secs_f64());
        Ok(Measured {
            elapsed_s,
            waited_s: self.waited.as_secs_f64(),
            rests: self.rests,
            events_per_s: events as f64 / elapsed_s,
            cpu_s,
            cpu_us_per_event: cpu_s.map(|seconds| seconds * 1e6 / events as f64),
            peak_memory_bytes: process::peak_memory_bytes(),
            parts: parts().map(|part| Part { name: part.to_owned(), traffic: meter.traffic(part) }).collect(),
        })
    }
}
