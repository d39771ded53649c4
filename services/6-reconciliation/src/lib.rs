#![doc = include_str!("../README.md")]

mod advance;
mod balance;
mod decide;
mod difference;
mod error;
mod evaluate;
mod matching;
mod months;
mod record;
mod rejections;
mod settings;
mod standing;
mod state;
mod subscriptions;
#[cfg(test)]
mod tests;
mod undecided;
mod view;

pub use balance::{BalanceLine, Share, balance};
pub use difference::Difference;
pub use error::Error;
pub use evaluate::{Evaluation, evaluate};
pub use settings::ReconciliationSettings;
pub use state::{Answer, Awaited, Exemption, Obligation, Ordered, Owed, Report, State, Waits};

use messages::{Phase, Topic};
use runtime::{Context, DynStage, Effects, Input, NoCall, Refusal, Stage};

/// The name of the stage in headers, metrics and the store.
pub const STAGE_NAME: &str = "reconciliation";

/// The stage: proves from the outside that what is owed was invoiced, once and rightly.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    settings: ReconciliationSettings,
}

impl Reconciliation {
    /// The stage with these settings. Refuses settings that contradict themselves.
    pub fn new(settings: ReconciliationSettings) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self { settings })
    }
}

impl From<Reconciliation> for DynStage {
    // Here and not where the stages are put together, so that what is particular to it is built in this crate.
    fn from(stage: Reconciliation) -> Self {
        Self::new(stage)
    }
}

impl Stage for Reconciliation {
    type State = State;
    type Call = NoCall;
    type Outcome = NoCall;

    fn name(&self) -> &'static str {
        STAGE_NAME
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::AssessmentEvents, Topic::InvoiceCommands, Topic::ErpEvents]
    }

    fn timer_phase(&self) -> Phase {
        Phase::Closed
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<State>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        decide::decide(&self.settings, context, state, input)
    }
}
