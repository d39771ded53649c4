//! The metrics. Every name begins with `rettidig_`; no label holds a key.

use domain::Day;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::Counts;

/// Seconds: from a commit on a fast disk to one that makes the whole partition slow.
const SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Inputs of a batch: up to the limit of a batch.
const INPUTS: [f64; 7] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stage {
    stage: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Topic {
    stage: &'static str,
    topic: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Partition {
    stage: &'static str,
    partition: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    stage: &'static str,
    topic: &'static str,
    partition: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Server {
    stage: &'static str,
    server: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    stage: &'static str,
    outcome: &'static str,
}

type Histograms = Family<Stage, Histogram, fn() -> Histogram>;

/// All metrics of a process.
pub(crate) struct Metrics {
    registry: Registry,
    families: Arc<Families>,
}

struct Families {
    decided: Family<Topic, Counter>,
    refused: Family<Topic, Counter>,
    parked: Family<Topic, Counter>,
    repeated: Family<Stage, Counter>,
    published: Family<Topic, Counter>,
    calls: Family<Outcome, Counter>,
    batch: Histograms,
    commit: Histograms,
    position: Family<Place, Gauge>,
    lag: Family<Place, Gauge>,
    counts: BTreeMap<&'static str, Family<Partition, Gauge>>,
    day: Family<Partition, Gauge>,
    beat: Family<Stage, Gauge>,
    answers: Family<Server, Gauge>,
    failed: Family<Stage, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let families = Families {
            decided: Family::default(),
            refused: Family::default(),
            parked: Family::default(),
            repeated: Family::default(),
            published: Family::default(),
            calls: Family::default(),
            batch: Family::new_with_constructor(|| Histogram::new(INPUTS)),
            commit: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            position: Family::default(),
            lag: Family::default(),
            counts: COUNTS.iter().map(|(name, _, _)| (*name, Family::default())).collect(),
            day: Family::default(),
            beat: Family::default(),
            answers: Family::default(),
            failed: Family::default(),
        };
        let mut registry = Registry::with_prefix("rettidig");
        families.register(&mut registry);
        Self { registry, families: Arc::new(families) }
    }
}

/// A gauge of the store: its name, what it says, and where its value is found.
type Count = (&'static str, &'static str, fn(&Counts) -> u64);

const COUNTS: [Count; 6] = [
    ("parked_keys", "Keys that wait for a person", |counts| counts.parked_keys),
    ("parked_inputs", "Inputs that wait behind a refused one", |counts| counts.parked_inputs),
    ("dead_letters_open", "Refused inputs that are not settled", |counts| counts.dead_letters),
    ("outbox_rows", "Messages saved and not known to be in the log", |counts| counts.outbox),
    ("calls_open", "Calls that have not ended", |counts| counts.calls),
    ("timers", "Timers set", |counts| counts.timers),
];

impl Families {
    fn register(&self, registry: &mut Registry) {
        registry.register(
            "inputs_decided",
            "Inputs decided, by topic or timer, day, outcome",
            self.decided.clone(),
        );
        registry.register("inputs_refused", "Inputs refused", self.refused.clone());
        registry.register("inputs_parked", "Inputs parked behind a refused one", self.parked.clone());
        registry.register("messages_repeated", "Messages dropped as known", self.repeated.clone());
        registry.register("messages_out", "Messages published", self.published.clone());
        registry.register("calls", "Calls decided, by whether their end is known", self.calls.clone());
        registry.register("batch_inputs", "Inputs of a batch", self.batch.clone());
        let (commit, help) = (self.commit.clone(), "A commit and the publishing of what it saved");
        registry.register_with_unit("commit", help, Unit::Seconds, commit);
        registry.register(
            "position",
            "Offset of the next message: all before it are decided, and what came of them is published",
            self.position.clone(),
        );
        registry.register("lag_messages", "Messages not yet read by the stage", self.lag.clone());
        for (name, help, _) in COUNTS {
            if let Some(family) = self.counts.get(name) {
                registry.register(name, help, family.clone());
            }
        }
        registry.register("day", "The logical day, as days since 1970-01-01", self.day.clone());
        let (beat, help) = (self.beat.clone(), "When the worker last came round, Unix time");
        registry.register_with_unit("heartbeat", help, Unit::Seconds, beat);
        registry.register("answers", "Whether the store or the log answers: 1 or 0", self.answers.clone());
        registry.register("steps_failed", "Steps that have failed and are tried again", self.failed.clone());
    }
}

impl Metrics {
    pub(super) fn stage(&self, stage: &'static str) -> StageMetrics {
        StageMetrics { stage, families: Arc::clone(&self.families) }
    }

    pub(super) fn text(&self) -> Option<String> {
        let mut text = String::new();
        encode(&mut text, &self.registry).ok()?;
        Some(text)
    }
}

/// The metrics of one stage.
#[derive(Clone)]
pub(crate) struct StageMetrics {
    stage: &'static str,
    families: Arc<Families>,
}

impl StageMetrics {
    fn topic(&self, topic: &'static str) -> Topic {
        Topic { stage: self.stage, topic }
    }

    pub(crate) fn decided(&self, kind: &'static str, count: u64) {
        self.families.decided.get_or_create(&self.topic(kind)).inc_by(count);
    }

    pub(crate) fn refused(&self, kind: &'static str, count: u64) {
        self.families.refused.get_or_create(&self.topic(kind)).inc_by(count);
    }

    pub(crate) fn parked(&self, kind: &'static str, count: u64) {
        self.families.parked.get_or_create(&self.topic(kind)).inc_by(count);
    }

    pub(crate) fn repeated(&self, count: u64) {
        self.families.repeated.get_or_create(&Stage { stage: self.stage }).inc_by(count);
    }

    pub(crate) fn published(&self, topic: &'static str, count: u64) {
        self.families.published.get_or_create(&self.topic(topic)).inc_by(count);
    }

    /// A call was decided: `ended` or `interrupted`.
    pub(crate) fn call(&self, outcome: &'static str) {
        self.families.calls.get_or_create(&Outcome { stage: self.stage, outcome }).inc();
    }

    pub(crate) fn batch(&self, inputs: u32) {
        self.families.batch.get_or_create(&Stage { stage: self.stage }).observe(f64::from(inputs));
    }

    pub(crate) fn committed(&self, took: Duration) {
        self.families.commit.get_or_create(&Stage { stage: self.stage }).observe(took.as_secs_f64());
    }

    /// How far a topic is read, and how many messages are still to be.
    pub(crate) fn position(&self, topic: &'static str, partition: u32, next: i64, lag: i64) {
        let place = Place { stage: self.stage, topic, partition };
        self.families.position.get_or_create(&place).set(next);
        self.families.lag.get_or_create(&place).set(lag);
    }

    pub(crate) fn counts(&self, partition: u32, counts: &Counts) {
        let labels = Partition { stage: self.stage, partition };
        for (name, _, value) in COUNTS {
            if let Some(family) = self.families.counts.get(name) {
                family.get_or_create(&labels).set(i64::try_from(value(counts)).unwrap_or(i64::MAX));
            }
        }
    }

    pub(crate) fn day(&self, partition: u32, day: Day) {
        let days = day.signed_duration_since(Day::default()).num_days();
        self.families.day.get_or_create(&Partition { stage: self.stage, partition }).set(days);
    }

    /// The partition is another process's now: its gauges would stand still here.
    pub(crate) fn forget(&self, partition: u32, topics: impl Iterator<Item = &'static str>) {
        let labels = Partition { stage: self.stage, partition };
        for family in self.families.counts.values().chain([&self.families.day]) {
            family.remove(&labels);
        }
        for topic in topics {
            let place = Place { stage: self.stage, topic, partition };
            self.families.position.remove(&place);
            self.families.lag.remove(&place);
        }
    }

    /// Whether the `store` or the `log` answers.
    pub(crate) fn answers(&self, server: &'static str, answers: bool) {
        let labels = Server { stage: self.stage, server };
        self.families.answers.get_or_create(&labels).set(i64::from(answers));
    }

    pub(crate) fn step_failed(&self) {
        self.families.failed.get_or_create(&Stage { stage: self.stage }).inc();
    }

    pub(crate) fn beat(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let beat = self.families.beat.get_or_create(&Stage { stage: self.stage });
        beat.set(i64::try_from(now).unwrap_or(i64::MAX));
    }
}
