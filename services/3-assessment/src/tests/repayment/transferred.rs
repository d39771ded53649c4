//! What goes to recovery: the claims, with the missed instalments that the transfer names and no others.

use super::*;
use crate::Case;

impl Life {
    fn transfers(&mut self, id: &str, kroner: i64, instalments: &[&str]) {
        let on = self.today.to_string();
        self.repayment(settlement(id, &on, kroner, Settlement::Transferred, instalments));
    }

    fn refuses(&mut self, order: RepaymentOrder<Party>) -> runtime::Refusal {
        let message = self.command(CaseOrder::Repayment(order));
        self.try_input(runtime::Input::Message(&message)).unwrap_err()
    }
}

#[test]
fn a_transferred_claim_is_not_charged_any_more_nor_is_the_instalment_that_was_missed() {
    let mut life = Life::in_arrears();
    life.until("2026-04-20");
    // 7,300 are charged by now, 3,650 of it are missed; April's instalment is paid.
    life.transfers("KT-1", 5_350, &["2026-03"]);
    life.transfers("KT-2", 3_000, &[]);
    life.until("2026-06-02");
    assert_eq!(life.instalments(), ["2026-04 3650.00"]);
    assert_eq!(life.told(), ["2026-04-19 may_be_transferred", "2026-04-21 ended may_be_transferred"]);
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::Settled));
    assert_eq!(life.fees().len(), 1, "the reminder was due: {:?}", life.fees());
}

#[test]
fn a_fee_falls_with_a_claim_that_is_withdrawn_after_it_has_gone_to_recovery() {
    let mut life = Life::in_arrears();
    life.until("2026-04-20");
    life.transfers("KT-1", 5_350, &["2026-03"]);
    life.until("2026-04-22");
    assert_eq!(life.fees().len(), 1);
    let (claim, reason) = (claim_id("KT-1"), "hjemvist".to_owned());
    life.repayment(RepaymentOrder::WithdrawClaim { claim, reason });
    life.until("2026-04-23");
    assert_eq!(life.fees()[1..], ["2026-04-23 2026-03 0.00 due 2026-04-04"]);
}

#[test]
fn a_transfer_takes_only_the_missed_instalments_that_it_names() {
    let mut life = Life::in_arrears();
    life.until("2026-04-22");
    life.misses("2026-04", "2026-04-20");
    life.until("2026-05-25");
    assert_eq!(life.told().last().unwrap(), "2026-05-20 may_be_transferred");
    life.transfers("KT-1", 3_650, &["2026-03"]);
    life.until("2026-05-26");
    assert_eq!(life.instalments()[0], "2026-04 3650.00");
    let waits = &life.case().repayment.as_ref().unwrap().waits["may_be_transferred"];
    assert!(waits.contains("2026-04") && !waits.contains("2026-03"), "{waits}");
}

#[test]
fn what_may_not_go_to_recovery_yet_is_refused_by_its_month_and_changes_nothing() {
    let mut life = Life::in_arrears();
    life.until("2026-04-10");
    let transfer = |on: &str, of: &str| settlement("KT-1", on, 3_650, Settlement::Transferred, &[of]);
    let refused = life.refuses(transfer("2026-04-10", "2026-03"));
    assert!(refused.code == "not_transferable" && refused.detail.contains("2026-03"), "{refused}");
    life.until("2026-04-20");
    for (on, of) in [("2026-04-18", "2026-03"), ("2026-04-20", "2026-04")] {
        assert_eq!(life.refuses(transfer(on, of)).code, "not_transferable", "{of} on {on}");
    }
    let set_off = settlement("KT-1", "2026-04-20", 3_650, Settlement::SetOff, &["2026-03"]);
    assert_eq!(life.refuses(set_off).code, "not_transferable");
    life.until("2026-04-21");
    assert_eq!(life.instalments(), ["2026-03 3650.00", "2026-04 3650.00"]);
}

#[test]
fn what_the_version_before_has_transferred_stays_transferred() {
    let mut life = Life::in_arrears();
    life.until("2026-04-20");
    life.transfers("KT-1", 5_350, &["2026-03"]);
    life.until("2026-04-21");
    let mut json = serde_json::to_value(life.case()).unwrap();
    let repayment = &mut json["repayment"];
    for settled in repayment["settlements"].as_object_mut().unwrap().values_mut() {
        settled.as_object_mut().unwrap().remove("instalments").unwrap();
    }
    repayment["missed"]["2026-03"].as_object_mut().unwrap().remove("letters").unwrap();
    repayment["could_pay_on"] = serde_json::json!(["2026-01-06"]);
    let old: Case = serde_json::from_value(json).unwrap();
    assert!(old.repayment.as_ref().unwrap().is_transferred(month("2026-03")));
    assert_eq!(old.transferable_since(month("2026-03")), Some(day("2026-04-19")));
    life.state = Some(old);
    life.until("2026-05-02");
    assert_eq!(life.instalments()[0], "2026-04 3650.00");
    assert_eq!(life.steps().len(), 3);
}
