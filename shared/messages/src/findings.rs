//! `reconciliation.findings`: differences between what should be and what is.

use crate::body::content_kinds;
use crate::{Content, Topic};
use domain::{AuthorityId, CaseId, ChargeType, Day, FindingId, Money, Period, PersonKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A difference, and how it stands now. Every change of state is a message with the same `finding` and `cause`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Its id: of class, case, payer, charge type, period and, where one is meant, document or order.
    pub finding: FindingId,
    /// What kind of difference.
    pub class: FindingClass,
    /// What brought it about, as far as can be told: findings of one cause make one alert. For a lapse the failed
    /// renewal run: `subscription_lapsed/0101/dk-daycare/parental-payment/2023-04`. No personal data.
    pub cause: String,
    /// The case, where one is known.
    pub case: Option<CaseId>,
    /// Whose claim it is, where the case is known.
    pub authority: Option<AuthorityId>,
    /// Who pays, where known.
    pub payer: Option<PersonKey>,
    /// What is charged.
    pub charge_type: ChargeType,
    /// Which month; for a subscription the first month not covered.
    pub period: Period,
    /// The kroner at stake: what is missing (above zero) or too much (below zero) in the ERP.
    pub amount: Money,
    /// The day it was opened (first, if it was reopened).
    pub opened_on: Day,
    /// How it stands.
    pub state: FindingState,
    /// A sentence for billing staff. No personal data.
    pub detail: String,
    /// The ERP documents concerned.
    pub documents: Vec<String>,
}

/// What kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingClass {
    /// Owed, and no command was sent.
    NotCommanded,
    /// The ERP has refused the command.
    Rejected,
    /// Commanded, and no answer within the deadline.
    Unconfirmed,
    /// Accepted or billed by subscription, and no document within the deadline.
    MissingInErp,
    /// Two documents for one order or period.
    Duplicate,
    /// The document has another amount.
    Amount,
    /// The document has another month.
    Period,
    /// The document bills somebody else.
    Payer,
    /// A document that nobody ordered.
    Unexpected,
    /// The ERP has cancelled a document that is owed.
    CancelledInErp,
    /// A subscription ends soon though its decision runs on.
    SubscriptionExpiring,
    /// A subscription has ended though its decision runs on.
    SubscriptionLapsed,
    /// A resident lives in temporary housing and nobody has decided what is to be paid: nothing is owed, and nothing of the
    /// time until a decision ever will be.
    Undecided,
}

impl FindingClass {
    /// Every class.
    pub const ALL: [Self; 13] = [
        Self::NotCommanded,
        Self::Rejected,
        Self::Unconfirmed,
        Self::MissingInErp,
        Self::Duplicate,
        Self::Amount,
        Self::Period,
        Self::Payer,
        Self::Unexpected,
        Self::CancelledInErp,
        Self::SubscriptionExpiring,
        Self::SubscriptionLapsed,
        Self::Undecided,
    ];

    /// The name in reports and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotCommanded => "not_commanded",
            Self::Rejected => "rejected",
            Self::Unconfirmed => "unconfirmed",
            Self::MissingInErp => "missing_in_erp",
            Self::Duplicate => "duplicate",
            Self::Amount => "amount",
            Self::Period => "period",
            Self::Payer => "payer",
            Self::Unexpected => "unexpected",
            Self::CancelledInErp => "cancelled_in_erp",
            Self::SubscriptionExpiring => "subscription_expiring",
            Self::SubscriptionLapsed => "subscription_lapsed",
            Self::Undecided => "undecided",
        }
    }
}

/// How a finding stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// It is there for the first time.
    Opened,
    /// It is still there, or there is more of it (daily for a lapse).
    Repeated {
        /// On which day.
        on: Day,
    },
    /// Evidence has ended it.
    Resolved {
        /// On which day.
        on: Day,
        /// What ended it.
        evidence: String,
    },
    /// The evidence has gone away.
    Reopened {
        /// On which day.
        on: Day,
    },
}

impl Content for Finding {
    const TOPIC: Topic = Topic::ReconciliationFindings;
    fn key(&self) -> String {
        self.cause.clone()
    }
    content_kinds! { content => content.state;
        FindingState::Opened => "opened",
        FindingState::Repeated { .. } => "repeated",
        FindingState::Resolved { .. } => "resolved",
        FindingState::Reopened { .. } => "reopened",
    }
}
