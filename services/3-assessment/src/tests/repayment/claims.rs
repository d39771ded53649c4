//! Claims: registered as they came, settled, withdrawn, lapsed and time-barred.

use super::*;

#[test]
fn as_many_claims_and_kroner_are_told_as_were_registered() {
    let mut life = Life::begin("2026-01-05");
    life.debtor();
    let registered: Vec<_> =
        (1..=24).map(|n| claim(&format!("KT-{n:02}"), "2025-06", 1_000 + 137 * n)).collect();
    life.claims(&registered);
    life.found(earns("2026-01-05", 20_400, 20_400));
    life.until("2026-02-02");
    let told = life.events.iter().filter_map(|event| match &event.fact {
        AssessmentFact::ClaimAssessed(told) if told.version == 1 => {
            Some((told.claim.clone(), told.principal))
        }
        _ => None,
    });
    let told: std::collections::BTreeMap<_, _> = told.collect();
    let expected = registered.iter().map(|claim| (claim.claim.clone(), claim.principal)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_claim_is_registered_once_and_another_one_under_its_id_is_refused() {
    let mut life = Life::in_debt();
    let order = RepaymentOrder::RegisterClaim(claim("KT-1", "2025-06", 100));
    let message = life.command(CaseOrder::Repayment(order));
    assert_eq!(life.try_input(runtime::Input::Message(&message)).unwrap_err().code, "claim_taken");
}

#[test]
fn what_the_debtor_pays_beside_the_instalments_shortens_them() {
    let mut life = Life::in_debt();
    life.until("2026-03-25");
    life.settles("KT-2", "2026-03-25", 2_000, Settlement::Paid);
    life.until("2026-07-02");
    assert_eq!(life.instalments(), ["2026-03 3650.00", "2026-04 3650.00", "2026-05 2700.00"]);
    assert_eq!(life.claim_states("KT-2").last(), Some(&ClaimState::Settled));
}

#[test]
fn a_settlement_that_is_told_late_gives_back_what_was_charged_too_much() {
    let (mut late, mut in_time) = (Life::in_debt(), Life::in_debt());
    for (life, told_on) in [(&mut late, "2026-06-10"), (&mut in_time, "2026-03-25")] {
        life.until(told_on);
        life.settles("KT-2", "2026-03-25", 2_000, Settlement::SetOff);
        life.until("2026-07-02");
    }
    assert_eq!(late.instalments(), in_time.instalments());
    assert_eq!(late.owed_in("2026-06").as_deref(), Some("0.00"));
    assert_eq!(in_time.owed_in("2026-06"), None);
}

#[test]
fn a_withdrawn_claim_gives_back_what_was_charged_for_it() {
    let mut life = Life::in_debt();
    life.until("2026-05-10");
    assert_eq!(life.instalments().len(), 3);
    let withdrawn = RepaymentOrder::WithdrawClaim { claim: claim_id("KT-1"), reason: "hjemvist".to_owned() };
    life.repayment(withdrawn);
    life.until("2026-05-11");
    assert_eq!(life.instalments(), ["2026-03 3000.00"]);
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::Withdrawn));
}

#[test]
fn more_than_the_claim_is_refused_and_what_is_overpaid_is_told() {
    let mut life = Life::in_debt();
    let too_much = settlement("KT-2", "2026-01-05", 3_001, Settlement::Paid, &[]);
    let message = life.command(CaseOrder::Repayment(too_much));
    assert_eq!(life.try_input(runtime::Input::Message(&message)).unwrap_err().code, "more_than_the_claim");
    life.until("2026-04-10");
    // 7,300 of the first claim are charged.
    life.settles("KT-1", "2026-04-10", 2_000, Settlement::Paid);
    life.until("2026-04-11");
    assert_eq!(life.told(), ["2026-04-11 claims_overpaid"]);
}

