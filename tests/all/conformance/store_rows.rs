//! States, timers, the outbox, seen ids, pages and large batches.

use super::on_every_store;
use super::store_place::StorePlace;
use domain::Day;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::{Commit, Counts, KeyRow, OutboxRow, ParkedRow, SeenRow, Store, TimerKey, TimerRow};

on_every_store![
    states_are_put_replaced_and_forgotten,
    text_comes_back_byte_for_byte,
    timers_fire_by_day_then_key_then_name,
    a_timer_is_set_anew_and_taken_back,
    the_outbox_is_read_in_order_and_forgotten_when_published,
    seen_ids_are_kept_until_their_day_has_passed,
    states_are_paged_by_partition_and_by_the_bytes_of_the_key,
    five_thousand_rows_of_each_kind_are_one_commit,
];

pub fn day(of_month: u32) -> Day {
    Day::from_ymd_opt(2026, 2, of_month).unwrap()
}

pub fn state(key: &str, doc: &str) -> (String, String) {
    (key.to_owned(), doc.to_owned())
}

pub fn outbox(sequence: i64, record: &str) -> OutboxRow {
    OutboxRow { sequence, record: record.to_owned() }
}

/// Claims the partition and commits; gives the version after it.
pub async fn committed(store: &dyn Store, partition: u32, commit: &Commit) -> i64 {
    let version = store.claim(partition).await.unwrap().version;
    store.commit(partition, version, commit).await.unwrap();
    version + 1
}

/// What is known of these keys, in order.
pub async fn known(store: &dyn Store, partition: u32, keys: &[&str]) -> Vec<(String, Option<String>, bool)> {
    let mut rows = store.read(partition, keys).await.unwrap();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows.into_iter().map(|KeyRow { key, doc, parked }| (key, doc, parked)).collect()
}

fn timer(key: &str, name: &str, due: Day) -> TimerRow {
    TimerRow { key: key.into(), name: name.into(), due }
}

async fn states_are_put_replaced_and_forgotten(place: StorePlace) {
    let store = place.open().await;
    let put = |keys: &[(&str, &str)]| Commit {
        states_put: keys.iter().map(|(key, doc)| state(key, doc)).collect(),
        ..Commit::default()
    };
    committed(store.as_ref(), 0, &put(&[("a", "1"), ("b", "1"), ("c", "1")])).await;
    let second =
        Commit { states_deleted: vec!["b".into(), "absent".into()], ..put(&[("a", "2"), ("d", "2")]) };
    committed(store.as_ref(), 0, &second).await;
    let found = known(store.as_ref(), 0, &["a", "b", "c", "d", "absent"]).await;
    let expected =
        [("a", "2"), ("c", "1"), ("d", "2")].map(|(key, doc)| (key.to_owned(), Some(doc.to_owned()), false));
    assert_eq!(found, expected);
    assert!(store.read(0, &[]).await.unwrap().is_empty());
}

async fn text_comes_back_byte_for_byte(place: StorePlace) {
    let store = place.open().await;
    let large = format!("{{\"large\":\"{}\"}}", "æ".repeat(500_000));
    let documents = [
        r#"{"b":1,"a":2,"b":1.10,"c":[ ],"d":"\u0000\u001f\"\\"}"#,
        "{\"name\":\"Søren Ærø 🧾\u{2028}\"}",
        "'; drop table states; --",
        "",
        " \t\r\n ",
        "{1,2}",
        "NULL",
        &large,
    ];
    let keys: Vec<String> = (0..documents.len()).map(|n| format!("nøgle {n} \"'\\,{{}}🧾")).collect();
    let commit = Commit {
        doc: documents[0].into(),
        states_put: keys.iter().zip(documents).map(|(key, doc)| state(key, doc)).collect(),
        outbox: (1..).zip(documents).map(|(n, doc)| outbox(n, doc)).collect(),
        ..Commit::default()
    };
    committed(store.as_ref(), 0, &commit).await;
    for (key, doc) in keys.iter().zip(documents) {
        let found = store.read(0, &[key]).await.unwrap();
        assert_eq!(found[0].key, *key);
        assert_eq!(found[0].doc.as_deref(), Some(doc));
    }
    let records: Vec<_> = store.outbox(0, 0, 100).await.unwrap().into_iter().map(|row| row.record).collect();
    assert_eq!(records, documents);
    assert_eq!(store.claim(0).await.unwrap().doc.as_deref(), Some(documents[0]));
}

