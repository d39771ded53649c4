//! Logs around a log.

use crate::{Error, Log, Received, Subscription};
use async_trait::async_trait;
use messages::{Record, Topic};
use std::time::Duration;

/// A log through which everything goes to another one: it counts or disturbs what it overrides.
#[async_trait]
pub trait Around: Send + Sync + 'static {
    /// The other log.
    fn log(&self) -> &dyn Log;

    /// [`Log::publish`].
    async fn publish(&self, records: Vec<Record>) -> Result<(), Error> {
        self.log().publish(records).await
    }

    /// [`Log::subscribe`].
    async fn subscribe(&self, group: &str, topics: &[Topic]) -> Result<Box<dyn Subscription>, Error> {
        self.log().subscribe(group, topics).await
    }
}

#[async_trait]
impl<A: Around> Log for A {
    async fn create_topics(&self, partitions: u32) -> Result<(), Error> {
        self.log().create_topics(partitions).await
    }

    fn partitions(&self) -> u32 {
        self.log().partitions()
    }

    async fn publish(&self, records: Vec<Record>) -> Result<(), Error> {
        Around::publish(self, records).await
    }

    async fn subscribe(&self, group: &str, topics: &[Topic]) -> Result<Box<dyn Subscription>, Error> {
        Around::subscribe(self, group, topics).await
    }

    async fn read(
        &self,
        topic: Topic,
        partition: u32,
        from: i64,
        max: usize,
    ) -> Result<Vec<Received>, Error> {
        self.log().read(topic, partition, from, max).await
    }

    async fn end(&self, topic: Topic, partition: u32) -> Result<i64, Error> {
        self.log().end(topic, partition).await
    }

    async fn reach(&self, within: Duration) -> Result<(), Error> {
        self.log().reach(within).await
    }
}
