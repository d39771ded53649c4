//! Orders that the ERP has refused: a finding as long as what they were for is not done.

use crate::Error;
use crate::difference::Difference;
use crate::matching::Key;
use crate::standing::Order;
use crate::state::Obligation;
use crate::view::View;
use domain::{Money, Period};
use messages::{FindingClass, InvoiceOrder};
use std::collections::BTreeMap;

/// Refused orders of one payer and charge type, told as one finding per month (or kind of standing order).
type Refused<'a> = BTreeMap<(Key<'a>, &'static str), Order<'a>>;

/// The findings of refused orders, and whether a month's shortage is explained by one.
#[derive(Default)]
pub(crate) struct Rejections<'a> {
    unsettled: Refused<'a>,
    pub(crate) differences: Vec<Difference>,
}

impl<'a> Rejections<'a> {
    pub(crate) fn of(view: &View<'a>) -> Result<Self, Error> {
        let mut refused = Refused::new();
        let of_subscriptions = view.standings.iter().flat_map(|one| one.orders.iter().copied());
        for order in view.month_orders().chain(of_subscriptions).filter(|order| order.refusal().is_some()) {
            let key = (&order.ordered.payer, &order.ordered.charge_type, month(&order.ordered.order));
            // A later attempt is told under the same finding, with its own code.
            let known = refused.entry((key, order.ordered.order.name())).or_insert(order);
            if (known.ordered.issued_on, known.command) < (order.ordered.issued_on, order.command) {
                *known = order;
            }
        }
        let mut rejections = Self::default();
        for ((key, name), order) in refused {
            if let Some((amount, what)) = unsettled(view, key, &order)? {
                let told_under = (key.0, key.1, first_month(view, key.2, &order));
                rejections.differences.push(difference(told_under, name, &order, amount, what));
                rejections.unsettled.insert((key, name), order);
            }
        }
        Ok(rejections)
    }

    /// Whether what a month lacks is lacking because of a refusal.
    pub(crate) fn explain(&self, key: Key<'_>) -> bool {
        self.unsettled.iter().any(|((about, _), order)| {
            (about.0, about.1) == (key.0, key.1) && concerns(&order.ordered.order, key.2)
        })
    }

    /// Whether the renewal of a payer's subscription is refused.
    pub(crate) fn explain_end(&self, key: Key<'_>) -> bool {
        self.unsettled.iter().any(|((about, _), order)| {
            let renewal = matches!(order.ordered.order, InvoiceOrder::RenewSubscription { .. });
            renewal && (about.0, about.1) == (key.0, key.1)
        })
    }
}

/// What is at stake while a refused order is not made up for.
fn unsettled(view: &View<'_>, key: Key<'_>, order: &Order<'_>) -> Result<Option<(Money, String)>, Error> {
    match &order.ordered.order {
        InvoiceOrder::Charge { .. }
        | InvoiceOrder::Credit { .. }
        | InvoiceOrder::OpenSubscription { .. }
        | InvoiceOrder::ChangeSubscription { .. } => not_billed(view, key, order),
        InvoiceOrder::RenewSubscription { subscription, .. } => {
            let Some(standing) = view.standings.iter().find(|one| one.id == subscription) else {
                return Ok(None);
            };
            let made_up = standing.orders.iter().any(|other| {
                let renewal = matches!(other.ordered.order, InvoiceOrder::RenewSubscription { .. });
                renewal && is_later(other, order)
            });
            let lapsed = view.agenda.has_come(standing.ordered_to().next().first_day());
            let open = !made_up && standing.closed().is_none() && !lapsed;
            let amount = standing.amount(standing.ordered_to()).unwrap_or(view.zero);
            Ok(open.then(|| (amount, format!("the subscription ends with {}", standing.ordered_to()))))
        }
        InvoiceOrder::CloseSubscription { subscription, .. } => {
            let Some(standing) = view.standings.iter().find(|one| one.id == subscription) else {
                return Ok(None);
            };
            let over = view.agenda.has_come(standing.ordered_to().next().first_day());
            let open = standing.closed().is_none() && !over;
            let amount = standing.amount(standing.ordered_to()).unwrap_or(view.zero).negated();
            Ok(open.then(|| (amount, format!("the subscription runs on to {}", standing.ordered_to()))))
        }
    }
}

