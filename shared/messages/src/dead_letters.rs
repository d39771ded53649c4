//! `dead-letters`: what could not be processed, and what came of it.

use crate::body::content_kinds;
use crate::{Content, Topic};
use domain::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something was refused, held, or let go again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetter {
    /// A message or a line was refused. It is kept.
    Refused(Refused),
    /// What was refused waits no longer.
    Settled {
        /// Which: the id of the refusal.
        refusal: String,
        /// The key of the record that told of it.
        key: String,
        /// When.
        on: Day,
        /// `requeued` or `discarded`; of a file that could not be read: `read`, or `gone` when it is no longer there; of
        /// what a case waited for: `opened` or `closed`.
        outcome: String,
    },
    /// A file is held back as a whole.
    FileHeld {
        /// SHA-256 of the file.
        sha256: String,
        /// Its name.
        file: String,
        /// When.
        on: Day,
        /// A code such as `production_date_gap`.
        code: String,
        /// What is wrong and what to do.
        detail: String,
    },
    /// A held file was released, replaced or discarded.
    FileReleased {
        /// SHA-256 of the file.
        sha256: String,
        /// When.
        on: Day,
        /// `released`, `replaced` or `discarded`.
        outcome: String,
    },
}

/// A refused message or line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Id of the refusal: the same refusal always has the same.
    pub refusal: String,
    /// The stage that refused.
    pub stage: String,
    /// The key it belongs to; empty when unknown.
    pub key: String,
    /// When.
    pub on: Day,
    /// Where it stood.
    pub at: RefusedAt,
    /// A code such as `undecodable`.
    pub code: String,
    /// What is wrong and what to do. No personal data.
    pub detail: String,
    /// Whether later messages of the key wait.
    pub parked: bool,
}

impl Refused {
    /// The key of its record: what has one is one alert. Those of the lines of a file are one.
    pub fn record_key(&self) -> String {
        match &self.at {
            RefusedAt::File { sha256, .. } if !sha256.is_empty() => format!("lines/{sha256}"),
            _ => self.key.clone(),
        }
    }

    /// Whether it is a line or record of the file with this SHA-256.
    pub fn is_of_file(&self, file: &str) -> bool {
        matches!(&self.at, RefusedAt::File { sha256, .. } if !sha256.is_empty() && sha256 == file)
    }

    /// Whether a stage keeps it until it is requeued or discarded.
    pub fn is_kept_by_a_stage(&self) -> bool {
        matches!(self.at, RefusedAt::Log { .. })
    }

    /// Whether a message or a line was refused, and not something of a case that waits for staff.
    pub fn is_of_message(&self) -> bool {
        self.at != RefusedAt::Case
    }
}

/// Where a refused thing stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusedAt {
    /// In the log.
    Log {
        /// Topic.
        topic: String,
        /// Partition.
        partition: u32,
        /// Position.
        offset: i64,
        /// The message's id, where it has one.
        message: Option<String>,
    },
    /// In a file.
    File {
        /// SHA-256: its address in the evidence store; empty where the file itself could not be read.
        sha256: String,
        /// Its name.
        file: String,
        /// Line or record, counted from 1; 0 where it is the file itself.
        line: u64,
        /// The field, where one is to blame.
        field: Option<String>,
    },
    /// In a request.
    Request {
        /// SHA-256 of the body: its address in the evidence store.
        sha256: String,
        /// JSON pointer to the fault.
        pointer: String,
    },
    /// In a case as a whole: what was stated of it does not suffice.
    Case,
}

/// What was refused, and what of it was settled since.
#[derive(Debug, Default)]
pub struct Refusals {
    /// In the order in which they were refused first, each with whether it is open.
    refused: Vec<(Refused, bool)>,
}

impl Refusals {
    /// From all dead letters in the order in which they were written. What is refused again has the id it had, and is
    /// one.
    pub fn of(letters: impl IntoIterator<Item = DeadLetter>) -> Self {
        let mut all = Self::default();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for letter in letters {
            match letter {
                DeadLetter::Refused(one) => match places.get(&one.refusal) {
                    Some(place) => all.refused[*place] = (one, true),
                    None => {
                        places.insert(one.refusal.clone(), all.refused.len());
                        all.refused.push((one, true));
                    }
                },
                DeadLetter::Settled { refusal, .. } => {
                    if let Some(place) = places.get(&refusal) {
                        all.refused[*place].1 = false;
                    }
                }
                DeadLetter::FileHeld { .. } | DeadLetter::FileReleased { .. } => {}
            }
        }
        all
    }

    /// How many messages and lines there ever were.
    pub fn ever(&self) -> usize {
        self.refused.iter().filter(|(refused, _)| refused.is_of_message()).count()
    }

    /// What waits, or is to be sent again.
    pub fn open(&self) -> impl Iterator<Item = &Refused> {
        self.refused.iter().filter(|(_, open)| *open).map(|(refused, _)| refused)
    }
}

impl Content for DeadLetter {
    const TOPIC: Topic = Topic::DeadLetters;
    fn key(&self) -> String {
        match self {
            Self::Refused(refused) => refused.record_key(),
            Self::Settled { key, .. } => key.clone(),
            Self::FileHeld { sha256, .. } | Self::FileReleased { sha256, .. } => sha256.clone(),
        }
    }
    content_kinds! { content => content;
        Self::Refused(_) => "refused",
        Self::Settled { .. } => "settled",
        Self::FileHeld { .. } => "file-held",
        Self::FileReleased { .. } => "file-released",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(refusal: &str, detail: &str) -> DeadLetter {
        DeadLetter::Refused(Refused {
            refusal: refusal.to_owned(),
            stage: "intake".to_owned(),
            key: "file".to_owned(),
            on: Day::default(),
            at: RefusedAt::Request { sha256: String::new(), pointer: String::new() },
            code: "unreadable".to_owned(),
            detail: detail.to_owned(),
            parked: false,
        })
    }

    fn settled(refusal: &str) -> DeadLetter {
        let (refusal, key, outcome) = (refusal.to_owned(), "file".to_owned(), "gone".to_owned());
        DeadLetter::Settled { refusal, key, on: Day::default(), outcome }
    }

    #[test]
    fn what_is_refused_again_is_one_and_open_also_after_it_was_settled() {
        let details = |letters: &[DeadLetter]| {
            let refusals = Refusals::of(letters.to_vec());
            let open: Vec<String> = refusals.open().map(|one| one.detail.clone()).collect();
            (refusals.ever(), open)
        };
        assert_eq!(details(&[refused("a", "1"), refused("a", "2")]), (1, vec!["2".to_owned()]));
        let gone = vec![refused("a", "1"), settled("a"), refused("b", "1")];
        assert_eq!(details(&gone), (2, vec!["1".to_owned()]));
        let back = [gone, vec![refused("a", "2")]].concat();
        assert_eq!(details(&back), (2, vec!["2".to_owned(), "1".to_owned()]));
    }
}
