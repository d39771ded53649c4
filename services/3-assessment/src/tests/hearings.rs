//! What a hearing and a ruling prove, and of what: no more than was asked, and nothing less.

use super::households::{NOT_SINGLE, SINGLE, arrives, couple, lives, outcomes, single};
use super::register_raises::{annulled_move, back_and_open, rule_out_all_raises, twins_are_back};
use super::register_random::rises;
use super::*;
use messages::{Cause, HearingOutcome};

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
