#![doc = include_str!("../README.md")]

#[cfg(test)]
mod cases;
pub mod dk_cash_repayment;
pub mod dk_daycare;
pub mod dk_placement;
mod error;
pub mod exact;
pub mod letter;
mod parameters;
mod part;
mod rounding;
mod trace;

pub use error::Error;
pub use parameters::{Parameter, Parameters};
pub use part::{Part, PartError};
pub use trace::{Figure, ParameterUse, Step, Trace};
