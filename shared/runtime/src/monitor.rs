//! What can be seen of the workers of a process from outside: metrics, and whether they live and are ready.

mod metrics;

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

pub(crate) use metrics::{Metrics, StageMetrics};

/// A worker that has not come round within this time is dead: a step takes seconds at most, and a wait half a second.
const LIVE_WITHIN: Duration = Duration::from_secs(120);

/// The monitor of a process. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct Monitor {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    metrics: Metrics,
    stages: Mutex<BTreeMap<&'static str, Status>>,
}

/// How a worker stands.
struct Status {
    beat: Instant,
    failing: bool,
    waiting: BTreeMap<u32, &'static str>,
}

/// What `/ready` answers.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) ready: bool,
    stages: BTreeMap<&'static str, StageReport>,
}

#[derive(Debug, Serialize)]
struct StageReport {
    ready: bool,
    /// Since the worker came round.
    beat_ms_ago: u64,
    /// The last step has failed; the log of the process says how.
    failing: bool,
    /// Which partition waits, and why.
    waiting: BTreeMap<u32, &'static str>,
}

impl Monitor {
    /// The metrics of a stage.
    pub(crate) fn stage(&self, stage: &'static str) -> StageMetrics {
        self.inner.metrics.stage(stage)
    }

    /// A worker has come round.
    pub(crate) fn beat(&self, stage: &'static str, failing: bool, waiting: BTreeMap<u32, &'static str>) {
        self.stages().insert(stage, Status { beat: Instant::now(), failing, waiting });
    }

    /// A worker has ended in good order.
    pub(crate) fn ended(&self, stage: &'static str) {
        self.stages().remove(stage);
    }

    /// Everything in the text format of Prometheus.
    pub(crate) fn text(&self) -> Option<String> {
        self.inner.metrics.text()
    }

    /// Stages that have not come round in time.
    pub(crate) fn dead(&self) -> Vec<&'static str> {
        let stages = self.stages();
        stages
            .iter()
            .filter(|(_, status)| status.beat.elapsed() > LIVE_WITHIN)
            .map(|(stage, _)| *stage)
            .collect()
    }

    /// Whether all stages can work, and what waits.
    pub(crate) fn report(&self) -> Report {
        let stages: BTreeMap<_, _> =
            self.stages().iter().map(|(stage, status)| (*stage, status.report())).collect();
        Report { ready: !stages.is_empty() && stages.values().all(|stage| stage.ready), stages }
    }

    fn stages(&self) -> MutexGuard<'_, BTreeMap<&'static str, Status>> {
        self.inner.stages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Status {
    fn report(&self) -> StageReport {
        let ago = self.beat.elapsed();
        StageReport {
            ready: !self.failing && self.waiting.is_empty() && ago <= LIVE_WITHIN,
            beat_ms_ago: u64::try_from(ago.as_millis()).unwrap_or(u64::MAX),
            failing: self.failing,
            waiting: self.waiting.clone(),
        }
    }
}
