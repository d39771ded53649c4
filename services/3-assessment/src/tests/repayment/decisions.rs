//! Notice, decision, raise, lowering and deferral.

use super::*;
use domain::HearingId;

impl Life {
    fn hearing(&self, nth: usize) -> HearingId {
        self.letters[nth].hearing.clone().unwrap()
    }

    fn answers(&mut self, nth: usize, answer: HearingAnswer) {
        let (hearing, answered_on) = (self.hearing(nth), self.today);
        self.order(CaseOrder::AnswerHearing { hearing, answered_on, answer });
    }

    fn rules_on(&mut self, nth: usize, raise_stands: bool) {
        let (hearing, decided_on, reason) = (self.hearing(nth), self.today, "registeret har ret.".to_owned());
        self.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands, reason });
    }

    pub fn delivered(&mut self, letter: LetterId, on: &str) {
        let order = CaseOrder::LetterDelivered { letter, delivered_on: day(on), channel: "post".to_owned() };
        self.order(order);
    }
}

#[test]
fn an_objection_waits_for_staff_and_what_they_rule_stands_in_the_letter() {
    let mut life = Life::in_debt();
    life.until("2026-01-10");
    life.answers(0, HearingAnswer::Objects);
    life.until("2026-02-10");
    assert_eq!((life.letters.len(), life.told()), (1, vec!["2026-01-11 hearing_objected".to_owned()]));
    life.rules_on(0, true);
    life.until("2026-02-11");
    assert!(life.letters[1].text.contains("registeret har ret."), "{}", life.letters[1].text);
    // Decided on the 11th: the 1st of March is more than fourteen days away.
    life.until("2026-03-02");
    assert_eq!(life.instalments(), ["2026-03 3650.00"]);
}

#[test]
fn a_dropped_notice_decides_nothing_and_staff_are_told_until_the_facts_are_others() {
    let mut life = Life::in_debt();
    life.until("2026-01-10");
    life.answers(0, HearingAnswer::Objects);
    life.rules_on(0, false);
    life.until("2026-02-10");
    assert_eq!(life.letters.len(), 1);
    assert_eq!(life.told().last().unwrap(), "2026-01-11 notice_dropped");
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::Notified));
    life.found(earns("2026-02-10", 15_000, 15_000));
    life.until("2026-02-11");
    assert_eq!(life.told().last().unwrap(), "2026-02-11 ended notice_dropped");
    assert_eq!(life.letter_kinds().last().unwrap(), "2026-02-11 Hearing");
}

#[test]
fn what_staff_dropped_is_not_noticed_again_for_a_claim_more_and_is_once_the_facts_are_found_anew() {
    let mut life = Life::in_debt();
    life.until("2026-01-10");
    life.answers(0, HearingAnswer::Objects);
    life.rules_on(0, false);
    life.until("2026-01-20");
    life.claims(&[claim("KT-3", "2025-08", 2_000)]);
    life.until("2026-02-20");
    assert_eq!(life.letters.len(), 1, "{:?}", life.letter_kinds());
    assert!(life.case().repayment.as_ref().unwrap().waits.contains_key("notice_dropped"));
    // The same figures, found again.
    life.found(earns("2026-02-20", 21_250, 20_400));
    life.until("2026-02-21");
    assert_eq!(life.letter_kinds().last().unwrap(), "2026-02-21 Hearing");
}

#[test]
fn an_objection_is_not_lost_when_a_claim_is_registered() {
    let mut life = Life::in_debt();
    life.until("2026-01-10");
    life.answers(0, HearingAnswer::Objects);
    life.claims(&[claim("KT-3", "2025-08", 2_000)]);
    life.until("2026-03-10");
    assert_eq!(life.letters.len(), 1, "staff have to rule: {:?}", life.letter_kinds());
}

