//! Bytes and sizes.

use super::log::{all, in_partition, record, text};
use super::log_place::{LogPlace, PARTITIONS};
use super::on_every_log;
use eventlog::{Error, RECORD_BYTES_MAX, size_of};
use messages::{Record, Topic};
use std::time::{Duration, Instant};

on_every_log![
    bodies_keys_and_headers_come_back_byte_for_byte,
    the_largest_record_passes_and_a_larger_one_is_refused_with_its_whole_batch,
    five_thousand_records_at_once_keep_their_order,
    an_empty_publication_does_nothing,
];

async fn bodies_keys_and_headers_come_back_byte_for_byte(place: LogPlace) {
    let log = place.open().await;
    let bodies: [&[u8]; 7] = [
        br#"{"a":1,"b":[1.10,"\u0000"],"a":2}"#,
        "\"Søren Ærø – 🧾 \u{2028}\"".as_bytes(),
        b"",
        b"\0",
        b"\xff\xfe\x00\x80",
        b"line\r\nline\n",
        br"\\'; drop table messages; --",
    ];
    let headers = vec![
        ("ce_id".to_owned(), "1".to_owned()),
        ("twice".to_owned(), "first".to_owned()),
        ("twice".to_owned(), "second".to_owned()),
        ("empty".to_owned(), String::new()),
        ("Ærø-\"header".to_owned(), "værdi 🧾\n\\".to_owned()),
    ];
    let key = "nøgle \"1\" \\ 🧾";
    let batch = bodies
        .iter()
        .map(|body| Record {
            headers: headers.clone(),
            partition: Some(1),
            ..record(Topic::Letters, key, *body)
        })
        .collect();
    log.publish(batch).await.unwrap();
    let read = all(log.as_ref(), Topic::Letters, 1).await;
    assert_eq!(read.iter().map(|r| r.body.as_slice()).collect::<Vec<_>>(), bodies);
    let expected: Vec<_> = headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
    for record in &read {
        assert_eq!(record.key, key.as_bytes());
        assert_eq!(record.headers, expected);
    }
}

async fn the_largest_record_passes_and_a_larger_one_is_refused_with_its_whole_batch(place: LogPlace) {
    let log = place.open().await;
    // Bytes that cannot be made smaller, so that the brokers see the whole size.
    let mut state = 1_u64;
    let noise = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    };
    let mut largest = in_partition(Topic::Letters, 0, (0..RECORD_BYTES_MAX).map(noise).collect::<Vec<u8>>());
    largest.headers = vec![("ce_id".to_owned(), "1".to_owned())];
    let excess = size_of(&largest) - RECORD_BYTES_MAX;
    largest.body.truncate(RECORD_BYTES_MAX - excess);
    log.publish(vec![largest.clone(), largest.clone(), largest.clone()]).await.unwrap();
    let read = all(log.as_ref(), Topic::Letters, 0).await;
    assert_eq!(read.len(), 3);
    assert!(read.iter().all(|record| record.body == largest.body), "not a byte is lost");

    let mut larger = largest;
    larger.body.push(b'x');
    let error = log.publish(vec![in_partition(Topic::Letters, 0, "small"), larger]).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { topic: Topic::Letters, .. }), "{error}");
    assert_eq!(log.end(Topic::Letters, 0).await.unwrap(), 3, "nothing of the batch is written");
}

async fn five_thousand_records_at_once_keep_their_order(place: LogPlace) {
    let log = place.open().await;
    let filling = "x".repeat(500);
    let batch: Vec<Record> = (0..5_000)
        .map(|n| in_partition(Topic::AssessmentEvents, n % PARTITIONS, format!("{n:05}{filling}")))
        .collect();
    let begun = Instant::now();
    log.publish(batch).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    for partition in 0..PARTITIONS {
        let read = all(log.as_ref(), Topic::AssessmentEvents, partition).await;
        let numbers: Vec<u32> = read.iter().map(|r| text(r)[..5].parse().unwrap()).collect();
        assert_eq!(numbers, (0..5_000).filter(|n| n % PARTITIONS == partition).collect::<Vec<_>>());
    }
}

async fn an_empty_publication_does_nothing(place: LogPlace) {
    let log = place.open().await;
    log.publish(Vec::new()).await.unwrap();
    assert_eq!(log.end(Topic::Letters, 0).await.unwrap(), 0);
}
