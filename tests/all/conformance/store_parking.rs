//! Dead letters, parked inputs and what operators ask for.

use super::on_every_store;
use super::store_place::StorePlace;
use super::store_rows::{committed, day, known, state};
use store::{Commit, Counts, DeadLetterRow, DeadLetterState, ParkedRow, Request, Store};

on_every_store![
    a_key_with_a_dead_letter_is_parked_until_it_is_settled_and_its_inputs_are_decided,
    a_key_can_be_parked_before_it_has_a_state,
    a_dead_letter_that_holds_nothing_parks_no_key,
    an_operator_asks_once_and_the_stage_finds_the_request,
    what_does_not_wait_cannot_be_asked_for,
    an_input_that_is_refused_again_takes_the_new_reason,
    parked_inputs_are_released_in_the_order_of_arrival,
    dead_letters_are_paged_by_their_refusal,
];

fn dead(refusal: &str, key: &str) -> DeadLetterRow {
    DeadLetterRow {
        refusal: refusal.into(),
        partition: 0,
        key: key.into(),
        input: "{\"body\":\"æ\\u0000\"}".into(),
        at: "{\"offset\":7}".into(),
        code: "unknown_case".into(),
        detail: "no case of this id".into(),
        on: day(3),
        holds: true,
        state: DeadLetterState::Open,
    }
}

fn parked(number: i64, key: &str) -> ParkedRow {
    ParkedRow { number, key: key.into(), input: format!("{{\"n\":{number}}}") }
}

fn settled(refusal: &str) -> Commit {
    Commit { dead_letter_states: vec![(refusal.into(), DeadLetterState::Settled)], ..Commit::default() }
}

async fn is_parked(store: &dyn Store, key: &str) -> bool {
    known(store, 0, &[key]).await.first().is_some_and(|(_, _, parked)| *parked)
}

async fn a_key_with_a_dead_letter_is_parked_until_it_is_settled_and_its_inputs_are_decided(
    place: StorePlace,
) {
    let store = place.open().await;
    let commit = Commit {
        states_put: vec![state("a", "1"), state("b", "1")],
        dead_letters: vec![dead("r1", "a")],
        parked: vec![parked(1, "a"), parked(2, "a")],
        ..Commit::default()
    };
    committed(store.as_ref(), 0, &commit).await;
    let doc = || Some("1".to_owned());
    let expected = [("a".to_owned(), doc(), true), ("b".to_owned(), doc(), false)];
    assert_eq!(known(store.as_ref(), 0, &["a", "b", "c"]).await, expected);
    let counts = Counts { states: 2, parked_inputs: 2, parked_keys: 1, dead_letters: 1, ..Counts::default() };
    assert_eq!(store.counts(None).await.unwrap(), counts);
    assert!(store.released(0, 10).await.unwrap().is_empty());

    committed(store.as_ref(), 0, &settled("r1")).await;
    assert!(is_parked(store.as_ref(), "a").await, "its inputs come first");
    assert_eq!(store.released(0, 10).await.unwrap(), [parked(1, "a"), parked(2, "a")]);
    committed(store.as_ref(), 0, &Commit { parked_ended: vec![1, 2], ..Commit::default() }).await;
    assert!(!is_parked(store.as_ref(), "a").await);
    assert_eq!(store.counts(Some(0)).await.unwrap(), Counts { states: 2, ..Counts::default() });
}

async fn a_key_can_be_parked_before_it_has_a_state(place: StorePlace) {
    let store = place.open().await;
    committed(store.as_ref(), 0, &Commit { dead_letters: vec![dead("r1", "new")], ..Commit::default() })
        .await;
    assert_eq!(known(store.as_ref(), 0, &["new"]).await, [("new".to_owned(), None, true)]);
    assert!(store.read(1, &["new"]).await.unwrap().is_empty());
}

async fn a_dead_letter_that_holds_nothing_parks_no_key(place: StorePlace) {
    let store = place.open().await;
    let aside = |refusal: &str| DeadLetterRow { holds: false, ..dead(refusal, "a") };
    let commit = Commit {
        states_put: vec![state("a", "1")],
        dead_letters: vec![aside("r1"), aside("r2")],
        ..Commit::default()
    };
    committed(store.as_ref(), 0, &commit).await;
    assert!(!is_parked(store.as_ref(), "a").await);
    let counts = Counts { states: 1, dead_letters: 2, ..Counts::default() };
    assert_eq!(store.counts(None).await.unwrap(), counts);
    assert_eq!(store.dead_letters(None, 10).await.unwrap(), [aside("r1"), aside("r2")]);
    assert!(store.request("r1", Request::Requeue).await.unwrap());
    assert!(!is_parked(store.as_ref(), "a").await, "also while it is asked for");
    // What is parked behind another goes on without waiting for these.
    let behind = Commit { parked: vec![parked(1, "a")], ..Commit::default() };
    committed(store.as_ref(), 0, &behind).await;
    assert_eq!(store.released(0, 10).await.unwrap(), [parked(1, "a")]);
    // Refused again, it may hold.
    let again = Commit { dead_letters: vec![dead("r1", "a")], ..Commit::default() };
    committed(store.as_ref(), 0, &again).await;
    assert!(store.released(0, 10).await.unwrap().is_empty());
}