async fn timers_fire_by_day_then_key_then_name(place: StorePlace) {
    let store = place.open().await;
    let set = [
        ("b", "x", 3),
        ("a", "z", 3),
        ("a", "y", 3),
        ("Z", "x", 3),
        ("c", "x", 1),
        ("æ", "x", 3),
        ("d", "x", 4),
    ];
    let commit = Commit {
        timers_put: set.iter().map(|(key, name, due)| timer(key, name, day(*due))).collect(),
        ..Commit::default()
    };
    committed(store.as_ref(), 0, &commit).await;
    let due = |max| {
        let store = store.as_ref();
        async move {
            let rows = store.timers_due(0, day(3), max).await.unwrap();
            rows.into_iter().map(|t| (t.due, format!("{}/{}", t.key, t.name))).collect::<Vec<_>>()
        }
    };
    let all = due(100).await;
    let expected = [(1, "c/x"), (3, "Z/x"), (3, "a/y"), (3, "a/z"), (3, "b/x"), (3, "æ/x")];
    assert_eq!(all, expected.map(|(d, name)| (day(d), name.to_owned())));
    assert_eq!(due(2).await, all[..2]);
    assert!(store.timers_due(1, day(28), 100).await.unwrap().is_empty());
}

async fn a_timer_is_set_anew_and_taken_back(place: StorePlace) {
    let store = place.open().await;
    let first =
        Commit { timers_put: vec![timer("k", "n", day(1)), timer("k", "m", day(1))], ..Commit::default() };
    committed(store.as_ref(), 0, &first).await;
    // A timer that fires and is set again in one commit stays set.
    let key = |name: &str| TimerKey { key: "k".into(), name: name.into() };
    let second = Commit {
        timers_deleted: vec![key("n"), key("m"), key("absent")],
        timers_put: vec![timer("k", "n", day(5))],
        ..Commit::default()
    };
    committed(store.as_ref(), 0, &second).await;
    assert!(store.timers_due(0, day(4), 10).await.unwrap().is_empty());
    assert_eq!(store.timers_due(0, day(5), 10).await.unwrap(), [timer("k", "n", day(5))]);
    committed(store.as_ref(), 0, &Commit { timers_put: vec![timer("k", "n", day(2))], ..Commit::default() })
        .await;
    assert_eq!(store.timers_due(0, day(2), 10).await.unwrap(), [timer("k", "n", day(2))]);
}

async fn the_outbox_is_read_in_order_and_forgotten_when_published(place: StorePlace) {
    let store = place.open().await;
    let first = Commit { outbox: (1..=10).rev().map(|n| outbox(n, "r")).collect(), ..Commit::default() };
    committed(store.as_ref(), 0, &first).await;
    let sequences = |after, max| {
        let store = store.as_ref();
        async move {
            let rows = store.outbox(0, after, max).await.unwrap();
            rows.into_iter().map(|row| row.sequence).collect::<Vec<_>>()
        }
    };
    assert_eq!(sequences(0, 4).await, [1, 2, 3, 4]);
    assert_eq!(sequences(8, 4).await, [9, 10]);
    let second = Commit { outbox_published: Some(9), outbox: vec![outbox(11, "r")], ..Commit::default() };
    committed(store.as_ref(), 0, &second).await;
    assert_eq!(sequences(0, 100).await, [10, 11]);
}

