#![doc = include_str!("../README.md")]

mod body;
mod connection;
mod contract;
mod control;
mod day;
mod decide;
mod error;
mod fault_book;
mod fault_log;
mod faults;
mod http;
mod ledger;
mod posting;
mod problem;
mod sandbox;
mod store;
mod subscription;
mod work;
mod writer;

pub use error::Error;
pub use faults::{FaultKind, FaultSpec, Faults, Share};
pub use sandbox::{RunningSandbox, Sandbox, SandboxConfig};

#[cfg(test)]
mod tests;
