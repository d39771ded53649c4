//! Whether a debtor could have paid within the three years of a claim: by the incomes as they are known, and by nothing else.

use super::*;

/// Help that ended so that the claim lapses on the 1st of April 2026 at the earliest.
fn old() -> RepayableClaim {
    RepayableClaim { help_ended_on: day("2023-03-31"), ..claim("KT-1", "2023-03", 9_000) }
}

fn lapses(life: &Life) -> bool {
    life.claim_states("KT-1").last() == Some(&ClaimState::Lapsed { on: day("2026-04-01") })
}

#[test]
fn an_income_that_is_corrected_takes_the_possibility_back() {
    let mut life = Life::begin("2026-01-05");
    life.debtor();
    life.claims(&[old()]);
    let set = |income| RepaymentOrder::SetCircumstances { from: day("2026-01-05"), circumstances: income };
    life.repayment(set(earns("2026-01-05", 20_400, 20_400)));
    life.until("2026-01-10");
    life.repayment(set(earns("2026-01-10", 1_000, 1_000)));
    life.until("2026-04-02");
    assert!(lapses(&life), "{:?}", life.claim_states("KT-1"));
}

#[test]
fn an_income_of_the_three_years_that_is_found_later_keeps_the_claim() {
    let mut life = Life::begin("2026-01-05");
    life.debtor();
    life.claims(&[old()]);
    life.found(on_benefit("2026-01-05"));
    life.until("2026-04-02");
    assert!(lapses(&life));
    let circumstances = earns("2026-04-02", 20_400, 20_400);
    life.repayment(RepaymentOrder::SetCircumstances { from: day("2026-03-01"), circumstances });
    life.until("2026-04-03");
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::Notified));
}

#[test]
fn want_of_information_on_the_income_is_no_possibility() {
    let mut life = Life::begin("2023-02-01");
    life.debtor();
    let old = RepayableClaim { help_ended_on: day("2020-04-30"), ..claim("KT-1", "2020-04", 9_000) };
    life.claims(&[old]);
    life.found(Circumstances { income: NetIncome::NotFound, ..earns("2023-02-01", 0, 0) });
    life.until("2023-05-02");
    // The fixed instalment was decided all the same.
    assert_eq!(life.instalments(), ["2023-04 533.00", "2023-05 533.00"]);
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::Lapsed { on: day("2023-05-01") }));
}

#[test]
fn an_income_proves_no_possibility_longer_than_it_may_be_decided_on() {
    let lived = |fetched_on: &str| {
        let mut life = Life::begin("2026-01-05");
        life.debtor();
        life.claims(&[RepayableClaim { help_ended_on: day("2022-12-31"), ..claim("KT-0", "2022-12", 50) }]);
        let learned_on = Some(day("2026-01-05"));
        life.claims(&[RepayableClaim { learned_on, ..old() }]);
        let circumstances = earns(fetched_on, 20_400, 20_400);
        life.repayment(RepaymentOrder::SetCircumstances { from: day("2025-06-01"), circumstances });
        let on = life.today.succ_opt().unwrap();
        life.until("2026-01-06");
        let (rules, case) = (life.rules(), life.case());
        let repayment = case.repayment.as_ref().unwrap();
        let claim = &repayment.claims[&claim_id("KT-1")].what;
        repayment.lapses_on(&rules.repayment, claim, on).unwrap()
    };
    assert_eq!(lived("2026-01-05"), None);
    assert_eq!(lived("2025-06-01"), Some(day("2029-01-06")));
}
