//! An input to the case: facts are kept, then the months they touch are assessed.

use crate::assess_case::{Round, horizon};
use crate::facts::Touched;
use crate::income::recalculation_day;
use crate::notices::event;
use crate::reviews::{MISSING_INCOME, MISSING_INCOME_MONTH};
use crate::state::{Awaits, Case, Following, Opened, Touches};
use crate::{Assessment, Rules, childcare, for_staff, housing, orders, repayment, unknown};
use domain::{Day, Period, PlaceId};
use messages::{
    AssessmentFact, CaseCommand, CaseNotice, CaseOrder, Cause, Membership, Message, NoticeSubject,
    RegisterFact, Scheme,
};
use runtime::{Context, Effects, Input, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// The one timer of a case: it fires in the morning on which something is due.
const WORK_TIMER: &str = "work";

/// How long orders may wait for their case to be opened.
const OPENED_WITHIN_DAYS: u64 = 14;

/// The most orders and statements of a day that a decision names.
const CAUSES_MAX: usize = 100;

type Done = Result<Effects<Assessment>, Refusal>;

/// Facts are kept when they come; what follows from all facts of a day is decided once, in the morning. Only a delivery
/// counts at once: it makes a decision binding.
pub fn decide(rules: &Rules, context: &Context<'_>, mut case: Case, input: Input<'_, Assessment>) -> Done {
    let mut effects = Effects::none();
    let is_income = is_income(&input);
    let unknown = case.orders.is_empty();
    match input {
        Input::Message(Message::CaseCommands(body)) => {
            command(rules, context, &mut case, &body.data, &mut effects)
                .map_err(|refusal| refused(&case, &body.data.order, refusal))?
        }
        Input::Message(Message::CaseNotices(body)) => notice(context, &mut case, &body.data, &mut effects),
        Input::Timer(WORK_TIMER) => match case.opened.clone() {
            Some(opened) => match opened.scheme {
                Scheme::DkDaycare => work(rules, context, &mut case, &opened, &mut effects)?,
                Scheme::DkTemporaryHousing => {
                    housing::work(rules, context, &mut case, &opened, &mut effects)?
                }
                Scheme::DkCashRepayment => repayment::work(rules, context, &mut case, &opened, &mut effects)?,
                Scheme::SeChildcare => childcare::work(rules, context, &mut case, &opened, &mut effects)?,
            },
            None => missing(context, &mut case, &mut effects),
        },
        _ => return Err(Refusal::new("unexpected_input", "assessment reads case commands and notices only")),
    }
    if case.opened.is_some() || case.last_day.is_some() {
        found(context, &mut case, &mut effects);
    }
    let opened = case.opened.clone();
    if let Some(opened) = &opened {
        case.close_as_ordered(opened, context.today, &mut effects);
    }
    unknown::end(context, &mut case, &mut effects);
    if let Some(opened) = opened {
        // Whom the case concerns does not change with what they earn; no Swedish register is read.
        if !is_income && opened.scheme != Scheme::SeChildcare {
            follow(&mut case, &opened, &mut effects);
        }
        let next = match opened.scheme {
            Scheme::DkDaycare => next_work(&case, context.today),
            Scheme::DkTemporaryHousing => housing::next_work(&case, context.today),
            Scheme::DkCashRepayment => repayment::next_work(&rules.repayment, &case, context.today),
            Scheme::SeChildcare => childcare::next_work(&case, context.today),
        };
        effects.wake(WORK_TIMER, next);
    } else if unknown {
        // Orders may come before the case they are for, but not without end: it could be another case that is meant.
        effects.wake(WORK_TIMER, context.today + chrono::Days::new(OPENED_WITHIN_DAYS));
    }
    effects.put(case);
    Ok(effects)
}

/// The name under which a missing opening is noted among the reviews, and the refusal's beginning.
const NOT_OPENED: &str = "not_opened";

/// The id of the refusal: one a case.
fn not_opened(context: &Context<'_>) -> String {
    format!("{NOT_OPENED}/{}", context.key)
}

/// Tells that nobody has opened the case. Nothing waits behind it: whoever opens the case ends it.
fn missing(context: &Context<'_>, case: &mut Case, effects: &mut Effects<Assessment>) {
    if case.last_day.is_some() || !case.reviews.insert(NOT_OPENED.to_owned()) {
        return;
    }
    let orders = case.orders.len() + case.orders_of_others();
    let swedish = case.childcare.is_some().then(|| childcare::not_opened(orders, OPENED_WITHIN_DAYS));
    let danish = || {
        format!(
            "orders for it came ({orders}) and nobody has opened it for {OPENED_WITHIN_DAYS} days: open it; if another case \
         was meant, send them for that one and close this"
        )
    };
    let detail = swedish.unwrap_or_else(danish);
    effects.send(&for_staff::waits(
        not_opened(context),
        context.key,
        context.today,
        "case_not_opened",
        detail,
    ));
}

/// The case has been opened, or closed, after all.
fn found(context: &Context<'_>, case: &mut Case, effects: &mut Effects<Assessment>) {
    if case.reviews.remove(NOT_OPENED) {
        let outcome = if case.opened.is_some() { "opened" } else { "closed" };
        effects.send(&for_staff::ended(not_opened(context), context.key, context.today, outcome));
    }
}

/// An order that a person has to give otherwise holds up nothing: the case goes on as it stood. It waits where going on
/// would do harm: an open hearing would end without what the citizen or staff have said, a decision would not bind, and a
/// sender in a loop would go on.
fn refused(case: &Case, order: &CaseOrder, refusal: Refusal) -> Refusal {
    let holds = match order {
        CaseOrder::LetterDelivered { .. } => true,
        CaseOrder::AnswerHearing { hearing, .. } | CaseOrder::DecideHearing { hearing, .. } => {
            case.hearings.get(hearing).is_some_and(|hearing| hearing.ended.is_none())
        }
        _ => refusal.code == orders::TOO_MANY,
    };
    if holds { refusal } else { refusal.aside() }
}

fn is_income(input: &Input<'_, Assessment>) -> bool {
    let Input::Message(Message::CaseNotices(body)) = input else { return false };
    let NoticeSubject::Register(event) = &body.data.about else { return false };
    matches!(event.fact, RegisterFact::IncomeReport(_))
}

fn command(
    rules: &Rules,
    context: &Context<'_>,
    case: &mut Case,
    command: &CaseCommand,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    case.turn_to(&command.authority);
    if case.orders.has(command, case.orders_of_others())? {
        return Ok(());
    }
    let touched = case.apply(command)?;
    note(context, case, touched);
    let Some(opened) = case.opened.clone() else { return Ok(()) };
    match opened.scheme {
        Scheme::DkDaycare => {}
        Scheme::DkTemporaryHousing => housing::command(rules, context, case, &opened, command, effects)?,
        Scheme::DkCashRepayment => repayment::command(rules, context, case, &opened, command, effects)?,
        Scheme::SeChildcare => childcare::command(rules, context, case, &opened, command, effects)?,
    }
    match &command.order {
        CaseOrder::LetterDelivered { .. } if opened.scheme == Scheme::DkDaycare => {
            let (cause, before) = (Cause::Correction, &BTreeMap::new());
            Round { rules, opened: &opened, context, cause, before, because: None, effects }.deliver(case)
        }
        CaseOrder::Exempt { .. } => exempt(case, &opened, context.today, effects),
        CaseOrder::PlaceChild { place, .. } | CaseOrder::ChangePlace { place, .. } => {
            check(rules, case, &opened, place, context.today)
        }
        _ => Ok(()),
    }
}

/// Refuses an order about a place with which no amount can be computed, by what is wrong with it. What is wrong with another
/// place is no fault of this order, and where the law's figures are missing the case waits for them.
fn check(rules: &Rules, case: &Case, opened: &Opened, ordered: &PlaceId, today: Day) -> Result<(), Refusal> {
    let Some(first) = case.first_month() else { return Ok(()) };
    for month in first.through(horizon(today)) {
        match case.target(rules, opened, month, today) {
            Err(schemes::Error::NoParameter { .. }) => {}
            Err(schemes::Error::RateAboveShare { place, .. }) if place != ordered.as_str() => {}
            assessed => drop(assessed.map_err(not_assessable)?),
        }
    }
    Ok(())
}

fn notice(context: &Context<'_>, case: &mut Case, notice: &CaseNotice, effects: &mut Effects<Assessment>) {
    let touched = match &notice.about {
        NoticeSubject::Register(event) => {
            let touched = case.learn(event, context.evidence);
            if let (RegisterFact::IncomeReport(report), Touched::Month(_)) = (&event.fact, &touched) {
                case.reasons.insert(report.disposition_month, context.into());
            }
            touched
        }
        NoticeSubject::Arrival(arrival) => case.arrive(arrival, context.evidence),
    };
    note(context, case, touched);
    if let Some(opened) = case.opened.clone() {
        case.open_notices(&opened, context.today, notice, effects);
    }
}

/// Leaves to the morning what this input has changed, and that it follows from it.
fn note(context: &Context<'_>, case: &mut Case, touched: Touched) {
    if matches!(touched, Touched::All(_) | Touched::Year(_)) {
        match &mut case.touched.because {
            None => case.touched.because = Some(context.into()),
            Some(because) if because.causes().len() < CAUSES_MAX => because.add(context.into()),
            Some(_) => {}
        }
    }
    case.touch(touched);
}

/// Everything that follows from the facts this morning.
fn work(
    rules: &Rules,
    context: &Context<'_>,
    case: &mut Case,
    opened: &Opened,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    let today = context.today;
    let touched = std::mem::take(&mut case.touched);
    let untouched = touched == Touches::default();
    let cause = touched.cause.unwrap_or(Cause::Rates);
    let (before, because) = (&touched.before, touched.because.as_ref());
    let mut round = Round { rules, opened, context, cause, before, because, effects };
    let heard = round.end_hearings(case);
    let asks = case.weigh_register(rules, opened, &touched.before, today).map_err(not_assessable)?;
    if let Some(first) = case.first_month() {
        let (recalculable, last) = (recalculable(today), horizon(today));
        let recalculate_from = case.recalculated_to.map_or(first, Period::next);
        let determine_from = case.assessed_to.map_or(first, Period::next);
        let mut recalculated: BTreeSet<Period> = recalculate_from.through(recalculable).collect();
        // Later income of a month that has been recalculated; earlier the month's own day takes it along.
        recalculated.extend(touched.income.iter().filter(|month| (first..recalculate_from).contains(*month)));
        let mut months: BTreeSet<Period> =
            determine_from.through(last).chain(recalculated.iter().copied()).collect();
        if heard
            || asks
            || touched.cause.is_some()
            || case.hearings.values().any(|hearing| hearing.ended.is_none())
        {
            months.extend(first.through(last));
        }
        // A year is reconciled from months that are decided as they stand.
        let waiting =
            case.years.iter().filter(|(number, year)| touched.years.contains(number) || year.waits());
        let of_years =
            waiting.flat_map(|(number, _)| (1..=12).filter_map(|month| Period::new(*number, month).ok()));
        months.extend(of_years.filter(|month| (first..=last).contains(month)));
        round.assess(case, months.into_iter())?;
        round.reconcile_years(case, touched.cause.is_some(), untouched && !heard && !asks)?;
        round.tell_objections(case);
        case.settle_heard();
        for month in recalculated {
            after_recalculation(rules, case, opened, (month, today), effects)?;
        }
        case.recalculated_to = case.recalculated_to.max(Some(recalculable).filter(|month| *month >= first));
        case.assessed_to = case.assessed_to.max(Some(last));
    }
    // Of months that are over, those before the case began among them, none waits for its recalculation.
    case.reasons.retain(|month, _| Some(*month) > case.recalculated_to);
    case.close_notices(rules, opened, today, effects);
    case.tell_overdue(opened, today, effects);
    unknown::tell(context, case, effects);
    exempt(case, opened, today, effects)
}

/// The next morning on which there is something to do: today, where that has not been done yet.
fn next_work(case: &Case, today: Day) -> Day {
    let waiting = case.notices.values().any(|notice| notice.awaits != Awaits::Staff);
    let recalculated_to = case.first_month().filter(|first| *first <= recalculable(today));
    let behind = case.first_month().is_some() && case.assessed_to < Some(horizon(today))
        || recalculated_to.is_some() && case.recalculated_to < Some(recalculable(today));
    if waiting || behind || case.has_untold() || case.touched != Touches::default() {
        return today;
    }
    let month = Period::of(today).next().first_day();
    let recalculation = recalculation_day(recalculable(today).next());
    let deadlines = case.days_after_deadlines().map(|day| day.max(today));
    deadlines.chain([month, recalculation]).min().unwrap_or(month)
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
    let target = case.target(rules, opened, month, today).map_err(not_assessable)?;
    let missing = target.is_some_and(|target| target.income_missing);
    if missing && case.reviews.insert(format!("{MISSING_INCOME}{month}")) {
        let code = MISSING_INCOME_MONTH.to_owned();
        let detail = "the income register lacks a report; the month is left to the yearly control".to_owned();
        effects.send(&event(
            opened,
            today,
            AssessmentFact::ReviewNeeded { period: Some(month), code, detail },
        ));
    }
    Ok(())
}

/// No amount can be computed from what is stated.
pub fn not_assessable(error: impl std::fmt::Display) -> Refusal {
    Refusal::new("not_assessable", error.to_string())
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
pub fn exempt(
    case: &mut Case,
    opened: &Opened,
    today: Day,
    effects: &mut Effects<Assessment>,
) -> Result<(), Refusal> {
    for (period, reason) in case.exempt.clone() {
        let Some(payer) = case.payer(period).map(|(payer, _)| payer.person.clone()) else { continue };
        if !case.reviews.insert(format!("exempt/{period}/{payer}")) {
            continue;
        }
        let charge_type = opened.charge_type()?;
        let fact = AssessmentFact::Exempted { payer, charge_type, period, reason };
        effects.send(&event(opened, today, fact));
    }
    Ok(())
}
