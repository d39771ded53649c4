//! What goes through log and stores, counted as it passes.

use messages::Topic;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Counts for all stages of a run. The log must be new: offsets are counted from the beginning.
#[derive(Default)]
pub struct Meter {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Records written, by topic and partition.
    written: BTreeMap<(Topic, u32), i64>,
    readers: BTreeMap<String, Reader>,
    traffic: BTreeMap<String, Traffic>,
}

impl Inner {
    fn has_given(&self, stage: &str, partitions: u32) -> bool {
        let Some(reader) = self.readers.get(stage) else { return false };
        let mut owed = self.written.iter().filter(|((topic, _), _)| reader.topics.contains(topic));
        let ready = (0..partitions).all(|partition| reader.assigned.contains(&partition));
        ready && owed.all(|(place, written)| reader.next.get(place).copied().unwrap_or(0) >= *written)
    }
}

/// How far a stage has been given what is written.
#[derive(Default)]
struct Reader {
    topics: Vec<Topic>,
    assigned: BTreeSet<u32>,
    next: BTreeMap<(Topic, u32), i64>,
}

/// What a stage has saved and sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// Transactions of its store.
    pub commits: u64,
    /// Seconds in them.
    pub commit_s: f64,
    /// Bytes of the states that they wrote.
    pub state_bytes: u64,
    /// Messages published.
    pub published: u64,
    /// Bytes of their keys, headers and bodies.
    pub published_bytes: u64,
    /// Seconds of publishing.
    pub publish_s: f64,
}

impl Meter {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stage has published records of these sizes.
    pub fn published(&self, stage: &str, records: &[(Topic, u32, usize)], took: Duration) {
        let mut inner = self.inner();
        for (topic, partition, _) in records {
            *inner.written.entry((*topic, *partition)).or_default() += 1;
        }
        let traffic = inner.traffic.entry(stage.to_owned()).or_default();
        traffic.published += count(records.len());
        traffic.published_bytes += count(records.iter().map(|(_, _, bytes)| bytes).sum());
        traffic.publish_s += took.as_secs_f64();
    }

    /// A stage has saved a transaction with states of so many bytes.
    pub fn committed(&self, stage: &str, state_bytes: usize, took: Duration) {
        let mut inner = self.inner();
        let traffic = inner.traffic.entry(stage.to_owned()).or_default();
        traffic.commits += 1;
        traffic.commit_s += took.as_secs_f64();
        traffic.state_bytes += count(state_bytes);
    }

    /// A stage wants to read these topics. What it was given before, by another subscription, does not count.
    pub fn reads(&self, stage: &str, topics: &[Topic]) {
        let reader = Reader { topics: topics.to_vec(), ..Reader::default() };
        self.inner().readers.insert(stage.to_owned(), reader);
    }

    /// A stage has partitions.
    pub fn assigned(&self, stage: &str, partitions: &[u32]) {
        self.inner().readers.entry(stage.to_owned()).or_default().assigned.extend(partitions);
    }

    /// A stage has partitions no more.
    pub fn revoked(&self, stage: &str, partitions: &[u32]) {
        let mut inner = self.inner();
        let reader = inner.readers.entry(stage.to_owned()).or_default();
        reader.assigned.retain(|assigned| !partitions.contains(assigned));
        reader.next.retain(|(_, partition), _| !partitions.contains(partition));
    }

    /// A stage will get the partition from these offsets on.
    pub fn sought(&self, stage: &str, partition: u32, positions: &BTreeMap<Topic, i64>) {
        let mut inner = self.inner();
        let reader = inner.readers.entry(stage.to_owned()).or_default();
        reader.next.retain(|(_, of), _| *of != partition);
        reader.next.extend(positions.iter().map(|(topic, next)| ((*topic, partition), *next)));
    }

    /// A stage was given records: topic, partition and offset of each.
    pub fn delivered(&self, stage: &str, records: impl Iterator<Item = (Topic, u32, i64)>) {
        let mut inner = self.inner();
        let reader = inner.readers.entry(stage.to_owned()).or_default();
        for (topic, partition, offset) in records {
            let next = reader.next.entry((topic, partition)).or_default();
            *next = (*next).max(offset + 1);
        }
    }

    /// Whether each of so many stages has all partitions and was given all that is written.
    pub fn is_at_rest(&self, stages: usize, partitions: u32) -> bool {
        let inner = self.inner();
        inner.readers.len() == stages && inner.readers.keys().all(|stage| inner.has_given(stage, partitions))
    }

    /// Whether a stage has all partitions and was given all that is written.
    pub fn has_given(&self, stage: &str, partitions: u32) -> bool {
        self.inner().has_given(stage, partitions)
    }

    /// How many records of a topic are written.
    pub fn written(&self, topic: Topic) -> u64 {
        let inner = self.inner();
        let of_topic = inner.written.iter().filter(|((of, _), _)| *of == topic);
        of_topic.map(|(_, written)| u64::try_from(*written).unwrap_or_default()).sum()
    }

    /// What a stage has saved and sent.
    pub fn traffic(&self, stage: &str) -> Traffic {
        self.inner().traffic.get(stage).cloned().unwrap_or_default()
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_at_rest_when_every_stage_was_given_all_that_is_written() {
        let meter = Meter::default();
        assert!(!meter.is_at_rest(1, 2), "nobody reads yet");
        meter.reads("a", &[Topic::Letters]);
        meter.assigned("a", &[0]);
        assert!(!meter.is_at_rest(1, 2), "one partition is nobody's");
        meter.assigned("a", &[1]);
        assert!(meter.is_at_rest(1, 2));
        meter.published("b", &[(Topic::Letters, 1, 10), (Topic::Alerts, 0, 5)], Duration::ZERO);
        assert!(!meter.is_at_rest(1, 2), "a letter is under way");
        meter.delivered("a", [(Topic::Letters, 1, 0)].into_iter());
        assert!(meter.is_at_rest(1, 2));
        meter.sought("a", 1, &BTreeMap::new());
        assert!(!meter.is_at_rest(1, 2), "it comes again");
        meter.delivered("a", [(Topic::Letters, 1, 0)].into_iter());
        assert!(meter.has_given("a", 2) && !meter.has_given("b", 2));
        meter.reads("a", &[Topic::Letters]);
        assert!(!meter.has_given("a", 2), "it begins anew");
        assert_eq!((meter.traffic("b").published, meter.traffic("b").published_bytes), (2, 15));
        assert_eq!(meter.written(Topic::Letters), 1);
    }
}
