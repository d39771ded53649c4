//! From items to messages.

use crate::Error;
use crate::book::Page;
use crate::item::{Fault, Item};
use crate::ledger::{FileEntry, Hold, Unread};
use crate::masked::file_name;
use domain::Day;
use messages::{Content, DeadLetter, Evidence, Refused, RefusedAt};
use runtime::Outgoing;
use std::path::Path;
use uuid::Uuid;

/// The name space of refusal ids: uuid-v5 of the DNS name `intake.rettidig.dk`.
const REFUSALS: Uuid = Uuid::from_u128(0x6b0d_1f0a_52c8_5d39_9a57_0c6f_4e21_88b3);

/// Counts the item in the entry, and puts its message, if it has one, into the page. Gives the message's bytes.
pub(crate) fn take(entry: &mut FileEntry, item: Item, page: &mut Page) -> Result<usize, Error> {
    let message = match item {
        Item::Event(record, event) => Some(counted(entry, record, &*event)?),
        Item::Arrival(record, arrival) => Some(counted(entry, record, &*arrival)?),
        Item::Command(record, command) => Some(counted(entry, record, &*command)?),
        Item::Refused(fault) | Item::Unreadable(fault) => {
            entry.refused += 1;
            let refused = refused(entry, &fault);
            page.refused(&refused)?;
            Some(outgoing(&DeadLetter::Refused(refused), &entry.sha256, fault.line)?)
        }
        Item::Remark(text) => {
            entry.remark(text);
            None
        }
    };
    entry.items_done += 1;
    let bytes = message.as_ref().map_or(0, |message| message.data.get().len());
    message.into_iter().for_each(|message| page.message(message));
    Ok(bytes)
}

fn counted<C: Content>(entry: &mut FileEntry, record: u64, content: &C) -> Result<Outgoing, Error> {
    *entry.messages.entry(C::TOPIC.name().to_owned()).or_default() += 1;
    outgoing(content, &entry.sha256, record)
}

/// The dead letter of a record. The number of the item is part of its id, so two faults of one line have two.
fn refused(entry: &FileEntry, fault: &Fault) -> Refused {
    let name = format!("{}\u{1f}{}", entry.sha256, entry.items_done);
    Refused {
        refusal: format!("ref_{}", Uuid::new_v5(&REFUSALS, name.as_bytes()).simple()),
        stage: crate::STAGE.to_owned(),
        key: fault.key.clone(),
        on: entry.day,
        at: RefusedAt::File {
            sha256: entry.sha256.clone(),
            file: entry.name.clone(),
            line: fault.line,
            field: fault.field.clone(),
        },
        code: fault.code.to_owned(),
        detail: fault.detail.clone(),
        parked: false,
    }
}

/// A file of a drop directory cannot be read.
pub(crate) fn unread(
    key: &str,
    unread: &Unread,
    file: &Path,
    (code, detail): (&str, String),
) -> Result<Outgoing, Error> {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let file = file_name(&name);
    let letter = DeadLetter::Refused(Refused {
        refusal: unread.refusal.clone(),
        stage: crate::STAGE.to_owned(),
        key: key.to_owned(),
        on: unread.since,
        at: RefusedAt::File { sha256: String::new(), file, line: 0, field: None },
        code: code.to_owned(),
        detail,
        parked: false,
    });
    Outgoing::of(&letter, Vec::new(), Vec::new()).map_err(Error::Write)
}

/// A refusal is over: a file that could not be read was read after all or is no longer there, or a person has seen to it.
pub(crate) fn settled(refusal: String, key: &str, on: Day, outcome: &str) -> Result<Outgoing, Error> {
    let (key, outcome) = (key.to_owned(), outcome.to_owned());
    let letter = DeadLetter::Settled { refusal, key, on, outcome };
    Outgoing::of(&letter, Vec::new(), Vec::new()).map_err(Error::Write)
}

/// The id of the refusal of a file that cannot be read since this day.
pub(crate) fn unread_id(key: &str, since: Day) -> String {
    let name = format!("unread\u{1f}{key}\u{1f}{since}");
    format!("ref_{}", Uuid::new_v5(&REFUSALS, name.as_bytes()).simple())
}

/// The file is held.
pub(crate) fn held(entry: &FileEntry, hold: &Hold) -> Result<Outgoing, Error> {
    let letter = DeadLetter::FileHeld {
        sha256: entry.sha256.clone(),
        file: entry.name.clone(),
        on: entry.day,
        code: hold.code.clone(),
        detail: hold.detail.clone(),
    };
    outgoing(&letter, &entry.sha256, 1)
}

/// The file is held no longer.
pub(crate) fn let_go(entry: &FileEntry, day: Day, outcome: &str) -> Result<Outgoing, Error> {
    let letter =
        DeadLetter::FileReleased { sha256: entry.sha256.clone(), on: day, outcome: outcome.to_owned() };
    outgoing(&letter, &entry.sha256, 1)
}

fn outgoing<C: Content>(content: &C, sha256: &str, record: u64) -> Result<Outgoing, Error> {
    let evidence = vec![Evidence { sha256: sha256.to_owned(), record }];
    Outgoing::of(content, Vec::new(), evidence).map_err(Error::Write)
}
