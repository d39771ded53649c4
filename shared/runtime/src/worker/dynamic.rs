//! Workers of different stages in one list.

use super::{Counters, Worker};
use crate::partition::{CallsWait, Owned};
use crate::{Error, Monitor, Stage};
use async_trait::async_trait;
use store::Commit;
use tokio_util::sync::CancellationToken;

/// A worker of any stage.
#[async_trait]
pub trait DynWorker: Send {
    /// The stage's name.
    fn name(&self) -> &'static str;

    /// What it has done.
    fn counters(&self) -> Counters;

    /// See [`Worker::watch`].
    fn watch(&mut self, monitor: &Monitor);

    /// See [`Worker::step`].
    async fn step(&mut self) -> Result<bool, Error>;

    /// In fast-forward: lets time pass until the next delayed call may be made. `false`: there is none, or it waits for
    /// the next phase of the calendar.
    async fn skip_delay(&mut self) -> Result<bool, Error>;

    /// Waits for calls under way and decides their outcomes, with [`DynWorker::flush`] before and after.
    async fn drain(&mut self) -> Result<(), Error>;

    /// Saves positions that are not saved yet, clears the outbox, and puts back calls that were begun but not made: what
    /// a worker does last.
    async fn flush(&mut self) -> Result<(), Error>;

    /// The live loop: steps until `shutdown`, then drains. Failures of log and store are logged and tried again.
    async fn run(self: Box<Self>, shutdown: CancellationToken) -> Result<(), Error>;
}

#[async_trait]
impl<S: Stage> DynWorker for Worker<S> {
    fn name(&self) -> &'static str {
        self.stage.name()
    }

    fn counters(&self) -> Counters {
        self.counters
    }

    fn watch(&mut self, monitor: &Monitor) {
        Worker::watch(self, monitor);
    }

    async fn step(&mut self) -> Result<bool, Error> {
        Worker::step(self).await
    }

    async fn skip_delay(&mut self) -> Result<bool, Error> {
        let waits = |owned: &Owned| match owned {
            Owned::Claimed(partition) => match partition.calls {
                CallsWait::Until(then) => Some(then),
                CallsWait::Nothing | CallsWait::Look => None,
            },
            Owned::Unclaimed | Owned::Fenced(_) => None,
        };
        let next = self.partitions.values().filter_map(waits).min();
        Ok(next.is_some_and(|then| self.clock.skip_to(then)))
    }

    async fn drain(&mut self) -> Result<(), Error> {
        self.drain_calls().await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let numbers: Vec<u32> = self.partitions.keys().copied().collect();
        for number in numbers {
            let Some(owned) = self.partitions.get_mut(&number) else { continue };
            let Owned::Claimed(mut partition) = std::mem::replace(owned, Owned::Unclaimed) else { continue };
            let calls_put_back = self.calls.put_back(number);
            if partition.lag > 0 || partition.scope.has_published_rows() || !calls_put_back.is_empty() {
                let commit = Commit { calls_put_back, ..Commit::default() };
                match partition.scope.save(commit, Vec::new()).await {
                    Err(error) if error.is_lost() => continue,
                    saved => saved?,
                }
                partition.lag = 0;
                partition.calls = CallsWait::Look;
            }
            self.partitions.insert(number, Owned::Claimed(partition));
        }
        Ok(())
    }

    async fn run(self: Box<Self>, shutdown: CancellationToken) -> Result<(), Error> {
        self.live(shutdown).await
    }
}
