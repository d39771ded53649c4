//! A day's run: renewals take effect, late documents and cancellations come, subscriptions are invoiced or end, and
//! what is due may be paid. One page of each is one call.

use crate::fault_book::Lapse;
use crate::faults::FaultKind;
use crate::ledger::State;
use crate::posting;
use crate::subscription::Subscription;
use crate::work::{FaultLine, Task, Work};
use crate::{Error, decide, store};
use domain::{CommandId, Period, SubscriptionId};
use sqlite::rusqlite::Connection;
use std::collections::BTreeMap;

/// Most rows of one kind in one transaction: a commit takes milliseconds, so more gains nothing and only fills memory.
const PAGE_ROWS_MAX: u32 = 1_000;

/// Does one page of the day's run, and tells whether nothing was left to do. Each step ends its transaction, because
/// the next one reads what it has written.
pub(crate) fn page(work: &mut Work<'_>, connection: &Connection, payments: bool) -> Result<bool, Error> {
    let tasks = store::take_later(connection, work.day, PAGE_ROWS_MAX)?;
    if !tasks.is_empty() {
        let known = store::subscriptions(connection, tasks.iter().filter_map(renewed))?;
        for task in tasks {
            run_task(work, &known, task);
        }
        return Ok(false);
    }
    let due = store::due_subscriptions(connection, work.day, PAGE_ROWS_MAX)?;
    if !due.is_empty() {
        for subscription in due {
            posting::run_subscription(work, subscription);
        }
        return Ok(false);
    }
    if !payments {
        return Ok(true);
    }
    let unpaid = store::unpaid(connection, work.day, PAGE_ROWS_MAX)?;
    for document in &unpaid {
        work.pay(document);
    }
    Ok(unpaid.is_empty())
}

fn renewed(task: &Task) -> Option<&SubscriptionId> {
    match task {
        Task::Renew { subscription, .. } => Some(subscription),
        Task::Post(_) | Task::Cancel { .. } => None,
    }
}

fn run_task(work: &mut Work<'_>, known: &BTreeMap<SubscriptionId, Subscription>, task: Task) {
    match task {
        Task::Renew { command_id, subscription, valid_to } => {
            let current = work.changes.subscriptions.get(&subscription).or_else(|| known.get(&subscription));
            if let Some(current) = current.cloned() {
                renew(work, current, valid_to, &command_id);
            }
        }
        Task::Post(draft) => {
            work.post(*draft);
        }
        Task::Cancel { document_no, line } => {
            work.cancel(document_no, line.case.clone(), line.payer.clone());
            let line = FaultLine { opened_on: work.day, ..*line };
            work.changes.fault_lines.push(line);
        }
    }
}

/// Lets a renewal take effect, unless a later one of the same day reaches further, a closure has ended the
/// subscription meanwhile, or a lapse swallows it.
fn renew(work: &mut Work<'_>, subscription: Subscription, valid_to: Period, command_id: &CommandId) {
    if subscription.check_renewal(valid_to).is_err() {
        return;
    }
    let subject = decide::about(&subscription, subscription.valid_to().next(), command_id);
    match work.faults.lapse(&subscription.case, &subscription.id, &subject, work.day) {
        Lapse::Spared => {
            let subscription = subscription.renew(valid_to);
            work.report(&subscription, State::Active);
            work.changes.subscriptions.insert(subscription.id.clone(), subscription);
        }
        Lapse::First => {
            let line = FaultLine::new(FaultKind::Lapse, &subject, work.day);
            work.changes.fault_lines.push(line);
        }
        Lapse::Again => {}
    }
}
