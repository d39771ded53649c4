//! An instalment that is not paid: reminder, determination and transfer on their days.

use super::*;
use messages::CollectionStepKind;

impl Life {
    fn misses(&mut self, of: &str, due_on: &str) {
        self.repayment(RepaymentOrder::PaymentMissed { period: month(of), due_on: day(due_on) });
    }

    fn pays(&mut self, of: &str, paid_on: &str) {
        self.repayment(RepaymentOrder::PaymentMade { period: month(of), paid_on: day(paid_on) });
    }

    /// What was determined of fees: when, of which month, how much, due when.
    fn fees(&self) -> Vec<String> {
        let fees = self.events.iter().filter_map(|event| match &event.fact {
            AssessmentFact::Determined(owed) if owed.charge_type.as_str() == messages::REMINDER_FEE => {
                let (period, amount) = (owed.period, owed.amount.to_text());
                Some(format!("{} {period} {amount} due {}", event.recorded_on, owed.due_on))
            }
            _ => None,
        });
        fees.collect()
    }

    fn steps(&self) -> Vec<String> {
        let steps = self.events.iter().filter_map(|event| match &event.fact {
            AssessmentFact::CollectionStepTaken(taken) => {
                let told = format!("{} {:?} {}", event.recorded_on, taken.step, taken.on);
                assert_eq!(taken.letter.is_some(), taken.step != CollectionStepKind::Transfer);
                Some(told)
            }
            _ => None,
        });
        steps.collect()
    }
}

#[test]
fn a_missed_instalment_is_reminded_determined_and_told_to_be_transferable_each_on_its_day() {
    let mut life = Life::in_debt();
    life.until("2026-03-22");
    life.misses("2026-03", "2026-03-20");
    life.until("2026-05-02");
    assert_eq!(
        life.steps(),
        [
            "2026-03-25 Reminder 2026-03-25",
            "2026-04-04 Determination 2026-04-04",
            "2026-04-19 Transfer 2026-04-19"
        ]
    );
    assert_eq!(life.letter_kinds()[2..], ["2026-03-25 Reminder", "2026-04-04 Decision"]);
    assert!(life.letters[2].text.contains("250,00 kr.") && life.letters[2].text.contains("3.650,00 kr."));
    assert_eq!(life.told(), ["2026-04-19 may_be_transferred"]);
    // The plan goes on meanwhile.
    assert_eq!(life.instalments().len(), 3);
    // The reminder came on the day it was written.
    assert_eq!(life.fees(), ["2026-03-25 2026-03 250.00 due 2026-04-04"]);
}

#[test]
fn a_reminder_costs_nothing_before_it_has_come_and_is_given_back_where_the_payment_was_in_time() {
    let mut life = Life::in_debt();
    life.until("2026-03-22");
    life.misses("2026-03", "2026-03-20");
    life.letters_wait = true;
    life.until("2026-03-27");
    assert_eq!((life.letters.len(), life.fees().len()), (3, 0));
    let letter = life.letter(2);
    life.delivered(letter, "2026-03-27");
    assert_eq!(life.fees(), ["2026-03-27 2026-03 250.00 due 2026-04-04"]);
    life.pays("2026-03", "2026-03-24");
    life.until("2026-03-28");
    assert_eq!(life.fees()[1..], ["2026-03-28 2026-03 0.00 due 2026-04-04"]);
}

#[test]
fn an_authority_may_remind_without_a_fee() {
    let mut life = Life::in_debt();
    let settings = RepaymentSettings { reminder_fee: false, ..RepaymentSettings::default() };
    life.stage = life.stage.with_repayment(settings).unwrap();
    life.until("2026-03-22");
    life.misses("2026-03", "2026-03-20");
    life.until("2026-03-30");
    assert_eq!((life.steps().len(), life.fees().len()), (1, 0));
    assert!(!life.letters[2].text.contains("gebyr"));
}

#[test]
fn who_pays_late_has_the_steps_until_then() {
    let mut life = Life::in_debt();
    life.until("2026-03-22");
    life.misses("2026-03", "2026-03-20");
    life.until("2026-03-28");
    life.pays("2026-03", "2026-03-27");
    life.until("2026-05-02");
    assert_eq!(life.steps(), ["2026-03-25 Reminder 2026-03-25"]);
    assert!(life.told().is_empty());
}

#[test]
fn what_is_told_late_takes_the_steps_at_once_with_the_days_that_they_had() {
    let mut life = Life::in_debt();
    life.until("2026-04-10");
    life.misses("2026-03", "2026-03-20");
    life.until("2026-04-11");
    assert_eq!(life.steps(), ["2026-04-11 Reminder 2026-03-25", "2026-04-11 Determination 2026-04-04"]);
}

#[test]
fn a_transferred_claim_is_not_charged_any_more_nor_is_the_instalment_that_was_missed() {
    let mut life = Life::in_debt();
    life.until("2026-03-22");
    life.misses("2026-03", "2026-03-20");
    life.until("2026-04-20");
    // 7,300 are charged by now, 3,650 of it are missed; April's instalment is paid.
    life.settles("KT-1", "2026-04-20", 5_350, Settlement::Transferred);
    life.settles("KT-2", "2026-04-20", 3_000, Settlement::Transferred);
    life.until("2026-06-02");
    assert_eq!(life.instalments(), ["2026-04 3650.00"]);
    assert_eq!(life.told(), ["2026-04-19 may_be_transferred", "2026-04-21 ended may_be_transferred"]);
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::Settled));
}

#[test]
fn a_missed_payment_of_a_month_without_an_instalment_is_told_until_it_is_forgotten() {
    let mut life = Life::in_debt();
    life.until("2026-02-22");
    life.misses("2026-02", "2026-02-20");
    life.until("2026-04-01");
    assert_eq!((life.steps().len(), life.told()), (0, vec!["2026-02-23 unknown_instalment".to_owned()]));
    life.order(CaseOrder::ForgetUnknown { named: "2026-02".to_owned() });
    life.until("2026-04-02");
    assert_eq!(life.told().last().unwrap(), "2026-04-01 ended unknown");
}
