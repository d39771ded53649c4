//! Making topics and looking at those that are there.

use super::client::Logging;
use super::config::KafkaConfig;
use super::properties::{REQUEST_TIMEOUT, TOPIC_MESSAGE_BYTES_MAX, no_client};
use super::publisher::Generation;
use crate::Error;
use messages::Topic;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long new topics may take to be known to every broker and to have leaders.
const CREATE_WAIT_MAX: Duration = Duration::from_secs(30);
/// How often that is looked at.
const CREATE_LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// One year of retention, leap day included, in milliseconds.
const YEAR_MS: i64 = 366 * 24 * 60 * 60 * 1000;

/// A topic that exists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    partitions: u32,
    /// Every partition has a leader.
    ready: bool,
}

/// Our topics that exist.
pub(super) async fn look(
    config: &Arc<KafkaConfig>,
    generation: Arc<Generation>,
) -> Result<BTreeMap<Topic, Found>, KafkaError> {
    let config = Arc::clone(config);
    let looking = tokio::task::spawn_blocking(move || {
        let metadata = generation.client().fetch_metadata(None, REQUEST_TIMEOUT)?;
        let mut found = BTreeMap::new();
        for topic in metadata.topics() {
            let Some(ours) = config.topic_of(topic.name()) else { continue };
            let partitions = topic.partitions();
            let ready = !partitions.is_empty()
                && partitions.iter().all(|partition| partition.error().is_none() && partition.leader() >= 0);
            let count = u32::try_from(partitions.len()).unwrap_or(u32::MAX);
            found.insert(ours, Found { partitions: count, ready });
        }
        Ok(found)
    });
    looking.await.unwrap_or(Err(KafkaError::Canceled))
}

/// Asks the brokers about one topic of ours, whether or not it is there.
pub(super) async fn reach(
    config: &KafkaConfig,
    generation: Arc<Generation>,
    within: Duration,
) -> Result<(), KafkaError> {
    let name = config.topic(Topic::CalendarDays);
    let asking = tokio::task::spawn_blocking(move || {
        generation.client().fetch_metadata(Some(&name), within).map(drop)
    });
    asking.await.unwrap_or(Err(KafkaError::Canceled))
}

/// The number of partitions that all topics share; `None` where there are no topics.
pub(super) fn common_partitions(
    config: &KafkaConfig,
    found: &BTreeMap<Topic, Found>,
    wanted: Option<u32>,
) -> Result<Option<u32>, Error> {
    let mut common = wanted;
    for (topic, found) in found {
        match common {
            Some(wanted) if wanted != found.partitions => {
                let what = format!("the topic {}", config.topic(*topic));
                return Err(Error::Partitions { what, found: found.partitions, wanted });
            }
            _ => common = Some(found.partitions),
        }
    }
    Ok(common)
}

/// Refuses to go on without a topic that is read.
pub(super) fn check_present(
    config: &KafkaConfig,
    found: &BTreeMap<Topic, Found>,
    wanted: &[Topic],
) -> Result<(), Error> {
    match wanted.iter().find(|topic| !found.contains_key(topic)) {
        Some(missing) => Err(Error::NoTopic { name: config.topic(*missing) }),
        None => Ok(()),
    }
}

/// Makes the topics that are missing and waits until all can be used.
pub(super) async fn create(
    config: &Arc<KafkaConfig>,
    generation: Arc<Generation>,
    partitions: u32,
) -> Result<(), Error> {
    let found = look(config, Arc::clone(&generation)).await.map_err(Error::failed("look at the topics"))?;
    common_partitions(config, &found, Some(partitions))?;
    let missing: Vec<Topic> = Topic::ALL.into_iter().filter(|topic| !found.contains_key(topic)).collect();
    if !missing.is_empty() {
        make(config, &missing, partitions).await?;
    }
    wait_until_ready(config, generation, partitions).await
}

