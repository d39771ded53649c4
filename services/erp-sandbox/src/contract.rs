//! The bodies of `schemas/erp-claims.openapi.yaml`.

use crate::problem::FieldFault;
use chrono::Datelike;
use domain::{
    AuthorityId, CaseId, ChargeType, CommandId, Day, Money, Period, PersonKey, PersonalNumber, SubscriptionId,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Longest command or subscription id, in characters: the prefix and 60.
const ID_LENGTH_MAX: usize = 64;

/// Longest invoice line, in characters.
const TEXT_LENGTH_MAX: usize = 200;

/// The last due day that every month has.
const DUE_DAY_MAX: u32 = 28;

/// `POST /claims`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    pub command_id: CommandId,
    pub case: CaseId,
    pub authority: AuthorityId,
    pub charge_type: ChargeType,
    pub payer: PersonalNumber,
    pub payer_key: PersonKey,
    pub period: Period,
    pub amount: Money,
    pub due_on: Day,
    pub text: String,
    pub settles: Option<String>,
}

/// `POST /subscriptions`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opening {
    pub command_id: CommandId,
    pub subscription: SubscriptionId,
    pub case: CaseId,
    pub authority: AuthorityId,
    pub charge_type: ChargeType,
    pub payer: PersonalNumber,
    pub payer_key: PersonKey,
    pub from: Period,
    pub valid_to: Period,
    pub amount: Money,
    pub due_day: u32,
}

/// `POST /subscriptions/{subscription}/changes`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    pub command_id: CommandId,
    pub from: Period,
    pub amount: Money,
}

/// `POST /subscriptions/{subscription}/renewals`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renewal {
    pub command_id: CommandId,
    pub valid_to: Period,
}

/// `POST /subscriptions/{subscription}/closure`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Closure {
    pub command_id: CommandId,
    pub last_period: Period,
}

/// A command as it came in.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Order {
    /// Post a claim.
    Claim(Box<Claim>),
    /// Open a subscription.
    Open(Box<Opening>),
    /// Change its amount.
    Change(SubscriptionId, Change),
    /// Prolong it.
    Renew(SubscriptionId, Renewal),
    /// Close it.
    Close(SubscriptionId, Closure),
}

impl Order {
    pub(crate) fn command_id(&self) -> &CommandId {
        match self {
            Self::Claim(claim) => &claim.command_id,
            Self::Open(opening) => &opening.command_id,
            Self::Change(_, change) => &change.command_id,
            Self::Renew(_, renewal) => &renewal.command_id,
            Self::Close(_, closure) => &closure.command_id,
        }
    }

    pub(crate) fn subscription(&self) -> Option<&SubscriptionId> {
        match self {
            Self::Claim(_) => None,
            Self::Open(opening) => Some(&opening.subscription),
            Self::Change(id, _) | Self::Renew(id, _) | Self::Close(id, _) => Some(id),
        }
    }

    /// What the body is, as a hash: the same key with another hash is another order.
    pub(crate) fn fingerprint(&self) -> Result<String, serde_json::Error> {
        Ok(hex::encode(Sha256::digest(serde_json::to_vec(self)?)))
    }

    /// What is wrong in the body although it reads.
    pub(crate) fn faults(&self) -> Vec<FieldFault> {
        let mut faults = id_faults(self.command_id().as_str(), "/command_id");
        match self {
            Self::Claim(claim) => faults.extend(claim.faults()),
            Self::Open(opening) => faults.extend(opening.faults()),
            Self::Change(_, change) if change.amount.is_negative() => {
                faults.push(FieldFault::new("/amount", "a monthly amount is not negative"));
            }
            Self::Change(..) | Self::Renew(..) | Self::Close(..) => {}
        }
        faults
    }
}

impl Claim {
    fn faults(&self) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        if self.amount.is_zero() {
            faults.push(FieldFault::new("/amount", "a claim of nothing is none"));
        }
        if self.text.chars().count() > TEXT_LENGTH_MAX {
            faults.push(FieldFault::new("/text", format!("at most {TEXT_LENGTH_MAX} characters")));
        }
        if !(1900..=2199).contains(&self.due_on.year()) {
            faults.push(FieldFault::new("/due_on", "a day between 1900 and 2199"));
        }
        if self.settles.as_deref().is_some_and(|text| !is_reference(text)) {
            faults.push(FieldFault::new("/settles", "1 to 64 of A-Z a-z 0-9 . _ : -"));
        }
        faults
    }
}

impl Opening {
    fn faults(&self) -> Vec<FieldFault> {
        let mut faults = id_faults(self.subscription.as_str(), "/subscription");
        if self.amount.is_negative() {
            faults.push(FieldFault::new("/amount", "a monthly amount is not negative"));
        }
        if self.valid_to < self.from {
            faults.push(FieldFault::new("/valid_to", "lies before from"));
        }
        if !(1..=DUE_DAY_MAX).contains(&self.due_day) {
            faults.push(FieldFault::new("/due_day", format!("a day from 1 to {DUE_DAY_MAX}")));
        }
        faults
    }
}

/// Whether a subscription id of a path can be one of the contract.
pub(crate) fn is_subscription_id(id: &SubscriptionId) -> bool {
    id_faults(id.as_str(), "").is_empty()
}

fn id_faults(id: &str, pointer: &str) -> Vec<FieldFault> {
    let (_, rest) = id.split_once('_').unwrap_or_default();
    let plain = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain && id.len() <= ID_LENGTH_MAX {
        return Vec::new();
    }
    vec![FieldFault::new(pointer, "its prefix and 1 to 60 of A-Z a-z 0-9 _ -")]
}

fn is_reference(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
}
