//! A membership in a consumer group.
//!
//! The group only says who owns which partition; where reading begins comes from the store. So the answer to a new
//! assignment is held back until the next poll, when the positions are known, and the answer to a revocation until the
//! caller has heard of it: the partition moves on only after that, or when the group has lost patience with this member
//! (then the store's fence protects). The range assignor gives a member the same partition numbers of every topic.

use super::client::{bounds, passes};
use super::config::KafkaConfig;
use super::group::{Client, Decision, join, leave};
use super::received::received;
use crate::{Error, Polled, Received, Subscription};
use async_trait::async_trait;
use futures::{FutureExt, StreamExt};
use messages::Topic;
use rdkafka::consumer::Consumer;
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Message, Offset, TopicPartitionList};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How many times a caller's batch is taken from the client at once, so that a batch of one partition fills up even
/// when its records come mixed with those of others.
const AHEAD_BATCHES: usize = 4;
/// Bodies taken from the client at once, in bytes: large records come in smaller batches.
const AHEAD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A membership in a consumer group on Kafka.
pub(super) struct KafkaSubscription {
    config: Arc<KafkaConfig>,
    group: String,
    /// Ours by their names on the brokers.
    topics: BTreeMap<String, Topic>,
    client: Arc<Client>,
    /// Assigned partitions; those whose delivery has begun with the offset of the next record of each topic.
    owned: BTreeMap<u32, Option<BTreeMap<Topic, i64>>>,
    /// What the caller has done since the client was last told.
    owed: Owed,
    /// Records taken from the client, by partition, in the order in which the partitions came.
    ahead: VecDeque<(u32, VecDeque<Received>)>,
}

/// What the client has to be told before the next record.
#[derive(PartialEq, Eq)]
enum Owed {
    Nothing,
    /// The partitions and where to read them.
    Assign,
    /// That the caller has heard of the revocation.
    Unassign,
}

impl KafkaSubscription {
    pub(super) fn open(config: Arc<KafkaConfig>, group: &str, topics: &[Topic]) -> Result<Self, Error> {
        let topics: BTreeMap<_, _> = topics.iter().map(|topic| (config.topic(*topic), *topic)).collect();
        let client = join(&config, group, &topics)?;
        Ok(Self {
            config,
            group: group.to_owned(),
            topics,
            client,
            owned: BTreeMap::new(),
            owed: Owed::Nothing,
            ahead: VecDeque::new(),
        })
    }

    /// Tells the client what the caller knows by now.
    fn settle(&mut self) -> KafkaResult<()> {
        match std::mem::replace(&mut self.owed, Owed::Nothing) {
            Owed::Nothing => Ok(()),
            Owed::Unassign => self.client.unassign(),
            Owed::Assign => {
                let mut list = TopicPartitionList::new();
                for (partition, next) in &self.owned {
                    for (topic, offset) in next.iter().flatten() {
                        let (name, partition) = (self.config.topic(*topic), partition.cast_signed());
                        list.add_partition_offset(&name, partition, Offset::Offset(*offset))?;
                    }
                }
                self.client.assign(&list)
            }
        }
    }

    /// The group's next decision, as the caller hears it.
    fn decided(&mut self) -> Result<Option<Polled>, Error> {
        match self.client.context().pop() {
            None => Ok(None),
            Some(Decision::Revoked(partitions)) => {
                self.forget();
                self.owed = Owed::Unassign;
                Ok(Some(Polled::Revoked(partitions)))
            }
            Some(Decision::Assigned(topics_of)) => {
                self.owed = Owed::Assign;
                if let Some((partition, _)) = topics_of.iter().find(|(_, count)| **count != self.topics.len())
                {
                    let what = format!("partition {partition} of the group {}", self.group);
                    return Err(Error::NotTogether { what });
                }
                self.owned = topics_of.keys().map(|partition| (*partition, None)).collect();
                Ok(Some(Polled::Assigned(topics_of.into_keys().collect())))
            }
        }
    }

    fn forget(&mut self) {
        self.owned.clear();
        self.ahead.clear();
    }

    /// Takes what the client has at hand, without waiting.
    fn take(&mut self, max: usize) -> Result<(), KafkaError> {
        let client = Arc::clone(&self.client);
        let mut stream = client.stream();
        let mut room = max.saturating_mul(AHEAD_BATCHES);
        let mut bytes = 0;
        while room > 0 && bytes < AHEAD_BYTES_MAX {
            match stream.next().now_or_never().flatten() {
                Some(Ok(message)) => {
                    self.keep(&message);
                    room -= 1;
                    bytes += message.payload_len();
                }
                Some(Err(error)) if passes(&error) => {}
                Some(Err(error)) => return Err(error),
                None => break,
            }
        }
        Ok(())
    }

