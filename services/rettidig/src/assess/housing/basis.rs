//! The costs of the facility: what a day costs on average, or what is missing before anything can be decided.

use super::told;
use crate::assess::faults::Fault;
use domain::Day;
use rust_decimal::Decimal;
use schemes::dk_temporary_housing::{
    CostBasis, CostFigures, Input, MissingBasis, Paragraph, articles, calculate,
};
use schemes::{Error, Step};
use serde::Serialize;

/// What the figures came to; nothing without figures.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    calculation: Option<Calculation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_basis: Option<MissingBasis>,
}

/// Kroner a day.
#[derive(Debug, Serialize)]
struct Calculation {
    stay_daily_rate: String,
    services_daily_rate: String,
    /// Nothing without a budget: income and expenses are obtained before an amount is decided.
    proposed_daily_rate: Option<String>,
    affordable: Option<bool>,
}

/// Who calculates, and by which template: a case that is tried decides nothing.
const TEMPLATE: &str = "rettidig assess";

/// Everything that makes the figures none, and figures where the rate does not come from them.
pub(super) fn faults(figures: Option<&CostFigures>, paragraph: Paragraph, on: Day) -> Vec<Fault> {
    let Some(figures) = figures else { return Vec::new() };
    let mut faults: Vec<Fault> =
        figures.faults().into_iter().map(told).map(|fault| fault.beneath("cost_basis")).collect();
    if paragraph != Paragraph::P107 {
        let problem = format!(
            "is of § 107; the rate of §§ 109 and 110 is statutory ({})",
            articles::STAY_109_110.on(on)
        );
        faults.push(Fault::new("cost_basis", problem));
    }
    faults
}

/// Looks at the figures. Without a valid basis no decision counts: nobody is decided or charged on less.
pub(super) fn look_at(figures: Option<CostFigures>, input: &mut Input) -> Result<(Answer, Vec<Step>), Error> {
    let Some(figures) = figures else { return Ok((Answer::default(), Vec::new())) };
    match CostBasis::of(figures.clone()) {
        Ok(basis) => valid(&basis, &figures, input),
        Err(missing) => {
            input.decision_communicated_on = None;
            input.further_decisions.clear();
            let step = without(&missing, input.month.first_day());
            Ok((Answer { missing_basis: Some(missing), ..Answer::default() }, vec![step]))
        }
    }
}

fn without(missing: &MissingBasis, on: Day) -> Step {
    let mut step = Step::new("costs of the facility", articles::SERVICES_107.on(on));
    step.input_text("facility", &missing.facility);
    for problem in &missing.missing {
        step.input_text("missing", problem);
    }
    step.input_text("obtained by", &missing.owner);
    step.result_text("decisions", "none counts before the facility has valid costs");
    step
}

fn valid(basis: &CostBasis, figures: &CostFigures, input: &Input) -> Result<(Answer, Vec<Step>), Error> {
    let on = input.decision_communicated_on.unwrap_or(input.month.first_day());
    basis.holds_on(on)?;
    let mut step = Step::new("average cost of a day in the facility", articles::SERVICES_107.on(on));
    step.input_text("facility", &figures.facility);
    for (name, amount) in
        [("rent", figures.rent), ("electricity", figures.electricity), ("heat", figures.heat)]
    {
        step.input(&format!("{name} a year"), amount.unwrap_or_default());
    }
    step.input("place days", Decimal::from(figures.place_days));
    step.result("rate a day", basis.stay_daily_rate());
    step.rounding = Some("to whole øre, halves up".to_owned());
    let mut steps = vec![step];
    let mut answer = Calculation {
        stay_daily_rate: text(basis.stay_daily_rate()),
        services_daily_rate: text(input.services.iter().map(|service| service.daily_rate).sum()),
        proposed_daily_rate: None,
        affordable: None,
    };
    if let Some(budget) = &input.budget {
        let made = calculate(basis, &input.services, budget.clone(), TEMPLATE, TEMPLATE, on)?;
        let mut step = Step::new("rate that the resident can pay", articles::DECISION.on(on));
        step.input("rate a day", made.stay_daily_rate);
        step.input("services a day", made.services_daily_rate);
        step.input("room for payment a month", budget.room());
        step.result("proposed rate a day, not decided", made.proposed_daily_rate);
        step.rounding = Some("down to whole øre".to_owned());
        steps.push(step);
        answer.affordable = Some(made.is_affordable());
        answer.proposed_daily_rate = Some(text(made.proposed_daily_rate));
    }
    Ok((Answer { calculation: Some(answer), missing_basis: None }, steps))
}

fn text(rate: Decimal) -> String {
    format!("{rate:.2}")
}
