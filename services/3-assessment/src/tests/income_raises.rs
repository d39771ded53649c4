//! A month's income from the register that would raise what was decided: it waits alone, for a hearing of whoever pays.

use super::households::{arrives, couple, lives, outcomes, single};
use super::register_raises::rule_out_all_raises;
use super::*;
use messages::{Cause, HearingOutcome};

/// February was recalculated by 240,000; a correction says 280,000, less than the 300,000 that were granted.
fn recalculated_and_corrected() -> Life {
    let mut life = couple();
    life.apply(300_000);
    life.income(PAYER, "r1", "2023-02", "20000");
    life.until("2023-03-13");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("450.00"));
    life.income(PAYER, "r2", "2023-02", "3000");
    life.until("2023-03-15");
    assert_eq!(life.count("hearing-opened"), 1);
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("450.00"));
    life
}

#[test]
fn a_month_that_was_recalculated_is_raised_again_only_after_a_hearing() {
    let mut life = recalculated_and_corrected();
    life.until("2023-04-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered]);
    // 12 × 23,000 = 276,000: row 19, own payment 24 %.
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("720.00"));
}

#[test]
fn a_price_counts_at_once_while_the_raise_of_a_recalculated_month_waits_and_after_it_was_ruled_out() {
    for drop in [false, true] {
        let mut life = recalculated_and_corrected();
        if drop {
            rule_out_all_raises(&mut life);
            life.until("2023-03-16");
        }
        let place = PlaceId::parse("P-1").unwrap();
        life.order(CaseOrder::ChangePlace { place, from: day("2023-02-01"), terms: terms(3200) });
        life.until("2023-03-18");
        // 15 % of 3,200.
        assert_eq!(life.owed_in("2023-02").as_deref(), Some("480.00"), "{drop}");
        life.until("2023-05-02");
        assert_eq!(life.count("hearing-opened"), 1, "{drop}");
        let owed = if drop { "480.00" } else { "768.00" };
        assert_eq!(life.owed_in("2023-02").as_deref(), Some(owed), "{drop}");
    }
}

#[test]
fn a_report_that_is_taken_back_leaves_what_was_decided_until_it_comes_again() {
    let mut life = couple();
    life.apply(300_000);
    life.income(PAYER, "r1", "2023-02", "20000");
    life.until("2023-03-13");
    life.message(&income(PAYER, "r1", "2023-02", "20000", ReportKind::Reversal));
    life.until("2023-03-15");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("450.00"));
    assert_eq!(life.count("hearing-opened"), 0);
    life.income(PAYER, "r2", "2023-02", "23000");
    life.until("2023-03-18");
    assert_eq!((life.owed_in("2023-02").as_deref(), life.count("hearing-opened")), (Some("450.00"), 1));
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("720.00"));
}

/// The register says 400,000 of February, 300,000 were granted, and the citizen is being asked.
fn income_asked() -> Life {
    let mut life = couple();
    life.apply(300_000);
    life.income(PAYER, "r1", "2023-02", "33333");
    life.until("2023-03-14");
    assert_eq!(life.count("hearing-opened"), 1);
    life
}

#[test]
fn a_month_without_a_place_takes_no_income_from_the_register() {
    let mut life = income_asked();
    life.message(&lives(CHILD, "0147", "b", "2023-02-01", "2023-03-14"));
    life.until("2023-03-16");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("0.00"));
    life.place("P-2", SIBLING, "2023-02-01", 3000);
    life.until("2023-03-18");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("870.00"), "29 % by the granted income");
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("1590.00"), "53 %, heard");
}

#[test]
fn a_place_that_has_ended_is_told_as_such_and_not_as_income() {
    let mut life = couple();
    life.apply(300_000);
    life.income(PAYER, "r1", "2023-02", "25000");
    life.income(PAYER, "r2", "2023-03", "33333");
    life.until("2023-04-20");
    life.order(CaseOrder::EndPlace { place: PlaceId::parse("P-1").unwrap(), last_day: day("2023-02-28") });
    life.until("2023-04-24");
    let of_march = life.case().decisions.iter().rfind(|made| made.covers(month("2023-03"))).unwrap();
    assert_eq!((of_march.cause(), of_march.amount()), (Cause::Place, Money::dkk(0)));
    life.order(CaseOrder::ChangePayer { from: day("2023-03-01"), payer: party(PARTNER) });
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("0.00"));
}

#[test]
fn what_one_payer_was_heard_about_is_asked_again_of_another() {
    for after in [false, true] {
        let mut life = income_asked();
        if after {
            life.until("2023-03-24");
            assert_eq!(life.owed_in("2023-02").as_deref(), Some("1590.00"));
        }
        life.order(CaseOrder::ChangePayer { from: day("2023-02-01"), payer: party(PARTNER) });
        life.until(&(life.today + chrono::Days::new(2)).to_string());
        let owed = |life: &Life| life.owed()[&(month("2023-02"), party(PARTNER).person)].to_text();
        assert_eq!(owed(&life), "870.00", "{after}");
        life.until("2023-05-02");
        assert_eq!(owed(&life), "1590.00", "{after}");
        let hearings = life.letters.iter().filter(|letter| letter.kind == messages::LetterKind::Hearing);
        let asked: Vec<_> = hearings.map(|letter| letter.recipient.clone()).collect();
        assert_eq!(asked, [party(PAYER), party(PARTNER)], "{after}");
    }
    let mut life = single();
    life.until("2023-03-10");
    life.message(&lives(PARTNER, "0101", "a", "2020-01-01", "2023-03-10"));
    life.order(CaseOrder::SetHousehold {
        from: day("2023-04-01"),
        adults: vec![party(PARTNER)],
        children: vec![party(CHILD)],
        single_provider: true,
    });
    life.order(CaseOrder::ChangePayer { from: day("2023-04-01"), payer: party(PARTNER) });
    life.until("2023-03-16");
    life.message(&arrives(NEWCOMER, "a", "2023-03-15", "2023-03-16"));
    life.until("2023-06-02");
    let hearings = life.letters.iter().filter(|letter| letter.kind == messages::LetterKind::Hearing);
    assert_eq!(hearings.filter(|letter| letter.recipient == party(PARTNER)).count(), 1);
}

#[test]
fn somebody_moving_in_leaves_the_hearing_about_an_income_open() {
    let mut life = single();
    life.income(PAYER, "r1", "2023-02", "33333");
    life.until("2023-03-14");
    life.message(&arrives(NEWCOMER, "a", "2023-01-15", "2023-03-14"));
    life.until("2023-03-16");
    assert_eq!((life.count("hearing-opened"), outcomes(&life)), (2, vec![]));
    life.until("2023-06-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered, HearingOutcome::Unanswered]);
}

#[test]
fn a_new_payer_of_a_recalculated_month_gets_a_letter() {
    let mut life = recalculated_and_corrected();
    life.order(CaseOrder::ChangePayer { from: day("2023-02-01"), payer: party(PARTNER) });
    life.until("2023-05-02");
    let owed = |person| life.owed()[&(month("2023-02"), party(person).person)].to_text();
    assert_eq!((owed(PAYER).as_str(), owed(PARTNER).as_str()), ("0.00", "720.00"));
}
