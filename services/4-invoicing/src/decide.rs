//! The decision: messages are recorded and a billing run of the case is planned; the run compares and orders.

use crate::orders::Orders;
use crate::state::State;
use crate::{Error, Invoicing, InvoicingSettings, month, standing};
use domain::{Agenda, CaseId, Day};
use messages::{InvoiceCommand, Message};
use runtime::{Because, Context, Effects, Input, Refusal};

/// The name of the timer that starts a billing run.
pub(crate) const BILLING_RUN: &str = "billing";

/// Decides one input.
pub(crate) fn decide(
    settings: &InvoicingSettings,
    context: &Context<'_>,
    state: Option<State>,
    input: Input<'_, Invoicing>,
) -> Result<Effects<Invoicing>, Refusal> {
    let mut effects = Effects::none();
    let mut state = state.unwrap_or_default();
    match input {
        Input::Message(message) => {
            let new = match message {
                Message::AssessmentEvents(body) => state.record_assessment(&body.data, || context.into()),
                Message::ErpEvents(body) => state.record_erp(&body.data),
                _ => return Err(Error::NotAnInput.into()),
            };
            if new {
                effects.put(state);
                effects.wake(BILLING_RUN, context.today);
            }
        }
        Input::Timer(_) => {
            let case = CaseId::parse(context.key).map_err(|_| Error::NoCase)?;
            let (commands, next) = billing_run(&mut state, &case, settings, context.today)?;
            for (command, because) in commands {
                match because {
                    Some(because) => effects.send_late(&command, because),
                    None => effects.send(&command),
                }
            }
            if let Some(next) = next {
                effects.wake(BILLING_RUN, next);
            }
            effects.put(state);
        }
        // No daily key and no call is ever asked for.
        Input::Day(_) => {}
        Input::Outcome { asked, .. } | Input::Interrupted { asked, .. } => match asked {},
    }
    Ok(effects)
}

/// An order, and what it follows from where that is one message.
pub(crate) type Issued = (InvoiceCommand, Option<Because>);

/// Orders everything that is due today and not ordered. Tells the day on which the next thing falls due.
pub(crate) fn billing_run(
    state: &mut State,
    case: &CaseId,
    settings: &InvoicingSettings,
    today: Day,
) -> Result<(Vec<Issued>, Option<Day>), Error> {
    let agenda = Agenda::new(today);
    let mut commands = Vec::new();
    for (payer, lines) in &mut state.lines {
        for (charge_type, line) in lines {
            // Nothing was ever determined, so nothing can be owed.
            let Some(payer_cpr) = line.payer_cpr.clone() else { continue };
            let mut orders = Orders {
                case,
                authority: line.authority.clone(),
                payer,
                payer_cpr,
                charge_type,
                today,
                because: line.reasons(),
                issued: Vec::new(),
            };
            standing::keep(line, settings, &agenda, &mut orders);
            month::bill(line, settings, &agenda, &mut orders)?;
            commands.append(&mut orders.issued);
        }
    }
    Ok((commands, agenda.next()))
}
