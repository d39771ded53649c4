//! An instalment that is not paid: reminder, determination and transfer, each once the letter before has had its time.

use super::*;

impl Life {
    pub fn misses(&mut self, of: &str, due_on: &str) {
        self.repayment(RepaymentOrder::PaymentMissed { period: month(of), due_on: day(due_on) });
    }

    pub fn pays(&mut self, of: &str, paid_on: &str) {
        self.repayment(RepaymentOrder::PaymentMade { period: month(of), paid_on: day(paid_on) });
    }

    /// A debtor of whom the ledger has told that March is not paid.
    pub fn in_arrears() -> Self {
        let mut life = Self::in_debt();
        life.until("2026-03-22");
        life.misses("2026-03", "2026-03-20");
        life
    }

    /// What was determined of fees: when, of which month, how much, due when.
    pub fn fees(&self) -> Vec<String> {
        let fees = self.events.iter().filter_map(|event| match &event.fact {
            AssessmentFact::Determined(owed) if owed.charge_type.as_str() == messages::REMINDER_FEE => {
                let (period, amount) = (owed.period, owed.amount.to_text());
                Some(format!("{} {period} {amount} due {}", event.recorded_on, owed.due_on))
            }
            _ => None,
        });
        fees.collect()
    }

    /// The steps that were taken, each told on its day and with its letter.
    pub fn steps(&self) -> Vec<String> {
        let steps = self.events.iter().filter_map(|event| match &event.fact {
            AssessmentFact::CollectionStepTaken(taken) => {
                assert_eq!(taken.on, event.recorded_on);
                let letter = self.letters.iter().find(|letter| Some(&letter.letter) == taken.letter.as_ref());
                assert_eq!(letter.unwrap().written_on, taken.on);
                Some(format!("{} {:?}", taken.on, taken.step))
            }
            _ => None,
        });
        steps.collect()
    }

    /// The latest letter comes on a day.
    fn latest_comes(&mut self, on: &str) {
        let letter = self.letters.last().unwrap().letter.clone();
        self.delivered(letter, on);
    }
}

#[test]
fn a_missed_instalment_is_reminded_determined_and_told_to_be_transferable_each_on_its_day() {
    let mut life = Life::in_arrears();
    life.until("2026-05-02");
    assert_eq!(life.steps(), ["2026-03-25 Reminder", "2026-04-04 Determination", "2026-04-19 Transfer"]);
    assert_eq!(
        life.letter_kinds()[2..],
        ["2026-03-25 Reminder", "2026-04-04 Decision", "2026-04-19 Reminder"]
    );
    let [reminder, determination, transfer] = [2, 3, 4].map(|nth: usize| life.letters[nth].text.clone());
    assert!(reminder.contains("250,00 kr.") && reminder.contains("3.650,00 kr."), "{reminder}");
    assert!(reminder.contains("4. april 2026") && determination.contains("19. april 2026"));
    assert!(transfer.contains("overgive") && transfer.contains("marts 2026"), "{transfer}");
    assert_eq!(life.told(), ["2026-04-19 may_be_transferred"]);
    // The plan goes on meanwhile.
    assert_eq!(life.instalments().len(), 3);
    // The reminder came on the day it was written.
    assert_eq!(life.fees(), ["2026-03-25 2026-03 250.00 due 2026-04-04"]);
}

#[test]
fn what_is_told_late_is_reminded_first_and_every_step_has_its_time_from_the_letter_before() {
    let mut life = Life::in_debt();
    life.until("2026-05-10");
    life.misses("2026-03", "2026-03-20");
    life.until("2026-05-11");
    assert_eq!(life.steps(), ["2026-05-11 Reminder"]);
    assert!(life.letters.last().unwrap().text.contains("21. maj 2026"));
    life.until("2026-07-01");
    assert_eq!(life.steps()[1..], ["2026-05-21 Determination", "2026-06-05 Transfer"]);
}

#[test]
fn no_step_is_taken_before_the_letter_of_the_one_before_has_come() {
    let mut life = Life::in_arrears();
    life.letters_wait = true;
    life.until("2026-04-20");
    assert_eq!(life.steps(), ["2026-03-25 Reminder"]);
    life.latest_comes("2026-04-20");
    life.until("2026-04-29");
    assert_eq!(life.steps().len(), 1);
    life.until("2026-05-20");
    assert_eq!(life.steps()[1..], ["2026-04-30 Determination"]);
    life.latest_comes("2026-05-02");
    life.until("2026-06-20");
    assert_eq!(life.steps()[2..], ["2026-05-21 Transfer"]);
    assert!(life.told().is_empty(), "the debtor has not been told: {:?}", life.told());
    life.latest_comes("2026-06-20");
    life.until("2026-06-21");
    assert_eq!(life.told(), ["2026-06-21 may_be_transferred"]);
}

