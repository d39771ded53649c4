//! A case of dk-temporary-housing and its answer.

use super::case::fault_from_zero;
use super::faults::{self, Fault};
use super::law::Law;
use domain::{Day, Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use schemes::dk_temporary_housing::{
    self, Assessment, Budget, ChargeLine, CostFigures, DecisionInput, Dispensation, Input, Paragraph,
    PersonalNeeds, ServiceInput, ServiceLine, Settings, Status,
};
use schemes::{Error, Trace};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

mod basis;

/// A resident's stay in a month.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The month, yyyy-mm.
    month: Period,
    /// The paragraph of serviceloven under which the stay is granted.
    paragraph: Paragraph,
    /// Days of the stay in the month.
    days: u32,
    /// The first of them. Needed when the stay is shorter than the month and a decision or dispensation falls in it.
    #[serde(default)]
    first_day: Option<Day>,
    /// Whether the resident has an income (*indtægtsgrundlag*). Without, nothing is charged.
    income: bool,
    /// The day on which the decision (*afgørelse*) was communicated to the resident. Left out: it was not, and
    /// nothing is charged.
    #[serde(default)]
    decision_communicated_on: Option<Day>,
    /// Kroner a day for the stay, electricity and heat included: the decided amount. Left out under §§ 109 and 110:
    /// the statutory rate; under § 107: no concrete amount was decided, and nothing is charged.
    #[serde(default, with = "schemes::exact::option")]
    #[schemars(with = "Option<String>")]
    decided_daily_rate: Option<Decimal>,
    /// Other decisions of the same stay, earlier or later: each works from its communication on. Left out: none.
    #[serde(default)]
    further_decisions: Vec<DecisionInput>,
    /// Services beside the stay, as decided, with the days opted out of. Left out: none.
    #[serde(default)]
    services: Vec<ServiceInput>,
    /// Whether the resident keeps an own home (*egen bolig*): under § 107 as a rule no payment for the housing. Left
    /// out: no.
    #[serde(default)]
    own_home_kept: bool,
    /// The resident's income and expenses: the payment leaves the amount for personal needs. Left out: no reduction
    /// was applied for.
    #[serde(default)]
    budget: Option<Budget>,
    /// Times without payment (*dispensation*) under § 107. Left out: none.
    #[serde(default)]
    dispensations: Vec<Dispensation>,
    /// Kroner a month: the rent of a comparable dwelling less housing benefit, which the payment for the stay may not
    /// exceed. Left out: not compared.
    #[serde(default, with = "schemes::exact::option")]
    #[schemars(with = "Option<String>")]
    comparable_rent: Option<Decimal>,
    /// The costs of the facility under § 107. Without valid ones nothing is decided and the resident waits; with them
    /// the answer has the average rate a day. Left out: they were looked at with the decision.
    #[serde(default)]
    cost_basis: Option<CostFigures>,
    /// The council's figures. Left out: it has set none.
    #[serde(default)]
    settings: Settings,
}

/// The answer: one line, for a resident has one place.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    status: Status,
    /// Days of the stay before a decision was communicated: never charged, also not later.
    days_before_decision: u32,
    /// What the resident's means do not allow.
    reduction: String,
    /// What the resident pays to the facility itself, not to the municipality.
    paid_to_facility: String,
    personal_needs_due: bool,
    /// Nothing where it is not due, or due and not set by the council.
    personal_needs: Option<String>,
    #[serde(flatten)]
    basis: basis::Answer,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    paragraph: Paragraph,
    payable: String,
    charges: Vec<Charge>,
    services: Vec<Service>,
}

#[derive(Debug, Serialize)]
struct Charge {
    from: Day,
    to: Day,
    days: u32,
    daily_rate: String,
    amount: String,
    decision_communicated_on: Day,
}

#[derive(Debug, Serialize)]
struct Service {
    name: String,
    days: u32,
    amount: String,
}

/// A case with every key.
pub(super) fn example() -> Value {
    json!({"month": "2023-05", "paragraph": "107", "days": 31, "first_day": "2023-05-01", "income": true,
        "decision_communicated_on": "2023-04-20", "decided_daily_rate": "90",
        "further_decisions": [{"communicated_on": "2023-05-16", "daily_rate": "95"}],
        "services": [{"service": "food", "name": "breakfast", "daily_rate": "20", "opted_out_days": 0}],
        "own_home_kept": false,
        "budget": {"income": "9000", "home_costs": "0", "obligations": "0", "personal_needs": "2000"},
        "dispensations": [{"from": "2023-05-20", "to": "2023-05-25", "reason": "hospital"}],
        "comparable_rent": "5000",
        "cost_basis": {"facility": "f1", "valid_from": "2023-01-01", "valid_to": "2023-12-31", "rent": "300000",
            "electricity": "40000", "heat": "25000", "place_days": 3650, "provisional": false, "owner": "team-1"},
        "settings": {"personal_needs_daily": "45.50"}})
}

