//! The fence, all or nothing, durability and migrations.

use super::on_every_store;
use super::store_place::StorePlace;
use super::store_rows::{committed, day, outbox, state};
use std::sync::Arc;
use store::{Commit, Error, TimerRow};

on_every_store![
    a_new_partition_has_no_document_and_each_claim_raises_its_version,
    a_commit_raises_the_version_by_one_and_keeps_the_document,
    an_owner_that_lost_its_partition_can_never_write_again,
    a_commit_to_a_partition_that_nobody_claimed_is_refused,
    of_commits_with_the_same_version_one_is_saved,
    a_commit_that_fails_at_its_last_statement_leaves_nothing_behind,
    what_was_committed_is_there_when_the_store_is_opened_again,
    many_processes_can_open_a_new_store_at_the_same_time,
    stages_do_not_see_each_other,
    partitions_do_not_see_each_other,
];

async fn a_new_partition_has_no_document_and_each_claim_raises_its_version(place: StorePlace) {
    let store = place.open().await;
    assert_eq!(store.stage(), "counting");
    let first = store.claim(3).await.unwrap();
    let second = store.claim(3).await.unwrap();
    assert_eq!(first.doc, None);
    assert!(second.version > first.version);
    assert_eq!(second.doc, None);
}

async fn a_commit_raises_the_version_by_one_and_keeps_the_document(place: StorePlace) {
    let store = place.open().await;
    let version = store.claim(0).await.unwrap().version;
    let doc = "{\"positions\":{\"letters\":7}}";
    store.commit(0, version, &Commit { doc: doc.into(), ..Commit::default() }).await.unwrap();
    store.commit(0, version + 1, &Commit { doc: doc.into(), ..Commit::default() }).await.unwrap();
    let claimed = store.claim(0).await.unwrap();
    assert_eq!(claimed.version, version + 3);
    assert_eq!(claimed.doc.as_deref(), Some(doc));
}

async fn an_owner_that_lost_its_partition_can_never_write_again(place: StorePlace) {
    let store = place.open().await;
    let old = store.claim(0).await.unwrap().version;
    let new = store.claim(0).await.unwrap().version;
    let late = Commit { doc: "late".into(), states_put: vec![state("k", "late")], ..Commit::default() };
    let refused = store.commit(0, old, &late).await.unwrap_err();
    assert!(matches!(refused, Error::Lost { partition: 0, .. }), "{refused}");
    assert!(store.read(0, &["k"]).await.unwrap().is_empty());
    store.commit(0, new, &Commit { doc: "new".into(), ..Commit::default() }).await.unwrap();
    for version in [old, new, new + 2] {
        let refused = store.commit(0, version, &late).await.unwrap_err();
        assert!(matches!(refused, Error::Lost { .. }), "{version}: {refused}");
    }
    assert_eq!(store.claim(0).await.unwrap().doc.as_deref(), Some("new"));
}

async fn a_commit_to_a_partition_that_nobody_claimed_is_refused(place: StorePlace) {
    let store = place.open().await;
    for version in [0, 1] {
        let refused = store.commit(9, version, &Commit::default()).await.unwrap_err();
        assert!(matches!(refused, Error::Lost { partition: 9, .. }), "{refused}");
    }
}

