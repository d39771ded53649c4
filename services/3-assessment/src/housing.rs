//! A resident in temporary housing (*midlertidigt botilbud*): the scheme `dk-temporary-housing`.
//!
//! What a day costs follows from the decision that had been communicated by then. A decision rests on what was known when it
//! was made, and what is learnt later raises nothing: it takes another decision, which works from its own communication on.
//! Only what lowers a payment counts by itself: moving out, death, the loss of all income, a service opted out of, a
//! dispensation. A month is determined when it is over, because what is owed follows the days.

mod days;
mod decide;
mod decision;
mod determine;
mod expired_costs;
pub(crate) mod letter;
mod morning;
mod orders;
mod register;
mod settings;
mod waiting;

pub use decision::PaymentDecision;
pub use expired_costs::{EXPIRED_COSTS, about as about_expired_costs};
pub use morning::{command, next_work, work};
pub use settings::HousingSettings;
pub use waiting::Waiting;

use crate::state::Stated;
use domain::{Day, FacilityId, Period, PlaceId};
use messages::{FacilityCosts, Means, Stay, StayService};
use rust_decimal::Decimal;
use schemes::Parameters;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The law of the scheme and the authority's choices.
#[derive(Debug, Clone)]
pub struct HousingRules {
    pub(crate) parameters: Parameters,
    pub(crate) settings: HousingSettings,
}

/// What is kept about a resident, beside what every case has: facts as they were stated, and what has been decided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Housing {
    /// The stays, by place.
    pub stays: BTreeMap<PlaceId, StayKept>,
    /// Income and expenses, from when.
    pub means: BTreeMap<Day, Stated<Means>>,
    /// What facilities cost, by the first day on which the figures hold.
    pub costs: BTreeMap<FacilityId, BTreeMap<Day, Stated<FacilityCosts>>>,
    /// Services that the resident does without, by order id.
    pub opt_outs: BTreeMap<String, OptedOut>,
    /// Days without payment, by order id.
    pub dispensations: BTreeMap<String, Dispensed>,
    /// What is to be decided and is not yet, by place.
    pub ordered: BTreeMap<PlaceId, Stated<DecisionOrder>>,
    /// Decisions in the order they were made.
    pub decisions: Vec<Arc<PaymentDecision>>,
    /// Who waits for a decision.
    pub waiting: BTreeMap<PlaceId, Waiting>,
    /// Months of which no amount can be computed, and why.
    pub unassessable: BTreeMap<Period, String>,
}

/// A stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StayKept {
    /// Where and from when; absent while only its end is known.
    pub held: Option<Stated<HeldStay>>,
    /// The last day as ordered later.
    pub moved_out: Option<Stated<Day>>,
    /// How many times its waiting for a decision has been told.
    pub waits_told: u32,
    /// The last order that has led to a decision: the day and the id.
    pub decided: Option<(Day, String)>,
}

/// Where somebody lives from when to when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldStay {
    /// Where and by which paragraph.
    pub stay: Stay,
    /// First day.
    pub first_day: Day,
    /// Last day, as known then.
    pub last_day: Option<Day>,
}

/// A service that the resident does without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptedOut {
    /// Which.
    pub service: String,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

/// Days without payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispensed {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// Why.
    pub reason: String,
}

/// An order to decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionOrder {
    /// Kroner a day, where less is set than the rules give.
    #[serde(with = "schemes::exact::option")]
    pub set: Option<Decimal>,
    /// Services beside the stay.
    pub services: Vec<StayService>,
    /// The version of the template.
    pub template: String,
    /// Who calculates.
    pub made_by: String,
}
