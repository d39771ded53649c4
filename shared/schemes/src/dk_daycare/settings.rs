//! What the law leaves open. Each field says why there is a choice; the defaults are those of the published practice.

use super::yearly::YearlyFormula;
use crate::{Error, rounding};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The authority's choices. In YAML; a key left out has its default, an unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Which cost makes a place the dearest. Gross: Gribskov, Vordingborg, Esbjerg, Randers. Net: the ministry's page.
    pub dearest_by: DearestBy,
    /// Which of several equally dear places is paid in full. No source says.
    pub tie_break: TieBreak,
    /// To what a payment is rounded. No rule found; letters show øre.
    pub payment_rounding: PaymentRounding,
    /// Days a parent has to answer before a raise (*partshøring*), counted from the day the letter is received. No
    /// statutory number found; Aarhus: 8.
    #[schemars(range(min = 1, max = 92))]
    pub hearing_days: u32,
    /// Months from a recalculated month to the bill that settles it, at the earliest. Odense and Guldborgsund: 2 (January in March);
    /// Aarhus: 3.
    #[schemars(range(min = 1, max = 12))]
    pub settlement_lag_months: u32,
    /// What a month without income in the register means. No rule found; unreported income is settled in the annual
    /// reconciliation (Vordingborg).
    pub missing_month: MissingMonth,
    /// How the income of a year's tax assessment belongs to its months. No rule found.
    pub yearly_formula: YearlyFormula,
    /// Kroner: a claim of the yearly reconciliation from this size on is shown to staff before it is sent. The audit of
    /// Copenhagen 2015 (p. 18) sets those above 50,000 apart.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub large_claim: u32,
    /// What a place held for a part of a month costs. Copenhagen, Kerteminde, Samsø, Tårnby: notice to the 1st or
    /// 15th; Vejen: month end only.
    pub partial_month: PartialMonth,
    /// From when an adult moving in counts. Aarhus, Kolding: from the date; Slagelse: from the next 1st. A month is paid
    /// for by the household of its first day, so the two differ for a move on a 1st.
    pub move_in_effect: MoveInEffect,
    /// Where the rows of the scale begin. Only the first rows of each year were found published.
    pub scale_rows: ScaleRows,
    /// Months after admission within which an application still counts from the day of admission. The text seen has
    /// no deadline (BEK § 31, stk. 1). Practice: 1 (Viborg), 2 (Copenhagen, Helsingør, Rudersdal), 3 (Odense). 0: only
    /// an application made by the day of admission.
    #[schemars(range(min = 0, max = 12))]
    pub first_admission_months: u32,
}

/// The cost that is compared between siblings' places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DearestBy {
    /// The gross operating cost.
    Gross,
    /// The gross operating cost less the parents' rate.
    Net,
}

/// Which of several equally dear places is paid in full. What is still equal goes by the names of child and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TieBreak {
    /// The one that costs the parents least in full, so that the larger payment is halved.
    LowestPayment,
    /// The one that costs the parents most in full.
    HighestPayment,
    /// The first by the names of child and place.
    Name,
}

/// The unit to which a payment, and what each subsidy leaves of it, is rounded, halves up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentRounding {
    /// Whole øre.
    OereHalfUp,
    /// Whole kroner.
    KronerHalfUp,
}

/// What a month without income in the register means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingMonth {
    /// The month is not recalculated; the annual reconciliation settles it.
    NoRecalculation,
    /// Nothing reported is an income of nothing.
    CountAsZero,
}

/// What a place held for a part of a month costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartialMonth {
    /// Half for a place held on any of the days 1-14, half for any day from the 15th on.
    HalfMonth,
    /// The days held of the days of the month.
    DayByDay,
    /// The whole month for any day.
    WholeMonth,
}

/// From when an adult moving in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveInEffect {
    /// From the day of the move.
    Date,
    /// From the 1st of the month after.
    NextFirst,
}

/// Where the rows of the scale begin, above the lower limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScaleRows {
    /// Row k at k steps of whole kroner, as the municipalities word it ("1 % for each 4.024 kr.").
    UniformStep,
    /// Row k at k exact steps, the sum rounded to whole kroner: up to some 20 kroner from the other in late rows.
    CumulatedStep,
}

