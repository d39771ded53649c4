use super::tape::DAILY;
use super::world::{World, day};
use crate::calendar;
use ::messages::{CalendarDay, Phase, Topic, header};

#[tokio::test]
async fn timers_fire_in_order_of_day_key_and_name_and_late_after_an_outage() {
    let world = World::new(1).await;
    world.announce(1, Phase::Opened).await;
    for order in ["wake b 2026-01-03", "wake a 2026-01-03", "wake c 2026-01-02", "wake later 2026-01-21"] {
        world.say("k", order).await;
    }
    world.run().await;
    // Nobody was there from the 2nd to the 19th.
    world.announce(20, Phase::Closing).await;
    world.run().await;
    let fired = &world.track("k").await[4..];
    assert_eq!(fired, ["timer c on 2026-01-20", "timer a on 2026-01-20", "timer b on 2026-01-20"]);
    world.announce(21, Phase::Opened).await;
    world.run().await;
    assert_eq!(world.track("k").await.len(), 7, "not before the stage's phase");
    world.announce(21, Phase::Closing).await;
    world.run().await;
    assert_eq!(world.track("k").await[7], "timer later on 2026-01-21");
    assert_eq!(world.counts().await.timers, 0);
}

#[tokio::test]
async fn a_timer_that_sets_itself_again_fires_once_a_day() {
    let world = World::new(1).await;
    world.say("k", "wake again 2026-01-01").await;
    for number in 1..=3 {
        world.announce(number, Phase::Closing).await;
    }
    world.run().await;
    let expected = ["timer again on 2026-01-01", "timer again on 2026-01-02", "timer again on 2026-01-03"];
    assert_eq!(world.track("k").await[1..], expected);
}

#[tokio::test]
async fn a_timer_set_after_its_day_has_fired_waits_for_the_next_day() {
    let world = World::new(1).await;
    world.announce(5, Phase::Closing).await;
    world.say("k", "wake late 2026-01-02").await;
    world.announce(5, Phase::Closed).await;
    world.run().await;
    assert_eq!(world.track("k").await.len(), 1);
    world.announce(6, Phase::Closing).await;
    world.run().await;
    assert_eq!(world.track("k").await[1], "timer late on 2026-01-06");
}

#[tokio::test]
async fn a_timer_can_take_back_another_that_is_due_at_the_same_time() {
    let world = World::new(1).await;
    world.say("k", "wake kills 2026-01-02").await;
    world.say("k", "wake victim 2026-01-02").await;
    world.announce(2, Phase::Closing).await;
    world.run().await;
    assert_eq!(world.track("k").await[2..], ["timer kills on 2026-01-02"]);
}

#[tokio::test]
async fn messages_before_a_day_are_decided_before_its_timers_and_those_after_it_after() {
    let world = World::new(1).await;
    world.say("k", "wake t 2026-01-02").await;
    world.say("k", "before").await;
    world.announce(2, Phase::Closing).await;
    world.say("k", "after").await;
    world.run().await;
    assert_eq!(world.track("k").await[1..], ["before", "timer t on 2026-01-02", "after"]);
    let days: Vec<String> = world.heard().await["k"].iter().map(|heard| heard[..10].to_owned()).collect();
    assert_eq!(days, ["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-02"], "the logical day goes on");
}

#[tokio::test]
async fn a_daily_key_gets_each_phase_once_in_one_partition() {
    let world = World::new(3).await;
    for phase in Phase::ALL {
        world.announce(2, phase).await;
    }
    world.run().await;
    world.repeat(&[Topic::CalendarDays]).await;
    world.run().await;
    assert_eq!(world.track(DAILY).await, ["2026-01-02 Opened", "2026-01-02 Closing", "2026-01-02 Closed"]);
    assert_eq!(world.counts().await.states, 1);
}

#[tokio::test]
async fn a_day_is_announced_once_to_every_partition_and_never_backwards() {
    let world = World::new(3).await;
    assert!(calendar::announce(&world.edge, day(2), Phase::Closing).await.unwrap());
    for (number, phase) in [(2, Phase::Closing), (2, Phase::Opened), (1, Phase::Closed)] {
        assert!(!calendar::announce(&world.edge, day(number), phase).await.unwrap());
    }
    let announced = world.records(Topic::CalendarDays).await;
    let partitions: Vec<u32> = announced.iter().map(|received| received.partition).collect();
    assert_eq!(partitions, [0, 1, 2]);
    assert_eq!(announced[0].header(header::TYPE), Some("dk.rettidig.calendar.days.day-closing.v1"));
    let last = calendar::last(&world.edge).await.unwrap();
    assert_eq!(last, Some(CalendarDay { date: day(2), phase: Phase::Closing }));
}

#[tokio::test]
async fn more_timers_than_fit_into_one_transaction_all_fire_before_the_day_ends() {
    let world = World::new(1).await;
    let count = crate::limits::TIMERS_MAX + 5;
    let orders: Vec<_> = (0..count)
        .map(|number| super::tape::order(&format!("k{number:05}"), "wake t 2026-01-02"))
        .map(|order| crate::Outgoing::of(&order, Vec::new(), Vec::new()).unwrap())
        .collect();
    world.edge.commit(day(1), Vec::new(), orders).await.unwrap();
    world.announce(2, Phase::Closing).await;
    world.say("k00000", "after").await;
    world.run().await;
    assert_eq!(world.track("k00000").await, ["wake t 2026-01-02", "timer t on 2026-01-02", "after"]);
    assert!(world.tracks().await.values().filter(|tracks| tracks.len() >= 2).count() == count);
    assert_eq!(world.counts().await.timers, 0);
}
