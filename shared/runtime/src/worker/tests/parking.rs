use super::world::World;
use ::messages::{Phase, header};
use std::sync::atomic::Ordering;
use store::{DeadLetterState, Request};

const FOREIGN: [(&str, &str); 2] = [(header::TIME, "2026-01-01T00:00:00Z"), (header::SOURCE, "/elsewhere")];

#[tokio::test]
async fn poison_parks_its_key_and_the_others_flow() {
    let world = World::new(1).await;
    for (key, title) in [("a", "one"), ("a", "poison"), ("b", "one"), ("a", "two"), ("b", "two")] {
        world.say(key, title).await;
    }
    world.run().await;
    world.say("a", "three").await;
    world.run().await;
    assert_eq!(world.track("a").await, ["one"]);
    assert_eq!(world.track("b").await, ["one", "two"]);
    assert_eq!(world.heard().await["a"], ["2026-01-01 one", "refused poison"]);
    let counts = world.counts().await;
    assert_eq!((counts.parked_keys, counts.parked_inputs, counts.dead_letters), (1, 2, 1));
}

#[tokio::test]
async fn what_is_refused_aside_holds_nothing_and_is_decided_again_or_dropped_when_somebody_says_so() {
    let world = World::new(1).await;
    for title in ["one", "slip", "two", "slip"] {
        world.say("a", title).await;
    }
    world.run().await;
    assert_eq!(world.track("a").await, ["one", "two"]);
    let counts = world.counts().await;
    assert_eq!((counts.parked_keys, counts.parked_inputs, counts.dead_letters), (0, 0, 2));
    let letters = world.dead_letters().await;
    assert!(letters.iter().all(|letter| !letter.holds));
    assert!(world.tape_store.request(&letters[0].refusal, Request::Requeue).await.unwrap());
    assert!(world.tape_store.request(&letters[1].refusal, Request::Discard).await.unwrap());
    world.tape.cured.store(true, Ordering::Relaxed);
    world.run().await;
    assert_eq!(world.track("a").await, ["one", "two", "slip"]);
    assert_eq!(world.counts().await.dead_letters, 0);
}

#[tokio::test]
async fn what_is_refused_aside_is_decided_again_also_while_its_key_is_parked() {
    let world = World::new(1).await;
    for title in ["slip", "poison", "two"] {
        world.say("a", title).await;
    }
    world.run().await;
    let slip = world.dead_letters().await.into_iter().find(|letter| !letter.holds).unwrap();
    world.tape.cured.store(true, Ordering::Relaxed);
    assert!(world.tape_store.request(&slip.refusal, Request::Requeue).await.unwrap());
    world.run().await;
    world.say("a", "three").await;
    world.run().await;
    assert_eq!(world.track("a").await, ["slip"], "what is parked stays so");
    let counts = world.counts().await;
    assert_eq!((counts.parked_keys, counts.parked_inputs, counts.dead_letters), (1, 2, 1));
}

#[tokio::test]
async fn a_requeue_goes_on_in_the_order_of_arrival() {
    let world = World::new(1).await;
    for title in ["one", "poison", "two", "wake t 2026-01-02", "three"] {
        world.say("a", title).await;
    }
    world.run().await;
    let refusal = world.dead_letters().await[0].refusal.clone();
    assert!(world.tape_store.request(&refusal, Request::Requeue).await.unwrap());
    world.run().await;
    assert_eq!(world.track("a").await, ["one"], "it is refused again and stays");
    assert_eq!(world.dead_letters().await[0].state, DeadLetterState::Open);
    world.tape.cured.store(true, Ordering::Relaxed);
    assert!(world.tape_store.request(&refusal, Request::Requeue).await.unwrap());
    world.say("a", "four").await;
    world.run().await;
    let expected = ["one", "poison", "two", "wake t 2026-01-02", "three", "four"];
    assert_eq!(world.track("a").await, expected);
    let heard = world.heard().await["a"].clone();
    assert_eq!(heard[1..5], ["refused poison", "refused poison", "2026-01-01 poison", "settled requeued"]);
    assert_eq!(world.counts().await.parked_keys, 0);
    world.announce(2, Phase::Closing).await;
    world.run().await;
    assert_eq!(world.track("a").await[6], "timer t on 2026-01-02");
}

#[tokio::test]
async fn a_timer_that_was_refused_and_is_discarded_fires_the_next_day() {
    let world = World::new(1).await;
    world.say("a", "wake sour 2026-01-02").await;
    world.announce(2, Phase::Closing).await;
    world.run().await;
    world.say("a", "two").await;
    world.run().await;
    assert_eq!(world.track("a").await, ["wake sour 2026-01-02"], "it is parked");
    let refusal = world.dead_letters().await[0].refusal.clone();
    assert!(world.tape_store.request(&refusal, Request::Discard).await.unwrap());
    world.tape.cured.store(true, Ordering::Relaxed);
    world.run().await;
    assert_eq!(world.track("a").await, ["wake sour 2026-01-02", "two"]);
    world.announce(3, Phase::Closing).await;
    world.run().await;
    assert_eq!(world.track("a").await[2], "timer sour on 2026-01-03");
}

