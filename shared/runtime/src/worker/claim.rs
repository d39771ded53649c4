//! Taking a partition over.

use super::Worker;
use crate::incoming::{Ended, Planned};
use crate::partition::Partition;
use crate::scope::Scope;
use crate::{Error, failpoint, limits};
use std::sync::Arc;

impl Worker {
    /// Claims the partition, finishes what its last owner has left behind, and starts the delivery of its messages.
    pub(super) async fn claim(&mut self, number: u32) -> Result<Box<Partition>, Error> {
        let scope = Scope::claim(Arc::clone(&self.store), Arc::clone(&self.log), number).await?;
        self.counters.published += scope.left_behind;
        failpoint::hit("after claim")?;
        self.states.forget(number);
        if let Some(next) = self.store.calls_next_ms(number).await.map_err(Error::store(self.name()))? {
            self.clock.go_on_from(next);
        }
        let interrupted = self.interrupted(number).await?;
        let counts = self.store.counts(Some(number)).await.map_err(Error::store(self.name()))?;
        if let Some(subscription) = &mut self.subscription {
            let positions = scope.progress.positions();
            subscription.seek(number, &positions).await.map_err(Error::log(self.name()))?;
        }
        let held = counts.dead_letters > 0 || counts.parked_inputs > 0;
        Ok(Box::new(Partition::new(scope, interrupted, held)))
    }

    /// Calls that are noted as begun and of which this process knows nothing: it is not known whether they were made.
    async fn interrupted(&self, number: u32) -> Result<Vec<(String, Ended)>, Error> {
        let mut interrupted = Vec::new();
        let mut after = 0;
        loop {
            let page = self.store.calls_started(number, after, limits::OUTBOX_PAGE).await;
            let page = page.map_err(Error::store(self.name()))?;
            let Some(last) = page.last() else { return Ok(interrupted) };
            after = last.sequence;
            for call in page {
                if self.calls.knows(number, call.sequence) {
                    continue;
                }
                let planned: Planned = self.planned(number, &call.request)?;
                interrupted
                    .push((call.key, Ended { sequence: call.sequence, id: call.id, planned, outcome: None }));
            }
        }
    }

    /// Reads a planned call.
    pub(super) fn planned(&self, partition: u32, request: &str) -> Result<Planned, Error> {
        serde_json::from_str(request).map_err(|_| Error::Damaged {
            stage: self.name().to_owned(),
            partition,
            what: "planned call",
        })
    }
}
