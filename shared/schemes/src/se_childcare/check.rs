//! The yearly income check (*avgiftskontroll*): every placement that did not pay the highest fee is recomputed from the
//! incomes of the tax, each day from those of the adults in the household on it, and the difference is corrected in both
//! directions. A household is done, not done or not needed;
//! none is left out of the list.

use super::assess::{compute, kronor};
use super::correction::{claim_allowed, refund_allowed};
use super::fee::Tariff;
use super::spans::{Basis, IncomeFrom};
use super::taxed::{TaxedAdult, check_adults, incomes};
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
    /// Who makes up the household in the year, with their incomes by the tax.
    pub adults: Vec<TaxedAdult>,
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
    /// The income by the tax of an adult who was in the household in one of the months is not known.
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
    check_adults(&household.adults)?;
    let done = |state| CheckedHousehold { household: household.household.clone(), state };
    let tariff = Tariff { parameters, settings };
    let (mut deviates, mut known) = (false, true);
    for (n, month) in household.months.iter().enumerate() {
        check_month(household, n)?;
        deviates |= month.charged < highest(month, tariff)?.payable.amount();
        let (incomes, _) = incomes(month.facts.month, &household.adults)?;
        known &= incomes.iter().all(|income| income.yearly.is_some());
    }
    // Whoever paid the highest fee for want of an income gets back what was too much, once it is known (R101, R102).
    match (known, deviates) {
        _ if household.months.is_empty() => return Ok(done(State::NotNeeded)),
        (false, false) => return Ok(done(State::NotNeeded)),
        (false, true) => return Ok(done(State::NotDone)),
        (true, _) => {}
    }
    let mut months = Vec::new();
    let mut sum = Decimal::ZERO;
    for month in &household.months {
        let by_tax = by_tax(&month.facts, &household.adults, tariff)?;
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

/// The month by the incomes of a year's tax, which stand in for what was declared: each day by those of the adults who make up
/// the household on it. One that is not known takes the highest fee.
pub fn assess_by_tax(
    facts: &Input,
    adults: &[TaxedAdult],
    parameters: &Parameters,
    settings: &Settings,
) -> Result<Assessment, Error> {
    facts.check()?;
    check_adults(adults)?;
    by_tax(facts, adults, Tariff { parameters, settings })
}

fn by_tax(facts: &Input, adults: &[TaxedAdult], tariff: Tariff<'_>) -> Result<Assessment, Error> {
    let (incomes, steps) = incomes(facts.month, adults)?;
    let mut assessment = compute(facts, &incomes, tariff)?;
    assessment.trace.root.steps.splice(0..0, steps);
    Ok(assessment)
}

/// The month under the highest fee.
fn highest(month: &MonthCharged, tariff: Tariff<'_>) -> Result<Assessment, Error> {
    let incomes = [IncomeFrom { from: month.facts.month.first_day(), yearly: None, basis: Basis::Declared }];
    compute(&month.facts, &incomes, tariff)
}
