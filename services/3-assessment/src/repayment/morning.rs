//! An input to a debtor's case: facts are kept, then what follows from all facts of a day is done once, in the morning. A
//! delivery alone counts at once: it makes a decision binding, and the time of a notice begins.

use super::RepaymentRules;
use crate::decide::not_assessable;
use crate::facts::Touched;
use crate::morning::Morning;
use crate::state::{Awaits, Case, Opened, Touches};
use crate::{Assessment, Rules};
use domain::{Day, Period};
use messages::{CaseCommand, CaseOrder, Cause, CollectionStepKind};
use runtime::{Context, Effects, Refusal};

/// What an order of a debtor's case does at once.
pub fn command(
    rules: &Rules,
    context: &Context<'_>,
    case: &mut Case,
    opened: &Opened,
    command: &CaseCommand,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    let letter = match &command.order {
        CaseOrder::LetterDelivered { letter, .. } => letter,
        CaseOrder::Exempt { .. } => {
            case.touch(Touched::All(Cause::Claims));
            return Ok(());
        }
        _ => return Ok(()),
    };
    // What may go to recovery from now on is told to staff.
    let mut missed = case.repayment.iter().flat_map(|repayment| repayment.missed.values());
    if missed.any(|missed| missed.letters.get(&CollectionStepKind::Transfer) == Some(letter)) {
        case.touch(Touched::All(Cause::Claims));
    }
    let mut morning = Morning { rules, opened, context, cause: Cause::Claims, because: None, effects };
    if morning.end_notices(case) {
        case.touch(Touched::All(Cause::Claims));
    }
    if morning.communicate_plans(case) {
        let schedule = case.schedule(&rules.repayment, context.today).map_err(not_assessable)?;
        morning.determine_instalments(case, &schedule)?;
    }
    morning.determine_fees(case)
}

impl Morning<'_> {
    /// Ends the notices that have their answer or whose time has passed.
    fn end_notices(&mut self, case: &mut Case) -> bool {
        let days = chrono::Days::new(self.rules.repayment.settings.notice_days.into());
        self.end_hearings(case, |received_on| received_on + days)
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
    let (today, law) = (context.today, &rules.repayment);
    let touched = std::mem::take(&mut case.touched);
    let cause = touched.cause.unwrap_or(Cause::Claims);
    let mut morning = Morning { rules, opened, context, cause, because: touched.because.as_ref(), effects };
    morning.end_notices(case);
    morning.communicate_plans(case);
    let schedule = case.schedule(law, today).map_err(not_assessable)?;
    let ruled = morning.rule(case, &schedule);
    if ruled.is_ok() {
        morning.decide_plan(case)?;
    }
    morning.tell_objections(case);
    morning.determine_instalments(case, &schedule)?;
    morning.take_steps(case)?;
    morning.determine_fees(case)?;
    let mut standings = case.claim_standings(law, today, &schedule).map_err(not_assessable)?;
    morning.tell_claims(case, &standings);
    if morning.write_off(case, &schedule, &standings) {
        standings = case.claim_standings(law, today, &schedule).map_err(not_assessable)?;
        morning.tell_claims(case, &standings);
    }
    morning.tell_waits(case, ruled, &schedule, &standings);
    // What the registers tell of a debtor changes nothing by itself but a death; another income is found by its own order.
    morning.settle_notices(case, |case, awaits, open| {
        let pays = case.repayment.as_ref().is_some_and(|repayment| !repayment.plans.is_empty());
        pays && matches!(awaits, Awaits::Household) && open.event_type != "death"
    });
    case.reasons.clear();
    case.assessed_to = Some(Period::of(today));
    if let Some(repayment) = &mut case.repayment {
        repayment.worked_on = Some(today);
    }
    case.tell_overdue(opened, today, effects);
    crate::unknown::tell(context, case, effects);
    crate::decide::exempt(case, opened, today, effects)
}

/// The next morning on which there is something to do: today, where that has not been done yet.
pub fn next_work(rules: &RepaymentRules, case: &Case, today: Day) -> Day {
    let month = Period::of(today).next().first_day();
    let Some(repayment) = &case.repayment else { return month };
    let waiting = case.notices.values().any(|notice| notice.awaits != Awaits::Staff);
    let behind = case.assessed_to < Some(Period::of(today));
    if waiting || behind || case.has_untold() || case.touched != Touches::default() {
        return today;
    }
    let review = repayment.ruled.as_ref().and_then(|ruled| ruled.review_on());
    let later = repayment.circumstances.keys().copied();
    let lapses = repayment
        .claims
        .values()
        .filter_map(|claim| repayment.lapses_on(rules, &claim.what, today).ok().flatten());
    let settled = repayment.settlements.values().map(|settled| settled.on);
    let done = repayment.worked_on;
    let days = case.days_after_deadlines().chain(review).chain(later).chain(lapses).chain(settled);
    let days = days.filter(|day| Some(*day) > done);
    // A step is due until it is taken, also where its day had passed before it was known.
    let next = days.chain(case.next_step(rules)).min();
    next.map_or(month, |next| next.min(month)).max(today)
}
