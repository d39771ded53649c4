//! How a worker works.

use clap::Args;
use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

/// Whether the world waits for the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// In production: calls run beside the decisions, and their delays are real time.
    Live,
    /// As fast as it goes: a step waits for the calls that the last one has begun, decides their
    /// outcomes in the order in which they were planned, and delays pass when nothing else is to be done, up to a limit
    /// in each phase of the calendar.
    FastForward,
}

/// How a worker works.
#[derive(Debug, Clone, Copy)]
pub struct WorkerConfig {
    /// Whether the world waits.
    pub pace: Pace,
    /// Messages that are decided in one transaction.
    pub batch_messages_max: usize,
    /// Calls that are made at the same time. With 1 they are made in the order in which they were planned.
    pub calls_in_flight_max: usize,
    /// Calls that are noted as begun in one transaction. What is noted when the process dies counts as interrupted.
    pub calls_begin_max: usize,
    /// How long a partition is left alone after another owner has written to it, in case that one has gone.
    pub reclaim_after: Duration,
    /// How long a drain waits for calls under way.
    pub drain_for: Duration,
    /// How often the store and the log are asked for what the gauges show.
    pub measure_every: Duration,
}

impl WorkerConfig {
    /// For production.
    pub fn live() -> Self {
        Self {
            pace: Pace::Live,
            batch_messages_max: crate::limits::BATCH_MESSAGES_MAX,
            calls_in_flight_max: 8,
            calls_begin_max: 8,
            reclaim_after: Duration::from_secs(5),
            drain_for: Duration::from_secs(20),
            measure_every: Duration::from_secs(30),
        }
    }

    /// For [`run_until_idle`](crate::run_until_idle): smaller transactions, so that the next stage begins with the first
    /// of many while this one does the rest.
    pub fn fast_forward() -> Self {
        Self {
            pace: Pace::FastForward,
            batch_messages_max: 250,
            calls_in_flight_max: 1,
            calls_begin_max: 256,
            ..Self::live()
        }
    }
}

/// What an operator can set of a live worker.
#[derive(Debug, Clone, Copy, Args)]
pub struct WorkerOptions {
    /// Messages that are decided in one transaction, at most.
    #[arg(long, env = "RETTIDIG_BATCH_MESSAGES_MAX", default_value = "1000", value_name = "N")]
    pub batch_messages_max: NonZeroUsize,
    /// Calls to the outside that are made at the same time, at most.
    #[arg(long, env = "RETTIDIG_CALLS_IN_FLIGHT_MAX", default_value = "8", value_name = "N")]
    pub calls_in_flight_max: NonZeroUsize,
    /// Seconds that a stop waits for calls under way; what is not known by then counts as interrupted.
    #[arg(long, env = "RETTIDIG_DRAIN_SECONDS_MAX", default_value_t = 20, value_name = "SECONDS")]
    pub drain_seconds_max: u64,
    /// How often the gauges ask the store and the log, in milliseconds.
    #[arg(long, env = "RETTIDIG_MEASURE_EVERY_MS", default_value = "30000", value_name = "MS")]
    pub measure_every_ms: NonZeroU64,
}

impl WorkerOptions {
    /// The live configuration with these settings.
    pub fn config(&self) -> WorkerConfig {
        let calls = self.calls_in_flight_max.get();
        WorkerConfig {
            batch_messages_max: self.batch_messages_max.get(),
            calls_in_flight_max: calls,
            calls_begin_max: calls,
            drain_for: Duration::from_secs(self.drain_seconds_max),
            measure_every: Duration::from_millis(self.measure_every_ms.get()),
            ..WorkerConfig::live()
        }
    }
}
