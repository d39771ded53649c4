//! The scale: from the income base to a year's payment for a child. Nothing to the threshold, a first band and a
//! second band of it above, each with its highest amount.

use crate::{Error, Parameters, Step};
use domain::Day;
use rust_decimal::Decimal;

/// Kroner a year for a child, exact. A parameter is asked for only where the income reaches it: a year whose highest
/// amounts are unknown still answers for incomes that pay nothing.
pub(super) fn yearly_amount(
    base: Decimal,
    on: Day,
    parameters: &Parameters,
    trace: &mut Step,
) -> Result<Decimal, Error> {
    let threshold = parameters.get("threshold", on)?;
    let mut step = Step::new("a year's payment by the income base", threshold.article.clone());
    step.input("income base", base);
    let above = base - step.parameter(threshold);
    let amount = match above > Decimal::ZERO {
        false => Decimal::ZERO,
        true => {
            let (first, beyond) = first_band(above, on, parameters, &mut step)?;
            match beyond > Decimal::ZERO {
                true => second_band(first, beyond, on, parameters, &mut step)?,
                false => first,
            }
        }
    };
    step.result("yearly payment", amount);
    trace.steps.push(step);
    Ok(amount)
}

/// The amount of the first band, and how much its percentage would give beyond the band's highest amount.
fn first_band(
    above: Decimal,
    on: Day,
    parameters: &Parameters,
    trace: &mut Step,
) -> Result<(Decimal, Decimal), Error> {
    let percent = parameters.get("first_band_percent", on)?;
    let mut step = Step::new("first band", percent.article.clone());
    step.input("income base above the threshold", above);
    let exact = above * step.parameter(percent) / Decimal::ONE_HUNDRED;
    let maximum = step.parameter(parameters.get("first_band_maximum", on)?);
    step.input("the percentage of it", exact);
    let amount = step.result("amount of the first band", exact.min(maximum));
    let beyond = step.result("beyond the highest amount", (exact - maximum).max(Decimal::ZERO));
    trace.steps.push(step);
    Ok((amount, beyond))
}

/// Both bands together. The second percentage is of the part of the base above the point where the first band is
/// full: what the first percentage gives beyond it, in the proportion of the two. So no unending fraction is cut.
fn second_band(
    first: Decimal,
    beyond: Decimal,
    on: Day,
    parameters: &Parameters,
    trace: &mut Step,
) -> Result<Decimal, Error> {
    let percent = parameters.get("second_band_percent", on)?;
    let mut step = Step::new("second band", percent.article.clone());
    step.input("amount of the first band", first);
    step.input("the first percentage beyond it", beyond);
    let percent = step.parameter(percent);
    let first_percent = step.parameter(parameters.get("first_band_percent", on)?);
    let second = step.result("amount of the second band", beyond * percent / first_percent);
    let maximum = step.parameter(parameters.get("total_maximum", on)?);
    let total = step.result("both bands, at most the highest total", (first + second).min(maximum));
    trace.steps.push(step);
    Ok(total)
}
