#![doc = include_str!("../README.md")]

mod article;
#[cfg(test)]
mod case_files_test;
pub mod collection;
pub mod dk_cash_repayment;
pub mod dk_daycare;
pub mod dk_placement;
pub mod dk_temporary_housing;
mod error;
pub mod exact;
pub mod letter;
mod parameters;
mod part;
mod rounding;
pub mod se_childcare;
mod spans;
mod trace;

pub use article::Article;
pub use error::Error;
pub use parameters::{Parameter, Parameters};
pub use part::{Part, PartError};
pub use spans::Spans;
pub use trace::{Figure, ParameterUse, Step, Trace};
