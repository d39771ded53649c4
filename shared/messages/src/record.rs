//! A record of the log: CloudEvents 1.0 in Kafka binary mode.

use crate::Topic;
use domain::Day;

/// The names of the headers.
pub mod header {
    /// CloudEvents id; the same message always has the same id.
    pub const ID: &str = "ce_id";
    /// CloudEvents type, `dk.rettidig.<topic>.<kind>.v1`.
    pub const TYPE: &str = "ce_type";
    /// CloudEvents source, `/rettidig/<stage>`.
    pub const SOURCE: &str = "ce_source";
    /// CloudEvents version, `1.0`.
    pub const SPEC_VERSION: &str = "ce_specversion";
    /// The logical day, at midnight UTC.
    pub const TIME: &str = "ce_time";
    /// What the message is about: the same as the key.
    pub const SUBJECT: &str = "ce_subject";
    /// `application/json`.
    pub const CONTENT_TYPE: &str = "content-type";
    /// W3C trace context.
    pub const TRACE_PARENT: &str = "traceparent";
    /// Which stage and partition sent it, `assessment/3`. Absent from foreign producers.
    pub const SENDER: &str = "rettidig_sender";
    /// The sender's sequence number: grows by at least one from record to record.
    pub const SEQUENCE: &str = "rettidig_sequence";
}

/// Header names and values, in order.
pub type Headers = Vec<(String, String)>;

/// A record as it is written to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it goes.
    pub topic: Topic,
    /// What it is keyed by; decides the partition unless one is given.
    pub key: String,
    /// A fixed partition (the days go to every one).
    pub partition: Option<u32>,
    /// CloudEvents and runtime headers.
    pub headers: Headers,
    /// The JSON body.
    pub body: Vec<u8>,
}

impl Record {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The CloudEvents headers of a message of ours.
    pub fn cloud_event(id: &str, kind: &str, topic: Topic, source: &str, day: Day, subject: &str) -> Headers {
        [
            (header::SPEC_VERSION, "1.0".to_owned()),
            (header::ID, id.to_owned()),
            (header::TYPE, format!("dk.rettidig.{topic}.{kind}.v1")),
            (header::SOURCE, format!("/rettidig/{source}")),
            (header::TIME, format!("{day}T00:00:00Z")),
            (header::SUBJECT, subject.to_owned()),
            (header::CONTENT_TYPE, "application/json".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// The logical day of the message: the date of `ce_time`.
    pub fn day(&self) -> Option<Day> {
        self.header(header::TIME)?.get(..10)?.parse().ok()
    }
}