/// The months that a refused order was to bill and that nothing accepted bills instead.
fn not_billed(view: &View<'_>, key: Key<'_>, order: &Order<'_>) -> Result<Option<(Money, String)>, Error> {
    let of_subscriptions = view.standings_of(key).flat_map(|one| one.orders.iter().copied());
    let replaced = view.month_orders().chain(of_subscriptions).any(|other| {
        let same_line = (&other.ordered.payer, &other.ordered.charge_type) == (key.0, key.1);
        same_line && is_later(&other, order) && replaces(&other.ordered.order, &order.ordered.order)
    });
    if replaced {
        return Ok(None);
    }
    let mut at_stake = view.zero;
    let mut months = Vec::new();
    for (about, obligation) in view.obligations() {
        if (about.0, about.1) != (key.0, key.1) || !concerns(&order.ordered.order, about.2) {
            continue;
        }
        // What was determined only after the order is invoicing's to order first.
        let told = obligation.recorded_on().filter(|day| *day > order.ordered.issued_on);
        if told.is_some_and(|day| !view.passed(day, view.settings.command_days)) {
            continue;
        }
        let missing = lacking(view, about, obligation, order)?;
        if !missing.is_zero() {
            at_stake = at_stake.plus(missing)?;
            months.push(about.2.to_string());
        }
    }
    Ok((!months.is_empty()).then(|| (at_stake, format!("not done for {}", months.join(", ")))))
}

fn lacking(
    view: &View<'_>,
    key: Key<'_>,
    obligation: &Obligation,
    order: &Order<'_>,
) -> Result<Money, Error> {
    let of_month = matches!(order.ordered.order, InvoiceOrder::Charge { .. } | InvoiceOrder::Credit { .. });
    if of_month || view.agenda.has_come(key.2.first_day()) {
        // What has lapsed is told by the lapse.
        let told = view.is_settled(key)? || view.lapse(key)?.is_some();
        return if told { Ok(view.zero) } else { view.not_ordered(key, true) };
    }
    if !obligation.is_standing() {
        return Ok(view.zero);
    }
    // The subscription need not be prolonged to the month yet: what it would bill counts.
    let mut left = view.not_ordered_singly(key)?;
    for standing in view.standings_of(key).filter(|one| one.from <= key.2) {
        left = left.minus(standing.amount(key.2).unwrap_or(view.zero))?;
    }
    Ok(left)
}

/// Whether an order was given later and the ERP has accepted it.
fn is_later(other: &Order<'_>, order: &Order<'_>) -> bool {
    other.accepted_on().is_some() && other.ordered.issued_on >= order.ordered.issued_on
}

/// Whether an order does what another was to do.
fn replaces(other: &InvoiceOrder, order: &InvoiceOrder) -> bool {
    match (other, order) {
        (InvoiceOrder::ChangeSubscription { from, .. }, InvoiceOrder::ChangeSubscription { .. }) => {
            *from == month(order)
        }
        (InvoiceOrder::OpenSubscription { .. }, InvoiceOrder::OpenSubscription { .. }) => true,
        (
            InvoiceOrder::Charge { period, .. } | InvoiceOrder::Credit { period, .. },
            InvoiceOrder::Charge { .. }
            | InvoiceOrder::Credit { .. }
            | InvoiceOrder::ChangeSubscription { .. },
        ) => *period == month(order),
        _ => false,
    }
}

/// The first month that goes wrong while the order is not carried out; for a renewal the first one not covered.
fn first_month(view: &View<'_>, period: Period, order: &Order<'_>) -> Period {
    match &order.ordered.order {
        InvoiceOrder::RenewSubscription { subscription, valid_to } => view
            .standings
            .iter()
            .find(|one| one.id == subscription)
            .map_or(period, |one| one.first_covered_by_renewal(*valid_to)),
        _ => period,
    }
}

/// The month that refusals of the same thing have in common.
fn month(order: &InvoiceOrder) -> Period {
    match order {
        InvoiceOrder::Charge { period, .. } | InvoiceOrder::Credit { period, .. } => *period,
        InvoiceOrder::OpenSubscription { from, .. } | InvoiceOrder::ChangeSubscription { from, .. } => *from,
        InvoiceOrder::RenewSubscription { valid_to, .. } => *valid_to,
        InvoiceOrder::CloseSubscription { last, .. } => *last,
    }
}

/// Whether an order was to bill the month.
fn concerns(order: &InvoiceOrder, period: Period) -> bool {
    match order {
        InvoiceOrder::Charge { period: month, .. } | InvoiceOrder::Credit { period: month, .. } => {
            *month == period
        }
        InvoiceOrder::OpenSubscription { from, .. } | InvoiceOrder::ChangeSubscription { from, .. } => {
            *from <= period
        }
        InvoiceOrder::RenewSubscription { .. } | InvoiceOrder::CloseSubscription { .. } => false,
    }
}

fn difference(key: Key<'_>, name: &str, order: &Order<'_>, amount: Money, what: String) -> Difference {
    let code = order.refusal().unwrap_or_default();
    Difference {
        class: FindingClass::Rejected,
        payer: Some(key.0.clone()),
        charge_type: key.1.clone(),
        period: key.2,
        amount,
        detail: format!("The ERP refuses {name} {} with code {code}: {what}.", order.command),
        documents: Vec::new(),
        about: name.to_owned(),
        group: code.to_owned(),
        daily: false,
    }
}
