//! A broker that dies in the middle of publishing: nothing is lost, and what is written twice can be dropped by its
//! sequence. The test has a broker of its own, because it kills it.

use super::log::{all, text};
use super::log_place::PARTITIONS;
use crate::own_server::OwnServer;
use eventlog::Log;
use eventlog::kafka::{self, KafkaConfig};
use messages::{Record, Topic, header};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long publishing goes on.
const DURATION: Duration = Duration::from_secs(12);
/// Records of one publication.
const BATCH: usize = 200;

fn batch(first: usize) -> Vec<Record> {
    (first..first + BATCH)
        .map(|n| Record {
            topic: Topic::InvoiceCommands,
            key: format!("case-{}", n % 50),
            partition: None,
            headers: vec![(header::SEQUENCE.to_owned(), n.to_string())],
            body: format!("{n}").into_bytes(),
        })
        .collect()
}

/// Publishes as an outbox does: a batch again and again until it is acknowledged. Gives the number of records and of
/// failures.
async fn relay(log: Arc<dyn Log>, end: Instant) -> (usize, usize) {
    let (mut next, mut failures) = (0, 0);
    while Instant::now() < end {
        while log.publish(batch(next)).await.is_err() {
            failures += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        next += BATCH;
    }
    (next, failures)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_and_comes_back_loses_nothing_and_leaves_no_gap() {
    let broker = tokio::task::spawn_blocking(|| OwnServer::kafka("127.0.0.1")).await.unwrap();
    let broker = Arc::new(broker);
    let config = KafkaConfig::new(broker.address.as_str());
    let log: Arc<dyn Log> = kafka::open(config).await.unwrap();
    log.create_topics(PARTITIONS).await.unwrap();
    let relaying = tokio::spawn(relay(Arc::clone(&log), Instant::now() + DURATION));
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let broker = Arc::clone(&broker);
        tokio::task::spawn_blocking(move || {
            broker.kill();
            broker.start();
        })
        .await
        .unwrap();
    }
    let (count, failures) = relaying.await.unwrap();
    assert!(count > 10 * BATCH, "only {count} records, {failures} failures");

    let mut kept = 0;
    for partition in 0..PARTITIONS {
        // As a receiver does: what is not above the highest sequence seen is dropped.
        let mut highest = None;
        for record in all(log.as_ref(), Topic::InvoiceCommands, partition).await {
            let sequence: usize = record.header(header::SEQUENCE).unwrap().parse().unwrap();
            assert_eq!(text(&record), sequence.to_string());
            if highest.is_none_or(|highest| sequence > highest) {
                highest = Some(sequence);
                kept += 1;
            }
        }
    }
    assert_eq!(kept, count, "every record is received once");
}
