//! Parts of months: a start, a notice, a move, the days of a reduction.

use super::*;
use domain::Period;
use schemes::se_childcare::{Care, PartialMonth, ReducedFee, Reduction, TurningDay};

fn fee(life: &Life, month: &str) -> Option<String> {
    life.owed_in(month)
}

/// One child of preschool age at the highest fee of 2024: 1,688 kronor.
fn household() -> Life {
    let mut life = Life::of_household("2024-01-01", Settings::default());
    life.starts("P-1", "2022-02-01", "2024-01-16", CareForm::Preschool);
    life.until("2024-02-10");
    life
}

#[test]
fn a_month_in_which_the_place_begins_costs_its_days() {
    // 16 of 31 days: 871.23.
    assert_eq!(fee(&household(), "2024-01").as_deref(), Some("871.00"));
}

#[test]
fn the_fee_runs_through_two_months_of_notice() {
    let mut life = household();
    let given_on = Some(day("2024-02-10"));
    life.childcare(ChildcareOrder::GiveNotice { place: place("P-1"), given_on });
    life.until("2024-06-01");
    // To the 10th of April: 10 of 30 days of 1,688 are 562.67.
    let months = ["2024-03", "2024-04", "2024-05"].map(|month| fee(&life, month));
    assert_eq!(months, [Some("1688.00".to_owned()), Some("563.00".to_owned()), None]);
    assert!(life.letters.last().unwrap().text.contains("Avgiften upphör."));
}

#[test]
fn a_notice_taken_back_leaves_the_fee_and_a_move_ends_it_at_once() {
    let mut life = household();
    let given_on = Some(day("2024-02-10"));
    life.childcare(ChildcareOrder::GiveNotice { place: place("P-1"), given_on });
    life.until("2024-03-01");
    life.childcare(ChildcareOrder::GiveNotice { place: place("P-1"), given_on: None });
    life.until("2024-05-01");
    assert_eq!(fee(&life, "2024-04").as_deref(), Some("1688.00"));
    // The move is told later: what was charged for the days since is credited.
    life.childcare(ChildcareOrder::MoveAway { place: place("P-1"), moved_on: Some(day("2024-04-16")) });
    life.until("2024-05-02");
    assert_eq!(fee(&life, "2024-04").as_deref(), Some("844.00"));
    assert_eq!(fee(&life, "2024-05").as_deref(), Some("0.00"));
    let april = life.determinations().into_iter().rfind(|made| made.period.to_string() == "2024-04").unwrap();
    // Given back with the next invoice: the 30th of June 2024 is a Sunday.
    assert_eq!((april.version, april.due_on), (2, day("2024-07-01")));
}

#[test]
fn a_move_within_the_notice_cuts_it() {
    let mut life = household();
    let given_on = Some(day("2024-02-10"));
    life.childcare(ChildcareOrder::GiveNotice { place: place("P-1"), given_on });
    life.childcare(ChildcareOrder::MoveAway { place: place("P-1"), moved_on: Some(day("2024-03-11")) });
    life.until("2024-05-01");
    // 10 of 31 days: 544.52.
    assert_eq!(fee(&life, "2024-03").as_deref(), Some("545.00"));
    assert_eq!(fee(&life, "2024-04"), None);
}

#[test]
fn a_municipality_may_reckon_parts_in_thirtieths() {
    let settings = Settings { part_of_month: PartialMonth::Thirtieths, ..Settings::default() };
    let mut life = Life::of_household("2024-01-01", settings);
    life.starts("P-1", "2022-02-01", "2024-01-16", CareForm::Preschool);
    life.until("2024-02-01");
    // 16 thirtieths of 1,688 are 900.27.
    assert_eq!(fee(&life, "2024-01").as_deref(), Some("900.00"));
    assert!(life.letters[0].html.contains("en trettiondel"));
}

