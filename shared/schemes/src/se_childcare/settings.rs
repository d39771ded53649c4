//! What a municipality decides. Each field says who decided what; the defaults are the national rules alone.

use super::reduction::Reduction;
use crate::{Error, exact};
use domain::Day;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The municipality's tariff and practice. In YAML; a key left out has its default, an unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Reduced fees. None by default: the nation gives free hours and leaves the amount to the municipality.
    pub reductions: Vec<Reduction>,
    /// Kronor a month: below this income nothing is paid. Sundsvall, Mörbylånga: 10000.
    #[serde(with = "exact::option")]
    #[schemars(with = "Option<String>")]
    pub free_below_income: Option<Decimal>,
    /// Caps that the municipality applies later than the nation does. Stockholm: those of 2024 from 1 February.
    pub later_caps: Vec<LaterCap>,
    /// What a place held for a part of a month costs. Vännäs: thirtieths; Sollentuna charges day by day, its formula
    /// was not found.
    pub part_of_month: PartialMonth,
    /// Months from a notice to the end of the fee. Sollentuna and most: 2.
    #[schemars(range(min = 0, max = 12))]
    pub notice_months: u32,
    /// From when a declaration of income counts. Charging is by the day, so by default from its day.
    pub declaration_effect: DeclarationEffect,
    /// Kronor a year: a smaller difference of the yearly check is left. Norrtälje, Skara: 600; Norrköping, Orust: 500;
    /// Sollentuna names none.
    #[serde(with = "exact::option")]
    #[schemars(with = "Option<String>")]
    pub check_threshold: Option<Decimal>,
    /// Kronor: a claim below it goes on the next invoice. Sollentuna does so with "tiny" amounts and names none.
    #[serde(with = "exact::option")]
    #[schemars(with = "Option<String>")]
    pub tiny_claim_below: Option<Decimal>,
    /// In how many parts, a month apart, the months of a claim that is not tiny fall due. Default 1: at once, on an invoice of
    /// its own. Sollentuna agrees on a plan with who cannot pay at once, and names no number.
    #[schemars(range(min = 1, max = 36))]
    pub claim_instalments: u32,
    /// Days that a custodian has for an answer before the fee of months that are over is raised (*kommunicering*). None by
    /// default, as no source names a number: without it no such raise is made, and staff are told.
    #[schemars(range(min = 1, max = 365))]
    pub answer_days: Option<u32>,
}

/// A national cap that the municipality applies later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LaterCap {
    /// The first day of the national cap.
    pub national_from: Day,
    /// The first day on which the municipality applies it.
    pub applied_from: Day,
}

/// What a place held for a part of a month costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartialMonth {
    /// The days held of the days of the month.
    DaysOfMonth,
    /// A thirtieth a day, never more than the whole month.
    Thirtieths,
}

/// From when a declaration of income counts: always forward, never back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclarationEffect {
    /// From the day on which it is made.
    Date,
    /// From the 1st of the month after.
    NextFirst,
}

/// The longest notice in months: a year.
const NOTICE_MAX: u32 = 12;

/// The most parts of a claim: what is older than three years is claimed no more.
const INSTALMENTS_MAX: u32 = 36;

/// The longest time for an answer in days: a year.
const ANSWER_DAYS_MAX: u32 = 365;

impl Default for Settings {
    fn default() -> Self {
        Self {
            reductions: Vec::new(),
            free_below_income: None,
            later_caps: Vec::new(),
            part_of_month: PartialMonth::DaysOfMonth,
            notice_months: 2,
            declaration_effect: DeclarationEffect::Date,
            check_threshold: None,
            tiny_claim_below: None,
            claim_instalments: 1,
            answer_days: None,
        }
    }
}

impl Settings {
    /// Reads settings in YAML. Fails on an unknown key or choice and on numbers out of range.
    pub fn load(yaml: &str) -> Result<Self, Error> {
        let settings: Self = serde_saphyr::from_str(yaml).map_err(|e| Error::Unreadable {
            what: "the se-childcare settings".to_owned(),
            problem: e.to_string(),
        })?;
        settings.check()?;
        Ok(settings)
    }

