//! Order, places, durability, subscriptions.

use super::log_place::{LogPlace, PARTITIONS};
use super::on_every_log;
use eventlog::{Error, Log, Polled, Received, Subscription, partition_of};
use messages::{Record, Topic};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How long a group may take to settle, and a record to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

on_every_log![
    records_of_a_key_keep_their_order,
    a_record_stands_where_its_partition_or_its_key_says,
    what_was_published_is_there_when_the_log_is_opened_again,
    making_the_topics_again_changes_nothing_and_another_number_of_partitions_is_refused,
    a_partition_beyond_the_last_is_refused,
    nothing_of_a_partition_is_delivered_before_its_seek,
    delivery_begins_at_the_positions_and_again_after_a_second_seek,
    a_batch_is_of_one_partition_and_no_larger_than_asked_for,
    a_member_reads_its_partitions_in_every_topic_it_asked_for,
    a_waiting_member_hears_of_a_record_at_once,
    a_partition_that_is_not_assigned_cannot_be_sought,
    a_page_ends_where_the_log_ends,
];

pub fn record(topic: Topic, key: &str, body: impl Into<Vec<u8>>) -> Record {
    Record { topic, key: key.to_owned(), partition: None, headers: Vec::new(), body: body.into() }
}

pub fn in_partition(topic: Topic, partition: u32, body: impl Into<Vec<u8>>) -> Record {
    Record { partition: Some(partition), ..record(topic, "any", body) }
}

pub fn text(received: &Received) -> String {
    String::from_utf8(received.body.clone()).unwrap()
}

/// All of a partition of a topic.
pub async fn all(log: &dyn Log, topic: Topic, partition: u32) -> Vec<Received> {
    let mut all: Vec<Received> = Vec::new();
    loop {
        let from = all.last().map_or(0, |record| record.offset + 1);
        let page = log.read(topic, partition, from, 1000).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// Polls until partitions are assigned.
pub async fn assigned(subscription: &mut dyn Subscription) -> BTreeSet<u32> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match subscription.poll(10, Duration::from_millis(200)).await.unwrap() {
            Polled::Assigned(partitions) => return partitions.into_iter().collect(),
            Polled::Records { .. } => panic!("records of a partition that was not sought"),
            Polled::Revoked(_) | Polled::Nothing => {}
        }
    }
    panic!("no partition was assigned within {PATIENCE:?}");
}

/// A subscription whose partitions are all delivered from their beginning.
async fn subscribed(log: &dyn Log, topics: &[Topic]) -> Box<dyn Subscription> {
    let mut subscription = log.subscribe("counting", topics).await.unwrap();
    for partition in assigned(subscription.as_mut()).await {
        subscription.seek(partition, &BTreeMap::new()).await.unwrap();
    }
    subscription
}

/// Polls until so many records have come.
async fn take(subscription: &mut dyn Subscription, count: usize) -> Vec<Received> {
    let begun = Instant::now();
    let mut all = Vec::new();
    while all.len() < count {
        assert!(begun.elapsed() < PATIENCE, "{} of {count} records within {PATIENCE:?}", all.len());
        if let Polled::Records { records, .. } =
            subscription.poll(100, Duration::from_millis(200)).await.unwrap()
        {
            all.extend(records);
        }
    }
    all
}

async fn records_of_a_key_keep_their_order(place: LogPlace) {
    let log = place.open().await;
    let keys = ["a", "b", "c", "d", "e"];
    for round in 0..3 {
        let batch = (0..20)
            .flat_map(|n| {
                keys.map(|key| record(Topic::CaseCommands, key, format!("{key}{:03}", round * 20 + n)))
            })
            .collect();
        log.publish(batch).await.unwrap();
    }
    for key in keys {
        let partition = partition_of(key.as_bytes(), PARTITIONS);
        let read = all(log.as_ref(), Topic::CaseCommands, partition).await;
        let of_key: Vec<_> = read.iter().filter(|r| r.key == key.as_bytes()).map(text).collect();
        assert_eq!(of_key, (0..60).map(|n| format!("{key}{n:03}")).collect::<Vec<_>>());
        assert!(read.windows(2).all(|pair| pair[0].offset < pair[1].offset), "offsets grow");
    }
}

