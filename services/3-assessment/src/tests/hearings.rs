//! What a hearing and a ruling prove, and of what: no more than was asked, and nothing less.

use super::households::{NOT_SINGLE, SINGLE, arrives, couple, lives, outcomes, single};
use super::register_raises::{annulled_move, back_and_open, rule_out_all_raises, twins_are_back};
use super::register_random::rises;
use super::*;
use messages::{Cause, HearingAnswer, HearingOutcome};

#[test]
fn a_statement_on_the_last_day_of_a_hearing_takes_nothing_from_its_proof() {
    let mut life = back_and_open();
    let deadline = life.case().hearings.values().next().unwrap().deadline.to_string();
    life.until(&deadline);
    life.message(&lives(CHILD, "0101", "d", "2023-03-25", &deadline));
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3000.00"));
    assert!(rises(&life).iter().all(|(_, heard)| *heard));
    assert!(life.case().unheard.is_empty());
}

#[test]
fn a_ruling_takes_nothing_but_what_was_asked_about() {
    for (since, month) in [("2023-04-01", "2023-06"), ("2023-08-01", "2023-09")] {
        let mut life = back_and_open();
        life.message(&lives(CHILD, "0101", "c", since, "2023-03-22"));
        life.until("2023-03-24");
        rule_out_all_raises(&mut life);
        life.until("2023-12-02");
        assert_eq!(outcomes(&life), [HearingOutcome::Dropped, HearingOutcome::Unanswered], "{since}");
        assert_eq!(life.owed_in("2023-03").as_deref(), Some("1500.00"), "{since}");
        assert_eq!(life.owed_in(month).as_deref(), Some("3000.00"), "{since}");
    }
}

#[test]
fn a_hearing_proves_nothing_about_a_return_that_it_did_not_ask_about() {
    let mut life = annulled_move();
    life.message(&lives(CHILD, "0101", "a", "2023-04-01", "2023-03-20"));
    life.until("2023-03-22");
    life.message(&lives(CHILD, "0147", "b", "2023-05-01", "2023-03-22"));
    life.message(&lives(CHILD, "0101", "a", "2023-09-01", "2023-03-22"));
    life.until("2023-12-02");
    assert_eq!(life.count("hearing-opened"), 2);
    for (of, owed) in [("2023-04", "3000.00"), ("2023-05", "0.00"), ("2023-09", "3000.00")] {
        assert_eq!(life.owed_in(of).as_deref(), Some(owed), "{of}");
    }
}

#[test]
fn a_move_and_its_annulment_on_one_day_change_nothing() {
    let mut life = couple();
    life.until("2023-03-20");
    life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-16"));
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20"));
    life.until("2023-05-02");
    assert_eq!((life.count("hearing-opened"), life.count("decision-made")), (0, 1));
}

#[test]
fn a_raise_that_was_heard_counts_for_good_also_for_a_later_payer() {
    let mut life = back_and_open();
    life.until("2023-07-10");
    life.order(CaseOrder::ChangePayer { from: day("2023-08-01"), payer: party(PARTNER) });
    life.until("2023-09-02");
    assert_eq!(life.count("hearing-opened"), 1);
    for of in ["2023-07", "2023-08", "2023-09"] {
        assert_eq!(life.owed_in(of).as_deref(), Some("3000.00"), "{of}");
    }
}

#[test]
fn an_older_statement_that_comes_late_counts_as_if_it_had_come_in_order() {
    let ends = [false, true].map(|late| {
        let mut life = couple();
        life.until("2023-03-16");
        life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-16"));
        life.until("2023-03-18");
        let older = lives(CHILD, "0147", "b", "2023-03-01", "2023-03-17");
        if !late {
            life.message(&older);
        }
        life.until("2023-03-20");
        life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20"));
        life.until("2023-03-22");
        if late {
            life.message(&older);
            life.until("2023-03-24");
        }
        rule_out_all_raises(&mut life);
        life.until("2023-06-02");
        life.owed_in("2023-03")
    });
    assert_eq!(ends, [Some("0.00".to_owned()), Some("0.00".to_owned())]);
}

#[test]
fn twins_prices_rise_for_their_own_reason_after_both_were_heard() {
    let mut life = twins_are_back();
    life.until("2023-06-10");
    let place = PlaceId::parse("P-1").unwrap();
    life.order(CaseOrder::ChangePlace { place, from: day("2023-08-01"), terms: terms(3200) });
    life.until("2023-08-02");
    let last = life.case().decisions.last().unwrap();
    assert_eq!((last.cause(), last.made().hearing()), (Cause::Rates, None));
}

