//! Cutting an extract into records, in both shapes it comes in.

use super::layout::{Field, Layout, RecordType};
use crate::lines::Lines;
use std::io::{BufRead, Read, Result};

/// The longest line, in bytes: three times the longest record. What is longer is no line of an extract.
const LINE_BYTES_MAX: usize = 1000;

/// A record, padded to its full length. ISO-8859-1: one byte, one character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Line or record number, counted from 1.
    pub number: u64,
    /// Its type.
    pub kind: RecordType,
    bytes: Vec<u8>,
}

/// What the next bytes of the file are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A record of a known type.
    Record(Record),
    /// An empty line. It is not counted as a record.
    Blank(u64),
    /// A line of a type that is not in the layout: three digits of a type to come, or damaged.
    Unknown { line: u64, damaged: bool },
    /// A line that is longer than its record, or than any.
    TooLong(u64),
    /// The rest cannot be cut into records.
    Unreadable(u64, &'static str),
}

/// The pieces of an extract. Holds one record in memory at a time.
pub(crate) struct Records<'l, R> {
    layout: &'l Layout,
    shape: Shape<R>,
}

enum Shape<R> {
    Lines(Lines<R>),
    Stream { input: R, number: u64, ended: bool },
}

impl Record {
    /// The text of a field, without the blanks around it.
    pub(crate) fn text(&self, field: &Field) -> String {
        let bytes = self.bytes.get(field.start..field.start + field.length).unwrap_or_default();
        bytes.iter().map(|b| char::from(*b)).collect::<String>().trim().to_owned()
    }
}

impl<'l, R: BufRead> Records<'l, R> {
    /// Decides the shape by the first record: where nothing but blanks stands between the start record and a line end
    /// or the end of the file, the file has lines.
    pub(crate) fn new(layout: &'l Layout, mut input: R) -> Result<Self> {
        let start = input.fill_buf()?;
        let first_line = start.split(|b| *b == b'\n').next().unwrap_or_default();
        let after = first_line.get(layout.length(*b"000").unwrap_or_default()..).unwrap_or_default();
        let stream = first_line.starts_with(b"000") && after.iter().any(|b| !b.is_ascii_whitespace());
        let shape = match stream {
            true => Shape::Stream { input, number: 0, ended: false },
            false => Shape::Lines(Lines::new(input, LINE_BYTES_MAX)),
        };
        Ok(Self { layout, shape })
    }

    /// The next piece, `None` at the end.
    pub(crate) fn next_piece(&mut self) -> Result<Option<Piece>> {
        match &mut self.shape {
            Shape::Lines(lines) => Ok(lines.next_line()?.map(|line| match line.bytes {
                None => Piece::TooLong(line.number),
                Some(bytes) => from_line(self.layout, line.number, bytes),
            })),
            Shape::Stream { ended: true, .. } => Ok(None),
            Shape::Stream { input, number, ended } => {
                *number += 1;
                let piece = from_stream(self.layout, *number, input)?;
                *ended = !matches!(piece, Some(Piece::Record(_)));
                Ok(piece)
            }
        }
    }
}

fn from_line(layout: &Layout, number: u64, mut bytes: Vec<u8>) -> Piece {
    let used = bytes.iter().rposition(|b| *b != b' ').map_or(0, |last| last + 1);
    bytes.truncate(used);
    if bytes.is_empty() {
        return Piece::Blank(number);
    }
    let Some(kind) = bytes.first_chunk::<3>().copied() else {
        return Piece::Unknown { line: number, damaged: true };
    };
    match layout.length(kind) {
        None => Piece::Unknown { line: number, damaged: !kind.iter().all(u8::is_ascii_digit) },
        Some(length) if bytes.len() > length => Piece::TooLong(number),
        Some(length) => {
            bytes.resize(length, b' ');
            Piece::Record(Record { number, kind, bytes })
        }
    }
}

fn from_stream<R: BufRead>(layout: &Layout, number: u64, input: &mut R) -> Result<Option<Piece>> {
    let mut bytes = Vec::new();
    input.by_ref().take(3).read_to_end(&mut bytes)?;
    // A single line end may close the stream.
    if bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | 0x1a)) && input.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let Some(kind) = bytes.first_chunk::<3>().copied() else {
        return Ok(Some(Piece::Unreadable(number, "the file ends inside a record type")));
    };
    let Some(length) = layout.length(kind) else {
        return Ok(Some(Piece::Unreadable(
            number,
            "a record type that is not in the layout has no known length",
        )));
    };
    let rest = u64::try_from(length.saturating_sub(3)).unwrap_or_default();
    input.by_ref().take(rest).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Ok(Some(Piece::Unreadable(number, "the file ends inside a record")));
    }
    Ok(Some(Piece::Record(Record { number, kind, bytes })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(layout: &Layout, bytes: &[u8]) -> Vec<Piece> {
        let mut records = Records::new(layout, bytes).unwrap();
        std::iter::from_fn(|| records.next_piece().unwrap()).collect()
    }

    const START: &str = "00000000000001109012001111920011116";

    #[test]
    fn a_trimmed_line_is_padded_and_a_padded_one_is_the_same() {
        let layout = Layout::load().unwrap();
        let trimmed = pieces(&layout, format!("{START}\n00407096144010001\n").as_bytes());
        let padded =
            pieces(&layout, format!("{START}\r\n00407096144010001                    \r\n").as_bytes());
        assert_eq!(trimmed, padded);
        assert!(matches!(&trimmed[1], Piece::Record(r) if r.bytes.len() == 37));
    }

    #[test]
    fn a_stream_that_ends_inside_a_record_is_unreadable_from_there() {
        let layout = Layout::load().unwrap();
        let found = pieces(&layout, format!("{START}0040709614401000119").as_bytes());
        assert!(matches!(found[..], [Piece::Record(_), Piece::Unreadable(2, _)]), "{found:?}");
        let found = pieces(&layout, format!("{START}555 what comes now has no length").as_bytes());
        assert!(matches!(found[..], [Piece::Record(_), Piece::Unreadable(2, _)]), "{found:?}");
    }

    #[test]
    fn a_stream_may_end_in_one_line_end() {
        let layout = Layout::load().unwrap();
        let found = pieces(&layout, format!("{START}999999999999900000000\r\n").as_bytes());
        assert!(matches!(found[..], [Piece::Record(_), Piece::Record(_)]), "{found:?}");
    }

    #[test]
    fn lines_of_unknown_type_or_length_are_told_and_the_next_one_is_read() {
        let layout = Layout::load().unwrap();
        let long = "x".repeat(2000);
        let found = pieces(&layout, format!("{START}\n555 ?\n\n999{long}\n00\n{START}1\n{START}").as_bytes());
        assert!(
            matches!(
                found[1..],
                [
                    Piece::Unknown { line: 2, damaged: false },
                    Piece::Blank(3),
                    Piece::TooLong(4),
                    Piece::Unknown { line: 5, damaged: true },
                    Piece::TooLong(6),
                    Piece::Record(_)
                ]
            ),
            "{found:?}"
        );
    }
}