async fn an_operator_asks_once_and_the_stage_finds_the_request(place: StorePlace) {
    let store = place.open().await;
    let commit =
        Commit { dead_letters: vec![dead("r2", "b"), dead("r1", "a"), dead("r3", "c")], ..Commit::default() };
    committed(store.as_ref(), 0, &commit).await;
    assert!(store.requested(0, 10).await.unwrap().is_empty());
    assert!(store.request("r2", Request::Requeue).await.unwrap());
    assert!(store.request("r1", Request::Discard).await.unwrap());
    let found = store.requested(0, 10).await.unwrap();
    let expected = [
        DeadLetterRow { state: DeadLetterState::DiscardRequested, ..dead("r1", "a") },
        DeadLetterRow { state: DeadLetterState::RequeueRequested, ..dead("r2", "b") },
    ];
    assert_eq!(found, expected);
    assert_eq!(store.requested(0, 1).await.unwrap().len(), 1);
    assert!(store.requested(1, 10).await.unwrap().is_empty());
    assert!(is_parked(store.as_ref(), "b").await, "asked is not yet done");
}

async fn what_does_not_wait_cannot_be_asked_for(place: StorePlace) {
    let store = place.open().await;
    let commit = Commit { dead_letters: vec![dead("r1", "a"), dead("r2", "b")], ..Commit::default() };
    committed(store.as_ref(), 0, &commit).await;
    assert!(!store.request("absent", Request::Requeue).await.unwrap());
    assert!(store.request("r1", Request::Requeue).await.unwrap());
    assert!(!store.request("r1", Request::Discard).await.unwrap(), "asked for already");
    committed(store.as_ref(), 0, &settled("r2")).await;
    assert!(!store.request("r2", Request::Requeue).await.unwrap(), "settled");
    let states: Vec<_> = store.dead_letters(None, 10).await.unwrap().iter().map(|row| row.state).collect();
    assert_eq!(states, [DeadLetterState::RequeueRequested, DeadLetterState::Settled]);
}

async fn an_input_that_is_refused_again_takes_the_new_reason(place: StorePlace) {
    let store = place.open().await;
    committed(store.as_ref(), 0, &Commit { dead_letters: vec![dead("r1", "a")], ..Commit::default() }).await;
    assert!(store.request("r1", Request::Requeue).await.unwrap());
    let again = DeadLetterRow {
        input: "another".into(),
        at: "elsewhere".into(),
        on: day(20),
        code: "new_code".into(),
        detail: "new detail".into(),
        ..dead("r1", "a")
    };
    committed(store.as_ref(), 0, &Commit { dead_letters: vec![again], ..Commit::default() }).await;
    let expected = DeadLetterRow { code: "new_code".into(), detail: "new detail".into(), ..dead("r1", "a") };
    assert_eq!(store.dead_letters(None, 10).await.unwrap(), [expected]);
    assert!(store.requested(0, 10).await.unwrap().is_empty());
    assert!(store.request("r1", Request::Discard).await.unwrap(), "it can be asked for again");
}

async fn parked_inputs_are_released_in_the_order_of_arrival(place: StorePlace) {
    let store = place.open().await;
    let commit = Commit {
        dead_letters: vec![dead("r1", "a"), dead("r2", "b")],
        parked: vec![parked(4, "a"), parked(1, "b"), parked(2, "a"), parked(3, "b")],
        ..Commit::default()
    };
    committed(store.as_ref(), 0, &commit).await;
    committed(store.as_ref(), 0, &settled("r1")).await;
    assert_eq!(store.released(0, 10).await.unwrap(), [parked(2, "a"), parked(4, "a")]);
    committed(store.as_ref(), 0, &settled("r2")).await;
    assert_eq!(store.released(0, 3).await.unwrap(), [parked(1, "b"), parked(2, "a"), parked(3, "b")]);
    assert!(store.released(1, 10).await.unwrap().is_empty());
}

async fn dead_letters_are_paged_by_their_refusal(place: StorePlace) {
    let store = place.open().await;
    let dead_letters = (0..7).map(|n| dead(&format!("r{n}"), "a")).collect();
    committed(store.as_ref(), 0, &Commit { dead_letters, ..Commit::default() }).await;
    let first = store.dead_letters(None, 5).await.unwrap();
    assert_eq!(
        first.iter().map(|row| row.refusal.as_str()).collect::<Vec<_>>(),
        ["r0", "r1", "r2", "r3", "r4"]
    );
    let rest = store.dead_letters(Some("r4"), 5).await.unwrap();
    assert_eq!(rest.iter().map(|row| row.refusal.as_str()).collect::<Vec<_>>(), ["r5", "r6"]);
    assert!(store.dead_letters(Some("r6"), 5).await.unwrap().is_empty());
}
