//! What management is told of agreements and arrears (*aftaler, restancer*): how each debtor's agreement stands, and every
//! instalment that is not paid.

use super::Repayment;
use super::missed::Missed;
use crate::state::Case;
use domain::{ClaimId, Money};
use messages::{ClaimState, CollectionStepKind, Settlement};
use std::collections::BTreeSet;

/// How a debtor's agreement on instalments (*afdragsaftale*) stands: every one in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgreementState {
    /// Instalments are paid of a claim.
    Active,
    /// Nothing is paid for the time being.
    SetAside,
    /// What was left has gone to recovery (*inddrivelse*).
    InRecovery,
    /// Nothing is left.
    Paid,
    /// What was left has lapsed, was withdrawn or written off.
    Ended,
}

impl AgreementState {
    /// In words, for management.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::SetAside => "set aside",
            Self::InRecovery => "sent to recovery",
            Self::Paid => "paid",
            Self::Ended => "ended otherwise",
        }
    }
}

impl Repayment {
    /// How the debtor's agreement stands; none where no decision on instalments has reached the debtor.
    pub fn agreement(&self) -> Option<AgreementState> {
        let agreed = self.plans.iter().map(|plan| (plan.terms(), plan.issued().communicated_on()));
        let agreed =
            agreed.filter(|(terms, communicated_on)| terms.is_instalment() && communicated_on.is_some());
        let covered: BTreeSet<&str> =
            agreed.flat_map(|(terms, _)| terms.claims.iter().map(|claim| claim.claim.as_str())).collect();
        if covered.is_empty() {
            return None;
        }
        let states: Vec<ClaimState> = self
            .told
            .iter()
            .filter(|(id, _)| covered.contains(id.as_str()))
            .map(|(_, (_, state))| *state)
            .collect();
        let reduced = |by: Settlement| {
            let covers = |claim: &ClaimId| covered.contains(claim.as_str());
            self.settlements.values().any(|settled| settled.by == by && covers(&settled.claim))
        };
        let waits = |state: &ClaimState| {
            matches!(state, ClaimState::SetAside { .. } | ClaimState::Notified | ClaimState::Waits)
        };
        Some(match () {
            () if states.contains(&ClaimState::Instalments) => AgreementState::Active,
            () if states.iter().any(waits) => AgreementState::SetAside,
            () if reduced(Settlement::Transferred) => AgreementState::InRecovery,
            () if reduced(Settlement::WrittenOff) => AgreementState::Ended,
            () if states.contains(&ClaimState::Settled) => AgreementState::Paid,
            () => AgreementState::Ended,
        })
    }
}

impl Missed {
    /// How far an instalment that is not paid has come, for management.
    fn how_far(&self) -> &'static str {
        let last = self.taken.last_key_value().filter(|_| self.begins_anew().is_none());
        match last.map(|(step, _)| step) {
            None => "not reminded of yet",
            Some(CollectionStepKind::Reminder) => "reminded of",
            Some(CollectionStepKind::Determination) => "determined",
            Some(CollectionStepKind::Transfer) => "told to be transferable",
        }
    }
}

impl Case {
    /// Every instalment that is owed and, as the ledger says, not paid: how far it has come, and kroner.
    pub fn arrears(&self) -> impl Iterator<Item = (&'static str, Money)> {
        let missed = self.repayment.iter().flat_map(|repayment| &repayment.missed);
        let unpaid = missed.filter(|(_, missed)| missed.unpaid().is_some());
        unpaid.filter_map(|(month, missed)| Some((missed.how_far(), self.instalment_of(*month)?)))
    }
}
