//! Files in, messages out, each file once.

use crate::book::{Book, Page};
use crate::cpr::{Control, Layout};
use crate::directory::Stamp;
use crate::evidence::EvidenceStore;
use crate::kind::FileKind;
use crate::ledger::{Comes, FileEntry, FileState, GAP, Hold, Series};
use crate::source::{Items, check};
use crate::{Error, publish};
use domain::{Day, PersonSecret};
use eventlog::Log;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Store;

/// How many items are saved and published in one commit: enough to make its cost small, and few enough that the next
/// stages work on the first while the rest of a file is read.
pub const RECORDS_PER_COMMIT_MAX: usize = 250;

/// After how many bytes of messages a commit takes no further item: bounds memory when commands are long.
const COMMIT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What intake is given.
#[derive(Debug, Clone)]
pub struct IntakeConfig {
    /// The folder that keeps the raw input.
    pub evidence_dir: PathBuf,
    /// The secret under which CPR numbers become keys. The same for ever: another one gives other keys.
    pub secret: PersonSecret,
    /// Where files of a drop directory are moved once they are in the ledger; `None` leaves them.
    pub done_dir: Option<PathBuf>,
}

/// The file ledger and all that is needed to read files.
pub struct Intake {
    pub(crate) config: IntakeConfig,
    pub(crate) book: Book,
    pub(crate) evidence: EvidenceStore,
    layout: Arc<Layout>,
    /// Files that lie in drop directories and are taken.
    pub(crate) looked: BTreeMap<PathBuf, Stamp>,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its entry as it is now.
    pub entry: FileEntry,
    /// Whether its content had been taken before: it had no effect this time.
    pub duplicate: bool,
}

/// A file that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldFile {
    /// SHA-256 of its content.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// When it came.
    pub since: Day,
    /// Why it is held and what to do.
    pub hold: Hold,
}

/// How many files there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// All of it had effect.
    pub accepted: u64,
    /// Nothing of it has effect until a person decides.
    pub held: u64,
    /// Of all, those that came after the day they were meant for.
    pub late: u64,
    /// Messages given, by topic, dead letters not counted.
    pub messages: BTreeMap<String, u64>,
    /// Records refused.
    pub refused: u64,
}

