//! What the population register says and what would raise a payment: nothing of it counts before the citizen has been heard
//! about it, and nothing else waits for it.

use super::households::{NOT_SINGLE, arrives, couple, lives, outcomes, single};
use super::*;
use messages::{Cause, HearingAnswer, HearingOutcome};

#[test]
fn a_child_who_comes_back_is_paid_for_again_after_a_hearing_and_not_for_the_time_away() {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-16"));
    life.until("2023-06-12");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    life.message(&lives(CHILD, "0101", "a", "2023-06-10", "2023-06-12"));
    life.until("2023-06-14");
    assert_eq!(life.count("hearing-opened"), 1);
    assert_eq!(life.owed_in("2023-07"), None, "nothing rises before the hearing has ended");
    life.until("2023-09-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered]);
    for (of, owed) in [
        ("2023-03", "1500.00"),
        ("2023-04", "0.00"),
        ("2023-05", "0.00"),
        ("2023-06", "3000.00"),
        ("2023-07", "3000.00"),
        ("2023-09", "3000.00"),
    ] {
        let owed_in = life.owed_in(of).unwrap_or("0.00".to_owned());
        assert_eq!(owed_in, owed, "{of}");
    }
}

#[test]
fn a_move_that_was_annulled_is_charged_again_only_after_a_hearing() {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-16"));
    life.until("2023-03-20");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("1500.00"));
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20"));
    life.until("2023-03-25");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("1500.00"));
    let hearing = life.case().hearings.keys().next().unwrap().clone();
    assert!(life.count("hearing-opened") > 0);
    life.until("2023-04-10");
    for of in ["2023-03", "2023-04", "2023-05"] {
        assert_eq!(life.owed_in(of).as_deref(), Some("3000.00"), "{of}");
    }
    let mut heard = life.case().decisions.iter().filter_map(|decision| decision.made().hearing());
    assert!(heard.any(|id| *id == hearing));
}

#[test]
fn a_rate_that_rises_while_a_child_comes_back_does_not_take_the_raise_of_the_register_along() {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-16"));
    life.until("2023-03-20");
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20"));
    life.until("2023-03-23");
    let place = PlaceId::parse("P-1").unwrap();
    life.order(CaseOrder::ChangePlace { place, from: day("2023-04-01"), terms: terms(3100) });
    life.until("2023-03-25");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    life.until("2023-04-10");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3100.00"));
}

/// The child has been away since 15 March; the register takes it back on the 20th.
pub(super) fn annulled_move() -> Life {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-16"));
    life.until("2023-03-20");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    life
}

#[test]
fn a_raise_by_the_register_is_heard_also_when_an_order_comes_on_the_same_day_in_either_order() {
    for order_first in [true, false] {
        let mut life = annulled_move();
        let back = lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20");
        let sibling = |life: &mut Life| life.place("P-2", SIBLING, "2023-04-01", 2000);
        if order_first {
            sibling(&mut life);
            life.message(&back);
        } else {
            life.message(&back);
            sibling(&mut life);
        }
        life.until("2023-03-22");
        assert!(life.count("hearing-opened") > 0, "{order_first}");
        assert_eq!(life.owed_in("2023-03").as_deref(), Some("1500.00"), "{order_first}");
        // The order raises at once, the register only after the hearing.
        assert_eq!(life.owed_in("2023-04").as_deref(), Some("2000.00"), "{order_first}");
        life.until("2023-05-02");
        assert!(outcomes(&life).contains(&HearingOutcome::Unanswered), "{order_first}");
        for (of, owed) in [("2023-03", "3000.00"), ("2023-04", "4000.00"), ("2023-05", "4000.00")] {
            assert_eq!(life.owed_in(of).as_deref(), Some(owed), "{of} {order_first}");
        }
    }
}

