//! What surrounds every charge (*opkrævning*, *inkasso*): banking days and due dates, reminder fees, interest, limitation,
//! instalment plans, and the timeline from invoice to suspension. Danish and Swedish law; the numbers are in
//! `parameters/dk-collection.yaml` and `parameters/se-collection.yaml`, the timelines in `timelines/`.

pub mod articles;
mod calendar;
mod fees;
mod instalments;
mod interest;
mod limitation;
mod suspension;
mod timeline;

#[cfg(test)]
mod cases_test;
#[cfg(test)]
mod properties_test;

pub use calendar::{Country, due_date, easter, holiday, is_banking_day, is_weekday, next_banking_day};
pub use fees::{
    ClaimKind, danish_distraint_fee, danish_reminder_fee, swedish_demand_fee, swedish_plan_fee,
    swedish_reminder_fee,
};
pub use instalments::{Instalment, InstalmentPlan, Payment, PlanState};
pub use interest::{danish_interest, swedish_interest};
pub use limitation::{Claim, LimitationRule, Watched, limitation, watch};
pub use suspension::{Care, Outcome, SuspensionDecision, UnitContact, may_get_municipal_place};
pub use timeline::{Customer, DunningStep, PlannedStep, Schedule, Timeline, Timelines};

use crate::{Error, Parameters, Trace};
use domain::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The Danish part's name in traces and errors.
pub const DANISH: &str = "dk-collection";
/// The Swedish part's name in traces and errors.
pub const SWEDISH: &str = "se-collection";

/// An amount around a charge, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    /// The amount.
    pub amount: Money,
    /// How it came to be.
    pub trace: Trace,
}

/// The Danish parameters.
pub fn danish_parameters() -> Result<Parameters, Error> {
    Parameters::load(include_str!("../parameters/dk-collection.yaml"))
}

/// The Swedish parameters.
pub fn swedish_parameters() -> Result<Parameters, Error> {
    Parameters::load(include_str!("../parameters/se-collection.yaml"))
}

/// The timelines of Sollentuna: the routine of 2003 and the one of 2011.
pub fn sollentuna() -> Result<Timelines, Error> {
    Timelines::load(include_str!("../timelines/sollentuna.yaml"))
}
