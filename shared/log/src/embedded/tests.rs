use super::*;
use crate::{Polled, RECORD_BYTES_MAX, partition_of};
use std::collections::BTreeMap;
use std::time::Duration;

fn record(topic: Topic, key: &str, body: &[u8]) -> Record {
    let headers = vec![("ce_id".to_owned(), "a \"quoted\" æ".to_owned())];
    Record { topic, key: key.to_owned(), partition: None, headers, body: body.to_vec() }
}

async fn log(directory: &tempfile::TempDir, partitions: u32) -> EmbeddedLog {
    EmbeddedLog::open(directory.path().join("log.db"), partitions).await.unwrap()
}

/// Everything that is there now, as (partition, topic, offset, body).
async fn drain(subscription: &mut dyn Subscription, max: usize) -> Vec<(u32, Topic, i64, Vec<u8>)> {
    let mut all = Vec::new();
    loop {
        match subscription.poll(max, Duration::ZERO).await.unwrap() {
            Polled::Records { records, .. } => {
                all.extend(records.into_iter().map(|r| (r.partition, r.topic, r.offset, r.body)));
            }
            Polled::Nothing => return all,
            Polled::Assigned(partitions) => {
                for partition in partitions {
                    subscription.seek(partition, &BTreeMap::new()).await.unwrap();
                }
            }
            Polled::Revoked(_) => panic!("nobody else is in the group"),
        }
    }
}

#[tokio::test]
async fn any_bytes_come_back_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let log = log(&directory, 1).await;
    let bodies: [&[u8]; 5] = [b"{\"a\":1}", b"\xff\xfe", b"", b"a\0b", "æ\u{2028}\"\\".as_bytes()];
    let records = bodies.iter().map(|body| record(Topic::Letters, "k\0\"", body)).collect();
    log.publish(records).await.unwrap();
    let read = log.read(Topic::Letters, 0, 0, 10).await.unwrap();
    assert_eq!(read.iter().map(|r| r.body.as_slice()).collect::<Vec<_>>(), bodies);
    assert_eq!(read[1].key, b"k\0\"");
    assert_eq!(read[1].header("ce_id"), Some("a \"quoted\" æ"));
    assert_eq!(read.iter().map(|r| r.offset).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(log.end(Topic::Letters, 0).await.unwrap(), 5);
    assert_eq!(log.end(Topic::Alerts, 0).await.unwrap(), 0);
}

#[tokio::test]
async fn offsets_count_within_topic_and_partition_across_publishes() {
    let directory = tempfile::tempdir().unwrap();
    let log = log(&directory, 3).await;
    for round in 0..3 {
        let records = ["a", "b", "c", "d", "e"]
            .iter()
            .flat_map(|key| [Topic::Letters, Topic::Alerts].map(|topic| record(topic, key, &[b'0' + round])))
            .collect();
        log.publish(records).await.unwrap();
    }
    let mut total = 0;
    for topic in [Topic::Letters, Topic::Alerts] {
        for partition in 0..3 {
            let read = log.read(topic, partition, 0, 100).await.unwrap();
            let offsets: Vec<i64> = read.iter().map(|r| r.offset).collect();
            assert_eq!(offsets, (0..log.end(topic, partition).await.unwrap()).collect::<Vec<_>>());
            assert!(read.iter().all(|r| partition_of(&r.key, 3) == partition));
            assert!(read.is_sorted_by_key(|r| r.body[0]));
            total += read.len();
        }
    }
    assert_eq!(total, 30);
}

#[tokio::test]
async fn a_subscription_delivers_a_partition_in_the_order_of_appending_across_topics() {
    let directory = tempfile::tempdir().unwrap();
    let log = log(&directory, 1).await;
    let mut subscription = log.subscribe("g", &[Topic::Alerts, Topic::Letters]).await.unwrap();
    assert_eq!(drain(&mut *subscription, 2).await, []);
    for body in [b"1", b"2"] {
        for topic in [Topic::Letters, Topic::DeadLetters, Topic::Alerts] {
            log.publish(vec![record(topic, "k", body)]).await.unwrap();
        }
    }
    let order: Vec<(Topic, Vec<u8>)> =
        drain(&mut *subscription, 1).await.into_iter().map(|(_, topic, _, body)| (topic, body)).collect();
    let expected =
        [(Topic::Letters, b"1"), (Topic::Alerts, b"1"), (Topic::Letters, b"2"), (Topic::Alerts, b"2")];
    assert_eq!(order, expected.map(|(topic, body)| (topic, body.to_vec())));
}

