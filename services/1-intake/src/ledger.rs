//! What is kept of every file and of every series of files.

use crate::cpr::Control;
use crate::kind::FileKind;
use crate::masked::file_name;
use domain::Day;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most different remarks kept of one file; further ones are counted together.
const REMARKS_MAX: usize = 100;

/// Why a file is held back as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// A code that stands in the README.
    pub code: String,
    /// What is wrong and what to do. No personal data.
    pub detail: String,
}

/// The code of a file that does not follow the one before it.
pub(crate) const GAP: &str = "production_date_gap";

/// The code of a file that is not newer than the one before it.
const NOT_NEWER: &str = "production_date_not_newer";

impl Hold {
    /// Whether it is about the files before it.
    pub(crate) fn is_of_series(&self) -> bool {
        [GAP, NOT_NEWER].contains(&self.code.as_str())
    }

    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), detail: detail.into() }
    }
}

/// When a file comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comes {
    /// The day on which it is taken.
    pub on: Day,
    /// The day it was meant for, where that has passed.
    pub meant_for: Option<Day>,
}

impl From<Day> for Comes {
    fn from(on: Day) -> Self {
        Self { on, meant_for: None }
    }
}

/// A file of a drop directory that could not be read when it was looked at last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unread {
    /// The id of the refusal that tells of it.
    pub refusal: String,
    /// Since when.
    pub since: Day,
}

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FileState {
    /// Its items are being published; after a crash it goes on here.
    Receiving,
    /// All of it has had effect.
    Accepted,
    /// Nothing of it has effect until a person decides.
    Held(Hold),
    /// Another file has come in its stead.
    Replaced {
        /// The SHA-256 of the other.
        by: String,
    },
    /// A person has said that it does not belong here: it never has effect.
    Discarded,
}

/// One file, by content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// SHA-256 of the content: its address in the evidence store.
    pub sha256: String,
    /// The name it first came under; rows of ten and more digits are masked.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// The logical day of its messages: when it came, or was released.
    pub day: Day,
    /// The day in whose folder it lay, where that had passed when it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant_for: Option<Day>,
    /// What its start record says.
    pub control: Option<Control>,
    /// How far it has come.
    pub state: FileState,
    /// How many of its items are done.
    pub items_done: u64,
    /// How many messages it has given, by topic, dead letters not counted.
    pub messages: BTreeMap<String, u64>,
    /// How many of its records were refused.
    pub refused: u64,
    /// What was seen in it and gives no message, with how often.
    pub remarks: BTreeMap<String, u64>,
}

impl FileEntry {
    pub(crate) fn new(sha256: String, name: &str, kind: FileKind, comes: Comes) -> Self {
        Self {
            sha256,
            name: file_name(name),
            kind,
            day: comes.on,
            meant_for: comes.meant_for,
            control: None,
            state: FileState::Receiving,
            items_done: 0,
            messages: BTreeMap::new(),
            refused: 0,
            remarks: BTreeMap::new(),
        }
    }

    /// Whether nothing of it is left to be taken by itself.
    pub(crate) fn is_done(&self) -> bool {
        self.state != FileState::Receiving
    }

    /// How many messages it has given, dead letters not counted.
    pub fn accepted(&self) -> u64 {
        self.messages.values().sum()
    }

    pub(crate) fn remark(&mut self, text: String) {
        let full = self.remarks.len() >= REMARKS_MAX && !self.remarks.contains_key(&text);
        let text = if full { "other remarks".to_owned() } else { text };
        *self.remarks.entry(text).or_default() += 1;
    }
}

/// The files of one task of the population register, one following the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Series {
    /// The newest production date accepted.
    pub last: Day,
    /// Files held because of a gap, by SHA-256: they are taken once the gap is closed.
    pub waiting: BTreeSet<String>,
}

impl Series {
    /// Whether a file follows the last one accepted.
    pub(crate) fn follows(&self, control: &Control) -> Result<(), Hold> {
        let (last, produced) = (self.last, control.production_date);
        if produced <= last {
            let detail = format!(
                "it was produced on {produced}, but the file of {last} has been accepted: release it if it is the one that was \
                 missing when a later one was released (what later files say of the same persons stands); else discard it"
            );
            return Err(Hold::new(NOT_NEWER, detail));
        }
        if control.previous_production_date == Some(last) {
            return Ok(());
        }
        let previous = control.previous_production_date.map_or("none".to_owned(), |day| day.to_string());
        let detail = format!(
            "it follows the file of {previous}, but the last accepted is of {last}: get the missing file (this one then goes \
             on by itself), or release it"
        );
        Err(Hold::new(GAP, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn check(produced: &str, previous: Option<&str>) -> Option<String> {
        let series = Series { last: day("2023-04-03"), waiting: BTreeSet::new() };
        let control = Control {
            task: "110901".to_owned(),
            production_date: day(produced),
            previous_production_date: previous.map(day),
        };
        series.follows(&control).err().map(|hold| hold.code)
    }

    #[test]
    fn only_the_file_that_names_the_last_one_follows() {
        assert_eq!(check("2023-04-04", Some("2023-04-03")), None);
        assert_eq!(check("2023-04-05", Some("2023-04-04")).as_deref(), Some(GAP));
        assert_eq!(check("2023-04-05", Some("2023-03-31")).as_deref(), Some(GAP));
        assert_eq!(check("2023-04-05", None).as_deref(), Some(GAP));
        assert_eq!(check("2023-04-03", Some("2023-04-02")).as_deref(), Some("production_date_not_newer"));
        assert_eq!(check("2023-04-02", Some("2023-04-03")).as_deref(), Some("production_date_not_newer"));
    }

    #[test]
    fn remarks_stay_bounded_and_counted() {
        let mut entry =
            FileEntry::new("ab".to_owned(), "PNR_2105440645.txt", FileKind::Cpr, day("2023-04-03").into());
        for n in 0..1000 {
            entry.remark(format!("remark {n}"));
        }
        assert_eq!(entry.remarks.len(), REMARKS_MAX + 1);
        assert_eq!(entry.remarks.values().sum::<u64>(), 1000);
        assert_eq!(entry.name, "PNR_….txt");
    }
}
