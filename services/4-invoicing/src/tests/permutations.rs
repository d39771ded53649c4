//! The same determinations in any order, twice, spread over days: the same net per month.

use super::world::{World, day};
use messages::{BillingMode, Message};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A determination: month number, version, kroner.
type Fact = (u32, u32, i64);

/// Determinations of few months in several versions.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    proptest::collection::btree_map((1_u32..=9, 1_u32..=4), 0_i64..4, 1..20).prop_map(|map| {
        map.into_iter().map(|((month, version), amount)| (month, version, amount * 700)).collect()
    })
}

/// The facts, each twice, in some order, with days of rest between some.
fn schedule() -> impl Strategy<Value = (Vec<Fact>, Vec<(usize, u8)>)> {
    facts().prop_flat_map(|facts| {
        let twice: Vec<usize> = (0..facts.len()).chain(0..facts.len()).collect();
        let rests = proptest::collection::vec(0_u8..40, twice.len());
        let order = (Just(twice).prop_shuffle(), rests)
            .prop_map(|(order, rests)| order.into_iter().zip(rests).collect());
        (Just(facts), order)
    })
}

fn highest(facts: &[Fact]) -> BTreeMap<String, i64> {
    let mut latest: BTreeMap<String, i64> = BTreeMap::new();
    for (month, _, amount) in facts {
        latest.insert(format!("2023-{month:02}"), *amount);
    }
    latest.retain(|_, amount| *amount != 0);
    latest
}

fn net(facts: &[Fact], order: &[(usize, u8)], billing: BillingMode) -> BTreeMap<String, i64> {
    let mut world = World::new("2022-11-01");
    for (at, rest) in order {
        let (month, version, amount) = facts[*at];
        let message: Message =
            World::determination(&format!("2023-{month:02}"), amount, version, billing, day("2022-11-01"));
        world.receive(&message);
        let next = world.today + chrono::Days::new((*rest).into());
        world.live_until(&next.to_string());
    }
    world.live_until("2026-06-01");
    let mut billed = world.billed();
    // A standing order goes on in the months that nobody has determined: they are no part of the comparison.
    billed.retain(|period, _| facts.iter().any(|(month, ..)| *period == format!("2023-{month:02}")));
    billed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_net_is_the_same_in_any_order_and_twice((facts, order) in schedule()) {
        for billing in [BillingMode::Monthly, BillingMode::Standing] {
            prop_assert_eq!(net(&facts, &order, billing), highest(&facts), "{:?}", billing);
        }
    }
}
