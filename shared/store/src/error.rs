//! What can go wrong with the store.

/// An operation on the store has failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store cannot be opened or reached.
    #[error("the store at {place} cannot be opened: check that it is there and may be written")]
    Open {
        /// The file or the server, without credentials.
        place: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The tables were made by a newer version of the program.
    #[error(
        "the store of {stage} has schema {found}, this program knows {known}: start the newer program again"
    )]
    Newer {
        /// The stage.
        stage: String,
        /// The schema's version.
        found: i64,
        /// The newest that the program knows.
        known: i64,
    },
    /// Another owner has taken the partition over. Nothing was written.
    #[error("partition {partition} of {stage} has another owner now: drop it")]
    Lost {
        /// The stage.
        stage: String,
        /// The partition.
        partition: u32,
    },
    /// A stage's name that cannot name a file or a schema.
    #[error("{name:?} is no name of a stage: lower-case letters, digits and - only")]
    StageName {
        /// The name.
        name: String,
    },
    /// The database's settings are refused.
    #[error("the way to PostgreSQL is refused: {problem}")]
    Setting {
        /// Why, and what to do.
        problem: String,
    },
    /// An operation has failed. Nothing was written.
    #[error("the store of {stage} failed to {operation}: it is tried again; check its disk, or the server")]
    Failed {
        /// The stage.
        stage: String,
        /// `commit`, `read` and so on.
        operation: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What stands in the store cannot be read back.
    #[error("the store of {stage} holds a damaged row ({what}): restore it from its backup")]
    Damaged {
        /// The stage.
        stage: String,
        /// What.
        what: &'static str,
    },
}
