//! The days of a stay that a communicated decision covers.

use super::decision::{Decision, without_amount};
use super::{Input, articles};
use crate::{Error, Step};
use domain::Day;
use rust_decimal::Decimal;

/// Days in a row under one decision.
pub(super) struct Run<'a> {
    pub decision: &'a Decision,
    pub from: Day,
    pub to: Day,
    pub days: u32,
}

/// The days of a stay in the month.
pub(super) struct StayDays<'a> {
    /// Those with payment.
    pub runs: Vec<Run<'a>>,
    /// Those before a decision was communicated: never charged, also not later.
    pub before_decision: u32,
    /// Those of a dispensation.
    pub dispensed: u32,
}

impl<'a> StayDays<'a> {
    /// Finds the decision of each day: the latest communicated by then. Refuses when it would depend on which days of
    /// the month the stay has, and they are not known; and a dispensation outside the stay.
    pub(super) fn find(input: &Input, decisions: &'a [Decision], trace: &mut Step) -> Result<Self, Error> {
        let mut step =
            Step::new("days under a communicated decision", articles::DECISION.on(input.month.first_day()));
        for decision in decisions {
            step.input_text("decision communicated on", decision.communicated_on().to_string());
        }
        for day in without_amount(input) {
            step.input_text("communicated without a concrete amount, so no decision", day.to_string());
        }
        step.input("days of the stay", Decimal::from(input.days));
        let found =
            match input.first_day.or((input.days == input.month.days()).then_some(input.month.first_day())) {
                Some(first) => by_day(input, first, decisions)?,
                None => counted(input, decisions)?,
            };
        let with_payment: u32 = found.runs.iter().map(|r| r.days).sum();
        step.result("days before a decision, not charged", Decimal::from(found.before_decision));
        if found.dispensed > 0 {
            step.result("days of a dispensation", Decimal::from(found.dispensed));
        }
        step.result("days with payment", Decimal::from(with_payment));
        if with_payment == 0 && found.before_decision > 0 {
            let why = "no decision with a concrete amount was communicated; one works only forward";
            step.result_text("nothing is charged", why);
        }
        trace.steps.push(step);
        Ok(found)
    }

    /// How many days have payment.
    pub(super) fn with_payment(&self) -> u32 {
        self.runs.iter().map(|r| r.days).sum()
    }
}

fn by_day<'a>(input: &Input, first: Day, decisions: &'a [Decision]) -> Result<StayDays<'a>, Error> {
    let mut found = StayDays { runs: Vec::new(), before_decision: 0, dispensed: 0 };
    let days: Vec<Day> = first.iter_days().take(input.days as usize).collect();
    for (n, dispensation) in input.dispensations.iter().enumerate() {
        let in_month = input.month.first_day().iter_days().take(input.month.days() as usize);
        let mut covered = in_month.filter(|day| dispensation.covers(*day));
        if covered.any(|day| !days.contains(&day)) {
            return Err(Error::input(format!("dispensations[{}].from", n + 1), "lies outside the stay"));
        }
    }
    for day in days {
        let Some(decision) = decisions.iter().rev().find(|d| d.communicated_on() <= day) else {
            found.before_decision += 1;
            continue;
        };
        if input.dispensations.iter().any(|d| d.covers(day)) {
            found.dispensed += 1;
            continue;
        }
        match found.runs.last_mut() {
            Some(run) if run.decision == decision && run.to.succ_opt() == Some(day) => {
                run.to = day;
                run.days += 1;
            }
            _ => found.runs.push(Run { decision, from: day, to: day, days: 1 }),
        }
    }
    Ok(found)
}

/// The stay as a number of days: enough when the same holds on every day of the month.
fn counted<'a>(input: &Input, decisions: &'a [Decision]) -> Result<StayDays<'a>, Error> {
    let (first, last) = (input.month.first_day(), input.month.last_day());
    let within = decisions.iter().any(|d| first < d.communicated_on() && d.communicated_on() <= last)
        || input.dispensations.iter().any(|d| d.from <= last && first <= d.to);
    if within {
        let problem = "is needed: a decision or a dispensation falls in the month, and it matters which days the stay has";
        return Err(Error::input("first_day", problem));
    }
    let decision = decisions.iter().rev().find(|d| d.communicated_on() <= first);
    let runs = decision.map(|decision| Run { decision, from: first, to: last, days: input.days });
    let before_decision = if runs.is_some() { 0 } else { input.days };
    Ok(StayDays { runs: runs.into_iter().collect(), before_decision, dispensed: 0 })
}
