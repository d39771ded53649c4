//! The contract's bodies, as in `schemas/erp-claims.openapi.yaml`.

mod answer;
mod ledger;
mod request;

pub(crate) use answer::{Acceptance, CommandStatus, is_name, problem, without_numbers};
pub use ledger::{DocumentEntry, LedgerEntry, LedgerPage};
pub(crate) use request::Request;
