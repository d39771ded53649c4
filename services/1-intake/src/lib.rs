//! intake
pub mod commands;
pub mod cpr;
pub mod eindkomst;
mod error;
mod item;
mod ledger;
mod lines;
mod masked;

pub use error::Error;
pub use item::{Fault, Item};
pub use ledger::Hold;
