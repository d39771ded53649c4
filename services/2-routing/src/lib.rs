#![doc = include_str!("../README.md")]

mod decide;
mod state;
mod strategy;

pub use state::{ARRIVALS_KEPT, Follower, INCOME_MONTHS_KEPT, Subject};
pub use strategy::{Strategy, StrategyError};

use messages::Topic;
use runtime::{Context, DynStage, Effects, Input, NoCall, Refusal, Stage};

/// The stage: register facts in, notices to the following cases out.
#[derive(Debug, Clone)]
pub struct Routing {
    strategy: Strategy,
}

impl Routing {
    /// Routing under an advis strategy.
    pub fn new(strategy: Strategy) -> Self {
        Self { strategy }
    }
}

impl From<Routing> for DynStage {
    // Here and not where the stages are put together, so that what is particular to it is built in this crate.
    fn from(stage: Routing) -> Self {
        Self::new(stage)
    }
}

impl Stage for Routing {
    type State = Subject;
    type Call = NoCall;
    type Outcome = NoCall;

    fn name(&self) -> &'static str {
        "routing"
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::RegisterEvents, Topic::RegisterMoves, Topic::CaseMemberships]
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<Subject>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        decide::decide(&self.strategy, context, state.unwrap_or_default(), input)
    }
}
