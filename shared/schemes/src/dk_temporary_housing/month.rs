//! A month of one resident in all its stays: each part of the month by itself, and their sum.

use super::charge::kroner;
use super::{Assessment, Input, SCHEME, Settings, articles, assess};
use crate::{Error, Parameters, Step, Trace};
use domain::{Money, Period};
use rust_decimal::Decimal;

/// Days in a row of one stay under the same decision and means.
#[derive(Debug, Clone, PartialEq)]
pub struct StayPart {
    /// The facts.
    pub input: Input,
    /// How the decided amount came to be, where one was decided.
    pub decided: Option<Step>,
}

/// What a resident pays for a month, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthAssessment {
    /// What the municipality charges.
    pub payable: Money,
    /// Each part.
    pub parts: Vec<Assessment>,
    /// How it came to be.
    pub trace: Trace,
}

/// Computes a month from its parts; nothing where no day of a stay lies in it. Refuses what [`assess`] refuses.
pub fn assess_month(
    month: Period,
    parts: &[StayPart],
    parameters: &Parameters,
    settings: &Settings,
) -> Result<MonthAssessment, Error> {
    let mut root = Step::new("own payment for a month (egenbetaling)", articles::PAYMENT);
    root.input_text("month", month.to_string());
    let (mut sum, mut assessed) = (Decimal::ZERO, Vec::with_capacity(parts.len()));
    for part in parts {
        let assessment = assess(&part.input, parameters, settings)?;
        sum += assessment.payable.amount();
        root.steps.extend(part.decided.clone());
        root.steps.push(assessment.trace.root.clone());
        assessed.push(assessment);
    }
    if parts.is_empty() {
        root.result_text("days of a stay", "none");
    }
    let payable = kroner(root.result("payable", sum))?;
    Ok(MonthAssessment { payable, parts: assessed, trace: Trace { scheme: SCHEME.to_owned(), root } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dk_temporary_housing::parameters;

    fn part(first_day: &str, days: u32, rate: &str) -> StayPart {
        let json = format!(
            r#"{{"month": "2023-05", "paragraph": "110", "days": {days}, "first_day": "{first_day}", "income": true,
                "decision_communicated_on": "2023-04-20", "decided_daily_rate": "{rate}"}}"#
        );
        StayPart { input: serde_json::from_str(&json).unwrap(), decided: None }
    }

    #[test]
    fn a_month_is_the_sum_of_its_parts_and_its_trace_has_each_of_them() {
        let month = "2023-05".parse().unwrap();
        let of = |parts: &[StayPart]| {
            assess_month(month, parts, &parameters().unwrap(), &Settings::default()).unwrap()
        };
        let two = of(&[part("2023-05-01", 10, "50"), part("2023-05-20", 12, "96.71")]);
        assert_eq!(two.payable.to_text(), "1660.52");
        assert_eq!((two.parts.len(), two.trace.root.steps.len()), (2, 2));
        assert_eq!(of(&[]).payable.to_text(), "0.00");
    }
}
