//! What comes in for a key, as it is decided, and as it is kept while it waits.

use crate::trace::Trace;
use domain::Day;
use eventlog::Received;
use messages::{CalendarDay, Evidence, RefusedAt, Topic, header};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An input of a stage, before it is read.
#[derive(Debug, Clone)]
pub(crate) enum Incoming {
    /// A record of one of the stage's topics.
    Message(Received),
    /// A due timer.
    Timer {
        /// Its name within the key.
        name: String,
        /// The day that fired it.
        tick: Tick,
    },
    /// A phase of a day, for a daily key.
    Day(Tick),
    /// A planned call has ended, or was interrupted.
    Outcome(Ended),
}

/// A record of the calendar.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tick {
    pub(crate) day: CalendarDay,
    pub(crate) offset: i64,
    /// The id of the message.
    pub(crate) cause: String,
}

/// A call that has ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ended {
    pub(crate) sequence: i64,
    pub(crate) id: String,
    pub(crate) planned: Planned,
    /// How it ended; `None`: it was interrupted.
    pub(crate) outcome: Option<Box<RawValue>>,
}

/// A planned call as the store keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Planned {
    /// What is asked.
    pub(crate) asked: Box<RawValue>,
    /// The message that it was planned because of.
    pub(crate) cause: String,
    pub(crate) evidence: Vec<Evidence>,
    /// The trace of that message.
    pub(crate) trace: String,
}

/// As it waits in the store.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Waiting {
    Message {
        topic: String,
        offset: i64,
        key: Bytes,
        headers: Vec<(String, Bytes)>,
        body: Bytes,
    },
    Timer {
        name: String,
        tick: Tick,
        /// Kept by an earlier version.
        #[serde(default, rename = "because", skip_serializing)]
        _because: IgnoredAny,
    },
    Day(Tick),
    Outcome(Ended),
}

/// Text where it is text, so that an operator can read it; else its bytes.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Bytes {
    Text(String),
    Other(Vec<u8>),
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Other(error.into_bytes()), Self::Text)
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        match bytes {
            Bytes::Text(text) => text.into_bytes(),
            Bytes::Other(bytes) => bytes,
        }
    }
}

/// The body of a message that was refused, as the store keeps it; none of another input, or where it is no text.
pub fn kept_message(json: &str) -> Option<String> {
    match Incoming::from_json(0, json)? {
        Incoming::Message(received) => String::from_utf8(received.body).ok(),
        Incoming::Timer { .. } | Incoming::Day(_) | Incoming::Outcome(_) => None,
    }
}

impl Incoming {
    /// As it is kept.
    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&match self.clone() {
            Self::Message(Received { topic, offset, key, headers, body, .. }) => Waiting::Message {
                topic: topic.name().to_owned(),
                offset,
                key: key.into(),
                headers: headers.into_iter().map(|(name, value)| (name, value.into())).collect(),
                body: body.into(),
            },
            Self::Timer { name, tick } => Waiting::Timer { name, tick, _because: IgnoredAny },
            Self::Day(tick) => Waiting::Day(tick),
            Self::Outcome(ended) => Waiting::Outcome(ended),
        })
    }

    /// From what was kept in this partition.
    pub(crate) fn from_json(partition: u32, json: &str) -> Option<Self> {
        Some(match serde_json::from_str(json).ok()? {
            Waiting::Message { topic, offset, key, headers, body } => Self::Message(Received {
                topic: Topic::from_name(&topic)?,
                partition,
                offset,
                key: key.into(),
                headers: headers.into_iter().map(|(name, value)| (name, value.into())).collect(),
                body: body.into(),
            }),
            Waiting::Timer { name, tick, .. } => Self::Timer { name, tick },
            Waiting::Day(tick) => Self::Day(tick),
            Waiting::Outcome(ended) => Self::Outcome(ended),
        })
    }

    /// What it is, once and for all: the same input always has the same name.
    pub(crate) fn name(&self, stage: &str, partition: u32, key: &str) -> String {
        match self {
            Self::Message(Received { topic, offset, .. }) => format!("{stage}/{topic}/{partition}/{offset}"),
            Self::Timer { name, tick } => {
                format!("{stage}/{partition}/timer/{}/{}/{key}/{name}", tick.day.date, tick.offset)
            }
            Self::Day(tick) => format!("{stage}/{partition}/day/{}/{key}", tick.offset),
            Self::Outcome(ended) => format!("{stage}/{partition}/call/{}", ended.sequence),
        }
    }

    /// The topic for metrics and spans, or what stands in its place.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Message(received) => received.topic.name(),
            Self::Timer { .. } => "timer",
            Self::Day(_) => "day",
            Self::Outcome(_) => "outcome",
        }
    }

    /// The id of the message that brought it; where a foreign one has none, its place in the log.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Message(received) => received.header(header::ID).map_or_else(
                || format!("{}/{}/{}", received.topic, received.partition, received.offset),
                str::to_owned,
            ),
            Self::Timer { tick, .. } | Self::Day(tick) => tick.cause.clone(),
            Self::Outcome(ended) => ended.planned.cause.clone(),
        }
    }

    /// The logical day that it brings along.
    pub(crate) fn day(&self) -> Option<Day> {
        match self {
            Self::Message(received) => received.header(header::TIME)?.get(..10)?.parse().ok(),
            Self::Timer { tick, .. } | Self::Day(tick) => Some(tick.day.date),
            Self::Outcome(_) => None,
        }
    }

    /// The trace that it belongs to, and its span in it.
    pub(crate) fn trace(&self, name: &str) -> (Option<Trace>, Trace) {
        let parent = match self {
            Self::Message(received) => received.header(header::TRACE_PARENT),
            Self::Outcome(ended) => Some(ended.planned.trace.as_str()),
            // A day belongs to nobody: what follows from it in different keys is not one trace.
            Self::Timer { .. } | Self::Day(_) => None,
        };
        let parent = parent.and_then(Trace::parse);
        (parent, Trace::process(parent, name))
    }

    /// Where it stood: the topic, or what stands in its place, and its offset there.
    pub(crate) fn stood(&self) -> (&'static str, i64) {
        match self {
            Self::Message(received) => (received.topic.name(), received.offset),
            Self::Timer { tick, .. } | Self::Day(tick) => (Topic::CalendarDays.name(), tick.offset),
            Self::Outcome(ended) => ("calls", ended.sequence),
        }
    }

    /// The same for its dead letter.
    pub(crate) fn place(&self, partition: u32) -> RefusedAt {
        let (topic, offset) = self.stood();
        let message = match self {
            Self::Message(received) => received.header(header::ID).map(str::to_owned),
            _ => Some(self.cause()),
        };
        RefusedAt::Log { topic: topic.to_owned(), partition, offset, message }
    }
}
