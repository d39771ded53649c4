//! One command: JSON to type, every fault with a JSON pointer and without the value.

use super::check;
use crate::masked::masked;
use domain::{Cpr, Day, PersonSecret, Personnummer, says_no_day};
use messages::{CaseCommand, Party};
use serde_path_to_error::{Path, Segment};

/// The longest command, in bytes. An `open_case` with fifty children has under 8,000.
pub(crate) const COMMAND_BYTES_MAX: usize = 64 * 1024;

/// What may stand before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is wrong with a command, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CommandFault {
    /// JSON pointer (RFC 6901) to the fault; empty for the whole.
    pub pointer: String,
    /// What is wrong. No value of the command.
    pub detail: String,
}

impl CommandFault {
    pub(crate) fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// Reads a command that came on this day and checks what its type does not say. Gives all faults of meaning, or the first
/// one of form.
pub fn parse(secret: &PersonSecret, came_on: Day, json: &[u8]) -> Result<CaseCommand, Vec<CommandFault>> {
    if json.len() > COMMAND_BYTES_MAX {
        return Err(vec![CommandFault::new("", "a command has at most 64 KiB")]);
    }
    // Programs of Windows begin a file with it.
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    if std::str::from_utf8(json).is_err() {
        return Err(vec![CommandFault::new("", "it is not UTF-8: save or send it as UTF-8")]);
    }
    let mut input = serde_json::Deserializer::from_slice(json);
    let command: CaseCommand<Cpr, Personnummer> =
        serde_path_to_error::deserialize(&mut input).map_err(|error| {
            let (path, error) = (pointer(error.path()), error.into_inner());
            vec![CommandFault::new(format!("{path}{}", absent_or_doubled(&error)), detail(&error))]
        })?;
    input.end().map_err(|_| vec![CommandFault::new("", "something stands after the command: one a line")])?;
    let faults = check::faults(&command, came_on);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(command.map_persons(
        |cpr| Party { person: secret.person_key(&cpr), cpr: cpr.into() },
        |number| Party { person: secret.swedish_person_key(&number), cpr: number.into() },
    ))
}

/// The path as a JSON pointer. A key that no command has is not repeated: it could be anything.
fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } | Segment::Enum { variant: key } if is_field_name(key) => format!("/{key}"),
            Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// The field that is missing or stands twice: the path ends at the object around it. The names are ours.
fn absent_or_doubled(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let name = ["missing field `", "duplicate field `"]
        .iter()
        .find_map(|start| text.strip_prefix(start)?.split('`').next());
    name.map(|name| format!("/{name}")).unwrap_or_default()
}

/// The names of commands are short words in small letters.
fn is_field_name(key: &str) -> bool {
    key.len() <= 24 && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// What serde says, without the values and keys that it quotes.
fn detail(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let text = error.to_string();
    // The position within the line says less than the pointer.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(before, _)| before);
    match error.classify() {
        Category::Syntax if text.starts_with("recursion limit") => {
            return "it is nested too deeply".to_owned();
        }
        Category::Syntax => return "it is not JSON".to_owned(),
        Category::Eof => return "the JSON ends too early".to_owned(),
        Category::Io => return "it cannot be read".to_owned(),
        Category::Data => {}
    }
    let expected = || text.rsplit_once("expected ").map_or("something else", |(_, expected)| expected);
    let known = |what: &str| masked(&format!("{what}; expected {}", expected()));
    if says_no_day(text) {
        "it is no day of the calendar: write yyyy-mm-dd".to_owned()
    } else if text.starts_with("unknown field") {
        known("there is an unknown field")
    } else if text.starts_with("unknown variant") {
        known("there is an unknown word")
    } else if text.starts_with("invalid type") {
        known("the value has the wrong type (money is text, such as \"12.50\")")
    } else if text.starts_with("invalid value") || text.starts_with("invalid length") {
        known("the value is wrong")
    } else {
        // `missing field`, `duplicate field` and the errors of our own types: they quote names of ours only.
        masked(text)
    }
}
