//! From the keys of the inputs to the batch, and from the batch to the store.

use super::Worker;
use crate::batch::{Batch, Finished, Key, Settings, Tally};
use crate::outgoing::Sender;
use crate::partition::{CallsWait, Partition};
use crate::{Error, failpoint};
use std::collections::{BTreeMap, BTreeSet};
use store::Commit;
use tokio::time::Instant;

/// What a batch leaves to be saved.
pub(super) struct Done {
    finished: Finished,
    tally: Tally,
}

impl Done {
    pub(super) fn of(batch: Batch<'_>) -> Result<Self, Error> {
        let tally = batch.tally.clone();
        Ok(Self { tally, finished: batch.finish()? })
    }

    /// Its keys are to be read again: more inputs of theirs may wait in the store.
    pub(super) fn without_states(mut self) -> Self {
        self.finished.states.clear();
        self
    }
}

impl Worker {
    /// Who decides, for a batch.
    pub(super) fn settings<'a>(&'a self, sender: &'a Sender) -> Settings<'a> {
        Settings { stage: &self.stage, sender, now_ms: self.clock.now_ms() }
    }

    pub(super) fn sender(&self, partition: &Partition) -> Sender {
        Sender::new(self.name(), partition.scope.partition)
    }

    /// What is known of the keys; those that are not known in this process in one read.
    pub(super) async fn known<'k>(
        &mut self,
        partition: &Partition,
        keys: impl Iterator<Item = &'k str>,
    ) -> Result<BTreeMap<String, Key>, Error> {
        let number = partition.scope.partition;
        let mut known = BTreeMap::new();
        let mut unknown = Vec::new();
        for key in keys.collect::<BTreeSet<_>>() {
            match self.states.take(number, key) {
                Some(state) => drop(known.insert(key.to_owned(), Key::from(state))),
                None => unknown.push(key),
            }
        }
        if unknown.is_empty() {
            return Ok(known);
        }
        let read = self.store.read(number, &unknown).await.map_err(Error::store(self.name()))?;
        // The store leaves out what it does not know: it is known to be nothing.
        known.extend(unknown.into_iter().map(|key| (key.to_owned(), Key::new())));
        known.extend(read.into_iter().map(|row| (row.key, Key::read(row.doc, row.parked))));
        failpoint::hit("after read")?;
        Ok(known)
    }

    /// Saves and publishes what has come of a batch; counts the messages that brought nothing.
    pub(super) async fn save(
        &mut self,
        partition: &mut Partition,
        done: Done,
        messages: usize,
    ) -> Result<(), Error> {
        failpoint::hit("after decide")?;
        partition.lag += messages;
        if let Some((commit, records)) = done.finished.saved {
            let published = u64::try_from(records.len()).unwrap_or(u64::MAX);
            let calls = !commit.calls.is_empty() || !commit.calls_ended.is_empty();
            self.count_published(&records);
            let first = commit.timers_put.iter().map(|timer| timer.due).min();
            partition.timers_from =
                partition.timers_from.map(|from| first.map_or(from, |first| from.min(first)));
            let started = Instant::now();
            partition.scope.save(commit, records).await?;
            self.metrics.committed(started.elapsed());
            partition.lag = 0;
            if calls {
                partition.calls = CallsWait::Look;
            }
            self.counters.commits += 1;
            self.counters.published += published;
        } else if partition.lag > crate::limits::POSITION_LAG_MAX {
            self.save_position(partition).await?;
        }
        for (key, known) in done.finished.states {
            self.states.put(partition.scope.partition, key, known);
        }
        self.count(&done.tally);
        partition.held |= done.tally.sum().refused > 0;
        Ok(())
    }

    fn count(&mut self, tally: &Tally) {
        for (kind, done) in &tally.kinds {
            let metrics = &self.metrics;
            metrics.decided(kind, done.decided);
            if done.refused > 0 {
                metrics.refused(kind, done.refused);
            }
            if done.parked > 0 {
                metrics.parked(kind, done.parked);
            }
        }
        (0..tally.ended).for_each(|_| self.metrics.call("ended"));
        (0..tally.interrupted).for_each(|_| self.metrics.call("interrupted"));
        let sum = tally.sum();
        self.metrics.batch(u32::try_from(sum.decided + sum.refused + sum.parked).unwrap_or(u32::MAX));
        self.counters.decided += sum.decided;
        self.counters.refused += sum.refused;
        self.counters.parked += sum.parked;
    }

    /// Saves the position alone.
    pub(super) async fn save_position(&mut self, partition: &mut Partition) -> Result<(), Error> {
        partition.scope.save(Commit::default(), Vec::new()).await?;
        partition.lag = 0;
        self.counters.commits += 1;
        Ok(())
    }
}
