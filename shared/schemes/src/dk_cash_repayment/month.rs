//! A month's instalment of a plan: the instalment of the decision that counts, or what is left of the claims it covers.

use super::{Assessment, SCHEME, articles};
use crate::{Error, Step, Trace};
use domain::{Day, Money, Period};
use rust_decimal::Decimal;

/// A claim as it stands before a month's instalment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimBalance {
    /// Its id.
    pub claim: String,
    /// Kroner, as registered.
    pub principal: Decimal,
    /// Kroner that were settled otherwise before the month.
    pub settled: Decimal,
    /// Kroner that the instalments of earlier months have taken.
    pub charged: Decimal,
}

/// A month of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthInput<'a> {
    /// The month.
    pub month: Period,
    /// When the instalment is due.
    pub due_on: Day,
    /// What the decision that counts in the month rests on.
    pub plan: &'a Assessment,
    /// The day on which that decision reached the debtor.
    pub communicated_on: Day,
    /// The claims that it covers, in the order in which they are paid.
    pub claims: Vec<ClaimBalance>,
    /// Why nothing is paid for this month, where nothing is.
    pub free: Option<String>,
}

/// What is paid for a month, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthAssessment {
    /// The instalment.
    pub payable: Money,
    /// What it takes of each claim, in the order in which they are paid.
    pub shares: Vec<(String, Decimal)>,
    /// How it came to be.
    pub trace: Trace,
}

impl ClaimBalance {
    /// What is left; below zero where more was settled than was owed, which is told apart.
    pub fn left(&self) -> Decimal {
        self.principal - self.settled - self.charged
    }
}

/// Computes a month. Refused where the decision reached the debtor after the month had begun: it works only forward.
pub fn assess_month(input: &MonthInput<'_>) -> Result<MonthAssessment, Error> {
    if input.communicated_on > input.month.first_day() {
        let problem = format!("is after the 1st of {}: a decision works only forward", input.month);
        return Err(Error::input("communicated_on", problem));
    }
    let article = articles::PLAN.on(input.month.first_day());
    let mut root = Step::new("instalment of a month (månedligt afdrag)", article);
    root.input_text("month", input.month.to_string());
    root.input_text("due on", input.due_on.to_string());
    root.input_text("decision communicated on", input.communicated_on.to_string());
    root.steps.push(input.plan.trace.root.clone());
    let mut rest = root.input("instalment of the decision", input.plan.monthly_instalment.amount());
    if let Some(reason) = &input.free {
        root.input_text("not paid for this month", reason.clone());
        rest = Decimal::ZERO;
    }
    let mut shares = Vec::with_capacity(input.claims.len());
    for balance in &input.claims {
        let mut step = Step::new(format!("claim {}", balance.claim), article);
        step.input("principal", balance.principal);
        step.input("settled otherwise before the month", balance.settled);
        step.input("taken by earlier instalments", balance.charged);
        let left = step.result("left", balance.left());
        // More than was owed is no debt; that it was too much is told to staff.
        let share = step.result("taken by this instalment", rest.min(left.max(Decimal::ZERO)));
        rest -= share;
        root.steps.push(step);
        if !share.is_zero() {
            shares.push((balance.claim.clone(), share));
        }
    }
    let payable = root.result("payable", shares.iter().map(|(_, share)| share).sum());
    let trace = Trace { scheme: SCHEME.to_owned(), root };
    Ok(MonthAssessment { payable: Money::dkk_half_up(payable), shares, trace })
}

#[cfg(test)]
mod tests {
    use super::super::{Input, Settings, assess, parameters};
    use super::*;

    fn plan() -> Assessment {
        let json = r#"{"on": "2026-02-01", "net_yearly_income": "250000", "provider": false}"#;
        let input: Input = serde_json::from_str(json).unwrap();
        assess(&input, &parameters().unwrap(), &Settings::default()).unwrap()
    }

    fn balance(claim: &str, principal: i64, settled: i64, charged: i64) -> ClaimBalance {
        let [principal, settled, charged] = [principal, settled, charged].map(Decimal::from);
        ClaimBalance { claim: claim.to_owned(), principal, settled, charged }
    }