async fn make(config: &KafkaConfig, topics: &[Topic], partitions: u32) -> Result<(), Error> {
    let admin: AdminClient<Logging> = config.admin().create_with_context(Logging).map_err(no_client)?;
    let count = i32::try_from(partitions).map_err(Error::failed("create topics"))?;
    let bytes_max = TOPIC_MESSAGE_BYTES_MAX.to_string();
    // One copy may be away for maintenance without writers having to wait.
    let in_sync = config.replication.saturating_sub(1).max(1).to_string();
    let names: Vec<(String, String)> =
        topics.iter().map(|topic| (config.topic(*topic), retention_ms(*topic).to_string())).collect();
    let new: Vec<NewTopic<'_>> = names
        .iter()
        .map(|(name, retention)| {
            NewTopic::new(name, count, TopicReplication::Fixed(i32::from(config.replication)))
                .set("cleanup.policy", "delete")
                .set("retention.ms", retention)
                .set("max.message.bytes", &bytes_max)
                .set("min.insync.replicas", &in_sync)
        })
        .collect();
    let options = AdminOptions::new().operation_timeout(Some(REQUEST_TIMEOUT));
    let results = admin.create_topics(&new, &options).await.map_err(Error::failed("create topics"))?;
    for result in results {
        match result {
            // Somebody else was quicker; the number of partitions is looked at below.
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(Error::failed("create topics")(KafkaError::AdminOp(code))),
        }
    }
    Ok(())
}

async fn wait_until_ready(
    config: &Arc<KafkaConfig>,
    generation: Arc<Generation>,
    partitions: u32,
) -> Result<(), Error> {
    let deadline = Instant::now() + CREATE_WAIT_MAX;
    loop {
        let found =
            look(config, Arc::clone(&generation)).await.map_err(Error::failed("look at the topics"))?;
        if found.len() == Topic::ALL.len() && found.values().all(|topic| topic.ready) {
            return common_partitions(config, &found, Some(partitions)).map(drop);
        }
        if Instant::now() > deadline {
            return Err(Error::failed("wait for new topics")(KafkaError::AdminOp(
                RDKafkaErrorCode::LeaderNotAvailable,
            )));
        }
        tokio::time::sleep(CREATE_LOOK_INTERVAL).await;
    }
}

/// How long records are kept, in milliseconds; -1 for ever. A topic of which the latest record of each key matters is
/// kept for ever too: its key is a person, and several cases write of the same person.
fn retention_ms(topic: Topic) -> i64 {
    let years =
        topic.description().retention.split_once(" year").and_then(|(years, _)| years.parse::<i64>().ok());
    years.map_or(-1, |years| years * YEAR_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_kept_for_its_years_or_for_ever() {
        for topic in Topic::ALL {
            let text = topic.description().retention;
            let expected = match text {
                "1 year" => YEAR_MS,
                "5 years" => 5 * YEAR_MS,
                "10 years" => 10 * YEAR_MS,
                "compacted" => -1,
                other => {
                    panic!("{topic}: the retention {other:?} is new: say here how many milliseconds it is")
                }
            };
            assert_eq!(retention_ms(topic), expected, "{topic}");
        }
    }

    #[test]
    fn topics_that_differ_in_their_partitions_are_refused_by_name() {
        let config = KafkaConfig { prefix: "p.".into(), ..KafkaConfig::new("") };
        let mut found = BTreeMap::from([(Topic::CaseCommands, Found { partitions: 6, ready: true })]);
        assert_eq!(common_partitions(&config, &found, None).unwrap(), Some(6));
        found.insert(Topic::ErpEvents, Found { partitions: 12, ready: true });
        let error = common_partitions(&config, &found, None).unwrap_err().to_string();
        assert!(error.contains("p.erp.events") && error.contains("12"), "{error}");
    }

    #[test]
    fn a_missing_topic_is_named() {
        let config = KafkaConfig { prefix: "p.".into(), ..KafkaConfig::new("") };
        let error = check_present(&config, &BTreeMap::new(), &[Topic::Letters]).unwrap_err();
        assert!(matches!(error, Error::NoTopic { name } if name == "p.letters"));
    }
}
