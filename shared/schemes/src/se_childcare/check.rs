//! The yearly income check (*avgiftskontroll*): every placement that did not pay the highest fee is recomputed from the
//! income of the tax, and the difference is corrected in both directions. A household is done, not done or not needed;
//! none is left out of the list.

use super::assess::{compute, kronor};
use super::correction::{claim_allowed, refund_allowed};
use super::fee::Tariff;
use super::input::check_income;
use super::spans::IncomeFrom;
use super::{Assessment, Input, Settings};
use crate::{Error, Parameters, Trace};
use chrono::Datelike;
use domain::{Currency, Day, Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A household in one income year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Household {
    /// The case; no personal datum.
    pub household: String,
    /// The income year.
    pub year: i32,
    /// Kronor a year: the income by the tax (*taxerad inkomst*). Left out: not fetched yet.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub actual_yearly_income: Option<Decimal>,
    /// The months with a fee.
    pub months: Vec<MonthCharged>,
}

/// What was charged for one month, and on which facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthCharged {
    /// The facts of the month, with the income then declared.
    pub facts: Input,
    /// Kronor: the fee that was charged.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub charged: Decimal,
}

/// A household of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckedHousehold {
    /// The case.
    pub household: String,
    /// How far its check is.
    pub state: State,
}

/// How far the check of a household is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum State {
    /// Every month paid the highest fee: no income can raise it. (One below it can lower it when the custodian asks.)
    NotNeeded,
    /// The income by the tax is not known.
    NotDone,
    /// Checked.
    Done {
        /// What is claimed (above 0) or given back (below 0), net of all months that may be corrected.
        difference: Money,
        /// The months that differ.
        months: Vec<MonthDifference>,
    },
}

/// A month that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthDifference {
    /// The month.
    pub month: Period,
    /// The fee by the income of the tax less the fee charged.
    pub difference: Money,
    /// Whether it may still be corrected in its direction: ten years for the custodian, three for the municipality.
    pub correctable: bool,
    /// How the fee by the income of the tax came to be.
    pub trace: Trace,
}

/// The whole list of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckList {
    /// Every household, in the order given.
    pub households: Vec<CheckedHousehold>,
    /// How many are checked.
    pub done: u32,
    /// How many deviate from the highest fee and are not checked.
    pub not_done: u32,
    /// How many paid the highest fee all the time.
    pub not_needed: u32,
    /// The sum of all claims.
    pub claimed: Money,
    /// The sum of all that is given back.
    pub given_back: Money,
}

/// The income year that is checked in the year of a day: the year before the last, whose tax is settled.
pub fn year_to_check(on: Day) -> i32 {
    on.year() - 2
}

/// Checks one household on a day.
pub fn check(
    household: &Household,
    on: Day,
    parameters: &Parameters,
    settings: &Settings,
) -> Result<CheckedHousehold, Error> {
    settings.check()?;
    check_income("actual_yearly_income", household.actual_yearly_income)?;
    let done = |state| CheckedHousehold { household: household.household.clone(), state };
    let tariff = Tariff { parameters, settings };
    let mut deviates = false;
    for (n, month) in household.months.iter().enumerate() {
        check_month(household, n)?;
        deviates |= month.charged < recomputed(month, None, tariff)?.payable.amount();
    }
    // Whoever paid the highest fee for want of an income gets back what was too much, once it is known (R101, R102).
    if !deviates && household.actual_yearly_income.is_none() {
        return Ok(done(State::NotNeeded));
    }
    let Some(actual) = household.actual_yearly_income else {
        return Ok(done(State::NotDone));
    };
    let mut months = Vec::new();
    let mut sum = Decimal::ZERO;
    for month in &household.months {
        let by_tax = recomputed(month, Some(actual), tariff)?;
        let difference = by_tax.payable.amount() - month.charged;
        let period = month.facts.month;
        let correctable = match difference.is_sign_negative() {
            true => refund_allowed(period, on, parameters)?,
            false => claim_allowed(period, on, parameters)?,
        };
        if !difference.is_zero() {
            sum += if correctable { difference } else { Decimal::ZERO };
            let difference = kronor(difference)?;
            months.push(MonthDifference { month: period, difference, correctable, trace: by_tax.trace });
        }
    }
    let left = settings.check_threshold.is_some_and(|threshold| sum.abs() < threshold);
    let difference = kronor(if left { Decimal::ZERO } else { sum })?;
    Ok(done(State::Done { difference, months }))
}

/// Checks every household on a day, and counts.
pub fn check_list(
    households: &[Household],
    on: Day,
    parameters: &Parameters,
    settings: &Settings,
) -> Result<CheckList, Error> {
    let mut list = CheckList {
        households: Vec::with_capacity(households.len()),
        done: 0,
        not_done: 0,
        not_needed: 0,
        claimed: Money::zero(Currency::SEK),
        given_back: Money::zero(Currency::SEK),
    };
    let mixed = |e: domain::MoneyError| Error::input("households", e.to_string());
    for household in households {
        let checked = check(household, on, parameters, settings)?;
        match &checked.state {
            State::NotNeeded => list.not_needed += 1,
            State::NotDone => list.not_done += 1,
            State::Done { difference, .. } => {
                list.done += 1;
                let sum = if difference.is_negative() { &mut list.given_back } else { &mut list.claimed };
                *sum = sum.plus(difference.abs()).map_err(mixed)?;
            }
        }
        list.households.push(checked);
    }
    Ok(list)
}

fn check_month(household: &Household, position: usize) -> Result<(), Error> {
    let Some(month) = household.months.get(position) else { return Ok(()) };
    let refuse =
        |name: &str, problem: &str| Err(Error::input(format!("months[{}].{name}", position + 1), problem));
    month.facts.check()?;
    if month.facts.month.year() != household.year {
        return refuse("facts.month", "is not in the year of the check: one income year at a time");
    }
    if household.months.iter().take(position).any(|other| other.facts.month == month.facts.month) {
        return refuse("facts.month", "stands twice; send each month once");
    }
    if month.charged.is_sign_negative() && !month.charged.is_zero() {
        return refuse("charged", "is not negative");
    }
    Ok(())
}

/// The month by the income of a year's tax, which stands in for what was declared.
pub fn assess_by_tax(
    facts: &Input,
    yearly: Decimal,
    parameters: &Parameters,
    settings: &Settings,
) -> Result<Assessment, Error> {
    facts.check()?;
    check_income("actual_yearly_income", Some(yearly))?;
    let incomes = [IncomeFrom { from: facts.month.first_day(), yearly: Some(yearly) }];
    compute(facts, &incomes, Tariff { parameters, settings })
}

/// The month under a year's income; `None`: the highest fee.
fn recomputed(
    month: &MonthCharged,
    yearly: Option<Decimal>,
    tariff: Tariff<'_>,
) -> Result<Assessment, Error> {
    let incomes = [IncomeFrom { from: month.facts.month.first_day(), yearly }];
    compute(&month.facts, &incomes, tariff)
}