#[test]
fn a_newcomers_annulled_departure_is_asked_about_again() {
    let mut life = single();
    life.until("2023-03-16");
    life.message(&arrives(NEWCOMER, "a", "2023-03-15", "2023-03-16"));
    life.until("2023-05-21");
    life.message(&lives(NEWCOMER, "0101", "c", "2023-05-20", "2023-05-21"));
    life.until("2023-05-28");
    assert_eq!(life.owed_in("2023-06").as_deref(), Some(SINGLE));
    life.message(&lives(NEWCOMER, "0101", "a", "2023-03-15", "2023-05-28"));
    life.until("2023-05-30");
    assert_eq!((life.count("hearing-opened"), life.owed_in("2023-06").as_deref()), (2, Some(SINGLE)));
    life.until("2023-07-02");
    assert_eq!(life.owed_in("2023-06").as_deref(), Some(NOT_SINGLE));
}

#[test]
fn what_is_repeated_while_it_is_asked_about_is_ruled_out_with_it() {
    let mut life = back_and_open();
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-22"));
    life.until("2023-03-23");
    rule_out_all_raises(&mut life);
    life.until("2023-06-02");
    assert_eq!((life.count("hearing-opened"), life.owed_in("2023-03").as_deref()), (1, Some("1500.00")));
}

#[test]
fn a_statement_that_raises_on_the_last_day_of_a_hearing_gets_one_of_its_own() {
    let mut life = annulled_move();
    life.message(&lives(CHILD, "0101", "a", "2023-04-01", "2023-03-20"));
    life.until("2023-03-22");
    let deadline = life.case().hearings.values().next().unwrap().deadline.to_string();
    life.until(&deadline);
    life.message(&lives(CHILD, "0101", "a", "2023-03-25", &deadline));
    life.until("2023-04-01");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3000.00"), "heard");
    rule_out_all_raises(&mut life);
    life.until("2023-06-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered, HearingOutcome::Dropped]);
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("1500.00"));
}

#[test]
fn a_move_announced_and_then_announced_otherwise_is_weighed_as_one() {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-07-01", "2023-03-16"));
    life.until("2023-04-10");
    life.message(&lives(CHILD, "0101", "c", "2023-07-01", "2023-04-10"));
    life.until("2023-09-02");
    assert_eq!((life.count("hearing-opened"), life.count("decision-made")), (0, 1));
    assert_eq!(life.owed_in("2023-08").as_deref(), Some("3000.00"));
}

#[test]
fn what_was_ruled_out_is_not_asked_again_when_it_is_repeated_but_a_later_return_is() {
    let mut life = back_and_open();
    rule_out_all_raises(&mut life);
    life.until("2023-04-10");
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-04-10"));
    life.until("2023-06-12");
    assert_eq!(life.count("hearing-opened"), 1);
    life.message(&lives(CHILD, "0101", "c", "2023-06-10", "2023-06-12"));
    life.until("2023-06-14");
    assert_eq!(life.count("hearing-opened"), 2);
    life.until("2023-08-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Dropped, HearingOutcome::Unanswered]);
    for (of, owed) in [("2023-03", "1500.00"), ("2023-04", "0.00"), ("2023-06", "3000.00")] {
        assert_eq!(life.owed_in(of).as_deref(), Some(owed), "{of}");
    }
}

#[test]
fn a_ruling_and_a_real_return_on_the_same_day_are_kept_apart() {
    let mut life = back_and_open();
    rule_out_all_raises(&mut life);
    life.message(&lives(CHILD, "0101", "c", "2023-04-01", "2023-03-22"));
    life.until("2023-05-02");
    assert_eq!(life.count("hearing-opened"), 2);
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("1500.00"), "ruled out");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3000.00"));
}

/// The register says that a child who was away is back, and since April another pays: both are asked, the first does not answer, the
/// other objects.
fn one_is_heard_and_the_other_objects(back_since: &str) -> Life {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-02-10", "2023-03-16"));
    life.until("2023-03-20");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("1500.00"));
    life.order(CaseOrder::ChangePayer { from: day("2023-04-01"), payer: party(PARTNER) });
    life.message(&lives(CHILD, "0101", "a", back_since, "2023-03-20"));
    life.until("2023-03-22");
    assert_eq!(life.count("hearing-opened"), 2);
    object(&mut life, PARTNER);
    life.until("2023-04-10");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered]);
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    life
}

