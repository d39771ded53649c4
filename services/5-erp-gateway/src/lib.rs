#![doc = include_str!("../README.md")]

mod backoff;
mod call;
mod client;
mod config;
mod decide;
mod error;
mod state;
mod tls;
mod wire;

pub use backoff::Backoff;
pub use call::{ErpCall, ErpOutcome, Trouble};
pub use client::{Connection, ErpClient, meaning_of};
pub use config::{ErpConfig, ErpSettings};
pub use error::{ConfigFault, Error};
pub use state::{CaseState, Current, Delivery, LedgerState, Order, Settled, State, Verdict};
pub use tls::Tls;
pub use wire::{LedgerEntry, LedgerPage};

use messages::Topic;
use runtime::{Context, DynStage, Effects, Input, Refusal, Stage};
use std::sync::Arc;

/// The stage's name, as in the store, the headers and the metrics.
pub const STAGE_NAME: &str = "erp-gateway";

/// The key that the reading of the ledger is kept under. No case has it: a case id holds no slash.
pub const LEDGER_KEY: &str = "erp/ledger";

/// The stage: orders go to the ERP, its answers and its ledger come back as `erp.events`.
#[derive(Debug, Clone, Default)]
pub struct Gateway {
    settings: GatewaySettings,
}

/// When the gateway comes again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewaySettings {
    /// How long it waits before it tries again.
    pub backoff: Backoff,
    /// How long after an order without a clear answer the ERP is asked first, in milliseconds: an order that is still
    /// under way there should have arrived by then.
    pub ask_after_ms: u64,
    /// How long after the ledger's end was reached it is read again, in milliseconds. None: only when a day opens and
    /// when it closes, which is enough where the ERP works at our days only (fast-forward).
    pub poll_every_ms: Option<u64>,
}

impl Gateway {
    /// A gateway with these settings.
    pub fn new(settings: GatewaySettings) -> Self {
        Self { settings }
    }

    /// With the way to the ERP, to be driven.
    pub fn calling(self, caller: ErpClient) -> DynStage {
        DynStage::calling(self, Arc::new(caller))
    }
}

impl Stage for Gateway {
    type State = State;
    type Call = ErpCall;
    type Outcome = ErpOutcome;

    fn name(&self) -> &'static str {
        STAGE_NAME
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::InvoiceCommands]
    }

    fn daily_keys(&self) -> &'static [&'static str] {
        &[LEDGER_KEY]
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
