use super::*;
use crate::{CallKey, DeadLetterState, SeenRow, TimerKey};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

async fn store(directory: &tempfile::TempDir) -> SqliteStore {
    SqliteStore::open(directory.path(), "assessment").await.unwrap()
}

fn doc(text: &str) -> Commit {
    Commit { doc: text.to_owned(), ..Commit::default() }
}

#[tokio::test]
async fn who_has_lost_the_partition_writes_nothing_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (store(&directory).await, store(&directory).await);
    let first = old.claim(3).await.unwrap();
    assert_eq!(first, Claimed { version: 1, doc: None });
    old.commit(3, 1, &doc("one")).await.unwrap();
    let second = new.claim(3).await.unwrap();
    assert_eq!(second, Claimed { version: 3, doc: Some("one".to_owned()) });
    let late = Commit { states_put: vec![("k".to_owned(), "{}".to_owned())], ..doc("two") };
    assert!(matches!(old.commit(3, 2, &late).await, Err(Error::Lost { partition: 3, .. })));
    assert_eq!(new.read(3, &["k"]).await.unwrap(), []);
    assert_eq!(new.claim(3).await.unwrap().doc.as_deref(), Some("one"));
    assert!(matches!(old.commit(4, 1, &late).await, Err(Error::Lost { .. })), "never claimed");
}

#[tokio::test]
async fn a_failure_in_the_last_statement_leaves_nothing_of_the_first() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory).await;
    store.claim(0).await.unwrap();
    let row = OutboxRow { sequence: 1, record: "{}".to_owned() };
    let twice = Commit {
        states_put: vec![("k".to_owned(), "{}".to_owned())],
        outbox: vec![row.clone(), row],
        ..doc("one")
    };
    assert!(matches!(store.commit(0, 1, &twice).await, Err(Error::Failed { .. })));
    assert_eq!(store.counts(None).await.unwrap(), Counts::default());
    store.commit(0, 1, &doc("two")).await.unwrap();
}

#[tokio::test]
async fn texts_that_look_like_numbers_and_odd_characters_come_back_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory).await;
    store.claim(0).await.unwrap();
    let texts = ["007", "1e3", "null", "", "a\"b\\\u{0}c\n", "æøå", "{\"a\": 1.50}"];
    let states: Vec<(String, String)> = texts.iter().map(|t| (format!("k{t}"), (*t).to_owned())).collect();
    store.commit(0, 1, &Commit { states_put: states.clone(), ..doc("{}") }).await.unwrap();
    let keys: Vec<&str> = states.iter().map(|(key, _)| key.as_str()).collect();
    let mut read: Vec<(String, String)> =
        store.read(0, &keys).await.unwrap().into_iter().map(|row| (row.key, row.doc.unwrap())).collect();
    let mut expected = states.clone();
    read.sort();
    expected.sort();
    assert_eq!(read, expected);
    assert_eq!(store.read(1, &keys).await.unwrap(), [], "another partition");
}

#[tokio::test]
async fn the_first_call_of_a_key_comes_first_and_a_begun_one_is_never_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory).await;
    store.claim(0).await.unwrap();
    let call = |sequence, key: &str, id: &str, not_before_ms| CallRow {
        sequence,
        key: key.to_owned(),
        id: id.to_owned(),
        request: "{}".to_owned(),
        not_before_ms,
        started: false,
    };
    let calls = vec![call(1, "a", "x", 5), call(2, "a", "y", 0), call(3, "b", "x", 9)];
    store.commit(0, 1, &Commit { calls, ..doc("") }).await.unwrap();
    let eligible = async |now| -> Vec<i64> {
        store.calls_eligible(0, now, 9).await.unwrap().iter().map(|c| c.sequence).collect()
    };
    assert_eq!(eligible(4).await, [] as [i64; 0], "the second of a waits for the first");
    assert_eq!(eligible(9).await, [1, 3]);
    assert_eq!(store.calls_next_ms(0).await.unwrap(), Some(5));
    store.commit(0, 2, &Commit { calls_begun: vec![1], ..doc("") }).await.unwrap();
    assert_eq!(eligible(9).await, [3], "a begun one still holds its key");
    let key = |key: &str, id: &str| CallKey { key: key.to_owned(), id: id.to_owned() };
    let again = Commit {
        calls_replaced: vec![key("a", "x"), key("b", "x")],
        calls: vec![call(4, "b", "x", 0)],
        ..doc("")
    };
    store.commit(0, 3, &again).await.unwrap();
    assert_eq!(eligible(9).await, [4]);
    assert_eq!(
        store.calls_started(0, 0, 9).await.unwrap(),
        [CallRow { started: true, ..call(1, "a", "x", 5) }]
    );
    store.commit(0, 4, &Commit { calls_ended: vec![1], ..doc("") }).await.unwrap();
    assert_eq!(eligible(9).await, [2, 4]);
    let both = Commit { calls_begun: vec![2, 4], ..doc("") };
    store.commit(0, 5, &both).await.unwrap();
    store.commit(0, 6, &Commit { calls_put_back: vec![4], ..doc("") }).await.unwrap();
    assert_eq!(eligible(9).await, [4]);
}

