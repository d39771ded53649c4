//! Killed between any two steps, delivered twice, owned by two: nothing changes.

use super::tape::Tracks;
use super::world::World;
use crate::{Error, failpoint};
use ::messages::{Phase, Topic, header};
use std::collections::{BTreeMap, BTreeSet};

const ORDERS: [(&str, &str); 8] = [
    ("a", "one"),
    ("b", "wake t 2026-01-02"),
    ("c", "poison"),
    ("a", "two"),
    ("d", "nothing"),
    ("c", "behind"),
    ("b", "three"),
    ("a", "wake u 2026-01-02"),
];

async fn prepared(config: impl Fn(&mut World)) -> World {
    let mut world = World::new(2).await;
    config(&mut world);
    for (key, title) in ORDERS {
        world.say(key, title).await;
    }
    world.announce(2, Phase::Opened).await;
    world.announce(2, Phase::Closing).await;
    world.say("a", "after").await;
    world
}

type Seen = (BTreeMap<String, Tracks>, BTreeMap<String, Tracks>, Vec<(String, String)>);

/// States on both sides, and every message by its id.
async fn seen(world: &World) -> Seen {
    let sent: BTreeSet<(String, String)> = world
        .records(Topic::DeadLetters)
        .await
        .into_iter()
        .map(|r| (r.header(header::ID).unwrap().to_owned(), String::from_utf8(r.body).unwrap()))
        .collect();
    (world.tracks().await, world.heard().await, sent.into_iter().collect())
}

#[tokio::test]
async fn killed_between_any_two_steps_ends_as_if_undisturbed() {
    let small = |world: &mut World| world.config.batch_messages_max = 3;
    let undisturbed = prepared(small).await;
    undisturbed.run().await;
    let expected = seen(&undisturbed).await;
    assert_eq!(expected.0["a"].len(), 5, "{expected:?}");
    let mut places = 0;
    for nth in 1.. {
        let world = prepared(small).await;
        failpoint::arm(nth);
        match world.try_run().await {
            Ok(()) => break,
            Err(Error::Failpoint(_)) => places += 1,
            Err(error) => panic!("{error:?}"),
        }
        world.run().await;
        assert_eq!(seen(&world).await, expected, "killed at place {nth}");
        assert_eq!(world.counts().await.parked_inputs, 1);
    }
    failpoint::disarm();
    assert!(places > 20, "only {places} places");
}

#[tokio::test]
async fn killed_again_and_again_it_still_gets_to_the_end() {
    let undisturbed = prepared(|_| ()).await;
    undisturbed.run().await;
    let expected = seen(&undisturbed).await;
    let world = prepared(|_| ()).await;
    for nth in 3.. {
        failpoint::arm(nth);
        if world.try_run().await.is_ok() {
            break;
        }
    }
    failpoint::disarm();
    assert_eq!(seen(&world).await, expected);
}

#[tokio::test]
async fn a_call_is_made_once_wherever_the_process_dies() {
    for nth in 1.. {
        let world = World::new(1).await;
        world.say("a", "call 1 0").await;
        world.say("a", "call 2 0").await;
        world.say("b", "call 1 0").await;
        failpoint::arm(nth);
        if world.try_run().await.is_ok() {
            failpoint::disarm();
            assert!(nth > 5);
            break;
        }
        world.run().await;
        assert!(world.phone.made.lock().unwrap().values().all(|times| *times == 1), "killed at place {nth}");
        for (key, call) in [("a", "1"), ("a", "2"), ("b", "1")] {
            let tracks = world.track(key).await;
            let ended = tracks.iter().filter(|track| track.contains(&format!("{call} {call}?"))).count();
            assert_eq!(ended, 1, "{nth}: {tracks:?}");
        }
    }
}

#[tokio::test]
async fn everything_delivered_twice_changes_nothing() {
    let world = prepared(|_| ()).await;
    world.run().await;
    let expected = (world.tracks().await, world.heard().await);
    let all = [Topic::Alerts, Topic::CalendarDays, Topic::DeadLetters];
    world.repeat(&all).await;
    world.run().await;
    world.repeat(&all).await;
    world.run().await;
    assert_eq!((world.tracks().await, world.heard().await), expected);
    assert_eq!(world.counts().await.parked_inputs, 1);
}

