//! What can stop the sandbox.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the sandbox cannot start or go on. Nothing here names a person.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data directory cannot be made.
    #[error("the data directory {path} cannot be made; give a directory that this process may write")]
    DataDirectory {
        /// Which directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be read or written.
    #[error(
        "the ledger database failed to {doing}; check the disk, then start again: nothing answered is lost"
    )]
    Store {
        /// What was being done.
        doing: &'static str,
        /// Why.
        #[source]
        source: sqlite::rusqlite::Error,
    },
    /// A stored row does not read: the database was changed by hand or by another version.
    #[error("the ledger database holds a {what} that does not read; use the version that wrote it")]
    Stored {
        /// What kind of row.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The database was written by another version.
    #[error(
        "the ledger database has layout {found}, this version reads layout {known}; use an empty data directory"
    )]
    Layout {
        /// The layout found.
        found: i64,
        /// The layout known.
        known: i64,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {bind}; is another process there? port 0 takes any free port")]
    Bind {
        /// Which address.
        bind: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Without a token only this machine may reach the sandbox.
    #[error("without a token the sandbox listens on a loopback address only, not on {0}; give a token")]
    OpenToAll(SocketAddr),
    /// The faults are not understood.
    #[error("the faults are refused: {0}")]
    Faults(String),
    /// The faults log cannot be written.
    #[error("the faults log {path} cannot be written; its lines are kept and written at the next start")]
    FaultsLog {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The sandbox did not stop within its budget.
    #[error("the sandbox did not stop within {0} s; what it answered is durable")]
    Shutdown(u64),
}

impl Error {
    pub(crate) fn store(doing: &'static str) -> impl FnOnce(sqlite::rusqlite::Error) -> Self {
        move |source| Self::Store { doing, source }
    }

    pub(crate) fn stored(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Stored { what, source }
    }
}
