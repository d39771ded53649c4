//! What is kept of a case: facts only, and what was told of them.

use domain::{
    AuthorityId, CaseId, ChargeType, CommandId, Currency, Day, FindingId, Money, Period, PersonKey, PlaceId,
    SubscriptionId,
};
use messages::{
    AwaitEnd, AwaitedDecision, BillingMode, Finding, InvoiceOrder, PostedDocument, SubscriptionState,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything known of a case. Each collection is a set of facts, so neither their order nor repetition matters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The case; none for a document, subscription or order that the ERP names without one.
    pub case: Option<CaseId>,
    /// Whose case it is, where the assessment or an order has told.
    pub authority: Option<AuthorityId>,
    /// The one currency of its amounts.
    pub currency: Option<Currency>,
    /// What is owed, per payer, charge type and month. From the assessment only, never from orders.
    pub obligations: BTreeMap<PersonKey, BTreeMap<ChargeType, BTreeMap<Period, Obligation>>>,
    /// What was ordered.
    pub orders: BTreeMap<CommandId, Ordered>,
    /// What the ERP has answered.
    pub answers: BTreeMap<CommandId, Answer>,
    /// What the ERP has said of subscriptions.
    pub reports: BTreeMap<SubscriptionId, BTreeSet<Report>>,
    /// What the ERP has posted, by document number.
    pub documents: BTreeMap<String, PostedDocument>,
    /// Which documents the ERP has cancelled, and when.
    pub cancellations: BTreeMap<String, Day>,
    /// Residents who wait for a decision, or have waited, by place.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub awaited: BTreeMap<PlaceId, Awaited>,
    /// The findings as they were last told.
    pub findings: BTreeMap<FindingId, Finding>,
}

/// One invoice line that must come to exist (*forpligtelse*), or that lawfully does not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Obligation {
    /// The latest determination.
    pub owed: Option<Owed>,
    /// The latest exemption. It stands against determinations recorded up to its day.
    pub exempted: Option<Exemption>,
}

/// What is owed for a month, as the highest version says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    /// The version.
    pub version: u32,
    /// The amount.
    pub amount: Money,
    /// When it falls due.
    pub due_on: Day,
    /// How it is invoiced.
    pub billing: BillingMode,
    /// When it was recorded.
    pub recorded_on: Day,
}

/// That a month is lawfully not charged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exemption {
    /// When it was recorded.
    pub recorded_on: Day,
    /// Why.
    pub reason: String,
}

/// How the waiting of a resident stands, as the highest version says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Awaited {
    /// The version.
    pub version: u32,
    /// How.
    pub waits: Waits,
}

/// Whether a resident waits for a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// Yes, for this.
    Since(AwaitedDecision),
    /// Not any more, for this reason.
    Over(AwaitEnd),
}

/// An order to the ERP, without the payer's number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ordered {
    /// Who pays.
    pub payer: PersonKey,
    /// What is charged.
    pub charge_type: ChargeType,
    /// The day of the order.
    pub issued_on: Day,
    /// What the ERP is to do.
    pub order: InvoiceOrder,
}

/// What the ERP has answered to an order. Both may come; an acceptance counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The first day on which it said yes.
    pub accepted_on: Option<Day>,
    /// The first day on which it said no, with its code.
    pub rejected: Option<(Day, String)>,
}

/// What the ERP has said of a subscription. Ordered by day, then by last month.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Report {
    /// The day it holds.
    pub as_of: Day,
    /// The last month.
    pub valid_to: Period,
    /// Whether it bills.
    pub state: SubscriptionState,
}

impl Obligation {
    /// The amount of the determination, exempted or not.
    pub fn determined(&self) -> Option<Money> {
        self.owed.as_ref().map(|owed| owed.amount)
    }

    /// Whether the month is lawfully not charged.
    pub fn is_exempt(&self) -> bool {
        self.exempted.is_some()
    }

    /// What must be invoiced in all.
    pub fn target(&self, zero: Money) -> Money {
        if self.is_exempt() { zero } else { self.determined().unwrap_or(zero) }
    }

    /// The day of the latest fact about it.
    pub(crate) fn recorded_on(&self) -> Option<Day> {
        let exempted = self.exempted.as_ref().map(|exemption| exemption.recorded_on);
        self.owed.as_ref().map(|owed| owed.recorded_on).max(exempted)
    }

    /// Whether a standing order is to bill it.
    pub(crate) fn is_standing(&self) -> bool {
        self.owed.as_ref().is_some_and(|owed| owed.billing == BillingMode::Standing)
    }
}

impl Answer {
    /// The code of its refusal, unless it was accepted.
    pub(crate) fn refusal(&self) -> Option<&str> {
        if self.accepted_on.is_some() { None } else { self.rejected.as_ref().map(|(_, code)| code.as_str()) }
    }
}