async fn seen_ids_are_kept_until_their_day_has_passed(place: StorePlace) {
    let store = place.open().await;
    let seen = |id: &str, on| SeenRow { id: id.into(), day: day(on) };
    let first = Commit { seen: vec![seen("a", 1), seen("b", 2), seen("c", 3)], ..Commit::default() };
    committed(store.as_ref(), 0, &first).await;
    let found = store.seen(0, &["a", "c", "x"]).await.unwrap();
    assert_eq!(found, BTreeSet::from(["a".to_owned(), "c".to_owned()]));
    assert!(store.seen(1, &["a"]).await.unwrap().is_empty());
    // What was seen before stays as it was.
    let second = Commit { seen: vec![seen("a", 9)], seen_before: Some(day(3)), ..Commit::default() };
    committed(store.as_ref(), 0, &second).await;
    assert_eq!(store.seen(0, &["a", "b", "c"]).await.unwrap(), BTreeSet::from(["c".to_owned()]));
    assert!(store.seen(0, &[]).await.unwrap().is_empty());
}

async fn states_are_paged_by_partition_and_by_the_bytes_of_the_key(place: StorePlace) {
    let store = place.open().await;
    for partition in [2, 0] {
        let states = ["b", "a", "B", "æ", "", "ab"].map(|key| state(key, "{}")).to_vec();
        committed(store.as_ref(), partition, &Commit { states_put: states, ..Commit::default() }).await;
    }
    let mut found: Vec<(u32, String)> = Vec::new();
    loop {
        let after = found.last().map(|(partition, key)| (*partition, key.as_str()));
        let page = store.states(after, 5).await.unwrap();
        assert!(page.len() <= 5);
        if page.is_empty() {
            break;
        }
        found.extend(page.into_iter().map(|row| (row.partition, row.key)));
    }
    let expected: Vec<_> = [0, 2]
        .into_iter()
        .flat_map(|partition| ["", "B", "a", "ab", "b", "æ"].map(|key| (partition, key.to_owned())))
        .collect();
    assert_eq!(found, expected);
}

async fn five_thousand_rows_of_each_kind_are_one_commit(place: StorePlace) {
    let store = place.open().await;
    let keys: Vec<String> = (0..5_000).map(|n| format!("key-{n:05}")).collect();
    let doc = format!("{{\"filling\":\"{}\"}}", "x".repeat(500));
    let commit = Commit {
        doc: "{}".into(),
        states_put: keys.iter().map(|key| state(key, &doc)).collect(),
        timers_put: keys.iter().map(|key| timer(key, "n", day(2))).collect(),
        outbox: (1..=5_000).map(|n| outbox(n, &doc)).collect(),
        parked: (1..)
            .zip(&keys)
            .map(|(number, key)| ParkedRow { number, key: key.clone(), input: "{}".into() })
            .collect(),
        seen: keys.iter().map(|id| SeenRow { id: id.clone(), day: day(1) }).collect(),
        ..Commit::default()
    };
    let begun = Instant::now();
    let version = committed(store.as_ref(), 0, &commit).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let counts = store.counts(Some(0)).await.unwrap();
    let expected = Counts {
        states: 5_000,
        timers: 5_000,
        outbox: 5_000,
        calls: 0,
        parked_inputs: 5_000,
        parked_keys: 5_000,
        dead_letters: 0,
    };
    assert_eq!(counts, expected);
    let asked: Vec<&str> = keys.iter().map(String::as_str).collect();
    let found = store.read(0, &asked).await.unwrap();
    assert_eq!(found.len(), 5_000);
    assert!(found.iter().all(|row| row.parked && row.doc.as_ref() == Some(&doc)));
    assert_eq!(store.seen(0, &asked).await.unwrap().len(), 5_000);

    let clearing = Commit {
        doc: "{}".into(),
        states_deleted: keys.clone(),
        timers_deleted: keys.iter().map(|key| TimerKey { key: key.clone(), name: "n".into() }).collect(),
        outbox_published: Some(5_000),
        parked_ended: (1..=5_000).collect(),
        seen_before: Some(day(2)),
        ..Commit::default()
    };
    store.commit(0, version, &clearing).await.unwrap();
    assert_eq!(store.counts(None).await.unwrap(), Counts::default());
    assert!(store.seen(0, &asked).await.unwrap().is_empty());
}
