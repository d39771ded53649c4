//! A household with children in Swedish childcare (*förskola*, *fritidshem*): the scheme `se-childcare`, *maxtaxa*.
//!
//! Everything comes by orders: no Swedish register is read. What is owed for a month follows its days: which children hold a
//! place, in which order they stand, which income counts. A decision states the household's fees from a day on and binds from
//! its communication; no day costs more than a communicated decision states, and what ends or lowers a fee counts by itself.
//! A month is determined on its first day and again when something changes it. The income check of a year corrects its months
//! once a second person has approved it, as far back as the law allows.

mod check;
mod correction;
mod days;
mod decide;
pub(crate) mod decision;
mod determine;
mod due;
mod fees;
pub(crate) mod letter;
mod morning;
mod orders;
pub(crate) mod past;
mod reviews;
mod taxed;

pub use check::{Check, CheckState, Checked};
pub use correction::CorrectionDecision;
pub use decision::FeeDecision;
pub use morning::{command, next_work, work};
pub use reviews::{Undeclared, not_opened, objected, unknown};

use crate::state::Stated;
use domain::{Day, Money, Period, PersonKey, PlaceId};
use messages::{CareTerms, Heard, Party};
use schemes::Parameters;
use schemes::se_childcare::Settings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The law of the scheme and the municipality's tariff.
#[derive(Debug, Clone)]
pub struct ChildcareRules {
    pub(crate) parameters: Parameters,
    pub(crate) settings: Settings,
}

/// What is kept about a household, beside what every case has: facts as they were stated, and what has been decided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Childcare {
    /// Another household, from when.
    pub households: BTreeMap<Day, Stated<HouseholdStated>>,
    /// Declared incomes, kronor a month, by the day of the declaration.
    pub declared: BTreeMap<Day, Stated<Money>>,
    /// The places.
    pub places: BTreeMap<PlaceId, CarePlace>,
    /// Decisions on the fee in the order they were made.
    pub decisions: Vec<Arc<FeeDecision>>,
    /// Incomes of the whole household by the tax, by year, as orders stated them that name no adult.
    pub taxes: BTreeMap<i32, Stated<Tax>>,
    /// Incomes of its adults by the tax, by year.
    pub incomes: BTreeMap<i32, BTreeMap<PersonKey, Stated<Tax>>>,
    /// Approvals of corrections, by year.
    pub approvals: BTreeMap<i32, Stated<Approval>>,
    /// How far the income check of each year is.
    pub checks: BTreeMap<i32, Check>,
    /// Corrections after income checks in the order they were made.
    pub corrections: Vec<Arc<CorrectionDecision>>,
    /// Months of which no amount can be computed, and why.
    pub unassessable: BTreeMap<Period, String>,
    /// Months that are left as they are because it is too late to correct them, and what they would be.
    pub too_late: BTreeMap<Period, Money>,
}

/// A household that is another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HouseholdStated {
    /// The spouse or cohabitant.
    pub partner: Option<Party>,
    /// Kronor a month, where an income was declared with it.
    pub monthly_income: Option<Money>,
}

/// A place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CarePlace {
    /// Whose and from when; absent while only what changes or ends it is known.
    pub held: Option<Stated<HeldCare>>,
    /// Form of care and hours, from when.
    pub terms: BTreeMap<Day, Stated<CareTerms>>,
    /// The day of the notice; none: it was taken back.
    pub notice: Option<Stated<Option<Day>>>,
    /// The first day in another municipality; none: the child stays.
    pub moved: Option<Stated<Option<Day>>>,
}

/// Whose place it is, and since when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldCare {
    /// The child.
    pub child: Party,
    /// The first day.
    pub first_day: Day,
}

/// An income by the tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tax {
    /// Kronor a year.
    pub yearly_income: Money,
    /// Who has prepared the check by it.
    pub by: String,
}

/// A second person has approved a correction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: String,
    /// The income that the correction was prepared by, of all adults together.
    pub yearly_income: Money,
    /// The hearing before a claim.
    pub heard: Option<Heard>,
}