#[test]
fn a_receipt_that_is_told_late_delays_the_next_step_by_no_day() {
    let mut life = Life::in_arrears();
    life.letters_wait = true;
    life.until("2026-04-10");
    life.latest_comes("2026-03-27");
    life.until("2026-04-11");
    assert_eq!(life.steps()[1..], ["2026-04-11 Determination"]);
}

#[test]
fn a_reminder_costs_nothing_before_it_has_come_and_is_given_back_where_the_payment_was_in_time() {
    let mut life = Life::in_arrears();
    life.letters_wait = true;
    life.until("2026-03-27");
    assert_eq!((life.letters.len(), life.fees().len()), (3, 0));
    life.latest_comes("2026-03-27");
    assert_eq!(life.fees(), ["2026-03-27 2026-03 250.00 due 2026-04-06"]);
    life.pays("2026-03", "2026-03-24");
    life.until("2026-03-28");
    assert_eq!(life.fees()[1..], ["2026-03-28 2026-03 0.00 due 2026-04-06"]);
}

#[test]
fn an_authority_may_remind_without_a_fee() {
    let mut life = Life::in_arrears();
    let settings = RepaymentSettings { reminder_fee: false, ..RepaymentSettings::default() };
    life.stage = life.stage.with_repayment(settings).unwrap();
    life.until("2026-03-30");
    assert_eq!((life.steps().len(), life.fees().len()), (1, 0));
    assert!(!life.letters[2].text.contains("gebyr"));
}

#[test]
fn the_authoritys_days_of_notice_count_from_the_determination_and_stand_in_its_letter() {
    let mut life = Life::in_arrears();
    let settings = RepaymentSettings { notice_days: 30, ..RepaymentSettings::default() };
    life.stage = life.stage.with_repayment(settings).unwrap();
    life.until("2026-05-10");
    assert_eq!(life.steps()[1..], ["2026-04-04 Determination", "2026-05-05 Transfer"]);
    let text = &life.letters[3].text;
    assert!(text.contains("5. maj 2026") && text.contains("30 dage"), "{text}");
}

#[test]
fn fewer_days_of_notice_than_the_law_gives_are_refused_when_they_are_read() {
    let life = Life::in_debt();
    let settings = RepaymentSettings { notice_days: 13, ..RepaymentSettings::default() };
    let error = life.stage.with_repayment(settings).err().unwrap().to_string();
    assert!(error.contains("notice_days") && error.contains("14"), "{error}");
}

#[test]
fn who_pays_late_has_the_steps_until_then() {
    let mut life = Life::in_arrears();
    life.until("2026-03-28");
    life.pays("2026-03", "2026-03-27");
    life.until("2026-05-02");
    assert_eq!(life.steps(), ["2026-03-25 Reminder"]);
    assert!(life.told().is_empty());
    assert_eq!(life.fees().len(), 1, "the reminder was due: {:?}", life.fees());
}

#[test]
fn who_has_paid_is_not_reminded_however_late_both_are_told() {
    let mut life = Life::in_debt();
    life.until("2026-05-10");
    life.misses("2026-03", "2026-03-20");
    life.pays("2026-03", "2026-04-27");
    life.until("2026-06-02");
    assert!(life.steps().is_empty() && life.fees().is_empty(), "{:?}", life.steps());
}

#[test]
fn a_fee_falls_with_the_claim_that_is_withdrawn() {
    let mut life = Life::in_arrears();
    life.until("2026-03-30");
    assert_eq!(life.fees().len(), 1);
    for id in ["KT-1", "KT-2"] {
        let (claim, reason) = (claim_id(id), "hjemvist".to_owned());
        life.repayment(RepaymentOrder::WithdrawClaim { claim, reason });
    }
    life.until("2026-03-31");
    assert_eq!(life.fees()[1..], ["2026-03-31 2026-03 0.00 due 2026-04-04"]);
    life.until("2026-06-02");
    assert_eq!((life.steps().len(), life.fees().len()), (1, 2));
}

#[test]
fn a_fee_falls_with_the_month_that_is_exempted() {
    let mut life = Life::in_arrears();
    life.until("2026-03-30");
    let charge_type = domain::ChargeType::parse("dk-cash-repayment/instalment").unwrap();
    let (period, reason) = (month("2026-03"), "principafgørelse".to_owned());
    life.order(CaseOrder::Exempt { charge_type, period, reason });
    life.until("2026-03-31");
    assert_eq!(life.fees()[1..], ["2026-03-31 2026-03 0.00 due 2026-04-04"]);
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
