//! Text of any size that is like real documents, but says nothing: databases compress what they store.

use serde_json::value::RawValue;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What texts are cut from, when nothing was kept.
const PLAIN: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

/// How far the beginning of a text lies behind that of the one before, in bytes: no two in a row are the same.
const STRIDE: usize = 997;

/// A long text, and where the next piece begins.
pub(super) struct Filler {
    long: String,
    next: AtomicUsize,
}

impl Filler {
    /// Of a sample of documents. Every character is one byte and stands in JSON as it is.
    pub(super) fn of(sample: &str) -> Self {
        let plain = |c: char| match c {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => c,
            _ => '.',
        };
        let long = if sample.is_empty() { PLAIN.to_owned() } else { sample.chars().map(plain).collect() };
        Self { long, next: AtomicUsize::new(0) }
    }

    /// A text whose JSON has so many bytes (at least 2).
    pub(super) fn text(&self, bytes: usize) -> String {
        let bytes = bytes.saturating_sub(2);
        let from = self.next.fetch_add(STRIDE, Ordering::Relaxed) % self.long.len();
        let mut text = String::with_capacity(bytes);
        let mut rest = &self.long[from..];
        while text.len() < bytes {
            text.push_str(&rest[..rest.len().min(bytes - text.len())]);
            rest = &self.long;
        }
        text
    }

    /// JSON of so many bytes (at least 2).
    pub(super) fn json(&self, bytes: usize) -> serde_json::Result<Box<RawValue>> {
        RawValue::from_string(format!("\"{}\"", self.text(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_size_that_is_asked_for_and_stands_in_json_as_it_is() {
        for filler in [Filler::of(""), Filler::of("{\"name\":\"Åse\\n\"}")] {
            for bytes in [2, 3, 40, 1_000] {
                assert_eq!(serde_json::to_string(&filler.text(bytes)).unwrap().len(), bytes);
                assert_eq!(filler.json(bytes).unwrap().get().len(), bytes);
            }
        }
    }
}
