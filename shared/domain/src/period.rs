//! The calendar month that a charge belongs to.

use crate::Day;
use chrono::{Datelike, Months};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A calendar month, written `2023-04`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{4}-(0[1-9]|1[0-2])$"))]
pub struct Period {
    /// The first day: always a day numbered 1.
    first: Day,
}

/// Why a text is not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written yyyy-mm, between 1900-01 and 2199-12")]
pub struct PeriodError;

impl Period {
    /// The month of this year and number.
    pub fn new(year: i32, month: u32) -> Result<Self, PeriodError> {
        if !(1900..=2199).contains(&year) {
            return Err(PeriodError);
        }
        Day::from_ymd_opt(year, month, 1).map(|first| Self { first }).ok_or(PeriodError)
    }

    /// The month that holds this day.
    pub fn of(day: Day) -> Self {
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    /// Its first day.
    pub fn first_day(self) -> Day {
        self.first
    }

    /// Its last day.
    pub fn last_day(self) -> Day {
        self.next().first.pred_opt().unwrap_or(self.first)
    }

    /// The month after.
    pub fn next(self) -> Self {
        self.plus_months(1)
    }

    /// The month `n` months later.
    pub fn plus_months(self, n: u32) -> Self {
        Self { first: self.first.checked_add_months(Months::new(n)).unwrap_or(self.first) }
    }

    /// The month `n` months earlier.
    pub fn minus_months(self, n: u32) -> Self {
        Self { first: self.first.checked_sub_months(Months::new(n)).unwrap_or(self.first) }
    }

    /// Its year.
    pub fn year(self) -> i32 {
        self.first.year()
    }

    /// Its number, 1-12.
    pub fn month(self) -> u32 {
        self.first.month()
    }

    /// How many days it has.
    pub fn days(self) -> u32 {
        self.last_day().day()
    }

    /// Whether the day lies in it.
    pub fn contains(self, day: Day) -> bool {
        Self::of(day) == self
    }

    /// Every month from this to `last`, both included; none when `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |p| Some(p.next())).take_while(move |p| *p <= last)
    }
}

/// The last day of the month that holds `day`.
pub fn month_end(day: Day) -> Day {
    Period::of(day).last_day()
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl FromStr for Period {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let (year, month) = text.split_once('-').ok_or(PeriodError)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(PeriodError);
        }
        Self::new(year.parse().map_err(|_| PeriodError)?, month.parse().map_err(|_| PeriodError)?)
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;
    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

/// Without the machinery of formatting: a state holds hundreds of months.
impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or_default();
        let (year, month) = (self.year().unsigned_abs(), self.month());
        let [thousands, hundreds, tens, ones] = [year / 1000, year / 100, year / 10, year].map(digit);
        let text = [thousands, hundreds, tens, ones, b'-', digit(month / 10), digit(month)];
        serializer.serialize_str(std::str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_knows_its_days_and_neighbours() {
        let february = Period::new(2024, 2).unwrap();
        assert_eq!(february.last_day(), Day::from_ymd_opt(2024, 2, 29).unwrap());
        assert_eq!(february.plus_months(11).to_string(), "2025-01");
        assert_eq!(february.minus_months(2).to_string(), "2023-12");
        assert_eq!(february.through(february.plus_months(15)).count(), 16);
        assert_eq!(february.next().through(february).count(), 0);
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in ["2023-13", "2023-4", "23-04", "2023", "2023-04-01", "1899-12", "+023-04"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
