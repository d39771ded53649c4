//! Deciding how calls have ended.

use super::Worker;
use super::save::Done;
use crate::batch::Batch;
use crate::incoming::{Ended, Incoming};
use crate::partition::Partition;
use crate::{Error, failpoint};

impl Worker {
    /// Decides the outcomes that have come, those of an earlier owner first. The rows of the calls go in the same
    /// transaction.
    pub(super) async fn decide_outcomes(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let number = partition.scope.partition;
        let max = self.config.batch_messages_max;
        let mut ended: Vec<(String, Ended)> = partition.interrupted.clone();
        let made = self.calls.ended(number);
        if !made.is_empty() {
            failpoint::hit("after a call")?;
        }
        ended.extend(made.into_iter().map(|call| (call.key, call.ended)));
        ended.truncate(max);
        if ended.is_empty() {
            return Ok(false);
        }
        let known = self.known(partition, ended.iter().map(|(key, _)| key.as_str())).await?;
        let sender = self.sender(partition);
        let mut batch = Batch::new(self.settings(&sender), &mut partition.scope.progress, known);
        let mut sequences = Vec::with_capacity(ended.len());
        for (key, ended) in ended {
            if batch.is_full() {
                break;
            }
            sequences.push(ended.sequence);
            batch.commit.calls_ended.push(ended.sequence);
            batch.take(&key, &Incoming::Outcome(ended))?;
        }
        let done = Done::of(batch)?;
        self.save(partition, done, 0).await?;
        partition.interrupted.retain(|(_, ended)| !sequences.contains(&ended.sequence));
        self.calls.forget(number, &sequences);
        Ok(true)
    }
}
