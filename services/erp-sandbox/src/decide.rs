//! What a command does. Pure: the day, the records and the faults come in, changes go out.

use crate::contract::{Claim, Order};
use crate::fault_book::Subject;
use crate::faults::FaultKind;
use crate::ledger::{Draft, Due, State};
use crate::posting;
use crate::subscription::{Refusal, Subscription};
use crate::work::{FaultLine, Later, Task, Work};
use chrono::Days;
use domain::{CommandId, Day, Period, SubscriptionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What became of a command, as it is kept and told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It is carried out.
    Accepted { receipt: String },
    /// It is not.
    Rejected { code: String, detail: String },
}

/// A recorded command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub command_id: String,
    #[serde(flatten)]
    pub outcome: Outcome,
    pub received_at: Day,
}

/// A command that passes the rules: what it is about and what it does.
struct Plan {
    subject: Subject,
    effect: Effect,
}

enum Effect {
    Post(Box<Draft>),
    Open(Box<Subscription>),
    Renew { subscription: SubscriptionId, valid_to: Period, place: String },
    Keep(Box<Subscription>),
}

/// Decides one command. `known` are the subscriptions as they were before this transaction; those already changed in
/// it are taken from `work`. True when the connection is to break before the answer.
pub(crate) fn decide(
    work: &mut Work<'_>,
    known: &BTreeMap<SubscriptionId, Subscription>,
    order: &Order,
) -> (Record, bool) {
    let command_id = order.command_id().to_string();
    let record = |outcome, day| Record { command_id: command_id.clone(), outcome, received_at: day };
    let rejected = |code: &str, detail: String| Outcome::Rejected { code: code.to_owned(), detail };
    let plan = match plan(work, known, order) {
        Ok(plan) => plan,
        Err((code, detail)) => return (record(rejected(code, detail), work.day), false),
    };
    let kinds = [FaultKind::Reject, FaultKind::TimeoutAfterPost];
    let hit = work.faults.hit(&kinds, &command_id, &plan.subject);
    if let Some(hit) = hit {
        let line = FaultLine::new(hit.kind, &plan.subject, work.day);
        work.changes.fault_lines.push(line);
        if hit.kind == FaultKind::Reject {
            return (record(rejected("rejected", "the ERP does not take it".to_owned()), work.day), false);
        }
    }
    let receipt = work.receipt(&command_id, &plan.subject);
    carry_out(work, plan.effect, order.command_id());
    (record(Outcome::Accepted { receipt }, work.day), hit.is_some())
}

fn plan(
    work: &Work<'_>,
    known: &BTreeMap<SubscriptionId, Subscription>,
    order: &Order,
) -> Result<Plan, Refusal> {
    let find = |id: &SubscriptionId| work.changes.subscriptions.get(id).or_else(|| known.get(id));
    let existing = |id: &SubscriptionId| {
        find(id)
            .cloned()
            .ok_or_else(|| ("unknown_subscription", "no subscription of this id was opened".to_owned()))
    };
    match order {
        Order::Claim(claim) => {
            let draft = claim_draft(claim);
            let subject = Subject {
                case: Some(claim.case.clone()),
                payer: claim.payer_key.clone(),
                charge_type: claim.charge_type.clone(),
                period: claim.period,
                amount: claim.amount,
                command_id: Some(claim.command_id.to_string()),
                subscription: None,
            };
            Ok(Plan { subject, effect: Effect::Post(Box::new(draft)) })
        }
        Order::Open(opening) => {
            let subscription = Subscription::open(find(&opening.subscription), opening)?;
            let subject = about(&subscription, opening.from, order.command_id());
            Ok(Plan { subject, effect: Effect::Open(Box::new(subscription)) })
        }
        Order::Change(id, change) => {
            let subscription = existing(id)?.change(change.from, change.amount)?;
            let subject = about(&subscription, change.from, order.command_id());
            Ok(Plan { subject, effect: Effect::Keep(Box::new(subscription)) })
        }
        Order::Renew(id, renewal) => {
            let subscription = existing(id)?;
            subscription.check_renewal(renewal.valid_to)?;
            let subject = about(&subscription, subscription.valid_to().next(), order.command_id());
            let place = work.faults.renewal_order(&subscription.case);
            let effect = Effect::Renew { subscription: id.clone(), valid_to: renewal.valid_to, place };
            Ok(Plan { subject, effect })
        }
        Order::Close(id, closure) => {
            let subscription = existing(id)?.close(closure.last_period)?;
            let subject = about(&subscription, closure.last_period, order.command_id());
            Ok(Plan { subject, effect: Effect::Keep(Box::new(subscription)) })
        }
    }
}

fn carry_out(work: &mut Work<'_>, effect: Effect, command_id: &CommandId) {
    match effect {
        Effect::Post(draft) => posting::post(work, *draft, command_id.as_str()),
        Effect::Open(subscription) => {
            work.report(&subscription, State::Active);
            posting::run_subscription(work, *subscription);
        }
        Effect::Keep(subscription) => posting::run_subscription(work, *subscription),
        Effect::Renew { subscription, valid_to, place } => {
            let due_on = work.day.checked_add_days(Days::new(1)).unwrap_or(Day::MAX);
            let task = Task::Renew { command_id: command_id.clone(), subscription, valid_to };
            work.changes.later.push(Later { due_on, place, task });
        }
    }
}

/// The subscription and one of its months, as a fault sees them.
pub(crate) fn about(subscription: &Subscription, period: Period, command_id: &CommandId) -> Subject {
    Subject {
        case: Some(subscription.case.clone()),
        payer: subscription.payer_key.clone(),
        charge_type: subscription.charge_type.clone(),
        period,
        amount: subscription.amount_of(period),
        command_id: Some(command_id.to_string()),
        subscription: Some(subscription.id.clone()),
    }
}

fn claim_draft(claim: &Claim) -> Draft {
    Draft {
        command_id: Some(claim.command_id.to_string()),
        subscription: None,
        case: Some(claim.case.clone()),
        authority: claim.authority.clone(),
        payer_key: claim.payer_key.clone(),
        charge_type: claim.charge_type.clone(),
        period: claim.period,
        amount: claim.amount,
        due: Due::On(claim.due_on),
        settles: claim.settles.clone(),
    }
}
