//! The part of a month that a payment covers.

use domain::{Day, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The largest denominator: the days of the longest month.
const DENOMINATOR_MAX: u32 = 31;

/// An exact fraction of a month between nothing (`0/1`) and all of it (`1/1`), written `15/30`. Equal when written
/// alike: `15/30` says that days were counted and `1/2` that halves were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{1,2}/[0-9]{1,2}$"))]
pub struct Part {
    numerator: u32,
    denominator: u32,
}

/// Why something is no part of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// No fraction from 0 to 1 in parts of at most 31.
    #[error("a part of a month is written n/d with 0 <= n <= d and 1 <= d <= 31")]
    NotAPart,
    /// The last day is before the first.
    #[error("the last day is before the first day")]
    EndsBeforeItStarts,
}

impl Part {
    /// The whole month.
    pub const WHOLE: Self = Self { numerator: 1, denominator: 1 };
    /// Nothing of the month.
    pub const NONE: Self = Self { numerator: 0, denominator: 1 };

    /// `numerator / denominator` of a month. Refuses less than nothing, more than all, and parts finer than a day.
    pub fn new(numerator: u32, denominator: u32) -> Result<Self, PartError> {
        let fits = (1..=DENOMINATOR_MAX).contains(&denominator) && numerator <= denominator;
        if fits { Ok(Self { numerator, denominator }) } else { Err(PartError::NotAPart) }
    }

    /// The days of `period` from `from` to `to`, both included; `None`: without end.
    pub(crate) fn held_days(
        period: Period,
        from: Day,
        to: Option<Day>,
    ) -> Result<Option<(Day, Day)>, PartError> {
        if to.is_some_and(|to| to < from) {
            return Err(PartError::EndsBeforeItStarts);
        }
        let first = from.max(period.first_day());
        let last = to.unwrap_or(period.last_day()).min(period.last_day());
        Ok((first <= last).then_some((first, last)))
    }

    /// The counted parts.
    pub fn numerator(self) -> u32 {
        self.numerator
    }

    /// The parts of a whole month.
    pub fn denominator(self) -> u32 {
        self.denominator
    }

    /// Whether it is nothing of the month.
    pub fn is_none(self) -> bool {
        self.numerator == 0
    }

    /// Whether it is the whole month.
    pub fn is_whole(self) -> bool {
        self.numerator == self.denominator
    }

    /// This part of an amount. Multiplies before it divides, so what divides evenly stays exact.
    pub(crate) fn of(self, amount: Decimal) -> Decimal {
        amount * Decimal::from(self.numerator) / Decimal::from(self.denominator)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl FromStr for Part {
    type Err = PartError;
    fn from_str(text: &str) -> Result<Self, PartError> {
        let number = |t: &str| {
            let plain = (1..=2).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
            if plain { t.parse().map_err(|_| PartError::NotAPart) } else { Err(PartError::NotAPart) }
        };
        let (numerator, denominator) = text.split_once('/').ok_or(PartError::NotAPart)?;
        Self::new(number(numerator)?, number(denominator)?)
    }
}

impl TryFrom<String> for Part {
    type Error = PartError;
    fn try_from(text: String) -> Result<Self, PartError> {
        text.parse()
    }
}

impl From<Part> for String {
    fn from(part: Part) -> Self {
        part.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_lies_between_nothing_and_the_month() {
        assert!(Part::new(31, 31).unwrap().is_whole());
        assert_eq!("15/30".parse(), Part::new(15, 30));
        for wrong in ["2/1", "1/0", "1/32", "1", "-1/2", "+1/2", "1/ 2", "001/2"] {
            assert_eq!(wrong.parse::<Part>(), Err(PartError::NotAPart), "{wrong}");
        }
    }

    #[test]
    fn a_third_of_an_amount_that_divides_by_three_is_exact() {
        assert_eq!(Part::new(10, 30).unwrap().of(Decimal::from(3000)), Decimal::from(1000));
    }
}
