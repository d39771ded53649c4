//! Beginning the calls that are due.

use super::Worker;
use crate::calls::Begun;
use crate::partition::{CallsWait, Partition};
use crate::{Error, failpoint};
use store::Commit;

impl Worker {
    /// Notes the next calls as begun and hands them to the caller. A call that is noted is never made a second time by
    /// anybody.
    pub(super) async fn begin_calls(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let now = self.clock.now_ms();
        let room = self.config.calls_begin_max.saturating_sub(self.calls.open());
        let look = match partition.calls {
            CallsWait::Nothing => false,
            CallsWait::Look => true,
            CallsWait::Until(then) => then <= now,
        };
        if !look || room == 0 || !self.calls.has_caller() {
            return Ok(false);
        }
        let number = partition.scope.partition;
        let store = self.store.clone();
        let eligible = store.calls_eligible(number, now, room).await.map_err(Error::store(self.name()))?;
        if eligible.is_empty() {
            let next = store.calls_next_ms(number).await.map_err(Error::store(self.name()))?;
            partition.calls = next.map_or(CallsWait::Nothing, CallsWait::Until);
            return Ok(false);
        }
        let mut begun = Vec::with_capacity(eligible.len());
        for call in eligible {
            let planned = self.planned(number, &call.request)?;
            begun.push(Begun {
                partition: number,
                sequence: call.sequence,
                key: call.key,
                id: call.id,
                planned,
            });
        }
        let commit =
            Commit { calls_begun: begun.iter().map(|call| call.sequence).collect(), ..Commit::default() };
        partition.scope.save(commit, Vec::new()).await?;
        failpoint::hit("before a call")?;
        partition.lag = 0;
        self.counters.commits += 1;
        self.counters.calls += u64::try_from(begun.len()).unwrap_or(u64::MAX);
        begun.into_iter().for_each(|call| self.calls.begin(call));
        Ok(true)
    }
}
