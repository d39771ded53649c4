//! The extract U12170-P of the population register (CPR).

mod control;
mod dates;
mod layout;
mod person;
mod reader;
mod records;

pub use control::Control;
pub(crate) use control::check;
pub use layout::Layout;
pub use reader::Reader;

#[cfg(test)]
mod tests;
