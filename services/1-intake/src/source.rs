//! One way to read all kinds of files.

use crate::cpr::{self, Layout};
use crate::item::Item;
use crate::kind::FileKind;
use crate::ledger::{FileEntry, Hold};
use crate::{commands, eindkomst};
use domain::PersonSecret;
use std::io::{BufRead, Result};

/// The reader for a file's kind.
pub(crate) enum Items<'a, R> {
    Cpr(Box<cpr::Reader<'a, R>>),
    Eindkomst(Box<eindkomst::Reader<'a, R>>),
    Commands(commands::Reader<'a, R>),
    /// A file whose kind or production date is unknown is never read.
    None,
}

impl<'a, R: BufRead> Items<'a, R> {
    /// Reads the file from its beginning.
    pub(crate) fn of(
        entry: &FileEntry,
        layout: &'a Layout,
        secret: &'a PersonSecret,
        input: R,
    ) -> Result<Self> {
        Ok(match (entry.kind, &entry.control) {
            (FileKind::Cpr, Some(control)) => {
                Self::Cpr(Box::new(cpr::Reader::new(layout, secret, control.production_date, input)?))
            }
            (FileKind::Eindkomst, _) => {
                Self::Eindkomst(Box::new(eindkomst::Reader::new(secret, entry.day, input)))
            }
            (FileKind::CaseCommands, _) => Self::Commands(commands::Reader::new(secret, entry.day, input)),
            (FileKind::Cpr | FileKind::Unknown, _) => Self::None,
        })
    }

    /// The next item, `None` at the end.
    pub(crate) fn next_item(&mut self) -> Result<Option<Item>> {
        match self {
            Self::Cpr(reader) => reader.next_item(),
            Self::Eindkomst(reader) => Ok(reader.next_item()),
            Self::Commands(reader) => reader.next_item(),
            Self::None => Ok(None),
        }
    }
}

/// Reads a new file once, before anything of it has effect: sets what its start record says and tells why it must be
/// held.
pub(crate) fn check<R: BufRead>(
    entry: &mut FileEntry,
    layout: &Layout,
    secret: &PersonSecret,
    input: R,
) -> Result<Option<Hold>> {
    match entry.kind {
        FileKind::Cpr => {
            let (control, hold) = cpr::check(layout, input)?;
            entry.control = control;
            Ok(hold)
        }
        FileKind::Eindkomst => Ok(eindkomst::check(secret, entry.day, input)),
        FileKind::CaseCommands => Ok(None),
        FileKind::Unknown => {
            let detail = "neither its name nor its first sign says what it is; name it as the README of intake says and \
                          replace it";
            Ok(Some(Hold::new("unknown_kind", detail)))
        }
    }
}