#[test]
fn a_child_that_turned_three_pays_less_from_the_first_of_august() {
    let from = Some(TurningDay { turns: 3, on: "08-01".to_owned().try_into().unwrap() });
    let reduction = Reduction {
        name: "allmän förskola".to_owned(),
        source: "the municipality's tariff of this test".to_owned(),
        care: Care::Preschool,
        from,
        until: None,
        season: None,
        hours_above: None,
        hours_at_most: None,
        fee: ReducedFee::PercentOfFull(rust_decimal::Decimal::from(75)),
    };
    let settings = Settings { reductions: vec![reduction], ..Settings::default() };
    let mut life = Life::of_household("2024-06-01", settings);
    // Three in November; still the fee falls in August.
    life.starts("P-1", "2021-11-20", "2024-06-01", CareForm::Preschool);
    life.until("2024-08-01");
    assert_eq!(["2024-07", "2024-08"].map(|month| fee(&life, month).unwrap()), ["1688.00", "1266.00"]);
    let letter = &life.letters.last().unwrap();
    assert_eq!(letter.written_on, day("2024-07-01"), "a month ahead");
    assert!(letter.text.contains("nedsatt: allmän förskola"), "{}", letter.text);
}

#[test]
fn a_child_with_two_places_has_one_fee_that_of_the_place_begun_last() {
    let mut life = household();
    life.starts("P-2", "2022-02-01", "2024-03-01", CareForm::AfterSchool);
    life.until("2024-03-02");
    assert_eq!(fee(&life, "2024-03").as_deref(), Some("1125.00"));
}

#[test]
fn a_closed_case_owes_nothing_after_its_last_day_and_never_before_its_first_place() {
    let mut life = household();
    life.order(CaseOrder::CloseCase { last_day: day("2024-02-15") });
    life.until("2024-04-01");
    // 15 of 29 days: 873.10.
    assert_eq!(fee(&life, "2024-02").as_deref(), Some("873.00"));
    let months: Vec<Period> = life.determinations().iter().map(|made| made.period).collect();
    assert!(
        months.iter().all(|month| ["2024-01", "2024-02"].contains(&month.to_string().as_str())),
        "{months:?}"
    );
}

#[test]
fn a_month_that_it_is_too_late_to_correct_is_left_and_told() {
    let mut life = Life::of_household("2021-01-01", hearing());
    life.starts("P-1", "2019-02-01", "2021-01-01", CareForm::Preschool);
    life.declares(day("2021-01-01"), "20000");
    life.until("2024-03-10");
    // Ordered in time, and kept from the case by something until now: January and February of 2021 are over three years old.
    let order = ChildcareOrder::SetChildcareHousehold {
        from: day("2021-01-02"),
        partner: None,
        monthly_income: Some(kronor("30000")),
    };
    life.order_issued("2024-01-02", CaseOrder::Childcare(order));
    life.until("2024-03-26");
    let months = ["2021-01", "2021-02", "2021-03", "2024-03"].map(|month| fee(&life, month).unwrap());
    assert_eq!(months, ["600.00", "600.00", "900.00", "900.00"]);
    let told: Vec<String> = life.dead_letters.iter().map(|letter| format!("{letter:?}")).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("too_late_to_correct") && told[0].contains("kan inte längre rättas"),
        "{}",
        told[0]
    );
    let march = life.determinations().into_iter().rfind(|made| made.period.to_string() == "2021-03").unwrap();
    assert!(march.trace.json().contains("2021-02 would be"), "{}", march.trace.json());
    // What is given back is not too late.
    let order = ChildcareOrder::SetChildcareHousehold {
        from: day("2021-01-03"),
        partner: None,
        monthly_income: Some(kronor("10000")),
    };
    life.order_issued("2024-01-03", CaseOrder::Childcare(order));
    life.until("2024-03-27");
    assert_eq!(fee(&life, "2021-02").as_deref(), Some("300.00"));
    assert_eq!(life.dead_letters.len(), 4, "both are settled: {:?}", life.dead_letters);
}