async fn of_commits_with_the_same_version_one_is_saved(place: StorePlace) {
    let store = place.open().await;
    let other = place.open().await;
    let version = store.claim(0).await.unwrap().version;
    let attempts: Vec<_> = (0..8)
        .map(|n| {
            let store = Arc::clone(if n % 2 == 0 { &store } else { &other });
            tokio::spawn(async move {
                let doc = n.to_string();
                let commit = Commit { states_put: vec![state("winner", &doc)], doc, ..Commit::default() };
                store.commit(0, version, &commit).await
            })
        })
        .collect();
    let mut winners = Vec::new();
    for (n, attempt) in attempts.into_iter().enumerate() {
        match attempt.await.unwrap() {
            Ok(()) => winners.push(n.to_string()),
            Err(Error::Lost { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    let claimed = store.claim(0).await.unwrap();
    assert_eq!(claimed.version, version + 2);
    assert_eq!(claimed.doc.as_ref(), Some(&winners[0]));
    assert_eq!(store.read(0, &["winner"]).await.unwrap()[0].doc.as_ref(), Some(&winners[0]));
}

async fn a_commit_that_fails_at_its_last_statement_leaves_nothing_behind(place: StorePlace) {
    let store = place.open().await;
    let first = Commit { outbox: vec![outbox(1, "first")], ..Commit::default() };
    let version = committed(store.as_ref(), 0, &first).await;
    let before = store.counts(Some(0)).await.unwrap();
    // The outbox sequence is taken, so the insert fails after the fence and the states.
    let failing = Commit {
        doc: "never".into(),
        states_put: vec![state("k", "never")],
        timers_put: vec![TimerRow { key: "k".into(), name: "n".into(), due: day(1) }],
        outbox: vec![outbox(2, "never"), outbox(1, "taken")],
        ..Commit::default()
    };
    let error = store.commit(0, version, &failing).await.unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error}");
    assert_eq!(store.counts(Some(0)).await.unwrap(), before);
    assert!(store.read(0, &["k"]).await.unwrap().is_empty());
    assert!(store.timers_due(0, day(28), 10).await.unwrap().is_empty());
    assert_eq!(store.outbox(0, 0, 10).await.unwrap(), [outbox(1, "first")]);
    // The version is as before, so the owner can go on.
    store
        .commit(0, version, &Commit { outbox: vec![outbox(2, "second")], ..Commit::default() })
        .await
        .unwrap();
    assert_eq!(store.outbox(0, 1, 10).await.unwrap(), [outbox(2, "second")]);
}

async fn what_was_committed_is_there_when_the_store_is_opened_again(place: StorePlace) {
    let store = place.open().await;
    let commit = Commit { doc: "{}".into(), states_put: vec![state("k", "kept")], ..Commit::default() };
    let version = committed(store.as_ref(), 0, &commit).await;
    drop(store);
    let store = place.open().await;
    assert_eq!(store.read(0, &["k"]).await.unwrap()[0].doc.as_deref(), Some("kept"));
    assert_eq!(store.claim(0).await.unwrap().version, version + 1);
}

async fn many_processes_can_open_a_new_store_at_the_same_time(place: StorePlace) {
    let place = Arc::new(place);
    let opening: Vec<_> = (0..6)
        .map(|partition| {
            let place = Arc::clone(&place);
            tokio::spawn(async move {
                let store = place.open().await;
                committed(store.as_ref(), partition, &Commit { doc: "{}".into(), ..Commit::default() }).await
            })
        })
        .collect();
    for opened in opening {
        assert_eq!(opened.await.unwrap(), 2, "claimed once, committed once");
    }
}

async fn stages_do_not_see_each_other(place: StorePlace) {
    let one = place.open_stage("erp-gateway").await;
    let two = place.open_stage("routing").await;
    committed(one.as_ref(), 0, &Commit { states_put: vec![state("k", "one")], ..Commit::default() }).await;
    assert!(two.read(0, &["k"]).await.unwrap().is_empty());
    assert_eq!(two.claim(0).await.unwrap().version, 1);
    assert_eq!(two.counts(None).await.unwrap().states, 0);
}

async fn partitions_do_not_see_each_other(place: StorePlace) {
    let store = place.open().await;
    for partition in [0, 1] {
        let name = partition.to_string();
        let commit = Commit {
            doc: name.clone(),
            states_put: vec![state("k", &name)],
            timers_put: vec![TimerRow { key: "k".into(), name: name.clone(), due: day(1) }],
            outbox: vec![outbox(1, &name)],
            ..Commit::default()
        };
        committed(store.as_ref(), partition, &commit).await;
    }
    let version = store.claim(0).await.unwrap().version;
    let clearing =
        Commit { states_deleted: vec!["k".into()], outbox_published: Some(9), ..Commit::default() };
    store.commit(0, version, &clearing).await.unwrap();
    assert!(store.read(0, &["k"]).await.unwrap().is_empty());
    assert_eq!(store.read(1, &["k"]).await.unwrap()[0].doc.as_deref(), Some("1"));
    assert_eq!(store.outbox(1, 0, 10).await.unwrap(), [outbox(1, "1")]);
    assert_eq!(store.timers_due(1, day(1), 10).await.unwrap()[0].name, "1");
    assert_eq!(store.counts(Some(0)).await.unwrap().states, 0);
    assert_eq!(store.counts(None).await.unwrap().states, 1);
}