async fn a_record_stands_where_its_partition_or_its_key_says(place: LogPlace) {
    let log = place.open().await;
    let key = "0f1e2d";
    log.publish(vec![
        record(Topic::Letters, key, "by key"),
        Record { partition: Some(PARTITIONS - 1), ..record(Topic::Alerts, key, "by partition") },
    ])
    .await
    .unwrap();
    for partition in 0..PARTITIONS {
        let letters = all(log.as_ref(), Topic::Letters, partition).await.len();
        assert_eq!(
            letters,
            usize::from(partition == partition_of(key.as_bytes(), PARTITIONS)),
            "{partition}"
        );
        let alerts = all(log.as_ref(), Topic::Alerts, partition).await.len();
        assert_eq!(alerts, usize::from(partition == PARTITIONS - 1), "{partition}");
    }
}

async fn what_was_published_is_there_when_the_log_is_opened_again(place: LogPlace) {
    let log = place.open().await;
    log.publish(vec![in_partition(Topic::ErpEvents, 2, "kept")]).await.unwrap();
    drop(log);
    let log = place.open().await;
    assert_eq!(log.partitions(), PARTITIONS);
    assert_eq!(log.end(Topic::ErpEvents, 2).await.unwrap(), 1);
    assert_eq!(text(&all(log.as_ref(), Topic::ErpEvents, 2).await[0]), "kept");
}

async fn making_the_topics_again_changes_nothing_and_another_number_of_partitions_is_refused(
    place: LogPlace,
) {
    let log = place.open().await;
    log.publish(vec![in_partition(Topic::Letters, 1, "kept")]).await.unwrap();
    log.create_topics(PARTITIONS).await.unwrap();
    let error = log.create_topics(PARTITIONS + 1).await.unwrap_err();
    assert!(matches!(error, Error::Partitions { found: PARTITIONS, .. }), "{error}");
    assert_eq!(log.partitions(), PARTITIONS);
    assert_eq!(all(log.as_ref(), Topic::Letters, 1).await.len(), 1);
}

async fn a_partition_beyond_the_last_is_refused(place: LogPlace) {
    let log = place.open().await;
    let batch =
        vec![in_partition(Topic::Letters, 0, "fine"), in_partition(Topic::Letters, PARTITIONS, "beyond")];
    let error = log.publish(batch).await.unwrap_err();
    assert!(matches!(error, Error::NoPartition { partition: PARTITIONS, partitions: PARTITIONS }), "{error}");
    assert_eq!(log.end(Topic::Letters, 0).await.unwrap(), 0, "nothing of the batch is written");
    assert!(log.end(Topic::Letters, PARTITIONS).await.is_err());
    assert!(log.read(Topic::Letters, PARTITIONS, 0, 1).await.is_err());
}

async fn nothing_of_a_partition_is_delivered_before_its_seek(place: LogPlace) {
    let log = place.open().await;
    log.publish((0..PARTITIONS).map(|p| in_partition(Topic::Letters, p, format!("{p}"))).collect())
        .await
        .unwrap();
    let mut subscription = log.subscribe("counting", &[Topic::Letters]).await.unwrap();
    assert_eq!(assigned(subscription.as_mut()).await, (0..PARTITIONS).collect());
    subscription.seek(3, &BTreeMap::new()).await.unwrap();
    assert_eq!(text(&take(subscription.as_mut(), 1).await[0]), "3");
    let idle = subscription.poll(10, Duration::from_secs(1)).await.unwrap();
    assert_eq!(idle, Polled::Nothing, "only partition 3 was sought");
    subscription.seek(1, &BTreeMap::new()).await.unwrap();
    assert_eq!(text(&take(subscription.as_mut(), 1).await[0]), "1");
}

async fn delivery_begins_at_the_positions_and_again_after_a_second_seek(place: LogPlace) {
    let log = place.open().await;
    let publish = |topic| (0..10).map(move |n| in_partition(topic, 0, format!("{n}")));
    log.publish(publish(Topic::Letters).chain(publish(Topic::Alerts)).collect()).await.unwrap();
    let topics = [Topic::Letters, Topic::Alerts];
    let mut subscription = log.subscribe("counting", &topics).await.unwrap();
    assigned(subscription.as_mut()).await;
    // Letters from 7 on; alerts have no position and begin with the first.
    subscription.seek(0, &BTreeMap::from([(Topic::Letters, 7)])).await.unwrap();
    let first = take(subscription.as_mut(), 13).await;
    let offsets = |records: &[Received], topic| -> Vec<i64> {
        records.iter().filter(|r| r.topic == topic).map(|r| r.offset).collect()
    };
    assert_eq!(offsets(&first, Topic::Letters), [7, 8, 9]);
    assert_eq!(offsets(&first, Topic::Alerts), (0..10).collect::<Vec<_>>());
    let positions = BTreeMap::from([(Topic::Letters, 10), (Topic::Alerts, 4)]);
    subscription.seek(0, &positions).await.unwrap();
    let again = take(subscription.as_mut(), 6).await;
    assert_eq!(offsets(&again, Topic::Letters), Vec::<i64>::new());
    assert_eq!(offsets(&again, Topic::Alerts), (4..10).collect::<Vec<_>>());
}

