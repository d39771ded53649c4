//! A case of dk-cash-repayment and its answer.

use super::case::fault;
use super::faults::{self, Fault};
use super::law::Law;
use domain::Money;
use schemes::Trace;
use schemes::dk_cash_repayment::{self, ClaimAssessment, ClaimState, Input, Outcome, Settings};
use serde::Serialize;
use serde_json::{Value, json};

/// The answer: the instalment or the day of review, and one line a claim, in the order of the case.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    percent: Option<u32>,
    monthly_capacity: String,
    monthly_instalment: String,
    outcome: Outcome,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    claim: String,
    amount: String,
    #[serde(flatten)]
    state: ClaimState,
}

/// A case with every key. It is no case to assess: one of the incomes counts.
pub(super) fn example() -> Value {
    json!({"on": "2026-02-01", "net_yearly_income": "250000", "latest_months": ["20000"], "latest_tax_year": "250000",
        "provider": false, "benefit": "cash_assistance",
        "claims": [{"claim": "k1", "amount": "20000", "help_ended_on": "2025-06-30", "learned_on": "2025-06-30",
            "could_pay_on": "2025-06-30"}]})
}

/// Assesses the case.
pub(super) fn assess(facts: Value, law: &Law) -> Result<(Money, Answer, Trace), Vec<Fault>> {
    let input: Input = faults::read(facts, &example())?;
    let wrong = input.faults();
    if !wrong.is_empty() {
        return Err(wrong.into_iter().map(|error| fault(error, "on")).collect());
    }
    let answer = dk_cash_repayment::assess(&input, &law.repayment, &Settings::default())
        .map_err(|error| vec![fault(error, "on")])?;
    let of = |id: &String| answer.claims.iter().find(|line| line.claim == *id);
    let lines = input.claims.iter().filter_map(|claim| of(&claim.claim)).map(Line::of).collect();
    let own = Answer {
        percent: answer.percent,
        monthly_capacity: answer.monthly_capacity.to_text(),
        monthly_instalment: answer.monthly_instalment.to_text(),
        outcome: answer.outcome,
        lines,
    };
    Ok((answer.payable, own, answer.trace))
}

impl Line {
    fn of(claim: &ClaimAssessment) -> Self {
        Self { claim: claim.claim.clone(), amount: claim.amount.to_text(), state: claim.state }
    }
}