/// The longest hearing: a quarter. More is a typing error, and a raise that waits longer never comes.
const HEARING_DAYS_MAX: u32 = 92;
/// A claim beyond this is large whatever an authority thinks of it.
const LARGE_CLAIM_MAX: u32 = 1_000_000;
/// The longest lag or deadline in months: a year.
const MONTHS_MAX: u32 = 12;

impl Default for Settings {
    fn default() -> Self {
        Self {
            dearest_by: DearestBy::Gross,
            tie_break: TieBreak::LowestPayment,
            payment_rounding: PaymentRounding::OereHalfUp,
            hearing_days: 8,
            settlement_lag_months: 2,
            missing_month: MissingMonth::NoRecalculation,
            yearly_formula: YearlyFormula::RegisterMonths,
            large_claim: 50_000,
            partial_month: PartialMonth::HalfMonth,
            move_in_effect: MoveInEffect::Date,
            scale_rows: ScaleRows::UniformStep,
            first_admission_months: 2,
        }
    }
}

impl Settings {
    /// Reads settings in YAML. Fails on an unknown key or choice and on numbers out of range.
    pub fn load(yaml: &str) -> Result<Self, Error> {
        let settings: Self = serde_saphyr::from_str(yaml).map_err(|e| Error::Unreadable {
            what: "the dk-daycare settings".to_owned(),
            problem: e.to_string(),
        })?;
        settings.check()?;
        Ok(settings)
    }

    /// Fails on numbers out of range, however the settings were read.
    pub fn check(&self) -> Result<(), Error> {
        let ranges = [
            ("hearing_days", self.hearing_days, 1, HEARING_DAYS_MAX),
            ("settlement_lag_months", self.settlement_lag_months, 1, MONTHS_MAX),
            ("first_admission_months", self.first_admission_months, 0, MONTHS_MAX),
            ("large_claim", self.large_claim, 1, LARGE_CLAIM_MAX),
        ];
        for (field, value, min, max) in ranges {
            if !(min..=max).contains(&value) {
                return Err(Error::input(field, format!("is {value}; write {min} to {max}")));
            }
        }
        Ok(())
    }
}

impl MissingMonth {
    /// The income of a month, given what the register holds; `None`: do not recalculate.
    pub fn income(self, reported: Option<Decimal>) -> Option<Decimal> {
        match self {
            Self::NoRecalculation => reported,
            Self::CountAsZero => Some(reported.unwrap_or_default()),
        }
    }
}

impl PaymentRounding {
    /// Rounds an exact amount.
    pub(crate) fn round(self, exact: Decimal) -> Decimal {
        match self {
            Self::OereHalfUp => rounding::payment_to_oere(exact),
            Self::KronerHalfUp => rounding::payment_to_kroner(exact),
        }
    }

    /// The rounding in words, for the trace.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::OereHalfUp => "to whole øre, halves up (setting payment_rounding)",
            Self::KronerHalfUp => "to whole kroner, halves up (setting payment_rounding)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_left_out_has_its_default_and_an_unknown_one_is_refused() {
        let settings = Settings::load("hearing_days: 14\ndearest_by: net\n").unwrap();
        assert_eq!(
            settings,
            Settings { hearing_days: 14, dearest_by: DearestBy::Net, ..Settings::default() }
        );
        assert!(Settings::load("hearing_dayz: 14").is_err());
        assert!(Settings::load("dearest_by: price").is_err());
    }

    #[test]
    fn a_hearing_of_no_days_and_a_lag_of_years_are_refused() {
        assert!(Settings::load("hearing_days: 0").is_err());
        assert!(Settings::load("settlement_lag_months: 24").is_err());
    }

    #[test]
    fn a_missing_month_is_not_an_income_of_nothing_unless_chosen() {
        assert_eq!(MissingMonth::NoRecalculation.income(None), None);
        assert_eq!(MissingMonth::CountAsZero.income(None), Some(Decimal::ZERO));
    }
}
