//! A subscription as it was ordered and as the ERP reports it.

use crate::state::{Answer, Ordered, Report, State};
use domain::{ChargeType, CommandId, Day, Money, Period, PersonKey, SubscriptionId};
use messages::{InvoiceOrder, SubscriptionState};
use std::collections::BTreeMap;

/// One order with its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) command: &'a CommandId,
    pub(crate) ordered: &'a Ordered,
    pub(crate) answer: Option<&'a Answer>,
}

impl<'a> Order<'a> {
    pub(crate) fn refusal(&self) -> Option<&'a str> {
        self.answer.and_then(Answer::refusal)
    }

    pub(crate) fn accepted_on(&self) -> Option<Day> {
        self.answer.and_then(|answer| answer.accepted_on)
    }

    /// The day from which it can have an effect.
    pub(crate) fn effective_on(&self) -> Day {
        self.accepted_on().unwrap_or(self.ordered.issued_on)
    }
}

/// A subscription whose opening was ordered.
#[derive(Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) id: &'a SubscriptionId,
    pub(crate) payer: &'a PersonKey,
    pub(crate) charge_type: &'a ChargeType,
    pub(crate) from: Period,
    pub(crate) opening: Order<'a>,
    /// Every order about it, in the order of their days.
    pub(crate) orders: Vec<Order<'a>>,
    pub(crate) reports: Vec<&'a Report>,
    amounts: BTreeMap<Period, Money>,
}

/// What a subscription that is meant to bill a month does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// The month is not its own.
    Not,
    /// It bills the month, as far as orders and reports tell; the day since when.
    Since(Day),
    /// It has ended before the month: the first month it does not cover, and whether it was taken up again.
    Gap(Period),
}

impl<'a> Standing<'a> {
    /// Every subscription of a case.
    pub(crate) fn all(state: &'a State) -> Vec<Self> {
        let mut orders: BTreeMap<&SubscriptionId, Vec<Order<'a>>> = BTreeMap::new();
        for (command, ordered) in &state.orders {
            if let Some(id) = subscription(&ordered.order) {
                orders.entry(id).or_default().push(Order {
                    command,
                    ordered,
                    answer: state.answers.get(command),
                });
            }
        }
        orders.into_iter().filter_map(|(id, orders)| Self::of(state, id, orders)).collect()
    }

    fn of(state: &'a State, id: &'a SubscriptionId, mut orders: Vec<Order<'a>>) -> Option<Self> {
        orders.sort_by_key(|order| (order.ordered.issued_on, order.command));
        let (opening, from) = orders.iter().find_map(|order| match order.ordered.order {
            InvoiceOrder::OpenSubscription { from, .. } => Some((*order, from)),
            _ => None,
        })?;
        let mut amounts = BTreeMap::new();
        for order in orders.iter().filter(|order| order.refusal().is_none()) {
            match order.ordered.order {
                InvoiceOrder::OpenSubscription { from, amount, .. }
                | InvoiceOrder::ChangeSubscription { from, amount, .. } => {
                    amounts.insert(from, amount);
                }
                _ => {}
            }
        }
        Some(Self {
            id,
            payer: &opening.ordered.payer,
            charge_type: &opening.ordered.charge_type,
            from,
            opening,
            orders,
            reports: state.reports.get(id).into_iter().flatten().collect(),
            amounts,
        })
    }

    /// The amount that it bills for a month; none when it is zero or the month is not its own.
    pub(crate) fn amount(&self, period: Period) -> Option<Money> {
        if self.opening.refusal().is_some() || self.closed().is_some_and(|last| period > last) {
            return None;
        }
        self.amounts
            .range(..=period)
            .next_back()
            .map(|(_, amount)| *amount)
            .filter(|amount| !amount.is_zero())
    }

    /// Whether the ERP has taken it up: it said so, or reports of it.
    pub(crate) fn is_taken_up(&self) -> bool {
        self.opening.accepted_on().is_some() || !self.reports.is_empty()
    }

    /// The last month ordered and not refused, closings aside.
    pub(crate) fn ordered_to(&self) -> Period {
        self.prolongations().map(|(_, valid_to)| valid_to).max().unwrap_or(self.from)
    }

    /// The first month that is not covered unless a renewal to this month is carried out.
    pub(crate) fn first_covered_by_renewal(&self, valid_to: Period) -> Period {
        let before = self.prolongations().map(|(_, to)| to).filter(|to| *to < valid_to).max();
        before.map_or(self.from, Period::next)
    }

    /// The last month, when its closing was ordered and not refused.
    pub(crate) fn closed(&self) -> Option<Period> {
        self.orders.iter().filter(|order| order.refusal().is_none()).find_map(|order| {
            match order.ordered.order {
                InvoiceOrder::CloseSubscription { last, .. } => Some(last),
                _ => None,
            }
        })
    }

    /// Whether the ERP's latest word is that it has ended before the last month ordered.
    pub(crate) fn has_lapsed(&self) -> bool {
        let last = self.closed().map_or(self.ordered_to(), |last| last.min(self.ordered_to()));
        self.reports
            .last()
            .is_some_and(|report| report.state == SubscriptionState::Ended && report.valid_to < last)
    }

    /// What it does about a month.
    pub(crate) fn coverage(&self, period: Period) -> Coverage {
        let closed = self.closed();
        if self.opening.refusal().is_some() || period < self.from || closed.is_some_and(|last| period > last)
        {
            return Coverage::Not;
        }
        if let Some(first) = self.reported_gap(period) {
            return Coverage::Gap(first);
        }
        let since =
            self.prolongations().filter(|(_, to)| *to >= period).map(|(order, _)| order.effective_on()).min();
        match since {
            Some(day) => Coverage::Since(day),
            None if closed.is_some() => Coverage::Not,
            None => Coverage::Gap(self.ordered_to().next()),
        }
    }

    /// The first month not covered, if the ERP had ended the subscription when the month began.
    fn reported_gap(&self, period: Period) -> Option<Period> {
        let mut gap = None;
        for report in &self.reports {
            match report.state {
                SubscriptionState::Ended if report.valid_to < period => gap = Some(report.valid_to.next()),
                SubscriptionState::Active
                    if report.valid_to >= period && report.as_of < period.first_day() =>
                {
                    gap = None
                }
                SubscriptionState::Ended | SubscriptionState::Active => {}
            }
        }
        gap
    }

    fn prolongations(&self) -> impl Iterator<Item = (&Order<'a>, Period)> {
        self.orders.iter().filter(|order| order.refusal().is_none()).filter_map(|order| {
            match order.ordered.order {
                InvoiceOrder::OpenSubscription { valid_to, .. }
                | InvoiceOrder::RenewSubscription { valid_to, .. } => Some((order, valid_to)),
                _ => None,
            }
        })
    }
}

/// The subscription that an order is about.
fn subscription(order: &InvoiceOrder) -> Option<&SubscriptionId> {
    match order {
        InvoiceOrder::OpenSubscription { subscription, .. }
        | InvoiceOrder::ChangeSubscription { subscription, .. }
        | InvoiceOrder::RenewSubscription { subscription, .. }
        | InvoiceOrder::CloseSubscription { subscription, .. } => Some(subscription),
        InvoiceOrder::Charge { .. } | InvoiceOrder::Credit { .. } => None,
    }
}
