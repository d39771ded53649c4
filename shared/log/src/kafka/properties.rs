//! The client properties on which the guarantees rest.

use super::config::KafkaConfig;
use crate::Error;
use messages::Topic;
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use std::time::Duration;

/// The size of a record that a topic accepts, in bytes after compression. Twice the largest body of ours.
pub(super) const TOPIC_MESSAGE_BYTES_MAX: u32 = 2 * 1024 * 1024;
/// How long an answer of a broker may take, outside publishing and polling.
pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// Records waiting in the producer, in number. Publishing waits for room beyond it.
const PRODUCER_QUEUE_RECORDS_MAX: u32 = 100_000;
/// Records waiting in the producer, in KiB.
const PRODUCER_QUEUE_KIB_MAX: u32 = 64 * 1024;
/// Records fetched ahead of the reader, in KiB for each consumer: all that a slow reader can pile up.
const CONSUMER_QUEUE_KIB_MAX: u32 = 16 * 1024;
/// Records fetched ahead of the reader, in number for each partition.
const CONSUMER_QUEUE_RECORDS: u32 = 20_000;
/// One answer to a fetch, in bytes.
const FETCH_BYTES_MAX: u32 = 8 * 1024 * 1024;
/// How long a full queue pauses fetching, in milliseconds. The client's own second would show as gaps in the flow.
const FETCH_PAUSE_MS: u32 = 20;
/// How long a silent member keeps its partitions, in milliseconds. The fence of the store makes a short time safe.
const SESSION_TIMEOUT_MS: u32 = 10_000;
/// How often a member says that it lives, in milliseconds.
const HEARTBEAT_MS: u32 = 2_000;
/// How long a member may work between two polls, in milliseconds, before its partitions go to others.
const POLL_INTERVAL_MS: u32 = 300_000;
/// How long the producer collects records for one request, in milliseconds. A publication comes as a whole: waiting
/// would only add to its time.
const LINGER_MS: u32 = 0;
/// Requests of the producer under way to one broker. With more than one, a broker that refuses the first request of a
/// partition (it does not lead it yet) and takes the second loses the first: it knows nothing of this producer, accepts
/// any sequence number from it, and answers the repetition as a duplicate, which librdkafka takes for success
/// (`rd_kafka_handle_idempotent_Produce_error`, `DUPLICATE_SEQUENCE_NUMBER`).
const PRODUCER_REQUESTS_UNDER_WAY: u32 = 1;
/// How long the brokers may hold back an answer when there is nothing new, in milliseconds. A partition that is added
/// meanwhile waits as long.
const FETCH_WAIT_MS: u32 = 100;
/// One request of the producer, in bytes.
const PRODUCER_BATCH_BYTES: u32 = 512 * 1024;

impl KafkaConfig {
    /// The topic's name on the brokers.
    pub(super) fn topic(&self, topic: Topic) -> String {
        format!("{}{}", self.prefix, topic.name())
    }

    /// Our topic behind a name on the brokers.
    pub(super) fn topic_of(&self, name: &str) -> Option<Topic> {
        Topic::from_name(name.strip_prefix(self.prefix.as_str())?)
    }

    pub(super) fn admin(&self) -> ClientConfig {
        self.base()
    }

    /// An idempotent producer. A record never expires in it: a record that expired while a later one of the same
    /// sender was written would be taken for seen by the receiver. The deadline is the publisher's, who then throws
    /// away the whole producer.
    pub(super) fn producer(&self) -> ClientConfig {
        let mut config = self.base();
        config
            .set("enable.idempotence", "true")
            .set("enable.gapless.guarantee", "true")
            .set("acks", "all")
            .set("max.in.flight.requests.per.connection", PRODUCER_REQUESTS_UNDER_WAY.to_string())
            .set("message.timeout.ms", "0")
            .set("message.max.bytes", TOPIC_MESSAGE_BYTES_MAX.to_string())
            .set("compression.type", "lz4")
            .set("linger.ms", LINGER_MS.to_string())
            .set("batch.size", PRODUCER_BATCH_BYTES.to_string())
            .set("queue.buffering.max.messages", PRODUCER_QUEUE_RECORDS_MAX.to_string())
            .set("queue.buffering.max.kbytes", PRODUCER_QUEUE_KIB_MAX.to_string());
        config
    }

    /// A reader that begins where it is told and never anywhere else.
    pub(super) fn consumer(&self, group: &str) -> ClientConfig {
        let mut config = self.base();
        config
            .set("group.id", format!("{}{group}", self.prefix))
            .set("partition.assignment.strategy", "range")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "error")
            .set("allow.auto.create.topics", "false")
            .set("check.crcs", "true")
            .set("session.timeout.ms", SESSION_TIMEOUT_MS.to_string())
            .set("heartbeat.interval.ms", HEARTBEAT_MS.to_string())
            .set("max.poll.interval.ms", POLL_INTERVAL_MS.to_string())
            .set("queued.min.messages", CONSUMER_QUEUE_RECORDS.to_string())
            .set("queued.max.messages.kbytes", CONSUMER_QUEUE_KIB_MAX.to_string())
            .set("fetch.max.bytes", FETCH_BYTES_MAX.to_string())
            .set("fetch.message.max.bytes", TOPIC_MESSAGE_BYTES_MAX.to_string())
            .set("fetch.wait.max.ms", FETCH_WAIT_MS.to_string())
            .set("fetch.queue.backoff.ms", FETCH_PAUSE_MS.to_string());
        config
    }

    fn base(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        config
            .set("bootstrap.servers", &self.bootstrap)
            .set("statistics.interval.ms", "0")
            .set_log_level(RDKafkaLogLevel::Warning);
        config
    }
}

/// For `map_err` of a client that cannot be made. What librdkafka says of a refused property is left out: it quotes the
/// value, which may be a secret.
pub(super) fn no_client(error: KafkaError) -> Error {
    match error {
        KafkaError::ClientConfig(_, _, name, _) => {
            Error::Setting { name, problem: "librdkafka does not take it; see its list of properties".into() }
        }
        error => Error::failed("make a client")(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_that_the_client_refuses_is_named_without_its_value() {
        let mut config = KafkaConfig::new("127.0.0.1:9092");
        config.properties.insert("security.protocol".into(), "hunter2".into());
        let error = config.admin().create_native_config().map(drop).map_err(no_client).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("security.protocol") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_topic_is_found_behind_its_prefix_only() {
        let config = KafkaConfig { prefix: "t1.".into(), ..KafkaConfig::new("") };
        assert_eq!(config.topic_of(&config.topic(Topic::CaseCommands)), Some(Topic::CaseCommands));
        assert_eq!(config.topic_of("case.commands"), None);
    }

    #[test]
    fn the_client_accepts_every_property_we_set() {
        let config = KafkaConfig::new("127.0.0.1:9092");
        for client in [config.admin(), config.producer(), config.consumer("g")] {
            client.create_native_config().unwrap();
        }
    }
}
