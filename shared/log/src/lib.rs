#![doc = include_str!("../README.md")]

mod around;
pub mod embedded;
mod error;
pub mod kafka;
mod partitioner;
mod received;

pub use around::Around;
pub use error::Error;
pub use partitioner::partition_of;
pub use received::Received;

use async_trait::async_trait;
use messages::{Record, Topic};
use std::collections::BTreeMap;
use std::time::Duration;

/// The largest record, in bytes of key, headers and body: Kafka's default limit, less what it adds.
pub const RECORD_BYTES_MAX: usize = 1_000_000;

/// The size that [`RECORD_BYTES_MAX`] limits.
pub fn size_of(record: &Record) -> usize {
    let headers: usize = record.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    record.key.len() + headers + record.body.len()
}

/// An append-only log of all topics. Every topic has the same number of partitions, so a key stands in the same
/// partition of each.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// Makes every [`Topic`] with this many partitions. Idempotent. An existing topic with another number of
    /// partitions is [`Error::Partitions`]: keys would change their place.
    async fn create_topics(&self, partitions: u32) -> Result<(), Error>;

    /// The number of partitions of every topic, known since the log was opened.
    fn partitions(&self) -> u32;

    /// Appends the records in this order; durable when it returns. The partition is [`Record::partition`], or else
    /// [`partition_of`] the key.
    ///
    /// After an error a part may stand in the log, and the caller repeats all of it: receivers drop what they know by
    /// sender and sequence. Therefore **what was written of one partition of one topic must be a prefix** of what was
    /// given for it: a gap that is filled by the repetition would be dropped as old.
    async fn publish(&self, records: Vec<Record>) -> Result<(), Error>;

    /// Joins the consumer group (one a stage). Its members share the partitions; who owns partition `p` owns `p` of
    /// all these topics.
    async fn subscribe(&self, group: &str, topics: &[Topic]) -> Result<Box<dyn Subscription>, Error>;

    /// Reads at most `max` records from offset `from` on, outside of any group: for reports and scans. Empty at the
    /// end. Offsets may have gaps: go on after the last offset returned.
    async fn read(&self, topic: Topic, partition: u32, from: i64, max: usize)
    -> Result<Vec<Received>, Error>;

    /// The offset that the next record will get.
    async fn end(&self, topic: Topic, partition: u32) -> Result<i64, Error>;

    /// Asks for a sign of life, beside whatever else is under way. Waits for at most `within`, about.
    async fn reach(&self, within: Duration) -> Result<(), Error>;
}

/// A membership in a consumer group. Dropping it leaves the group.
#[async_trait]
pub trait Subscription: Send + Sync {
    /// The next thing that has happened; waits for at most `wait` (zero: does not wait). Never holds more than a
    /// bounded number of records. Cancel-safe: nothing is lost when the future is dropped.
    async fn poll(&mut self, max: usize, wait: Duration) -> Result<Polled, Error>;

    /// Starts the delivery of an assigned partition at these offsets; a topic without one starts at the earliest
    /// record. Before it, nothing of the partition is delivered. Called again, it delivers again from there. A
    /// partition that is not assigned (any more) is ignored: its revocation is on the way.
    async fn seek(&mut self, partition: u32, positions: &BTreeMap<Topic, i64>) -> Result<(), Error>;
}

/// What a poll brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled {
    /// These partitions are now this member's. Each waits for [`Subscription::seek`].
    Assigned(Vec<u32>),
    /// These partitions are another member's now, and nothing more of them is delivered.
    Revoked(Vec<u32>),
    /// Records of one partition, at most `max`; those of one topic in the order of their offsets.
    Records {
        /// Which.
        partition: u32,
        /// Never empty.
        records: Vec<Received>,
    },
    /// Nothing, within the time.
    Nothing,
}
