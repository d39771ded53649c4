//! `dead-letters`: what could not be processed, and what came of it.

use crate::{Content, Topic};
use domain::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something was refused, held, or let go again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetter {
    /// A message or a line was refused. It is kept.
    Refused(Refused),
    /// A refused message was processed after all, or discarded by a person.
    Settled {
        /// Which: the id of the refusal.
        refusal: String,
        /// The key it belongs to.
        key: String,
        /// When.
        on: Day,
        /// `requeued` or `discarded`; of a file that could not be read: `read`, or `gone` when it is no longer there.
        outcome: String,
    },
    /// A file is held back as a whole.
    FileHeld {
        /// SHA-256 of the file.
        sha256: String,
        /// Its name.
        file: String,
        /// When.
        on: Day,
        /// A code such as `production_date_gap`.
        code: String,
        /// What is wrong and what to do.
        detail: String,
    },
    /// A held file was released, replaced or discarded.
    FileReleased {
        /// SHA-256 of the file.
        sha256: String,
        /// When.
        on: Day,
        /// `released`, `replaced` or `discarded`.
        outcome: String,
    },
}

/// A refused message or line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Id of the refusal: the same refusal always has the same.
    pub refusal: String,
    /// The stage that refused.
    pub stage: String,
    /// The key it belongs to; empty when unknown.
    pub key: String,
    /// When.
    pub on: Day,
    /// Where it stood.
    pub at: RefusedAt,
    /// A code such as `undecodable`.
    pub code: String,
    /// What is wrong and what to do. No personal data.
    pub detail: String,
    /// Whether later messages of the key wait.
    pub parked: bool,
}

/// Where a refused thing stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusedAt {
    /// In the log.
    Log {
        /// Topic.
        topic: String,
        /// Partition.
        partition: u32,
        /// Position.
        offset: i64,
        /// The message's id, where it has one.
        message: Option<String>,
    },
    /// In a file.
    File {
        /// SHA-256: its address in the evidence store; empty where the file itself could not be read.
        sha256: String,
        /// Its name.
        file: String,
        /// Line or record, counted from 1; 0 where it is the file itself.
        line: u64,
        /// The field, where one is to blame.
        field: Option<String>,
    },
    /// In a request.
    Request {
        /// SHA-256 of the body: its address in the evidence store.
        sha256: String,
        /// JSON pointer to the fault.
        pointer: String,
    },
    /// In a case as a whole: what was stated of it does not suffice.
    Case,
}

impl Content for DeadLetter {
    const TOPIC: Topic = Topic::DeadLetters;
    fn key(&self) -> String {
        match self {
            Self::Refused(refused) => refused.key.clone(),
            Self::Settled { key, .. } => key.clone(),
            Self::FileHeld { sha256, .. } | Self::FileReleased { sha256, .. } => sha256.clone(),
        }
    }
    fn kind(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Settled { .. } => "settled",
            Self::FileHeld { .. } => "file-held",
            Self::FileReleased { .. } => "file-released",
        }
    }
}
