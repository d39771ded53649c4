//! The log lines of librdkafka.
//!
//! Every client and every connection of it tells of each attempt that fails: a broker that is away for an hour would fill
//! the log. So of each sort of line one is said in a while, whichever client it came from.

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long lines of a sort that was said are not said again. They are still there at the level `debug`.
const SILENCE: Duration = Duration::from_secs(300);

/// When each sort of line was said last. There are few sorts.
static SAID: Mutex<BTreeMap<String, Instant>> = Mutex::new(BTreeMap::new());

/// One line of librdkafka.
pub(super) fn log_line(level: RDKafkaLogLevel, facility: &str, message: &str) {
    // Looked at last: a line that is not said keeps no other from being said.
    let worth = || worth_saying(facility, Instant::now());
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error
            if worth() =>
        {
            tracing::error!(kafka.facility = facility, "Kafka client: {message}");
        }
        RDKafkaLogLevel::Warning if worth() => {
            tracing::warn!(kafka.facility = facility, "Kafka client: {message}");
        }
        _ => tracing::debug!(kafka.facility = facility, "Kafka client: {message}"),
    }
}

/// What the client reports beside the operations that fail.
pub(super) fn problem(error: &KafkaError, reason: &str) {
    let said = "Kafka has a problem; the client goes on trying";
    if worth_saying(&format!("{:?}", error.rdkafka_error_code()), Instant::now()) {
        tracing::warn!(kafka.error = %error, kafka.reason = reason, "{said}");
    } else {
        tracing::debug!(kafka.error = %error, kafka.reason = reason, "{said}");
    }
}

fn worth_saying(sort: &str, now: Instant) -> bool {
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    let new = said.get(sort).is_none_or(|last| now.saturating_duration_since(*last) >= SILENCE);
    if new {
        said.insert(sort.to_owned(), now);
    }
    new
}

#[test]
fn a_sort_of_line_is_said_once_in_a_while() {
    let now = Instant::now();
    assert!(worth_saying("A-TEST", now) && worth_saying("ANOTHER-TEST", now));
    assert!(!worth_saying("A-TEST", now + SILENCE / 2));
    assert!(worth_saying("A-TEST", now + SILENCE));
}
