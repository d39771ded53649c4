//! The monthly recalculation (*genberegning*): whether a month's income in the register is far enough from the income
//! of the grant. An amount is compared with five steps of the scale, not the numbers of two rows.

use super::scale::step_on;
use super::{SCHEME, articles};
use crate::{Error, Parameters, Step, Trace};
use domain::Period;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The months of a year: a month's income is read on a scale of yearly income.
const MONTHS: u32 = 12;

/// The outcome of the test for one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecalculationTest {
    /// The month.
    pub month: Period,
    /// Kroner a year: twelve times the month's income less the granted income. Negative: the month brought less.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub deviation_yearly: Decimal,
    /// Kroner a year: the least deviation that leads to a recalculation.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub threshold: Decimal,
    /// Whether the month is to be recalculated.
    pub due: bool,
    /// How it came to be.
    pub trace: Trace,
}

/// Whether a month is recalculated: |12 × the month's income - the granted yearly income| >= 5 steps
/// (BEK § 33, stk. 1). [`Error::NoParameter`] before 2016, when the rule did not hold.
pub fn recalculation_due(
    register_month_income: Decimal,
    granted_yearly_income: Decimal,
    month: Period,
    parameters: &Parameters,
) -> Result<RecalculationTest, Error> {
    let on = month.first_day();
    let mut step = Step::new("recalculation of a month (genberegning)", articles::RECALCULATION.on(on));
    step.input_text("month", month.to_string());
    let steps = step.parameter(parameters.get("recalculation_steps", on)?);
    let width = step_on(on, parameters, &mut step)?;
    let monthly = step.input("income of the month in the register", register_month_income);
    let granted = step.input("granted yearly income", granted_yearly_income);
    let yearly = monthly
        .checked_mul(Decimal::from(MONTHS))
        .and_then(|y| y.checked_sub(granted))
        .ok_or_else(|| Error::input("register_month_income", "is too large to be a month's income"))?;
    let deviation_yearly = step.result("deviation, a year", yearly);
    step.result("step", width);
    let threshold = step.result("threshold, a year", steps * width);
    let due = deviation_yearly.abs() >= threshold;
    step.result_text("recalculate", if due { "yes" } else { "no" });
    step.rounding = Some("the step to whole kroner, halves up".to_owned());
    let trace = Trace { scheme: SCHEME.to_owned(), root: step };
    Ok(RecalculationTest { month, deviation_yearly, threshold, due, trace })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dk_daycare::parameters;

    fn due(monthly: Decimal, granted: i64, month: &str) -> Result<RecalculationTest, Error> {
        recalculation_due(monthly, Decimal::from(granted), month.parse().unwrap(), &parameters().unwrap())
    }

    #[test]
    fn a_deviation_of_five_steps_is_enough_and_a_krone_less_is_not() {
        // 2018: 5 steps of 3853 are 19265 a year.
        let test = due(Decimal::new(2160541667, 5), 240_000, "2018-03").unwrap();
        assert_eq!(test.threshold, Decimal::from(19_265));
        assert!(test.due);
        assert!(!due(Decimal::new(216054, 1), 240_000, "2018-03").unwrap().due);
    }

    #[test]
    fn a_month_that_brought_less_counts_as_well() {
        assert!(due(Decimal::from(18_000), 240_000, "2018-03").unwrap().due);
        assert!(due(Decimal::from(18_000), 240_000, "2018-03").unwrap().deviation_yearly.is_sign_negative());
    }

    #[test]
    fn two_rows_apart_by_number_but_less_by_amount_is_no_reason() {
        // An amount test: 19264 kr. can span six row boundaries and still is below five steps.
        let test = due(Decimal::from(20_000), 240_000 - 19_264, "2018-03").unwrap();
        assert!(!test.due);
    }

    #[test]
    fn before_2016_there_was_no_monthly_recalculation() {
        assert!(matches!(due(Decimal::ONE, 1, "2015-12"), Err(Error::NoParameter { .. })));
    }
}
