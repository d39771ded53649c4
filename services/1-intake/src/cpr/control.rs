//! The start and end records: is the file whole, and which day's is it?

use super::dates;
use super::layout::Layout;
use super::records::{Piece, Record, Records};
use crate::ledger::Hold;
use domain::Day;
use std::io::{BufRead, Result};

/// What the start record says of the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The task (*opgavenummer*): the series that production dates follow each other in.
    pub task: String,
    /// The day it was produced.
    pub production_date: Day,
    /// The production date of the file before it; absent in a first file.
    pub previous_production_date: Option<Day>,
}

/// Reads the whole file once. `Err` inside says why it must be held; a file without a readable start record gives no
/// [`Control`] and cannot be released.
pub(crate) fn check<R: BufRead>(layout: &Layout, input: R) -> Result<(Option<Control>, Option<Hold>)> {
    let mut records = Records::new(layout, input)?;
    let control = match records.next_piece()? {
        Some(Piece::Record(record)) if &record.kind == b"000" => match control(layout, &record) {
            Ok(control) => control,
            Err(hold) => return Ok((None, Some(hold))),
        },
        _ => {
            let detail = "the first record is no start record (000): the file is cut off or no CPR extract; get it \
                          again and replace it";
            return Ok((None, Some(Hold::new("no_start_record", detail))));
        }
    };
    let hold = until_end(layout, &mut records)?;
    Ok((Some(control), hold))
}

fn control(layout: &Layout, record: &Record) -> std::result::Result<Control, Hold> {
    let bad = |field: &str| {
        Hold::new(
            "bad_start_record",
            format!("field {field} of the start record is no date; get the file again and replace it"),
        )
    };
    let date = |field: &super::layout::Field| dates::day(&record.text(field)).map_err(|_| bad(&field.name));
    let fields = &layout.fields;
    Ok(Control {
        task: record.text(&fields.task),
        production_date: date(&fields.production_date)?.ok_or_else(|| bad(&fields.production_date.name))?,
        previous_production_date: date(&fields.previous_production_date)?,
    })
}

fn until_end<R: BufRead>(layout: &Layout, records: &mut Records<'_, R>) -> Result<Option<Hold>> {
    let mut counted: u64 = 0;
    loop {
        match records.next_piece()? {
            Some(Piece::Record(record)) if &record.kind == b"999" => {
                return Ok(match wrong_count(layout, &record, counted) {
                    Some(hold) => Some(hold),
                    None => after_end(records)?,
                });
            }
            Some(Piece::Blank(_)) => {}
            Some(Piece::Record(record)) if &record.kind == b"000" => {
                let detail = format!(
                    "a second start record at line {}: two files in one; split and replace it",
                    record.number
                );
                return Ok(Some(Hold::new("second_start_record", detail)));
            }
            Some(Piece::Unreadable(line, reason)) => {
                let detail = format!(
                    "from record {line} on it cannot be read: {reason}; get the file again and replace it"
                );
                return Ok(Some(Hold::new("unreadable", detail)));
            }
            Some(_) => counted += 1,
            None => {
                let detail = format!(
                    "it ends after {counted} records without an end record (999): it is cut off; get it again and replace it"
                );
                return Ok(Some(Hold::new("no_end_record", detail)));
            }
        }
    }
}

/// The counter counts the records between start and end: 1098 in the register's sample of 1100 lines.
fn wrong_count(layout: &Layout, end: &Record, counted: u64) -> Option<Hold> {
    let stated = end.text(&layout.fields.counter);
    if !stated.is_empty() && stated.bytes().all(|b| b.is_ascii_digit()) && stated.parse() == Ok(counted) {
        return None;
    }
    let stated = crate::masked::masked(stated.trim_start_matches('0'));
    let detail = format!(
        "the end record counts {stated} records between start and end, the file has {counted}: records are missing or \
         doubled; get the file again and replace it, or release it as it is"
    );
    Some(Hold::new("wrong_record_count", detail))
}

fn after_end<R: BufRead>(records: &mut Records<'_, R>) -> Result<Option<Hold>> {
    while let Some(piece) = records.next_piece()? {
        if !matches!(piece, Piece::Blank(_)) {
            let detail = "records stand after the end record: two files in one; split and replace it";
            return Ok(Some(Hold::new("records_after_end", detail)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../testdata/U12170-P-110901.txt");
    const ONE_PERSON: &[u8] = include_bytes!("../../testdata/PNR_0701614011.txt");

    fn hold(bytes: &[u8]) -> Option<String> {
        check(&Layout::load().unwrap(), bytes).unwrap().1.map(|hold| hold.code)
    }

    #[test]
    fn the_sample_of_the_register_is_whole() {
        let (control, hold) = check(&Layout::load().unwrap(), SAMPLE).unwrap();
        assert_eq!(hold, None);
        let control = control.unwrap();
        assert_eq!(control.task, "110901");
        assert_eq!(control.production_date.to_string(), "2001-11-19");
        assert_eq!(control.previous_production_date.unwrap().to_string(), "2001-11-16");
    }

    #[test]
    fn a_file_that_is_cut_off_or_padded_out_is_held() {
        let lines: Vec<&[u8]> = SAMPLE.split_inclusive(|b| *b == b'\n').collect();
        assert_eq!(hold(ONE_PERSON), Some("wrong_record_count".to_owned()));
        assert_eq!(hold(&lines[1..].concat()), Some("no_start_record".to_owned()));
        assert_eq!(hold(&lines[..700].concat()), Some("no_end_record".to_owned()));
        assert_eq!(
            hold(&[&lines[..700], &lines[701..]].concat().concat()),
            Some("wrong_record_count".to_owned())
        );
        assert_eq!(hold(&[&lines[..], &lines[1..2]].concat().concat()), Some("records_after_end".to_owned()));
        assert_eq!(hold(&[SAMPLE, SAMPLE].concat()), Some("records_after_end".to_owned()));
        assert_eq!(
            hold(&[&lines[..3], &lines[..]].concat().concat()),
            Some("second_start_record".to_owned())
        );
        assert_eq!(hold(b""), Some("no_start_record".to_owned()));
        assert_eq!(hold(b"00000000000001109012001131920011116\n"), Some("bad_start_record".to_owned()));
    }

    #[test]
    fn empty_lines_at_the_end_are_no_records() {
        assert_eq!(hold(&[SAMPLE, b"\r\n\n"].concat()), None);
    }
}
