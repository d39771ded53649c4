//! Residents who live without a decision: found after the day that the authority allows itself, and resolved by what ends it.

use super::world::{World, assessment, day};
use domain::{ChargeType, FacilityId, PlaceId, UnitId};
use messages::{
    AssessmentFact, AwaitEnd, AwaitEnded, AwaitedDecision, DecisionAwaits, FindingState, HousingParagraph,
    Message, Stay,
};

pub(super) fn awaited(version: u32, awaits: DecisionAwaits, on: &str) -> Message {
    let awaited = AwaitedDecision {
        place: PlaceId::parse("P-1").unwrap(),
        version,
        charge_type: ChargeType::parse("dk-temporary-housing/own-payment").unwrap(),
        stay: Stay {
            facility: FacilityId::parse("NORTH").unwrap(),
            unit: UnitId::parse("homeless").unwrap(),
            paragraph: HousingParagraph::P110,
        },
        since: day("2023-01-01"),
        days: 0,
        decide_by: day("2023-01-31"),
        awaits,
    };
    assessment("DAY-1", AssessmentFact::DecisionAwaited(awaited), day(on))
}

pub(super) fn ended(version: u32, on: &str) -> Message {
    let (place, since, days) = (PlaceId::parse("P-1").unwrap(), day("2023-01-01"), 60);
    let ended = AwaitEnded { place, version, since, days, outcome: AwaitEnd::Decided };
    assessment("DAY-1", AssessmentFact::DecisionAwaitEnded(ended), day(on))
}

#[test]
fn a_resident_nobody_decides_is_a_finding_of_the_unit_until_it_is_decided() {
    let mut world = World::new("2023-01-01");
    world.receive(&awaited(1, DecisionAwaits::Order, "2023-01-01"));
    world.live_until("2023-01-31");
    assert!(world.told.is_empty());
    world.live_until("2023-02-15");
    assert_eq!(world.story(), ["2023-02-01 undecided 2023-01 0.00 opened"]);
    assert_eq!(world.told[0].cause, "undecided/0101/dk-temporary-housing/own-payment/homeless");
    world.receive(&awaited(2, DecisionAwaits::Costs, "2023-02-15"));
    world.live_until("2023-03-02");
    assert!(world.told[1].detail.ends_with("the facility has no valid costs"));
    world.receive(&ended(3, "2023-03-02"));
    // What is told again changes nothing.
    world.receive(&awaited(2, DecisionAwaits::Costs, "2023-02-15"));
    world.live_until("2023-05-01");
    let FindingState::Resolved { evidence, .. } = &world.told[2].state else { panic!() };
    assert_eq!(evidence, "P-1: a decision has been communicated");
    assert_eq!(world.told.len(), 3);
}

#[test]
fn a_resident_who_is_decided_in_time_is_no_finding() {
    let mut world = World::new("2023-01-01");
    world.receive(&awaited(1, DecisionAwaits::Order, "2023-01-01"));
    world.live_until("2023-01-20");
    world.receive(&ended(2, "2023-01-20"));
    world.live_until("2023-03-01");
    assert!(world.told.is_empty());
}
