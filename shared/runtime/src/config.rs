//! How a worker works.

use std::time::Duration;

/// Whether the world waits for the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// In production: calls run beside the decisions, and their delays are real time.
    Live,
    /// As fast as it goes, and the same each time: a step waits for the calls that it has begun, decides their outcomes
    /// in the order in which they were planned, and delays pass when nothing else is to be done.
    FastForward,
}

/// How a worker works.
#[derive(Debug, Clone, Copy)]
pub struct WorkerConfig {
    /// Whether the world waits.
    pub pace: Pace,
    /// Messages that are decided in one transaction.
    pub batch_messages_max: usize,
    /// Calls that are made at the same time. With 1 the order in which they are made is always the same.
    pub calls_in_flight_max: usize,
    /// Calls that are noted as begun in one transaction. What is noted when the process dies counts as interrupted.
    pub calls_begin_max: usize,
    /// How long a partition is left alone after another owner has written to it, in case that one has gone.
    pub reclaim_after: Duration,
    /// How long a drain waits for calls under way.
    pub drain_for: Duration,
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
        }
    }

    /// For [`run_until_idle`](crate::run_until_idle).
    pub fn fast_forward() -> Self {
        Self { pace: Pace::FastForward, calls_in_flight_max: 1, calls_begin_max: 256, ..Self::live() }
    }
}
