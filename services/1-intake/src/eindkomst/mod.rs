//! Answers of the income register (*eIndkomst*, IndkomstOplysningPersonHent).

mod fields;
mod person;
mod reader;
mod xml;

pub use reader::Reader;
pub(crate) use reader::check;

#[cfg(test)]
mod tests;
