//! The one computation: amount and explanation together.

use super::charge::kroner;
use super::days::{Run, StayDays};
use super::decision::{Rate, decisions};
use super::services::service_lines;
use super::{ChargeLine, Input, Paragraph, SCHEME, ServiceLine, Settings, articles};
use crate::{Error, Parameters, Step, Trace};
use domain::{Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a resident pays for one month, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The month.
    pub month: Period,
    /// Whether something is charged, and if not, why.
    pub status: Status,
    /// What the municipality charges: lines and services less the reduction.
    pub payable: Money,
    /// The stay, by decision.
    pub lines: Vec<ChargeLine>,
    /// Services: under § 107 part of what is payable, under §§ 109 and 110 paid to the facility.
    pub services: Vec<ServiceLine>,
    /// What the resident pays to the facility itself.
    pub paid_to_facility: Money,
    /// What the resident's means do not allow.
    pub reduction: Money,
    /// Days of the stay before a decision was communicated: never charged, also not later.
    pub days_before_decision: u32,
    /// Whether an amount for personal needs is due to the resident.
    pub personal_needs: PersonalNeeds,
    /// How it came to be.
    pub trace: Trace,
}

/// Whether something is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A communicated decision with a concrete amount covers days of the stay.
    Charged,
    /// None does: the resident belongs on the work list, not on an invoice of nothing.
    AwaitingDecision,
    /// The resident has no income.
    NoIncome,
    /// The resident keeps an own home, and no payment for the housing was set.
    OwnHomeKept,
    /// A dispensation covers every day.
    Dispensed,
}

/// An amount for personal needs (*beløb til personlige fornødenheder*), paid until there is an income.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonalNeeds {
    /// The resident has an income.
    NotDue,
    /// Due, with the council's amount for the days.
    Due(Money),
    /// Due; the council has set no amount.
    DueNotSet,
}

/// Computes what a resident pays for a month. Refuses facts out of range and a month without a statutory rate it needs
/// ([`Error::NoParameter`]).
pub fn assess(input: &Input, parameters: &Parameters, settings: &Settings) -> Result<Assessment, Error> {
    Error::first(input.faults())?;
    settings.check()?;
    let decisions = decisions(input)?;
    let mut root = Step::new("own payment for a month (egenbetaling)", articles::PAYMENT);
    root.input_text("month", input.month.to_string());
    root.input_text("stay under", input.paragraph.in_words());
    if !input.income {
        return no_income(input, settings, root);
    }
    let days = StayDays::find(input, &decisions, &mut root)?;
    let housing_free = input.paragraph == Paragraph::P107 && input.own_home_kept && input.budget.is_none();
    let lines = match housing_free {
        true => own_home(input, &mut root),
        false => days
            .runs
            .iter()
            .map(|run| line(input, run, parameters, &mut root))
            .collect::<Result<Vec<_>, _>>()?,
    };
    let of_107 = input.paragraph == Paragraph::P107;
    let service_days = if of_107 { days.with_payment() } else { input.days };
    let services = match service_days {
        0 => Vec::new(),
        _ => service_lines(input, service_days, &mut root)?,
    };
    let of_services: Decimal = services.iter().map(|s| s.amount.amount()).sum();
    let of_stay: Decimal = lines.iter().map(|l| l.amount().amount()).sum();
    let due = if of_107 { of_stay + of_services } else { of_stay };
    let reduction = reduction(input, due, &mut root);
    let payable = root.result("payable", due - reduction);
    let status = match (days.with_payment(), lines.is_empty()) {
        (0, _) if days.dispensed > 0 && days.before_decision == 0 => Status::Dispensed,
        (0, _) => Status::AwaitingDecision,
        (_, true) if of_services.is_zero() => Status::OwnHomeKept,
        _ => Status::Charged,
    };
    Ok(Assessment {
        month: input.month,
        status,
        payable: kroner(payable)?,
        lines,
        paid_to_facility: kroner(if of_107 { Decimal::ZERO } else { of_services })?,
        services,
        reduction: kroner(reduction)?,
        days_before_decision: days.before_decision,
        personal_needs: PersonalNeeds::NotDue,
        trace: Trace { scheme: SCHEME.to_owned(), root },
    })
}

