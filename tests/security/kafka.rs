//! Kafka over TLS with a user for each stage, and what each user may do.

use crate::program::{printed, program};
use crate::servers::{certificate, feed, port, unique};
use messages::Topic;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use rettidig::pipeline::parts;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long a broker may take to say no.
const PATIENCE: Duration = Duration::from_secs(20);

/// The password of a user, as the broker was given it.
pub fn password(user: &str) -> String {
    let users = std::env::var("KAFKA_USERS").expect("tests/run tells the users of Kafka");
    let found = users.split(' ').find_map(|known| known.strip_prefix(user)?.strip_prefix(':'));
    found.unwrap_or_else(|| panic!("Kafka has no user {user}")).to_owned()
}

/// The user of a stage.
pub fn user(stage: &str) -> String {
    format!("rettidig-{stage}")
}

/// The settings of a process for a user, with the password in a file of this directory.
pub fn settings(place: &Path, user: &str, prefix: &str) -> Vec<(&'static str, String)> {
    let file = place.join(format!("{user}.password"));
    std::fs::write(&file, format!("{}\n", password(user))).unwrap();
    vec![
        ("KAFKA_BOOTSTRAP", format!("127.0.0.1:{}", port("kafka"))),
        ("KAFKA_PREFIX", prefix.to_owned()),
        ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL".to_owned()),
        ("KAFKA_USER", user.to_owned()),
        ("KAFKA_PASSWORD_FILE", file.display().to_string()),
        ("KAFKA_CA_FILE", certificate("ca.pem").display().to_string()),
    ]
}

/// The prefix of topics that are there, with the rights that `rettidig access kafka` gives, applied by Kafka's own tool.
pub fn rights() -> &'static str {
    static GIVEN: OnceLock<String> = OnceLock::new();
    GIVEN.get_or_init(|| {
        let prefix = format!("{}.", unique());
        let place = tempfile::tempdir().unwrap();
        let mut topics = Command::new(program());
        topics.args(["topics", "apply", "--partitions", "2"]).envs(settings(place.path(), "admin", &prefix));
        feed(&mut topics, "");
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("servers/kafka-acls");
        let mut acls = Command::new(script);
        acls.arg(tests::secure_servers().join("kafka"));
        feed(&mut acls, &printed(&["access", "kafka", "--kafka-prefix", &prefix]));
        prefix
    })
}

fn client(user: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", format!("127.0.0.1:{}", port("kafka")))
        .set("security.protocol", "SASL_SSL")
        .set("sasl.mechanisms", "SCRAM-SHA-512")
        .set("sasl.username", user)
        .set("sasl.password", password(user))
        .set("ssl.ca.location", certificate("ca.pem").display().to_string());
    config
}

/// What the broker says to a consumer, at last, besides this.
fn answer(consumer: &BaseConsumer, besides: Code) -> Option<Code> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match consumer.poll(Duration::from_millis(200)) {
            Some(Err(KafkaError::MessageConsumption(code))) if code != besides => return Some(code),
            Some(Ok(_) | Err(_)) | None => {}
        }
    }
    None
}

fn names(stage: &str, topic: Topic) -> (bool, bool) {
    let about = topic.description();
    let means = |name: &&str| match *name {
        "every stage" => !["intake", "calendar"].contains(&stage),
        "tick" => stage == "calendar",
        name => name == stage,
    };
    (about.readers.iter().any(means), about.writers.iter().any(means))
}

