//! Which case hears of which fact, and whether somebody must deal with it.

use crate::Routing;
use crate::state::{Follower, Subject};
use crate::strategy::{Handling, Raised, Strategy, Version};
use chrono::{Days, Months};
use domain::{CaseId, Day, NoticeId, PersonKey};
use messages::{
    AddressArrival, CaseNotice, Evidence, IncomeReport, Kept, Membership, Message, NoticeSubject, OpenNotice,
    RegisterEvent, RegisterFact, Role,
};
use runtime::{Context, Effects, Input, Refusal};
use rust_decimal::Decimal;

/// Full age (*myndighedsalder*), in months: from then on a person who moves in is an adult of the household.
const ADULT_MONTHS: u32 = 18 * 12;

type Done = Result<Effects<Routing>, Refusal>;

pub fn decide(strategy: &Strategy, context: &Context<'_>, state: Subject, input: Input<'_, Routing>) -> Done {
    match input {
        Input::Message(Message::CaseMemberships(body)) => Ok(follow(state, &body.data)),
        Input::Message(Message::RegisterEvents(body)) => Ok(register(strategy, context, state, &body.data)),
        Input::Message(Message::RegisterMoves(body)) => Ok(arrival(strategy, context, state, &body.data)),
        _ => {
            Err(Refusal::new("unexpected_input", "routing reads register events, moves and memberships only"))
        }
    }
}

/// A case follows the subject, or stops to. A new follower learns what is known.
fn follow(mut state: Subject, membership: &Membership) -> Effects<Routing> {
    let mut effects = Effects::none();
    if membership.follows {
        let follower = state
            .followers
            .entry(membership.case.clone())
            .or_insert_with(|| Follower { authority: membership.authority.clone(), roles: [].into() });
        let new_case = follower.roles.is_empty();
        follower.roles.insert(membership.role);
        if new_case {
            tell_what_is_known(&state, membership, &mut effects);
        }
    } else if let Some(follower) = state.followers.get_mut(&membership.case) {
        follower.roles.remove(&membership.role);
        if follower.roles.is_empty() {
            state.followers.remove(&membership.case);
        }
    }
    effects.put(state);
    effects
}

/// Facts only: what is older than the case's interest has nobody's deadline.
fn tell_what_is_known(state: &Subject, membership: &Membership, effects: &mut Effects<Routing>) {
    let mut tell = |about: NoticeSubject, evidence: &[Evidence]| {
        let notice =
            CaseNotice { case: membership.case.clone(), role: membership.role, about, notices: Vec::new() };
        effects.send_because(&notice, Vec::new(), evidence.to_vec());
    };
    if let domain::Subject::Person(person) = &membership.subject {
        let event = |recorded_on, fact| {
            NoticeSubject::Register(Box::new(RegisterEvent { person: person.clone(), recorded_on, fact }))
        };
        for kept in &state.snapshots {
            tell(event(kept.recorded_on, RegisterFact::PersonSnapshot(kept.fact.clone())), &kept.evidence);
        }
        for kept in state.income.entries().flat_map(|entry| entry.kept()) {
            tell(event(kept.recorded_on, RegisterFact::IncomeReport(kept.fact.clone())), &kept.evidence);
        }
    }
    for kept in &state.arrivals {
        tell(NoticeSubject::Arrival(kept.fact.clone()), &kept.evidence);
    }
}

fn register(
    strategy: &Strategy,
    context: &Context<'_>,
    mut state: Subject,
    event: &RegisterEvent,
) -> Effects<Routing> {
    let version = strategy.on(event.recorded_on);
    let mut effects = Effects::none();
    let name = name_of(event);
    let evidence = context.evidence.to_vec();
    let about = || NoticeSubject::Register(Box::new(event.clone()));
    let dated = (event.recorded_on, name.as_str());
    match &event.fact {
        RegisterFact::PersonSnapshot(snapshot) => {
            let kept = Kept { recorded_on: event.recorded_on, evidence, fact: snapshot.clone() };
            if !state.keep_snapshot(kept) {
                return effects;
            }
            tell(&state, version, about(), dated, &mut effects, |_| Some(Vec::new()));
        }
        RegisterFact::CprEvent(cpr) => {
            tell(&state, version, about(), dated, &mut effects, |role| {
                match version.population(&cpr.code, role) {
                    Handling::Stop => None,
                    Handling::Fact => Some(Vec::new()),
                    Handling::Notice(raised) => Some(vec![raised]),
                }
            });
        }
        RegisterFact::IncomeReport(report) => {
            let before = state.clone();
            let kept = Kept { recorded_on: event.recorded_on, evidence, fact: report.clone() };
            let news = state.keep_income(kept);
            let raised = income_notices(version, &before, &state, report);
            for kept in news {
                if kept.fact == *report {
                    tell(&state, version, about(), dated, &mut effects, |_| Some(raised.clone()));
                } else {
                    tell_counterpart(&state, &event.person, kept, &mut effects);
                }
            }
        }
    }
    effects.put(state);
    effects
}