impl Intake {
    /// Opens the ledger. Call [`Intake::resume`] before the first file.
    pub fn open(
        config: IntakeConfig,
        log: Arc<dyn Log>,
        store: Arc<dyn Store>,
    ) -> BoxFuture<'static, Result<Self, Error>> {
        Box::pin(async move {
            let layout = Arc::new(Layout::load()?);
            let evidence = EvidenceStore::open(config.evidence_dir.clone())?;
            let book = Book::open(log, store, &config.secret).await?;
            Ok(Self { config, book, evidence, layout, looked: BTreeMap::new() })
        })
    }

    /// Finishes what was interrupted: files that were being taken (their messages keep the day they had), those that were to
    /// be taken in the stead of others, and held ones whose gap has been closed.
    pub fn resume(&mut self, day: Day) -> BoxFuture<'_, Result<Vec<Taken>, Error>> {
        Box::pin(async move {
            let mut taken = Vec::new();
            for entry in self.book.all_files(|entry| entry.state == FileState::Receiving).await? {
                taken.push(Taken { entry: self.receive(entry).await?, duplicate: false });
            }
            taken.extend(self.finish_replacing(day).await?);
            let waits = |entry: &FileEntry| matches!(&entry.state, FileState::Held(hold) if hold.code == GAP);
            for entry in self.book.all_files(waits).await? {
                self.take_waiting(&entry, day).await?;
            }
            Ok(taken)
        })
    }

    /// Takes a file. Content that was taken before has no effect; an interrupted file goes on where it stopped.
    pub async fn take_file(&mut self, path: &Path, day: Day) -> Result<Taken, Error> {
        self.take_path(path, day.into()).await
    }

    pub(crate) async fn take_path(&mut self, path: &Path, comes: Comes) -> Result<Taken, Error> {
        let file = File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let sha256 = self.evidence.put(path, file)?;
        self.take_kept(sha256, &name, None, comes).await
    }

    /// Takes bytes that came otherwise, under a name of the caller's choice.
    pub async fn take_bytes(&mut self, name: &str, bytes: &[u8], day: Day) -> Result<Taken, Error> {
        let sha256 = self.evidence.put(Path::new(name), bytes)?;
        self.take_kept(sha256, name, None, day.into()).await
    }

    /// Takes what lies in the evidence store; `kind` where the caller knows it.
    pub(crate) async fn take_kept(
        &mut self,
        sha256: String,
        name: &str,
        kind: Option<FileKind>,
        comes: Comes,
    ) -> Result<Taken, Error> {
        let day = comes.on;
        if let Some(entry) = self.book.file(&sha256).await? {
            return match entry.state {
                FileState::Receiving => Ok(Taken { entry: self.receive(entry).await?, duplicate: false }),
                _ => Ok(Taken { entry, duplicate: true }),
            };
        }
        let kind = match kind {
            Some(kind) => kind,
            None => self.kind_of(&sha256, name)?,
        };
        let mut entry = FileEntry::new(sha256, name, kind, comes);
        if let Some(hold) = self.reason_to_hold(&mut entry).await? {
            self.hold(&mut entry, hold, day).await?;
            return Ok(Taken { entry, duplicate: false });
        }
        let entry = self.receive(entry).await?;
        self.take_waiting(&entry, day).await?;
        Ok(Taken { entry, duplicate: false })
    }

    /// What the file is, by its name or its first sign.
    pub(crate) fn kind_of(&self, sha256: &str, name: &str) -> Result<FileKind, Error> {
        // Enough for a byte order mark and blanks before the first sign.
        let mut start = Vec::new();
        let input = self.evidence.read(sha256)?;
        input.take(64).read_to_end(&mut start).map_err(|source| self.unreadable(sha256, source))?;
        Ok(FileKind::of(name, &start))
    }

    fn unreadable(&self, sha256: &str, source: std::io::Error) -> Error {
        Error::Read { path: self.evidence.path(sha256), source }
    }

    pub(crate) async fn reason_to_hold(&mut self, entry: &mut FileEntry) -> Result<Option<Hold>, Error> {
        let input = self.evidence.read(&entry.sha256)?;
        let hold = check(entry, &self.layout, &self.config.secret, input);
        let hold = hold.map_err(|source| self.unreadable(&entry.sha256, source))?;
        match (&hold, &entry.control) {
            (None, Some(control)) => self.out_of_series(control).await,
            _ => Ok(hold),
        }
    }

    /// Why a file does not follow the last one accepted of its series.
    pub(crate) async fn out_of_series(&mut self, control: &Control) -> Result<Option<Hold>, Error> {
        let series = self.book.series(&control.task).await?;
        Ok(series.and_then(|series| series.follows(control).err()))
    }

    /// Holds a file back, and tells of it.
    pub(crate) async fn hold(&mut self, entry: &mut FileEntry, hold: Hold, day: Day) -> Result<(), Error> {
        let mut page = Page::default();
        if hold.code == GAP {
            self.wait_in_series(entry, &mut page).await?;
        }
        tracing::warn!(
            file.sha256 = entry.sha256,
            file.name = entry.name,
            code = hold.code,
            detail = hold.detail,
            "a file is held"
        );
        page.message(publish::held(entry, &hold)?);
        entry.state = FileState::Held(hold);
        page.file(entry)?;
        self.book.commit(day, page).await
    }

    /// Publishes what is left of a file, commit by commit.
    pub(crate) async fn receive(&mut self, mut entry: FileEntry) -> Result<FileEntry, Error> {
        let (layout, secret) = (Arc::clone(&self.layout), self.config.secret.clone());
        let input = self.evidence.read(&entry.sha256)?;
        let path = self.evidence.path(&entry.sha256);
        let read = |source| Error::Read { path: path.clone(), source };
        let mut items = Items::of(&entry, &layout, &secret, input).map_err(read)?;
        for _ in 0..entry.items_done {
            items.next_item().map_err(read)?;
        }
        while entry.state == FileState::Receiving {
            let page = self.next_page(&mut entry, &mut items, &path).await?;
            self.book.commit(entry.day, page).await?;
        }
        let (messages, refused) = (entry.accepted(), entry.refused);
        if refused == 0 {
            tracing::info!(
                file.sha256 = entry.sha256,
                file.name = entry.name,
                messages,
                "a file is accepted"
            );
        } else {
            tracing::warn!(
                file.sha256 = entry.sha256,
                file.name = entry.name,
                messages,
                refused,
                "a file is taken, and some of it was refused: correct that and send it again"
            );
        }
        Ok(entry)
    }

    /// The next items and the entry after them; the last page accepts the file.
    async fn next_page<R: BufRead>(
        &mut self,
        entry: &mut FileEntry,
        items: &mut Items<'_, R>,
        path: &Path,
    ) -> Result<Page, Error> {
        let mut page = Page::default();
        let (mut records, mut bytes) = (0, 0);
        while records < RECORDS_PER_COMMIT_MAX && bytes < COMMIT_BYTES_MAX {
            let item = items.next_item().map_err(|source| Error::Read { path: path.to_owned(), source })?;
            let Some(item) = item else {
                entry.state = FileState::Accepted;
                self.advance_series(entry, &mut page).await?;
                break;
            };
            records += 1;
            bytes += publish::take(entry, item, &mut page)?;
        }
        page.file(entry)?;
        Ok(page)
    }

    /// An accepted extract moves its series on.
    async fn advance_series(&mut self, entry: &FileEntry, page: &mut Page) -> Result<(), Error> {
        let Some(control) = &entry.control else { return Ok(()) };
        let produced = control.production_date;
        let before = self.book.series(&control.task).await?;
        let mut series = before.unwrap_or(Series { last: produced, waiting: BTreeSet::new() });
        series.last = series.last.max(produced);
        series.waiting.remove(&entry.sha256);
        page.series(&control.task, &series)
    }

    async fn wait_in_series(&mut self, entry: &FileEntry, page: &mut Page) -> Result<(), Error> {
        let Some(control) = &entry.control else { return Ok(()) };
        if let Some(mut series) = self.book.series(&control.task).await? {
            series.waiting.insert(entry.sha256.clone());
            page.series(&control.task, &series)?;
        }
        Ok(())
    }

    /// How many files and messages there are.
    pub fn report(&self) -> BoxFuture<'_, Result<Report, Error>> {
        Box::pin(async move {
            let mut report = Report::default();
            for entry in self.book.all_files(|_| true).await? {
                match entry.state {
                    FileState::Accepted => report.accepted += 1,
                    FileState::Held(_) => report.held += 1,
                    FileState::Receiving | FileState::Replaced { .. } | FileState::Discarded => {}
                }
                report.late += u64::from(entry.meant_for.is_some());
                report.refused += entry.refused;
                for (topic, count) in entry.messages {
                    *report.messages.entry(topic).or_default() += count;
                }
            }
            Ok(report)
        })
    }

    /// Somebody has seen to a refused line or record, or, named by its SHA-256, to all of a file: what they should have said
    /// was sent again, corrected, or is not needed. `false`: no such refusal is open.
    pub async fn discard_refused(&mut self, refusal_or_file: &str, day: Day) -> Result<bool, Error> {
        let refused = self.book.refused(refusal_or_file).await?;
        self.book.discard_refused(&refused, day).await?;
        Ok(!refused.is_empty())
    }

    /// A page of the ledger, ordered by SHA-256, after this one.
    pub async fn files(&self, after: Option<&str>, max: usize) -> Result<Vec<FileEntry>, Error> {
        self.book.files(after, max).await
    }
}
