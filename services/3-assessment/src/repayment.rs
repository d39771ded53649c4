//! Cash assistance that must be paid back (*tilbagebetalingspligtig kontanthjælp*): the scheme `dk-cash-repayment`.
//!
//! A debt and no monthly price. What the rules give (an instalment, or that the claims are set aside until a day) follows from
//! the claims and from what was found about the debtor; it is decided once notice has been given, works from its communication,
//! and takes an instalment a month of the claims it covers until nothing is left of them. What is decided stays until it is
//! decided otherwise: also where a year has no table, or where the income could not be fetched.

mod claims;
mod decide;
mod decision;
mod determine;
mod fees;
pub(crate) mod letter;
mod missed;
mod morning;
mod orders;
mod overview;
mod possibility;
mod rule;
mod schedule;
mod settings;
mod steps;
mod waits;

#[cfg(test)]
pub use decision::Made;
pub use decision::{PlanDecision, PlanTerms};
pub use missed::Missed;
pub use morning::{command, next_work, work};
pub use overview::AgreementState;
pub use settings::RepaymentSettings;

use crate::state::Stated;
use domain::{ClaimId, Day, HearingId, Money, Period};
use messages::{Circumstances, ClaimState, RepayableClaim, Settlement};
use schemes::dk_cash_repayment;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The law of the scheme and the authority's choices.
#[derive(Debug, Clone)]
pub struct RepaymentRules {
    pub(crate) parameters: dk_cash_repayment::Parameters,
    /// Those of limitation.
    pub(crate) collection: schemes::Parameters,
    pub(crate) settings: RepaymentSettings,
}

/// What is kept about a debtor, beside what every case has: facts as they were stated, and what has been decided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repayment {
    /// The claims as registered.
    pub claims: BTreeMap<ClaimId, Stated<RepayableClaim>>,
    /// Claims that never were, and why.
    pub withdrawn: BTreeMap<ClaimId, String>,
    /// What reduces claims otherwise than an instalment, by order id.
    pub settlements: BTreeMap<String, Settled>,
    /// What was found about the debtor, from when.
    pub circumstances: BTreeMap<Day, Stated<Circumstances>>,
    /// The latest failure to find it.
    pub not_fetched: Option<Stated<NotFetched>>,
    /// What the rules give now.
    pub ruled: Option<PlanTerms>,
    /// Notices of instalments, by hearing.
    pub notices: BTreeMap<HearingId, Noticed>,
    /// Decisions in the order they were made.
    pub plans: Vec<Arc<PlanDecision>>,
    /// Instalments that the ledger misses.
    pub missed: BTreeMap<Period, Missed>,
    /// How each claim was told to stand, and how many times.
    pub told: BTreeMap<ClaimId, (u32, ClaimState)>,
    /// What staff have been told that it waits for, by code.
    pub waits: BTreeMap<String, String>,
    /// The last morning on which it was worked on.
    pub worked_on: Option<Day>,
}

impl Repayment {
    /// How each registered claim was last told to stand, with its principal. One that came today waits for its morning.
    pub fn standings(&self) -> impl Iterator<Item = (ClaimState, Money)> {
        self.claims.iter().map(|(id, claim)| {
            (self.told.get(id).map_or(ClaimState::Waits, |(_, state)| *state), claim.what.principal)
        })
    }
}

/// What reduces a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The claim.
    pub claim: ClaimId,
    /// From when.
    pub on: Day,
    /// Kroner.
    pub amount: Money,
    /// How.
    pub by: Settlement,
    /// The months whose missed instalments go to recovery with it. As versions before kept it, without: every one that could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalments: Option<BTreeSet<Period>>,
}

/// A failure to find out about the debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotFetched {
    /// The day of the attempt.
    pub on: Day,
    /// Why.
    pub reason: String,
}

/// A notice that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Noticed {
    /// Of what.
    pub terms: PlanTerms,
    /// A decision has followed it, or others have taken its place: it proves nothing any more.
    pub spent: bool,
}
