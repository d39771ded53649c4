//! Interest of overdue claims: simple, on the principal alone.

use super::fees::addition;
use super::{Addition, DANISH, SWEDISH, articles};
use crate::{Error, Parameters, Step, rounding};
use chrono::{Datelike, Days, Months};
use domain::{Currency, Day, Money};
use rust_decimal::Decimal;

/// The days of a year of interest.
const YEAR_DAYS: i64 = 365;
/// Days from the sending of a Swedish invoice to the first with interest.
const SWEDISH_CREDIT_DAYS: u64 = 30;
/// The most months of interest: a century. More is a typing error.
const MONTHS_MAX: u32 = 1200;

/// Interest of a Danish municipal claim that is paid on a day: 1 % for each commenced month from the due date: one on the
/// due date and one on the same day of each month after it. None when it is paid by `last_timely`.
pub fn danish_interest(
    principal: Money,
    due: Day,
    last_timely: Day,
    paid_on: Day,
    parameters: &Parameters,
) -> Result<Addition, Error> {
    check_principal(principal, Currency::DKK)?;
    if last_timely < due {
        return Err(Error::input("last_timely", "is before the due date"));
    }
    let mut step = Step::new("interest for each commenced month (rente)", articles::DK_INTEREST);
    let base = step.input("principal", principal.amount());
    for (name, day) in [("due", due), ("last timely payment date", last_timely), ("paid on", paid_on)] {
        step.input_text(name, day.to_string());
    }
    let months = if paid_on <= last_timely { 0 } else { commenced_months(due, paid_on)? };
    let rate = match months {
        0 => Decimal::ZERO,
        _ => step.parameter(parameters.get("monthly_interest", due)?),
    };
    step.result("commenced months", Decimal::from(months));
    step.rounding = Some("to whole øre, halves up".to_owned());
    let interest =
        rounding::interest_to_hundredths(base * rate * Decimal::from(months) / Decimal::ONE_HUNDRED);
    addition(DANISH, Currency::DKK, interest, step)
}

/// The months commenced from the due date to a day on or after it.
fn commenced_months(due: Day, until: Day) -> Result<u32, Error> {
    (0..MONTHS_MAX)
        .find(|n| due.checked_add_months(Months::new(*n)).is_none_or(|start| until < start))
        .ok_or_else(|| Error::input("paid_on", "is more than a century after the due date"))
}

/// Interest of a Swedish claim that is paid on a day: the reference rate of each half-year plus eight points, day by day,
/// from the day 30 days after the invoice was sent, at the earliest from the due date.
pub fn swedish_interest(
    principal: Money,
    due: Day,
    sent_on: Day,
    paid_on: Day,
    parameters: &Parameters,
) -> Result<Addition, Error> {
    check_principal(principal, Currency::SEK)?;
    let credit_ends = sent_on
        .checked_add_days(Days::new(SWEDISH_CREDIT_DAYS))
        .ok_or_else(|| Error::input("sent_on", "is beyond the calendar"))?;
    let from = due.max(credit_ends);
    let mut root = Step::new("interest on an overdue claim (dröjsmålsränta)", articles::SE_INTEREST);
    let base = root.input("principal", principal.amount());
    for (name, day) in [("due", due), ("sent on", sent_on), ("paid on", paid_on), ("interest from", from)] {
        root.input_text(name, day.to_string());
    }
    let (mut start, mut percent_days) = (from, Decimal::ZERO);
    while start < paid_on {
        let end = next_half_year(start).min(paid_on);
        let mut step = Step::new(format!("from {start}, before {end}"), articles::SE_INTEREST);
        let reference = step.parameter(parameters.get("reference_rate", start)?);
        let rate = reference + step.parameter(parameters.get("interest_addition", start)?);
        let days = step.input("days", Decimal::from((end - start).num_days()));
        percent_days += step.result("percent times days", rate * days);
        root.steps.push(step);
        start = end;
    }
    root.rounding = Some("to whole öre, halves up, once; a year has 365 days".to_owned());
    let year = Decimal::ONE_HUNDRED * Decimal::from(YEAR_DAYS);
    addition(SWEDISH, Currency::SEK, rounding::interest_to_hundredths(base * percent_days / year), root)
}

/// The first day of the next half-year: the reference rate changes on 1 January and 1 July.
fn next_half_year(day: Day) -> Day {
    let (year, month) = if day.month() < 7 { (day.year(), 7) } else { (day.year() + 1, 1) };
    Day::from_ymd_opt(year, month, 1).unwrap_or(Day::MAX)
}

fn check_principal(principal: Money, currency: Currency) -> Result<(), Error> {
    if principal.currency() != currency || principal.is_negative() {
        return Err(Error::input("principal", format!("is an amount in {currency}, not below 0")));
    }
    Ok(())
}
