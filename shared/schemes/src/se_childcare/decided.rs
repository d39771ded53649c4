//! What of a month's fees may be charged: no day of a child's place costs more than a decision states that has been
//! communicated, and a day without such a decision costs nothing.

use super::assess::kronor;
use super::{Assessment, DaysFee, Line, Settings, articles};
use crate::{Error, Step, rounding};
use domain::{Day, Money};
use rust_decimal::Decimal;

/// The month as it may be charged. `decided` gives the monthly fee that a communicated decision states for a child on a day;
/// `None`: none does. Where the decisions state what is owed, the month is the same to the letter.
pub fn charge(
    owed: &Assessment,
    decided: impl Fn(&str, Day) -> Option<Money>,
    settings: &Settings,
) -> Result<Assessment, Error> {
    let mut charged = owed.clone();
    charged.trace.root.result.clear();
    for line in &mut charged.lines {
        let child = line.child.clone();
        let fees = fees_charged(&line.fees, |day| decided(&child, day))?;
        if fees != line.fees {
            *line = recomputed(owed, child, fees, settings, &mut charged.trace.root)?;
        }
    }
    let total: Decimal = charged.lines.iter().map(|line| line.payable.amount()).sum();
    charged.trace.root.result("total payable", total);
    charged.payable = kronor(total)?;
    Ok(charged)
}

/// The fees of a child's days, each at most what is decided, in runs of days that cost the same.
fn fees_charged(fees: &[DaysFee], decided: impl Fn(Day) -> Option<Money>) -> Result<Vec<DaysFee>, Error> {
    let mut charged: Vec<DaysFee> = Vec::new();
    for fee in fees {
        let days = fee.from.iter_days().take_while(|day| *day <= fee.to);
        for day in days {
            let may = decided(day).map_or(Decimal::ZERO, Money::amount);
            let monthly_fee = kronor(fee.monthly_fee.amount().min(may))?;
            match charged.last_mut().filter(|run| run.monthly_fee == monthly_fee && run.from >= fee.from) {
                Some(run) => run.to = day,
                None => charged.push(DaysFee { from: day, to: day, monthly_fee, ..fee.clone() }),
            }
        }
    }
    Ok(charged)
}

/// What a child's days of a month cost: the monthly fees of so many days each, rounded once.
pub fn fee_of_days(fees: &[(Money, u32)], days_of_month: u32, settings: &Settings) -> Result<Money, Error> {
    let held = fees.iter().map(|(_, days)| days).sum();
    let divisor = settings.part_of_month.divisor(held, days_of_month);
    let day_fees: Decimal = fees.iter().map(|(fee, days)| fee.amount() * Decimal::from(*days)).sum();
    kronor(rounding::fee_to_kronor(day_fees / Decimal::from(divisor)))
}

/// A child's line of these fees, rounded once.
fn recomputed(
    owed: &Assessment,
    child: String,
    fees: Vec<DaysFee>,
    settings: &Settings,
    trace: &mut Step,
) -> Result<Line, Error> {
    let mut step =
        Step::new(format!("what communicated decisions state for child {child}"), articles::DECISION);
    let days = |fee: &DaysFee| u32::try_from((fee.to - fee.from).num_days() + 1).unwrap_or_default();
    let of_days: Vec<(Money, u32)> = fees.iter().map(|fee| (fee.monthly_fee, days(fee))).collect();
    for (fee, (monthly, days)) in fees.iter().zip(&of_days) {
        step.input(&format!("fee a month for {days} days from {}", fee.from), monthly.amount());
    }
    let held = of_days.iter().map(|(_, days)| days).sum();
    let divisor = settings.part_of_month.divisor(held, owed.month.days());
    step.input("days of the month's fee", Decimal::from(divisor));
    let payable = fee_of_days(&of_days, owed.month.days(), settings)?;
    step.result("payable", payable.amount());
    step.rounding = Some("to whole kronor, halves up".to_owned());
    trace.steps.push(step);
    Ok(Line { child, payable, fees })
}
