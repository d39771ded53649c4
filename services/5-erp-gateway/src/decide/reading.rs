//! The reading of the ERP's ledger: from the cursor to the end, at the opening and the closing of each day.

use super::{facts, unexpected_input, unexpected_outcome};
use crate::call::{ErpCall, ErpOutcome, Trouble};
use crate::state::{LedgerState, State};
use crate::wire::LedgerPage;
use crate::{Gateway, GatewaySettings};
use messages::Phase;
use runtime::{Context, Effects, Input, Refusal};

/// Decides for the ledger's key.
pub(super) fn decide(
    settings: &GatewaySettings,
    context: &Context<'_>,
    state: LedgerState,
    input: Input<'_, Gateway>,
) -> Result<Effects<Gateway>, Refusal> {
    let mut effects = Effects::none();
    match input {
        Input::Day(day) => match day.phase {
            // A read that is under way is replaced: it may have begun before this day's postings. Its outcome will say
            // nothing, and the cursor has not moved, so nothing is lost.
            Phase::Opened | Phase::Closing => read(LedgerState { failures: 0, ..state }, 0, &mut effects),
            Phase::Closed => return Ok(effects),
        },
        Input::Outcome { call, .. } | Input::Interrupted { call, .. } if call != call_id(&state) => {
            return Ok(effects);
        }
        Input::Outcome { outcome: ErpOutcome::Page(page), .. } => {
            turn(settings, context, state, &page, &mut effects)?;
        }
        Input::Outcome {
            outcome: ErpOutcome::NotTaken { trouble, after_ms } | ErpOutcome::Unknown { trouble, after_ms },
            ..
        } => try_again(settings, state, trouble, after_ms, &mut effects),
        Input::Interrupted { .. } => try_again(settings, state, Trouble::Interrupted, None, &mut effects),
        Input::Outcome { .. } => return Err(unexpected_outcome()),
        Input::Message(_) | Input::Timer(_) => return Err(unexpected_input()),
    }
    Ok(effects)
}

/// Publishes a page's facts and moves the cursor behind it, in one commit.
fn turn(
    settings: &GatewaySettings,
    context: &Context<'_>,
    state: LedgerState,
    page: &LedgerPage,
    effects: &mut Effects<Gateway>,
) -> Result<(), Refusal> {
    page.check(state.cursor).map_err(|fault| {
        Refusal::new("ledger_out_of_order", format!("{fault}; the next day reads it again"))
    })?;
    for event in page.entries.iter().filter_map(|entry| facts::event(entry, context.today)) {
        effects.send(&event);
    }
    let state = LedgerState { cursor: page.next, failures: 0, trouble: None, ..state };
    match (page.more, settings.poll_every_ms) {
        (true, _) => read(state, 0, effects),
        (false, Some(delay_ms)) => read(state, delay_ms, effects),
        (false, None) => effects.put(State::Ledger(state)),
    }
    Ok(())
}

fn try_again(
    settings: &GatewaySettings,
    state: LedgerState,
    trouble: Trouble,
    after_ms: Option<u64>,
    effects: &mut Effects<Gateway>,
) {
    let failures = state.failures.saturating_add(1);
    let delay_ms = settings.backoff.after(failures, after_ms);
    read(LedgerState { failures, trouble: Some(trouble), ..state }, delay_ms, effects);
}

fn read(state: LedgerState, delay_ms: u64, effects: &mut Effects<Gateway>) {
    let state = LedgerState { step: state.step + 1, ..state };
    effects.call(call_id(&state), &ErpCall::ReadLedger { after: state.cursor }, delay_ms);
    effects.put(State::Ledger(state));
}

fn call_id(state: &LedgerState) -> String {
    format!("read/{}", state.step)
}

#[cfg(test)]
mod tests;