fn hearing_of(life: &Life, person: u32) -> domain::HearingId {
    let asked = |about: &crate::About| match about {
        crate::About::Register { payer, .. } => *payer == party(person).person,
        _ => false,
    };
    let open =
        life.case().hearings.iter().find(|(_, hearing)| hearing.ended.is_none() && asked(&hearing.about));
    open.unwrap().0.clone()
}

fn object(life: &mut Life, person: u32) {
    let (hearing, answered_on) = (hearing_of(life, person), life.today);
    life.order(CaseOrder::AnswerHearing { hearing, answered_on, answer: messages::HearingAnswer::Objects });
}

fn rule(life: &mut Life, person: u32, raise_stands: bool) {
    let (hearing, decided_on) = (hearing_of(life, person), life.today);
    let reason = "asked the institution".to_owned();
    life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands, reason });
}

#[test]
fn what_staff_rule_out_for_one_payer_counts_for_none() {
    let mut life = one_is_heard_and_the_other_objects("2023-03-01");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"));
    rule(&mut life, PARTNER, false);
    life.until("2023-06-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered, HearingOutcome::Dropped]);
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("0.00"), "the child was away for both");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    assert!(life.case().unheard.is_empty());
    life.message(&lives(CHILD, "0101", "a", "2023-03-01", "2023-06-02"));
    life.until("2023-08-02");
    assert_eq!(life.count("hearing-opened"), 2, "what is only repeated is not asked again");
}

#[test]
fn what_the_register_says_while_one_payer_is_heard_and_another_objects_takes_no_raise_back_and_is_asked_after()
 {
    for stands in [true, false] {
        let mut life = one_is_heard_and_the_other_objects("2023-03-01");
        life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-04-11"));
        life.until("2023-04-20");
        assert_eq!(life.count("hearing-opened"), 2, "{stands}");
        assert_eq!(life.owed_in("2023-02").as_deref(), Some("1500.00"), "{stands}");
        assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"), "{stands}");
        rule(&mut life, PARTNER, stands);
        life.until("2023-08-02");
        for of in ["2023-02", "2023-03", "2023-04", "2023-05"] {
            assert_eq!(life.owed_in(of).as_deref(), Some("3000.00"), "{of} {stands}");
        }
        assert_eq!(life.count("hearing-opened"), if stands { 3 } else { 4 }, "{stands}");
    }
}

#[test]
fn an_objection_is_not_lost_when_its_hearing_is_closed_and_opened_again() {
    let mut life = back_and_open();
    let hearing = life.case().hearings.keys().next().unwrap().clone();
    let (answered_on, answer) = (life.today, messages::HearingAnswer::Objects);
    life.order(CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer });
    for last_day in ["2023-03-14", "2023-12-31"] {
        let place = PlaceId::parse("P-1").unwrap();
        life.order(CaseOrder::EndPlace { place, last_day: day(last_day) });
        let tomorrow = life.today.succ_opt().unwrap().to_string();
        life.until(&tomorrow);
    }
    assert_eq!((life.count("hearing-opened"), outcomes(&life)), (2, vec![HearingOutcome::Superseded]));
    life.until("2023-06-02");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"), "staff must rule");
    let (decided_on, reason) = (life.today, "the child was back".to_owned());
    life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands: true, reason });
    life.until("2023-06-04");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3000.00"));
}

#[test]
fn what_a_payer_objects_to_is_not_asked_again_otherwise_before_staff_have_ruled_and_they_are_told_to() {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-02-10", "2023-03-16"));
    life.until("2023-03-20");
    life.message(&lives(CHILD, "0101", "a", "2023-03-01", "2023-03-20"));
    life.until("2023-03-22");
    object(&mut life, PAYER);
    life.until("2023-03-23");
    let [DeadLetter::Refused(told)] = &life.dead_letters[..] else { panic!("{:?}", life.dead_letters) };
    assert_eq!(told.code, "hearing_objected");
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-23"));
    life.until("2023-06-02");
    assert_eq!((life.count("hearing-opened"), outcomes(&life)), (1, vec![]));
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"), "nothing rises by silence about it");
    assert_eq!(life.dead_letters.len(), 1, "told once");
    rule(&mut life, PAYER, true);
    life.until("2023-08-02");
    assert_eq!(outcomes(&life), [HearingOutcome::RaiseStands, HearingOutcome::Unanswered]);
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("3000.00"));
    assert!(matches!(&life.dead_letters[1], DeadLetter::Settled { .. }));
}

