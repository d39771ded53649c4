//! A day of every year, written `08-01`.

use chrono::Datelike;
use domain::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A day of every year. 29 February is none: it would be missing in three years of four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{2}-[0-9]{2}$"))]
pub struct MonthDay {
    month: u32,
    day: u32,
}

/// A year without 29 February, in which every [`MonthDay`] exists.
const COMMON_YEAR: i32 = 2001;

impl MonthDay {
    /// This day in a year.
    pub fn in_year(self, year: i32) -> Option<Day> {
        Day::from_ymd_opt(year, self.month, self.day)
    }

    /// The day of the year that `day` is.
    pub(super) fn of(day: Day) -> Self {
        Self { month: day.month(), day: day.day() }
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl TryFrom<String> for MonthDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no day of every year; write mm-dd such as 08-01");
        let number = |t: &str| {
            let plain = t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| t.parse().ok()).flatten()
        };
        let (month, day) = text.split_once('-').ok_or_else(wrong)?;
        let (month, day) = number(month).zip(number(day)).ok_or_else(wrong)?;
        Day::from_ymd_opt(COMMON_YEAR, month, day).map(|_| Self { month, day }).ok_or_else(wrong)
    }
}

impl From<MonthDay> for String {
    fn from(day: MonthDay) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_every_year_is_read_and_what_is_none_is_refused() {
        let august = MonthDay::try_from("08-01".to_owned()).unwrap();
        assert_eq!(august.in_year(2024).unwrap().to_string(), "2024-08-01");
        for wrong in ["02-29", "13-01", "8-1", "08-32", "0801", "+8-01"] {
            assert!(MonthDay::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
