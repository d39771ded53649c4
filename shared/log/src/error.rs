//! What can go wrong with the log.

use messages::Topic;

/// An operation on the log has failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log cannot be opened or reached.
    #[error("the log at {place} cannot be opened: check that it is there and may be written")]
    Open {
        /// The file or the broker, without credentials.
        place: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The log was made with another number of partitions.
    #[error(
        "{what} has {found} partitions, not {wanted}: keys would change their place; start with {found}, or with a new log"
    )]
    Partitions {
        /// The log or topic.
        what: String,
        /// How many there are.
        found: u32,
        /// How many were asked for.
        wanted: u32,
    },
    /// The log was made by a newer version of the program.
    #[error("the log has schema {found}, this program knows {known}: start the newer program again")]
    Newer {
        /// The schema's version.
        found: i64,
        /// The newest that the program knows.
        known: i64,
    },
    /// A topic does not exist.
    #[error("the topic {name} does not exist: apply the topics first")]
    NoTopic {
        /// The topic's name on the brokers.
        name: String,
    },
    /// The brokers gave a partition of some topics to one member and of other topics to another.
    #[error(
        "{what} is not the same member's in every topic: let all members of the group read the same topics"
    )]
    NotTogether {
        /// The partition and the group.
        what: String,
    },
    /// Records that are wanted were deleted.
    #[error(
        "{place} is wanted from {wanted}, but kept from {first} only: records were deleted before they were read; restore them, or the store from the same moment"
    )]
    Gone {
        /// Topic and partition.
        place: String,
        /// The offset wanted.
        wanted: i64,
        /// The first offset kept.
        first: i64,
    },
    /// A position lies beyond the end of the log.
    #[error(
        "{place} is wanted from {wanted}, but ends at {end}: this is another log, or it has lost records; restore it"
    )]
    Ahead {
        /// Topic and partition.
        place: String,
        /// The offset wanted.
        wanted: i64,
        /// The offset of the next record.
        end: i64,
    },
    /// A setting is refused.
    #[error("the setting {name} is refused: {problem}")]
    Setting {
        /// Which.
        name: String,
        /// Why, and what to do.
        problem: String,
    },
    /// A partition number beyond the last, or a log without partitions.
    #[error("there is no partition {partition} in a log of {partitions}")]
    NoPartition {
        /// Asked for.
        partition: u32,
        /// How many there are.
        partitions: u32,
    },
    /// A record is larger than the log takes.
    #[error("a record for {topic} has {bytes} bytes, the limit is {limit}: its sender must split it")]
    TooLarge {
        /// Where to.
        topic: Topic,
        /// How large.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// An operation has failed.
    #[error("the log failed to {operation}: it is tried again; check its disk, or the broker")]
    Failed {
        /// `append`, `read` and so on.
        operation: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What stands in the log cannot be read back.
    #[error(
        "the log holds a damaged record ({what}) at position {position}: restore the file from its backup"
    )]
    Damaged {
        /// What.
        what: &'static str,
        /// Where.
        position: i64,
    },
}

impl Error {
    /// For `map_err` of a failed operation.
    pub fn failed<E>(operation: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Failed { operation, source: source.into() }
    }
}
