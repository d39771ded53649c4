//! Lines of bytes, with a limit on their length.

use std::io::{BufRead, Result};

/// One line without its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Counted from 1.
    pub number: u64,
    /// The bytes; none when the line is longer than the limit.
    pub bytes: Option<Vec<u8>>,
}

/// Reads lines that end in LF or CR LF. A line over the limit is passed over without being held in memory.
pub(crate) struct Lines<R> {
    input: R,
    limit_bytes: usize,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, limit_bytes: usize) -> Self {
        Self { input, limit_bytes, number: 0 }
    }

    /// The next line, `None` at the end.
    pub(crate) fn next_line(&mut self) -> Result<Option<Line>> {
        let mut bytes = Vec::new();
        let (mut any, mut too_long) = (false, false);
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            any = true;
            let end = chunk.iter().position(|b| *b == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            // One byte more than the limit, for the CR that does not belong to the line.
            too_long = too_long || bytes.len() + part.len() > self.limit_bytes + 1;
            if !too_long {
                bytes.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let fits = !too_long && bytes.len() <= self.limit_bytes;
        Ok(Some(Line { number: self.number, bytes: fits.then_some(bytes) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, limit: usize) -> Vec<Option<String>> {
        // A tiny buffer, so that lines lie across its border.
        let mut lines = Lines::new(std::io::BufReader::with_capacity(3, text.as_bytes()), limit);
        std::iter::from_fn(|| lines.next_line().unwrap())
            .map(|line| line.bytes.map(|bytes| String::from_utf8(bytes).unwrap()))
            .collect()
    }

    #[test]
    fn both_line_ends_and_a_missing_last_one_are_read() {
        let want = ["ab", "", "cde"].map(|text| Some(text.to_owned()));
        assert_eq!(read("ab\r\n\ncde", 10), want);
        assert_eq!(read("ab\n\r\ncde\n", 10), want);
        assert!(read("", 10).is_empty());
    }

    #[test]
    fn a_line_over_the_limit_is_told_and_the_next_one_read() {
        assert_eq!(read("abcdef\nabcde\r\nab", 5), [None, Some("abcde".to_owned()), Some("ab".to_owned())]);
        assert_eq!(read("abcdefghijkl", 5), [None]);
    }
}
