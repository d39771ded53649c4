//! The orders of a case: sent, asked about while in doubt, settled.

use super::unexpected_outcome;
use crate::call::{ErpCall, ErpOutcome, Trouble};
use crate::state::{CaseState, Current, Delivery, Order, Settled, State, Verdict, fingerprint};
use crate::{Gateway, GatewaySettings};
use messages::{ErpEvent, ErpFact, InvoiceCommand, InvoiceOrder};
use runtime::{Context, Effects, Refusal};

/// How many orders of one case may wait, in orders. A case gives a handful a month; ten years of them at once fit.
const WAITING_MAX: usize = 1_000;
/// How many settled orders of one case are remembered, in orders: a year of twenty a month. An older one that is
/// delivered again is sent again under its own idempotency key, and the ERP answers as it did the first time.
pub(super) const SETTLED_MAX: usize = 240;

/// An order has come.
pub(super) fn ordered(
    context: &Context<'_>,
    mut state: CaseState,
    command: &InvoiceCommand,
) -> Result<Effects<Gateway>, Refusal> {
    check_sign(command)?;
    let ordered = fingerprint(command).map_err(|_| unwritable())?;
    if let Some(known) = known(&state, command)? {
        return if known == ordered { Ok(Effects::none()) } else { Err(differs()) };
    }
    if state.waiting.len() >= WAITING_MAX {
        return Err(Refusal::new(
            "too_many_waiting",
            format!("{WAITING_MAX} orders of this case wait for the ERP; requeue when they are settled"),
        ));
    }
    state.waiting.push_back(Order {
        command: command.clone(),
        cause: context.cause.to_owned(),
        evidence: context.evidence.to_vec(),
    });
    let mut effects = Effects::none();
    if state.current.is_none() {
        start_next(&mut state, &mut effects);
    }
    effects.put(State::Case(Box::new(state)));
    Ok(effects)
}

/// A call has ended.
pub(super) fn ended(
    settings: &GatewaySettings,
    context: &Context<'_>,
    mut state: CaseState,
    call: &str,
    asked: &ErpCall,
    outcome: ErpOutcome,
) -> Result<Effects<Gateway>, Refusal> {
    let mut effects = Effects::none();
    let Some(current) = state.current.take_if(|current| call_id(current) == call) else {
        // The outcome of a call that a later one has replaced.
        return Ok(effects);
    };
    match (asked, outcome) {
        (ErpCall::Post(_) | ErpCall::Query(_), ErpOutcome::Accepted { receipt }) => {
            let command = current.order.command.command.clone();
            tell(
                context,
                &current.order,
                ErpFact::CommandAccepted { command, receipt: receipt.clone() },
                &mut effects,
            );
            settle(context, &mut state, current, Verdict::Accepted { receipt })?;
            start_next(&mut state, &mut effects);
        }
        (ErpCall::Post(_) | ErpCall::Query(_), ErpOutcome::Rejected { code, detail }) => {
            let command = current.order.command.command.clone();
            let fact = ErpFact::CommandRejected { command, code: code.clone(), detail };
            tell(context, &current.order, fact, &mut effects);
            settle(context, &mut state, current, Verdict::Rejected { code })?;
            start_next(&mut state, &mut effects);
        }
        (ErpCall::Post(_), ErpOutcome::NotTaken { trouble, after_ms }) => {
            let delay_ms = settings.backoff.after(current.attempts, after_ms);
            send(&mut state, Current { trouble: Some(trouble), ..current }, delay_ms, &mut effects);
        }
        (ErpCall::Post(_), ErpOutcome::Unknown { trouble, after_ms }) => {
            doubt(settings, context, &mut state, current, trouble, after_ms, &mut effects);
        }
        (ErpCall::Query(_), ErpOutcome::NotKnown) => {
            let delay_ms = settings.backoff.after(current.attempts, None);
            send(&mut state, current, delay_ms, &mut effects);
        }
        (
            ErpCall::Query(_),
            ErpOutcome::NotTaken { trouble, after_ms } | ErpOutcome::Unknown { trouble, after_ms },
        ) => {
            ask_again(settings, &mut state, current, trouble, after_ms, &mut effects);
        }
        (ErpCall::ReadLedger { .. }, _)
        | (ErpCall::Post(_), ErpOutcome::NotKnown)
        | (_, ErpOutcome::Page(_)) => return Err(unexpected_outcome()),
    }
    effects.put(State::Case(Box::new(state)));
    Ok(effects)
}

/// The process died during a call: an order may have been taken, a question can be asked again.
pub(super) fn interrupted(
    settings: &GatewaySettings,
    context: &Context<'_>,
    state: CaseState,
    call: &str,
    asked: &ErpCall,
) -> Result<Effects<Gateway>, Refusal> {
    let outcome = ErpOutcome::Unknown { trouble: Trouble::Interrupted, after_ms: None };
    ended(settings, context, state, call, asked, outcome)
}