/// Assesses the case.
pub(super) fn assess(facts: Value, law: &Law) -> Result<(Money, Answer, Trace), Vec<Fault>> {
    let case: Case = faults::read(facts, &example())?;
    let (mut input, figures, settings) = case.parts();
    let mut wrong: Vec<Fault> = input.faults().into_iter().map(told).collect();
    wrong.extend(basis::faults(figures.as_ref(), input.paragraph, input.month.first_day()));
    wrong.extend(settings.faults().into_iter().map(|error| told(error).beneath("settings")));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let (basis, steps) = basis::look_at(figures, &mut input).map_err(|error| vec![told(error)])?;
    let mut answer = dk_temporary_housing::assess(&input, &law.housing, &settings)
        .map_err(|error| refusals(error, &input, law, &settings))?;
    answer.trace.root.steps.splice(0..0, steps);
    Ok((answer.payable, Answer::of(&answer, input.paragraph, basis), answer.trace))
}

/// The refusal and those behind it: what was refused is made good, until nothing more is.
fn refusals(first: Error, input: &Input, law: &Law, settings: &Settings) -> Vec<Fault> {
    let mut input = input.clone();
    let mut faults = vec![told(first)];
    while faults.last().is_some_and(|fault| make_good(&mut input, &fault.path)) {
        match dk_temporary_housing::assess(&input, &law.housing, settings) {
            Ok(_) => break,
            Err(error) => faults.push(told(error)),
        }
    }
    faults
}

/// Puts an amount or number in the place of a refused one. `false` where none would do, or there is one already.
fn make_good(input: &mut Input, path: &str) -> bool {
    let position = |list: &str, name: &str| -> Option<usize> {
        path.strip_prefix(list)?.strip_prefix('[')?.strip_suffix(name)?.strip_suffix("].")?.parse().ok()
    };
    let nothing = Some(Decimal::ZERO);
    if path == "decided_daily_rate" {
        return std::mem::replace(&mut input.decided_daily_rate, nothing) != nothing;
    }
    if let Some(n) = position("further_decisions", "daily_rate") {
        let decision = input.further_decisions.get_mut(n);
        return decision.is_some_and(|d| std::mem::replace(&mut d.daily_rate, nothing) != nothing);
    }
    let service = position("services", "opted_out_days").and_then(|n| input.services.get_mut(n));
    service.is_some_and(|service| std::mem::take(&mut service.opted_out_days) != 0)
}

fn told(error: Error) -> Fault {
    fault_from_zero(error, "month")
}

impl Case {
    fn parts(self) -> (Input, Option<CostFigures>, Settings) {
        let input = Input {
            month: self.month,
            paragraph: self.paragraph,
            days: self.days,
            first_day: self.first_day,
            income: self.income,
            decision_communicated_on: self.decision_communicated_on,
            decided_daily_rate: self.decided_daily_rate,
            further_decisions: self.further_decisions,
            services: self.services,
            own_home_kept: self.own_home_kept,
            budget: self.budget,
            dispensations: self.dispensations,
            comparable_rent: self.comparable_rent,
        };
        (input, self.cost_basis, self.settings)
    }
}

impl Answer {
    fn of(answer: &Assessment, paragraph: Paragraph, basis: basis::Answer) -> Self {
        let line = Line {
            paragraph,
            payable: answer.payable.to_text(),
            charges: answer.lines.iter().map(Charge::of).collect(),
            services: answer.services.iter().map(Service::of).collect(),
        };
        Self {
            status: answer.status,
            days_before_decision: answer.days_before_decision,
            reduction: answer.reduction.to_text(),
            paid_to_facility: answer.paid_to_facility.to_text(),
            personal_needs_due: answer.personal_needs != PersonalNeeds::NotDue,
            personal_needs: match &answer.personal_needs {
                PersonalNeeds::Due(amount) => Some(amount.to_text()),
                PersonalNeeds::NotDue | PersonalNeeds::DueNotSet => None,
            },
            basis,
            lines: vec![line],
        }
    }
}

impl Charge {
    fn of(line: &ChargeLine) -> Self {
        let (from, to) = line.span();
        Self {
            from,
            to,
            days: line.days(),
            daily_rate: format!("{:.2}", line.daily_rate()),
            amount: line.amount().to_text(),
            decision_communicated_on: line.decision_communicated_on(),
        }
    }
}

impl Service {
    fn of(line: &ServiceLine) -> Self {
        Self { name: line.name.clone(), days: line.days, amount: line.amount.to_text() }
    }
}
