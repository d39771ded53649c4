//! A log that does not say "nothing" while something is on its way: stages come to rest on brokers as they do on files.

use async_trait::async_trait;
use eventlog::{Around, Error, Log, Polled, Subscription};
use messages::Topic;
use rettidig::bench::{Meter, MeteredLog};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long what is written may be on its way: joining the groups takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether that is over. What comes is given at once.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A log of which one process is the only writer, and the only member of every group.
pub struct Awaited {
    log: MeteredLog,
    meter: Arc<Meter>,
}

struct AwaitedSubscription {
    subscription: Box<dyn Subscription>,
    group: String,
    partitions: u32,
    meter: Arc<Meter>,
}

impl Awaited {
    /// A new log, in which nothing is written.
    pub fn new(log: Arc<dyn Log>) -> Self {
        let meter = Arc::new(Meter::default());
        Self { log: MeteredLog::new(log, Arc::clone(&meter)), meter }
    }
}

#[async_trait]
impl Around for Awaited {
    fn log(&self) -> &dyn Log {
        &self.log
    }

    async fn subscribe(&self, group: &str, topics: &[Topic]) -> Result<Box<dyn Subscription>, Error> {
        Ok(Box::new(AwaitedSubscription {
            subscription: Log::subscribe(&self.log, group, topics).await?,
            group: group.to_owned(),
            partitions: self.log.partitions(),
            meter: Arc::clone(&self.meter),
        }))
    }
}

#[async_trait]
impl Subscription for AwaitedSubscription {
    async fn poll(&mut self, max: usize, wait: Duration) -> Result<Polled, Error> {
        let begun = Instant::now();
        loop {
            let given = self.meter.has_given(&self.group, self.partitions);
            let wait = if given { wait } else { LOOK_EVERY };
            let polled = self.subscription.poll(max, wait).await?;
            if given || polled != Polled::Nothing {
                return Ok(polled);
            }
            assert!(begun.elapsed() < PATIENCE, "{} is not given what is written", self.group);
        }
    }

    async fn seek(&mut self, partition: u32, positions: &BTreeMap<Topic, i64>) -> Result<(), Error> {
        self.subscription.seek(partition, positions).await
    }
}
