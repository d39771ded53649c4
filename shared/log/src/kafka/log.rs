//! The log on librdkafka.

use super::config::KafkaConfig;
use super::publisher::{Publisher, Target};
use super::reader::Reader;
use super::subscription::KafkaSubscription;
use super::topics;
use crate::{Error, Log, RECORD_BYTES_MAX, Received, Subscription, partition_of, size_of};
use async_trait::async_trait;
use messages::{Record, Topic};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The log on Apache Kafka: an idempotent producer, one consumer for scans, and a consumer for each subscription.
pub(super) struct KafkaLog {
    config: Arc<KafkaConfig>,
    publisher: Publisher,
    reader: Arc<Reader>,
    partitions: AtomicU32,
}

impl KafkaLog {
    /// See [`super::open`].
    pub(super) async fn open(config: KafkaConfig) -> Result<Self, Error> {
        config.check()?;
        let config = Arc::new(config);
        let publisher = Publisher::open(&config)?;
        let found = topics::look(&config, publisher.client()).await.map_err(|source| Error::Open {
            place: format!("Kafka {}", config.bootstrap),
            source: source.into(),
        })?;
        let partitions = topics::common_partitions(&config, &found, None)?.unwrap_or(0);
        let reader = Arc::new(Reader::open(Arc::clone(&config))?);
        Ok(Self { config, publisher, reader, partitions: AtomicU32::new(partitions) })
    }

    /// Where a record goes, or why it cannot be taken.
    fn target(&self, record: &Record) -> Result<Target, Error> {
        let partitions = self.partitions();
        let partition = match record.partition {
            Some(partition) => partition,
            None => partition_of(record.key.as_bytes(), partitions),
        };
        if partition >= partitions {
            return Err(Error::NoPartition { partition, partitions });
        }
        let bytes = size_of(record);
        if bytes > RECORD_BYTES_MAX {
            return Err(Error::TooLarge { topic: record.topic, bytes, limit: RECORD_BYTES_MAX });
        }
        Ok(Target { topic: self.config.topic(record.topic), partition: partition.cast_signed() })
    }

    fn check_partition(&self, partition: u32) -> Result<(), Error> {
        let partitions = self.partitions();
        if partition < partitions { Ok(()) } else { Err(Error::NoPartition { partition, partitions }) }
    }
}

#[async_trait]
impl Log for KafkaLog {
    async fn create_topics(&self, partitions: u32) -> Result<(), Error> {
        if partitions == 0 {
            return Err(Error::NoPartition { partition: 0, partitions: 0 });
        }
        topics::create(&self.config, self.publisher.client(), partitions).await?;
        self.partitions.store(partitions, Ordering::Release);
        Ok(())
    }

    fn partitions(&self) -> u32 {
        self.partitions.load(Ordering::Acquire)
    }

    async fn publish(&self, records: Vec<Record>) -> Result<(), Error> {
        // Every record is looked at before the first is sent.
        let targets = records.iter().map(|record| self.target(record)).collect::<Result<Vec<_>, _>>()?;
        self.publisher.publish(&records, &targets).await
    }

    async fn subscribe(&self, group: &str, topics: &[Topic]) -> Result<Box<dyn Subscription>, Error> {
        let found = topics::look(&self.config, self.publisher.client())
            .await
            .map_err(Error::failed("look at the topics"))?;
        topics::check_present(&self.config, &found, topics)?;
        Ok(Box::new(KafkaSubscription::open(Arc::clone(&self.config), group, topics)?))
    }

    async fn read(
        &self,
        topic: Topic,
        partition: u32,
        from: i64,
        max: usize,
    ) -> Result<Vec<Received>, Error> {
        self.check_partition(partition)?;
        Arc::clone(&self.reader).read(topic, partition, from, max).await
    }

    async fn end(&self, topic: Topic, partition: u32) -> Result<i64, Error> {
        self.check_partition(partition)?;
        Arc::clone(&self.reader).end(topic, partition).await
    }

    async fn reach(&self, within: Duration) -> Result<(), Error> {
        topics::reach(&self.config, self.publisher.client(), within).await.map_err(Error::failed("answer"))
    }
}