#[test]
fn claims_that_keep_coming_do_not_keep_a_notice_from_ending() {
    let mut life = Life::in_debt();
    for (n, on) in ["2026-01-10", "2026-01-20", "2026-01-30"].into_iter().enumerate() {
        life.until(on);
        life.claims(&[claim(&format!("KT-{}", n + 3), "2025-08", 2_000)]);
    }
    life.until("2026-02-10");
    let kinds: Vec<String> =
        life.letter_kinds().iter().map(|kind| kind.split(' ').next_back().unwrap().to_owned()).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "Hearing").count(), 1, "{:?}", life.letter_kinds());
    assert!(kinds.contains(&"Decision".to_owned()));
}

#[test]
fn what_lowers_a_decision_that_has_not_begun_raises_nothing_before_it_begins() {
    let mut life = Life::in_debt();
    life.claims(&[claim("KT-3", "2025-08", 90_000)]);
    life.until("2026-03-04");
    assert_eq!(life.instalments(), ["2026-03 3650.00"]);
    life.found(earns("2026-03-04", 40_000, 40_000));
    life.until("2026-03-21");
    let raised = life.case().repayment.as_ref().unwrap().plans.last().unwrap().clone();
    assert_eq!(raised.first_month(), domain::Period::new(2026, 5).unwrap(), "{:?}", life.letter_kinds());
    life.found(earns("2026-03-21", 30_000, 30_000));
    life.until("2026-03-23");
    let lowered = life.case().repayment.as_ref().unwrap().plans.last().unwrap().clone();
    let kroner = |plan: &crate::repayment::PlanDecision| plan.terms().instalment().amount();
    assert!(kroner(&lowered) < kroner(&raised) && kroner(&lowered) > 3_650.into());
    assert_eq!(lowered.first_month(), raised.first_month());
}

#[test]
fn who_agrees_is_decided_at_once() {
    let mut life = Life::in_debt();
    life.until("2026-01-08");
    life.answers(0, HearingAnswer::Accepts);
    life.until("2026-01-09");
    assert_eq!(life.letter_kinds(), ["2026-01-06 Hearing", "2026-01-09 Decision"]);
    assert!(life.letters[1].html.contains("Du svarede den 8. januar 2026."));
}

#[test]
fn a_notice_that_comes_late_gives_fourteen_days_from_its_receipt() {
    let mut life = Life::in_debt();
    life.letters_wait = true;
    life.until("2026-01-30");
    assert_eq!(life.letters.len(), 1);
    let letter = life.letter(0);
    life.delivered(letter, "2026-01-30");
    life.until("2026-02-13");
    assert_eq!(life.letters.len(), 1);
    life.until("2026-02-14");
    assert_eq!(life.letter_kinds().last().unwrap(), "2026-02-14 Decision");
}

#[test]
fn a_decision_works_only_from_the_month_that_begins_after_its_delivery() {
    let mut life = Life::in_debt();
    life.until("2026-01-20");
    life.letters_wait = true;
    life.until("2026-04-10");
    assert_eq!((life.letters.len(), life.instalments().len()), (2, 0));
    let letter = life.letter(1);
    life.delivered(letter, "2026-03-02");
    assert_eq!(life.instalments(), ["2026-04 3650.00"]);
}

#[test]
fn a_raise_needs_a_new_notice_and_a_lower_instalment_does_not() {
    let mut life = Life::in_debt();
    life.until("2026-03-10");
    // 14 percent of 225,600 is 2,632 a month.
    life.found(earns("2026-03-10", 18_800, 18_800));
    life.until("2026-04-02");
    assert_eq!(life.letter_kinds().last().unwrap(), "2026-03-11 Decision");
    assert_eq!(life.instalments(), ["2026-03 3650.00", "2026-04 2600.00"]);
    life.found(earns("2026-04-02", 20_400, 20_400));
    life.until("2026-04-18");
    assert_eq!(life.letter_kinds()[3..], ["2026-04-03 Hearing", "2026-04-18 Decision"]);
    life.until("2026-06-02");
    // Decided on the 18th of April: the 1st of May is not fourteen days away.
    assert_eq!(life.instalments()[2..], ["2026-05 2600.00", "2026-06 3150.00"]);
}

