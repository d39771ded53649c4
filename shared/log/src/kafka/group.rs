//! Joining and leaving a consumer group, and what the group decides.

use super::config::KafkaConfig;
use super::lines::{log_line, problem};
use super::properties::no_client;
use crate::Error;
use messages::Topic;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, TopicPartitionList};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// What the group has decided.
pub(super) enum Decision {
    Assigned(BTreeMap<u32, usize>),
    Revoked(Vec<u32>),
}

/// Listens to the group. Runs within `poll`.
#[derive(Default)]
pub(super) struct Listener {
    decisions: Mutex<VecDeque<Decision>>,
    decided: Notify,
    closing: AtomicBool,
}

impl Listener {
    pub(super) fn push(&self, decision: Decision) {
        self.decisions.lock().unwrap_or_else(PoisonError::into_inner).push_back(decision);
        self.decided.notify_one();
    }

    /// Waits until there is a decision that nobody has waited for.
    pub(super) async fn decided(&self) {
        self.decided.notified().await;
    }

    pub(super) fn pop(&self) -> Option<Decision> {
        self.decisions.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl ClientContext for Listener {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log_line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        problem(&error, reason);
    }
}

impl ConsumerContext for Listener {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, list: &mut TopicPartitionList) {
        if self.closing.load(Ordering::Acquire) {
            // Nobody listens any more: agree at once.
            if let Err(error) = consumer.unassign() {
                tracing::warn!(kafka.error = %error, "leaving the group takes until its session has ended");
            }
            return;
        }
        let mut topics_of = BTreeMap::new();
        for element in list.elements() {
            *topics_of.entry(element.partition().cast_unsigned()).or_insert(0) += 1;
        }
        let decision = if event == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            Decision::Assigned(topics_of)
        } else {
            Decision::Revoked(topics_of.into_keys().collect())
        };
        self.push(decision);
    }
}

pub(super) type Client = StreamConsumer<Listener>;

/// Opens a client and asks for a part of the topics.
pub(super) fn join(
    config: &KafkaConfig,
    group: &str,
    topics: &BTreeMap<String, Topic>,
) -> Result<Arc<Client>, Error> {
    let client: Client =
        config.consumer(group).create_with_context(Listener::default()).map_err(no_client)?;
    let names: Vec<&str> = topics.keys().map(String::as_str).collect();
    client.subscribe(&names).map_err(Error::failed("subscribe"))?;
    Ok(Arc::new(client))
}

/// Leaves the group. That takes a round trip to the brokers, which is made on a thread that may block.
pub(super) fn leave(client: Arc<Client>) {
    client.context().closing.store(true, Ordering::Release);
    // The group may still wait for an answer of this member.
    if let Err(error) = client.unassign() {
        tracing::warn!(kafka.error = %error, "leaving the group takes until its session has ended");
    }
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn_blocking(move || drop(client));
    }
}
