//! Differences of whole subscriptions: unanswered orders, ends ahead, and lapses.

use crate::Error;
use crate::difference::Difference;
use crate::matching::Key;
use crate::rejections::Rejections;
use crate::standing::{Order, Standing};
use crate::view::View;
use chrono::Days;
use domain::{Money, Period};
use messages::{FindingClass, InvoiceOrder, SubscriptionState};
use std::collections::BTreeMap;

/// Everything that is wrong with a subscription as a whole.
pub(crate) fn differences(
    view: &View<'_>,
    standing: &Standing<'_>,
    rejections: &Rejections<'_>,
    found: &mut Vec<Difference>,
) -> Result<(), Error> {
    found.extend(standing.orders.iter().filter_map(|order| unanswered(view, standing, order)));
    let others = found.len();
    lapses(view, standing, found)?;
    if found.len() == others
        && !standing.has_lapsed()
        && !rejections.explain_end((standing.payer, standing.charge_type, standing.from))
    {
        found.extend(expiring(view, standing));
    }
    Ok(())
}

/// An order about it that has no answer, and that no report proves carried out.
fn unanswered(view: &View<'_>, standing: &Standing<'_>, order: &Order<'_>) -> Option<Difference> {
    let active_to = standing
        .reports
        .iter()
        .filter(|one| one.state == SubscriptionState::Active)
        .map(|one| one.valid_to)
        .max();
    let ends = standing.reports.last().map(|one| one.valid_to);
    let (period, proven) = match order.ordered.order {
        InvoiceOrder::OpenSubscription { from, .. } => (from, !standing.reports.is_empty()),
        InvoiceOrder::RenewSubscription { valid_to, .. } => {
            (standing.first_covered_by_renewal(valid_to), active_to.is_some_and(|to| to >= valid_to))
        }
        InvoiceOrder::CloseSubscription { last, .. } => (last, ends.is_some_and(|to| to <= last)),
        InvoiceOrder::ChangeSubscription { from, .. } => (from, false),
        InvoiceOrder::Charge { .. } | InvoiceOrder::Credit { .. } => return None,
    };
    let answered = order.accepted_on().is_some() || order.refusal().is_some();
    if answered || proven || !view.passed(order.ordered.issued_on, view.settings.answer_days) {
        return None;
    }
    let detail = format!("The order {} ({}) has no answer.", order.command, order.ordered.order.name());
    let amount = standing.amount(period).unwrap_or(view.zero);
    let about = order.command.to_string();
    let (class, group) = (FindingClass::Unconfirmed, period.to_string());
    Some(of(standing, class, period, amount, detail, about, group, false))
}

/// It ends soon though the right runs on, in steps: 45, 15 and 1 days ahead; and further on until it is known to run or
/// to have lapsed.
fn expiring(view: &View<'_>, standing: &Standing<'_>) -> Option<Difference> {
    let end = if view.settings.trust_accepted_renewals {
        standing.ordered_to()
    } else {
        standing.reports.last().map_or(standing.ordered_to(), |report| report.valid_to)
    };
    if standing.opening.refusal().is_some() || standing.closed().is_some() || !runs_on(view, standing, end) {
        return None;
    }
    let after = end.next();
    let step = view
        .settings
        .expiring_days
        .iter()
        .filter(|days| view.agenda.has_come(end.last_day() - Days::new(u64::from(**days))))
        .min()?;
    let amount = standing.amount(end).unwrap_or(view.zero);
    let left = match view.agenda.has_come(after.first_day()) {
        true => "and nothing in the ledger shows it prolonged".to_owned(),
        false => format!("less than {} days left", step + 1),
    };
    let detail = format!("The subscription ends with {end} though the right runs on: {left}.");
    let about = standing.id.to_string();
    let (class, group) = (FindingClass::SubscriptionExpiring, after.to_string());
    Some(of(standing, class, after, amount, detail, about, group, false))
}

/// Whether months after the end are paid for: as determined, or, when the determinations end before them, because the
/// last of them, not older than today, is.
fn runs_on(view: &View<'_>, standing: &Standing<'_>, end: Period) -> bool {
    let current = Period::of(view.agenda.today());
    let months = view.obligations().filter(|(key, month)| is_of(standing, *key) && month.is_standing());
    let mut last = None;
    for (key, month) in months {
        let paid = !month.target(view.zero).is_zero();
        if paid && key.2 > end {
            return true;
        }
        last = Some((key.2, paid));
    }
    last.is_some_and(|(period, paid)| paid && period >= end.min(current))
}

/// It has ended though months after it are owed. One finding a lapse, with every month that is not billed yet.
fn lapses(view: &View<'_>, standing: &Standing<'_>, found: &mut Vec<Difference>) -> Result<(), Error> {
    let mut lapses: BTreeMap<Period, Vec<(Period, Money)>> = BTreeMap::new();
    for (key, _) in view.obligations().filter(|(key, _)| is_of(standing, *key)) {
        let Some(lapse) = view.lapse(key)?.filter(|lapse| lapse.standing.id == standing.id) else { continue };
        if view.agenda.has_come(key.2.first_day()) {
            lapses.entry(lapse.first).or_default().push((key.2, lapse.missing));
        }
    }
    for (first, months) in lapses {
        let amount = months.iter().try_fold(view.zero, |sum, (_, amount)| sum.plus(*amount))?;
        let list: Vec<String> =
            months.iter().map(|(period, amount)| format!("{period} {}", amount.to_text())).collect();
        let detail = format!("{} months are not billed: {}.", months.len(), list.join(", "));
        let about = standing.id.to_string();
        let (class, group) = (FindingClass::SubscriptionLapsed, first.to_string());
        found.push(of(standing, class, first, amount, detail, about, group, true));
    }
    Ok(())
}

fn is_of(standing: &Standing<'_>, key: Key<'_>) -> bool {
    standing.payer == key.0 && standing.charge_type == key.1
}

#[expect(clippy::too_many_arguments, reason = "every field of a difference, named at its three callers")]
fn of(
    standing: &Standing<'_>,
    class: FindingClass,
    period: Period,
    amount: Money,
    detail: String,
    about: String,
    group: String,
    daily: bool,
) -> Difference {
    Difference {
        class,
        payer: Some(standing.payer.clone()),
        charge_type: standing.charge_type.clone(),
        period,
        amount,
        detail,
        documents: Vec::new(),
        about,
        group,
        daily,
    }
}
