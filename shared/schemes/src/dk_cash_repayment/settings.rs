//! What the law leaves open, or its sources contradict each other about.

use super::Parameters;
use crate::Error;
use rust_decimal::prelude::ToPrimitive;
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
    /// Days that a debtor has after a notice (*varsel*) and after a determination, from the day on which it came. By default
    /// the least that the law allows a notice; no source says how many there are after a determination.
    pub notice_days: u32,
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
            notice_days: 14,
        }
    }
}

impl Settings {
    /// Fails on numbers out of range, among them fewer days of notice than the law gives.
    pub fn check(&self, parameters: &Parameters) -> Result<(), Error> {
        let ranges = [
            ("review_months", self.review_months, 1, REVIEW_MONTHS_MAX),
            ("reminder_days", self.reminder_days, 1, DAYS_MAX),
            ("determination_days", self.determination_days, 1, DAYS_MAX),
            ("notice_days", self.notice_days, parameters.notice_days_minimum()?, DAYS_MAX),
        ];
        let wrong = ranges.into_iter().find(|(_, value, min, max)| !(*min..=*max).contains(value));
        wrong.map_or(Ok(()), |(field, value, min, max)| {
            Err(Error::input(field, format!("is {value}; write {min} to {max}")))
        })
    }
}

impl Parameters {
    /// The fewest days that a notice gives: what an authority chooses holds on every day, so it is the most of all that are
    /// known.
    fn notice_days_minimum(&self) -> Result<u32, Error> {
        const NAME: &str = "notice_days_minimum";
        let known = self.values.iter().filter(|parameter| parameter.name == NAME);
        let most = known.filter_map(|parameter| parameter.value.to_u32()).max();
        // Where the law is not known at all, the error names the parameter.
        most.map_or_else(|| self.get(NAME, domain::Day::MAX).map(|_| 0), Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parameters;
    use super::*;

    #[test]
    fn a_key_left_out_has_its_default_and_what_is_out_of_range_is_refused_by_name() {
        let parameters = parameters().unwrap();
        let read = |yaml: &str| serde_saphyr::from_str::<Settings>(yaml).unwrap();
        let settings = read("review_months: 6\nold_lower_limit: no_instalment\n");
        let expected =
            Settings { review_months: 6, old_lower_limit: AtOldLimit::NoInstalment, ..Settings::default() };
        assert_eq!(settings, expected);
        settings.check(&parameters).unwrap();
        for wrong in [
            "review_months: 0",
            "review_months: 13",
            "reminder_days: 0",
            "determination_days: 93",
            "notice_days: 13",
            "notice_days: 93",
        ] {
            let error = read(wrong).check(&parameters).unwrap_err().to_string();
            assert!(error.contains(wrong.split(':').next().unwrap()), "{error}");
        }
    }

    #[test]
    fn fewer_days_of_notice_than_the_law_gives_are_refused_by_the_laws_own_figure() {
        let yaml = include_str!("../../parameters/dk-cash-repayment.yaml");
        let table = include_str!("../../parameters/dk-cash-repayment-table.csv");
        let of_law = yaml.find("notice_days_minimum:").unwrap();
        let longer = format!("{}{}", &yaml[..of_law], yaml[of_law..].replacen("value: 14", "value: 21", 1));
        let parameters = Parameters::load(&longer, table).unwrap();
        let error = Settings::default().check(&parameters).unwrap_err().to_string();
        assert!(error.contains("notice_days") && error.contains("21"), "{error}");
        Settings { notice_days: 21, ..Settings::default() }.check(&parameters).unwrap();
    }
}
