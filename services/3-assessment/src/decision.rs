//! Decisions (*afgørelser*): an amount that binds from its communication.

use crate::hearing::Heard;
use domain::{CaseId, Day, DecisionId, HearingId, LetterId, Money, Period};
use messages::{Cause, Evidence, Party};
use serde::{Deserialize, Serialize};

/// An amount for one month, or for every month from one on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Its id.
    pub decision: DecisionId,
    /// The letter that communicates it.
    pub letter: LetterId,
    /// The first month.
    pub from: Period,
    /// The last month; open-ended when absent.
    pub to: Option<Period>,
    /// Kroner a month.
    pub amount: Money,
    /// Percent of the rate that the parents pay by their income, 0-100.
    pub own_percent: u32,
    /// Who pays.
    pub payer: Party,
    /// Why.
    pub cause: Cause,
    /// The hearing it rests on.
    pub hearing: Option<HearingId>,
    /// The day it was written.
    pub written_on: Day,
    /// The day it reached the citizen.
    pub communicated_on: Option<Day>,
    /// The messages it follows from.
    pub causes: Vec<String>,
    /// The raw records it follows from.
    pub evidence: Vec<Evidence>,
}

/// What entitles the authority to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The citizen's own statements, a place, a price, or a payment that falls: no hearing is due.
    NoHearingDue,
    /// A raise from what the authority learnt elsewhere, after the citizen was heard.
    Raise(Heard),
}

impl Decision {
    /// Whether it states this month's amount.
    pub fn covers(&self, period: Period) -> bool {
        self.from <= period && self.to.is_none_or(|to| period <= to)
    }

    /// The id of the `number`th decision of a case.
    pub fn id(case: &CaseId, number: usize) -> DecisionId {
        DecisionId::derive(&[case.as_str(), &number.to_string()])
    }
}
