//! Groups of several members, on Kafka.

use super::log::{all, assigned, in_partition, text};
use super::log_place::{LogPlace, PARTITIONS};
use eventlog::kafka::{self, KafkaConfig};
use eventlog::{Error, Log, Polled, Subscription};
use messages::Topic;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const TOPICS: [Topic; 2] = [Topic::CaseCommands, Topic::CaseNotices];

/// How long a rebalance may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// What a member of the group stands for in place of a store: the positions, by partition and topic, shared by all.
type Positions = Arc<Mutex<BTreeMap<(u32, Topic), i64>>>;

/// Reads on behalf of one member until `done`; gives what it read and whether anything was delivered that it did not
/// own at that time.
struct Member {
    subscription: Box<dyn Subscription>,
    owned: BTreeSet<u32>,
    read: Vec<(u32, Topic, i64)>,
    heard_of_loss: bool,
}

impl Member {
    async fn join(log: &dyn Log) -> Self {
        let subscription = log.subscribe("pair", &TOPICS).await.unwrap();
        Self { subscription, owned: BTreeSet::new(), read: Vec::new(), heard_of_loss: false }
    }

    async fn step(&mut self, positions: &Positions) {
        match self.subscription.poll(5, Duration::from_millis(50)).await.unwrap() {
            Polled::Assigned(partitions) => {
                for partition in &partitions {
                    let from = {
                        let positions = positions.lock().unwrap();
                        TOPICS
                            .iter()
                            .filter_map(|topic| Some((*topic, *positions.get(&(*partition, *topic))?)))
                            .collect()
                    };
                    self.subscription.seek(*partition, &from).await.unwrap();
                }
                self.owned = partitions.into_iter().collect();
            }
            Polled::Revoked(partitions) => {
                self.heard_of_loss = true;
                self.owned.retain(|partition| !partitions.contains(partition));
            }
            Polled::Records { partition, records } => {
                assert!(self.owned.contains(&partition), "a record of a partition that is somebody else's");
                let mut positions = positions.lock().unwrap();
                for record in records {
                    let next = positions.entry((partition, record.topic)).or_insert(0);
                    assert_eq!(*next, record.offset, "no record is skipped and none comes twice");
                    *next += 1;
                    self.read.push((partition, record.topic, record.offset));
                }
            }
            Polled::Nothing => {}
        }
    }
}

/// Steps all members until the condition holds.
async fn until(members: &mut [&mut Member], positions: &Positions, holds: impl Fn(&[&mut Member]) -> bool) {
    let begun = Instant::now();
    while !holds(members) {
        assert!(begun.elapsed() < PATIENCE, "the group has not settled within {PATIENCE:?}");
        for member in members.iter_mut() {
            member.step(positions).await;
        }
    }
}

async fn publish(log: &dyn Log, count: usize) {
    let batch = (0..count)
        .flat_map(|n| {
            TOPICS.into_iter().flat_map(move |topic| {
                (0..PARTITIONS).map(move |partition| in_partition(topic, partition, format!("{n}")))
            })
        })
        .collect();
    log.publish(batch).await.unwrap();
}

