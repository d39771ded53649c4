//! What the law leaves open, or its sources contradict each other about.

use crate::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The authority's choices. In YAML; a key left out has its default, an unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What a net income exactly at the lowest limit of an old table means: the table starts at it, its text says
    /// that who does not exceed it pays nothing.
    pub old_lower_limit: AtOldLimit,
    /// Months until a claim that was set aside (*henlagt*) is looked at again. No source says; the limits of income
    /// change every 1 January, so the default is a year.
    pub review_months: u32,
    /// Days from the due date to the reminder. No source says.
    pub reminder_days: u32,
    /// Days from the reminder until a determination (*fastsættelse*) is entered. No source says; 10 is the shortest
    /// time between reminders of civil claims (rentelov § 9 b).
    pub determination_days: u32,
}

/// A net income exactly at the lowest limit of an old table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AtOldLimit {
    /// The first band begins at the limit.
    FirstBand,
    /// Who does not exceed the limit pays nothing.
    NoInstalment,
}

/// The longest time until a review: a year, in which every limit changes once.
const REVIEW_MONTHS_MAX: u32 = 12;
/// The longest step of a dunning timeline: a quarter.
const DAYS_MAX: u32 = 92;

impl Default for Settings {
    fn default() -> Self {
        Self {
            old_lower_limit: AtOldLimit::FirstBand,
            review_months: 12,
            reminder_days: 5,
            determination_days: 10,
        }
    }
}

impl Settings {
    /// Reads settings in YAML. Fails on an unknown key or choice and on numbers out of range.
    pub fn load(yaml: &str) -> Result<Self, Error> {
        let settings: Self = serde_saphyr::from_str(yaml).map_err(|e| Error::Unreadable {
            what: "the dk-cash-repayment settings".to_owned(),
            problem: e.to_string(),
        })?;
        let ranges = [
            ("review_months", settings.review_months, REVIEW_MONTHS_MAX),
            ("reminder_days", settings.reminder_days, DAYS_MAX),
            ("determination_days", settings.determination_days, DAYS_MAX),
        ];
        for (field, value, max) in ranges {
            if !(1..=max).contains(&value) {
                return Err(Error::input(field, format!("is {value}; write 1 to {max}")));
            }
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_left_out_has_its_default_and_what_is_unknown_or_out_of_range_is_refused() {
        let settings = Settings::load("review_months: 6\nold_lower_limit: no_instalment\n").unwrap();
        let expected =
            Settings { review_months: 6, old_lower_limit: AtOldLimit::NoInstalment, ..Settings::default() };
        assert_eq!(settings, expected);
        for wrong in
            ["review_months: 0", "review_months: 13", "reminder_days: 0", "determination_days: 93", "x: 1"]
        {
            assert!(Settings::load(wrong).is_err(), "{wrong}");
        }
    }
}
