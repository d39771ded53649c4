//! What is open is told in the morning, again while it stays open, and once when it is over.

use crate::state::{Item, Pending, ToldOn, Trouble};
use crate::{Alerting, Receiver, Tell, Told};
use chrono::Days;
use domain::{Day, Money};
use messages::{
    Alert, AlertState, DeadLetter, Finding, FindingClass, FindingState, Message, RefusedAt, Severity,
};
use runtime::{Context, Effects, Input, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// Days between two alerts of one cause while somebody is not billed or billed wrongly.
const REPEAT_CRITICAL_DAYS: u64 = 1;
/// Days between two alerts of one cause that can wait.
const REPEAT_WARNING_DAYS: u64 = 7;
/// How many cases or files an alert lists; the count tells of the rest.
const ITEMS_MAX: usize = 1_000;
/// The first wait before a receiver is tried again, in milliseconds; doubled each time.
const RETRY_DELAY_MS: u64 = 5_000;
/// The longest wait, in milliseconds.
const RETRY_DELAY_MS_MAX: u64 = 3_600_000;
/// The timer that tells.
const TELL_TIMER: &str = "tell";

pub fn decide(
    receivers: &[Receiver],
    context: &Context<'_>,
    state: Option<Trouble>,
    input: Input<'_, Alerting>,
) -> Result<Effects<Alerting>, Refusal> {
    let mut effects = Effects::none();
    match input {
        Input::Message(Message::ReconciliationFindings(body)) => {
            let mut trouble =
                state.unwrap_or_else(|| trouble(body.data.class.name(), severity(body.data.class)));
            finding(&mut trouble, &body.data);
            learn(context, trouble, &mut effects);
        }
        Input::Message(Message::DeadLetters(body)) => {
            let mut trouble =
                state.unwrap_or_else(|| trouble(dead_letter_kind(&body.data), Severity::Critical));
            dead_letter(&mut trouble, &body.data);
            learn(context, trouble, &mut effects);
        }
        Input::Timer(TELL_TIMER) => {
            if let Some(trouble) = state {
                tell(receivers, context, trouble, &mut effects);
            }
        }
        Input::Outcome { call, asked, outcome } => ended(state, call, asked, outcome, &mut effects),
        Input::Interrupted { call, asked } => ended(state, call, asked, Told::NotYet, &mut effects),
        _ => return Err(Refusal::new("unexpected_input", "alerting reads findings and dead letters only")),
    }
    Ok(effects)
}

fn trouble(kind: &str, severity: Severity) -> Trouble {
    Trouble {
        tell_on: None,
        open: BTreeMap::new(),
        kind: kind.to_owned(),
        severity,
        told: None,
        alerts: 0,
        telling: BTreeMap::new(),
    }
}

/// A receiver has taken an alert, or has not.
fn ended(state: Option<Trouble>, call: &str, asked: Tell, outcome: Told, effects: &mut Effects<Alerting>) {
    let receiver = asked.receiver;
    let Some(mut trouble) = state.filter(|trouble| trouble.is_telling(receiver, call)) else {
        // Planned by a version that kept no order.
        if outcome == Told::NotYet {
            again(Pending { call: call.to_owned(), alert: asked.alert }, receiver, asked.tries, effects);
        }
        return;
    };
    match outcome {
        Told::Accepted => {
            if let Some(next) = trouble.taken(receiver) {
                effects.call(next.call, &Tell { receiver, alert: next.alert, tries: 0 }, 0);
            }
        }
        Told::NotYet => {
            if let Some(next) = trouble.not_taken(receiver) {
                again(next, receiver, asked.tries, effects);
            }
        }
    }
    if trouble.is_over() { effects.delete() } else { effects.put(trouble) }
}

/// Tries again, later with each time.
fn again(next: Pending, receiver: Receiver, tries: u32, effects: &mut Effects<Alerting>) {
    let delay = RETRY_DELAY_MS.saturating_mul(1 << tries.min(10)).min(RETRY_DELAY_MS_MAX);
    effects.call(next.call, &Tell { receiver, alert: next.alert, tries: tries.saturating_add(1) }, delay);
}

/// Keeps the trouble and tells of it the next morning: the one that is waited for already, where there is one.
fn learn(context: &Context<'_>, mut trouble: Trouble, effects: &mut Effects<Alerting>) {
    if trouble.open.is_empty() && trouble.told.is_none() {
        // It was over before anybody was told; a receiver may still wait for the end of an earlier trouble.
        effects.cancel(TELL_TIMER);
        return if trouble.is_over() { effects.delete() } else { effects.put(trouble) };
    }
    let next = later(context.today, 1);
    let due = trouble.tell_on.map_or(next, |due| due.min(next));
    wake(&mut trouble, due, effects);
    effects.put(trouble);
}

fn wake(trouble: &mut Trouble, on: Day, effects: &mut Effects<Alerting>) {
    trouble.tell_on = Some(on);
    effects.wake(TELL_TIMER, on);
}

fn finding(trouble: &mut Trouble, finding: &Finding) {
    let id = finding.finding.to_string();
    match finding.state {
        FindingState::Resolved { .. } => {
            trouble.open.remove(&id);
        }
        FindingState::Opened | FindingState::Repeated { .. } | FindingState::Reopened { .. } => {
            let name = finding.case.as_ref().map(ToString::to_string);
            let name =
                name.or_else(|| finding.documents.first().map(|document| format!("document {document}")));
            // What nobody has decided has no amount: nothing is owed.
            let amount = Some(finding.amount).filter(|_| finding.class != FindingClass::Undecided);
            trouble.open.insert(id, Item { name: name.unwrap_or_default(), amount });
        }
    }
}

fn dead_letter(trouble: &mut Trouble, letter: &DeadLetter) {
    let item = |name: String| Item { name, amount: None };
    match letter {
        DeadLetter::Refused(refused) => {
            let name = match &refused.at {
                RefusedAt::File { file, line: 0, .. } => {
                    format!("{}: {} {file}", refused.stage, refused.code)
                }
                RefusedAt::File { file, line, .. } => {
                    format!("{}: {} {file}, line {line} {}", refused.stage, refused.code, refused.key)
                }
                RefusedAt::Log { .. } | RefusedAt::Request { .. } | RefusedAt::Case => {
                    format!("{}: {} {}", refused.stage, refused.code, refused.key)
                }
            };
            trouble.open.insert(refused.refusal.clone(), item(name));
        }
        DeadLetter::Settled { refusal, .. } => {
            trouble.open.remove(refusal);
        }
        DeadLetter::FileHeld { sha256, file, code, .. } => {
            trouble.open.insert(sha256.clone(), item(format!("{file}: {code}")));
        }
        DeadLetter::FileReleased { sha256, .. } => {
            trouble.open.remove(sha256);
        }
    }
}

/// Raises, repeats or resolves the alert of this cause.
fn tell(
    receivers: &[Receiver],
    context: &Context<'_>,
    mut trouble: Trouble,
    effects: &mut Effects<Alerting>,
) {
    let today = context.today;
    let repeat_days = match trouble.severity {
        Severity::Critical => REPEAT_CRITICAL_DAYS,
        Severity::Warning => REPEAT_WARNING_DAYS,
    };
    let state = match (trouble.open.is_empty(), trouble.told) {
        (true, None) if trouble.is_over() => return effects.delete(),
        (true, None) => return,
        (true, Some(_)) => AlertState::Resolved,
        (false, None) => AlertState::Raised,
        (false, Some(told)) if today >= later(told.last, repeat_days) => AlertState::Repeated,
        (false, Some(told)) => {
            wake(&mut trouble, later(told.last, repeat_days), effects);
            return effects.put(trouble);
        }
    };
    let first = trouble.told.map_or(today, |told| told.first);
    let alert = alert(context.key, &trouble, state, first, today);
    effects.send(&alert);
    trouble.alerts += 1;
    for receiver in receivers {
        let call = format!("{}/{}/{first}/{}", context.key, receiver.name(), trouble.alerts);
        if trouble.tell(*receiver, Pending { call: call.clone(), alert: alert.clone() }) {
            effects.call(call, &Tell { receiver: *receiver, alert: alert.clone(), tries: 0 }, 0);
        }
    }
    if state == AlertState::Resolved {
        (trouble.told, trouble.tell_on) = (None, None);
        return if trouble.is_over() { effects.delete() } else { effects.put(trouble) };
    }
    trouble.told = Some(ToldOn { first, last: today });
    wake(&mut trouble, later(today, repeat_days), effects);
    effects.put(trouble);
}

fn alert(cause: &str, trouble: &Trouble, state: AlertState, raised_on: Day, on: Day) -> Alert {
    let amount = trouble.open.values().filter_map(|item| item.amount).map(Money::abs).reduce(|sum, next| {
        // One cause is one charge type and so one currency; were it not, the first stands.
        sum.plus(next).unwrap_or(sum)
    });
    let names: BTreeSet<&String> = trouble.open.values().map(|item| &item.name).collect();
    let count = u32::try_from(trouble.open.len()).unwrap_or(u32::MAX);
    let too_much =
        trouble.open.values().filter(|item| item.amount.is_some_and(|amount| amount.is_negative()));
    let too_much = match too_much.count() {
        0 => String::new(),
        all if all == trouble.open.len() => " billed too much".to_owned(),
        some => format!(" ({some} of them billed too much)"),
    };
    let kroner = amount.map(|amount| format!(", {amount}{too_much}")).unwrap_or_default();
    let title = match state {
        AlertState::Resolved => format!("{}: resolved ({cause})", trouble.kind),
        AlertState::Raised | AlertState::Repeated => {
            format!("{}: {count} open{kroner} ({cause})", trouble.kind)
        }
    };
    Alert {
        cause: cause.to_owned(),
        state,
        severity: trouble.severity,
        raised_on,
        on,
        title,
        count,
        amount,
        items: names.into_iter().take(ITEMS_MAX).cloned().collect(),
    }
}

/// A subscription that will expire is a warning; everything else costs money now.
fn severity(class: FindingClass) -> Severity {
    match class {
        FindingClass::SubscriptionExpiring => Severity::Warning,
        _ => Severity::Critical,
    }
}

fn dead_letter_kind(letter: &DeadLetter) -> &'static str {
    match letter {
        DeadLetter::Refused(_) | DeadLetter::Settled { .. } => "refused",
        DeadLetter::FileHeld { .. } | DeadLetter::FileReleased { .. } => "file_held",
    }
}

fn later(day: Day, days: u64) -> Day {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

#[cfg(test)]
mod tests;
