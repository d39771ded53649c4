use super::tape::Phone;
use super::world::World;
use crate::failpoint;
use crate::run_until_idle;
use ::messages::Phase;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn calls_of_a_key_are_made_one_after_the_other_in_the_order_planned() {
    let mut world = World::new(1).await;
    world.config.calls_in_flight_max = 4;
    for (key, title) in [("a", "call 1 500"), ("a", "call 2 0"), ("b", "call 1 0")] {
        world.say(key, title).await;
    }
    world.run().await;
    assert_eq!(
        *world.phone.order.lock().unwrap(),
        ["b 1", "a 1", "a 2"],
        "the delay of the first holds the second"
    );
    let outcomes = &world.track("a").await[2..];
    assert_eq!(outcomes, ["outcome 1 1?!", "outcome 2 2?!"]);
    assert_eq!(world.counts().await.calls, 0);
}

#[tokio::test]
async fn a_call_that_is_planned_again_before_it_is_made_is_made_once() {
    let world = World::new(1).await;
    for title in ["call 1 100", "call 1 0"] {
        world.say("a", title).await;
    }
    world.run().await;
    assert_eq!(world.phone.made.lock().unwrap()[&("a".to_owned(), "1".to_owned())], 1);
    assert_eq!(world.track("a").await[2..], ["outcome 1 1?!"]);
}

#[tokio::test]
async fn a_call_that_was_begun_when_the_process_died_is_not_made_again() {
    let world = World::new(1).await;
    world.say("a", "call 1 0").await;
    let mut worker = world.tape_worker();
    while worker.counters().calls == 0 {
        worker.step().await.unwrap();
    }
    while world.phone.order.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    // Ended, and nothing of it is saved.
    drop(worker);
    world.run().await;
    assert_eq!(world.phone.order.lock().unwrap().len(), 1);
    assert_eq!(world.track("a").await[1..], ["interrupted 1 1?"]);
    assert_eq!(world.counts().await.calls, 0);
}

#[tokio::test]
async fn a_caller_that_panics_leaves_an_interrupted_call() {
    let world = World::new(1).await;
    world.say("a", "call drops 0").await;
    world.say("a", "call 2 0").await;
    world.run().await;
    assert_eq!(world.track("a").await[2..], ["interrupted drops drops?", "outcome 2 2?!"]);
}

#[tokio::test]
async fn an_outcome_that_cannot_be_saved_is_saved_later() {
    let world = World::new(1).await;
    world.say("a", "call 1 0").await;
    let mut worker = world.tape_worker();
    while worker.counters().calls == 0 {
        worker.step().await.unwrap();
    }
    // The next commit is that of the outcome.
    failpoint::arm_at("before commit");
    worker.step().await.unwrap_err();
    while worker.step().await.unwrap() {}
    assert_eq!(world.track("a").await[1..], ["outcome 1 1?!"]);
    assert_eq!(world.phone.order.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_flush_puts_back_what_was_begun_and_not_made() {
    let mut world = World::new(1).await;
    world.phone = Arc::new(Phone { takes: Duration::from_millis(50), ..Phone::default() });
    world.config =
        crate::WorkerConfig { calls_in_flight_max: 1, calls_begin_max: 8, ..crate::WorkerConfig::live() };
    for key in ["a", "b", "c"] {
        world.say(key, "call 1 0").await;
    }
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(world.tape_worker().run(shutdown.clone()));
    while world.phone.order.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    shutdown.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(world.phone.order.lock().unwrap().len(), 1);
    assert_eq!(world.counts().await.calls, 2);
    world.config = crate::WorkerConfig::fast_forward();
    world.run().await;
    for key in ["a", "b", "c"] {
        assert_eq!(world.track(key).await[1..], ["outcome 1 1?!"], "none was interrupted");
    }
}

#[tokio::test]
async fn a_receiver_that_never_takes_a_call_does_not_hold_a_run_and_is_called_again_in_the_next_phase() {
    let world = World::new(2).await;
    world.say("a", "call busy 0").await;
    let made = || world.phone.made.lock().unwrap()[&("a".to_owned(), "busy".to_owned())];
    let stop = CancellationToken::new();
    let mut workers = world.workers();
    let mut run = async || {
        let run = run_until_idle(&mut workers, &stop);
        tokio::time::timeout(Duration::from_secs(60), run).await.unwrap().unwrap();
    };
    run().await;
    // At once, after twenty minutes, and three times in the hour that follows.
    let mut expected = 5;
    assert_eq!(made(), expected);
    run().await;
    assert_eq!(made(), expected, "the phase is over");
    for (number, phase) in [(2, Phase::Opened), (2, Phase::Closed), (3, Phase::Opened)] {
        world.announce(number, phase).await;
        run().await;
        expected += 4;
        assert_eq!(made(), expected, "{number} {phase:?}");
    }
    drop(workers);
    tokio::time::timeout(Duration::from_secs(60), world.run()).await.unwrap();
    assert_eq!(made(), expected + 5, "the next process asks again at once");
    assert_eq!(world.counts().await.calls, 1, "it is not lost");
}
