//! An input to a household's case: facts are kept, then what follows from all facts of a day is done once, in the morning. A
//! delivery alone counts at once: it makes a decision binding.

use super::reviews::begun;
use crate::facts::Touched;
use crate::morning::Morning;
use crate::state::{Case, Opened, Touches};
use crate::{Assessment, Rules};
use domain::{Day, Period};
use messages::{CaseCommand, CaseOrder, Cause};
use runtime::{Context, Effects, Refusal};

/// What an order of a household's case does at once.
pub fn command(
    rules: &Rules,
    context: &Context<'_>,
    case: &mut Case,
    opened: &Opened,
    command: &CaseCommand,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    if !matches!(command.order, CaseOrder::LetterDelivered { .. }) {
        return Ok(());
    }
    let (cause, because) = (Cause::Correction, None);
    let mut morning = Morning { rules, opened, context, cause, because, effects };
    if morning.communicate_fees(case) {
        morning.determine_childcare(case, true)?;
    }
    if morning.end_hearings_of_fees(case) {
        case.touch(Touched::All(Cause::Correction));
    }
    Ok(())
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
    let cause = touched.cause.unwrap_or(Cause::Rates);
    let mut morning = Morning { rules, opened, context, cause, because: touched.because.as_ref(), effects };
    let heard = morning.end_hearings_of_fees(case);
    let changed = morning.communicate_fees(case) || touched.cause.is_some() || heard;
    morning.decide_fees(case)?;
    morning.tell_objections(case);
    morning.determine_childcare(case, changed)?;
    morning.check_incomes(case)?;
    case.assessed_to = case.assessed_to.max(Some(Period::of(today)));
    crate::unknown::tell(context, case, effects);
    crate::decide::exempt(case, opened, today, effects)
}

/// The next morning on which there is something to do: today, where that has not been done yet.
pub fn next_work(case: &Case, today: Day) -> Day {
    let behind = begun(case, today) && case.assessed_to < Some(Period::of(today));
    if behind || case.has_untold() || case.touched != Touches::default() {
        return today;
    }
    let month = Period::of(today).next().first_day();
    case.days_after_deadlines().map(|day| day.max(today)).chain([month]).min().unwrap_or(month)
}
