//! Drop directories.

use crate::book::Page;
use crate::evidence::FILE_BYTES_MAX;
use crate::intake::{Intake, Taken};
use crate::ledger::{Comes, Unread};
use crate::{Error, publish};
use domain::Day;
use futures::future::BoxFuture;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

impl Intake {
    /// Takes every file that lies directly in the folder, in the order of the names. Names that begin with a dot or end
    /// in `.part`, `.tmp` or `.filepart` are still being written and are left for later. With `done_dir` set, a file is
    /// moved there once it is in the ledger, held ones too: the evidence store has them.
    ///
    /// What cannot be read becomes a dead letter, once, and the others are taken; it is tried again with each call, and
    /// the dead letter is settled when it could be read or is gone.
    pub fn take_directory<'a>(
        &'a mut self,
        folder: &'a Path,
        day: Day,
    ) -> BoxFuture<'a, Result<Vec<Taken>, Error>> {
        self.take_folder(folder, day.into())
    }

    /// The same with a folder of a day that has passed: what of it is not in the ledger comes late.
    pub fn take_late<'a>(
        &'a mut self,
        folder: &'a Path,
        meant_for: Day,
        day: Day,
    ) -> BoxFuture<'a, Result<Vec<Taken>, Error>> {
        self.take_folder(folder, Comes { on: day, meant_for: Some(meant_for) })
    }

    /// How many files of the folder are neither in the ledger nor told to be unreadable.
    pub async fn untaken(&mut self, folder: &Path) -> Result<u64, Error> {
        let of = self.config.secret.name_key(folder.as_os_str().as_bytes());
        let unread = self.book.unread(&of).await?;
        let mut untaken = 0;
        for path in files(folder)? {
            let told = unread.contains_key(&self.unread_key(&of, &path));
            untaken += u64::from(!told && !self.knows(&path).await.unwrap_or(false));
        }
        Ok(untaken)
    }

    fn take_folder<'a>(
        &'a mut self,
        folder: &'a Path,
        comes: Comes,
    ) -> BoxFuture<'a, Result<Vec<Taken>, Error>> {
        Box::pin(async move {
            let of = self.config.secret.name_key(folder.as_os_str().as_bytes());
            let mut unread = self.book.unread(&of).await?;
            let mut taken = Vec::new();
            let mut there = files(folder)?;
            // Where taken files go may lie in it.
            there.retain(|path| self.config.done_dir.as_deref() != Some(path));
            for path in &there {
                let key = self.unread_key(&of, path);
                match self.take_whole(path, comes).await {
                    Ok((new, lay)) => {
                        taken.extend(new);
                        self.move_away(path, &lay);
                        if let Some(known) = unread.remove(&key) {
                            self.settle(&key, known, comes.on, "read").await?;
                        }
                    }
                    Err(error) if error.is_about(path) => {
                        if is_gone(&error) && unread.contains_key(&key) {
                            continue;
                        }
                        if unread.remove(&key).is_none() && !is_gone(&error) {
                            self.report_unread(&key, path, comes.on, &error).await?;
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
            self.looked.retain(|path, _| path.parent() != Some(folder) || there.contains(path));
            for (key, known) in unread {
                self.settle(&key, known, comes.on, "gone").await?;
            }
            Ok(taken)
        })
    }

    /// The key under which it is kept that a file of this folder cannot be read.
    fn unread_key(&self, folder: &str, path: &Path) -> String {
        let name = path.file_name().unwrap_or_default();
        format!("{folder}/{}", self.config.secret.name_key(name.as_bytes()))
    }

    /// Takes a file, unless it has been taken and lies there as it did: it is looked at every few seconds. A late one that
    /// is known already is not read into the evidence store again. Also tells how it lay there before it was read.
    async fn take_whole(&mut self, path: &Path, comes: Comes) -> Result<(Option<Taken>, Stamp), Error> {
        let found = readable(path)?;
        let lay = Stamp::of(&found);
        let stays = self.config.done_dir.is_none();
        let late = comes.meant_for.is_some();
        if (stays && self.lies_as_it_did(path, &found)) || (late && self.knows(path).await?) {
            return Ok((None, lay));
        }
        let taken = self.take_path(path, comes).await?;
        if stays && taken.entry.is_done() {
            self.looked.insert(path.to_owned(), lay.clone());
        }
        if let (false, Some(meant_for)) = (taken.duplicate, comes.meant_for) {
            tracing::warn!(
                file.sha256 = taken.entry.sha256,
                file.name = taken.entry.name,
                meant_for = %meant_for,
                on = %comes.on,
                "a file of a day that has passed is taken late"
            );
        }
        Ok((Some(taken), lay))
    }

    /// Whether all of the file's content has been taken.
    async fn knows(&mut self, path: &Path) -> Result<bool, Error> {
        let found = readable(path)?;
        if self.lies_as_it_did(path, &found) {
            return Ok(true);
        }
        let read = |source| Error::Read { path: path.to_owned(), source };
        let sha256 = crate::evidence::sha256(File::open(path).map_err(read)?).map_err(read)?;
        let done = self.book.file(&sha256).await?.is_some_and(|entry| entry.is_done());
        if done {
            self.looked.insert(path.to_owned(), Stamp::of(&found));
        }
        Ok(done)
    }

    fn lies_as_it_did(&self, path: &Path, found: &Metadata) -> bool {
        self.looked.get(path).is_some_and(|looked| *looked == Stamp::of(found))
    }

    async fn report_unread(&mut self, key: &str, path: &Path, on: Day, error: &Error) -> Result<(), Error> {
        tracing::error!(
            error = error as &(dyn std::error::Error + 'static),
            "a file cannot be read and is tried again; the others are taken"
        );
        let unread = Unread { refusal: publish::unread_id(key, on), since: on };
        let mut page = Page::default();
        page.unread(key, Some(&unread))?;
        page.message(publish::unread(key, &unread, path, reason(error))?);
        self.book.commit(on, page).await
    }

    async fn settle(&mut self, key: &str, known: Unread, on: Day, outcome: &str) -> Result<(), Error> {
        let mut page = Page::default();
        page.unread(key, None)?;
        page.message(publish::settled(known.refusal, key, on, outcome)?);
        self.book.commit(on, page).await
    }

    /// What was taken goes to the done directory. It has had its effect, so that a failure holds nothing up: the file is
    /// known by its content the next time, and moved then. What somebody has put in its place meanwhile stays: it is
    /// another file, and not yet taken.
    pub(crate) fn move_away(&self, path: &Path, lay: &Stamp) {
        let (Some(done), Some(name)) = (&self.config.done_dir, path.file_name()) else { return };
        if fs::metadata(path).is_ok_and(|found| Stamp::of(&found) != *lay) {
            return;
        }
        if let Err(source) = moved(path, done, name) {
            let error = Error::Keep { path: done.join(name), source };
            tracing::error!(
                error = &error as &(dyn std::error::Error + 'static),
                "a file was taken and could not be moved away; it is tried again"
            );
        }
    }
}

/// Moves a file into a folder, also of another file system: there its name has the whole of it or does not exist.
fn moved(path: &Path, folder: &Path, name: &OsStr) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    match fs::rename(path, folder.join(name)) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            let mut part = OsString::from(".");
            part.push(name);
            part.push(".part");
            let part = folder.join(part);
            fs::copy(path, &part)?;
            File::open(&part)?.sync_all()?;
            fs::rename(&part, folder.join(name))?;
            fs::remove_file(path)
        }
        other => other,
    }
}

/// How a file lay there when it was taken: what is written anew has another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    bytes: u64,
    changed: (i64, i64),
}

