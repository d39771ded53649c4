//! Case commands as JSON, one a line.

mod check;
mod parse;
mod reader;

pub use parse::{CommandFault, parse};
pub use reader::Reader;

#[cfg(test)]
mod tests;
