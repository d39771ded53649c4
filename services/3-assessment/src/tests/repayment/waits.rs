//! What cannot be decided is told, and what was decided stays.

use super::*;

fn detail(life: &Life) -> String {
    let told = life.dead_letters.iter().rev().find_map(|letter| match letter {
        DeadLetter::Refused(refused) => Some(refused.detail.clone()),
        _ => None,
    });
    told.unwrap()
}

#[test]
fn a_debtor_of_whom_nothing_was_found_waits_and_is_not_guessed() {
    let mut life = Life::begin("2026-01-05");
    life.debtor();
    life.claims(&[claim("KT-1", "2025-06", 9_000)]);
    life.until("2026-03-02");
    assert_eq!((life.told(), life.letters.len()), (vec!["2026-01-06 circumstances_missing".to_owned()], 0));
    assert_eq!(life.claim_states("KT-1"), [ClaimState::Waits]);
    life.found(earns("2026-03-02", 20_400, 20_400));
    life.until("2026-03-03");
    assert_eq!(life.told().last().unwrap(), "2026-03-03 ended circumstances_missing");
    assert_eq!(life.letters.len(), 1);
}

#[test]
fn a_year_without_a_table_is_told_by_name_and_decided_once_there_is_one() {
    let mut life = Life::begin("2023-08-14");
    life.debtor();
    let of_2022 = RepayableClaim { help_ended_on: day("2022-08-31"), ..claim("KT-1", "2022-06", 9_000) };
    life.claims(&[of_2022]);
    // 147,600 a year: in the table of October, and in none of the months before.
    life.found(earns("2023-08-14", 12_300, 12_300));
    life.until("2023-09-30");
    // Again each month while it lasts.
    assert_eq!(life.told(), ["2023-08-15 plan_not_assessable", "2023-09-01 plan_not_assessable"]);
    let text = detail(&life);
    assert!(
        text.contains("dk-cash-repayment") && text.contains("table") && text.contains("2023-09-01"),
        "{text}"
    );
    life.until("2023-10-01");
    assert_eq!(life.told().last().unwrap(), "2023-10-01 ended plan_not_assessable");
    assert_eq!(life.letter_kinds(), ["2023-10-01 Hearing"]);
}

#[test]
fn what_was_decided_stays_in_a_year_without_a_table() {
    let mut life = Life::begin("2024-10-01");
    life.debtor();
    let of_2022 = RepayableClaim { help_ended_on: day("2023-08-31"), ..claim("KT-1", "2022-06", 90_000) };
    life.claims(&[of_2022]);
    life.found(earns("2024-10-01", 14_000, 14_000));
    life.until("2025-03-02");
    assert_eq!(life.letter_kinds(), ["2024-10-02 Hearing", "2024-10-17 Decision"]);
    assert_eq!(life.told()[0], "2025-01-01 plan_not_assessable");
    assert_eq!(life.instalments().len(), 5, "{:?}", life.instalments());
}

#[test]
fn without_information_on_the_income_the_fixed_instalment_of_the_year_counts() {
    let mut life = Life::begin("2023-02-01");
    life.debtor();
    let of_2022 = RepayableClaim { help_ended_on: day("2022-08-31"), ..claim("KT-1", "2022-06", 1_000) };
    life.claims(&[of_2022]);
    life.found(Circumstances { income: NetIncome::NotFound, ..earns("2023-02-01", 0, 0) });
    life.until("2023-06-02");
    assert_eq!(life.instalments(), ["2023-04 533.00", "2023-05 467.00"]);
}

#[test]
fn a_fetch_that_fails_decides_nothing_keeps_what_is_decided_and_is_told_until_it_succeeds() {
    let mut life = Life::in_debt();
    life.until("2026-03-10");
    let reason = "tjenesten svarede ikke".to_owned();
    life.repayment(RepaymentOrder::CircumstancesNotFetched { on: day("2026-03-10"), reason });
    life.claims(&[claim("KT-3", "2025-08", 5_000)]);
    life.until("2026-04-02");
    assert_eq!(life.told(), ["2026-03-11 circumstances_not_fetched"]);
    assert!(detail(&life).contains("tjenesten svarede ikke"));
    assert_eq!((life.letters.len(), life.instalments().len()), (2, 2));
    life.found(earns("2026-04-02", 20_400, 20_400));
    life.until("2026-04-03");
    assert_eq!(life.told().last().unwrap(), "2026-04-03 ended circumstances_not_fetched");
    assert_eq!(life.letters.len(), 3);
}

#[test]
fn what_was_found_long_ago_is_not_decided_on_anew() {
    let mut life = Life::in_debt();
    life.until("2026-05-10");
    life.claims(&[claim("KT-3", "2025-08", 5_000)]);
    life.until("2026-05-11");
    assert_eq!(life.told(), ["2026-05-11 circumstances_outdated"]);
    assert_eq!(life.claim_states("KT-3"), [ClaimState::Waits]);
}

#[test]
fn after_the_debtors_death_nothing_is_charged_and_staff_are_told() {
    let mut life = Life::in_debt();
    life.until("2026-03-25");
    let dead = crate::tests::snapshot(PAYER, "2026-03-25", |person| {
        person.status = "90".to_owned();
        person.status_since = Some(day("2026-03-24"));
    });
    life.message(&dead);
    life.until("2026-06-02");
    assert_eq!(life.instalments(), ["2026-03 3650.00"]);
    assert_eq!(life.told(), ["2026-03-26 debtor_dead"]);
}

#[test]
fn nobody_reminds_a_debtor_who_has_died() {
    let mut life = Life::in_arrears();
    life.message(&crate::tests::snapshot(PAYER, "2026-03-23", |person| {
        person.status = "90".to_owned();
        person.status_since = Some(day("2026-03-22"));
    }));
    life.until("2026-06-02");
    assert!(life.steps().is_empty(), "{:?}", life.steps());
    assert_eq!(life.told(), ["2026-03-23 debtor_dead"]);
}

#[test]
fn an_order_about_a_claim_that_nobody_registered_is_told_and_holds_up_nothing() {
    let mut life = Life::in_debt();
    life.settles("KT-9", "2026-01-05", 100, Settlement::Paid);
    life.until("2026-01-06");
    assert_eq!((life.told(), life.letters.len()), (vec!["2026-01-06 unknown_claim".to_owned()], 1));
    life.claims(&[claim("KT-9", "2025-05", 100)]);
    life.until("2026-01-07");
    assert_eq!(life.told().last().unwrap(), "2026-01-06 ended unknown");
    assert_eq!(life.claim_states("KT-9"), [ClaimState::Settled]);
}

#[test]
fn a_month_that_is_exempted_is_not_charged_and_the_debt_stays() {
    let mut life = Life::in_debt();
    life.until("2026-03-25");
    let charge_type = domain::ChargeType::parse("dk-cash-repayment/instalment").unwrap();
    let (period, reason) = (month("2026-04"), "principafgørelse".to_owned());
    life.order(CaseOrder::Exempt { charge_type, period, reason });
    life.until("2026-08-02");
    assert_eq!(
        life.instalments(),
        ["2026-03 3650.00", "2026-05 3650.00", "2026-06 3650.00", "2026-07 1050.00"]
    );
    assert_eq!(life.count("exempted"), 1);
}