/// Sends the next order that waits.
fn start_next(state: &mut CaseState, effects: &mut Effects<Gateway>) {
    if let Some(order) = state.waiting.pop_front() {
        let current = Current {
            order,
            step: 0,
            attempts: 0,
            delivery: Delivery::Sending,
            unknown_since: None,
            trouble: None,
        };
        send(state, current, 0, effects);
    }
}

fn send(state: &mut CaseState, mut current: Current, delay_ms: u64, effects: &mut Effects<Gateway>) {
    current.step += 1;
    current.attempts = current.attempts.saturating_add(1);
    current.delivery = Delivery::Sending;
    effects.call(call_id(&current), &ErpCall::Post(Box::new(current.order.command.clone())), delay_ms);
    state.current = Some(current);
}

/// An order without a clear answer: tells so once, and asks.
fn doubt(
    settings: &GatewaySettings,
    context: &Context<'_>,
    state: &mut CaseState,
    mut current: Current,
    trouble: Trouble,
    after_ms: Option<u64>,
    effects: &mut Effects<Gateway>,
) {
    if current.unknown_since.is_none() {
        current.unknown_since = Some(context.today);
        let command = current.order.command.command.clone();
        tell(context, &current.order, ErpFact::CommandUnknown { command }, effects);
    }
    current.trouble = Some(trouble);
    ask(state, current, 0, settings.ask_after_ms.max(after_ms.unwrap_or_default()), effects);
}

fn ask_again(
    settings: &GatewaySettings,
    state: &mut CaseState,
    mut current: Current,
    trouble: Trouble,
    after_ms: Option<u64>,
    effects: &mut Effects<Gateway>,
) {
    let asked = match current.delivery {
        Delivery::Asking { asked } => asked.saturating_add(1),
        Delivery::Sending => 1,
    };
    current.trouble = Some(trouble);
    ask(state, current, asked, settings.backoff.after(asked, after_ms), effects);
}

fn ask(
    state: &mut CaseState,
    mut current: Current,
    asked: u32,
    delay_ms: u64,
    effects: &mut Effects<Gateway>,
) {
    current.step += 1;
    current.delivery = Delivery::Asking { asked };
    effects.call(call_id(&current), &ErpCall::Query(current.order.command.command.clone()), delay_ms);
    state.current = Some(current);
}

fn settle(
    context: &Context<'_>,
    state: &mut CaseState,
    current: Current,
    verdict: Verdict,
) -> Result<(), Refusal> {
    let fingerprint = fingerprint(&current.order.command).map_err(|_| unwritable())?;
    while state.settled.len() >= SETTLED_MAX {
        state.settled.pop_front();
    }
    let command = current.order.command.command;
    state.settled.push_back(Settled { command, fingerprint, on: context.today, verdict });
    Ok(())
}

fn tell(context: &Context<'_>, order: &Order, fact: ErpFact, effects: &mut Effects<Gateway>) {
    let event = ErpEvent { case: Some(order.command.case.clone()), recorded_on: context.today, fact };
    effects.send_because(&event, vec![order.cause.clone()], order.evidence.clone());
}

/// The id of the order's latest call. Each has its own, so that a call that was replaced cannot be taken for it; the
/// idempotency key towards the ERP is the order's id alone.
fn call_id(current: &Current) -> String {
    format!("{}/{}", current.order.command.command, current.step)
}

/// The fingerprint of what we know under the order's id.
fn known(state: &CaseState, command: &InvoiceCommand) -> Result<Option<uuid::Uuid>, Refusal> {
    if let Some(settled) = state.settled.iter().find(|settled| settled.command == command.command) {
        return Ok(Some(settled.fingerprint));
    }
    let open = state.current.iter().map(|current| &current.order).chain(&state.waiting);
    open.map(|order| &order.command)
        .find(|open| open.command == command.command)
        .map(fingerprint)
        .transpose()
        .map_err(|_| unwritable())
}

/// An amount with the wrong sign would be posted as its opposite.
fn check_sign(command: &InvoiceCommand) -> Result<(), Refusal> {
    let right = match &command.order {
        InvoiceOrder::Charge { amount, .. } => !amount.is_negative() && !amount.is_zero(),
        InvoiceOrder::Credit { amount, .. } => amount.is_negative(),
        InvoiceOrder::OpenSubscription { amount, .. } | InvoiceOrder::ChangeSubscription { amount, .. } => {
            !amount.is_negative()
        }
        InvoiceOrder::RenewSubscription { .. } | InvoiceOrder::CloseSubscription { .. } => true,
    };
    if right {
        return Ok(());
    }
    Err(Refusal::new(
        "wrong_sign",
        "a charge is above zero, a credit below, a subscription not below; discard it",
    ))
}

fn differs() -> Refusal {
    Refusal::new(
        "command_differs",
        "another order has come under this id before; discard it and correct the sender",
    )
}

fn unwritable() -> Refusal {
    Refusal::new("unwritable_order", "the order cannot be written as JSON; discard it and report the fault")
}

#[cfg(test)]
mod tests;
