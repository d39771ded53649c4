//! A log that counts what passes.

use super::meter::Meter;
use async_trait::async_trait;
use eventlog::{Around, Error, Log, Polled, Subscription, partition_of, size_of};
use messages::{Record, Topic, header};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Any log, counted.
pub struct MeteredLog {
    log: Arc<dyn Log>,
    meter: Arc<Meter>,
}

struct MeteredSubscription {
    subscription: Box<dyn Subscription>,
    group: String,
    meter: Arc<Meter>,
}

impl MeteredLog {
    /// Counts what goes through this log.
    pub fn new(log: Arc<dyn Log>, meter: Arc<Meter>) -> Self {
        Self { log, meter }
    }
}

/// Which stage sends the records of one publication.
fn sender(records: &[Record]) -> Option<String> {
    let label = records.first()?.header(header::SENDER)?;
    label.split('/').next().map(str::to_owned)
}

#[async_trait]
impl Around for MeteredLog {
    fn log(&self) -> &dyn Log {
        &*self.log
    }

    async fn publish(&self, records: Vec<Record>) -> Result<(), Error> {
        let place = |record: &Record| {
            record.partition.unwrap_or_else(|| partition_of(record.key.as_bytes(), self.log.partitions()))
        };
        let places: Vec<_> =
            records.iter().map(|record| (record.topic, place(record), size_of(record))).collect();
        let sender = sender(&records).unwrap_or_default();
        let begun = Instant::now();
        self.log.publish(records).await?;
        self.meter.published(&sender, &places, begun.elapsed());
        Ok(())
    }

    async fn subscribe(&self, group: &str, topics: &[Topic]) -> Result<Box<dyn Subscription>, Error> {
        let subscription = self.log.subscribe(group, topics).await?;
        self.meter.reads(group, topics);
        let meter = Arc::clone(&self.meter);
        Ok(Box::new(MeteredSubscription { subscription, group: group.to_owned(), meter }))
    }
}

#[async_trait]
impl Subscription for MeteredSubscription {
    async fn poll(&mut self, max: usize, wait: Duration) -> Result<Polled, Error> {
        let polled = self.subscription.poll(max, wait).await?;
        match &polled {
            Polled::Assigned(partitions) => self.meter.assigned(&self.group, partitions),
            Polled::Revoked(partitions) => self.meter.revoked(&self.group, partitions),
            Polled::Records { partition, records } => {
                let places = records.iter().map(|record| (record.topic, *partition, record.offset));
                self.meter.delivered(&self.group, places);
            }
            Polled::Nothing => {}
        }
        Ok(polled)
    }

    async fn seek(&mut self, partition: u32, positions: &BTreeMap<Topic, i64>) -> Result<(), Error> {
        self.subscription.seek(partition, positions).await?;
        self.meter.sought(&self.group, partition, positions);
        Ok(())
    }
}
