//! Deciding the messages of a partition, in batches, up to the next day.

use super::Worker;
use super::save::Done;
use crate::batch::Batch;
use crate::incoming::Incoming;
use crate::partition::Partition;
use crate::progress::Progress;
use crate::{Error, limits};
use ::messages::{Topic, header};
use domain::Day;
use eventlog::Received;
use std::collections::{BTreeSet, VecDeque};
use store::SeenRow;

impl Worker {
    /// Decides the next batch of the queue. A day in the queue ends the batch, because its timers come after what is
    /// before it.
    pub(super) async fn decide_messages(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let mut inputs = VecDeque::new();
        let mut days = 0;
        while inputs.len() < self.config.batch_messages_max {
            let Some(next) = partition.queue.front() else { break };
            if next.topic == Topic::CalendarDays {
                let passed = inputs.is_empty() && self.pass_day(partition)?;
                days += usize::from(passed);
                if passed && partition.firing.is_none() {
                    continue;
                }
                if partition.firing.is_some() || !inputs.is_empty() {
                    break;
                }
            }
            inputs.extend(partition.queue.pop_front());
        }
        if inputs.is_empty() {
            partition.lag += days;
            return Ok(days > 0);
        }
        self.decide_batch(partition, inputs).await?;
        Ok(true)
    }

    async fn decide_batch(
        &mut self,
        partition: &mut Partition,
        mut inputs: VecDeque<Received>,
    ) -> Result<(), Error> {
        let keys: Vec<String> = inputs.iter().map(key_of).collect();
        let known = self.known(partition, keys.iter().map(String::as_str)).await?;
        let mut seen = self.seen(partition, &inputs).await?;
        let sender = self.sender(partition);
        let mut batch = Batch::new(self.settings(&sender), &mut partition.scope.progress, known);
        let (mut taken, mut repeated) = (0, 0);
        for key in &keys {
            if batch.is_full() {
                break;
            }
            let Some(received) = inputs.pop_front() else { break };
            taken += 1;
            if !batch.progress().advance(received.topic, received.offset)
                || !is_new(&mut batch, &received, &mut seen)
            {
                repeated += 1;
                continue;
            }
            batch.take(key, &Incoming::Message(received))?;
        }
        let done = Done::of(batch)?;
        inputs.into_iter().rev().for_each(|received| partition.queue.push_front(received));
        self.counters.repeated += repeated;
        if repeated > 0 {
            self.metrics.repeated(repeated);
        }
        self.save(partition, done, taken).await
    }

    /// Which of the foreign messages were seen before.
    async fn seen(
        &self,
        partition: &Partition,
        inputs: &VecDeque<Received>,
    ) -> Result<BTreeSet<String>, Error> {
        let ids: Vec<String> =
            inputs.iter().filter(|received| own_number(received).is_none()).filter_map(foreign_id).collect();
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let seen = self.store.seen(partition.scope.partition, &ids).await;
        seen.map_err(Error::store(self.name()))
    }
}

/// Whether the message was not applied before: by sender and number, or by id where a foreign producer wrote it. One
/// without either is known by its position alone.
fn is_new(batch: &mut Batch<'_>, received: &Received, seen: &mut BTreeSet<String>) -> bool {
    if let Some((sender, sequence)) = own_number(received) {
        return batch.progress().apply(received.topic, sender, sequence);
    }
    let Some(id) = foreign_id(received) else { return true };
    if !seen.insert(id.clone()) {
        return false;
    }
    // Without a day it is forgotten with those of the first one.
    let day = seen_on(batch.progress()).unwrap_or_default();
    batch.commit.seen.push(SeenRow { id, day });
    batch.commit.seen_before = day.checked_sub_days(chrono::Days::new(limits::SEEN_DAYS));
    true
}

fn seen_on(progress: &Progress) -> Option<Day> {
    progress.today
}

/// The key as text. Bytes that are not text get a name of their own, and are refused.
pub(super) fn key_of(received: &Received) -> String {
    match std::str::from_utf8(&received.key) {
        Ok(key) => key.to_owned(),
        Err(_) => format!("bytes:{}", hex::encode(&received.key)),
    }
}

/// Sender and number of a message of ours.
pub(super) fn own_number(received: &Received) -> Option<(&str, i64)> {
    Some((received.header(header::SENDER)?, received.header(header::SEQUENCE)?.parse().ok()?))
}

/// CloudEvents: source and id together are unique.
fn foreign_id(received: &Received) -> Option<String> {
    let id = received.header(header::ID)?;
    Some(format!("{} {id}", received.header(header::SOURCE).unwrap_or_default()))
}