#[test]
fn a_raise_by_an_order_is_not_heard_because_the_register_says_something_on_the_same_day() {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(PARTNER, "0101", "c", "2023-03-15", "2023-03-16"));
    let place = PlaceId::parse("P-1").unwrap();
    life.order(CaseOrder::ChangePlace { place, from: day("2023-04-01"), terms: terms(3200) });
    life.until("2023-03-20");
    assert_eq!(life.count("hearing-opened"), 0);
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3200.00"));
}

pub(super) fn rule_out_all_raises(life: &mut Life) {
    let open = life.case().hearings.iter().filter(|(_, hearing)| hearing.ended.is_none());
    let open: Vec<_> = open.map(|(id, _)| id.clone()).collect();
    let (answered_on, decided_on) = (life.today, life.today);
    for hearing in open {
        let answer = messages::HearingAnswer::Objects;
        life.order(CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer });
        let reason = "the child was never back".to_owned();
        life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands: false, reason });
    }
}

#[test]
fn what_was_decided_is_owed_also_when_the_register_raises_it_before_its_letter_arrives_and_the_raise_does_not_stand()
 {
    let mut life = annulled_move();
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20"));
    life.place("P-2", SIBLING, "2023-04-01", 2000);
    life.until("2023-03-22");
    rule_out_all_raises(&mut life);
    life.until("2023-06-02");
    for (of, owed) in [("2023-03", "1500.00"), ("2023-04", "2000.00"), ("2023-06", "2000.00")] {
        assert_eq!(life.owed_in(of).as_deref(), Some(owed), "{of}");
    }
}

#[test]
fn who_pays_after_the_payers_death_owes_what_was_decided_while_the_registers_raise_waits_or_does_not_stand() {
    for drop in [false, true] {
        let mut life = annulled_move();
        life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20"));
        life.place("P-2", SIBLING, "2023-04-01", 2000);
        life.until("2023-03-22");
        if drop {
            rule_out_all_raises(&mut life);
        }
        life.message(&snapshot(PAYER, "2023-03-23", |snapshot| {
            snapshot.status = "90".to_owned();
            snapshot.status_since = Some(day("2023-03-23"));
        }));
        let of = |life: &Life, person| {
            life.owed().get(&(month("2023-04"), party(person).person)).map(|owed| owed.to_text())
        };
        life.until("2023-03-31");
        assert_eq!(of(&life, PARTNER).as_deref(), Some("2000.00"), "{drop}");
        assert_eq!(of(&life, PAYER).as_deref(), Some("0.00"), "{drop}");
        life.until("2023-04-03");
        let hearings = life.letters.iter().filter(|letter| letter.kind == messages::LetterKind::Hearing);
        let asked: Vec<_> = hearings.map(|letter| letter.recipient.clone()).collect();
        if drop {
            assert_eq!(of(&life, PARTNER).as_deref(), Some("2000.00"));
            assert_eq!(asked, [party(PAYER)]);
        } else {
            assert_eq!(of(&life, PARTNER).as_deref(), Some("4000.00"));
            assert_eq!(asked, [party(PAYER), party(PARTNER)], "whoever is to pay is heard");
        }
    }
}

/// The register says on the 20th that the child was never away, and the citizen is being asked.
pub(super) fn back_and_open() -> Life {
    let mut life = annulled_move();
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20"));
    life.until("2023-03-22");
    assert_eq!(life.count("hearing-opened"), 1);
    life
}

#[test]
fn an_order_raises_at_once_while_a_raise_of_the_register_waits_and_after_it_was_ruled_out() {
    for drop in [false, true] {
        let mut life = back_and_open();
        if drop {
            rule_out_all_raises(&mut life);
            life.until("2023-03-23");
        }
        life.place("P-2", SIBLING, "2023-04-01", 2000);
        life.until("2023-03-25");
        assert_eq!(life.owed_in("2023-04").as_deref(), Some("2000.00"), "{drop}");
        life.until("2023-06-02");
        assert_eq!(life.count("hearing-opened"), 1, "the price is no new question");
        let owed = if drop { "2000.00" } else { "4000.00" };
        assert_eq!(life.owed_in("2023-05").as_deref(), Some(owed), "{drop}");
    }
}

