//! Which rule decides what.

mod facts;
mod orders;
mod reading;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod properties;

use crate::state::{CaseState, LedgerState, State};
use crate::{Gateway, GatewaySettings, LEDGER_KEY};
use messages::Message;
use runtime::{Context, Effects, Input, Refusal};

/// Sends the input to the orders of a case or to the reading of the ledger.
pub(crate) fn decide(
    settings: &GatewaySettings,
    context: &Context<'_>,
    state: Option<State>,
    input: Input<'_, Gateway>,
) -> Result<Effects<Gateway>, Refusal> {
    if context.key == LEDGER_KEY {
        let state = match state {
            None => LedgerState::default(),
            Some(State::Ledger(state)) => state,
            Some(State::Case(_)) => return Err(foreign_state()),
        };
        return reading::decide(settings, context, state, input);
    }
    let state = match state {
        None => CaseState::default(),
        Some(State::Case(state)) => *state,
        Some(State::Ledger(_)) => return Err(foreign_state()),
    };
    match input {
        Input::Message(Message::InvoiceCommands(body)) => orders::ordered(context, state, &body.data),
        Input::Outcome { call, asked, outcome } => {
            orders::ended(settings, context, state, call, &asked, outcome)
        }
        Input::Interrupted { call, asked } => orders::interrupted(settings, context, state, call, &asked),
        Input::Message(_) | Input::Day(_) | Input::Timer(_) => Err(unexpected_input()),
    }
}

fn foreign_state() -> Refusal {
    Refusal::new("foreign_state", "the state of this key is of the other kind; restore the gateway's store")
}

fn unexpected_input() -> Refusal {
    Refusal::new(
        "unexpected_input",
        "the gateway reads invoice.commands and days and sets no timers; discard it",
    )
}

fn unexpected_outcome() -> Refusal {
    Refusal::new("unexpected_outcome", "the call cannot end like this; discard it and report the fault")
}
