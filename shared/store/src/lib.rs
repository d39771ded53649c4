#![doc = include_str!("../README.md")]

mod around;
mod commit;
mod error;
pub mod postgres;
mod rows;
pub mod sqlite;

pub use around::Around;
pub use commit::Commit;
pub use error::Error;
pub use rows::{
    CallKey, CallRow, Claimed, Counts, DeadLetterRow, DeadLetterState, KeyRow, OutboxRow, ParkedRow, Request,
    SeenRow, StateRow, TimerKey, TimerRow,
};

use async_trait::async_trait;
use domain::Day;
use std::collections::BTreeSet;

/// What one stage keeps, by partition. Documents are text (JSON) that the store does not look into.
///
/// **The fence**: every partition has a `progress` row with a version. [`Store::claim`] raises it, and [`Store::commit`]
/// raises it only where it is the version expected, in the transaction of everything else. Who has lost a partition can
/// therefore never write to it again.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The stage's name.
    fn stage(&self) -> &str;

    /// Takes a partition over: raises its version (makes the row at the first time) and tells how far it has come.
    async fn claim(&self, partition: u32) -> Result<Claimed, Error>;

    /// What is known of these keys, in one statement. Keys of which nothing is known are left out; the order is any.
    async fn read(&self, partition: u32, keys: &[&str]) -> Result<Vec<KeyRow>, Error>;

    /// Which of these ids of foreign messages were seen before, in one statement.
    async fn seen(&self, partition: u32, ids: &[&str]) -> Result<BTreeSet<String>, Error>;

    /// Saves everything or nothing, if the partition still has the version `expected`; it has `expected + 1` after it.
    /// Otherwise [`Error::Lost`]. At most one statement a table and kind, whatever the size; see [`Commit`] for the
    /// order.
    async fn commit(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error>;

    /// The first `max` timers with `due <= on`, ordered by due, key, name.
    async fn timers_due(&self, partition: u32, on: Day, max: usize) -> Result<Vec<TimerRow>, Error>;

    /// The first `max` outbox rows with a sequence above `after`, in order.
    async fn outbox(&self, partition: u32, after: i64, max: usize) -> Result<Vec<OutboxRow>, Error>;

    /// The first `max` calls, by sequence, that are the first of their key (by sequence, started ones included), are
    /// not started, and have `not_before_ms <= now_ms`.
    async fn calls_eligible(&self, partition: u32, now_ms: i64, max: usize) -> Result<Vec<CallRow>, Error>;

    /// The smallest `not_before_ms` among the calls that are the first of their key and not started.
    async fn calls_next_ms(&self, partition: u32) -> Result<Option<i64>, Error>;

    /// The first `max` started calls with a sequence above `after`, by sequence: those that an owner left behind.
    async fn calls_started(&self, partition: u32, after: i64, max: usize) -> Result<Vec<CallRow>, Error>;

    /// The first `max` dead letters of which an operator has asked for something, ordered by refusal.
    async fn requested(&self, partition: u32, max: usize) -> Result<Vec<DeadLetterRow>, Error>;

    /// The first `max` parked inputs, by number, of keys without an unsettled dead letter: those that may go on.
    async fn released(&self, partition: u32, max: usize) -> Result<Vec<ParkedRow>, Error>;

    // For operators and reports. None of these is fenced.

    /// A page of states, ordered by partition and key, after this one (`None`: from the first).
    async fn states(&self, after: Option<(u32, &str)>, max: usize) -> Result<Vec<StateRow>, Error>;

    /// A page of dead letters, ordered by refusal, after this refusal.
    async fn dead_letters(&self, after: Option<&str>, max: usize) -> Result<Vec<DeadLetterRow>, Error>;

    /// Asks for a dead letter to be requeued or discarded; the stage does it. `false`: it is not there, or is settled
    /// or asked for already.
    async fn request(&self, refusal: &str, request: Request) -> Result<bool, Error>;

    /// How many of each there are, in one partition or (`None`) in all.
    async fn counts(&self, partition: Option<u32>) -> Result<Counts, Error>;

    /// Asks for a sign of life, beside whatever else is under way.
    async fn reach(&self) -> Result<(), Error>;
}
