//! The directory that letters are put into.

use crate::{Delivery, Letters};
use domain::{AuthorityId, CaseId, Day, HearingId, LetterId};
use messages::{Letter, LetterKind, Party};
use runtime::Caller;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// On Linux: from so many files on, one flush of the whole file system is cheaper than one of each file.
#[cfg(target_os = "linux")]
const FLUSHED_TOGETHER: usize = 8;

/// A channel that is a directory. Letters that come while others are being written are written together after them:
/// what costs is to wait for the disk, and a group waits as long as one letter does.
#[derive(Debug, Clone)]
pub struct Directory {
    root: PathBuf,
    flush: bool,
    queue: Arc<Mutex<Queue>>,
}

/// Where the outcome of a letter is told.
type Done = oneshot::Sender<io::Result<()>>;

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<(Letter, Done)>,
    /// Whether somebody is writing, who also takes what comes meanwhile.
    writing: bool,
}

impl Directory {
    /// A channel into this directory; it is made when it does not exist.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(Self { root, flush: true, queue: Arc::default() })
    }

    /// The same channel, with letters that outlive the process and not a power failure.
    #[must_use]
    pub fn unflushed(self) -> Self {
        Self { flush: false, ..self }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the letter on disk with those that come at the same time.
    async fn deliver(&self, letter: Letter) -> io::Result<()> {
        let (done, written) = oneshot::channel();
        let idle = {
            let mut queue = self.queue();
            queue.waiting.push((letter, done));
            !std::mem::replace(&mut queue.writing, true)
        };
        if idle {
            let writer = Writer { channel: self.clone(), has_ended: false };
            drop(tokio::task::spawn_blocking(move || writer.write_waiting()));
        }
        // A writer that is gone without an answer was ended by a fault; what it has written is written again.
        written.await.unwrap_or_else(|_| Err(io::Error::other("the writer of the channel has failed")))
    }

    /// All letters that wait; with none the writer's work has ended.
    fn next_group(&self) -> Option<(Vec<Letter>, Vec<Done>)> {
        let mut queue = self.queue();
        queue.writing = !queue.waiting.is_empty();
        queue.writing.then(|| std::mem::take(&mut queue.waiting).into_iter().unzip())
    }

    fn write<'a>(&self, directory: &Path, letters: impl IntoIterator<Item = &'a Letter>) -> io::Result<()> {
        let mut all = Vec::new();
        for letter in letters {
            all.extend(files(letter)?);
        }
        write_whole(directory, &all, self.flush)
    }

    /// Puts each letter on disk, in both forms and with its envelope, under names that only this letter has.
    fn write_group(&self, letters: &[Letter]) -> Vec<io::Result<()>> {
        let mut groups: BTreeMap<PathBuf, Vec<(usize, &Letter)>> = BTreeMap::new();
        for (number, letter) in letters.iter().enumerate() {
            let year = letter.written_on.format("%Y").to_string();
            let directory = self.root.join(letter.authority.as_str()).join(year);
            groups.entry(directory).or_default().push((number, letter));
        }
        let mut results: Vec<io::Result<()>> = letters.iter().map(|_| Ok(())).collect();
        for (directory, group) in groups {
            if self.write(&directory, group.iter().map(|(_, letter)| *letter)).is_err() {
                // One that cannot be written does not hold the others.
                for (number, letter) in group {
                    results[number] = self.write(&directory, [letter]);
                }
            }
        }
        results
    }
}

/// Whoever writes. One that panics, or never gets a thread, leaves the channel to the next and tells those who wait.
struct Writer {
    channel: Directory,
    has_ended: bool,
}

impl Writer {
    fn write_waiting(mut self) {
        while let Some((letters, done)) = self.channel.next_group() {
            for (result, done) in self.channel.write_group(&letters).into_iter().zip(done) {
                drop(done.send(result));
            }
        }
        self.has_ended = true;
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.has_ended {
            *self.channel.queue() = Queue::default();
        }
    }
}

/// Who gets a letter, and what it is: what a letter's own text does not say in a form that machines read.
#[derive(Serialize)]
struct Envelope<'a> {
    letter: &'a LetterId,
    recipient: &'a Party,
    title: &'a str,
    kind: LetterKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    hearing: Option<&'a HearingId>,
    case: &'a CaseId,
    authority: &'a AuthorityId,
    written_on: Day,
}

/// A file's name and what is in it.
type Content<'a> = (String, Cow<'a, [u8]>);

/// Both forms of a letter and its envelope, by the names that only this letter has.
fn files(letter: &Letter) -> io::Result<[Content<'_>; 3]> {
    let Letter { letter: id, case, authority, recipient, kind, hearing, written_on, title, text, html } =
        letter;
    let (kind, hearing, written_on) = (*kind, hearing.as_ref(), *written_on);
    let envelope = Envelope { letter: id, recipient, title, kind, hearing, case, authority, written_on };
    let file = |form: &str, content| (format!("{id}.{form}"), content);
    Ok([
        file("txt", Cow::Borrowed(text.as_bytes())),
        file("html", Cow::Borrowed(html.as_bytes())),
        file("json", Cow::Owned(serde_json::to_vec_pretty(&envelope)?)),
    ])
}