impl Stamp {
    pub(crate) fn of(found: &Metadata) -> Self {
        Self { inode: found.ino(), bytes: found.len(), changed: (found.ctime(), found.ctime_nsec()) }
    }
}

/// Only a regular file is opened: to open a pipe could wait for ever.
fn readable(path: &Path) -> Result<Metadata, Error> {
    let read = |source| Error::Read { path: path.to_owned(), source };
    match fs::metadata(path).map_err(read)? {
        found if found.len() > FILE_BYTES_MAX => Err(Error::TooLarge { path: path.to_owned() }),
        found if found.is_file() => Ok(found),
        found if found.is_dir() => Err(read(ErrorKind::IsADirectory.into())),
        _ => Err(read(ErrorKind::InvalidInput.into())),
    }
}

/// Whether the file has gone since the folder was listed. A link that leads nowhere is still there.
fn is_gone(error: &Error) -> bool {
    match error {
        Error::Read { path, source } => {
            source.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_err()
        }
        _ => false,
    }
}

/// The code and the text of a dead letter.
fn reason(error: &Error) -> (&'static str, String) {
    match error {
        Error::TooLarge { .. } => ("file_too_large", "it is larger than 4 GiB; split it".to_owned()),
        Error::Read { source, .. } => {
            let why = match source.kind() {
                ErrorKind::IsADirectory => {
                    "it is a directory; move what is in it out, and it away".to_owned()
                }
                ErrorKind::InvalidInput => "it is no regular file; move it away".to_owned(),
                kind => format!("{kind}; check that this process may read it"),
            };
            ("file_unreadable", format!("it is tried again until it can be read or is gone: {why}"))
        }
        _ => ("file_unreadable", "it is tried again until it can be read or is gone".to_owned()),
    }
}

