//! Reading outside of groups: one consumer that is pointed at one partition at a time.

use super::client::{Bounds, Logging, bounds};
use super::config::KafkaConfig;
use super::properties::no_client;
use super::received::received;
use crate::{Error, Received};
use messages::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Message, Offset, TopicPartitionList};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a read waits for its next record.
const RECORD_WAIT_MAX: Duration = Duration::from_secs(30);
/// How long the brokers may hold back an answer at the end of a partition, in milliseconds. The next read can only
/// begin after it.
const FETCH_WAIT_MS: u32 = 5;

/// Reads pages for reports and scans, one after the other.
pub(super) struct Reader {
    config: Arc<KafkaConfig>,
    consumer: Mutex<BaseConsumer<Logging>>,
}

impl Reader {
    pub(super) fn open(config: Arc<KafkaConfig>) -> Result<Self, Error> {
        let mut client = config.consumer("scan");
        client.set("enable.partition.eof", "true").set("fetch.wait.max.ms", FETCH_WAIT_MS.to_string());
        let consumer = client.create_with_context(Logging).map_err(no_client)?;
        Ok(Self { config, consumer: Mutex::new(consumer) })
    }

    pub(super) async fn end(self: Arc<Self>, topic: Topic, partition: u32) -> Result<i64, Error> {
        let asking = tokio::task::spawn_blocking(move || {
            let consumer = self.consumer.lock().unwrap_or_else(PoisonError::into_inner);
            self.bounds(&consumer, topic, partition).map(|bounds| bounds.end)
        });
        asking.await.map_err(Error::failed("find the end"))?
    }

    pub(super) async fn read(
        self: Arc<Self>,
        topic: Topic,
        partition: u32,
        from: i64,
        max: usize,
    ) -> Result<Vec<Received>, Error> {
        let reading = tokio::task::spawn_blocking(move || {
            let consumer = self.consumer.lock().unwrap_or_else(PoisonError::into_inner);
            let bounds = self.bounds(&consumer, topic, partition)?;
            let name = self.config.topic(topic);
            let start = bounds.start(&format!("{name}/{partition}"), Some(from))?;
            if start == bounds.end || max == 0 {
                return Ok(Vec::new());
            }
            let mut list = TopicPartitionList::with_capacity(1);
            list.add_partition_offset(&name, partition.cast_signed(), Offset::Offset(start))
                .and_then(|()| consumer.assign(&list))
                .map_err(Error::failed("read"))?;
            let page = page(&consumer, topic, bounds.end, max);
            // What was fetched ahead is dropped, and nothing is fetched until the next read.
            consumer.unassign().map_err(Error::failed("read"))?;
            page
        });
        reading.await.map_err(Error::failed("read"))?
    }

    fn bounds(
        &self,
        consumer: &BaseConsumer<Logging>,
        topic: Topic,
        partition: u32,
    ) -> Result<Bounds, Error> {
        let name = self.config.topic(topic);
        let found = bounds(consumer, std::slice::from_ref(&name), partition.cast_signed())
            .map_err(Error::failed("find the end"))?;
        found.get(&name).copied().ok_or(Error::NoTopic { name })
    }
}

fn page(
    consumer: &BaseConsumer<Logging>,
    topic: Topic,
    end: i64,
    max: usize,
) -> Result<Vec<Received>, Error> {
    let mut records = Vec::new();
    let mut deadline = Instant::now() + RECORD_WAIT_MAX;
    while records.len() < max {
        match consumer.poll(deadline.saturating_duration_since(Instant::now())) {
            Some(Ok(message)) => {
                let last = message.offset() + 1 >= end;
                records.push(received(topic, &message));
                if last {
                    break;
                }
                deadline = Instant::now() + RECORD_WAIT_MAX;
            }
            // Offsets may have gaps, also before the end.
            Some(Err(KafkaError::PartitionEOF(_))) => break,
            Some(Err(error)) if super::client::passes(&error) => {}
            Some(Err(error)) => return Err(Error::failed("read")(error)),
            None if Instant::now() >= deadline => {
                let late = KafkaError::MessageConsumption(RDKafkaErrorCode::OperationTimedOut);
                return Err(Error::failed("read")(late));
            }
            None => {}
        }
    }
    Ok(records)
}
