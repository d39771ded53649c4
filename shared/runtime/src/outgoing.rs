//! From what a stage sends to a record of the log, and to a row of the outbox.

use crate::trace::{Trace, id_of};
use crate::{Outgoing, Refusal};
use domain::Day;
use messages::{Content, Evidence, Headers, Record, Topic, header};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

impl Outgoing {
    /// A message that follows from these messages and raw records, for [`Edge::commit`](crate::Edge::commit).
    pub fn of<C: Content>(
        content: &C,
        causes: Vec<String>,
        evidence: Vec<Evidence>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            topic: C::TOPIC,
            key: content.key(),
            kind: content.kind(),
            causes,
            evidence,
            trace: None,
            data: serde_json::value::to_raw_value(content)?,
        })
    }
}

/// Who sends: a stage in a partition.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) stage: String,
    pub(crate) partition: u32,
    /// `stage/partition`, as in the header.
    label: String,
}

/// What an outgoing message follows from, unless it says so itself.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) cause: &'a str,
    pub(crate) evidence: &'a [Evidence],
    pub(crate) trace: Trace,
    pub(crate) day: Day,
}

#[derive(Serialize)]
struct Body<'a> {
    causes: &'a [&'a str],
    evidence: &'a [Evidence],
    data: &'a RawValue,
}

impl Sender {
    pub(crate) fn new(stage: &str, partition: u32) -> Self {
        Self { stage: stage.to_owned(), partition, label: format!("{stage}/{partition}") }
    }

    /// The record with this sequence number; its id follows from sender and number.
    pub(crate) fn record(
        &self,
        sequence: i64,
        message: &Outgoing,
        origin: Origin<'_>,
    ) -> Result<Record, Refusal> {
        let own: Vec<&str> = message.causes.iter().map(String::as_str).collect();
        let default = [origin.cause];
        let causes = match own.as_slice() {
            [] if origin.cause.is_empty() => &[],
            [] => default.as_slice(),
            own => own,
        };
        let evidence = if message.evidence.is_empty() { origin.evidence } else { &message.evidence };
        let body = serde_json::to_vec(&Body { causes, evidence, data: &message.data })
            .map_err(|error| Refusal::new("unwritable_message", format!("{:?}", error.classify())))?;
        let id = id_of(&format!("{}/{sequence}", self.label)).to_string();
        let mut headers =
            Record::cloud_event(&id, message.kind, message.topic, &self.stage, origin.day, &message.key);
        let own = [
            (header::TRACE_PARENT, message.trace.clone().unwrap_or_else(|| origin.trace.to_string())),
            (header::SENDER, self.label.clone()),
            (header::SEQUENCE, sequence.to_string()),
        ];
        headers.extend(own.map(|(name, value)| (name.to_owned(), value)));
        let record =
            Record { topic: message.topic, key: message.key.clone(), partition: None, headers, body };
        let (bytes, limit) = (eventlog::size_of(&record), eventlog::RECORD_BYTES_MAX);
        if bytes > limit {
            let detail =
                format!("a {} of {bytes} bytes is larger than the log takes ({limit})", message.kind);
            return Err(Refusal::new("message_too_large", detail));
        }
        Ok(record)
    }
}

/// What the first line of a row is longer than key and headers, in bytes: room that is asked for at once.
const HEAD_BYTES: usize = 256;

/// The first line of a row; the body follows as it is.
#[derive(Serialize)]
struct HeadOut<'a> {
    topic: &'a str,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<u32>,
    headers: &'a Headers,
}

#[derive(Deserialize)]
struct HeadIn {
    topic: String,
    key: String,
    partition: Option<u32>,
    headers: Headers,
}

/// The record as a row of the outbox.
pub(crate) fn to_row(record: &Record) -> Result<String, serde_json::Error> {
    let Record { topic, key, partition, headers, body } = record;
    let head = HeadOut { topic: topic.name(), key, partition: *partition, headers };
    let mut row = Vec::with_capacity(eventlog::size_of(record) + HEAD_BYTES);
    serde_json::to_writer(&mut row, &head)?;
    row.push(b'\n');
    row.extend_from_slice(body);
    String::from_utf8(row).map_err(|error| serde_json::Error::custom(error.utf8_error()))
}

/// The record of a row of the outbox.
pub(crate) fn from_row(row: &str) -> Option<Record> {
    let (head, body) = row.split_once('\n')?;
    let HeadIn { topic, key, partition, headers } = serde_json::from_str(head).ok()?;
    let topic = Topic::from_name(&topic)?;
    Some(Record { topic, key, partition, headers, body: body.as_bytes().to_vec() })
}
