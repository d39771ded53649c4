//! The one computation: amount and explanation together.

use super::income::base;
use super::scale::yearly_amount;
use super::{ChildInput, Input, SCHEME, Settings, articles};
use crate::{Error, Parameters, Step, Trace};
use domain::{Day, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the parents of placed children pay a month in a year, and why. Nothing of a follow-up enters it: a follow-up
/// is a task, and the basis of the charge is the decision's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The charge year.
    pub year: i32,
    /// Kroner a year: the income base used.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub income_base: Decimal,
    /// One entry a child, by name.
    pub children: Vec<ChildAssessment>,
    /// The sum of the children's yearly amounts.
    pub yearly_amount: Money,
    /// The sum of the children's monthly amounts, collected or not.
    pub monthly_amount: Money,
    /// The sum of what is payable a month.
    pub total: Money,
    /// Whether the municipality may have maintenance fixed against the parent with whom the child did not live.
    pub maintenance_to_be_fixed: bool,
    /// How it came to be.
    pub trace: Trace,
}

/// What is paid for one child. The highest amounts follow the maintenance for a child (*normalbidrag*), so the scale
/// is read for each child by itself; the order's wording does not say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildAssessment {
    /// The child, as in the input.
    pub child: String,
    /// Kroner a year, after an exemption, to the øre.
    pub yearly_amount: Money,
    /// A twelfth of it, rounded.
    pub monthly_amount: Money,
    /// Whether it is collected: amounts under the law's minimum are not.
    pub collected: bool,
    /// What the parents pay a month: the monthly amount where it is collected, else nothing.
    pub payable: Money,
}

/// Computes what is paid a month in the charge year. Refuses facts out of range and a year without a parameter that
/// it needs ([`Error::NoParameter`]).
pub fn assess(input: &Input, parameters: &Parameters, settings: &Settings) -> Result<Assessment, Error> {
    Error::first(input.faults())?;
    let on = input.first_day().ok_or_else(|| Error::input("year", "is a year from 1900 to 2199"))?;
    let mut root =
        Step::new("parental payment for placed children (forældrebetaling)", articles::DUTY.on(on));
    let base = base(input, on, parameters, &mut root)?;
    let yearly = yearly_amount(base.amount, on, parameters, &mut root)?;
    let mut children: Vec<&ChildInput> = input.children.iter().collect();
    children.sort_by(|a, b| a.child.cmp(&b.child));
    let children: Vec<ChildAssessment> = children
        .into_iter()
        .map(|child| of_child(child, yearly, on, parameters, settings, &mut root))
        .collect::<Result<_, _>>()?;
    let sum = |of: fn(&ChildAssessment) -> Money| {
        Money::dkk_half_up(children.iter().map(|child| of(child).amount()).sum())
    };
    let total = sum(|child| child.payable);
    root.result("total payable a month", total.amount());
    Ok(Assessment {
        year: input.year,
        income_base: base.amount,
        yearly_amount: sum(|child| child.yearly_amount),
        monthly_amount: sum(|child| child.monthly_amount),
        total,
        maintenance_to_be_fixed: base.maintenance_to_be_fixed,
        trace: Trace { scheme: SCHEME.to_owned(), root },
        children,
    })
}

fn of_child(
    child: &ChildInput,
    yearly: Decimal,
    on: Day,
    parameters: &Parameters,
    settings: &Settings,
    trace: &mut Step,
) -> Result<ChildAssessment, Error> {
    let minimum = parameters.get("collection_minimum", on)?;
    let mut step = Step::new(format!("payment for child {}", child.child), minimum.article.clone());
    let yearly = exempt(child, yearly, on, &mut step);
    let rounding = settings.payment_rounding;
    let monthly = step.result("monthly amount", rounding.round(yearly / Decimal::from(12)));
    step.rounding = Some(rounding.in_words().to_owned());
    let collected = monthly >= step.parameter(minimum);
    let payable = if collected { monthly } else { Decimal::ZERO };
    step.result_text("collected", if collected { "yes" } else { "no, under the minimum" });
    step.result("payable a month", payable);
    trace.steps.push(step);
    Ok(ChildAssessment {
        child: child.child.clone(),
        yearly_amount: Money::dkk_half_up(yearly),
        monthly_amount: Money::dkk_half_up(monthly),
        collected,
        payable: Money::dkk_half_up(payable),
    })
}

/// The yearly amount after what is exempt by law or by decision.
fn exempt(child: &ChildInput, yearly: Decimal, on: Day, trace: &mut Step) -> Decimal {
    if child.continued_placement {
        let mut step =
            Step::new("continued placement (videreførelse af en anbringelse)", articles::CONTINUED.on(on));
        step.input("yearly payment", yearly);
        let left = step.result("yearly payment after", Decimal::ZERO);
        trace.steps.push(step);
        return left;
    }
    let Some(exemption) = &child.exemption else { return trace.input("yearly payment", yearly) };
    let mut step = Step::new("exemption (fritagelse)", articles::EXEMPTION.on(on));
    step.input_text("reason", exemption.reason.in_words());
    let percent = step.input("percent exempt", exemption.percent);
    step.input("yearly payment", yearly);
    let left = yearly * (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED;
    let left = step.result("yearly payment after", left);
    trace.steps.push(step);
    left
}