#[tokio::test]
async fn a_key_is_parked_until_its_dead_letter_is_settled_and_its_inputs_have_gone_on() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory).await;
    store.claim(0).await.unwrap();
    let dead = DeadLetterRow {
        refusal: "r1".to_owned(),
        partition: 0,
        key: "a".to_owned(),
        input: "{}".to_owned(),
        at: "{}".to_owned(),
        code: "odd".to_owned(),
        detail: "it is odd".to_owned(),
        on: day("2026-01-02"),
        holds: true,
        state: DeadLetterState::Open,
    };
    let waiting = ParkedRow { number: 7, key: "a".to_owned(), input: "{}".to_owned() };
    let commit = Commit { dead_letters: vec![dead.clone()], parked: vec![waiting.clone()], ..doc("") };
    store.commit(0, 1, &commit).await.unwrap();
    let parked = KeyRow { key: "a".to_owned(), doc: None, parked: true };
    assert_eq!(store.read(0, &["a", "b"]).await.unwrap(), std::slice::from_ref(&parked));
    assert_eq!(store.released(0, 9).await.unwrap(), []);
    assert!(store.request("r1", Request::Requeue).await.unwrap());
    assert!(!store.request("r1", Request::Discard).await.unwrap(), "asked for already");
    let requested = DeadLetterRow { state: DeadLetterState::RequeueRequested, ..dead.clone() };
    assert_eq!(store.requested(0, 9).await.unwrap(), [requested]);
    let again = DeadLetterRow { code: "odder".to_owned(), input: "other".to_owned(), ..dead.clone() };
    store.commit(0, 2, &Commit { dead_letters: vec![again], ..doc("") }).await.unwrap();
    let refused_again = DeadLetterRow { code: "odder".to_owned(), ..dead };
    assert_eq!(store.dead_letters(None, 9).await.unwrap(), [refused_again]);
    let settled = vec![("r1".to_owned(), DeadLetterState::Settled)];
    store.commit(0, 3, &Commit { dead_letter_states: settled, ..doc("") }).await.unwrap();
    assert_eq!(store.read(0, &["a"]).await.unwrap(), [parked], "its inputs have not gone on");
    assert_eq!(store.released(0, 9).await.unwrap(), [waiting]);
    store.commit(0, 4, &Commit { parked_ended: vec![7], ..doc("") }).await.unwrap();
    assert_eq!(store.read(0, &["a"]).await.unwrap(), []);
    assert_eq!(store.counts(None).await.unwrap(), Counts::default());
}

#[tokio::test]
async fn timers_and_seen_ids_go_by_day() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory).await;
    store.claim(0).await.unwrap();
    let timer =
        |key: &str, name: &str, due: &str| TimerRow { key: key.into(), name: name.into(), due: day(due) };
    let seen = |id: &str, on: &str| SeenRow { id: id.into(), day: day(on) };
    let commit = Commit {
        timers_put: vec![
            timer("b", "x", "2026-01-01"),
            timer("a", "y", "2026-01-02"),
            timer("a", "x", "2026-01-02"),
        ],
        seen: vec![seen("1", "2026-01-01"), seen("2", "2026-01-02")],
        ..doc("")
    };
    store.commit(0, 1, &commit).await.unwrap();
    let due = store.timers_due(0, day("2026-01-02"), 2).await.unwrap();
    assert_eq!(due, [timer("b", "x", "2026-01-01"), timer("a", "x", "2026-01-02")]);
    let gone = TimerKey { key: "b".into(), name: "x".into() };
    let commit = Commit {
        timers_deleted: vec![gone],
        timers_put: vec![timer("a", "x", "2026-01-03")],
        seen: vec![seen("2", "2026-01-09")],
        seen_before: Some(day("2026-01-02")),
        ..doc("")
    };
    store.commit(0, 2, &commit).await.unwrap();
    assert_eq!(store.timers_due(0, day("2026-01-02"), 9).await.unwrap(), [timer("a", "y", "2026-01-02")]);
    assert_eq!(store.seen(0, &["1", "2", "3"]).await.unwrap(), BTreeSet::from(["2".to_owned()]));
}

#[tokio::test]
async fn pages_of_states_go_over_all_partitions_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory).await;
    for partition in 0..3 {
        store.claim(partition).await.unwrap();
        let states_put = ["", "a", "b"].map(|key| (key.to_owned(), "{}".to_owned())).to_vec();
        store.commit(partition, 1, &Commit { states_put, ..doc("") }).await.unwrap();
    }
    let mut keys = Vec::new();
    loop {
        let after = keys.last().map(|(partition, key): &(u32, String)| (*partition, key.as_str()));
        let page = store.states(after, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        keys.extend(page.into_iter().map(|row| (row.partition, row.key)));
    }
    assert_eq!(keys.len(), 9);
    assert!(keys.is_sorted());
}

#[tokio::test]
async fn a_newer_file_is_refused_and_a_name_cannot_leave_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let newer = store(&directory).await;
    newer.worker.run(|c| c.pragma_update(None, "user_version", 99)).unwrap();
    let refused = SqliteStore::open(directory.path(), "assessment").await;
    assert!(matches!(refused, Err(Error::Newer { found: 99, known: 4, .. })));
    for name in ["", "../x", "A", "a b"] {
        assert!(
            matches!(SqliteStore::open(directory.path(), name).await, Err(Error::StageName { .. })),
            "{name}"
        );
    }
}

#[tokio::test]
async fn stores_that_are_opened_at_the_same_time_make_the_tables_once() {
    let directory = tempfile::tempdir().unwrap();
    let opened =
        futures::future::join_all((0..8).map(|_| SqliteStore::open(directory.path(), "assessment"))).await;
    for store in opened {
        assert_eq!(store.unwrap().counts(Some(0)).await.unwrap(), Counts::default());
    }
}
