//! Stores around a store.

use crate::{
    CallRow, Claimed, Commit, Counts, DeadLetterRow, Error, KeyRow, OutboxRow, ParkedRow, Request, StateRow,
    Store, TimerRow,
};
use async_trait::async_trait;
use domain::Day;
use std::collections::BTreeSet;

/// A store through which everything goes to another one: it counts or disturbs what it overrides.
#[async_trait]
pub trait Around: Send + Sync + 'static {
    /// The other store.
    fn store(&self) -> &dyn Store;

    /// [`Store::commit`].
    async fn commit(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error> {
        self.store().commit(partition, expected, commit).await
    }
}

#[async_trait]
impl<A: Around> Store for A {
    fn stage(&self) -> &str {
        self.store().stage()
    }

    async fn claim(&self, partition: u32) -> Result<Claimed, Error> {
        self.store().claim(partition).await
    }

    async fn read(&self, partition: u32, keys: &[&str]) -> Result<Vec<KeyRow>, Error> {
        self.store().read(partition, keys).await
    }

    async fn seen(&self, partition: u32, ids: &[&str]) -> Result<BTreeSet<String>, Error> {
        self.store().seen(partition, ids).await
    }

    async fn commit(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error> {
        Around::commit(self, partition, expected, commit).await
    }

    async fn timers_due(&self, partition: u32, on: Day, max: usize) -> Result<Vec<TimerRow>, Error> {
        self.store().timers_due(partition, on, max).await
    }

    async fn outbox(&self, partition: u32, after: i64, max: usize) -> Result<Vec<OutboxRow>, Error> {
        self.store().outbox(partition, after, max).await
    }

    async fn calls_eligible(&self, partition: u32, now_ms: i64, max: usize) -> Result<Vec<CallRow>, Error> {
        self.store().calls_eligible(partition, now_ms, max).await
    }

    async fn calls_next_ms(&self, partition: u32) -> Result<Option<i64>, Error> {
        self.store().calls_next_ms(partition).await
    }

    async fn calls_started(&self, partition: u32, after: i64, max: usize) -> Result<Vec<CallRow>, Error> {
        self.store().calls_started(partition, after, max).await
    }

    async fn requested(&self, partition: u32, max: usize) -> Result<Vec<DeadLetterRow>, Error> {
        self.store().requested(partition, max).await
    }

    async fn released(&self, partition: u32, max: usize) -> Result<Vec<ParkedRow>, Error> {
        self.store().released(partition, max).await
    }

    async fn states(&self, after: Option<(u32, &str)>, max: usize) -> Result<Vec<StateRow>, Error> {
        self.store().states(after, max).await
    }

    async fn dead_letters(&self, after: Option<&str>, max: usize) -> Result<Vec<DeadLetterRow>, Error> {
        self.store().dead_letters(after, max).await
    }

    async fn request(&self, refusal: &str, request: Request) -> Result<bool, Error> {
        self.store().request(refusal, request).await
    }

    async fn counts(&self, partition: Option<u32>) -> Result<Counts, Error> {
        self.store().counts(partition).await
    }

    async fn reach(&self) -> Result<(), Error> {
        self.store().reach().await
    }
}
