//! The figures.

use super::meter::{Meter, Traffic};
use super::process;
use super::tape::Recorded;
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
    /// The same without deciding anything.
    pub floor: Option<Floor>,
    /// What has come of the real run, as `run` reports it.
    pub outcome: crate::report::Report,
}

/// The same messages and states of the same size through the same kind of log and stores, by stages that decide nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Its figures.
    pub measured: Measured,
    /// Events a second of the real run, divided by those of the floor.
    pub ratio: f64,
    /// Inputs of the real run that have not come: 0 where the floor has done all of it.
    pub missed: u64,
    /// Inputs that the real run did not have.
    pub unknown: u64,
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
    /// Inputs that the stage has decided or refused: messages, timers, days and outcomes of calls.
    pub inputs: u64,
    /// Inputs for each transaction; those that only begin calls are counted with them.
    pub inputs_per_commit: f64,
    /// Seconds in which the stage decided, the copy of its state included; 0 for the floor.
    pub decide_s: f64,
    /// Calls to the outside; 0 for the floor.
    pub calls: u64,
    /// Seconds of all calls; those that were made side by side count each.
    pub call_s: f64,
    /// What it has saved and sent.
    #[serde(flatten)]
    pub traffic: Traffic,
}

impl Measured {
    /// What a stage has decided.
    pub(super) fn decided(&mut self, stage: &str, inputs: u64) {
        self.parts.iter_mut().filter(|part| part.name == stage).for_each(|part| part.decided(inputs));
    }

    /// What a stage has on its tape.
    pub(super) fn recorded(&mut self, stage: &str, recorded: &Recorded) {
        for part in self.parts.iter_mut().filter(|part| part.name == stage) {
            part.decided(recorded.decided);
            part.decide_s = recorded.deciding.as_secs_f64();
            part.calls = recorded.called;
            part.call_s = recorded.calling.as_secs_f64();
        }
    }
}

impl Part {
    fn of(name: &str, meter: &Meter) -> Self {
        Self {
            name: name.to_owned(),
            inputs: 0,
            inputs_per_commit: 0.0,
            decide_s: 0.0,
            calls: 0,
            call_s: 0.0,
            traffic: meter.traffic(name),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
    fn decided(&mut self, inputs: u64) {
        self.inputs = inputs;
        self.inputs_per_commit = inputs as f64 / self.traffic.commits.max(1) as f64;
    }
}

/// A clock that runs.
pub(super) struct Clock {
    begun: Instant,
    cpu: Option<Duration>,
    waited: Duration,
    rests: u64,
}

impl Clock {
    /// Starts it.
    pub(super) fn start() -> Self {
        process::forget_peak();
        Self { begun: Instant::now(), cpu: process::cpu_time(), waited: Duration::ZERO, rests: 0 }
    }

    /// Everything is at rest, after all stages have waited so long.
    pub(super) fn rest(&mut self, waited: Duration) {
        self.waited += waited;
        self.rests += 1;
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
            parts: parts().map(|part| Part::of(part, meter)).collect(),
        })
    }
}
