//! What can be seen of the workers of a process from outside: metrics, and whether they live and are ready.

mod metrics;

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
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

/// How a stage or an edge stands.
struct Status {
    work: Work,
    /// What of `store` and `log` does not answer.
    silent: BTreeSet<&'static str>,
}

/// How its work stands.
enum Work {
    /// An edge has no worker: it works when something comes in.
    Edge,
    /// The worker has not come round yet.
    Begins,
    /// The worker has come round.
    Works { beat: Instant, failing: bool, waiting: BTreeMap<u32, &'static str> },
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
    beat_ms_ago: Option<u64>,
    /// The last step has failed; the log of the process says how.
    failing: bool,
    /// What of `store` and `log` does not answer.
    silent: BTreeSet<&'static str>,
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
        self.of(stage, |status| status.work = Work::Works { beat: Instant::now(), failing, waiting });
    }

    /// There is such a worker; it has yet to come round.
    pub(crate) fn begins(&self, stage: &'static str) {
        self.of(stage, |status| status.work = Work::Begins);
    }

    /// There is such an edge.
    pub(crate) fn edge(&self, stage: &'static str) {
        self.of(stage, |status| status.work = Work::Edge);
    }

    /// The stage's `store` or `log` has answered, or has not.
    pub(crate) fn reached(&self, stage: &'static str, what: &'static str, answers: bool) {
        self.inner.metrics.stage(stage).answers(what, answers);
        self.of(stage, |status| {
            if answers {
                status.silent.remove(what)
            } else {
                status.silent.insert(what)
            };
        });
    }

    fn of(&self, stage: &'static str, change: impl FnOnce(&mut Status)) {
        let new = || Status { work: Work::Begins, silent: BTreeSet::new() };
        change(self.stages().entry(stage).or_insert_with(new));
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
        let dead = |(_, status): &(&&str, &Status)| status.beat_ago().is_some_and(|ago| ago > LIVE_WITHIN);
        stages.iter().filter(dead).map(|(stage, _)| *stage).collect()
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
    fn beat_ago(&self) -> Option<Duration> {
        match &self.work {
            Work::Works { beat, .. } => Some(beat.elapsed()),
            Work::Edge | Work::Begins => None,
        }
    }

    fn report(&self) -> StageReport {
        let ago = self.beat_ago();
        let (works, failing, waiting) = match &self.work {
            Work::Edge => (true, false, BTreeMap::new()),
            Work::Begins => (false, false, BTreeMap::new()),
            Work::Works { failing, waiting, .. } => {
                (!failing && waiting.is_empty(), *failing, waiting.clone())
            }
        };
        StageReport {
            ready: works && self.silent.is_empty() && ago.is_none_or(|ago| ago <= LIVE_WITHIN),
            beat_ms_ago: ago.map(|ago| u64::try_from(ago.as_millis()).unwrap_or(u64::MAX)),
            failing,
            silent: self.silent.clone(),
            waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_ready_once_it_has_come_round_and_while_store_and_log_answer() {
        let monitor = Monitor::default();
        assert!(!monitor.report().ready, "nobody works");
        monitor.begins("tape");
        monitor.reached("tape", "log", true);
        assert!(!monitor.report().ready, "it has yet to come round");
        monitor.beat("tape", false, BTreeMap::new());
        assert!(monitor.report().ready);
        monitor.reached("tape", "log", false);
        monitor.beat("tape", false, BTreeMap::new());
        assert!(!monitor.report().ready, "a worker that comes round may still wait in vain");
        assert!(monitor.text().unwrap().contains("rettidig_answers{stage=\"tape\",server=\"log\"} 0"));
        monitor.reached("tape", "log", true);
        assert!(monitor.report().ready);
    }

    #[test]
    fn an_edge_is_ready_without_a_worker_while_store_and_log_answer() {
        let monitor = Monitor::default();
        monitor.edge("intake");
        assert!(monitor.report().ready && monitor.dead().is_empty());
        monitor.reached("intake", "store", false);
        assert!(!monitor.report().ready);
    }
}
