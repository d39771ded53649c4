//! The income base (*indtægtsgrundlag*), BEK § 2: whose income, of which year, and what of it.

use super::{Input, ParentIncome, articles};
use crate::{Error, Parameters, Step};
use domain::Day;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The base on which the parents pay.
pub(super) struct Base {
    pub(super) amount: Decimal,
    /// The parent with whom the child did not live has no maintenance fixed, and the municipality may have it fixed.
    pub(super) maintenance_to_be_fixed: bool,
}

/// The base as given, or from the parents' incomes.
pub(super) fn base(input: &Input, on: Day, parameters: &Parameters, trace: &mut Step) -> Result<Base, Error> {
    check_year(input, on, parameters, trace)?;
    if let Some(amount) = input.income_base {
        return Ok(Base { amount, maintenance_to_be_fixed: false });
    }
    let mut step = Step::new("income base of those who pay (indtægtsgrundlag)", articles::WHO_PAYS.on(on));
    let (paying, other): (Vec<_>, Vec<_>) = input.parents.iter().partition(|p| p.lived_with_child);
    step.input("parents with whom the child lived just before the stay", Decimal::from(paying.len()));
    let mut amount = Decimal::ZERO;
    for parent in paying {
        amount += of_parent(parent, &input.rate_adjustments, on, parameters, &mut step)?;
    }
    let maintenance_to_be_fixed = other.iter().any(|parent| !parent.maintenance_fixed);
    if maintenance_to_be_fixed {
        step.result_text("maintenance", "to be fixed against the other parent, by the municipality");
    }
    step.result("income base", amount);
    trace.steps.push(step);
    Ok(Base { amount, maintenance_to_be_fixed })
}

/// The latest closed income year has effect in the second calendar year after its end: no other year's income may
/// stand in for it.
fn check_year(input: &Input, on: Day, parameters: &Parameters, trace: &mut Step) -> Result<(), Error> {
    let lag = parameters.get("income_lag", on)?;
    let mut step = Step::new("income year (indkomstår)", lag.article.clone());
    step.input("charge year", Decimal::from(input.year));
    let lag = step.parameter(lag);
    let year = step.result("income year", Decimal::from(input.year) - lag);
    let effective = year.to_i32();
    trace.steps.push(step);
    match input.income_year {
        Some(given) if Some(given) != effective => Err(Error::input(
            "income_year",
            format!("the income of {given} has no effect in {}; send that of {year}", input.year),
        )),
        _ => Ok(()),
    }
}

fn of_parent(
    parent: &ParentIncome,
    rate_adjustments: &[Decimal],
    on: Day,
    parameters: &Parameters,
    trace: &mut Step,
) -> Result<Decimal, Error> {
    let allowance = parameters.get("dividend_allowance", on)?;
    let mut step = Step::new("income of a parent that counts", allowance.article.clone());
    let mut personal = step.input("personal income", parent.personal_income);
    for percent in rate_adjustments {
        let percent = step.input("rate adjustment (satsreguleringsprocent)", *percent);
        personal = personal * (Decimal::ONE_HUNDRED + percent) / Decimal::ONE_HUNDRED;
    }
    step.result("uprated personal income", personal);
    let capital = step.input("net capital income, counted when positive", parent.capital_income);
    let shares = step.input("share income", parent.share_income);
    let dividends = step.input("dividends in it", parent.dividends);
    let free = dividends.min(step.parameter(allowance));
    let shares = step.result("share income that counts", shares.max(Decimal::ZERO) - free);
    let counted = step.result("income", personal + capital.max(Decimal::ZERO) + shares);
    trace.steps.push(step);
    Ok(counted)
}
