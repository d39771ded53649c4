//! The body that every message has, and the messages of all topics as one type.

use crate::{
    AddressArrival, Alert, AssessmentEvent, CalendarDay, CaseCommand, CaseNotice, DeadLetter, ErpEvent,
    Finding, InvoiceCommand, Letter, Membership, RegisterEvent, Topic,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A pointer to a raw record as it was received.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// SHA-256 of the raw input, in hexadecimal: its address in the evidence store.
    pub sha256: String,
    /// Which record in it, counted from 1.
    pub record: u64,
}

/// What every message carries beside its content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Body<T> {
    /// The ids of the messages it follows from.
    pub causes: Vec<String>,
    /// The raw records at the root of the chain.
    pub evidence: Vec<Evidence>,
    /// The fact or order itself.
    pub data: T,
}

/// The content of one topic's messages.
pub trait Content: Serialize + DeserializeOwned + JsonSchema {
    /// Its topic.
    const TOPIC: Topic;
    /// All kinds within the topic.
    const KINDS: &'static [&'static str];
    /// The record key.
    fn key(&self) -> String;
    /// The kind within the topic, as in `ce_type`.
    fn kind(&self) -> &'static str;
}

/// Writes [`Content::KINDS`] and [`Content::kind`] from one list, so that no kind is missing from either.
macro_rules! content_kinds {
    ($content:ident => $variant:expr; $($pattern:pat => $kind:literal),+ $(,)?) => {
        const KINDS: &'static [&'static str] = &[$($kind),+];
        fn kind(&self) -> &'static str {
            let $content = self;
            match $variant {
                $($pattern => $kind),+
            }
        }
    };
}
pub(crate) use content_kinds;

/// Why a record is not a message. Holds no part of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a message of {topic}: {reason} (line {line}, column {column} of the body)")]
pub struct MessageError {
    topic: Topic,
    reason: &'static str,
    line: usize,
    column: usize,
}

macro_rules! messages {
    ($($topic:ident: $content:ident),* $(,)?) => {
        /// A message of any topic.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Message {
            $(
                #[doc = concat!("A message of [`Topic::", stringify!($topic), "`].")]
                $topic(Body<$content>),
            )*
        }

        impl Message {
            /// Reads the body of a record of this topic.
            pub fn decode(topic: Topic, body: &[u8]) -> Result<Self, MessageError> {
                match topic {
                    $(Topic::$topic => serde_json::from_slice(body).map(Self::$topic),)*
                }
                .map_err(|error| MessageError {
                    topic,
                    reason: reason(error.classify()),
                    line: error.line(),
                    column: error.column(),
                })
            }

            /// Its topic.
            pub fn topic(&self) -> Topic {
                match self {
                    $(Self::$topic(_) => Topic::$topic,)*
                }
            }

            /// Its kind within the topic.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$topic(body) => body.data.kind(),)*
                }
            }

            /// The raw records at the root of the chain.
            pub fn evidence(&self) -> &[Evidence] {
                match self {
                    $(Self::$topic(body) => &body.evidence,)*
                }
            }
        }

        /// All kinds of a topic's messages.
        pub fn kinds(topic: Topic) -> &'static [&'static str] {
            match topic {
                $(Topic::$topic => <$content as Content>::KINDS,)*
            }
        }

        /// The JSON Schema (2020-12) of each topic's body.
        pub fn schema(topic: Topic) -> schemars::Schema {
            match topic {
                $(Topic::$topic => schemars::schema_for!(Body<$content>),)*
            }
        }
    };
}

messages! {
    RegisterEvents: RegisterEvent,
    RegisterMoves: AddressArrival,
    CaseCommands: CaseCommand,
    CaseMemberships: Membership,
    CaseNotices: CaseNotice,
    CalendarDays: CalendarDay,
    AssessmentEvents: AssessmentEvent,
    Letters: Letter,
    InvoiceCommands: InvoiceCommand,
    ErpEvents: ErpEvent,
    ReconciliationFindings: Finding,
    Alerts: Alert,
    DeadLetters: DeadLetter,
}

/// The serde text may quote values of the body, so only its class is told.
fn reason(class: serde_json::error::Category) -> &'static str {
    match class {
        serde_json::error::Category::Syntax => "it is not JSON",
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Io => "it cannot be read",
        serde_json::error::Category::Data => "a field is missing, unknown or has a wrong value",
    }
}
