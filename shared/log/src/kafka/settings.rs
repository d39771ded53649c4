//! How to reach the brokers, and the client properties on which the guarantees rest.

use crate::Error;
use messages::Topic;
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use std::collections::BTreeMap;
use std::fmt;
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

/// What may be set from outside: the way to the brokers and the proof of who we are. Everything else carries a
/// guarantee and is set here.
const PROPERTIES_ALLOWED: [&str; 9] = [
    "broker.address.",
    "client.dns.lookup",
    "client.id",
    "client.rack",
    "enable.sasl.",
    "reconnect.",
    "sasl.",
    "security.protocol",
    "ssl.",
];

/// The property by which a broker's certificate is held against its name.
const IDENTIFICATION: &str = "ssl.endpoint.identification.algorithm";

/// Whether this build has TLS, and with it SCRAM.
const TLS: bool = cfg!(feature = "tls");

/// How to reach the brokers.
#[derive(Clone)]
pub struct KafkaConfig {
    /// Host and port of some brokers, separated by commas.
    pub bootstrap: String,
    /// Stands before every topic and group name. Empty, or ends with a dot by convention.
    pub prefix: String,
    /// Copies of each partition, when topics are created. 3 in production.
    pub replication: u16,
    /// Properties of librdkafka for TLS and SASL, such as `security.protocol`. Others are refused.
    pub properties: BTreeMap<String, String>,
}

impl KafkaConfig {
    /// One copy, no prefix, no TLS: a broker of one's own.
    pub fn new(bootstrap: impl Into<String>) -> Self {
        Self {
            bootstrap: bootstrap.into(),
            prefix: String::new(),
            replication: 1,
            properties: BTreeMap::new(),
        }
    }

    /// The topic's name on the brokers.
    pub(super) fn topic(&self, topic: Topic) -> String {
        format!("{}{}", self.prefix, topic.name())
    }

    /// Our topic behind a name on the brokers.
    pub(super) fn topic_of(&self, name: &str) -> Option<Topic> {
        Topic::from_name(name.strip_prefix(self.prefix.as_str())?)
    }

    /// Refuses properties that could undo a guarantee, or that this build cannot keep.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.check_with(TLS)
    }

    fn check_with(&self, tls: bool) -> Result<(), Error> {
        let problem_of = |name: &str, value: &str| {
            if !PROPERTIES_ALLOWED.iter().any(|allowed| name.starts_with(allowed)) {
                return Some(
                    "only the way to the brokers may be set (security, sasl, ssl, client); remove it",
                );
            }
            if name == IDENTIFICATION && value.eq_ignore_ascii_case("none") {
                return Some("a broker must prove that it bears the name it is called by; remove it");
            }
            if !tls && needs_tls(name, value) {
                return Some("it needs TLS, and this build has none: build it with `--features tls`");
            }
            None
        };
        let refused = self.properties.iter().find_map(|(name, value)| Some((name, problem_of(name, value)?)));
        match refused {
            Some((name, problem)) => Err(Error::Setting { name: name.clone(), problem: problem.to_owned() }),
            None => Ok(()),
        }
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

/// Whether a property means something only where there is TLS. SCRAM is made of the same cryptography.
fn needs_tls(name: &str, value: &str) -> bool {
    let value = value.to_ascii_uppercase();
    match name {
        "security.protocol" => value.ends_with("SSL"),
        "sasl.mechanism" | "sasl.mechanisms" => value.starts_with("SCRAM"),
        _ => name.starts_with("ssl."),
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

/// Shows no values of properties: they hold passwords.
impl fmt::Debug for KafkaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaConfig")
            .field("bootstrap", &self.bootstrap)
            .field("prefix", &self.prefix)
            .field("replication", &self.replication)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_that_could_undo_a_guarantee_is_refused() {
        let mut config = KafkaConfig::new("127.0.0.1:9092");
        config.properties.insert("security.protocol".into(), "SASL_SSL".into());
        assert!(config.check_with(true).is_ok());
        config.properties.insert("enable.auto.commit".into(), "true".into());
        assert!(config.check().unwrap_err().to_string().contains("enable.auto.commit"));
    }

    #[test]
    fn a_broker_is_never_believed_unseen() {
        for (name, value) in [(IDENTIFICATION, "none"), ("enable.ssl.certificate.verification", "false")] {
            let mut config = KafkaConfig::new("127.0.0.1:9092");
            config.properties.insert(name.into(), value.into());
            assert!(config.check_with(true).unwrap_err().to_string().contains(name));
        }
    }

    #[test]
    fn tls_that_this_build_cannot_do_is_refused_and_never_left_out() {
        for (name, value) in [
            ("security.protocol", "ssl"),
            ("security.protocol", "SASL_SSL"),
            ("sasl.mechanisms", "SCRAM-SHA-512"),
            ("ssl.ca.location", "/etc/ca.pem"),
        ] {
            let mut config = KafkaConfig::new("127.0.0.1:9092");
            config.properties.insert(name.into(), value.into());
            assert!(config.check_with(true).is_ok());
            assert!(config.check_with(false).unwrap_err().to_string().contains("--features tls"), "{name}");
        }
    }

    #[test]
    fn a_password_does_not_show_in_debug() {
        let mut config = KafkaConfig::new("127.0.0.1:9092");
        config.properties.insert("sasl.password".into(), "hunter2".into());
        let shown = format!("{config:?}");
        assert!(shown.contains("sasl.password") && !shown.contains("hunter2"));
    }

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
