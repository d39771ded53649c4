//! How far a partition has come: the document beside the fence.

use domain::Day;
use messages::{CalendarDay, Topic};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the runtime remembers of a partition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    /// By name of the topic.
    topics: BTreeMap<String, Reading>,
    /// The number of the last outgoing record.
    pub(crate) sent: i64,
    /// The number of the last planned call.
    pub(crate) planned: i64,
    /// The number of the last parked input.
    pub(crate) parked: i64,
    /// The latest day of the calendar and of the messages of our own stages.
    pub(crate) today: Option<Day>,
    /// The last phase that was worked through.
    pub(crate) calendar: Option<CalendarDay>,
    /// The last day on which timers fire, or have fired.
    pub(crate) fired: Option<Day>,
}

/// How far a topic was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    /// The offset of the next record.
    next: i64,
    /// The highest sequence applied, by sender. By topic: the log keeps no order between topics, so a later number of
    /// the same sender may come first through another topic.
    senders: BTreeMap<String, i64>,
}

impl Progress {
    /// Where each topic is to be read from.
    pub(crate) fn positions(&self) -> BTreeMap<Topic, i64> {
        let position = |(name, reading): (&String, &Reading)| Some((Topic::from_name(name)?, reading.next));
        self.topics.iter().filter_map(position).collect()
    }

    /// Notes that the record at this offset was read; `false` when it was before.
    pub(crate) fn advance(&mut self, topic: Topic, offset: i64) -> bool {
        let reading = self.reading(topic);
        let new = offset >= reading.next;
        if new {
            reading.next = offset + 1;
        }
        new
    }

    /// Notes the number of a sender's record; `false` when it or a later one was applied before.
    pub(crate) fn apply(&mut self, topic: Topic, sender: &str, sequence: i64) -> bool {
        let reading = self.reading(topic);
        match reading.senders.get_mut(sender) {
            Some(highest) if sequence <= *highest => false,
            Some(highest) => {
                *highest = sequence;
                true
            }
            None => {
                reading.senders.insert(sender.to_owned(), sequence);
                true
            }
        }
    }

    /// It is this day or later.
    pub(crate) fn reach(&mut self, day: Day) {
        self.today = self.today.max(Some(day));
    }

    fn reading(&mut self, topic: Topic) -> &mut Reading {
        self.topics.entry(topic.name().to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_applied_is_known_by_topic_and_sender() {
        let mut progress = Progress::default();
        assert!(progress.apply(Topic::Letters, "a/0", 7));
        assert!(!progress.apply(Topic::Letters, "a/0", 7));
        assert!(!progress.apply(Topic::Letters, "a/0", 6));
        assert!(progress.apply(Topic::Letters, "a/1", 6));
        assert!(progress.apply(Topic::Alerts, "a/0", 6), "another topic may be behind");
        assert!(progress.apply(Topic::Letters, "a/0", 9));
    }

    #[test]
    fn positions_go_forward() {
        let mut progress = Progress::default();
        assert!(progress.advance(Topic::Letters, 0));
        assert!(progress.advance(Topic::Letters, 5));
        assert!(!progress.advance(Topic::Letters, 4));
        assert_eq!(progress.positions(), BTreeMap::from([(Topic::Letters, 6)]));
    }
}
