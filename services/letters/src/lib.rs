#![doc = include_str!("../README.md")]

mod channel;
mod decide;

pub use channel::Directory;

use domain::LetterId;
use messages::{Letter, Topic};
use runtime::{Context, DynStage, Effects, Input, Refusal, Stage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The stage: letters in, deliveries out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Letters;

/// The letters of a case on their way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OnTheWay {
    /// Their ids.
    pub letters: BTreeSet<LetterId>,
}

/// What came of trying to deliver a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It is with its receiver, or where the receiver gets it.
    Delivered,
    /// The channel did not take it.
    Failed,
}

impl Letters {
    /// With its channel, to be driven.
    pub fn calling(self, caller: Directory) -> DynStage {
        DynStage::calling(self, Arc::new(caller))
    }
}

impl Stage for Letters {
    type State = OnTheWay;
    type Call = Letter;
    type Outcome = Delivery;

    fn name(&self) -> &'static str {
        "letters"
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::Letters]
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<OnTheWay>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        decide::decide(context, state.unwrap_or_default(), input)
    }
}
