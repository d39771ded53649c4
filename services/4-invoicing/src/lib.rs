#![doc = include_str!("../README.md")]

mod decide;
mod error;
mod lapse;
mod month;
mod orders;
mod record;
mod settings;
mod standing;
mod state;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use settings::InvoicingSettings;
pub use state::{Line, Month, MonthOrder, Owed, Report, StandingOrder, State, Step, Subscription};

use messages::Topic;
use runtime::{Context, DynStage, Effects, Input, NoCall, Refusal, Stage};

/// The name of the stage in headers, metrics and the store.
pub const STAGE_NAME: &str = "invoicing";

/// The stage: orders to the ERP what the determinations say, once, and corrects by the difference.
#[derive(Debug, Clone)]
pub struct Invoicing {
    settings: InvoicingSettings,
}

impl Invoicing {
    /// The stage with these settings. Refuses settings that contradict themselves.
    pub fn new(settings: InvoicingSettings) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self { settings })
    }
}

impl From<Invoicing> for DynStage {
    // Here and not where the stages are put together, so that what is particular to it is built in this crate.
    fn from(stage: Invoicing) -> Self {
        Self::new(stage)
    }
}

impl Stage for Invoicing {
    type State = State;
    type Call = NoCall;
    type Outcome = NoCall;

    fn name(&self) -> &'static str {
        STAGE_NAME
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::AssessmentEvents, Topic::ErpEvents]
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
