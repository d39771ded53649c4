//! What can go wrong.

use std::path::PathBuf;

/// Why intake cannot do what it was asked. What is wrong inside a file is no error: it becomes a dead letter or holds
/// the file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The layout this crate carries is damaged.
    #[error(
        "a row of the layout of the CPR extract cannot be read; repair data/layout.csv or data/event_codes.csv"
    )]
    LayoutRow(#[source] csv::Error),
    /// The layout lacks a field or places it outside its record.
    #[error("the layout of the CPR extract lacks field {0} or places it wrongly; repair data/layout.csv")]
    LayoutField(String),
    /// A file or folder cannot be read.
    #[error("{path} cannot be read; check that it exists and that this process may read it")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