#[tokio::test]
async fn of_two_workers_on_the_same_partitions_each_message_is_decided_by_one() {
    let mut world = World::new(2).await;
    world.config.reclaim_after = std::time::Duration::ZERO;
    world.config.batch_messages_max = 2;
    let (mut one, mut other) = (world.tape_worker(), world.tape_worker());
    let mut expected = Vec::new();
    for number in 0..20 {
        world.say("a", &number.to_string()).await;
        world.say("b", &number.to_string()).await;
        expected.push(number.to_string());
        if number % 3 == 0 {
            one.step().await.unwrap();
        }
        if number % 4 != 0 {
            other.step().await.unwrap();
        }
    }
    drop(one);
    for _ in 0..100 {
        other.step().await.unwrap();
    }
    assert_eq!(world.track("a").await, expected);
    assert_eq!(world.track("b").await, expected);
    world.run().await;
    let heard: Vec<String> = expected.iter().map(|number| format!("2026-01-01 {number}")).collect();
    assert_eq!(world.heard().await["b"], heard);
}

#[tokio::test]
async fn an_owner_that_comes_back_knows_nothing_of_the_time_before() {
    let mut world = World::new(1).await;
    world.config.reclaim_after = std::time::Duration::ZERO;
    let (mut one, mut other) = (world.tape_worker(), world.tape_worker());
    world.say("a", "1").await;
    while one.step().await.unwrap() {}
    // The other takes over; the one hears of it by another key, with the state of `a` still in its memory.
    assert!(other.step().await.unwrap());
    world.say("b", "1").await;
    assert!(one.step().await.unwrap());
    world.say("a", "2").await;
    while other.step().await.unwrap() {}
    assert_eq!(world.track("a").await, ["1", "2"]);
    drop(other);
    world.say("a", "3").await;
    while one.step().await.unwrap() {}
    assert_eq!(world.track("a").await, ["1", "2", "3"]);
}

#[tokio::test]
async fn an_edge_publishes_what_it_had_saved_when_it_died() {
    let world = World::new(1).await;
    failpoint::arm(2);
    let message = crate::Outgoing::of(&super::tape::order("a", "one"), Vec::new(), Vec::new()).unwrap();
    let states = vec![("file".to_owned(), Some("{}".to_owned()))];
    let died = world.edge.commit(super::world::day(1), states.clone(), vec![message.clone()]).await;
    assert!(matches!(died, Err(Error::Failpoint("after commit"))));
    assert!(world.records(Topic::Alerts).await.is_empty());
    let blind = world.edge.commit(super::world::day(1), states, vec![message]).await;
    assert!(matches!(blind, Err(Error::ReadAgain { .. })));
    assert_eq!(world.edge.read(&["file"]).await.unwrap()["file"], "{}");
    assert_eq!(world.records(Topic::Alerts).await.len(), 1);
    world.run().await;
    assert_eq!(world.track("a").await, ["one"]);
}

#[tokio::test]
async fn a_batch_without_effect_costs_no_transaction_until_the_flush() {
    let world = World::new(1).await;
    world.say("a", "nothing").await;
    world.say("b", "nothing").await;
    let mut worker = world.tape_worker();
    while worker.step().await.unwrap() {}
    assert_eq!(worker.counters().commits, 0);
    assert_eq!(worker.counters().decided, 2);
    worker.flush().await.unwrap();
    assert_eq!(worker.counters().decided, 2);
    let mut next = world.tape_worker();
    while next.step().await.unwrap() {}
    assert_eq!(next.counters().decided, 0, "the position was saved");
}

#[tokio::test]
async fn a_trace_goes_through_all_stages_and_the_causes_are_named() {
    let world = World::new(1).await;
    world.say("a", "one").await;
    world.run().await;
    let (order, track) =
        (&world.records(Topic::Alerts).await[0], &world.records(Topic::DeadLetters).await[0]);
    let trace = |received: &eventlog::Received| received.header(header::TRACE_PARENT).unwrap().to_owned();
    assert_eq!(trace(order)[..35], trace(track)[..35]);
    assert_ne!(trace(order), trace(track));
    let body: serde_json::Value = serde_json::from_slice(&track.body).unwrap();
    assert_eq!(body["causes"][0].as_str(), order.header(header::ID));
    assert_eq!(track.header(header::SENDER), Some("tape/0"));
    assert_eq!(track.header(header::TIME), Some("2026-01-01T00:00:00Z"));
}