#[tokio::test]
async fn delivery_starts_at_the_position_of_each_topic() {
    let directory = tempfile::tempdir().unwrap();
    let log = log(&directory, 1).await;
    for _ in 0..5 {
        log.publish(vec![record(Topic::Letters, "k", b"l"), record(Topic::Alerts, "k", b"a")]).await.unwrap();
    }
    let mut subscription = log.subscribe("g", &[Topic::Alerts, Topic::Letters]).await.unwrap();
    assert_eq!(subscription.poll(9, Duration::ZERO).await.unwrap(), Polled::Assigned(vec![0]));
    assert_eq!(subscription.poll(9, Duration::ZERO).await.unwrap(), Polled::Nothing, "before seek");
    subscription.seek(0, &BTreeMap::from([(Topic::Letters, 4), (Topic::Alerts, 1)])).await.unwrap();
    let places: Vec<(Topic, i64)> =
        drain(&mut *subscription, 1).await.into_iter().map(|(_, topic, offset, _)| (topic, offset)).collect();
    let expected =
        [(Topic::Alerts, 1), (Topic::Alerts, 2), (Topic::Alerts, 3), (Topic::Letters, 4), (Topic::Alerts, 4)];
    assert_eq!(places, expected);
}

#[tokio::test]
async fn a_position_beyond_the_end_is_refused_because_what_comes_would_be_skipped() {
    let directory = tempfile::tempdir().unwrap();
    let log = log(&directory, 1).await;
    log.publish(vec![record(Topic::Letters, "k", b"l")]).await.unwrap();
    let mut subscription = log.subscribe("g", &[Topic::Alerts, Topic::Letters]).await.unwrap();
    subscription.seek(0, &BTreeMap::from([(Topic::Letters, 1)])).await.unwrap();
    let ahead = subscription.seek(0, &BTreeMap::from([(Topic::Letters, 2)])).await;
    assert!(matches!(ahead, Err(Error::Ahead { wanted: 2, end: 1, .. })));
}

#[tokio::test]
async fn a_waiting_poll_is_woken_by_this_process_and_finds_what_another_has_appended() {
    let directory = tempfile::tempdir().unwrap();
    let here = log(&directory, 2).await;
    let elsewhere = log(&directory, 2).await;
    let mut subscription = here.subscribe("g", &[Topic::Letters]).await.unwrap();
    assert_eq!(drain(&mut *subscription, 9).await, []);
    let wait = Duration::from_secs(20);
    for log in [&here, &elsewhere] {
        let (polled, published) =
            tokio::join!(subscription.poll(9, wait), log.publish(vec![record(Topic::Letters, "k", b"1")]));
        published.unwrap();
        assert!(matches!(polled.unwrap(), Polled::Records { records, .. } if records.len() == 1));
    }
}

#[tokio::test]
async fn a_log_keeps_its_number_of_partitions() {
    let directory = tempfile::tempdir().unwrap();
    let four = log(&directory, 4).await;
    four.create_topics(4).await.unwrap();
    assert!(matches!(four.create_topics(5).await, Err(Error::Partitions { found: 4, wanted: 5, .. })));
    let again = EmbeddedLog::open(directory.path().join("log.db"), 5).await;
    assert!(matches!(again, Err(Error::Partitions { found: 4, wanted: 5, .. })));
}

#[tokio::test]
async fn nothing_is_appended_when_one_record_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let log = log(&directory, 1).await;
    let large = record(Topic::Letters, "k", &vec![b'x'; RECORD_BYTES_MAX]);
    let elsewhere = Record { partition: Some(1), ..record(Topic::Letters, "k", b"{}") };
    for bad in [large, elsewhere] {
        log.publish(vec![record(Topic::Letters, "k", b"{}"), bad]).await.unwrap_err();
    }
    assert_eq!(log.end(Topic::Letters, 0).await.unwrap(), 0);
}