async fn a_batch_is_of_one_partition_and_no_larger_than_asked_for(place: LogPlace) {
    let log = place.open().await;
    let count = 100;
    let batch =
        (0..count).map(|n| in_partition(Topic::CaseNotices, n % PARTITIONS, format!("{n}"))).collect();
    log.publish(batch).await.unwrap();
    let mut subscription = subscribed(log.as_ref(), &[Topic::CaseNotices]).await;
    let mut seen: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let begun = Instant::now();
    while seen.values().map(Vec::len).sum::<usize>() < 100 {
        assert!(begun.elapsed() < PATIENCE);
        if let Polled::Records { partition, records } =
            subscription.poll(7, Duration::from_millis(200)).await.unwrap()
        {
            assert!((1..=7).contains(&records.len()));
            assert!(records.iter().all(|r| r.partition == partition));
            seen.entry(partition)
                .or_default()
                .extend(records.iter().map(|r| text(r).parse::<u32>().unwrap()));
        }
    }
    for (partition, numbers) in seen {
        let expected: Vec<u32> = (0..count).filter(|n| n % PARTITIONS == partition).collect();
        assert_eq!(numbers, expected);
    }
}

async fn a_member_reads_its_partitions_in_every_topic_it_asked_for(place: LogPlace) {
    let log = place.open().await;
    let topics = [Topic::RegisterEvents, Topic::CaseMemberships, Topic::CalendarDays];
    let batch = topics
        .iter()
        .chain(&[Topic::Letters])
        .flat_map(|topic| (0..PARTITIONS).map(|p| in_partition(*topic, p, topic.name())))
        .collect();
    log.publish(batch).await.unwrap();
    let mut subscription = subscribed(log.as_ref(), &topics).await;
    let records = take(subscription.as_mut(), topics.len() * PARTITIONS as usize).await;
    let places: BTreeSet<_> = records.iter().map(|r| (r.topic, r.partition)).collect();
    let expected = topics.iter().flat_map(|topic| (0..PARTITIONS).map(|p| (*topic, p))).collect();
    assert_eq!(places, expected);
    assert_eq!(subscription.poll(10, Duration::from_millis(500)).await.unwrap(), Polled::Nothing);
}

async fn a_waiting_member_hears_of_a_record_at_once(place: LogPlace) {
    let log = place.open().await;
    let mut subscription = subscribed(log.as_ref(), &[Topic::Letters]).await;
    assert_eq!(subscription.poll(10, Duration::from_secs(1)).await.unwrap(), Polled::Nothing);
    let waiting = tokio::spawn(async move {
        let polled = subscription.poll(10, PATIENCE).await.unwrap();
        (polled, Instant::now())
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    log.publish(vec![in_partition(Topic::Letters, 2, "new")]).await.unwrap();
    let published = Instant::now();
    let (polled, heard) = waiting.await.unwrap();
    assert!(matches!(polled, Polled::Records { partition: 2, .. }), "{polled:?}");
    assert!(heard.saturating_duration_since(published) < Duration::from_secs(2));
}

async fn a_partition_that_is_not_assigned_cannot_be_sought(place: LogPlace) {
    let log = place.open().await;
    let mut subscription = subscribed(log.as_ref(), &[Topic::Letters]).await;
    subscription.seek(PARTITIONS + 3, &BTreeMap::new()).await.unwrap();
    log.publish(vec![in_partition(Topic::Letters, 0, "goes on")]).await.unwrap();
    assert_eq!(text(&take(subscription.as_mut(), 1).await[0]), "goes on");
}

async fn a_page_ends_where_the_log_ends(place: LogPlace) {
    let log = place.open().await;
    assert!(log.read(Topic::Letters, 0, 0, 10).await.unwrap().is_empty());
    log.publish((0..25).map(|n| in_partition(Topic::Letters, 0, format!("{n}"))).collect()).await.unwrap();
    let mut sizes = Vec::new();
    let mut from = 0;
    loop {
        let page = log.read(Topic::Letters, 0, from, 10).await.unwrap();
        sizes.push(page.len());
        let Some(last) = page.last() else { break };
        from = last.offset + 1;
    }
    assert_eq!(sizes, [10, 10, 5, 0]);
    assert_eq!(log.end(Topic::Letters, 0).await.unwrap(), 25);
}
