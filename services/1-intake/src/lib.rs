#![doc = include_str!("../README.md")]

mod book;
pub mod commands;
pub mod cpr;
mod directory;
pub mod eindkomst;
mod error;
mod evidence;
mod held;
pub mod http;
mod intake;
mod item;
mod kind;
mod ledger;
mod lines;
mod masked;
mod publish;
mod source;

pub use book::{discard_refused, files};
pub use directory::days;
pub use error::Error;
pub use intake::{HeldFile, Intake, IntakeConfig, RECORDS_PER_COMMIT_MAX, Report, Taken};
pub use item::{Fault, Item};
pub use kind::FileKind;
pub use ledger::{FileEntry, FileState, Hold};

/// The stage's name, as in the store, the headers and the metrics.
pub const STAGE: &str = "intake";

#[cfg(test)]
mod tests;
