//! A record as it is read.

use messages::Topic;

/// A record as it stands in the log. Foreign producers may have written any bytes; none are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Where it stands.
    pub topic: Topic,
    /// Where it stands.
    pub partition: u32,
    /// Where it stands.
    pub offset: i64,
    /// The key; empty where there is none.
    pub key: Vec<u8>,
    /// Header names and values, in order. A name that is not UTF-8 does not exist in Kafka.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body; empty where there is none (a tombstone).
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(n, _)| n == name)?;
        std::str::from_utf8(value).ok()
    }
}
