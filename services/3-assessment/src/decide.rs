//! An input to the case: facts are kept, then the months they touch are assessed.

use crate::assess_case::{CHARGE_TYPE, Round, horizon};
use crate::facts::Touched;
use crate::income::recalculation_day;
use crate::notices::{NOTICES_TIMER, event};
use crate::state::{Case, Following, Opened};
use crate::{Assessment, Rules};
use domain::{ChargeType, Day, Period};
use messages::{
    AssessmentFact, CaseCommand, CaseNotice, CaseOrder, Cause, Membership, Message, NoticeOutcome,
    NoticeSubject,
};
use runtime::{Context, Effects, Input, Refusal};
use std::collections::BTreeSet;

/// The timer that determines the next month, on the 1st.
const MONTH_TIMER: &str = "month";
/// The timer that recalculates a month when its income is in the register.
const RECALCULATION_TIMER: &str = "recalculation";

type Done = Result<Effects<Assessment>, Refusal>;

pub fn decide(rules: &Rules, context: &Context<'_>, mut case: Case, input: Input<'_, Assessment>) -> Done {
    let mut effects = Effects::none();
    let notices_due = matches!(input, Input::Timer(NOTICES_TIMER));
    let touched = match input {
        Input::Message(Message::CaseCommands(body)) => command(context, &mut case, &body.data, &mut effects)?,
        Input::Message(Message::CaseNotices(body)) => notice(context, &mut case, &body.data, &mut effects),
        Input::Timer(MONTH_TIMER) => Touched::All(Cause::Rates),
        Input::Timer(RECALCULATION_TIMER | NOTICES_TIMER) => Touched::Nothing,
        Input::Timer(_) => Touched::All(Cause::Correction),
        _ => return Err(Refusal::new("unexpected_input", "assessment reads case commands and notices only")),
    };
    if let Some(opened) = case.opened.clone() {
        work(rules, context, &mut case, &opened, touched, &mut effects)?;
        if notices_due {
            case.close_notices(rules, &opened, context.today, &mut effects);
        }
    }
    effects.put(case);
    Ok(effects)
}

fn command(
    context: &Context<'_>,
    case: &mut Case,
    command: &CaseCommand,
    effects: &mut Effects<Assessment>,
) -> Result<Touched, Refusal> {
    let known = case.orders.contains(&command.id);
    let touched = case.apply(command)?;
    if known {
        return Ok(Touched::Nothing);
    }
    let Some(opened) = case.opened.clone() else { return Ok(touched) };
    if let CaseOrder::CloseNotice { notice, outcome } = &command.order {
        let outcome = NoticeOutcome::ByStaff(outcome.clone());
        if !case.close_notice(&opened, context.today, notice, outcome, effects) {
            return Err(Refusal::new("notice_not_open", "no such notice is open in this case"));
        }
    }
    Ok(touched)
}

fn notice(
    context: &Context<'_>,
    case: &mut Case,
    notice: &CaseNotice,
    effects: &mut Effects<Assessment>,
) -> Touched {
    let touched = match &notice.about {
        NoticeSubject::Register(event) => case.learn(event, context.evidence),
        NoticeSubject::Arrival(arrival) => case.arrive(arrival, context.evidence),
    };
    if let Some(opened) = case.opened.clone() {
        case.open_notices(&opened, context.today, notice, effects);
    }
    touched
}

/// Everything that follows from the facts today.
fn work(
    rules: &Rules,
    context: &Context<'_>,
    case: &mut Case,
    opened: &Opened,
    touched: Touched,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    let today = context.today;
    if let Some(first) = case.first_month() {
        let (recalculable, last) = (recalculable(today), horizon(today));
        let recalculate_from = case.recalculated_to.map_or(first, Period::next);
        let determine_from = case.assessed_to.map_or(first, Period::next);
        let mut recalculated: BTreeSet<Period> = recalculate_from.through(recalculable).collect();
        let mut months: BTreeSet<Period> = determine_from.through(last).collect();
        let cause = match touched {
            Touched::All(cause) => {
                months.extend(first.through(last));
                cause
            }
            // Later income of a month that has been recalculated; earlier the month's own day takes it along.
            Touched::Month(month) if first <= month && month < recalculate_from => {
                recalculated.insert(month);
                Cause::IncomeRecalculation
            }
            Touched::Month(_) | Touched::Nothing => Cause::Rates,
        };
        months.extend(&recalculated);
        Round { rules, opened, context, cause, effects }.assess(case, months.into_iter())?;
        for month in recalculated {
            after_recalculation(rules, case, opened, (month, today), effects)?;
        }
        case.recalculated_to = case.recalculated_to.max(Some(recalculable).filter(|month| *month >= first));
        case.assessed_to = case.assessed_to.max(Some(last));
        effects.wake(MONTH_TIMER, Period::of(today).next().first_day());
        effects.wake(RECALCULATION_TIMER, recalculation_day(recalculable.next()));
    }
    follow(case, opened, effects);
    exempt(case, opened, today, effects)
}

/// The last month whose income is expected to be in the register.
fn recalculable(today: Day) -> Period {
    let last_month = Period::of(today).minus_months(1);
    if recalculation_day(last_month) <= today { last_month } else { last_month.minus_months(1) }
}

/// Asks for a review where the rule could not recalculate a month.
fn after_recalculation(
    rules: &Rules,
    case: &mut Case,
    opened: &Opened,
    (month, today): (Period, Day),
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    let target = case
        .target(rules, opened, month, today)
        .map_err(|error| Refusal::new("not_assessable", error.to_string()))?;
    let missing = target.is_some_and(|target| target.income_missing);
    if missing && case.reviews.insert(format!("missing_income_month/{month}")) {
        let code = "missing_income_month".to_owned();
        let detail = "the income register lacks a report; the month is left to the yearly control".to_owned();
        effects.send(&event(
            opened,
            today,
            AssessmentFact::ReviewNeeded { period: Some(month), code, detail },
        ));
    }
    Ok(())
}

/// Follows whom and what the case has come to concern, and leaves an address where its payer no longer lives.
fn follow(case: &mut Case, opened: &Opened, effects: &mut Effects<Assessment>) {
    let wanted: BTreeSet<Following> =
        case.subjects().into_iter().map(|(subject, role)| Following { subject, role }).collect();
    let membership = |following: &Following, follows| Membership {
        subject: following.subject.clone(),
        case: opened.case.clone(),
        authority: opened.authority.clone(),
        role: following.role,
        follows,
    };
    for new in wanted.difference(&case.following) {
        effects.send(&membership(new, true));
    }
    for old in case.following.difference(&wanted) {
        effects.send(&membership(old, false));
    }
    case.following = wanted;
}

/// Tells once of each month that is lawfully not charged.
fn exempt(
    case: &mut Case,
    opened: &Opened,
    today: Day,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    for (period, reason) in case.exempt.clone() {
        let Some(payer) = case.payer(period).map(|payer| payer.person.clone()) else { continue };
        if !case.reviews.insert(format!("exempt/{period}/{payer}")) {
            continue;
        }
        let charge_type =
            ChargeType::parse(CHARGE_TYPE).map_err(|error| Refusal::new("charge_type", error.to_string()))?;
        let fact = AssessmentFact::Exempted { payer, charge_type, period, reason };
        effects.send(&event(opened, today, fact));
    }
    Ok(())
}
