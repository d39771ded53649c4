//! Invoicing and reconciliation side by side: what goes well tells nothing, and one fault of the ERP tells one finding of
//! its class.

mod world;

use domain::{Money, Period};
use messages::BillingMode;
use proptest::prelude::*;
use std::collections::BTreeMap;
use world::{Fault, World, period};

/// Determinations as an assessment would make them: the months ahead by the 10th of the month before, corrections of any
/// month any time.
#[derive(Debug, Clone)]
struct Story {
    billing: BillingMode,
    ahead: u32,
    amounts: Vec<i64>,
    corrections: Vec<(u32, u32, i64)>,
}

fn stories() -> impl Strategy<Value = Story> {
    let amounts =
        proptest::collection::vec(prop_oneof![6 => Just(2000_i64), 2 => Just(1500), 1 => Just(900)], 20);
    // (how many days after the start, which month, kroner)
    let corrections = proptest::collection::vec(
        (30_u32..550, 0_u32..20, prop_oneof![Just(1800_i64), Just(0), Just(2000)]),
        0..4,
    );
    (any::<bool>(), prop_oneof![Just(1_u32), Just(3), Just(20)], amounts, corrections).prop_map(
        |(standing, ahead, amounts, mut corrections)| {
            corrections.sort();
            let billing = if standing { BillingMode::Standing } else { BillingMode::Monthly };
            Story { billing, ahead, amounts, corrections }
        },
    )
}

/// Lives 24 months from 2022-06-05; the months are 2022-07 to 2024-02.
fn tell(story: &Story, fault: Fault, fault_from: &str) -> (World, BTreeMap<Period, i64>) {
    let mut world = World::new("2022-06-05", fault, period(fault_from));
    let start = world.today;
    let first = period("2022-07");
    let mut owed: BTreeMap<Period, i64> = BTreeMap::new();
    for day in 0..720_u32 {
        let today = start + chrono::Days::new(day.into());
        world.live_until(today);
        for (number, amount) in (0_u32..).zip(&story.amounts) {
            let month = first.plus_months(number);
            let known_from = month.minus_months(story.ahead).first_day() + chrono::Days::new(9);
            if !owed.contains_key(&month) && today >= known_from {
                world.determine(month, *amount, story.billing);
                owed.insert(month, *amount);
            }
        }
        // After the last month nothing is owed any more.
        let after = first.plus_months(20);
        if !owed.contains_key(&after) && today >= after.minus_months(1).first_day() {
            for month in after.through(after.plus_months(3)) {
                world.determine(month, 0, story.billing);
                owed.insert(month, 0);
            }
        }
        for (on, number, amount) in &story.corrections {
            let month = first.plus_months(*number);
            if *on == day && owed.contains_key(&month) {
                world.determine(month, *amount, story.billing);
                owed.insert(month, *amount);
            }
        }
    }
    (world, owed)
}

fn balanced(world: &World, owed: &BTreeMap<Period, i64>) {
    for (month, amount) in owed {
        let billed = world.ledger.get(month).copied().unwrap_or(Money::dkk(0));
        assert_eq!(billed, Money::dkk(*amount), "{month}; {}", world.story());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_told_when_nothing_goes_wrong(story in stories()) {
        let (world, owed) = tell(&story, Fault::None, "2022-09");
        balanced(&world, &owed);
        prop_assert!(world.findings.is_empty(), "{}", world.story());
    }

    #[test]
    fn one_fault_is_one_finding_of_its_class(story in stories(), number in 0_usize..9) {
        let faults = [Fault::Drop, Fault::Late, Fault::Duplicate, Fault::Amount, Fault::Period, Fault::Payer, Fault::Cancel, Fault::Unexpected, Fault::Reject];
        let fault = faults[number];
        let (world, owed) = tell(&story, fault, "2022-12");
        let expected = if world.faults_done == 0 { vec![] } else { vec![(fault.class().to_owned(), !matches!(fault, Fault::Late | Fault::Reject))] };
        prop_assert_eq!(world.found(), expected, "{:?} {}", fault, world.story());
        if matches!(fault, Fault::Late | Fault::Reject) {
            balanced(&world, &owed);
        }
    }

    #[test]
    fn a_lapse_is_one_finding_and_every_month_is_billed_once_in_the_end(mut story in stories(), months in 1_u32..9) {
        story.billing = BillingMode::Standing;
        story.corrections.retain(|(_, _, amount)| *amount != 0);
        let (world, owed) = tell(&story, Fault::Lapse(months), "2023-01");
        let expected = if months > 3 { vec![("subscription_lapsed".to_owned(), false)] } else { vec![] };
        let found = world.found();
        prop_assert!(found == expected || (months <= 4 && found.len() <= 1), "{}", world.story());
        balanced(&world, &owed);
    }
}
