//! Posting documents, with the faults that hit them.

use crate::fault_book::{Hit, Subject, number};
use crate::faults::{CANCEL_DAYS, FaultKind, LATE_DAYS};
use crate::ledger::{Draft, State};
use crate::subscription::Subscription;
use crate::work::{FaultLine, Later, Task, Work};
use chrono::Days;
use domain::{CommandId, Day, Money, PersonKey};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

/// The faults of a posting, tried in the order of the faults file; one at most hits a document.
const POSTING: [FaultKind; 8] = [
    FaultKind::Drop,
    FaultKind::Duplicate,
    FaultKind::Amount,
    FaultKind::Period,
    FaultKind::Payer,
    FaultKind::Cancel,
    FaultKind::Unexpected,
    FaultKind::Late,
];

/// Invoices what is due of a subscription, ends it when its time is over, and keeps it.
pub(crate) fn run_subscription(work: &mut Work<'_>, mut subscription: Subscription) {
    let (drafts, ends) = subscription.run(work.day);
    for draft in drafts {
        let key = format!("{}/{}", subscription.id, draft.period);
        post(work, draft, &key);
    }
    if ends {
        work.report(&subscription, State::Ended);
    }
    work.changes.subscriptions.insert(subscription.id.clone(), subscription);
}

/// Posts a document, or does to it what a fault says. `key` names the occurrence.
pub(crate) fn post(work: &mut Work<'_>, draft: Draft, key: &str) {
    let subject = subject(&draft);
    match work.faults.hit(&POSTING, key, &subject) {
        None => {
            work.post(draft);
        }
        Some(hit) => post_with(work, draft, key, &subject, hit),
    }
}

fn post_with(work: &mut Work<'_>, draft: Draft, key: &str, subject: &Subject, hit: Hit) {
    let mut line = FaultLine::new(hit.kind, subject, work.day);
    match hit.kind {
        FaultKind::Duplicate => {
            work.post(draft.clone());
            line.document_no = Some(work.post(draft));
        }
        FaultKind::Amount => {
            let amount = other_amount(draft.amount, number(hit.seed, "another amount", key));
            line.posted_amount = Some(amount.to_text());
            line.document_no = Some(work.post(Draft { amount, ..draft }));
        }
        FaultKind::Period => {
            let period = draft.period.next();
            line.posted_period = Some(period);
            line.document_no = Some(work.post(Draft { period, ..draft }));
        }
        FaultKind::Payer => {
            let payer_key = other_payer(&draft.payer_key, key);
            line.posted_payer = Some(payer_key.clone());
            line.document_no = Some(work.post(Draft { payer_key, ..draft }));
        }
        FaultKind::Cancel => {
            let days = hit.days.unwrap_or(CANCEL_DAYS);
            line.days = Some(days);
            let document_no = work.post(draft);
            line.document_no = Some(document_no.clone());
            // It is logged on the day it is cancelled: until then nothing is wrong.
            return later(work, days, Task::Cancel { document_no, line: Box::new(line) });
        }
        FaultKind::Late => {
            let days = hit.days.unwrap_or(LATE_DAYS);
            line.days = Some(days);
            later(work, days, Task::Post(Box::new(draft)));
        }
        FaultKind::Unexpected => {
            let extra = unexpected(&draft, key, hit.seed);
            work.post(draft);
            line = FaultLine::new(hit.kind, &self::subject(&extra), work.day);
            line.document_no = Some(work.post(extra));
        }
        // Dropped: nothing is posted. The rest are no faults of a posting and are not asked for.
        FaultKind::Drop | FaultKind::Lapse | FaultKind::Reject | FaultKind::TimeoutAfterPost => {}
    }
    work.changes.fault_lines.push(line);
}

fn later(work: &mut Work<'_>, days: u32, task: Task) {
    let due_on = work.day.checked_add_days(Days::new(days.into())).unwrap_or(Day::MAX);
    work.changes.later.push(Later { due_on, place: String::new(), task });
}

fn subject(draft: &Draft) -> Subject {
    Subject {
        case: draft.case.clone(),
        payer: draft.payer_key.clone(),
        charge_type: draft.charge_type.clone(),
        period: draft.period,
        amount: draft.amount,
        command_id: draft.command_id.clone(),
        subscription: draft.subscription.clone(),
    }
}

/// 1 to 500 kroner further from nothing, so that a claim never turns into a credit.
fn other_amount(amount: Money, number: u64) -> Money {
    let off = Decimal::from(1 + number % 500);
    let sign = if amount.is_negative() { -Decimal::ONE } else { Decimal::ONE };
    // An amount at the very limit of money cannot grow; it turns its sign instead, which is another amount too.
    Money::new(amount.amount() + sign * off, amount.currency()).unwrap_or_else(|_| amount.negated())
}

fn other_payer(payer: &PersonKey, key: &str) -> PersonKey {
    let digest = hex::encode(Sha256::digest(format!("another payer\u{1f}{payer}\u{1f}{key}")));
    // 32 hexadecimal digits always make a key, so the payer never stays the same.
    PersonKey::parse(format!("per_{}", &digest[..32])).unwrap_or_else(|_| payer.clone())
}

/// A document of the same payer, charge type and month, with a reference nobody gave, no case and 100 to 999 kroner.
fn unexpected(draft: &Draft, key: &str, seed: u64) -> Draft {
    let kroner = 100 + number(seed, "unexpected amount", key) % 900;
    let amount = Money::new(Decimal::from(kroner), draft.amount.currency());
    Draft {
        command_id: Some(CommandId::derive(&["unexpected", key]).to_string()),
        subscription: None,
        case: None,
        amount: amount.unwrap_or(draft.amount),
        settles: None,
        ..draft.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_amount_is_never_the_same_and_never_turns_its_sign() {
        for kroner in [-100, -1, 1, 100] {
            for number in [0, 1, 99, 100, 499, 500] {
                let amount = Money::dkk(kroner);
                let other = other_amount(amount, number);
                assert!(other != amount && !other.is_zero() && other.is_negative() == amount.is_negative());
            }
        }
    }
}