/// Under its name each file is whole or not there. With `flush` all are on disk, with the folders that lead to them, when
/// it returns.
fn write_whole(directory: &Path, files: &[Content<'_>], flush: bool) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let temporary = |name: &str| directory.join(format!(".{name}.part"));
    let mut written = Vec::with_capacity(files.len());
    for (name, content) in files {
        let mut file = File::create(temporary(name))?;
        file.write_all(content)?;
        written.push(file);
    }
    if flush {
        flush_all(&written)?;
    }
    for (name, _) in files {
        fs::rename(temporary(name), directory.join(name))?;
    }
    if !flush {
        return Ok(());
    }
    // A name lasts once its folder is synced: those of the files, of the year and of the authority.
    directory.ancestors().take(3).try_for_each(|folder| File::open(folder)?.sync_all())
}

fn flush_all(files: &[File]) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(any) = files.first().filter(|_| files.len() >= FLUSHED_TOGETHER) {
        return Ok(rustix::fs::syncfs(any)?);
    }
    files.iter().try_for_each(File::sync_all)
}

#[async_trait::async_trait]
impl Caller<Letters> for Directory {
    async fn call(&self, _key: &str, id: &str, letter: Letter) -> Delivery {
        match self.deliver(letter).await {
            Ok(()) => Delivery::Delivered,
            Err(error) => {
                tracing::error!(letter.id = id, error.kind = %error.kind(), "a letter could not be written to the channel; it is tried again");
                Delivery::Failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::LetterId;

    #[test]
    fn a_file_written_twice_is_there_once_and_whole() {
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            write_whole(directory.path(), &[("a.txt".to_owned(), Cow::Borrowed(b"whole".as_slice()))], true)
                .unwrap();
        }
        let names: Vec<_> =
            fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.txt"]);
        assert_eq!(fs::read(directory.path().join("a.txt")).unwrap(), b"whole");
    }

    fn letter(number: u32) -> Letter {
        Letter { letter: LetterId::derive(&[&number.to_string()]), ..crate::decide::tests::letter() }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn letters_that_come_at_the_same_time_are_all_there_when_they_are_reported() {
        let directory = tempfile::tempdir().unwrap();
        let channel = Directory::open(directory.path()).unwrap();
        let deliveries = (0..40).map(|number| {
            let (channel, letter) = (channel.clone(), letter(number));
            tokio::spawn(async move {
                let id = letter.letter.to_string();
                let folder = channel.root.join(letter.authority.as_str()).join("2023");
                assert_eq!(channel.call("K-1", &id, letter).await, Delivery::Delivered);
                let has = |form| folder.join(format!("{id}.{form}")).is_file();
                assert!(has("txt") && has("html") && has("json"));
            })
        });
        for delivery in deliveries.collect::<Vec<_>>() {
            delivery.await.unwrap();
        }
        // Whoever writes reports first and puts the pen down after it.
        let begun = std::time::Instant::now();
        while channel.queue().writing {
            assert!(begun.elapsed().as_secs() < 10, "somebody writes for ever");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }

    #[test]
    fn an_envelope_names_who_gets_the_letter() {
        let directory = tempfile::tempdir().unwrap();
        let channel = Directory::open(directory.path()).unwrap();
        let letter = letter(1);
        channel.write_group(std::slice::from_ref(&letter)).remove(0).unwrap();
        let path = directory.path().join("0101/2023").join(format!("{}.json", letter.letter));
        let envelope: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(envelope["recipient"]["cpr"], "2105440645");
        assert_eq!(envelope["letter"], letter.letter.as_str());
        assert_eq!(envelope["kind"], "decision");
    }

    #[tokio::test]
    async fn a_letter_that_cannot_be_written_is_told_and_those_after_it_are_written() {
        let directory = tempfile::tempdir().unwrap();
        let channel = Directory::open(directory.path()).unwrap();
        let authority = directory.path().join(letter(1).authority.as_str());
        fs::write(&authority, b"in the way").unwrap();
        assert_eq!(channel.call("K-1", "let_1", letter(1)).await, Delivery::Failed);
        fs::remove_file(&authority).unwrap();
        assert_eq!(channel.call("K-1", "let_1", letter(1)).await, Delivery::Delivered);
    }

    #[test]
    fn a_letter_that_cannot_be_written_does_not_hold_those_of_its_group() {
        let directory = tempfile::tempdir().unwrap();
        let channel = Directory::open(directory.path()).unwrap();
        let letters = [letter(1), letter(2), letter(3)];
        let folder = directory.path().join(letters[0].authority.as_str()).join("2023");
        fs::create_dir_all(folder.join(format!("{}.html", letters[1].letter)).join("in the way")).unwrap();
        let written = channel.write_group(&letters);
        assert_eq!(written.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_an_error_and_not_a_panic() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(Directory::open(file.path().join("below-a-file")).is_err());
    }
}
