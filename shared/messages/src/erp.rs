//! `erp.events`: what the ERP has answered and what its ledger shows.

use crate::body::content_kinds;
use crate::{Content, Topic};
use domain::{CaseId, ChargeType, CommandId, Day, Money, Period, PersonKey, SubscriptionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something the ERP has said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErpEvent {
    /// The case, where the ERP names one that we know.
    pub case: Option<CaseId>,
    /// The logical day on which we learnt it.
    pub recorded_on: Day,
    /// What.
    pub fact: ErpFact,
}

/// What the ERP has said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErpFact {
    /// It will do what was ordered.
    CommandAccepted {
        /// Which order.
        command: CommandId,
        /// The ERP's receipt.
        receipt: String,
    },
    /// It will not do what was ordered.
    CommandRejected {
        /// Which order.
        command: CommandId,
        /// The ERP's code.
        code: String,
        /// What the ERP says of it.
        detail: String,
    },
    /// Nobody knows yet whether it has taken the order.
    CommandUnknown {
        /// Which order.
        command: CommandId,
    },
    /// It has posted a document.
    DocumentPosted(PostedDocument),
    /// It has cancelled a document.
    DocumentCancelled {
        /// Which.
        document: String,
        /// When.
        cancelled_on: Day,
        /// Why.
        reason: String,
    },
    /// It has received a payment.
    PaymentReceived {
        /// For which document.
        document: String,
        /// How much.
        amount: Money,
        /// When.
        paid_on: Day,
    },
    /// How a standing order stands.
    SubscriptionReported {
        /// Which.
        subscription: SubscriptionId,
        /// Whether it still bills.
        state: SubscriptionState,
        /// Its last period.
        valid_to: Period,
        /// The day the state holds.
        as_of: Day,
    },
}

/// A document (*bilag*) in the ERP's ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PostedDocument {
    /// The ERP's number of it.
    pub document: String,
    /// The order it carries out, where it names one.
    pub command: Option<CommandId>,
    /// The standing order that made it, where it names one.
    pub subscription: Option<SubscriptionId>,
    /// Who is billed, where it names one that we know.
    pub payer: Option<PersonKey>,
    /// What is charged.
    pub charge_type: ChargeType,
    /// For which month.
    pub period: Period,
    /// How much; below zero for a credit.
    pub amount: Money,
    /// When it was posted.
    pub posted_on: Day,
    /// When it falls due.
    pub due_on: Day,
}

/// Whether a standing order bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionState {
    /// It does.
    Active,
    /// It no longer does.
    Ended,
}

impl Content for ErpEvent {
    const TOPIC: Topic = Topic::ErpEvents;
    fn key(&self) -> String {
        match (&self.case, &self.fact) {
            (Some(case), _) => case.to_string(),
            (None, ErpFact::DocumentPosted(PostedDocument { document, .. }))
            | (
                None,
                ErpFact::DocumentCancelled { document, .. } | ErpFact::PaymentReceived { document, .. },
            ) => {
                format!("document:{document}")
            }
            (None, ErpFact::SubscriptionReported { subscription, .. }) => subscription.to_string(),
            (
                None,
                ErpFact::CommandAccepted { command, .. }
                | ErpFact::CommandRejected { command, .. }
                | ErpFact::CommandUnknown { command },
            ) => command.to_string(),
        }
    }
    content_kinds! { content => content.fact;
        ErpFact::CommandAccepted { .. } => "command-accepted",
        ErpFact::CommandRejected { .. } => "command-rejected",
        ErpFact::CommandUnknown { .. } => "command-unknown",
        ErpFact::DocumentPosted(_) => "document-posted",
        ErpFact::DocumentCancelled { .. } => "document-cancelled",
        ErpFact::PaymentReceived { .. } => "payment-received",
        ErpFact::SubscriptionReported { .. } => "subscription-reported",
    }
}
