//! The *fripladsskala*: from a household's income to the percentage that the parents pay themselves.

use super::ScaleRows;
use crate::{Error, Parameters, Step, rounding};
use domain::Day;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rows with a part of the payment: 5 % to 99 %.
const PARTIAL_ROWS: u32 = 95;
/// The percentage of the first of them.
const FIRST_PERCENT: u32 = 5;

/// The scale as it applies to one household. All in kroner a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The published lower limit.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub lower: Decimal,
    /// The published upper limit.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub upper: Decimal,
    /// What children beyond the first add to both.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub children_addition: Decimal,
    /// What providing alone adds to both.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub single_addition: Decimal,
    /// The width of a row.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub step: Decimal,
    /// The percentage of the rate that the parents pay at their income, 0-100.
    pub own_percent: u32,
}

impl Scale {
    /// The lower limit for this household: below it nothing is paid.
    pub fn household_lower(&self) -> Decimal {
        self.lower + self.children_addition + self.single_addition
    }

    /// The upper limit for this household: from it on everything is paid.
    pub fn household_upper(&self) -> Decimal {
        self.upper + self.children_addition + self.single_addition
    }

    /// Reads the income on the scale that holds on `on`, and writes the step of the trace.
    pub(super) fn read(
        income: Decimal,
        single_provider: bool,
        children_at_home: u32,
        on: Day,
        (parameters, rows): (&Parameters, ScaleRows),
        trace: &mut Step,
    ) -> Result<Self, Error> {
        // The scale has moved between articles over the years: the parameter knows its own.
        let lower = parameters.get("lower_limit", on)?;
        let mut step = Step::new("own payment in percent (egenbetalingsprocent)", lower.article.clone());
        let lower = step.parameter(lower);
        let upper = step.parameter(parameters.get("upper_limit", on)?);
        let extra_children = children_at_home.saturating_sub(1);
        step.input("children at home beyond the first", Decimal::from(extra_children));
        let children_addition = match extra_children {
            0 => Decimal::ZERO,
            n => step.parameter(parameters.get("extra_child_addition", on)?) * Decimal::from(n),
        };
        step.input_text("single provider", if single_provider { "yes" } else { "no" });
        let single_addition = match single_provider {
            true => step.parameter(parameters.get("single_provider_addition", on)?),
            false => Decimal::ZERO,
        };
        let width = row_width(lower, upper);
        let mut scale =
            Self { lower, upper, children_addition, single_addition, step: width, own_percent: 0 };
        step.input("yearly income", income);
        scale.own_percent = scale.percent_at(income, rows);
        step.result("lower limit of the household", scale.household_lower());
        step.result("upper limit of the household", scale.household_upper());
        step.result("step", width);
        step.result("own payment, percent", Decimal::from(scale.own_percent));
        step.rounding = Some(rows.in_words().to_owned());
        trace.steps.push(step);
        Ok(scale)
    }

    /// Below the lower limit 0; row k starts k steps above it and is 5 + k; from the upper limit 100. The last row
    /// is cut or stretched to end where 100 begins. The additions move the limits and leave the step.
    fn percent_at(&self, income: Decimal, rows: ScaleRows) -> u32 {
        if income < self.household_lower() {
            return 0;
        }
        if income >= self.household_upper() {
            return 100;
        }
        let above = income - self.household_lower();
        let begins = |k: u32| match rows {
            ScaleRows::UniformStep => Decimal::from(k) * self.step,
            ScaleRows::CumulatedStep => rounding::scale_step(
                Decimal::from(k) * (self.upper - self.lower) / Decimal::from(PARTIAL_ROWS),
            ),
        };
        let rows_passed = (1..PARTIAL_ROWS).take_while(|k| begins(*k) <= above).count();
        FIRST_PERCENT + u32::try_from(rows_passed).unwrap_or(PARTIAL_ROWS - 1)
    }
}

impl ScaleRows {
    /// The rounding in words, for the trace.
    fn in_words(self) -> &'static str {
        match self {
            Self::UniformStep => "the step to whole kroner, halves up",
            Self::CumulatedStep => {
                "the step to whole kroner, halves up; the beginning of each row likewise (setting scale_rows)"
            }
        }
    }
}

