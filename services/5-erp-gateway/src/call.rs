//! What the ERP is asked and how it can end.

use crate::wire::LedgerPage;
use domain::CommandId;
use messages::InvoiceCommand;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A planned call to the ERP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErpCall {
    /// Give the order.
    Post(Box<InvoiceCommand>),
    /// Ask what became of an order.
    Query(CommandId),
    /// Read the ledger's entries after this one.
    ReadLedger {
        /// The last entry known.
        after: u64,
    },
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErpOutcome {
    /// The ERP has the order.
    Accepted {
        /// Its receipt.
        receipt: String,
    },
    /// The ERP will not do it.
    Rejected {
        /// The ERP's code.
        code: String,
        /// What it says of it; no number in it could be a personal number.
        detail: String,
    },
    /// The ERP says that it has never recorded the order that was asked about.
    NotKnown,
    /// It certainly was not processed: it may be sent again.
    NotTaken {
        /// Why.
        trouble: Trouble,
        /// How long the ERP wants us to stay away, in milliseconds.
        after_ms: Option<u64>,
    },
    /// Nobody knows.
    Unknown {
        /// Why.
        trouble: Trouble,
        /// How long the ERP wants us to stay away, in milliseconds.
        after_ms: Option<u64>,
    },
    /// A page of the ledger.
    Page(LedgerPage),
}

/// Why there was no clear answer. Never holds anything that was sent or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No connection came about.
    NotConnected,
    /// The ERP did not answer in time.
    Timeout,
    /// The connection broke.
    BrokenConnection,
    /// A status that gives no clear answer.
    Status(u16),
    /// The ERP refuses our token.
    Unauthorized,
    /// An answer that is not as the contract says.
    UnreadableAnswer,
    /// An answer above the size limit.
    AnswerTooLarge,
    /// The circuit breaker is open.
    BreakerOpen,
    /// Too many calls wait for their turn already.
    RateLimited,
    /// This process died while the call was under way.
    Interrupted,
}

impl Trouble {
    /// The word for it in logs and in the README.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::Timeout => "timeout",
            Self::BrokenConnection => "broken_connection",
            Self::Status(_) => "status",
            Self::Unauthorized => "unauthorized",
            Self::UnreadableAnswer => "unreadable_answer",
            Self::AnswerTooLarge => "answer_too_large",
            Self::BreakerOpen => "breaker_open",
            Self::RateLimited => "rate_limited",
            Self::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected => {
                f.write_str("no connection came about; check the base URL and whether the ERP runs")
            }
            Self::Timeout => f.write_str("no answer in time"),
            Self::BrokenConnection => f.write_str("the connection broke"),
            Self::Status(status) => write!(f, "status {status} gives no clear answer"),
            Self::Unauthorized => f.write_str("the ERP refuses the token; renew it and restart"),
            Self::UnreadableAnswer => {
                f.write_str("the answer is not as the contract says; ask the ERP's vendor")
            }
            Self::AnswerTooLarge => f.write_str("the answer is above the size limit"),
            Self::BreakerOpen => f.write_str("the circuit breaker is open after repeated failures"),
            Self::RateLimited => f.write_str("too many calls wait for their turn"),
            Self::Interrupted => f.write_str("the process died during the call"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_tells_what_to_do_about_every_trouble() {
        let all = [
            Trouble::NotConnected,
            Trouble::Timeout,
            Trouble::BrokenConnection,
            Trouble::Status(500),
            Trouble::Unauthorized,
            Trouble::UnreadableAnswer,
            Trouble::AnswerTooLarge,
            Trouble::BreakerOpen,
            Trouble::RateLimited,
            Trouble::Interrupted,
        ];
        let table = include_str!("../README.md").split("| trouble |").nth(1).unwrap();
        for trouble in all {
            assert!(table.contains(&format!("`{}`", trouble.code())), "{trouble:?}");
            // The state shows the same word.
            assert!(serde_json::to_string(&trouble).unwrap().contains(trouble.code()));
        }
    }
}