/// The report to a reversal, or the reversal to a report, as it is known now.
fn tell_counterpart(
    state: &Subject,
    person: &PersonKey,
    kept: Kept<IncomeReport>,
    effects: &mut Effects<Routing>,
) {
    let fact = RegisterFact::IncomeReport(kept.fact);
    let event = RegisterEvent { person: person.clone(), recorded_on: kept.recorded_on, fact };
    for (case, follower) in &state.followers {
        let Some(role) = follower.roles.first().copied() else { continue };
        let about = NoticeSubject::Register(Box::new(event.clone()));
        let notice = CaseNotice { case: case.clone(), role, about, notices: Vec::new() };
        effects.send_because(&notice, Vec::new(), kept.evidence.clone());
    }
}

/// Start, change and new payer (*start, ændring, ny udbetaler*), each against its own threshold in kroner a year. The
/// report that crosses a threshold raises the notice, not each later report of the same month.
fn income_notices<'a>(
    version: &'a Version,
    before: &Subject,
    after: &Subject,
    report: &IncomeReport,
) -> Vec<Raised<'a>> {
    let month = report.disposition_month;
    let yearly = |kroner: Decimal| kroner * Decimal::from(12);
    let last_month = yearly(before.income_of(month.minus_months(1)));
    let (so_far, now) = (yearly(before.income_of(month)), yearly(after.income_of(month)));
    let rules = &version.income;
    let starts = |income: Decimal| last_month.is_zero() && !income.is_zero() && rules.start.reaches(income);
    let changes = |income: Decimal| {
        !last_month.is_zero() && !income.is_zero() && rules.change.reaches((income - last_month).abs())
    };
    let mut known = before.income.entries().flat_map(|entry| entry.kept()).peekable();
    let first_of_employer = known.peek().is_some()
        && !known.any(|kept| kept.fact.employer == report.employer)
        && rules.new_payer.reaches(now);
    [
        (&rules.start, starts(now) && !starts(so_far)),
        (&rules.change, changes(now) && !changes(so_far)),
        (&rules.new_payer, first_of_employer),
    ]
    .into_iter()
    .filter_map(|(rule, happens)| match rule.handling() {
        Handling::Notice(raised) if happens => Some(raised),
        _ => None,
    })
    .collect()
}

fn arrival(
    strategy: &Strategy,
    context: &Context<'_>,
    mut state: Subject,
    arrival: &AddressArrival,
) -> Effects<Routing> {
    let evidence = context.evidence.to_vec();
    let kept = Kept { recorded_on: arrival.recorded_on, evidence, fact: arrival.clone() };
    if !state.keep_arrival(kept) {
        let mut effects = Effects::none();
        effects.put(state);
        return effects;
    }
    let version = strategy.on(arrival.recorded_on);
    let of_age = |born: Day| born.checked_add_months(Months::new(ADULT_MONTHS));
    let adult = arrival.born.and_then(of_age).is_none_or(|of_age| of_age <= arrival.since);
    let raised = match version.arrival.handling() {
        Handling::Notice(raised) if adult => Some(vec![raised]),
        Handling::Stop => None,
        _ => Some(Vec::new()),
    };
    let mut effects = Effects::none();
    let about = format!("{}/{}", arrival.person, arrival.since);
    tell(
        &state,
        version,
        NoticeSubject::Arrival(arrival.clone()),
        (arrival.recorded_on, &about),
        &mut effects,
        |_| raised.clone(),
    );
    effects.put(state);
    effects
}

/// What names a register fact apart from the case: the same fact raises the same notice.
fn name_of(event: &RegisterEvent) -> String {
    let person = &event.person;
    match &event.fact {
        RegisterFact::PersonSnapshot(_) => format!("{person}/snapshot/{}", event.recorded_on),
        RegisterFact::CprEvent(cpr) => format!("{person}/{}/{}/{}", cpr.code, cpr.on, cpr.time),
        RegisterFact::IncomeReport(report) => format!("{person}/{}", report.key()),
    }
}

/// One message a following case, in the first of its roles that hears of the fact.
fn tell<'a>(
    state: &Subject,
    version: &Version,
    about: NoticeSubject,
    (recorded_on, name): (Day, &str),
    effects: &mut Effects<Routing>,
    handling: impl Fn(Role) -> Option<Vec<Raised<'a>>>,
) {
    for (case, follower) in &state.followers {
        let heard = follower.roles.iter().find_map(|role| Some((*role, handling(*role)?)));
        let Some((role, raised)) = heard else { continue };
        let notices = raised.iter().map(|raised| open(case, raised, version, recorded_on, name)).collect();
        effects.send(&CaseNotice { case: case.clone(), role, about: about.clone(), notices });
    }
}

fn open(case: &CaseId, raised: &Raised<'_>, version: &Version, recorded_on: Day, name: &str) -> OpenNotice {
    OpenNotice {
        notice: NoticeId::derive(&[case.as_str(), raised.event_type, name]),
        event_type: raised.event_type.to_owned(),
        deadline: recorded_on.checked_add_days(Days::new(raised.deadline_days.into())).unwrap_or(recorded_on),
        owner: raised.owner.to_owned(),
        strategy: version.version.clone(),
        closed_by: Some(raised.closed_by),
    }
}

#[cfg(test)]
mod tests;
