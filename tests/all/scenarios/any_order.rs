//! The same messages, late, in another order and more than once, end in the same net per payer and month.

use super::input::{Input, Item, day, put, write_day};
use super::place::Place;
use super::registers::{Resident, extract};
use super::year::Year;
use super::{Backend, on_both_backends};
use domain::Day;
use messages::DeadLetter;
use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use rettidig::report::Report;
use std::collections::BTreeMap;

on_both_backends![the_same_messages_late_in_any_order_and_twice_end_in_the_same_net];

/// Long after the last arrival: every hearing has ended, every correction is ordered.
const UNTIL: &str = "2023-08-20";

/// How late a message comes at most, in days.
const LATE_DAYS_MAX: u64 = 40;

/// Writes every message on a later day, shuffled among those of that day, and half of them again later.
fn write_disordered(input: &Input, place: &Place, seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut arriving: BTreeMap<Day, Vec<Item>> = BTreeMap::new();
    for (on, items) in &input.days {
        for item in items {
            let copies = if random.random_bool(0.5) { 2 } else { 1 };
            for _ in 0..copies {
                let late = chrono::Days::new(random.random_range(0..=LATE_DAYS_MAX));
                arriving.entry(*on + late).or_default().push(item.clone());
            }
        }
    }
    let mut task = 300_000;
    for (on, mut items) in arriving {
        items.shuffle(&mut random);
        // Two files, so that also the files of a day stand in another order than their messages came about.
        let at = random.random_range(0..=items.len());
        let (one, other) = items.split_at(at);
        write_day(&place.input(), on, one, "-a");
        write_day(&place.input(), on, other, "-b");
        for resident in items.iter().filter_map(Item::resident) {
            // Each extract is the first of a task of its own: those of one task must come in order.
            task += 1;
            write_extract(place, on, task, resident);
        }
    }
}

fn write_extract(place: &Place, on: Day, task: u32, resident: &Resident) {
    let text = extract(task, resident.produced_on, None, &[resident]);
    put(&place.input(), on, &format!("d{}.l{task}", resident.produced_on.format("%y%m%d")), &text);
}

/// A run of the same messages in disorder.
async fn disordered(backend: Backend, input: &Input, seed: u64) -> (Place, Report) {
    let place = Place::on(backend).await;
    write_disordered(input, &place, seed);
    let report = place.run(UNTIL, "").await;
    (place, report)
}

/// Orders may come long before what they are about: that is told, and settled when it is there.
fn came_early(letter: &DeadLetter, all: &[DeadLetter]) -> bool {
    let is_settled = |of: &str| {
        all.iter().any(|letter| matches!(letter, DeadLetter::Settled { refusal, .. } if refusal == of))
    };
    match letter {
        DeadLetter::Refused(refused) => {
            let codes = ["case_not_opened", "unknown_hearing", "unknown_place"];
            codes.contains(&refused.code.as_str()) && is_settled(&refused.refusal)
        }
        DeadLetter::Settled { .. } => true,
        DeadLetter::FileHeld { .. } | DeadLetter::FileReleased { .. } => false,
    }
}

async fn the_same_messages_late_in_any_order_and_twice_end_in_the_same_net(backend: Backend) {
    let input = Year::to("2023-05").input;
    let last = *input.days.keys().next_back().unwrap();
    assert!(day(UNTIL) > last + chrono::Days::new(LATE_DAYS_MAX), "everything has arrived");
    let orderly = Place::on(backend).await;
    input.write(&orderly.input());
    let (undisturbed, one, two, three, four, five, six) = tokio::join!(
        orderly.run(UNTIL, ""),
        disordered(backend, &input, 1),
        disordered(backend, &input, 2),
        disordered(backend, &input, 3),
        disordered(backend, &input, 4),
        disordered(backend, &input, 5),
        disordered(backend, &input, 6),
    );
    let expected = orderly.billed().await;
    assert!(expected.len() > 50, "{} months are billed", expected.len());
    for (seed, (place, report)) in (1..).zip([one, two, three, four, five, six]) {
        assert_eq!((report.parked_keys, report.notices.open), (0, 0), "seed {seed}");
        let letters = place.messages::<DeadLetter>().await;
        assert!(letters.iter().all(|letter| came_early(letter, &letters)), "seed {seed}: {letters:?}");
        assert_eq!(report.files.held, 0, "seed {seed}");
        let net = place.billed().await;
        let differing: Vec<_> = expected
            .keys()
            .chain(net.keys())
            .filter(|key| expected.get(key) != net.get(key))
            .map(|key| (key, expected.get(key), net.get(key)))
            .collect();
        assert!(differing.is_empty(), "seed {seed}: {differing:#?}");
        // Their number can differ: a month that was determined before it was known to be free stays, with nothing owed.
        let (ours, theirs) = (report.obligations, &undisturbed.obligations);
        assert_eq!(ours.expected.amount, theirs.expected.amount, "seed {seed}");
        assert_eq!(ours.open.amount, theirs.open.amount, "seed {seed}");
    }
}