    fn month(plan: &Assessment, claims: Vec<ClaimBalance>, free: Option<&str>) -> MonthAssessment {
        let input = MonthInput {
            month: "2026-04".parse().unwrap(),
            due_on: "2026-04-20".parse().unwrap(),
            plan,
            communicated_on: "2026-03-10".parse().unwrap(),
            claims,
            free: free.map(str::to_owned),
        };
        assess_month(&input).unwrap()
    }

    fn shares(month: &MonthAssessment) -> Vec<(&str, String)> {
        month.shares.iter().map(|(claim, share)| (claim.as_str(), share.normalize().to_string())).collect()
    }

    #[test]
    fn an_instalment_takes_the_first_claims_first_and_the_last_one_is_what_is_left() {
        // 250.000 net: 19 percent, 3.958,33 a month, an instalment of 3.950.
        let plan = plan();
        let two = month(&plan, vec![balance("a", 3_000, 0, 1_000), balance("b", 9_000, 500, 0)], None);
        assert_eq!(two.payable.to_text(), "3950.00");
        assert_eq!(shares(&two), [("a", "2000".to_owned()), ("b", "1950".to_owned())]);
        let last = month(&plan, vec![balance("a", 3_000, 0, 3_000), balance("b", 4_000, 500, 1_950)], None);
        assert_eq!(last.payable.to_text(), "1550.00");
        assert_eq!(shares(&last), [("b", "1550".to_owned())]);
    }

    #[test]
    fn nothing_is_taken_of_what_is_overpaid_or_in_a_month_that_is_free() {
        let plan = plan();
        let over = month(&plan, vec![balance("a", 3_000, 2_000, 1_500), balance("b", 100, 0, 0)], None);
        assert_eq!(shares(&over), [("b", "100".to_owned())]);
        let free = month(&plan, vec![balance("a", 3_000, 0, 0)], Some("the debtor has died"));
        assert_eq!((free.payable.to_text().as_str(), free.shares.len()), ("0.00", 0));
    }

    #[test]
    fn a_decision_that_came_after_the_month_had_begun_takes_nothing_of_it() {
        let plan = plan();
        let late = MonthInput {
            month: "2026-04".parse().unwrap(),
            due_on: "2026-04-20".parse().unwrap(),
            plan: &plan,
            communicated_on: "2026-04-02".parse().unwrap(),
            claims: vec![balance("a", 3_000, 0, 0)],
            free: None,
        };
        assert!(assess_month(&late).unwrap_err().to_string().contains("works only forward"));
        let in_time = MonthInput { communicated_on: "2026-04-01".parse().unwrap(), ..late };
        assert!(assess_month(&in_time).is_ok());
    }

    #[test]
    fn the_trace_has_every_figure_that_the_amount_recomputes_from() {
        let plan = plan();
        let assessed = month(&plan, vec![balance("a", 3_000, 0, 1_000), balance("b", 9_000, 500, 0)], None);
        let figure = |step: &Step, name: &str| -> Decimal {
            let figures = step.inputs.iter().chain(&step.result);
            figures
                .filter(|figure| figure.name == name)
                .map(|figure| figure.value.parse::<Decimal>().unwrap())
                .sum()
        };
        let root = &assessed.trace.root;
        let left = |step: &Step| {
            figure(step, "principal")
                - figure(step, "settled otherwise before the month")
                - figure(step, "taken by earlier instalments")
        };
        let claims = root.steps.iter().filter(|step| step.rule.starts_with("claim "));
        let owed: Decimal = claims.map(left).sum();
        assert_eq!(
            figure(root, "instalment of the decision").min(owed),
            assessed.payable.amount(),
            "{}",
            assessed.trace
        );
        // The instalment itself: percent of the net income, a twelfth, down to a multiple of fifty.
        let text = assessed.trace.to_string();
        assert!(text.contains("percent = 19") && text.contains("yearly net income = 250000"), "{text}");
    }
}
