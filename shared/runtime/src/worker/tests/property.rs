//! Whatever the orders, the size of the batches and the places where the process dies: each key has decided its orders
//! in the order in which they were given, each timer once on its day, and the listener has heard each of it once.

use super::world::{World, day};
use crate::failpoint;
use ::messages::Phase;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
enum Op {
    Note(u8),
    Poison(u8),
    Forget(u8),
    Wake(u8, u8, u8),
    Cancel(u8, u8),
    Day,
}

fn op() -> impl Strategy<Value = Op> {
    let key = 0..4u8;
    prop_oneof![
        6 => key.clone().prop_map(Op::Note),
        1 => key.clone().prop_map(Op::Poison),
        1 => key.clone().prop_map(Op::Forget),
        4 => (key.clone(), 0..3u8, 0..4u8).prop_map(|(key, name, days)| Op::Wake(key, name, days)),
        1 => (key, 0..3u8).prop_map(|(key, name)| Op::Cancel(key, name)),
        3 => Just(Op::Day),
    ]
}

/// The stage as one would write it without a log, a store or a crash.
#[derive(Default)]
struct Model {
    tracks: BTreeMap<String, Vec<String>>,
    timers: BTreeMap<(u32, String, String), ()>,
    parked: Vec<String>,
    today: u32,
    fired: u32,
}

impl Model {
    fn order(&mut self, key: &str, title: &str) {
        if self.parked.iter().any(|parked| parked == key) {
            return;
        }
        match title.split(' ').collect::<Vec<_>>().as_slice() {
            ["poison"] => return self.parked.push(key.to_owned()),
            ["forget"] => {
                self.tracks.remove(key);
                return;
            }
            ["wake", name, due] => {
                self.cancel(key, name);
                let due = due[8..].parse::<u32>().unwrap();
                let due = if due <= self.fired { self.fired + 1 } else { due };
                self.timers.insert((due, key.to_owned(), (*name).to_owned()), ());
            }
            ["cancel", name] => self.cancel(key, name),
            _ => {}
        }
        self.tracks.entry(key.to_owned()).or_default().push(title.to_owned());
    }

    fn cancel(&mut self, key: &str, name: &str) {
        self.timers.retain(|(_, k, n), ()| k != key || n != name);
    }

    fn day(&mut self) {
        self.today += 1;
        self.fired = self.today;
        let due: Vec<_> = self.timers.keys().filter(|(due, _, _)| *due <= self.today).cloned().collect();
        for timer in due {
            self.timers.remove(&timer);
            let (_, key, name) = timer;
            if !self.parked.contains(&key) {
                let track = format!("timer {name} on {}", day(self.today));
                self.tracks.entry(key).or_default().push(track);
            }
        }
    }
}

async fn check(ops: Vec<Op>, batch: usize, deaths: Vec<u64>) {
    let mut world = World::new(1).await;
    world.config.batch_messages_max = batch;
    let mut model = Model { today: 1, ..Model::default() };
    for op in ops {
        let (key, title) = match op {
            Op::Day => {
                model.day();
                world.announce(model.today, Phase::Closing).await;
                continue;
            }
            Op::Note(key) => (key, "note".to_owned()),
            Op::Poison(key) => (key, "poison".to_owned()),
            Op::Forget(key) => (key, "forget".to_owned()),
            Op::Wake(key, name, days) => {
                (key, format!("wake t{name} {}", day(model.today + u32::from(days))))
            }
            Op::Cancel(key, name) => (key, format!("cancel t{name}")),
        };
        let key = format!("k{key}");
        world.say(&key, &title).await;
        model.order(&key, &title);
    }
    for nth in deaths {
        failpoint::arm(nth);
        let _dead = world.try_run().await;
    }
    failpoint::disarm();
    world.run().await;
    let mut tracks = world.tracks().await;
    tracks.remove(super::tape::DAILY);
    assert_eq!(tracks, model.tracks);
    assert_eq!(world.counts().await.parked_keys, model.parked.len() as u64);
    let timers = model.timers.len() as u64;
    assert_eq!(world.counts().await.timers, timers);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn each_order_is_decided_once_and_in_its_place(
        ops in prop::collection::vec(op(), 1..25),
        batch in 1..6usize,
        deaths in prop::collection::vec(1..40u64, 0..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check(ops, batch, deaths));
    }
}