#[tokio::test]
async fn a_discard_drops_one_input_and_the_next_refusal_parks_the_rest_again() {
    let world = World::new(1).await;
    for title in ["poison", "two", "poison", "three"] {
        world.say("a", title).await;
    }
    world.run().await;
    let first = world.dead_letters().await[0].refusal.clone();
    assert!(world.tape_store.request(&first, Request::Discard).await.unwrap());
    world.run().await;
    assert_eq!(world.track("a").await, ["two"]);
    let counts = world.counts().await;
    assert_eq!((counts.parked_inputs, counts.dead_letters), (1, 1));
    let second = world.dead_letters().await.into_iter().find(|row| row.refusal != first).unwrap().refusal;
    assert!(world.tape_store.request(&second, Request::Discard).await.unwrap());
    world.run().await;
    assert_eq!(world.track("a").await, ["two", "three"]);
    assert_eq!(world.heard().await["a"].iter().filter(|heard| *heard == "settled discarded").count(), 2);
    assert!(!world.tape_store.request(&second, Request::Requeue).await.unwrap(), "settled");
}

#[tokio::test]
async fn timers_and_outcomes_of_a_parked_key_wait_too() {
    let world = World::new(1).await;
    for title in ["wake t 2026-01-02", "call c 0", "poison"] {
        world.say("a", title).await;
    }
    world.announce(2, Phase::Closing).await;
    world.run().await;
    assert_eq!(world.track("a").await, ["wake t 2026-01-02", "call c 0"]);
    assert_eq!(world.counts().await.parked_inputs, 2);
    world.tape.cured.store(true, Ordering::Relaxed);
    let refusal = world.dead_letters().await[0].refusal.clone();
    world.tape_store.request(&refusal, Request::Requeue).await.unwrap();
    world.run().await;
    let mut after = world.track("a").await.split_off(2);
    after[1..].sort();
    assert_eq!(after, ["poison", "outcome c c?!", "timer t on 2026-01-02"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_to_the_last_byte() {
    let world = World::new(1).await;
    world.foreign("a", &FOREIGN, b"{\"causes\":[]}").await;
    world.foreign("b", &FOREIGN, b"\xff\x00").await;
    world.foreign("c", &[], b"{}").await;
    world.say("d", "one").await;
    world.run().await;
    assert_eq!(world.track("d").await, ["one"]);
    let mut dead: Vec<_> =
        world.dead_letters().await.into_iter().map(|row| (row.key, row.code, row.input)).collect();
    dead.sort();
    assert_eq!(dead[0].1, "undecodable");
    assert!(dead[1].2.contains("[255,0]"), "{}", dead[1].2);
    assert_eq!(dead[2].1, "no_day");
    let incoming = crate::incoming::Incoming::from_json(0, &dead[1].2).unwrap();
    let crate::incoming::Incoming::Message(received) = incoming else { panic!("it was a message") };
    assert_eq!(received.body, b"\xff\x00");
}

#[tokio::test]
async fn a_fault_of_the_stage_parks_the_key_and_not_the_process() {
    let world = World::new(1).await;
    for (key, title) in [("a", "panic"), ("b", "large"), ("c", "one")] {
        world.say(key, title).await;
    }
    world.run().await;
    assert_eq!(world.track("c").await, ["one"]);
    let mut codes: Vec<_> = world.dead_letters().await.into_iter().map(|row| (row.key, row.code)).collect();
    codes.sort();
    let expected = [("a", "stage_panicked"), ("b", "message_too_large")];
    assert_eq!(codes, expected.map(|(key, code)| (key.to_owned(), code.to_owned())));
}

#[tokio::test]
async fn a_foreign_message_is_known_by_source_and_id() {
    let world = World::new(1).await;
    let body = serde_json::json!({"causes": [], "evidence": [], "data": super::tape::order("a", "one")});
    let body = serde_json::to_vec(&body).unwrap();
    let other = [(header::ID, "1"), FOREIGN[0], (header::SOURCE, "/other")];
    let same = [(header::ID, "1"), FOREIGN[0], FOREIGN[1]];
    for headers in [&same[..], &same, &other, &FOREIGN] {
        world.foreign("a", headers, &body).await;
    }
    world.run().await;
    world.foreign("a", &same, &body).await;
    world.run().await;
    assert_eq!(
        world.track("a").await,
        ["one", "one", "one"],
        "the id of each source once, and the one without id"
    );
}
