//! What is kept of a case.

use domain::{
    AuthorityId, ChargeType, CommandId, Day, DeterminationId, Money, Period, PersonKey, PersonalNumber,
    SubscriptionId,
};
use messages::{BillingMode, SubscriptionState};
use runtime::Because;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept of a case: per payer and charge type, what is owed and what has been ordered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The lines of the case.
    pub lines: BTreeMap<PersonKey, BTreeMap<ChargeType, Line>>,
}

/// One payer's charge of one type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Whose claim it is.
    pub authority: AuthorityId,
    /// The payer's number, for the ERP; not known while nothing but an exemption is.
    pub payer_cpr: Option<PersonalNumber>,
    /// The months, by what is owed and ordered.
    pub months: BTreeMap<Period, Month>,
    /// The standing orders, oldest first. At most the last one is neither closed nor refused.
    pub subscriptions: Vec<Subscription>,
}

/// One month of a line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Month {
    /// The latest determination.
    pub owed: Option<Owed>,
    /// The latest day on which the month was exempted. It stands against every determination, earlier or later.
    pub exempted_on: Option<Day>,
    /// The charges and credits ordered, in order.
    pub orders: Vec<MonthOrder>,
}

/// What is owed for a month, as the highest version says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    /// The version.
    pub version: u32,
    /// The determination.
    pub determination: DeterminationId,
    /// The amount.
    pub amount: Money,
    /// When it falls due.
    pub due_on: Day,
    /// How it is invoiced.
    pub billing: BillingMode,
    /// When it was recorded.
    pub recorded_on: Day,
    /// The message that said so, for the orders that follow from it; gone once they are given and two months have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
}

/// A charge (above zero) or credit (below zero) that was ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthOrder {
    /// Its id.
    pub command: CommandId,
    /// How much.
    pub amount: Money,
    /// The day the ERP refused it, if it did: then it has no effect.
    pub rejected_on: Option<Day>,
}

/// A standing order (*abonnement*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Its first month.
    pub from: Period,
    /// What was ordered of it, in order. The first is its opening.
    pub orders: Vec<StandingOrder>,
    /// What the ERP has said of it.
    pub reports: BTreeSet<Report>,
    /// The months for which the ERP has posted a document of it.
    pub posted: BTreeSet<Period>,
}

/// One order about a subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandingOrder {
    /// Its id.
    pub command: CommandId,
    /// The day it was issued.
    pub issued_on: Day,
    /// The day the ERP refused it, if it did: then it has no effect.
    pub rejected_on: Option<Day>,
    /// What it says.
    pub step: Step,
}

/// What an order does to a subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It begins.
    Open {
        /// The last month, unless renewed.
        valid_to: Period,
        /// The amount a month.
        amount: Money,
    },
    /// Its amount changes.
    Change {
        /// From this month.
        from: Period,
        /// The amount a month.
        amount: Money,
    },
    /// It runs longer.
    Renew {
        /// The new last month.
        valid_to: Period,
    },
    /// It ends.
    Close {
        /// The last month.
        last: Period,
    },
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

impl Line {
    /// What was determined last of each month, where that is known.
    pub(crate) fn reasons(&self) -> BTreeMap<Period, Because> {
        let reason = |month: &Month| month.owed.as_ref()?.because.clone();
        self.months.iter().filter_map(|(period, month)| Some((*period, reason(month)?))).collect()
    }
}

impl Month {
    /// What is owed for the month now: nothing while it is exempted or undetermined.
    pub fn target(&self) -> Option<Money> {
        let owed = self.owed.as_ref()?;
        let exempt = self.exempted_on.is_some();
        Some(if exempt { Money::zero(owed.amount.currency()) } else { owed.amount })
    }

    /// What the subscription should bill for the month: nothing when the month is billed by command.
    pub(crate) fn standing_target(&self) -> Option<Money> {
        let target = self.target()?;
        let standing = self.owed.as_ref().is_some_and(|owed| owed.billing == BillingMode::Standing);
        Some(if standing { target } else { Money::zero(target.currency()) })
    }

    /// Whether the month is billed by a standing order.
    pub(crate) fn is_standing(&self) -> bool {
        self.owed.as_ref().is_some_and(|owed| owed.billing == BillingMode::Standing)
    }
}

impl Subscription {
    /// The orders that the ERP has not refused.
    pub(crate) fn standing_orders(&self) -> impl Iterator<Item = &StandingOrder> {
        self.orders.iter().filter(|order| order.rejected_on.is_none())
    }

    /// Whether its opening was refused: then it never existed.
    pub(crate) fn is_refused(&self) -> bool {
        self.orders.first().is_none_or(|order| order.rejected_on.is_some())
    }

    /// The last month ordered, closings aside.
    pub(crate) fn valid_to(&self) -> Period {
        self.standing_orders()
            .filter_map(|order| match order.step {
                Step::Open { valid_to, .. } | Step::Renew { valid_to } => Some(valid_to),
                Step::Change { .. } | Step::Close { .. } => None,
            })
            .max()
            .unwrap_or(self.from)
    }

    /// Its closing: the day it was ordered and the last month.
    pub(crate) fn closed(&self) -> Option<(Day, Period)> {
        self.standing_orders().find_map(|order| match order.step {
            Step::Close { last } => Some((order.issued_on, last)),
            _ => None,
        })
    }

    /// The amount that it bills for a month, if it bills that month.
    pub(crate) fn amount(&self, period: Period) -> Option<Money> {
        let mut steps = BTreeMap::new();
        for order in self.standing_orders() {
            match order.step {
                Step::Open { amount, .. } => steps.insert(self.from, amount),
                Step::Change { from, amount } => steps.insert(from, amount),
                Step::Renew { .. } | Step::Close { .. } => None,
            };
        }
        steps.range(..=period).next_back().map(|(_, amount)| *amount)
    }
}
