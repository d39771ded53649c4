//! Held files: released, replaced, or going on by themselves once a gap is closed.

use crate::book::Page;
use crate::intake::{HeldFile, Intake, Taken};
use crate::kind::FileKind;
use crate::ledger::{FileEntry, FileState, Hold};
use crate::{Error, publish};
use domain::Day;
use futures::future::BoxFuture;
use std::fs::File;
use std::path::Path;

impl Intake {
    /// The files that wait for a person, ordered by SHA-256.
    pub fn held(&self) -> BoxFuture<'_, Result<Vec<HeldFile>, Error>> {
        Box::pin(async move {
            let entries = self.book.all_files(|entry| matches!(entry.state, FileState::Held(_))).await?;
            Ok(entries
                .into_iter()
                .filter_map(|entry| match entry.state {
                    FileState::Held(hold) => {
                        Some(HeldFile { sha256: entry.sha256, name: entry.name, since: entry.day, hold })
                    }
                    _ => None,
                })
                .collect())
        })
    }

    /// Takes a held file, or one that was replaced or discarded by mistake, as it is: what can be read of it has effect, the
    /// rest becomes dead letters. One that does not follow the last of its series either is held for that, and released
    /// once more. A file whose taking was interrupted after its release goes on; an accepted one is left as it is.
    pub fn release<'a>(&'a mut self, sha256: &'a str, day: Day) -> BoxFuture<'a, Result<Taken, Error>> {
        Box::pin(async move {
            let mut entry = self.entry(sha256).await?;
            let entry = match entry.state {
                FileState::Receiving => self.receive(entry).await?,
                FileState::Accepted => return Ok(Taken { entry, duplicate: true }),
                // What was discarded by mistake is taken after all, and what was replaced where nothing came of the other.
                FileState::Held(_) | FileState::Replaced { .. } | FileState::Discarded => {
                    let others = self.replacements(&entry).await?;
                    if let Some(other) = standing(&others) {
                        return Err(Error::Replaced { file: entry.sha256, other });
                    }
                    self.stand_in(&mut entry, others, day).await?;
                    if let Some(next) = self.next_reason(&entry).await? {
                        self.hold(&mut entry, next, day).await?;
                        return Ok(Taken { entry, duplicate: false });
                    }
                    self.let_go(entry, day).await?
                }
            };
            self.take_waiting(&entry, day).await?;
            Ok(Taken { entry, duplicate: false })
        })
    }

    /// The files that came in its stead, one after the other.
    async fn replacements(&mut self, entry: &FileEntry) -> Result<Vec<FileEntry>, Error> {
        let mut all: Vec<FileEntry> = Vec::new();
        while let FileState::Replaced { by } = &all.last().unwrap_or(entry).state {
            let Some(other) = self.book.file(by).await? else { break };
            all.push(other);
        }
        Ok(all)
    }

    /// A file stands in the stead of those that came in its own, of which nothing came: only one of them is ever taken.
    async fn stand_in(
        &mut self,
        entry: &mut FileEntry,
        others: Vec<FileEntry>,
        day: Day,
    ) -> Result<(), Error> {
        if others.is_empty() {
            return Ok(());
        }
        let mut page = Page::default();
        for mut other in others {
            other.state = FileState::Replaced { by: entry.sha256.clone() };
            page.file(&other)?;
        }
        // Until it is taken it counts no more than they did.
        entry.state = FileState::Discarded;
        page.file(entry)?;
        self.book.commit(day, page).await
    }

    /// Why a file is held once its first fault has been forgiven: only then it is known whether it follows the last one.
    async fn next_reason(&mut self, entry: &FileEntry) -> Result<Option<Hold>, Error> {
        let is_known = matches!(&entry.state, FileState::Held(hold) if hold.is_of_series());
        match &entry.control {
            Some(control) if !is_known => self.out_of_series(control).await,
            _ => Ok(None),
        }
    }

    /// Drops a held file for good: it does not belong here. Its content stays in the evidence store.
    pub fn discard<'a>(&'a mut self, sha256: &'a str, day: Day) -> BoxFuture<'a, Result<Taken, Error>> {
        Box::pin(async move {
            let mut entry = self.entry(sha256).await?;
            match entry.state {
                FileState::Held(_) => {}
                FileState::Discarded => return Ok(Taken { entry, duplicate: true }),
                _ => return Err(Error::NotHeld(sha256.to_owned())),
            }
            self.end_hold(&mut entry, FileState::Discarded, "discarded", day).await?;
            Ok(Taken { entry, duplicate: false })
        })
    }

    /// Takes another file in the stead of a held one. The other is checked like any new file.
    pub fn replace<'a>(
        &'a mut self,
        sha256: &'a str,
        new_file: &'a Path,
        day: Day,
    ) -> BoxFuture<'a, Result<Taken, Error>> {
        Box::pin(async move {
            let file =
                File::open(new_file).map_err(|source| Error::Read { path: new_file.to_owned(), source })?;
            let name = new_file.file_name().unwrap_or(new_file.as_os_str()).to_string_lossy();
            let new = self.evidence.put(new_file, file)?;
            self.replace_by_kept(sha256, new, &name, None, day).await
        })
    }

    /// The same with what lies in the evidence store. Asked again after an interruption, it goes on.
    pub(crate) async fn replace_by_kept(
        &mut self,
        sha256: &str,
        new: String,
        name: &str,
        kind: Option<FileKind>,
        day: Day,
    ) -> Result<Taken, Error> {
        let mut entry = self.entry(sha256).await?;
        if new == sha256 {
            return Err(Error::SameContent(new));
        }
        match &entry.state {
            FileState::Held(_) => {
                let known = self.book.file(&new).await?.map(|known| known.state);
                match known {
                    None | Some(FileState::Receiving | FileState::Held(_)) => {}
                    Some(_) => return Err(Error::TakenAlready(new)),
                }
                let other = match kind {
                    Some(kind) => kind,
                    None => self.kind_of(&new, name)?,
                };
                // What is no known kind holds itself.
                if ![entry.kind, other].contains(&FileKind::Unknown) && entry.kind != other {
                    return Err(Error::OtherKind { held: entry.kind, other });
                }
                self.same_extract(&entry, &new, name).await?;
                let replaced = FileState::Replaced { by: new.clone() };
                self.end_hold(&mut entry, replaced, "replaced", day).await?;
            }
            FileState::Replaced { by } if *by == new => {}
            _ => return Err(Error::NotHeld(sha256.to_owned())),
        }
        self.take_kept(new, name, kind, day.into()).await
    }

    /// Takes the files in whose stead others are held no longer, and which the ledger does not know: the replacing was
    /// interrupted.
    pub(crate) async fn finish_replacing(&mut self, day: Day) -> Result<Vec<Taken>, Error> {
        let mut taken = Vec::new();
        for entry in self.book.all_files(|entry| matches!(entry.state, FileState::Replaced { .. })).await? {
            let FileState::Replaced { by } = entry.state else { continue };
            if self.book.file(&by).await?.is_none() {
                taken.push(self.take_kept(by, &entry.name, None, day.into()).await?);
            }
        }
        Ok(taken)
    }

    /// A right copy of an extract says that it is of the same task and day; another one is no replacement but a file of its
    /// own.
    async fn same_extract(&mut self, held: &FileEntry, new: &str, name: &str) -> Result<(), Error> {
        let Some(wanted) = &held.control else { return Ok(()) };
        let mut other = FileEntry::new(new.to_owned(), name, held.kind, held.day.into());
        self.reason_to_hold(&mut other).await?;
        match other.control {
            Some(given) if (&given.task, given.production_date) != (&wanted.task, wanted.production_date) => {
                Err(Error::OtherExtract { held: wanted.production_date, other: given.production_date })
            }
            _ => Ok(()),
        }
    }

    async fn entry(&mut self, sha256: &str) -> Result<FileEntry, Error> {
        // What is no hash cannot be in the ledger, and is not repeated.
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
        let shown = if is_hash { sha256 } else { "of this name" };
        self.book.file(sha256).await?.ok_or_else(|| Error::NoFile(shown.to_owned()))
    }

    async fn let_go(&mut self, mut entry: FileEntry, day: Day) -> Result<FileEntry, Error> {
        let readable = match entry.kind {
            FileKind::Cpr => entry.control.is_some(),
            FileKind::Eindkomst | FileKind::CaseCommands => true,
            FileKind::Unknown => false,
        };
        if !readable {
            return Err(Error::NotReleasable(entry.sha256));
        }
        entry.day = day;
        self.end_hold(&mut entry, FileState::Receiving, "released", day).await?;
        self.receive(entry).await
    }

    /// The file is held no longer: it is told, and the entry has the state that follows.
    async fn end_hold(
        &mut self,
        entry: &mut FileEntry,
        state: FileState,
        outcome: &str,
        day: Day,
    ) -> Result<(), Error> {
        let mut page = Page::default();
        page.message(publish::let_go(entry, day, outcome)?);
        self.leave_series(entry, &mut page).await?;
        entry.state = state;
        page.file(entry)?;
        self.book.commit(day, page).await
    }

    async fn leave_series(&mut self, entry: &FileEntry, page: &mut Page) -> Result<(), Error> {
        let Some(control) = &entry.control else { return Ok(()) };
        let Some(mut series) = self.book.series(&control.task).await? else { return Ok(()) };
        if series.waiting.remove(&entry.sha256) {
            page.series(&control.task, &series)?;
        }
        Ok(())
    }

    /// Takes the files that were held for a gap which `entry` has closed, one after the other.
    pub(crate) async fn take_waiting(&mut self, entry: &FileEntry, day: Day) -> Result<(), Error> {
        let Some(task) = entry.control.as_ref().map(|control| control.task.clone()) else { return Ok(()) };
        loop {
            let Some(series) = self.book.series(&task).await? else { return Ok(()) };
            let mut next = None;
            for sha256 in &series.waiting {
                let waiting = self.entry(sha256).await?;
                if waiting.control.as_ref().is_some_and(|control| series.follows(control).is_ok()) {
                    next = Some(waiting);
                    break;
                }
            }
            let Some(waiting) = next else { return Ok(()) };
            self.let_go(waiting, day).await?;
        }
    }
}

/// The file that stands for those that replaced each other: the last of them, unless it was discarded or never came.
fn standing(replaced: &[FileEntry]) -> Option<String> {
    let stands = |last: &&FileEntry| !matches!(last.state, FileState::Discarded | FileState::Replaced { .. });
    replaced.last().filter(stands).map(|last| last.sha256.clone())
}
