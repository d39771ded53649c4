//! Who waits for a decision is told, and never charged for it.

use super::*;
use messages::DeadLetter;

fn told(life: &Life) -> Vec<String> {
    let told = life.dead_letters.iter().map(|letter| match letter {
        DeadLetter::Refused(refused) => format!("{} {}", refused.on, refused.code),
        DeadLetter::Settled { on, outcome, .. } => format!("{on} {outcome}"),
        other => format!("{other:?}"),
    });
    told.collect()
}

fn decide_by(life: &Life) -> Vec<String> {
    let waiting = life.case().housing.iter().flat_map(|housing| housing.waiting.values());
    waiting.map(|waiting| waiting.decide_by.to_string()).collect()
}

#[test]
fn a_resident_nobody_decides_is_told_at_once_and_each_month_until_it_is_decided() {
    let mut life = Life::at_the_shelter();
    life.until("2023-03-02");
    assert_eq!(life.awaited(), ["2023-01-02 1 Order", "2023-02-01 31 Order", "2023-03-01 59 Order"]);
    assert_eq!(decide_by(&life), ["2023-01-31"]);
    assert_eq!(life.count("determined"), 0);
    life.decide("P-1", Vec::new());
    life.until("2023-04-01");
    assert_eq!(life.awaited().last().unwrap(), "2023-03-03 61 Decided");
    assert!(decide_by(&life).is_empty());
    assert_eq!(life.owed_in("2023-02"), None);
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("2804.59"));
}

#[test]
fn the_limit_is_the_authoritys() {
    let settings = HousingSettings { decide_within_days: 5, ..HousingSettings::default() };
    let mut life = Life::at_the_shelter();
    life.stage = life.stage.with_housing(settings).unwrap();
    life.until("2023-01-06");
    assert_eq!(decide_by(&life), ["2023-01-06"]);
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
fn costs_that_run_out_while_a_resident_is_charged_by_them_are_shown_until_new_ones_come() {
    let mut life = Life::begin("2023-01-01");
    life.resident();
    life.moves_in("P-1", HousingParagraph::P107, "2023-01-01");
    life.states("2023-01-01", Means { budget: Some(budget()), ..means(true) });
    life.housing(HousingOrder::SetCosts(costs("NORTH", Some("300000"))));
    life.decide("P-1", Vec::new());
    let asked =
        |life: &Life| life.case().open_reviews().into_iter().map(|review| review.about).collect::<Vec<_>>();
    life.until("2023-12-31");
    assert_eq!(asked(&life), [""; 0]);
    life.until("2024-03-02");
    assert!(asked(&life)[0].contains("the costs of NORTH have run out on 2023-12-31"), "{:?}", asked(&life));
    assert_eq!(life.count("review-needed"), 1, "told once");
    assert_eq!(life.owed_in("2024-01").as_deref(), Some("3100.00"), "the decision stands");
    let of_2024 = FacilityCosts {
        valid_from: day("2024-01-01"),
        valid_to: day("2024-12-31"),
        ..costs("NORTH", Some("300000"))
    };
    life.housing(HousingOrder::SetCosts(of_2024));
    life.until("2024-03-04");
    assert_eq!(asked(&life), [""; 0]);
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
fn a_service_done_without_that_no_decision_has_is_told_until_one_has_it() {
    let mut life = Life::at_the_shelter();
    let (from, to) = (day("2023-01-03"), day("2023-01-04"));
    life.housing(HousingOrder::OptOut { service: "Kost".to_owned(), from, to });
    life.until("2023-01-03");
    assert_eq!(told(&life), ["2023-01-02 unknown_service"]);
    life.decide("P-1", vec![food("60")]);
    assert_eq!(told(&life).last().unwrap(), "2023-01-03 closed");
}

#[test]
fn an_end_of_a_stay_that_nobody_knows_is_told_and_can_be_forgotten() {
    let mut life = Life::at_the_shelter();
    life.moves_out("P-2", "2023-02-03");
    life.until("2023-01-03");
    assert_eq!(told(&life), ["2023-01-02 unknown_place"]);
    life.order(CaseOrder::ForgetUnknown { named: "P-2".to_owned() });
    assert_eq!(told(&life).last().unwrap(), "2023-01-03 closed");
}
