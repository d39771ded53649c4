//! What the gateway keeps.

use crate::call::Trouble;
use domain::{CommandId, Day};
use messages::{Evidence, InvoiceCommand};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use uuid::Uuid;

/// What is kept per key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The orders of a case.
    Case(Box<CaseState>),
    /// How far the ledger is read, under [`crate::LEDGER_KEY`].
    Ledger(LedgerState),
}

/// The orders of a case. They are carried out one after the other, in the order they came: a change of a subscription
/// makes sense only when its opening has been settled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseState {
    /// The order that is being carried out.
    pub current: Option<Current>,
    /// The orders that wait for it.
    pub waiting: VecDeque<Order>,
    /// The latest orders whose outcome is known, oldest first.
    pub settled: VecDeque<Settled>,
}

/// An order and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The order.
    pub command: InvoiceCommand,
    /// The message that brought it.
    pub cause: String,
    /// The raw records at its root.
    pub evidence: Vec<Evidence>,
}

/// The order that is being carried out. There is always exactly one planned call for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Current {
    /// The order.
    pub order: Order,
    /// The number of its latest planned call; the outcome of any other says nothing.
    pub step: u32,
    /// How often it was sent.
    pub attempts: u32,
    /// What is under way.
    pub delivery: Delivery,
    /// The day since which it has been told to be unknown.
    pub unknown_since: Option<Day>,
    /// What went wrong last.
    pub trouble: Option<Trouble>,
}

/// What is under way for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It is being sent.
    Sending,
    /// Nobody knows whether it was taken: the ERP is being asked.
    Asking {
        /// How often it was asked since it was sent last.
        asked: u32,
    },
}

/// An order whose outcome is known. Kept so that the same order, delivered again, changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Which.
    pub command: CommandId,
    /// A digest of what it orders: another order under the same id is refused.
    pub fingerprint: Uuid,
    /// When its outcome became known.
    pub on: Day,
    /// Its outcome.
    pub verdict: Verdict,
}

/// The outcome of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The ERP has it.
    Accepted {
        /// The ERP's receipt.
        receipt: String,
    },
    /// The ERP will not do it.
    Rejected {
        /// The ERP's code.
        code: String,
    },
}

/// How far the ledger is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerState {
    /// The last entry whose facts are published.
    pub cursor: u64,
    /// The number of the latest planned read; the outcome of any other says nothing.
    pub step: u64,
    /// How often in a row a read has failed.
    pub failures: u32,
    /// What went wrong last, while it does.
    pub trouble: Option<Trouble>,
}

/// What is ordered, as a number: two orders under one id must not differ. The day of issue is not part of it, since an
/// order that is issued again is the same order.
pub(crate) fn fingerprint(command: &InvoiceCommand) -> Result<Uuid, serde_json::Error> {
    let ordered = (&command.case, &command.authority, &command.charge_type, &command.payer, &command.order);
    Ok(Uuid::new_v5(&Uuid::NAMESPACE_OID, &serde_json::to_vec(&ordered)?))
}