#[test]
fn a_corrected_report_does_not_take_an_objection_away() {
    let mut life = couple();
    life.apply(300_000);
    life.income(PAYER, "r1", "2023-02", "30000");
    life.until("2023-03-13");
    let hearing = life.case().hearings.keys().next().unwrap().clone();
    let (answered_on, answer) = (life.today, messages::HearingAnswer::Objects);
    life.order(CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer });
    life.income(PAYER, "r2", "2023-02", "1");
    life.until("2023-06-02");
    assert_eq!((life.count("hearing-opened"), outcomes(&life)), (1, vec![]));
    let before = life.owed_in("2023-02");
    let (decided_on, reason) = (life.today, "the income is right".to_owned());
    life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands: true, reason });
    life.until("2023-08-02");
    assert_ne!(life.owed_in("2023-02"), before);
    assert_eq!(outcomes(&life).first(), Some(&HearingOutcome::RaiseStands));
}

#[test]
fn an_answer_that_names_no_hearing_is_told_until_it_is_forgotten_and_the_letter_names_the_right_one() {
    let mut life = back_and_open();
    let (id, _) = life.case().hearings.iter().next().unwrap();
    let (hearing, letter) = (id.clone(), life.letters.last().unwrap().clone());
    assert_eq!(letter.hearing.as_ref(), Some(&hearing), "an answer is to name it");
    let wrong = domain::HearingId::derive(&["a slip"]);
    let answered_on = life.today;
    life.order(CaseOrder::AnswerHearing {
        hearing: wrong.clone(),
        answered_on,
        answer: HearingAnswer::Objects,
    });
    life.until(&life.today.succ_opt().unwrap().to_string());
    let [DeadLetter::Refused(told)] = &life.dead_letters[..] else { panic!("{:?}", life.dead_letters) };
    assert_eq!(told.code, "unknown_hearing");
    assert!(told.detail.contains(wrong.as_str()));
    life.until(&life.today.succ_opt().unwrap().to_string());
    assert_eq!(life.dead_letters.len(), 1, "once");
    life.order(CaseOrder::ForgetUnknown { named: wrong.to_string() });
    assert!(matches!(&life.dead_letters[1], DeadLetter::Settled { outcome, .. } if outcome == "closed"));
    // Once more, or of what is known, it is refused.
    for named in [wrong.to_string(), hearing.to_string(), "P-1".to_owned()] {
        let message = life.command(CaseOrder::ForgetUnknown { named });
        let refused = life.try_input(Input::Message(&message)).unwrap_err();
        assert_eq!((refused.code, refused.holds), ("nothing_unknown", false));
    }
    life.until(&life.today.succ_opt().unwrap().to_string());
    assert_eq!(life.dead_letters.len(), 2);
    assert!(life.case().hearings.contains_key(&hearing) && life.case().places.len() == 1);
}

#[test]
fn why_staff_let_a_raise_stand_is_in_the_decision() {
    let mut life = back_and_open();
    let hearing = life.case().hearings.keys().next().unwrap().clone();
    let answered_on = life.today;
    let answer = HearingAnswer::Objects;
    life.order(CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer });
    let reason = "The child is at home again.".to_owned();
    life.order(CaseOrder::DecideHearing { hearing, decided_on: answered_on, raise_stands: true, reason });
    life.until(&life.today.succ_opt().unwrap().to_string());
    let letter = life.letters.last().unwrap();
    assert!(letter.text.replace('\n', " ").contains("The child is at home again."), "{}", letter.text);
    assert!(letter.text.contains("CPR"), "what it was about");
}

#[test]
fn what_is_said_in_an_open_hearing_waits_where_it_is_refused_and_in_an_ended_one_it_is_told() {
    let mut life = back_and_open();
    let hearing = life.case().hearings.keys().next().unwrap().clone();
    let answered_on = life.today;
    let objects =
        CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer: HearingAnswer::Objects };
    let Message::CaseCommands(mut foreign) = life.command(objects.clone()) else { unreachable!() };
    foreign.data.authority = domain::AuthorityId::parse("0147").unwrap();
    let foreign = Message::CaseCommands(foreign);
    let refused = life.try_input(Input::Message(&foreign)).unwrap_err();
    assert_eq!((refused.code, refused.holds), ("other_authority", true), "else it would end unanswered");
    let deadline = life.case().hearings[&hearing].deadline;
    life.until(&deadline.succ_opt().unwrap().to_string());
    assert!(life.case().hearings[&hearing].ended.is_some());
    let late = life.command(objects);
    let refused = life.try_input(Input::Message(&late)).unwrap_err();
    assert_eq!((refused.code, refused.holds), ("hearing_ended", false));
}
