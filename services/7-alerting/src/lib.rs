#![doc = include_str!("../README.md")]

mod decide;
mod receivers;
mod state;

pub use receivers::{AlertConfig, Receivers, ReceiversError, SmtpTls};
pub use state::{Item, Trouble};

use messages::{Alert, Phase, Topic};
use runtime::{Context, DynStage, Effects, Input, Refusal, Stage};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The stage: findings and refusals in, alerts out.
#[derive(Debug, Clone)]
pub struct Alerting {
    receivers: Vec<Receiver>,
}

impl Alerting {
    /// Alerting that calls these receivers.
    pub fn new(receivers: Vec<Receiver>) -> Self {
        Self { receivers }
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// An HTTP endpoint.
    Webhook,
    /// A mailbox.
    Mail,
    /// Prometheus Alertmanager.
    Alertmanager,
}

impl Receiver {
    /// The name in call ids and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Mail => "mail",
            Self::Alertmanager => "alertmanager",
        }
    }
}

/// An alert for one receiver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tell {
    /// Who.
    pub receiver: Receiver,
    /// What.
    pub alert: Alert,
    /// How often it has been tried in vain.
    pub tries: u32,
}

/// Whether the receiver has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It has.
    Accepted,
    /// It has not, or nobody knows. To be told twice does no harm; not to be told does.
    NotYet,
}

impl Alerting {
    /// With the way to the receivers, to be driven.
    pub fn calling(self, caller: Receivers) -> DynStage {
        DynStage::calling(self, Arc::new(caller))
    }
}

impl Stage for Alerting {
    type State = Trouble;
    type Call = Tell;
    type Outcome = Told;

    fn name(&self) -> &'static str {
        "alerting"
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::ReconciliationFindings, Topic::DeadLetters]
    }

    fn timer_phase(&self) -> Phase {
        Phase::Opened
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<Trouble>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        decide::decide(&self.receivers, context, state, input)
    }
}
