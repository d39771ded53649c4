//! The income limits of a year, as parents read them before they apply.

use anyhow::{Context, Result};
use domain::Day;
use rust_decimal::prelude::ToPrimitive;
use schemes::Parameters;

/// Rows of the scale between its limits.
const ROWS: i64 = 95;

/// Kroner a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    lower: i64,
    upper: i64,
    single: i64,
    child: i64,
}

impl Limits {
    /// Those that hold on a day. Fails for a year without.
    pub fn on(day: Day, parameters: &Parameters) -> Result<Self> {
        let value = |name: &str| -> Result<i64> {
            let parameter = parameters.get(name, day)?;
            parameter.value.to_i64().with_context(|| format!("{name} is no number of kroner"))
        };
        Ok(Self {
            lower: value("lower_limit")?,
            upper: value("upper_limit")?,
            single: value("single_provider_addition")?,
            child: value("extra_child_addition")?,
        })
    }

    /// Whether a household of this income gets any economic subsidy.
    pub fn entitled(&self, income: i64, single: bool, children: usize) -> bool {
        let more = i64::try_from(children).unwrap_or_default().saturating_sub(1).max(0) * self.child;
        let addition = if single { self.single } else { 0 };
        income < self.upper + addition + more
    }

    /// Five steps of the scale: a difference that is worth an application.
    pub fn five_steps(&self) -> i64 {
        (self.upper - self.lower) / ROWS * 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_provider_and_a_second_child_raise_the_limit() {
        let day = "2023-05-01".parse().unwrap();
        let limits = Limits::on(day, &schemes::dk_daycare::parameters().unwrap()).unwrap();
        assert!(limits.entitled(601_199, false, 1) && !limits.entitled(601_200, false, 1));
        assert!(limits.entitled(608_199, false, 2) && !limits.entitled(608_200, false, 2));
        assert!(limits.entitled(668_918, true, 1) && !limits.entitled(668_919, true, 1));
        assert_eq!(limits.five_steps(), 21_455);
    }
}