/// Everything that a stage may not do, tried.
async fn try_what_is_forbidden(stage: &'static str, prefix: &'static str) -> usize {
    let mut tried = 0;
    let consumer: BaseConsumer =
        client(&user(stage)).set("group.id", format!("{prefix}{stage}")).create().unwrap();
    let producer: FutureProducer = client(&user(stage)).create().unwrap();
    for topic in Topic::ALL {
        let name = format!("{prefix}{}", topic.name());
        let (reads, writes) = names(stage, topic);
        if !reads && !writes {
            // What it neither reads nor writes is not even shown to it.
            let shown = consumer.fetch_metadata(Some(&name), PATIENCE).unwrap();
            let error = shown.topics()[0].error().map(Code::from);
            assert_eq!(error, Some(Code::TopicAuthorizationFailed), "{stage} sees {topic}");
            tried += 1;
        } else if !reads {
            let mut list = TopicPartitionList::new();
            list.add_partition_offset(&name, 0, Offset::Beginning).unwrap();
            consumer.assign(&list).unwrap();
            // An edge has no group; that it is told so is no answer about the topic.
            let said = tokio::task::block_in_place(|| answer(&consumer, Code::GroupAuthorizationFailed));
            assert_eq!(said, Some(Code::TopicAuthorizationFailed), "{stage} reads {topic}");
            tried += 1;
        }
        if !writes {
            let record = FutureRecord::to(&name).partition(0).key("k").payload("p");
            let error = producer.send(record, PATIENCE).await.map(drop).unwrap_err().0;
            assert_eq!(
                error,
                KafkaError::MessageProduction(Code::TopicAuthorizationFailed),
                "{stage} writes {topic}"
            );
            tried += 1;
        }
    }
    producer.flush(PATIENCE).unwrap();
    let others = parts().filter(|other| *other != stage).map(|other| format!("{prefix}{other}"));
    for group in others.chain(["another".to_owned()]) {
        let consumer: BaseConsumer = client(&user(stage)).set("group.id", &group).create().unwrap();
        consumer.subscribe(&[&format!("{prefix}calendar.days")]).unwrap();
        let said = tokio::task::block_in_place(|| answer(&consumer, Code::TopicAuthorizationFailed));
        assert_eq!(said, Some(Code::GroupAuthorizationFailed), "{stage} in the group {group}");
        tried += 1;
    }
    tried
}

#[tokio::test(flavor = "multi_thread", worker_threads = 9)]
async fn a_stage_reads_and_writes_only_its_own_topics_and_joins_only_its_own_group() {
    let prefix = tokio::task::block_in_place(rights);
    let trials: Vec<_> =
        parts().map(|stage| (stage, tokio::spawn(try_what_is_forbidden(stage, prefix)))).collect();
    for (stage, trial) in trials {
        // Of 13 topics twice, and of 9 groups and one that nobody has, each stage has a few of its own.
        assert!(trial.await.unwrap() > 25, "{stage}");
    }
}

#[test]
fn without_the_password_without_tls_and_without_the_right_authority_nobody_gets_in() {
    let place = tempfile::tempdir().unwrap();
    let wrong = place.path().join("wrong");
    std::fs::write(&wrong, "hunter2").unwrap();
    let cases = [
        ("KAFKA_PASSWORD_FILE", wrong.display().to_string(), "uthentication failed"),
        ("KAFKA_CA_FILE", certificate("other-ca.pem").display().to_string(), "certificate verify failed"),
        ("KAFKA_BOOTSTRAP", format!("0.0.0.0:{}", port("kafka")), "certificate verify failed"),
        ("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT".to_owned(), "brokers are down"),
    ];
    let right = settings(place.path(), &user("routing"), "none.");
    let serving = cases.map(|(setting, value, reason)| {
        let mut serve = Command::new(program());
        serve.args(["serve", "routing"]).envs(right.clone());
        serve.env("POSTGRES_URL", "postgres://nobody@127.0.0.1:1/none").env(setting, value);
        if setting == "KAFKA_SECURITY_PROTOCOL" {
            for without in ["KAFKA_USER", "KAFKA_PASSWORD_FILE", "KAFKA_CA_FILE"] {
                serve.env_remove(without);
            }
        }
        let serve = serve.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        (setting, reason, serve.spawn().unwrap())
    });
    for (setting, reason, serve) in serving {
        let output = serve.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        assert_eq!(output.status.code(), Some(1), "{setting}: {said}");
        assert!(said.contains(reason) && said.contains("the log at Kafka"), "{setting}: {said}");
        assert!(
            !said.contains("hunter2") && !said.contains(&password(&user("routing"))),
            "{setting}: {said}"
        );
    }
}
