//! Planned calls.

use super::on_every_store;
use super::store_place::StorePlace;
use super::store_rows::committed;
use store::{CallKey, CallRow, Commit, Store};

on_every_store![
    the_first_call_of_each_key_is_eligible_when_its_time_has_come,
    a_call_that_has_begun_holds_back_its_key_until_it_has_ended,
    a_call_that_was_put_back_is_eligible_again,
    planning_an_id_again_replaces_what_has_not_begun,
    an_owner_finds_the_calls_that_another_left_behind,
];

fn call(sequence: i64, key: &str, id: &str, not_before_ms: i64) -> CallRow {
    let request = format!("{{\"n\":{sequence}}}");
    CallRow { sequence, key: key.into(), id: id.into(), request, not_before_ms, started: false }
}

fn planned(calls: Vec<CallRow>) -> Commit {
    Commit { calls, ..Commit::default() }
}

async fn eligible(store: &dyn Store, now_ms: i64) -> Vec<i64> {
    let rows = store.calls_eligible(0, now_ms, 100).await.unwrap();
    assert!(rows.iter().all(|row| !row.started));
    rows.into_iter().map(|row| row.sequence).collect()
}

async fn the_first_call_of_each_key_is_eligible_when_its_time_has_come(place: StorePlace) {
    let store = place.open().await;
    assert_eq!(store.calls_next_ms(0).await.unwrap(), None);
    let calls =
        vec![call(1, "a", "x", 500), call(2, "a", "y", 0), call(3, "b", "x", 100), call(4, "c", "x", 0)];
    committed(store.as_ref(), 0, &planned(calls)).await;
    // The second call of `a` waits for the first, whatever its own time.
    assert_eq!(eligible(store.as_ref(), 99).await, [4]);
    assert_eq!(eligible(store.as_ref(), 100).await, [3, 4]);
    assert_eq!(eligible(store.as_ref(), 500).await, [1, 3, 4]);
    assert_eq!(store.calls_next_ms(0).await.unwrap(), Some(0));
    let first = store.calls_eligible(0, 500, 1).await.unwrap();
    assert_eq!(first, [call(1, "a", "x", 500)]);
    assert_eq!(store.calls_next_ms(1).await.unwrap(), None);
}

async fn a_call_that_has_begun_holds_back_its_key_until_it_has_ended(place: StorePlace) {
    let store = place.open().await;
    let calls = vec![call(1, "a", "x", 0), call(2, "a", "y", 7), call(3, "b", "x", 9)];
    committed(store.as_ref(), 0, &planned(calls)).await;
    committed(store.as_ref(), 0, &Commit { calls_begun: vec![1], ..Commit::default() }).await;
    assert_eq!(eligible(store.as_ref(), 1_000).await, [3]);
    assert_eq!(store.calls_next_ms(0).await.unwrap(), Some(9));
    committed(store.as_ref(), 0, &Commit { calls_ended: vec![1], ..Commit::default() }).await;
    assert_eq!(eligible(store.as_ref(), 1_000).await, [2, 3]);
    assert_eq!(store.calls_next_ms(0).await.unwrap(), Some(7));
    assert_eq!(store.counts(None).await.unwrap().calls, 2);
}

async fn a_call_that_was_put_back_is_eligible_again(place: StorePlace) {
    let store = place.open().await;
    committed(store.as_ref(), 0, &planned(vec![call(1, "a", "x", 0), call(2, "b", "x", 0)])).await;
    committed(store.as_ref(), 0, &Commit { calls_begun: vec![1, 2], ..Commit::default() }).await;
    assert!(eligible(store.as_ref(), 1).await.is_empty());
    committed(store.as_ref(), 0, &Commit { calls_put_back: vec![1], ..Commit::default() }).await;
    assert_eq!(eligible(store.as_ref(), 1).await, [1]);
}

async fn planning_an_id_again_replaces_what_has_not_begun(place: StorePlace) {
    let store = place.open().await;
    let calls = vec![call(1, "a", "x", 0), call(2, "b", "x", 0), call(3, "b", "y", 0)];
    committed(store.as_ref(), 0, &planned(calls)).await;
    committed(store.as_ref(), 0, &Commit { calls_begun: vec![1], ..Commit::default() }).await;
    let id = |key: &str, id: &str| CallKey { key: key.into(), id: id.into() };
    let again = Commit {
        calls_replaced: vec![id("a", "x"), id("b", "x"), id("c", "x")],
        calls: vec![call(4, "a", "x", 0), call(5, "b", "x", 0)],
        ..Commit::default()
    };
    committed(store.as_ref(), 0, &again).await;
    // The call of `a` that has begun stays; that of `b` is now behind `y`.
    assert_eq!(store.counts(None).await.unwrap().calls, 4);
    assert_eq!(eligible(store.as_ref(), 1).await, [3]);
    committed(store.as_ref(), 0, &Commit { calls_ended: vec![1, 3], ..Commit::default() }).await;
    assert_eq!(eligible(store.as_ref(), 1).await, [4, 5]);
}

async fn an_owner_finds_the_calls_that_another_left_behind(place: StorePlace) {
    let store = place.open().await;
    let calls = (1..=5).map(|n| call(n, &format!("k{n}"), "x", 0)).collect();
    committed(store.as_ref(), 0, &planned(calls)).await;
    committed(store.as_ref(), 0, &Commit { calls_begun: vec![4, 2, 5], ..Commit::default() }).await;
    let left = store.calls_started(0, 0, 2).await.unwrap();
    assert_eq!(left.iter().map(|row| row.sequence).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(left[0], CallRow { started: true, ..call(2, "k2", "x", 0) });
    let rest = store.calls_started(0, 4, 2).await.unwrap();
    assert_eq!(rest.iter().map(|row| row.sequence).collect::<Vec<_>>(), [5]);
    assert!(store.calls_started(1, 0, 2).await.unwrap().is_empty());
}
