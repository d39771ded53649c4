//! Standing orders: opened, changed, renewed and closed as the determinations ask.

use crate::InvoicingSettings;
use crate::orders::Orders;
use crate::state::{Line, StandingOrder, Step, Subscription};
use chrono::Days;
use domain::{Agenda, Day, Money, Period, SubscriptionId};
use messages::InvoiceOrder;

/// Brings the standing order of a line to what the determinations say.
pub(crate) fn keep(line: &mut Line, settings: &InvoicingSettings, agenda: &Agenda, orders: &mut Orders<'_>) {
    let Some(right) = Right::of(line) else { return };
    let running = line.subscriptions.iter().position(|one| !one.is_refused() && one.closed().is_none());
    match running.and_then(|at| line.subscriptions.get(at).cloned()) {
        None => open(line, &right, settings, agenda, orders),
        Some(mut subscription) => {
            change(&mut subscription, line, &right, settings, agenda, orders);
            renew(&mut subscription, &right, settings, agenda, orders);
            close(&mut subscription, &right, settings, agenda, orders);
            if let Some(kept) = running.and_then(|at| line.subscriptions.get_mut(at)) {
                *kept = subscription;
            }
        }
    }
}

/// What the determinations say of the standing order as a whole.
struct Right {
    /// The latest month determined.
    last: Period,
    /// What the standing order should bill for it, and for the months after it while they are not determined.
    amount: Money,
    /// The latest month that is paid for.
    paid_to: Option<Period>,
    /// The first of the last months in a row for which nothing is owed; none when the last one is paid for.
    nothing_from: Option<Period>,
}

impl Right {
    fn of(line: &Line) -> Option<Self> {
        line.months.values().find(|month| month.is_standing())?;
        let mut right: Option<Self> = None;
        for (period, month) in &line.months {
            let Some(amount) = month.standing_target() else { continue };
            let (paid_to, earlier) = right.map_or((None, None), |right| (right.paid_to, right.nothing_from));
            let (paid_to, nothing_from) = if amount.is_zero() {
                (paid_to, Some(earlier.unwrap_or(*period)))
            } else {
                (Some(*period), None)
            };
            right = Some(Self { last: *period, amount, paid_to, nothing_from });
        }
        right
    }

    /// Whether a month not before this one is paid for.
    fn reaches(&self, period: Period) -> bool {
        self.paid_to.is_some_and(|paid_to| paid_to >= period)
    }

    /// Whether months after this one are paid for: as determined, or, when the determinations end in this month or
    /// before it, because the last of them, not older than today, is.
    fn runs_on_after(&self, period: Period, current: Period) -> bool {
        self.reaches(period.next()) || (!self.amount.is_zero() && self.last >= period.min(current))
    }
}

fn open(
    line: &mut Line,
    right: &Right,
    settings: &InvoicingSettings,
    agenda: &Agenda,
    orders: &mut Orders<'_>,
) {
    let current = Period::of(agenda.today());
    let refusals = line
        .subscriptions
        .iter()
        .filter(|one| one.is_refused())
        .filter_map(|one| one.orders.first()?.rejected_on);
    if !right.reaches(current) || !settings.may_try(refusals, agenda) {
        return;
    }
    let Some((from, amount)) = first_month(line, agenda.today()) else { return };
    let number = line.subscriptions.len().to_string();
    let parts = [orders.case.as_str(), orders.payer.as_str(), orders.charge_type.as_str(), &number];
    let id = SubscriptionId::derive(&parts);
    let valid_to = settings.year_end(from.max(current));
    let mut subscription = Subscription {
        id: id.clone(),
        from,
        orders: Vec::new(),
        reports: Default::default(),
        posted: Default::default(),
    };
    subscription.order(
        Step::Open { valid_to, amount },
        InvoiceOrder::OpenSubscription { subscription: id, from, valid_to, amount },
        orders,
    );
    // The months after the first may differ, and the year may be about to end: one run settles both.
    change(&mut subscription, line, right, settings, agenda, orders);
    renew(&mut subscription, right, settings, agenda, orders);
    line.subscriptions.push(subscription);
}

