//! What a worker does when nothing is left to decide, and before it ends.

use super::Worker;
use crate::Error;
use crate::partition::{CallsWait, Owned};
use store::Commit;

impl Worker {
    /// In fast-forward: lets time pass until the next delayed call may be made. `false`: there is none, or it waits for
    /// the next phase of the calendar.
    pub(crate) fn skip_delay(&mut self) -> bool {
        let waits = |owned: &Owned| match owned {
            Owned::Claimed(partition) => match partition.calls {
                CallsWait::Until(then) => Some(then),
                CallsWait::Nothing | CallsWait::Look => None,
            },
            Owned::Unclaimed | Owned::Fenced(_) => None,
        };
        let next = self.partitions.values().filter_map(waits).min();
        next.is_some_and(|then| self.clock.skip_to(then))
    }

    /// Saves positions that are not saved yet, clears the outbox, and puts back calls that were begun but not made: what
    /// a worker does last.
    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
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
}