#[test]
fn a_claim_that_was_time_barred_when_it_came_is_marked_before_any_letter_and_never_in_one() {
    let mut life = Life::begin("2026-01-05");
    life.debtor();
    let barred = RepayableClaim { demanded_by: Some(day("2022-12-30")), ..claim("KT-1", "2022-06", 9_000) };
    let last = RepayableClaim { demanded_by: Some(day("2023-01-05")), ..claim("KT-2", "2022-07", 3_000) };
    life.claims(&[barred, last]);
    life.found(earns("2026-01-05", 20_400, 20_400));
    life.until("2026-01-06");
    assert_eq!(life.claim_states("KT-1"), [ClaimState::TimeBarred { last_day: day("2025-12-30") }]);
    assert_eq!(life.claim_states("KT-2"), [ClaimState::Notified]);
    assert!(!life.letters[0].text.contains("KT-1") && life.letters[0].text.contains("3.000,00 kr."));
    assert_eq!(life.told(), ["2026-01-06 claims_to_write_off"]);
    life.settles("KT-1", "2026-01-06", 9_000, Settlement::WrittenOff);
    life.until("2026-01-07");
    assert_eq!(life.told().last().unwrap(), "2026-01-07 ended claims_to_write_off");
}

#[test]
fn a_claim_lapses_after_three_years_without_possibility_and_is_looked_at_before() {
    let mut life = Life::begin("2026-01-05");
    life.debtor();
    let old = RepayableClaim { help_ended_on: day("2023-03-31"), ..claim("KT-1", "2023-03", 9_000) };
    life.claims(&[old, claim("KT-2", "2025-07", 3_000)]);
    life.found(on_benefit("2026-01-05"));
    life.until("2026-01-06");
    let set_aside = |review_on: &str| ClaimState::SetAside { review_on: day(review_on) };
    assert_eq!(life.claim_states("KT-1"), [set_aside("2026-03-31")]);
    assert_eq!(life.claim_states("KT-2"), [set_aside("2027-01-06")]);
    life.until("2026-03-31");
    assert_eq!(life.claim_states("KT-1").len(), 1);
    life.until("2026-04-01");
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::Lapsed { on: day("2026-04-01") }));
    assert_eq!(life.told(), ["2026-04-01 claims_to_write_off"]);
    life.until("2026-12-01");
    assert_eq!(life.claim_states("KT-1").len(), 2, "nothing is written off without a person");
}

#[test]
fn one_day_of_possibility_within_the_three_years_keeps_a_claim() {
    let mut life = Life::begin("2026-01-05");
    life.debtor();
    let old = RepayableClaim { help_ended_on: day("2023-03-31"), ..claim("KT-1", "2023-03", 9_000) };
    life.claims(&[old]);
    life.found(earns("2026-01-05", 20_400, 20_400));
    life.until("2026-01-10");
    life.found(on_benefit("2026-01-10"));
    life.until("2026-06-01");
    let review_on = day("2027-01-11");
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::SetAside { review_on }));
}

#[test]
fn the_switch_writes_off_what_has_lapsed_and_nothing_else() {
    let mut life = Life::begin("2026-01-05");
    let settings = RepaymentSettings { automatic_write_off: true, ..RepaymentSettings::default() };
    life.stage = life.stage.with_repayment(settings).unwrap();
    life.debtor();
    let old = RepayableClaim { help_ended_on: day("2023-03-31"), ..claim("KT-1", "2023-03", 9_000) };
    life.claims(&[old, claim("KT-2", "2025-07", 3_000)]);
    life.found(on_benefit("2026-01-05"));
    life.until("2026-04-02");
    let lapsed = ClaimState::Lapsed { on: day("2026-04-01") };
    assert_eq!(life.claim_states("KT-1")[1..], [lapsed, ClaimState::Settled]);
    assert!(life.told().is_empty() && life.claim_states("KT-2").len() == 1);
}

#[test]
fn a_claim_that_had_lapsed_when_it_came_is_told_and_in_no_letter() {
    let mut life = Life::begin("2026-01-05");
    life.debtor();
    let lapsed = RepayableClaim { help_ended_on: day("2022-12-31"), ..claim("KT-1", "2022-12", 9_000) };
    life.claims(&[lapsed, claim("KT-2", "2025-07", 3_000)]);
    life.found(earns("2026-01-05", 20_400, 20_400));
    life.until("2026-06-02");
    assert_eq!(life.claim_states("KT-1"), [ClaimState::Lapsed { on: day("2026-01-01") }]);
    assert_eq!(life.instalments(), ["2026-03 3000.00"]);
    assert!(life.letters.iter().all(|letter| !letter.text.contains("KT-1")));
}
