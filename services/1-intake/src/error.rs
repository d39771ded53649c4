//! What can go wrong.

use crate::FileKind;
use std::path::{Path, PathBuf};

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
    #[error("{} cannot be read; check that it exists and that this process may read it", shown(path))]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file or folder cannot be written.
    #[error("{} cannot be written; check free space and permissions", shown(path))]
    Keep {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// An input is over the limit.
    #[error("{} is larger than 4 GiB; split it", shown(path))]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// A folder of an input directory is not named by a day.
    #[error(
        "{} is not named by a day; name it yyyy-mm-dd or move it out of the input directory",
        shown(path)
    )]
    NoDay {
        /// Which.
        path: PathBuf,
    },
    /// The ledger was made with another secret.
    #[error(
        "what is kept here was made with another person secret, and with this one the same persons would get other \
         keys; name the file of the right one with --person-secret-file"
    )]
    OtherSecret,
    /// No such file in the ledger.
    #[error("no file {0} is in the ledger; take the SHA-256 from the list of held files")]
    NoFile(String),
    /// The file is not held.
    #[error("file {0} is not held; only a held file is released, replaced or discarded")]
    NotHeld(String),
    /// The file was replaced, and the other one counts.
    #[error(
        "file {file} was replaced by {other}: once that one is held and discarded, this one can be released"
    )]
    Replaced {
        /// What was to be released.
        file: String,
        /// What stands in its stead.
        other: String,
    },
    /// The file cannot be read without what is missing, so it can only be replaced.
    #[error(
        "file {0} has no readable start record or is of no known kind: replace or discard it, it cannot be released"
    )]
    NotReleasable(String),
    /// A file was to be replaced by itself.
    #[error("file {0} cannot be replaced by the same content; release it, or give another file")]
    SameContent(String),
    /// A file was to be replaced by one that has been taken already.
    #[error("file {0} has come already and replaces nothing; give a right copy of the held one")]
    TakenAlready(String),
    /// A file was to be replaced by one of another kind.
    #[error("the held file is {}, the other is {}: give the file that should have come, or discard the held one", held.name(), other.name())]
    OtherKind {
        /// What is held.
        held: FileKind,
        /// What was given.
        other: FileKind,
    },
    /// A held extract was to be replaced by one of another task or day.
    #[error(
        "the held file is the extract of {held}, the other that of {other} or of another task: put it where files come in, \
         and what waits for it goes on by itself; a held file is replaced by a right copy of itself"
    )]
    OtherExtract {
        /// The production date of the held one.
        held: domain::Day,
        /// That of the other.
        other: domain::Day,
    },
    /// No such refusal is open.
    #[error("no refused line or record of this id is open; take it from `dead-letters list`")]
    NoRefusal,
    /// A ledger entry cannot be read.
    #[error("the ledger entry {key} cannot be read; it was written by another version of this program")]
    Ledger {
        /// Its key in the store.
        key: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A message or ledger entry cannot be written as JSON.
    #[error("a message or ledger entry cannot be written as JSON")]
    Write(#[source] serde_json::Error),
    /// The store cannot be read.
    #[error("the store of intake cannot be read")]
    Store(#[source] store::Error),
    /// The runtime could not save or publish.
    #[error("the ledger and the messages of intake could not be saved; nothing is lost: take the file again")]
    Edge(#[source] runtime::Error),
}

impl Error {
    /// Whether it is this input that is to blame, and not what the service keeps: others can be taken all the same.
    pub(crate) fn is_about(&self, input: &Path) -> bool {
        match self {
            Self::Read { path, .. } | Self::TooLarge { path } => path == input,
            _ => false,
        }
    }
}

/// A path without personal numbers.
fn shown(path: &Path) -> String {
    crate::masked::file_name(&path.to_string_lossy())
}
