//! Who waits for a decision is told, and never charged for it.

use super::*;
use messages::DeadLetter;

fn overdue(life: &Life) -> Vec<String> {
    let told = life.dead_letters.iter().map(|letter| match letter {
        DeadLetter::Refused(refused) => format!("{} {}: {}", refused.on, refused.code, refused.detail),
        DeadLetter::Settled { on, outcome, .. } => format!("{on} {outcome}"),
        other => format!("{other:?}"),
    });
    told.collect()
}

#[test]
fn a_resident_nobody_decides_is_told_at_once_each_month_and_as_an_alert_until_it_is_decided() {
    let mut life = Life::at_the_shelter();
    life.until("2023-03-02");
    assert_eq!(life.awaited(), ["2023-01-02 1 Order", "2023-02-01 31 Order", "2023-03-01 59 Order"]);
    let told = overdue(&life);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with(
            "2023-02-01 decision_overdue: a resident has lived in NORTH (§ 110, homeless) since 2023-01-01"
        ),
        "{told:?}"
    );
    assert_eq!(life.count("determined"), 0);
    life.decide("P-1", Vec::new());
    life.until("2023-04-01");
    assert_eq!(life.awaited().last().unwrap(), "2023-03-03 61 Decided");
    assert_eq!(overdue(&life).last().unwrap(), "2023-03-03 closed");
    assert_eq!(life.owed_in("2023-02"), None);
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("2804.59"));
}

#[test]
fn the_limit_is_the_authoritys() {
    let settings = HousingSettings { decide_within_days: 5, ..HousingSettings::default() };
    let mut life = Life::at_the_shelter();
    life.stage = life.stage.with_housing(settings).unwrap();
    life.until("2023-01-06");
    assert!(overdue(&life).is_empty());
    life.until("2023-01-07");
    assert_eq!(overdue(&life).len(), 1);
    let none = HousingSettings { decide_within_days: 0, ..HousingSettings::default() };
    assert!(Life::begin("2023-01-01").stage.with_housing(none).is_err());
}

#[test]
fn who_moves_out_undecided_is_told_with_the_days_that_are_never_charged() {
    let mut life = Life::at_the_shelter();
    life.until("2023-02-10");
    life.moves_out("P-1", "2023-02-03");
    life.until("2023-02-11");
    assert_eq!(life.awaited().last().unwrap(), "2023-02-11 34 MovedOut");
    assert_eq!(overdue(&life).last().unwrap(), "2023-02-11 closed");
    life.until("2023-04-01");
    assert_eq!(life.count("determined"), 0);
}

#[test]
fn a_facility_without_valid_costs_gets_no_decision_and_its_resident_waits_for_them_by_name() {
    let mut life = Life::begin("2023-01-01");
    life.resident();
    life.moves_in("P-1", HousingParagraph::P107, "2023-01-01");
    life.states("2023-01-01", Means { budget: Some(budget()), ..means(true) });
    life.decide("P-1", Vec::new());
    life.until("2023-01-10");
    assert_eq!(life.awaited(), ["2023-01-02 1 Costs"]);
    life.housing(HousingOrder::SetCosts(costs("NORTH", None)));
    life.until("2023-01-20");
    let waiting = life.case().housing.as_ref().unwrap().waiting.values().next().unwrap().clone();
    assert_eq!(waiting.detail, "NORTH: rent is not measured; bo-teamet obtains it");
    assert!(life.letters.is_empty());
    life.housing(HousingOrder::SetCosts(costs("NORTH", Some("300000"))));
    life.until("2023-02-01");
    assert_eq!(life.letters.len(), 1);
    // From the 21st on, at the 100 kroner that the facility costs and the resident can pay.
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("1100.00"));
}

#[test]
fn who_has_not_stated_means_waits_for_them_and_who_has_no_income_does_not_wait() {
    let mut life = Life::begin("2023-01-01");
    life.resident();
    life.moves_in("P-1", HousingParagraph::P110, "2023-01-01");
    life.decide("P-1", Vec::new());
    life.until("2023-01-10");
    assert_eq!(life.awaited(), ["2023-01-02 1 Means"]);
    life.states("2023-01-01", means(false));
    life.until("2023-03-10");
    assert_eq!(life.awaited().last().unwrap(), "2023-01-11 10 NoIncome");
    assert_eq!((life.letters.len(), life.count("determined")), (0, 0));
}

#[test]
fn an_end_of_a_stay_that_nobody_knows_is_told_and_can_be_forgotten() {
    let mut life = Life::at_the_shelter();
    life.moves_out("P-2", "2023-02-03");
    life.until("2023-01-03");
    assert!(overdue(&life)[0].contains("unknown_place"));
    life.order(CaseOrder::ForgetUnknown { named: "P-2".to_owned() });
    assert_eq!(overdue(&life).last().unwrap(), "2023-01-03 closed");
}