/// The days of an input directory, in order: a folder `yyyy-mm-dd` for each. Files that lie beside them, or in a
/// directory without such folders, are of the first day (`None`).
pub fn days(input: &Path) -> Result<Vec<(Option<Day>, PathBuf)>, Error> {
    let mut days = Vec::new();
    for path in entries(input)?.into_iter().filter(|path| path.is_dir() && !is_hidden(path)) {
        let Some(day) = day_of(&path) else { return Err(Error::NoDay { path }) };
        days.push((Some(day), path));
    }
    if !files(input)?.is_empty() {
        days.push((None, input.to_owned()));
    }
    days.sort();
    Ok(days)
}

/// The day whose folder it is.
fn day_of(folder: &Path) -> Option<Day> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    Day::parse_from_str(&name, "%Y-%m-%d").ok().filter(|day| day.to_string() == name)
}

/// The complete files of a folder, in the order of their names. A directory that is no day's is one, and so is what is neither
/// file nor directory: what cannot be taken must be seen.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unfinished = |path: &Path| {
        path.extension().is_some_and(|end| {
            ["part", "tmp", "filepart"].iter().any(|known| end.eq_ignore_ascii_case(known))
        })
    };
    let mut files = entries(folder)?;
    // A file system makes the last one where it begins.
    let is_of_others = |path: &Path| day_of(path).is_some() || path.ends_with("lost+found");
    let passed_over =
        |path: &Path| is_hidden(path) || unfinished(path) || path.is_dir() && is_of_others(path);
    files.retain(|path| !passed_over(path));
    Ok(files)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = |source| Error::Read { path: folder.to_owned(), source };
    let mut paths = fs::read_dir(folder)
        .map_err(read)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(read)?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_days_and_loose_files_come_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["2023-02-01", "2023-01-31", ".git"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        assert_eq!(days(folder.path()).unwrap().len(), 2);
        fs::write(folder.path().join("a.xml"), "").unwrap();
        let names: Vec<Option<String>> =
            days(folder.path()).unwrap().into_iter().map(|(day, _)| day.map(|day| day.to_string())).collect();
        assert_eq!(names, [None, Some("2023-01-31".to_owned()), Some("2023-02-01".to_owned())]);
        fs::create_dir(folder.path().join("2023-2-1")).unwrap();
        assert!(matches!(days(folder.path()), Err(Error::NoDay { .. })));
    }

    #[test]
    fn files_come_in_the_order_of_their_names_and_unfinished_ones_wait() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.xml", "a.jsonl", "c.xml.part", ".d.xml", "e.TMP"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let names: Vec<_> = files(folder.path())
            .unwrap()
            .into_iter()
            .map(|path| path.file_name().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["a.jsonl", "b.xml"]);
    }
}
