//! `invoice.commands`: orders to the ERP.

use crate::body::content_kinds;
use crate::{Content, Topic};
use domain::{
    AuthorityId, CaseId, ChargeType, CommandId, Day, DeterminationId, Money, Period, PersonKey,
    PersonalNumber, SubscriptionId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An order to the ERP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceCommand {
    /// The same order always has the same id.
    pub command: CommandId,
    /// The case.
    pub case: CaseId,
    /// Whose claim it is.
    pub authority: AuthorityId,
    /// What is charged.
    pub charge_type: ChargeType,
    /// Who pays.
    pub payer: PersonKey,
    /// The payer's number: the ERP bills by it.
    pub payer_cpr: PersonalNumber,
    /// The logical day.
    pub issued_on: Day,
    /// The order.
    pub order: InvoiceOrder,
}

/// What the ERP is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceOrder {
    /// Invoice an amount above zero for a period.
    Charge {
        /// The month.
        period: Period,
        /// How much more than has been charged for it so far.
        amount: Money,
        /// When it falls due.
        due_on: Day,
        /// What it follows from.
        determination: DeterminationId,
    },
    /// Credit an amount for a period.
    Credit {
        /// The month.
        period: Period,
        /// How much less: an amount below zero.
        amount: Money,
        /// When it is settled.
        due_on: Day,
        /// What it follows from.
        determination: DeterminationId,
    },
    /// Open a standing order that bills every period.
    OpenSubscription {
        /// Which.
        subscription: SubscriptionId,
        /// The first period.
        from: Period,
        /// The last period, unless renewed.
        valid_to: Period,
        /// The amount a period.
        amount: Money,
    },
    /// Change the amount from a period on.
    ChangeSubscription {
        /// Which.
        subscription: SubscriptionId,
        /// From which period.
        from: Period,
        /// The amount a period.
        amount: Money,
    },
    /// Let it run longer.
    RenewSubscription {
        /// Which.
        subscription: SubscriptionId,
        /// The new last period.
        valid_to: Period,
    },
    /// End it.
    CloseSubscription {
        /// Which.
        subscription: SubscriptionId,
        /// The last period billed; none when it ends before its first.
        last: Period,
    },
}

impl InvoiceOrder {
    /// The name in reports: `charge`, `credit`, `open_subscription`, …
    pub fn name(&self) -> &'static str {
        match self {
            Self::Charge { .. } => "charge",
            Self::Credit { .. } => "credit",
            Self::OpenSubscription { .. } => "open_subscription",
            Self::ChangeSubscription { .. } => "change_subscription",
            Self::RenewSubscription { .. } => "renew_subscription",
            Self::CloseSubscription { .. } => "close_subscription",
        }
    }
}

impl Content for InvoiceCommand {
    const TOPIC: Topic = Topic::InvoiceCommands;
    fn key(&self) -> String {
        self.case.to_string()
    }
    content_kinds! { content => content.order;
        InvoiceOrder::Charge { .. } => "charge",
        InvoiceOrder::Credit { .. } => "credit",
        InvoiceOrder::OpenSubscription { .. } => "open-subscription",
        InvoiceOrder::ChangeSubscription { .. } => "change-subscription",
        InvoiceOrder::RenewSubscription { .. } => "renew-subscription",
        InvoiceOrder::CloseSubscription { .. } => "close-subscription",
    }
}
