//! The yearly reconciliation of daycare (*efterregulering*) as it is told.

use domain::{Day, LetterId, Money, PersonKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The last income year of which it is asked whether a subsidy was received against better knowledge: from 2016 on a year is
/// regulated whichever way its income differs (report of the audit of Copenhagen 2015, p. 19).
pub const KNOWINGLY_TO_YEAR: i32 = 2015;

/// An income year in which subsidy was received is over, and waits for its tax assessment (R15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YearOpened {
    /// The income year.
    pub year: i32,
    /// The last day for it: 31 December of the year after.
    pub deadline: Day,
}

/// An income year has been reconciled with its tax assessment, for one payer: one year at a time (R16), whatever came of it
/// (R36).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YearReconciled {
    /// The income year.
    pub year: i32,
    /// Who paid.
    pub payer: PersonKey,
    /// The letter that says it.
    pub letter: LetterId,
    /// What came of it.
    pub outcome: YearOutcome,
    /// Kroner a year that the household was granted by, on average over the months.
    pub granted_income: Money,
    /// Kroner a year that it had, on average over the same months.
    pub assessed_income: Money,
    /// How far the second lies from the first, in whole percent; none where nothing was granted by.
    pub deviation_percent: Option<i64>,
    /// What was owed for the months of the year until now, together.
    pub before: Money,
    /// What is owed for them now.
    pub after: Money,
    /// By how much the income-dependent subsidy (*økonomisk fripladstilskud*) of the year changes.
    pub economic: Money,
    /// By how much all other subsidies change with it: the sibling subsidy rises where the other one falls (R28).
    pub dependent: Money,
}

/// What came of a yearly reconciliation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum YearOutcome {
    /// Nothing changes.
    Unchanged,
    /// The months of the year are owed anew.
    Changed,
    /// Staff have ruled that the raise does not stand.
    Dropped,
}

/// Why a year may be left open beyond its deadline (R15 accepts one reason).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum YearPostponed {
    /// The tax assessment has not been issued yet.
    TaxAssessmentNotIssued,
}