/// No income: nothing is charged, and the amount for personal needs is due.
fn no_income(input: &Input, settings: &Settings, mut root: Step) -> Result<Assessment, Error> {
    let article = match input.paragraph {
        Paragraph::P107 => articles::NO_INCOME_107.on(input.month.first_day()),
        Paragraph::P109 | Paragraph::P110 => articles::RELIEF_109_110.on(input.month.first_day()),
    };
    let mut step = Step::new("no income: no payment, and an amount for personal needs", article);
    let days = step.input("days of the stay", Decimal::from(input.days));
    let personal_needs = match settings.personal_needs_daily {
        Some(daily) => {
            let daily = step.input("amount a day (setting personal_needs_daily)", daily);
            PersonalNeeds::Due(kroner(step.result("due to the resident", daily * days))?)
        }
        None => {
            step.result_text(
                "due to the resident",
                "an amount that the council sets (setting personal_needs_daily)",
            );
            PersonalNeeds::DueNotSet
        }
    };
    root.steps.push(step);
    root.result("payable", Decimal::ZERO);
    Ok(Assessment {
        month: input.month,
        status: Status::NoIncome,
        payable: kroner(Decimal::ZERO)?,
        lines: Vec::new(),
        services: Vec::new(),
        paid_to_facility: kroner(Decimal::ZERO)?,
        reduction: kroner(Decimal::ZERO)?,
        days_before_decision: 0,
        personal_needs,
        trace: Trace { scheme: SCHEME.to_owned(), root },
    })
}

/// An own home kept under § 107: as a rule no payment for the housing.
fn own_home(input: &Input, trace: &mut Step) -> Vec<ChargeLine> {
    let mut step = Step::new(
        "own home kept: no payment for the housing",
        articles::OWN_HOME_107.on(input.month.first_day()),
    );
    step.input_text("budget for a payment all the same", "none");
    step.result("payment for the housing", Decimal::ZERO);
    trace.steps.push(step);
    Vec::new()
}

/// The charge of days under one decision.
fn line(
    input: &Input,
    run: &Run<'_>,
    parameters: &Parameters,
    trace: &mut Step,
) -> Result<ChargeLine, Error> {
    let article = match input.paragraph {
        Paragraph::P107 => articles::STAY_107.on(input.month.first_day()),
        Paragraph::P109 | Paragraph::P110 => articles::STAY_109_110.on(input.month.first_day()),
    };
    let mut step = Step::new(format!("stay from {} to {}", run.from, run.to), article);
    let field = || input.field_of_decision(run.decision.communicated_on());
    let statutory =
        input.paragraph.rate_parameter().map(|name| parameters.get(name, input.month.first_day()));
    let rate = match (run.decision.rate(), statutory) {
        (Rate::Statutory, Some(statutory)) => step.parameter(statutory?),
        (Rate::Daily(decided), Some(Ok(statutory))) => {
            let limit = step.parameter(statutory);
            if decided > limit {
                let problem = format!("is {decided}, above the statutory rate of {limit} ({article})");
                return Err(Error::input(field(), problem));
            }
            step.input("decided rate a day", decided)
        }
        (Rate::Daily(decided), None) => step.input("decided rate a day", decided),
        (Rate::Daily(decided), Some(Err(_))) => {
            step.input_text("statutory rate of the year", "not found, so not compared with the decided one");
            step.input("decided rate a day", decided)
        }
        (Rate::Statutory, None) => {
            return Err(Error::input(field(), "is missing: § 107 has no statutory rate"));
        }
    };
    within_comparable_rent(input, rate, &mut step).map_err(|problem| Error::input(field(), problem))?;
    step.input("days", Decimal::from(run.days));
    let line = ChargeLine::under(run.decision, run.from, run.to, run.days, rate)?;
    step.result("amount", line.amount().amount());
    trace.steps.push(step);
    Ok(line)
}

/// Refuses a rate whose whole month exceeds the rent of a comparable dwelling.
fn within_comparable_rent(input: &Input, rate: Decimal, trace: &mut Step) -> Result<(), String> {
    let Some(comparable) = input.comparable_rent else { return Ok(()) };
    let whole_month = rate * Decimal::from(input.month.days());
    trace.input("rent of a comparable dwelling less housing benefit", comparable);
    if whole_month <= comparable {
        return Ok(());
    }
    Err(format!(
        "comes to {whole_month} in the month, above the {comparable} of a comparable dwelling ({})",
        articles::COMPARABLE.on(input.month.first_day())
    ))
}

/// What the resident's budget does not allow of what is due.
fn reduction(input: &Input, due: Decimal, trace: &mut Step) -> Decimal {
    let Some(budget) = &input.budget else { return Decimal::ZERO };
    let article = match input.paragraph {
        Paragraph::P107 => articles::OWN_HOME_107.on(input.month.first_day()),
        Paragraph::P109 | Paragraph::P110 => articles::RELIEF_109_110.on(input.month.first_day()),
    };
    let mut step = Step::new("reduction to what the resident can pay", article);
    step.input("due", due);
    step.input("income", budget.income);
    step.input("costs of the own home", budget.home_costs);
    step.input("obligations", budget.obligations);
    step.input("personal needs", budget.personal_needs);
    let room = step.result("room for payment", budget.room());
    let reduction = step.result("reduction", (due - room).max(Decimal::ZERO));
    trace.steps.push(step);
    reduction
}