#[test]
fn a_return_announced_for_a_later_month_is_heard_when_that_month_comes() {
    let mut life = annulled_move();
    life.message(&lives(CHILD, "0101", "a", "2023-07-01", "2023-03-20"));
    life.until("2023-05-31");
    assert_eq!(life.count("hearing-opened"), 0);
    life.until("2023-06-03");
    assert_eq!(life.count("hearing-opened"), 1);
    assert_ne!(life.owed_in("2023-07").as_deref(), Some("3000.00"));
    life.until("2023-07-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered]);
    assert_eq!(life.owed_in("2023-06").as_deref().unwrap_or("0.00"), "0.00");
    assert_eq!(life.owed_in("2023-07").as_deref(), Some("3000.00"));
}

#[test]
fn a_move_announced_and_then_annulled_changes_nothing_and_asks_nothing() {
    let mut life = couple();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-07-01", "2023-03-16"));
    life.until("2023-04-10");
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-04-10"));
    life.until("2023-08-02");
    assert_eq!(life.count("hearing-opened"), 0);
    assert_eq!(life.owed_in("2023-08").as_deref(), Some("3000.00"));
}

#[test]
fn a_month_that_rests_on_one_hearing_is_not_raised_by_something_else_unheard() {
    let mut life = single();
    life.until("2023-03-16");
    life.message(&arrives(NEWCOMER, "a", "2023-03-15", "2023-03-16"));
    life.until("2023-05-11");
    assert_eq!(life.owed_in("2023-05").as_deref(), Some(NOT_SINGLE));
    life.message(&lives(CHILD, "0147", "b", "2023-05-10", "2023-05-11"));
    life.until("2023-06-12");
    assert_eq!(life.owed_in("2023-06").as_deref(), Some("0.00"));
    life.message(&lives(CHILD, "0101", "a", "2023-06-01", "2023-06-12"));
    life.until("2023-06-15");
    assert_eq!(life.count("hearing-opened"), 2);
    assert_eq!(life.owed_in("2023-06").as_deref(), Some("0.00"));
    life.until("2023-07-02");
    assert_eq!(life.owed_in("2023-06").as_deref(), Some(NOT_SINGLE));
}

pub(super) fn twins_are_back() -> Life {
    let mut life = couple();
    life.place("P-2", SIBLING, "2023-02-01", 3000);
    life.until("2023-03-16");
    for child in [CHILD, SIBLING] {
        life.message(&lives(child, "0147", "b", "2023-03-15", "2023-03-16"));
    }
    life.until("2023-03-20");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    for child in [CHILD, SIBLING] {
        life.message(&lives(child, "0101", "a", "2020-01-01", "2023-03-20"));
    }
    life.until("2023-03-22");
    assert_eq!(life.count("hearing-opened"), 2);
    life
}

#[test]
fn twins_who_come_back_at_the_same_price_are_each_asked_about() {
    let mut life = twins_are_back();
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("4500.00"), "half for the sibling");
}