    /// Waits for a record, a decision or the deadline.
    async fn wait_until(&mut self, deadline: Instant) -> Result<(), KafkaError> {
        let client = Arc::clone(&self.client);
        let mut stream = client.stream();
        tokio::select! {
            biased;
            message = stream.next() => match message {
                Some(Ok(message)) => self.keep(&message),
                Some(Err(error)) if !passes(&error) => return Err(error),
                _ => {}
            },
            () = client.context().decided() => {}
            () = tokio::time::sleep_until(deadline) => {}
        }
        Ok(())
    }

    /// Keeps a record unless its partition was given away or moved to another position meanwhile.
    fn keep(&mut self, message: &BorrowedMessage<'_>) {
        let Some(topic) = self.topics.get(message.topic()) else { return };
        let partition = message.partition().cast_unsigned();
        let Some(Some(next)) = self.owned.get_mut(&partition) else { return };
        match next.get_mut(topic) {
            Some(next) if *next <= message.offset() => *next = message.offset() + 1,
            _ => return,
        }
        let record = received(*topic, message);
        match self.ahead.iter_mut().find(|(p, _)| *p == partition) {
            Some((_, records)) => records.push_back(record),
            None => self.ahead.push_back((partition, VecDeque::from([record]))),
        }
    }

    /// The batch of the partition that has waited longest.
    fn batch(&mut self, max: usize) -> Option<Polled> {
        let (partition, mut records) = self.ahead.pop_front()?;
        let rest = records.split_off(max.min(records.len()));
        if !rest.is_empty() {
            self.ahead.push_back((partition, rest));
        }
        Some(Polled::Records { partition, records: records.into() })
    }

    /// After an error that the client does not get over, a new member takes this one's place. The caller hears that its
    /// partitions are gone, so that nothing is read past the error.
    fn start_over(&mut self) -> Result<(), Error> {
        let partitions: Vec<u32> = self.owned.keys().copied().collect();
        self.forget();
        self.owed = Owed::Nothing;
        leave(std::mem::replace(&mut self.client, join(&self.config, &self.group, &self.topics)?));
        if !partitions.is_empty() {
            self.client.context().push(Decision::Revoked(partitions));
        }
        Ok(())
    }

    fn failed(&mut self, error: KafkaError) -> Error {
        match self.start_over() {
            Ok(()) => Error::failed("read on")(error),
            Err(worse) => worse,
        }
    }
}

#[async_trait]
impl Subscription for KafkaSubscription {
    async fn poll(&mut self, max: usize, wait: Duration) -> Result<Polled, Error> {
        let max = max.max(1);
        let deadline = Instant::now() + wait;
        loop {
            if let Some(decided) = self.decided()? {
                return Ok(decided);
            }
            if let Err(error) = self.settle() {
                return Err(self.failed(error));
            }
            if self.ahead.is_empty()
                && let Err(error) = self.take(max)
            {
                return Err(self.failed(error));
            }
            if let Some(decided) = self.decided()? {
                return Ok(decided);
            }
            if let Some(batch) = self.batch(max) {
                return Ok(batch);
            }
            if Instant::now() >= deadline {
                return Ok(Polled::Nothing);
            }
            if let Err(error) = self.wait_until(deadline).await {
                return Err(self.failed(error));
            }
        }
    }

    async fn seek(&mut self, partition: u32, positions: &BTreeMap<Topic, i64>) -> Result<(), Error> {
        if !self.owned.contains_key(&partition) {
            return Ok(());
        }
        let client = Arc::clone(&self.client);
        let names: Vec<String> = self.topics.keys().cloned().collect();
        let asking =
            tokio::task::spawn_blocking(move || bounds(client.as_ref(), &names, partition.cast_signed()));
        let bounds = asking
            .await
            .map_err(Error::failed("seek"))?
            .map_err(Error::failed("find the ends of a partition"))?;
        let mut next = BTreeMap::new();
        for (name, topic) in &self.topics {
            let bounds = bounds.get(name).ok_or_else(|| Error::NoTopic { name: name.clone() })?;
            next.insert(*topic, bounds.start(&format!("{name}/{partition}"), positions.get(topic).copied())?);
        }
        self.ahead.retain(|(p, _)| *p != partition);
        self.owned.insert(partition, Some(next));
        self.owed = Owed::Assign;
        Ok(())
    }
}

impl Drop for KafkaSubscription {
    fn drop(&mut self) {
        leave(Arc::clone(&self.client));
    }
}
