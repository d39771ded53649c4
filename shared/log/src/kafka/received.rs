//! A record of the client as ours.

use crate::Received;
use messages::Topic;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Headers};

/// Copies a record out of the client's memory.
pub(super) fn received(topic: Topic, message: &BorrowedMessage<'_>) -> Received {
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        headers
            .iter()
            .map(|header| (header.key.to_owned(), header.value.unwrap_or_default().to_vec()))
            .collect()
    });
    Received {
        topic,
        partition: message.partition().cast_unsigned(),
        offset: message.offset(),
        key: message.key().unwrap_or_default().to_vec(),
        headers,
        body: message.payload().unwrap_or_default().to_vec(),
    }
}
