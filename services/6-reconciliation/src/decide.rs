//! The decision: messages are recorded and a comparison is planned; the comparison compares everything.

use crate::state::State;
use crate::{Error, Reconciliation, ReconciliationSettings, advance, evaluate};
use messages::Message;
use runtime::{Context, Effects, Input, Refusal};

/// The name of the timer that starts the comparison.
pub(crate) const COMPARISON: &str = "comparison";

/// Decides one input.
pub(crate) fn decide(
    settings: &ReconciliationSettings,
    context: &Context<'_>,
    state: Option<State>,
    input: Input<'_, Reconciliation>,
) -> Result<Effects<Reconciliation>, Refusal> {
    let mut effects = Effects::none();
    let mut state = state.unwrap_or_default();
    match input {
        Input::Message(message) => {
            let new = match message {
                Message::AssessmentEvents(body) => state.record_assessment(&body.data)?,
                Message::InvoiceCommands(body) => state.record_command(&body.data)?,
                Message::ErpEvents(body) => state.record_erp(&body.data)?,
                _ => return Err(Error::NotAnInput.into()),
            };
            if new {
                effects.put(state);
                effects.wake(COMPARISON, context.today);
            }
        }
        Input::Timer(_) => {
            let evaluation = evaluate(&state, settings, context.today)?;
            let told = advance::advance(&mut state, context.key, &evaluation, settings, context.today)?;
            for finding in &told {
                effects.send(finding);
            }
            if let Some(next) = evaluation.next {
                effects.wake(COMPARISON, next);
            }
            if !told.is_empty() {
                effects.put(state);
            }
        }
        // No daily key and no call is ever asked for.
        Input::Day(_) => {}
        Input::Outcome { asked, .. } | Input::Interrupted { asked, .. } => match asked {},
    }
    Ok(effects)
}