#[test]
fn an_instalment_that_was_lowered_and_rises_again_to_what_it_was_is_noticed_anew() {
    let mut life = Life::in_debt();
    life.until("2026-03-10");
    life.found(earns("2026-03-10", 18_800, 18_800));
    life.until("2026-03-20");
    life.found(earns("2026-03-20", 20_400, 20_400));
    life.until("2026-03-21");
    assert_eq!(life.letter_kinds()[2..], ["2026-03-11 Decision", "2026-03-21 Hearing"]);
}

#[test]
fn a_notice_that_is_overtaken_by_other_facts_is_closed() {
    let mut life = Life::in_debt();
    life.until("2026-01-10");
    life.found(earns("2026-01-10", 18_800, 18_800));
    life.until("2026-01-26");
    assert_eq!(life.letter_kinds(), ["2026-01-06 Hearing", "2026-01-11 Hearing", "2026-01-26 Decision"]);
    let closed = life.events.iter().filter_map(|event| match &event.fact {
        AssessmentFact::HearingClosed { outcome, .. } => Some(format!("{outcome:?}")),
        _ => None,
    });
    assert_eq!(closed.collect::<Vec<_>>(), ["Superseded", "Unanswered"]);
    assert!(life.letters[2].text.contains("2.600,00 kr."));
}

#[test]
fn who_lives_on_a_benefit_has_deferral_and_is_looked_at_again_on_the_day() {
    let mut life = Life::in_debt();
    life.until("2026-03-10");
    life.found(on_benefit("2026-03-10"));
    life.until("2026-05-01");
    assert_eq!(life.letter_kinds().last().unwrap(), "2026-03-11 Decision");
    assert!(life.letters[2].html.contains("fordi du modtager kontanthjælp ("), "{}", life.letters[2].html);
    assert_eq!(life.instalments(), ["2026-03 3650.00"]);
    let review_on = day("2027-03-11");
    assert_eq!(life.claim_states("KT-1").last(), Some(&ClaimState::SetAside { review_on }));
    life.found(earns("2026-05-01", 20_400, 20_400));
    life.until("2026-05-03");
    assert_eq!(life.letter_kinds().last().unwrap(), "2026-05-02 Hearing");
}

#[test]
fn claims_that_are_added_need_no_notice_where_the_instalment_stays_and_are_paid_after_the_others() {
    let mut life = Life::in_debt();
    life.until("2026-03-25");
    life.claims(&[claim("KT-3", "2025-08", 5_000)]);
    life.until("2026-03-26");
    assert_eq!(life.letter_kinds().last().unwrap(), "2026-03-26 Decision");
    let text = &life.letters[2].text;
    // 8,350 of the old claims are left, and 5,000.
    assert!(text.contains("13.350,00 kr.") && text.contains("ikke varslet"), "{text}");
    life.until("2026-07-02");
    assert_eq!(life.instalments()[2..], ["2026-05 3650.00", "2026-06 3650.00", "2026-07 2400.00"]);
}

#[test]
fn a_decision_that_raises_unnoticed_cannot_be_made() {
    use crate::repayment::{PlanDecision, PlanTerms};
    let mut life = Life::in_debt();
    life.until("2026-01-06");
    let terms: PlanTerms = life.case().repayment.as_ref().unwrap().ruled.clone().unwrap();
    let made = |previous: Option<i64>| crate::repayment::Made {
        decision: domain::DecisionId::derive(&["d"]),
        letter: LetterId::derive(&["l"]),
        written_on: day("2026-01-06"),
        first_month: month("2026-03"),
        previous: previous.map(Money::dkk),
        cause: messages::Cause::Rates,
        noticed: None,
        causes: Vec::new(),
        evidence: Vec::new(),
    };
    assert!(PlanDecision::new(made(None), terms.clone()).is_err());
    assert!(PlanDecision::new(made(Some(3_600)), terms.clone()).is_err());
    assert!(PlanDecision::new(made(Some(3_650)), terms).is_ok());
}
