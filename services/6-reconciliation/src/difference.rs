//! A difference as the comparison finds it, before it is told.

use crate::state::State;
use domain::{ChargeType, Day, FindingId, Money, Period, PersonKey};
use messages::{Finding, FindingClass, FindingState};

/// A difference between what should be and what is.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// What kind.
    pub class: FindingClass,
    /// Who pays, where known.
    pub payer: Option<PersonKey>,
    /// What is charged.
    pub charge_type: ChargeType,
    /// Which month.
    pub period: Period,
    /// What is missing (above zero) or too much (below zero) in the ERP.
    pub amount: Money,
    /// A sentence for billing staff.
    pub detail: String,
    /// The documents concerned.
    pub documents: Vec<String>,
    /// The document, order or subscription that tells it from others of the month.
    pub about: String,
    /// What groups it with others of its kind: a rejection code, or the month.
    pub group: String,
    /// Whether it is told every day while it lasts.
    pub daily: bool,
}

impl Difference {
    /// Its id: the same difference always has the same.
    pub fn id(&self, key: &str) -> FindingId {
        let payer = self.payer.as_ref().map_or("", PersonKey::as_str);
        let period = self.period.to_string();
        FindingId::derive(&[self.class.name(), key, payer, self.charge_type.as_str(), &period, &self.about])
    }

    /// The message that tells it.
    pub(crate) fn told(&self, key: &str, state: &State, opened_on: Day, told: FindingState) -> Finding {
        let authority = state.authority.as_ref().map_or("none", |authority| authority.as_str());
        Finding {
            finding: self.id(key),
            class: self.class,
            cause: format!("{}/{authority}/{}/{}", self.class.name(), self.charge_type, self.group),
            case: state.case.clone(),
            authority: state.authority.clone(),
            payer: self.payer.clone(),
            charge_type: self.charge_type.clone(),
            period: self.period,
            amount: self.amount,
            opened_on,
            state: told,
            detail: self.detail.clone(),
            documents: self.documents.clone(),
        }
    }
}
