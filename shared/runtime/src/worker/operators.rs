//! What operators ask for: refused inputs are decided again or dropped, and what was parked behind them goes on.

use super::Worker;
use super::save::Done;
use crate::batch::Batch;
use crate::incoming::Incoming;
use crate::partition::Partition;
use crate::{Error, Pace, limits};
use std::collections::BTreeSet;
use std::time::Duration;
use store::{DeadLetterRow, DeadLetterState, ParkedRow};
use tokio::time::Instant;

/// How often operators are listened to while something is held.
const LISTEN_EVERY: Duration = Duration::from_secs(1);

impl Worker {
    /// Carries out requests, and lets inputs go on whose key is free.
    pub(super) async fn obey_operators(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let listened = partition.listened.is_some_and(|at| at.elapsed() < LISTEN_EVERY);
        if !partition.held || (listened && self.config.pace == Pace::Live) {
            return Ok(false);
        }
        let did = self.obey(partition).await? | self.release(partition).await?;
        // Again at once, because more may wait.
        partition.listened = (!did).then(Instant::now);
        if did {
            let counts = self.store.counts(Some(partition.scope.partition)).await;
            let counts = counts.map_err(Error::store(self.name()))?;
            partition.held = counts.dead_letters > 0 || counts.parked_inputs > 0;
        }
        Ok(did)
    }

    /// Decides again, or drops, what operators have named.
    async fn obey(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let number = partition.scope.partition;
        let requested = self.store.requested(number, limits::REQUESTS_MAX).await;
        let requested = requested.map_err(Error::store(self.name()))?;
        if requested.is_empty() {
            return Ok(false);
        }
        let known = self.known(partition, requested.iter().map(|row| row.key.as_str())).await?;
        let sender = self.sender(partition);
        let mut batch = Batch::new(self.settings(&sender), &mut partition.scope.progress, known);
        let mut inputs = Vec::with_capacity(requested.len());
        for row in &requested {
            inputs.push((row, self.waiting(number, &row.input)?));
        }
        // In the order in which they came: there is one within a topic.
        inputs.sort_by_key(|(_, incoming)| incoming.stood());
        for (row, incoming) in &inputs {
            if batch.is_full() {
                break;
            }
            obey_one(&mut batch, row, incoming)?;
        }
        let done = Done::of(batch)?.without_states();
        self.save(partition, done, 0).await?;
        Ok(true)
    }

    /// Decides parked inputs in order, as far as no new refusal parks their key again.
    async fn release(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let number = partition.scope.partition;
        let released = self.store.released(number, limits::RELEASED_MAX).await;
        let released = released.map_err(Error::store(self.name()))?;
        if released.is_empty() {
            return Ok(false);
        }
        let known = self.known(partition, released.iter().map(|row| row.key.as_str())).await?;
        let sender = self.sender(partition);
        let mut batch = Batch::new(self.settings(&sender), &mut partition.scope.progress, known);
        let keys: BTreeSet<&str> = released.iter().map(|row| row.key.as_str()).collect();
        keys.iter().for_each(|key| batch.unpark(key));
        for ParkedRow { number: place, key, input } in &released {
            if batch.is_full() {
                break;
            }
            if batch.is_parked(key) {
                continue;
            }
            let incoming = self.waiting(number, input)?;
            batch.commit.parked_ended.push(*place);
            batch.decide_or_refuse(key, &incoming)?;
        }
        let done = Done::of(batch)?.without_states();
        self.save(partition, done, 0).await?;
        Ok(true)
    }

    fn waiting(&self, partition: u32, input: &str) -> Result<Incoming, Error> {
        Incoming::from_json(partition, input).ok_or_else(|| Error::Damaged {
            stage: self.name().to_owned(),
            partition,
            what: "parked input",
        })
    }
}

fn obey_one(batch: &mut Batch<'_>, row: &DeadLetterRow, incoming: &Incoming) -> Result<(), Error> {
    if row.state == DeadLetterState::DiscardRequested {
        if let Incoming::Timer { name, .. } = incoming {
            batch.wake_again(&row.key, name);
        }
        return batch.settle(row, incoming, "discarded");
    }
    batch.unpark(&row.key);
    // Refused again, it is written again with the reason of today.
    if batch.decide_or_refuse(&row.key, incoming)? { batch.settle(row, incoming, "requeued") } else { Ok(()) }
}