    /// Everything in them that cannot be meant.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults: Vec<Error> =
            self.reductions.iter().enumerate().flat_map(|(n, reduction)| reduction.faults(n + 1)).collect();
        let amounts = [
            ("free_below_income", self.free_below_income),
            ("check_threshold", self.check_threshold),
            ("tiny_claim_below", self.tiny_claim_below),
        ];
        for (name, _) in amounts.iter().filter(|(_, a)| a.is_some_and(|a| a.is_sign_negative())) {
            faults.push(Error::input(*name, "is not negative"));
        }
        if self.notice_months > NOTICE_MAX {
            faults.push(Error::input("notice_months", format!("is 0 to {NOTICE_MAX}")));
        }
        if !(1..=INSTALMENTS_MAX).contains(&self.claim_instalments) {
            faults.push(Error::input("claim_instalments", format!("is 1 to {INSTALMENTS_MAX}")));
        }
        if self.answer_days.is_some_and(|days| !(1..=ANSWER_DAYS_MAX).contains(&days)) {
            faults.push(Error::input("answer_days", format!("is 1 to {ANSWER_DAYS_MAX}")));
        }
        for (n, cap) in self.later_caps.iter().enumerate() {
            if cap.applied_from <= cap.national_from {
                let problem = format!("the cap of {} is not applied later than that", cap.national_from);
                faults.push(Error::input(format!("later_caps[{}].applied_from", n + 1), problem));
            }
        }
        faults
    }

    /// Refuses settings that cannot be meant.
    pub fn check(&self) -> Result<(), Error> {
        Error::first(self.faults())
    }

    /// The last day for an answer to a letter of a day; none where the municipality names no number of days.
    pub fn answer_by(&self, received_on: Day) -> Option<Day> {
        received_on.checked_add_days(chrono::Days::new(u64::from(self.answer_days?)))
    }

    /// The day whose national cap the municipality applies on `day`.
    pub fn cap_day(&self, day: Day) -> Day {
        let late = self.later_caps.iter().find(|c| c.national_from <= day && day < c.applied_from);
        late.and_then(|c| c.national_from.pred_opt()).unwrap_or(day)
    }
}

impl PartialMonth {
    /// The days that make a month, for a child who holds the place for `held` of the `days` of the month.
    pub(super) fn divisor(self, held: u32, days: u32) -> u32 {
        match self {
            Self::Thirtieths if held < days => 30,
            Self::Thirtieths | Self::DaysOfMonth => days,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_left_out_has_its_default_and_what_cannot_be_meant_is_refused() {
        let settings = Settings::load("notice_months: 1\ncheck_threshold: 600\n").unwrap();
        let expected =
            Settings { notice_months: 1, check_threshold: Some(Decimal::from(600)), ..Settings::default() };
        assert_eq!(settings, expected);
        for wrong in [
            "notice_month: 1",
            "notice_months: 24",
            "check_threshold: -1",
            "claim_instalments: 0",
            "answer_days: 0",
            "later_caps: [{national_from: 2024-01-01, applied_from: 2024-01-01}]",
            "reductions: [{name: n, source: s, care: preschool}]",
            "reductions: [{name: '', source: s, care: preschool, fee: {percent_of_full: 75}}]",
            "reductions: [{name: n, source: s, care: preschool, fee: {percent_of_full: 101}}]",
        ] {
            assert!(Settings::load(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_fault_of_the_settings_is_told_not_only_the_first() {
        let yaml = "free_below_income: -1\nnotice_months: 13\nlater_caps: [{national_from: 2024-01-01, \
            applied_from: 2024-01-01}]\nreductions: [{name: '', source: '', care: preschool, fee: \
            {percent_of_full: 101}}]";
        let faults = serde_saphyr::from_str::<Settings>(yaml).unwrap().faults();
        let expected = [
            "reductions[1].name",
            "reductions[1].source",
            "reductions[1].fee",
            "free_below_income",
            "notice_months",
            "later_caps[1].applied_from",
        ];
        assert_eq!(Error::fields(&faults), expected);
    }
}