#[test]
fn somebody_moving_in_hides_no_raise_of_the_register_on_the_same_morning() {
    let mut life = single();
    life.until("2023-03-16");
    life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-16"));
    life.place("P-2", SIBLING, "2023-02-01", 2000);
    life.until("2023-03-20");
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-20"));
    life.message(&arrives(NEWCOMER, "a", "2023-03-18", "2023-03-20"));
    life.until("2023-03-21");
    assert_eq!(life.count("hearing-opened"), 2);
    life.until("2023-05-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered, HearingOutcome::Unanswered]);
    // 870 for the child, and of the place at 2,000 after half of it as sibling subsidy 29 %.
    assert_eq!(life.owed_in("2023-05").as_deref(), Some("1160.00"));
}

#[test]
fn a_return_that_the_register_takes_back_closes_its_hearing_and_a_later_one_opens_another() {
    let mut life = back_and_open();
    life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-22"));
    life.until("2023-03-24");
    assert_eq!(outcomes(&life), [HearingOutcome::Superseded]);
    life.until("2023-06-12");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    life.message(&lives(CHILD, "0101", "a", "2023-06-10", "2023-06-12"));
    life.until("2023-06-14");
    assert_eq!(life.count("hearing-opened"), 2);
    life.until("2023-08-02");
    assert_eq!(life.owed_in("2023-05").as_deref().unwrap_or("0.00"), "0.00");
    assert_eq!(life.owed_in("2023-07").as_deref(), Some("3000.00"));
}

#[test]
fn a_place_that_ends_closes_the_hearing_and_its_corrected_end_opens_it_again() {
    let mut life = back_and_open();
    let end = |last_day: &str| CaseOrder::EndPlace {
        place: PlaceId::parse("P-1").unwrap(),
        last_day: day(last_day),
    };
    life.order_issued("2023-03-22", end("2023-03-14"));
    life.until("2023-03-23");
    assert_eq!(outcomes(&life), [HearingOutcome::Superseded]);
    life.order_issued("2023-03-23", end("2023-12-31"));
    life.until("2023-03-25");
    assert_eq!(life.count("hearing-opened"), 2);
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"), "nothing rises unheard");
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3000.00"));
}

#[test]
fn a_repeated_extract_and_a_move_inside_the_municipality_leave_the_hearing_as_it_is() {
    let mut life = back_and_open();
    life.message(&lives(CHILD, "0101", "a", "2020-01-01", "2023-03-22"));
    life.message(&lives(CHILD, "0101", "d", "2023-03-22", "2023-03-22"));
    life.until("2023-04-01");
    assert_eq!(life.count("hearing-opened"), 1);
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered]);
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3000.00"));
}

#[test]
fn another_day_of_return_is_another_question() {
    let mut life = back_and_open();
    life.message(&lives(CHILD, "0147", "b", "2023-03-15", "2023-03-22"));
    life.message(&lives(CHILD, "0101", "a", "2023-05-01", "2023-03-22"));
    life.until("2023-03-24");
    assert_eq!(outcomes(&life), [HearingOutcome::Superseded]);
    life.until("2023-04-02");
    assert_eq!(life.count("hearing-opened"), 2);
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    assert_eq!(life.owed_in("2023-05").as_deref(), Some("3000.00"));
}

#[test]
fn what_rises_after_a_heard_raise_rises_for_its_own_reason() {
    let mut life = back_and_open();
    life.until("2023-06-10");
    let place = PlaceId::parse("P-1").unwrap();
    life.order(CaseOrder::ChangePlace { place, from: day("2023-08-01"), terms: terms(3200) });
    life.until("2023-08-02");
    let last = life.case().decisions.last().unwrap();
    assert_eq!((last.amount(), last.cause()), (Money::dkk(3200), Cause::Rates));
    assert!(last.made().hearing().is_none());
}

#[test]
fn a_rate_that_rises_has_its_own_reason_while_a_raise_of_the_register_waits() {
    let mut life = couple();
    life.apply(300_000);
    life.place("P-2", SIBLING, "2023-02-01", 2000);
    life.until("2023-11-16");
    life.message(&lives(SIBLING, "0147", "b", "2023-11-15", "2023-11-16"));
    life.until("2023-11-29");
    life.message(&lives(SIBLING, "0101", "a", "2020-01-01", "2023-11-29"));
    life.until("2023-11-30");
    let hearing = life.case().hearings.keys().next().unwrap().clone();
    let (answered_on, answer) = (life.today, HearingAnswer::Objects);
    life.order(CaseOrder::AnswerHearing { hearing, answered_on, answer });
    life.until("2023-12-02");
    let place = PlaceId::parse("P-1").unwrap();
    life.order(CaseOrder::ChangePlace { place, from: day("2024-01-01"), terms: terms(3600) });
    life.until("2024-01-02");
    let rises = life.case().decisions.iter().rfind(|made| made.covers(month("2024-01"))).unwrap();
    assert_eq!(rises.cause(), Cause::Rates);
    assert_eq!(life.count("hearing-opened"), 1);
}
