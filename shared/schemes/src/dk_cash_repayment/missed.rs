//! What follows when an instalment is not paid in time: each step writes a letter, and what the letter gives time for is counted
//! from the day on which it came (gældsinddrivelsesloven § 2, stk. 3: the usual reminders in vain, and the debtor told in writing).

use super::{Parameters, SCHEME, Settings, articles};
use crate::{Error, Step, Trace};
use chrono::Days;
use domain::{Day, Money, Period};
use rust_decimal::Decimal;

#[cfg(test)]
mod missed_test;

/// A step after a missed instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissedStep {
    /// A reminder (*rykker*).
    Reminder,
    /// A determination of the repayment (*fastsættelse*) is entered, without a person.
    Determination,
    /// Reminder and determination were in vain: the debtor is told that the claim may go to recovery (*inddrivelse*).
    Transfer,
}

/// The letter of a step that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepLetter {
    /// The day on which it was written.
    pub written_on: Day,
    /// The day on which it came, where it has.
    pub received_on: Option<Day>,
}

impl StepLetter {
    /// A letter that comes on the day on which it is written: it gives the earliest days that a letter can state.
    pub fn at_once(on: Day) -> Self {
        Self { written_on: on, received_on: Some(on) }
    }

    /// The day from which its time is counted; no letter comes before it is written.
    fn counts_from(self) -> Option<Day> {
        self.received_on.map(|on| on.max(self.written_on))
    }
}

/// The step that follows these letters, in their order, and the first day on which it may be taken. None before the last of them
/// has come, nor after the last step.
pub fn next_step(due: Day, letters: &[StepLetter], settings: &Settings) -> Option<(MissedStep, Day)> {
    let after = |letter: &StepLetter, days| Some(later(letter.counts_from()?.max(due), days));
    match letters {
        [] => Some((MissedStep::Reminder, later(due, settings.reminder_days))),
        [reminder] => Some((MissedStep::Determination, after(reminder, settings.determination_days)?)),
        // The day after the last one on which it can still be paid.
        [_, determination] => Some((MissedStep::Transfer, after(determination, settings.notice_days + 1)?)),
        _ => None,
    }
}

/// The first day on which a claim may go to recovery: every step has been taken, and its letter has come.
pub fn transferable_from(letters: &[StepLetter]) -> Option<Day> {
    match letters {
        [_, _, transfer, ..] => transfer.counts_from(),
        _ => None,
    }
}

/// What a reminder of a month's instalment costs, and why; nothing where this says why none was to be sent.
pub fn reminder_fee(
    month: Period,
    reminded_on: Day,
    not_due: Option<&str>,
    parameters: &Parameters,
) -> Result<(Money, Trace), Error> {
    let mut root = Step::new("fee of a reminder (rykkergebyr)", articles::REMINDER_FEE);
    root.input_text("instalment of", month.to_string());
    root.input_text("reminded on", reminded_on.to_string());
    let fee = match not_due {
        None => root.parameter(parameters.get("reminder_fee", reminded_on)?),
        Some(reason) => {
            root.input_text("no reminder was due", reason);
            Decimal::ZERO
        }
    };
    let fee = Money::dkk_half_up(root.result("payable", fee));
    Ok((fee, Trace { scheme: SCHEME.to_owned(), root }))
}

fn later(day: Day, days: u32) -> Day {
    day.checked_add_days(Days::new(days.into())).unwrap_or(Day::MAX)
}
