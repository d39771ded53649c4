//! The one computation: the instalment or the review date, and the explanation.

use super::articles::{CAPACITY, DEFERRAL, PLAN};
use super::claims::standings;
use super::income::net_yearly;
use super::{Benefit, ClaimAssessment, Input, Parameters, SCHEME, Settings};
use crate::{Error, Step, Trace, rounding};
use chrono::Months;
use domain::{Day, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a debtor pays a month, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The day of the computation.
    #[schemars(with = "String", extend("format" = "date"))]
    pub on: Day,
    /// Kroner a year: the net income used; `None` where there is no information or it plays no part.
    #[serde(with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub net_yearly_income: Option<Decimal>,
    /// The percentage of the table; `None` where none was read.
    pub percent: Option<u32>,
    /// A twelfth of the yearly capacity, before it is rounded down to the instalment; whole øre, the rest cut off.
    pub monthly_capacity: Money,
    /// The instalment a month by law.
    pub monthly_instalment: Money,
    /// What is to be paid for this month: the instalment, or the debt where less is left.
    pub payable: Money,
    /// Instalments, or a day of review: always one of the two.
    pub outcome: Outcome,
    /// One entry a claim, by id.
    pub claims: Vec<ClaimAssessment>,
    /// How it came to be.
    pub trace: Trace,
}

/// What becomes of the debt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// It is paid in instalments (*afdragsordning*).
    Instalment,
    /// It is set aside (*henlagt*, *henstand*) and looked at again.
    SetAside {
        /// Why.
        reason: SetAsideReason,
        /// When.
        #[schemars(with = "String", extend("format" = "date"))]
        review_on: Day,
    },
}

/// Why there is no instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetAsideReason {
    /// A benefit gives deferral (*henstand*).
    Benefit,
    /// The table gives nothing for this income.
    NoCapacity,
    /// The capacity is less than the smallest instalment.
    CapacityUnderTheStep,
    /// Nothing is owed any more: every claim has lapsed or is paid.
    NothingOwed,
}

/// What the income gives.
#[derive(Default)]
struct Capacity {
    net: Option<Decimal>,
    percent: Option<u32>,
    monthly: Decimal,
    instalment: Decimal,
    set_aside: Option<SetAsideReason>,
}

/// Computes the instalment of the month. Refuses facts out of range and a day without a table, a band or a fixed
/// instalment that it needs ([`Error::NoParameter`]).
pub fn assess(input: &Input, parameters: &Parameters, settings: &Settings) -> Result<Assessment, Error> {
    Error::first(input.faults())?;
    let mut root = Step::new("repayment a month (tilbagebetaling)", PLAN.on(input.on));
    root.input_text("on", input.on.to_string());
    let standings = standings(&input.claims, input.on, parameters, &mut root)?;
    let owed: Option<Decimal> =
        (!standings.is_empty()).then(|| standings.iter().map(|standing| standing.owed()).sum());
    let capacity = match (input.benefit, owed) {
        (_, Some(owed)) if owed.is_zero() => {
            Capacity { set_aside: Some(SetAsideReason::NothingOwed), ..Capacity::default() }
        }
        (Some(benefit), _) => deferral(benefit, input.on, &mut root),
        (None, _) => capacity(input, parameters, settings, &mut root)?,
    };
    let payable = owed.map_or(capacity.instalment, |owed| {
        root.input("owed", owed);
        capacity.instalment.min(owed)
    });
    let outcome = match capacity.set_aside {
        None => Outcome::Instalment,
        Some(reason) => {
            let months = Months::new(settings.review_months);
            let review_on = input.on.checked_add_months(months).unwrap_or(Day::MAX);
            root.result_text("set aside, review on", review_on.to_string());
            Outcome::SetAside { reason, review_on }
        }
    };
    root.result("payable", payable);
    Ok(Assessment {
        on: input.on,
        net_yearly_income: capacity.net,
        percent: capacity.percent,
        monthly_capacity: Money::dkk_half_up(capacity.monthly),
        monthly_instalment: Money::dkk_half_up(capacity.instalment),
        payable: Money::dkk_half_up(payable),
        claims: standings.iter().map(|standing| standing.assessed(&outcome)).collect(),
        outcome,
        trace: Trace { scheme: SCHEME.to_owned(), root },
    })
}

/// Whether a debtor has economic possibility (*økonomisk mulighed*) on a day: the table gives an instalment for a known income, and
/// no benefit gives deferral. Want of information is none: neither on the income, nor on the table of the day.
pub fn can_pay(input: &Input, parameters: &Parameters, settings: &Settings) -> Result<bool, Error> {
    match assess(input, parameters, settings) {
        Ok(found) => Ok(found.outcome == Outcome::Instalment && found.net_yearly_income.is_some()),
        Err(Error::NoParameter { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn deferral(benefit: Benefit, on: Day, trace: &mut Step) -> Capacity {
    let mut step = Step::new("deferral (henstand)", DEFERRAL.on(on));
    step.input_text("benefit", benefit.in_words());
    step.result("instalment", Decimal::ZERO);
    trace.steps.push(step);
    Capacity { set_aside: Some(SetAsideReason::Benefit), ..Capacity::default() }
}

fn capacity(
    input: &Input,
    parameters: &Parameters,
    settings: &Settings,
    trace: &mut Step,
) -> Result<Capacity, Error> {
    let Some(net) = net_yearly(input, trace) else { return fixed(input.on, parameters, trace) };
    let percent = parameters.tables().percent(net, input.provider, input.on, settings, trace)?;
    let mut step =
        Step::new("capacity and instalment a month (betalingsevne, afdrag)", CAPACITY.on(input.on));
    let unit = step.parameter(parameters.get("instalment_step", input.on)?);
    let yearly = net * step.input("percent", Decimal::from(percent)) / Decimal::ONE_HUNDRED;
    step.result("yearly capacity", yearly);
    let monthly = step.result("monthly capacity", rounding::capacity_to_oere(yearly / Decimal::from(12)));
    let instalment = step.result("instalment", rounding::instalment_down(monthly, unit));
    step.rounding =
        Some("the capacity to whole øre, the instalment to a multiple of the step, both down".to_owned());
    trace.steps.push(step);
    let set_aside = match (percent, instalment.is_zero()) {
        (0, _) => Some(SetAsideReason::NoCapacity),
        (_, true) => Some(SetAsideReason::CapacityUnderTheStep),
        (_, false) => None,
    };
    Ok(Capacity { net: Some(net), percent: Some(percent), monthly, instalment, set_aside })
}

/// The instalment where nothing is known of the income.
fn fixed(on: Day, parameters: &Parameters, trace: &mut Step) -> Result<Capacity, Error> {
    let parameter = parameters.get("fixed_instalment", on)?;
    let mut step = Step::new("fixed instalment without information on the income", parameter.article.clone());
    let amount = step.parameter(parameter);
    let instalment = step.result("instalment", amount);
    trace.steps.push(step);
    Ok(Capacity { monthly: instalment, instalment, ..Capacity::default() })
}
