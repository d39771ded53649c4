//! A case of dk-placement and its answer.

use super::case::fault;
use super::faults::{self, Fault};
use super::law::Law;
use domain::Money;
use schemes::Trace;
use schemes::dk_placement::{self, ChildAssessment, Input, Settings};
use serde::Serialize;
use serde_json::{Value, json};

/// The answer: the sums, and one line a child, in the order of the case.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    yearly_amount: String,
    monthly_amount: String,
    /// Whether anything is collected.
    collected: bool,
    maintenance_to_be_fixed: bool,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    child: String,
    payable: String,
    yearly_amount: String,
    monthly_amount: String,
    collected: bool,
}

/// A case with every key. It is no case to assess: the base and the parents exclude each other.
pub(super) fn example() -> Value {
    json!({"year": 2024, "income_base": "400000", "income_year": 2022, "rate_adjustments": ["2.0"],
        "parents": [{"lived_with_child": true, "personal_income": "400000", "capital_income": "0",
            "share_income": "0", "dividends": "0", "maintenance_fixed": false}],
        "children": [{"child": "a", "continued_placement": false,
            "exemption": {"reason": "cooperation", "percent": "50"}}]})
}

/// Assesses the case.
pub(super) fn assess(facts: Value, law: &Law) -> Result<(Money, Answer, Trace), Vec<Fault>> {
    let input: Input = faults::read(facts, &example())?;
    let wrong = input.faults();
    if !wrong.is_empty() {
        return Err(wrong.into_iter().map(|error| fault(error, "year")).collect());
    }
    let answer = dk_placement::assess(&input, &law.placement, &Settings::default())
        .map_err(|error| vec![fault(error, "year")])?;
    let of = |name: &String| answer.children.iter().find(|line| line.child == *name);
    let lines = input.children.iter().filter_map(|child| of(&child.child)).map(Line::of).collect();
    let own = Answer {
        yearly_amount: answer.yearly_amount.to_text(),
        monthly_amount: answer.monthly_amount.to_text(),
        collected: answer.children.iter().any(|child| child.collected),
        maintenance_to_be_fixed: answer.maintenance_to_be_fixed,
        lines,
    };
    Ok((answer.total, own, answer.trace))
}

impl Line {
    fn of(child: &ChildAssessment) -> Self {
        Self {
            child: child.child.clone(),
            payable: child.payable.to_text(),
            yearly_amount: child.yearly_amount.to_text(),
            monthly_amount: child.monthly_amount.to_text(),
            collected: child.collected,
        }
    }
}
