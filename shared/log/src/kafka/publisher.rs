//! Publishing: what stands in a partition is always a prefix of what was given for it.
//!
//! A record that failed while a later one of the same sender was written would be dropped by its receivers when it
//! comes again: they have seen a higher sequence. So the producer keeps order across retries (idempotence), its records
//! never expire, and it stops for good at the first gap. A publisher that has waited too long closes the producer for
//! everybody, under a lock that no record can pass any more, and opens a new one.

use super::client::Logging;
use super::config::KafkaConfig;
use super::properties::no_client;
use crate::Error;
use messages::Record;
use rdkafka::client::Client;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer, PurgeConfig};
use rdkafka::{ClientConfig, util::DefaultRuntime};
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How long the oldest record may wait for its acknowledgement. Longer than a broker's restart or an election.
const DELIVERY_WAIT_MAX: Duration = Duration::from_secs(30);
/// How long to wait for room in the producer when others have filled it.
const ROOM_WAIT: Duration = Duration::from_millis(5);

/// Where a record goes.
pub(super) struct Target {
    pub topic: String,
    pub partition: i32,
}

/// Publishes through one producer at a time.
pub(super) struct Publisher {
    config: ClientConfig,
    current: RwLock<Arc<Generation>>,
}

/// A producer until its first failure.
pub(super) struct Generation {
    producer: FutureProducer<Logging, DefaultRuntime>,
    closed: RwLock<bool>,
}

impl Publisher {
    pub(super) fn open(config: &KafkaConfig) -> Result<Self, Error> {
        let config = config.producer();
        let first = Generation::open(&config).map_err(no_client)?;
        Ok(Self { config, current: RwLock::new(Arc::new(first)) })
    }

    /// The client of the present producer, for questions about topics.
    pub(super) fn client(&self) -> Arc<Generation> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) async fn publish(&self, records: &[Record], targets: &[Target]) -> Result<(), Error> {
        let generation = self.client();
        let result = generation.publish(records, targets).await;
        if let Err(failure) = result {
            self.replace(&generation)?;
            return Err(Error::failed("append")(failure));
        }
        Ok(())
    }

    /// Closes a producer that failed, and opens the next one unless somebody else has.
    fn replace(&self, failed: &Arc<Generation>) -> Result<(), Error> {
        failed.close();
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, failed) {
            *current = Arc::new(Generation::open(&self.config).map_err(no_client)?);
        }
        Ok(())
    }
}

impl Generation {
    fn open(config: &ClientConfig) -> Result<Self, KafkaError> {
        Ok(Self { producer: config.create_with_context(Logging)?, closed: RwLock::new(false) })
    }

    /// For questions about topics.
    pub(super) fn client(&self) -> &Client<impl rdkafka::ClientContext + use<>> {
        self.producer.client()
    }

    /// From here on no record enters, and those that wait are thrown away.
    fn close(&self) {
        *self.closed.write().unwrap_or_else(PoisonError::into_inner) = true;
        self.producer.purge(PurgeConfig::default().queue().inflight());
    }

    async fn publish(&self, records: &[Record], targets: &[Target]) -> Result<(), KafkaError> {
        let mut waiting = VecDeque::with_capacity(records.len());
        for (record, target) in records.iter().zip(targets) {
            self.enqueue(record, target, &mut waiting).await?;
        }
        for delivery in waiting {
            acknowledged(delivery).await?;
        }
        Ok(())
    }

    async fn enqueue(
        &self,
        record: &Record,
        target: &Target,
        waiting: &mut VecDeque<DeliveryFuture>,
    ) -> Result<(), KafkaError> {
        let mut waited = Duration::ZERO;
        loop {
            match self.offer(record, target) {
                Ok(delivery) => {
                    waiting.push_back(delivery);
                    return Ok(());
                }
                Err(KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull))
                    if waited < DELIVERY_WAIT_MAX =>
                {
                    match waiting.pop_front() {
                        Some(oldest) => acknowledged(oldest).await?,
                        None => {
                            tokio::time::sleep(ROOM_WAIT).await;
                            waited += ROOM_WAIT;
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Hands one record to the producer unless it is closed.
    fn offer(&self, record: &Record, target: &Target) -> Result<DeliveryFuture, KafkaError> {
        let closed = self.closed.read().unwrap_or_else(PoisonError::into_inner);
        if *closed {
            return Err(KafkaError::Canceled);
        }
        let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
        for (key, value) in &record.headers {
            headers = headers.insert(Header { key, value: Some(value.as_bytes()) });
        }
        let future_record = FutureRecord::to(&target.topic)
            .partition(target.partition)
            .key(record.key.as_str())
            .payload(record.body.as_slice())
            .headers(headers);
        self.producer.send_result(future_record).map_err(|(error, _)| error)
    }
}

/// An acknowledgement without an offset is none: the broker has refused the record as a duplicate of one that it may
/// never have had. With one request under way that cannot happen; should it, the records after this one may be written
/// already and the repetition be dropped by their receivers, so it must not pass in silence.
async fn acknowledged(delivery: DeliveryFuture) -> Result<(), KafkaError> {
    match tokio::time::timeout(DELIVERY_WAIT_MAX, delivery).await {
        Ok(Ok(Ok(delivered))) if delivered.offset >= 0 => Ok(()),
        Ok(Ok(Ok(refused))) => {
            tracing::error!(
                kafka.partition = refused.partition,
                "a record was acknowledged as a duplicate and has no place in the log: compare the stage's outbox with it"
            );
            Err(KafkaError::MessageProduction(RDKafkaErrorCode::DuplicateSequenceNumber))
        }
        Ok(Ok(Err((error, _)))) => Err(error),
        Ok(Err(_)) => Err(KafkaError::Canceled),
        Err(_) => Err(KafkaError::MessageProduction(RDKafkaErrorCode::MessageTimedOut)),
    }
}
