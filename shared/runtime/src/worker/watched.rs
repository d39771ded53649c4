//! What a worker tells its monitor.

use super::{Owned, Worker};
use crate::Error;
use ::messages::Record;
use std::collections::BTreeMap;
use tokio::time::Instant;

impl Worker {
    /// The worker has come round.
    pub(super) fn beat(&self, failing: bool) {
        let waiting = |(number, owned): (&u32, &Owned)| match owned {
            Owned::Unclaimed => Some((*number, "it is about to be taken over")),
            Owned::Fenced(_) => Some((*number, "another process has written to it")),
            Owned::Claimed(_) => None,
        };
        let waiting: BTreeMap<u32, &'static str> = self.partitions.iter().filter_map(waiting).collect();
        self.monitor.beat(self.name(), failing, waiting);
        self.metrics.beat();
    }

    /// Counts what was published.
    pub(super) fn count_published(&self, records: &[Record]) {
        let mut topics: BTreeMap<&'static str, u64> = BTreeMap::new();
        for record in records {
            *topics.entry(record.topic.name()).or_default() += 1;
        }
        for (topic, count) in topics {
            self.metrics.published(topic, count);
        }
    }

    /// Asks for what is too dear to be counted at each step. Live only.
    pub(super) async fn measure(&mut self) -> Result<(), Error> {
        if self.measured.is_some_and(|at| at.elapsed() < self.config.measure_every) {
            return Ok(());
        }
        self.measured = Some(Instant::now());
        for (number, owned) in &self.partitions {
            let Owned::Claimed(partition) = owned else { continue };
            let counts = self.store.counts(Some(*number)).await.map_err(Error::store(self.name()))?;
            let mut ends = Vec::new();
            for topic in &self.topics {
                ends.push(self.log.end(*topic, *number).await.map_err(Error::log(self.name()))?);
            }
            let positions = partition.scope.progress.positions();
            self.metrics.counts(*number, &counts);
            for (topic, end) in self.topics.iter().zip(ends) {
                let position = positions.get(topic).copied().unwrap_or(0);
                self.metrics.position(topic.name(), *number, position, (end - position).max(0));
            }
            if let Some(today) = partition.scope.progress.today {
                self.metrics.day(*number, today);
            }
        }
        Ok(())
    }
}
