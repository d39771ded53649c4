//! What the tables hold.

use domain::Day;

/// How far a partition has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The version after the claim: expected by the first commit.
    pub version: i64,
    /// The runtime's document; `None` for a partition that was never committed to.
    pub doc: Option<String>,
}

/// What is known of a key. At least one of the two fields says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The key.
    pub key: String,
    /// Its state.
    pub doc: Option<String>,
    /// Whether it is parked: it has an unsettled dead letter that holds it, or parked inputs.
    pub parked: bool,
}

/// A key's state, for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    /// The partition.
    pub partition: u32,
    /// The key.
    pub key: String,
    /// The state.
    pub doc: String,
}

/// A timer. One a key and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRow {
    /// The key.
    pub key: String,
    /// The name within the key.
    pub name: String,
    /// The day from which on it fires.
    pub due: Day,
}

/// Names a timer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimerKey {
    /// The key.
    pub key: String,
    /// The name within the key.
    pub name: String,
}

/// A record on its way to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The sender's sequence number. One a partition.
    pub sequence: i64,
    /// The record as JSON.
    pub record: String,
}

/// A planned call. One a partition and sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// The order in which calls were planned.
    pub sequence: i64,
    /// The key.
    pub key: String,
    /// The id within the key.
    pub id: String,
    /// What is asked, as JSON.
    pub request: String,
    /// Unix time in milliseconds before which it is not made.
    pub not_before_ms: i64,
    /// Whether somebody has begun to make it.
    pub started: bool,
}

/// Names the calls of an id, of which one at most is started.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallKey {
    /// The key.
    pub key: String,
    /// The id within the key.
    pub id: String,
}

/// An input that waits because its key is parked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedRow {
    /// The order of arrival. One a partition.
    pub number: i64,
    /// The key.
    pub key: String,
    /// The input as JSON.
    pub input: String,
}

/// A refused input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterRow {
    /// The id of the refusal. One a stage.
    pub refusal: String,
    /// The partition.
    pub partition: u32,
    /// The key.
    pub key: String,
    /// The refused input as JSON.
    pub input: String,
    /// Where it stood, as JSON.
    pub at: String,
    /// The code of the refusal.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// The logical day.
    pub on: Day,
    /// Whether its key waits until it is settled.
    pub holds: bool,
    /// What has come of it.
    pub state: DeadLetterState,
}

/// What has come of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetterState {
    /// Nothing yet.
    Open,
    /// A person wants it to be decided again.
    RequeueRequested,
    /// A person wants it to be dropped.
    DiscardRequested,
    /// It was decided after all, or dropped.
    Settled,
}

impl DeadLetterState {
    /// As in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            // The name is from when every open one parked its key.
            Self::Open => "parked",
            Self::RequeueRequested => "requeue_requested",
            Self::DiscardRequested => "discard_requested",
            Self::Settled => "settled",
        }
    }

    /// From the table.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::RequeueRequested, Self::DiscardRequested, Self::Settled]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// What an operator can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Decide it again.
    Requeue,
    /// Drop it.
    Discard,
}

impl Request {
    /// The state that it leads to.
    pub fn state(self) -> DeadLetterState {
        match self {
            Self::Requeue => DeadLetterState::RequeueRequested,
            Self::Discard => DeadLetterState::DiscardRequested,
        }
    }
}

/// A message of a foreign producer, by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRow {
    /// CloudEvents source and id, as the runtime joins them.
    pub id: String,
    /// The logical day on which it was seen.
    pub day: Day,
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Keys with a state.
    pub states: u64,
    /// Timers set.
    pub timers: u64,
    /// Rows of the outbox: published ones that wait for their deletion included.
    pub outbox: u64,
    /// Calls that have not ended.
    pub calls: u64,
    /// Inputs that wait for their key.
    pub parked_inputs: u64,
    /// Keys that are parked.
    pub parked_keys: u64,
    /// Dead letters that are not settled.
    pub dead_letters: u64,
}
