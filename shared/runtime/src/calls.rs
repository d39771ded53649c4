//! Calls that were begun: noted in the store before, decided when they have ended.

use crate::dynamic::ObservedCaller;
use crate::incoming::{Ended, Planned};
use futures::FutureExt;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::AssertUnwindSafe;
use tokio::task::JoinSet;

/// A call that is noted as begun.
pub(crate) struct Begun {
    pub(crate) partition: u32,
    pub(crate) sequence: i64,
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) planned: Planned,
}

/// A call that has ended.
#[derive(Clone)]
pub(crate) struct Finished {
    pub(crate) partition: u32,
    pub(crate) key: String,
    pub(crate) ended: Ended,
    /// Which ownership of the partition it belongs to.
    ownership: u64,
}

/// The calls of a worker. Dropping it ends them.
pub(crate) struct Calls {
    caller: Option<ObservedCaller>,
    in_flight_max: usize,
    waiting: VecDeque<Begun>,
    running: JoinSet<Finished>,
    finished: Vec<Finished>,
    /// All of the above, by partition and sequence.
    open: BTreeSet<(u32, i64)>,
    ownerships: BTreeMap<u32, u64>,
}

impl Calls {
    pub(crate) fn new(caller: Option<ObservedCaller>, in_flight_max: usize) -> Self {
        Self {
            caller,
            in_flight_max: in_flight_max.max(1),
            waiting: VecDeque::new(),
            running: JoinSet::new(),
            finished: Vec::new(),
            open: BTreeSet::new(),
            ownerships: BTreeMap::new(),
        }
    }

    pub(crate) fn has_caller(&self) -> bool {
        self.caller.is_some()
    }

    /// Calls that are begun and not yet taken.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// Whether this process has begun the call and still knows of it.
    pub(crate) fn knows(&self, partition: u32, sequence: i64) -> bool {
        self.open.contains(&(partition, sequence))
    }

    /// Takes a call that is noted as begun.
    pub(crate) fn begin(&mut self, call: Begun) {
        self.open.insert((call.partition, call.sequence));
        self.waiting.push_back(call);
        self.start();
    }

    /// Another owner has the partition: what comes of its calls is none of our business.
    pub(crate) fn abandon(&mut self, partition: u32) {
        *self.ownerships.entry(partition).or_default() += 1;
        self.waiting.retain(|call| call.partition != partition);
        self.open.retain(|(of, _)| *of != partition);
        self.finished.retain(|call| call.partition != partition);
    }

    /// Calls of the partition that were begun but not yet made: they need not be.
    pub(crate) fn put_back(&mut self, partition: u32) -> Vec<i64> {
        let of_it: Vec<i64> = self
            .waiting
            .iter()
            .filter(|call| call.partition == partition)
            .map(|call| call.sequence)
            .collect();
        self.waiting.retain(|call| call.partition != partition);
        of_it.iter().for_each(|sequence| {
            self.open.remove(&(partition, *sequence));
        });
        of_it
    }

    /// Makes calls as long as there is room.
    fn start(&mut self) {
        let Some(caller) = &self.caller else { return };
        while self.running.len() < self.in_flight_max {
            let Some(call) = self.waiting.pop_front() else { return };
            let ownership = self.ownerships.get(&call.partition).copied().unwrap_or_default();
            self.running.spawn(make(caller.clone(), call, ownership));
        }
    }

    /// Waits until one has ended; at once `false` when none is under way. Cancel-safe.
    pub(crate) async fn wait(&mut self) -> bool {
        let Some(joined) = self.running.join_next().await else { return false };
        self.note(joined.ok());
        true
    }

    fn note(&mut self, finished: Option<Finished>) {
        if let Some(finished) = finished {
            let now = self.ownerships.get(&finished.partition).copied().unwrap_or_default();
            if finished.ownership == now {
                self.finished.push(finished);
            }
        }
        self.start();
    }

    /// The calls of a partition that have ended, in the order in which they were planned. They stay until
    /// [`Calls::forget`]: their outcomes are not lost when they cannot be saved.
    pub(crate) fn ended(&mut self, partition: u32) -> Vec<Finished> {
        while let Some(joined) = self.running.try_join_next() {
            self.note(joined.ok());
        }
        let mut ended: Vec<Finished> =
            self.finished.iter().filter(|call| call.partition == partition).cloned().collect();
        ended.sort_by_key(|call| call.ended.sequence);
        ended
    }

    /// The outcomes are saved.
    pub(crate) fn forget(&mut self, partition: u32, sequences: &[i64]) {
        let sequences: BTreeSet<i64> = sequences.iter().copied().collect();
        self.open.retain(|(of, sequence)| *of != partition || !sequences.contains(sequence));
        self.finished.retain(|call| call.partition != partition || !sequences.contains(&call.ended.sequence));
    }
}

/// Makes a call. One whose request cannot be read is not made, and one that panics has an unknown end: both come back
/// without an outcome.
async fn make(caller: ObservedCaller, call: Begun, ownership: u64) -> Finished {
    let outcome = caller.call(&call.key, &call.id, &call.planned.asked);
    let outcome = AssertUnwindSafe(outcome).catch_unwind().await.ok().flatten();
    let ended = Ended { sequence: call.sequence, id: call.id, planned: call.planned, outcome };
    Finished { partition: call.partition, key: call.key, ended, ownership }
}