/// The first month that a new standing order can bill. Of the months that have begun, which the ERP bills at once and in
/// one amount, only the last ones in a row with the same amount; those before are charged one by one.
fn first_month(line: &Line, today: Day) -> Option<(Period, Money)> {
    let taken = line.subscriptions.iter().filter_map(|one| one.closed()).map(|(_, last)| last).max();
    let mut first: Option<(Period, Money)> = None;
    let mut later: Option<Period> = None;
    for (period, month) in line.months.iter().rev() {
        let Some(target) = month.standing_target() else { break };
        let in_a_row = later.is_none_or(|later| period.next() == later);
        let ordered = month.ordered(Money::zero(target.currency())).is_ok_and(|sum| !sum.is_zero());
        if !month.is_standing() || !in_a_row || ordered || taken.is_some_and(|last| *period <= last) {
            break;
        }
        let begun = |period: Period| period.first_day() <= today;
        let same = first.is_none_or(|(from, amount)| !begun(from) || amount == target);
        if begun(*period) && !same {
            break;
        }
        later = Some(*period);
        if !target.is_zero() {
            first = Some((*period, target));
        } else if begun(*period) {
            break;
        }
    }
    first
}

/// Changes the amounts of months that have not begun. What has begun is billed already and corrected by command.
fn change(
    subscription: &mut Subscription,
    line: &Line,
    right: &Right,
    settings: &InvoicingSettings,
    agenda: &Agenda,
    orders: &mut Orders<'_>,
) {
    let coming = Period::of(agenda.today()).next();
    let mut wanted: Vec<(Period, Money)> = line
        .months
        .range(coming.max(subscription.from)..)
        .filter_map(|(period, month)| Some((*period, month.standing_target()?)))
        .collect();
    if wanted.is_empty() && coming > right.last {
        wanted.push((coming.max(subscription.from), right.amount));
    }
    for (from, amount) in wanted {
        let refusals = subscription.orders.iter().filter_map(|order| match order.step {
            Step::Change { from: month, .. } if month == from => order.rejected_on,
            _ => None,
        });
        if subscription.amount(from) == Some(amount) || !settings.may_try(refusals, agenda) {
            continue;
        }
        let id = subscription.id.clone();
        let order = InvoiceOrder::ChangeSubscription { subscription: id, from, amount };
        subscription.order(Step::Change { from, amount }, order, orders);
    }
    // A month can begin without any message: the amount of the month after it is looked at then.
    let _ = agenda.has_come(coming.first_day());
}

fn renew(
    subscription: &mut Subscription,
    right: &Right,
    settings: &InvoicingSettings,
    agenda: &Agenda,
    orders: &mut Orders<'_>,
) {
    let valid_to = subscription.valid_to();
    let lead = Days::new(settings.renewal_lead_days.into());
    let current = Period::of(agenda.today());
    if !right.runs_on_after(valid_to, current) {
        return;
    }
    let renewals = subscription.orders.iter().filter(|order| matches!(order.step, Step::Renew { .. }));
    let last_attempt = renewals.clone().map(|order| order.issued_on).max();
    let due = if subscription.has_lapsed() {
        let wait = Days::new(settings.renewal_retry_days.into());
        last_attempt.is_none_or(|day| agenda.has_come(day + wait))
    } else {
        let refusals = renewals.filter_map(|order| order.rejected_on);
        agenda.has_come(valid_to.last_day() - lead) && settings.may_try(refusals, agenda)
    };
    if !due {
        return;
    }
    let mut until =
        settings.year_end(if subscription.has_lapsed() { current } else { valid_to.next().max(current) });
    if until.last_day() - lead <= agenda.today() {
        until = until.plus_months(MONTHS_IN_A_YEAR);
    }
    let id = subscription.id.clone();
    let order = InvoiceOrder::RenewSubscription { subscription: id, valid_to: until };
    subscription.order(Step::Renew { valid_to: until }, order, orders);
    let _ = agenda.has_come(until.last_day() - lead);
}

const MONTHS_IN_A_YEAR: u32 = 12;

fn close(
    subscription: &mut Subscription,
    right: &Right,
    settings: &InvoicingSettings,
    agenda: &Agenda,
    orders: &mut Orders<'_>,
) {
    let Some(nothing_from) = right.nothing_from else { return };
    let refusals = subscription.orders.iter().filter_map(|order| match order.step {
        Step::Close { .. } => order.rejected_on,
        _ => None,
    });
    let due = nothing_from.plus_months(settings.close_after_zero_months).first_day();
    if !agenda.has_come(due) || !settings.may_try(refusals, agenda) {
        return;
    }
    // A month that has begun is billed; closing before it would only hide that.
    let last = nothing_from.minus_months(1).max(Period::of(agenda.today()));
    let order = InvoiceOrder::CloseSubscription { subscription: subscription.id.clone(), last };
    subscription.order(Step::Close { last }, order, orders);
}

impl Subscription {
    fn order(&mut self, step: Step, order: InvoiceOrder, orders: &mut Orders<'_>) {
        let number = self.orders.len().to_string();
        let command = orders.issue(order, &[self.id.as_str(), &number]);
        self.orders.push(StandingOrder { command, issued_on: orders.today, rejected_on: None, step });
    }
}
