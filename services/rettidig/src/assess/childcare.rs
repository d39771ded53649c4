//! A case of se-childcare: its input with notices and declarations by their days, and its answer.

use super::case::fault_from_zero;
use super::faults::{self, Fault};
use super::law::Law;
use domain::{Day, Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use schemes::se_childcare::{self, Assessment, Care, DaysFee, PlacementEnd, Settings};
use schemes::{Error, Trace};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

mod dates;

use dates::Dated;

/// A household in a month.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The month (*avgiftsmånad*), yyyy-mm.
    month: Period,
    /// Kronor a month: the household's income before tax (*bruttoinkomst*) at the start of the month. Left out: none
    /// is declared, and the highest fee is due.
    #[serde(default, with = "schemes::exact::option")]
    #[schemars(with = "Option<String>")]
    monthly_income: Option<Decimal>,
    /// Other incomes from a later day, because the household or its income changed. Left out: none.
    #[serde(default)]
    income_changes: Vec<Change>,
    /// The children's places, in any order. A child whose care, hours or address changes in the month has an entry for
    /// each part of it.
    children: Vec<Child>,
    /// What the municipality decided. Left out: only the national rules apply. What is for the yearly check and for
    /// corrections plays no part in a month.
    #[serde(default)]
    settings: Settings,
}

/// Another income. Send `from` or `declared_on`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// The first day with this income, after the 1st of the month.
    #[serde(default)]
    from: Option<Day>,
    /// The day on which it was declared: it counts from the day that the settings say (*declaration_effect*), never
    /// back.
    #[serde(default)]
    declared_on: Option<Day>,
    /// Kronor a month. Left out: none is declared for the changed household.
    #[serde(default, with = "schemes::exact::option")]
    #[schemars(with = "Option<String>")]
    monthly_income: Option<Decimal>,
}

/// A child's place.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Child {
    /// A name for the child that is no personal datum.
    id: String,
    /// The child's date of birth: the youngest pays the highest fee.
    born: Day,
    /// The form of care.
    care: Care,
    /// The first day with the place. Left out: before the month.
    #[serde(default)]
    from: Option<Day>,
    /// The last day with the place, notice (*uppsägningstid*) included. Left out: after the month, or by `end`.
    #[serde(default)]
    to: Option<Day>,
    /// How the place ends, in place of `to`: by notice, which the settings say how long it runs, or by a move to
    /// another municipality, which ends the fee at once. Left out: it does not.
    #[serde(default)]
    end: Option<PlacementEnd>,
    /// Hours of care a week, needed where the municipality's reduction depends on them.
    #[serde(default, with = "schemes::exact::option")]
    #[schemars(with = "Option<String>")]
    weekly_hours: Option<Decimal>,
    /// Whether the child is registered at the household's address. Only then it counts among the siblings. Left out:
    /// yes.
    #[serde(default = "yes")]
    same_address: bool,
}

/// The answer: one line a child, in the order of the case.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    child: String,
    payable: String,
    fees: Vec<Fee>,
}

/// The monthly fee that holds on some days of the month.
#[derive(Debug, Serialize)]
struct Fee {
    from: Day,
    to: Day,
    care: Care,
    order: Option<u32>,
    reduction: Option<String>,
    monthly_fee: String,
}

/// A case with every key. It is no case to assess: some exclude each other.
pub(super) fn example() -> Value {
    json!({"month": "2024-03", "monthly_income": "30000",
        "income_changes": [{"from": "2024-03-10", "declared_on": "2024-03-10", "monthly_income": "35000"}],
        "children": [{"id": "a", "born": "2022-05-01", "care": "preschool", "from": "2023-08-15", "to": "2024-06-30",
            "end": {"notice": {"given_on": "2024-02-10", "moved_on": "2024-03-20"}, "move": {"moved_on": "2024-03-20"}},
            "weekly_hours": "15", "same_address": true}],
        "settings": {"reductions": [{"name": "allmän förskola", "source": "the municipality's tariff",
                "care": "preschool", "from": {"turns": 3, "on": "08-01"}, "until": {"turns": 6, "on": "05-31"},
                "season": {"from": "09-01", "to": "05-31"}, "hours_above": "0", "hours_at_most": "40",
                "fee": {"percents": {"first": "2", "second": "1", "third": "1"}, "percent_of_full": "75",
                    "part_of_full": "6/9"}}],
            "free_below_income": "10000",
            "later_caps": [{"national_from": "2024-01-01", "applied_from": "2024-02-01"}],
            "part_of_month": "days_of_month", "notice_months": 2, "declaration_effect": "date",
            "check_threshold": "600", "tiny_claim_below": "100", "claim_instalments": 1, "answer_days": 14}})
}

/// Assesses the case.
pub(super) fn assess(facts: Value, law: &Law) -> Result<(Money, Answer, Trace), Vec<Fault>> {
    let case: Case = faults::read(facts, &example())?;
    let settings = case.settings.faults().into_iter();
    let mut wrong: Vec<Fault> = settings.map(|error| told(error).beneath("settings")).collect();
    let dated = case.dated(&mut wrong);
    wrong.extend(dated.input.faults().into_iter().map(|error| dated.fault(told(error))));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut answer = se_childcare::assess(&dated.input, &law.childcare, &case.settings)
        .map_err(|error| refused(error, &dated, law, &case.settings))?;
    answer.trace.root.steps.splice(0..0, dated.steps);
    Ok((answer.payable, Answer::of(&answer, &case.children), answer.trace))
}

/// A refusal by the paths of the case. Hours that one child lacks do not hide those that another lacks.
fn refused(error: Error, dated: &Dated, law: &Law, settings: &Settings) -> Vec<Fault> {
    let fault = dated.fault(told(error));
    if fault.path == "reductions" {
        return vec![fault.beneath("settings")];
    }
    if !fault.path.starts_with("children.") {
        return vec![fault];
    }
    let lacks_hours = |(n, child): (usize, &se_childcare::ChildInput)| {
        let alone = se_childcare::Input { children: vec![child.clone()], ..dated.input.clone() };
        let fault = se_childcare::assess(&alone, &law.childcare, settings).err().map(told)?;
        let path = format!("children[{n}].weekly_hours");
        fault.path.starts_with("children.").then_some(Fault { path, ..fault })
    };
    dated.input.children.iter().enumerate().filter_map(lacks_hours).collect()
}

fn told(error: Error) -> Fault {
    fault_from_zero(error, "month")
}

impl Answer {
    fn of(answer: &Assessment, children: &[Child]) -> Self {
        let mut seen = BTreeSet::new();
        let once = children.iter().filter(|child| seen.insert(&child.id));
        let lines = once.filter_map(|child| answer.lines.iter().find(|line| line.child == child.id));
        Self { lines: lines.map(Line::of).collect() }
    }
}

impl Line {
    fn of(line: &se_childcare::Line) -> Self {
        Self {
            child: line.child.clone(),
            payable: line.payable.to_text(),
            fees: line.fees.iter().map(Fee::of).collect(),
        }
    }
}

impl Fee {
    fn of(fee: &DaysFee) -> Self {
        Self {
            from: fee.from,
            to: fee.to,
            care: fee.care,
            order: fee.order,
            reduction: fee.reduction.clone(),
            monthly_fee: fee.monthly_fee.to_text(),
        }
    }
}

fn yes() -> bool {
    true
}