fn read_all(positions: &Positions, count: i64) -> bool {
    let positions = positions.lock().unwrap();
    positions.len() == TOPICS.len() * PARTITIONS as usize && positions.values().all(|next| *next == count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_members_share_the_partitions_and_no_record_is_skipped_or_read_twice() {
    let place = LogPlace::kafka("two_members");
    let log = place.open().await;
    let positions = Positions::default();
    publish(log.as_ref(), 20).await;

    let mut first = Member::join(log.as_ref()).await;
    until(&mut [&mut first], &positions, |_| read_all(&positions, 20)).await;
    assert_eq!(first.owned, (0..PARTITIONS).collect(), "a single member owns all");

    // A second member joins in the middle of the work.
    publish(log.as_ref(), 20).await;
    let mut second = Member::join(log.as_ref()).await;
    let half = PARTITIONS as usize / 2;
    until(&mut [&mut first, &mut second], &positions, |members| {
        members.iter().all(|m| m.owned.len() == half)
    })
    .await;
    assert!(first.heard_of_loss, "the first member is told before its partitions move on");
    assert!(first.owned.is_disjoint(&second.owned));
    publish(log.as_ref(), 20).await;
    until(&mut [&mut first, &mut second], &positions, |_| read_all(&positions, 60)).await;
    assert!(second.read.iter().any(|(_, topic, _)| *topic == TOPICS[0]));
    assert!(
        second.read.iter().any(|(_, topic, _)| *topic == TOPICS[1]),
        "the same partitions of every topic"
    );

    // The first one leaves.
    drop(first);
    publish(log.as_ref(), 20).await;
    until(&mut [&mut second], &positions, |_| read_all(&positions, 80)).await;
    assert_eq!(second.owned, (0..PARTITIONS).collect());
}

/// A broker that does not lead a new partition yet refuses the first request and may take the second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_publication_into_topics_that_were_just_made_is_lost() {
    const RECORDS: usize = 40;
    for round in 0..6 {
        let log = LogPlace::kafka("just_made").open().await;
        let target = |n: usize| (TOPICS[n % 2], u32::try_from(n / 2).unwrap() % PARTITIONS);
        let batch: Vec<_> =
            (0..RECORDS).map(|n| in_partition(target(n).0, target(n).1, format!("{n}"))).collect();
        log.publish(batch).await.unwrap();
        for (topic, partition) in (0..2 * PARTITIONS as usize).map(target) {
            let here: Vec<String> =
                (0..RECORDS).filter(|n| target(*n) == (topic, partition)).map(|n| n.to_string()).collect();
            let found: Vec<String> = all(log.as_ref(), topic, partition).await.iter().map(text).collect();
            assert_eq!(found, here, "round {round}, {topic} {partition}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partition_moves_on_only_after_its_member_has_heard_of_it() {
    let place = LogPlace::kafka("told_before");
    let log = place.open().await;
    let positions = Positions::default();
    let mut first = Member::join(log.as_ref()).await;
    until(&mut [&mut first], &positions, |members| members[0].owned.len() == PARTITIONS as usize).await;

    let mut second = Member::join(log.as_ref()).await;
    // The first member is busy and does not poll.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        second.step(&positions).await;
        assert!(second.owned.is_empty(), "a partition was given away behind its member's back");
    }
    until(&mut [&mut first, &mut second], &positions, |members| {
        members.iter().all(|member| member.owned.len() == PARTITIONS as usize / 2)
    })
    .await;
    assert!(first.heard_of_loss);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_beyond_the_end_is_an_error_and_not_a_wait() {
    let place = LogPlace::kafka("beyond");
    let log = place.open().await;
    log.publish(vec![in_partition(Topic::Letters, 0, "one")]).await.unwrap();
    let mut subscription = log.subscribe("beyond", &[Topic::Letters]).await.unwrap();
    assigned(subscription.as_mut()).await;
    let error = subscription.seek(0, &BTreeMap::from([(Topic::Letters, 2)])).await.unwrap_err();
    assert!(matches!(error, Error::Ahead { wanted: 2, end: 1, .. }), "{error}");
    subscription.seek(0, &BTreeMap::from([(Topic::Letters, 1)])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_were_deleted_before_they_were_read_are_an_error_and_not_a_skip() {
    let place = LogPlace::kafka("deleted");
    let log = place.open().await;
    log.publish((0..10).map(|n| in_partition(Topic::Letters, 0, format!("{n}"))).collect()).await.unwrap();
    let LogPlace::Kafka(config) = &place else { unreachable!() };
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", &config.bootstrap).create().unwrap();
    let mut until = TopicPartitionList::new();
    let name = format!("{}{}", config.prefix, Topic::Letters);
    until.add_partition_offset(&name, 0, Offset::Offset(6)).unwrap();
    admin.delete_records(&until, &AdminOptions::new()).await.unwrap();

    let gone = |error: Error| assert!(matches!(error, Error::Gone { wanted: 3, first: 6, .. }), "{error}");
    gone(log.read(Topic::Letters, 0, 3, 10).await.unwrap_err());
    let mut subscription = log.subscribe("deleted", &[Topic::Letters]).await.unwrap();
    assigned(subscription.as_mut()).await;
    gone(subscription.seek(0, &BTreeMap::from([(Topic::Letters, 3)])).await.unwrap_err());
    // A stage that has no position yet begins with what is kept.
    subscription.seek(0, &BTreeMap::new()).await.unwrap();
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < PATIENCE);
        if let Polled::Records { records, .. } =
            subscription.poll(10, Duration::from_millis(200)).await.unwrap()
        {
            assert_eq!(records[0].offset, 6);
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_without_topics_says_so_and_refuses_to_publish_and_to_read() {
    let LogPlace::Kafka(config) = LogPlace::kafka("no_topics") else { unreachable!() };
    let log = kafka::open(config.clone()).await.unwrap();
    assert_eq!(log.partitions(), 0);
    let refused = log.publish(vec![in_partition(Topic::Letters, 0, "nowhere")]).await.unwrap_err();
    assert!(matches!(refused, Error::NoPartition { partitions: 0, .. }), "{refused}");
    let refused = log.subscribe("none", &[Topic::Letters]).await.map(drop).unwrap_err();
    let name = format!("{}{}", config.prefix, Topic::Letters);
    assert!(matches!(&refused, Error::NoTopic { name: missing } if *missing == name), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_not_there_is_named() {
    let refused = kafka::open(KafkaConfig::new("127.0.0.1:1")).await.map(drop).unwrap_err();
    assert!(matches!(&refused, Error::Open { place, .. } if place.contains("127.0.0.1:1")), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stages_read_the_same_records() {
    let place = LogPlace::kafka("two_stages");
    let log = place.open().await;
    log.publish(vec![in_partition(Topic::Letters, 0, "for both")]).await.unwrap();
    for group in ["one", "two"] {
        let mut subscription = log.subscribe(group, &[Topic::Letters]).await.unwrap();
        assigned(subscription.as_mut()).await;
        subscription.seek(0, &BTreeMap::new()).await.unwrap();
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < PATIENCE);
            if let Polled::Records { records, .. } =
                subscription.poll(10, Duration::from_millis(200)).await.unwrap()
            {
                assert_eq!(records.len(), 1);
                break;
            }
        }
    }
}
