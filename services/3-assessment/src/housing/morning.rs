//! An input to a resident's case: facts are kept, then what follows from all facts of a day is done once, in the morning. A
//! delivery alone counts at once: it makes a decision binding.

use crate::decide::not_assessable;
use crate::morning::Morning;
use crate::state::{Awaits, Case, Opened, Touches};
use crate::{Assessment, Rules};
use domain::{Day, Period};
use messages::{CaseCommand, CaseOrder, Cause, HousingOrder};
use runtime::{Context, Effects, Refusal};
use schemes::Error;
use std::collections::BTreeSet;

/// What an order of a resident's case does at once.
pub fn command(
    rules: &Rules,
    context: &Context<'_>,
    case: &mut Case,
    opened: &Opened,
    command: &CaseCommand,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    match &command.order {
        CaseOrder::LetterDelivered { .. } => {
            let (cause, because) = (Cause::Correction, None);
            let mut morning = Morning { rules, opened, context, cause, because, effects };
            if morning.communicate(case) {
                let months = months(case, context.today);
                morning.determine(case, &months)?;
                morning.tell_waiting(case)?;
            }
            Ok(())
        }
        CaseOrder::Housing(order) => check(rules, context.today, case, order),
        _ => Ok(()),
    }
}

/// Refuses an order from which no amount can be computed, by what is wrong with it.
fn check<P>(rules: &Rules, today: Day, case: &Case, order: &HousingOrder<P>) -> Result<(), Refusal> {
    match order {
        HousingOrder::DecidePayment { place, .. } => {
            let ordered = case.housing.as_ref().and_then(|housing| housing.ordered.get(place));
            let attempt = ordered.map(|order| case.attempt(&rules.housing, place, &order.what, today));
            match attempt.transpose() {
                // It waits for the law's figure: whoever waits for the decision is told so.
                Err(Error::NoParameter { .. }) => Ok(()),
                attempted => attempted.map(drop).map_err(not_assessable),
            }
        }
        HousingOrder::Dispense { from, to, .. } => {
            let days = from.iter_days().take_while(|day| day <= to);
            let lived: Vec<_> = days.filter_map(|day| case.lives_in(day)).collect();
            let of_107 =
                lived.iter().any(|(_, held)| held.stay.paragraph == messages::HousingParagraph::P107);
            let refusal = || not_assessable("a dispensation is of § 107, and the stay is not");
            (lived.is_empty() || of_107).then_some(()).ok_or_else(refusal)
        }
        _ => Ok(()),
    }
}

/// Everything that follows from the facts this morning.
pub fn work(
    rules: &Rules,
    context: &Context<'_>,
    case: &mut Case,
    opened: &Opened,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    let today = context.today;
    let touched = std::mem::take(&mut case.touched);
    let cause = touched.cause.unwrap_or(Cause::Correction);
    let mut morning = Morning { rules, opened, context, cause, because: touched.because.as_ref(), effects };
    morning.make_ordered(case)?;
    morning.follow_the_law(case)?;
    let changed = morning.communicate(case) || touched.cause.is_some();
    let mut due = months(case, today);
    if !changed {
        let done = case.assessed_to;
        let stopped = |month: &Period| {
            case.housing.as_ref().is_some_and(|housing| housing.unassessable.contains_key(month))
        };
        due.retain(|month| Some(*month) > done || stopped(month));
    }
    morning.determine(case, &due)?;
    case.assessed_to = case.assessed_to.max(Some(Period::of(today).minus_months(1)));
    morning.tell_waiting(case)?;
    morning.tell_expired_costs(case);
    morning.close_notices(case);
    // Of a resident no month is recalculated by the income register.
    case.reasons.clear();
    case.tell_overdue(opened, today, effects);
    crate::unknown::tell(context, case, effects);
    crate::decide::exempt(case, opened, today, effects)
}

/// The months since the first communication up to the current one, and those that have been determined: before it nothing can
/// be owed.
fn months(case: &Case, today: Day) -> BTreeSet<Period> {
    let decisions = case.housing.iter().flat_map(|housing| &housing.decisions);
    let first = decisions.filter_map(|decision| decision.communicated_on()).min().map(Period::of);
    let current = Period::of(today);
    let lived = first.into_iter().flat_map(|first| first.through(current));
    lived.chain(case.determined.keys().copied()).collect()
}

/// The next morning on which there is something to do: today, where that has not been done yet.
pub fn next_work(case: &Case, today: Day) -> Day {
    let waiting = case.notices.values().any(|notice| notice.awaits != Awaits::Staff);
    let begun = case.first_day_of_stay().is_some_and(|first| first <= today);
    let behind = begun && case.assessed_to < Some(Period::of(today).minus_months(1));
    if waiting || behind || case.has_untold() || case.touched != Touches::default() {
        return today;
    }
    let next = case.days_after_deadlines().chain(Morning::next_waiting(case, today)).min();
    let month = Period::of(today).next().first_day();
    next.map_or(month, |next| next.min(month)).max(today)
}