/// The step of the scale on `on`, kroner a year.
pub(super) fn step_on(on: Day, parameters: &Parameters, trace: &mut Step) -> Result<Decimal, Error> {
    let lower = trace.parameter(parameters.get("lower_limit", on)?);
    let upper = trace.parameter(parameters.get("upper_limit", on)?);
    Ok(row_width(lower, upper))
}

fn row_width(lower: Decimal, upper: Decimal) -> Decimal {
    rounding::scale_step((upper - lower) / Decimal::from(PARTIAL_ROWS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dk_daycare::parameters;

    fn step(year: i32) -> Decimal {
        let on = Day::from_ymd_opt(year, 7, 1).unwrap();
        step_on(on, &parameters().unwrap(), &mut Step::new("", "")).unwrap()
    }

    #[test]
    fn the_step_is_the_published_one_in_every_year_that_has_one() {
        for (year, published) in [(2013, 3521), (2017, 3769), (2019, 3938), (2020, 4024), (2021, 4117)] {
            assert_eq!(step(year), Decimal::from(published), "{year}");
        }
    }

    #[test]
    fn late_rows_begin_where_the_setting_says_and_early_ones_at_the_same_income() {
        let percent = |above: u32, rows| {
            let on = Day::from_ymd_opt(2020, 7, 1).unwrap();
            let parameters = parameters().unwrap();
            let lower = parameters.get("lower_limit", on).unwrap().value;
            let income = lower + Decimal::from(above);
            Scale::read(income, false, 1, on, (&parameters, rows), &mut Step::new("", ""))
                .unwrap()
                .own_percent
        };
        // 2020: (563.800 - 181.501) / 95 is 4.024,2, so row 90 begins at 362.160 or at 362.179 above the lower limit.
        for (above, uniform, cumulated) in
            [(4_024, 6, 6), (362_159, 94, 94), (362_160, 95, 94), (362_200, 95, 95)]
        {
            assert_eq!(percent(above, ScaleRows::UniformStep), uniform, "{above}");
            assert_eq!(percent(above, ScaleRows::CumulatedStep), cumulated, "{above}");
        }
    }

    #[test]
    fn five_steps_a_month_are_what_the_municipalities_say() {
        // Odense 2016 "ca. 1.537", Helsingør 2018 "ca. 1.605" and Aarhus 2024 "ca. 1.850" kroner a month.
        for (year, published) in [(2016, 1537), (2018, 1605), (2024, 1850)] {
            let monthly = step(year) * Decimal::from(5) / Decimal::from(12);
            assert!((monthly - Decimal::from(published)).abs() < Decimal::ONE, "{year}: {monthly}");
        }
    }

    #[test]
    fn one_rate_a_year_leads_from_each_year_to_the_next() {
        let parameters = parameters().unwrap();
        let at = |name: &str, year: i32| {
            parameters.get(name, Day::from_ymd_opt(year, 1, 1).unwrap()).unwrap().value
        };
        let rates = [18, 15, 14, 22, 22, 22, 22, 23, 12, 30, 35, 39, 48];
        for (year, per_mille) in (2014..=2026).zip(rates) {
            let raised = |from: Decimal| from * Decimal::new(1000 + per_mille, 3);
            let to_hundred =
                |exact: Decimal| rounding::scale_step(exact / Decimal::ONE_HUNDRED) * Decimal::ONE_HUNDRED;
            let lower = to_hundred(raised(at("lower_limit", year - 1) - Decimal::ONE)) + Decimal::ONE;
            assert_eq!(at("lower_limit", year), lower, "{year}");
            assert_eq!(at("upper_limit", year), to_hundred(raised(at("upper_limit", year - 1))), "{year}");
            let single = rounding::scale_step(raised(at("single_provider_addition", year - 1)));
            assert_eq!(at("single_provider_addition", year), single, "{year}");
        }
    }

    #[test]
    fn what_was_not_read_in_a_source_says_that_it_is_derived() {
        let parameters = parameters().unwrap();
        let derived: Vec<String> = parameters
            .iter()
            .filter(|p| p.derived)
            .map(|p| format!("{} {}", p.name, chrono::Datelike::year(&p.valid_from)))
            .collect();
        let expected = [
            "lower_limit 2014",
            "lower_limit 2016",
            "lower_limit 2026",
            "single_provider_addition 2014",
            "single_provider_addition 2016",
            "upper_limit 2014",
            "upper_limit 2016",
        ];
        assert_eq!(derived, expected);
    }
}
