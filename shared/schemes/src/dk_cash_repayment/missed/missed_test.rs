//! When each step comes, and what a reminder costs.

use super::super::parameters;
use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn letter(written_on: &str, received_on: Option<&str>) -> StepLetter {
    StepLetter { written_on: day(written_on), received_on: received_on.map(day) }
}

/// After an instalment due on the 2nd of February.
fn next(letters: &[StepLetter]) -> Option<(MissedStep, Day)> {
    next_step(day("2026-02-02"), letters, &Settings::default())
}

#[test]
fn each_step_comes_its_days_after_the_letter_before_has_come() {
    assert_eq!(next(&[]), Some((MissedStep::Reminder, day("2026-02-07"))));
    let reminder = letter("2026-02-07", Some("2026-02-12"));
    assert_eq!(next(&[reminder]), Some((MissedStep::Determination, day("2026-02-22"))));
    let determination = letter("2026-02-22", Some("2026-02-25"));
    let transfer = next(&[reminder, determination]);
    assert_eq!(transfer, Some((MissedStep::Transfer, day("2026-03-12"))));
    let told = letter("2026-03-12", Some("2026-03-16"));
    assert_eq!(next(&[reminder, determination, told]), None);
    assert_eq!(transferable_from(&[reminder, determination, told]), Some(day("2026-03-16")));
}

#[test]
fn nothing_follows_a_letter_that_has_not_come() {
    let (came, waits) = (letter("2026-02-07", Some("2026-02-07")), letter("2026-02-20", None));
    assert_eq!((next(&[waits]), next(&[came, waits])), (None, None));
    assert_eq!(transferable_from(&[came, came, waits]), None);
    assert_eq!(transferable_from(&[came, came]), None);
}

#[test]
fn a_letter_does_not_come_before_it_is_written_nor_its_time_run_before_the_day_of_payment() {
    let early = letter("2026-02-07", Some("2026-01-01"));
    assert_eq!(next(&[early]), Some((MissedStep::Determination, day("2026-02-17"))));
    let before_due = letter("2026-01-20", Some("2026-01-20"));
    assert_eq!(next(&[before_due]), Some((MissedStep::Determination, day("2026-02-12"))));
}

#[test]
fn the_authoritys_days_of_notice_count_also_after_a_determination() {
    let settings = Settings { notice_days: 30, ..Settings::default() };
    let came = |on: &str| letter(on, Some(on));
    let letters = [came("2026-02-07"), came("2026-02-17")];
    let next = next_step(day("2026-02-02"), &letters, &settings);
    assert_eq!(next, Some((MissedStep::Transfer, day("2026-03-20"))));
}

#[test]
fn a_reminder_costs_the_laws_fee_and_nothing_where_none_was_due() {
    let month = "2026-01".parse().unwrap();
    let fee = |not_due| reminder_fee(month, day("2026-02-07"), not_due, &parameters().unwrap()).unwrap();
    let (charged, trace) = fee(None);
    assert_eq!((charged, trace.root.parameters[0].name.as_str()), (Money::dkk(250), "reminder_fee"));
    let (nothing, trace) = fee(Some("the claim was withdrawn"));
    assert_eq!(nothing, Money::dkk(0));
    assert!(format!("{trace:?}").contains("the claim was withdrawn"));
}
