//! Drop directories.

use crate::Error;
use crate::intake::{Intake, Taken};
use domain::Day;
use std::fs;
use std::path::{Path, PathBuf};

impl Intake {
    /// Takes every file that lies directly in the folder, in the order of the names. Names that begin with a dot or end
    /// in `.part`, `.tmp` or `.filepart` are still being written and are left for later. With `done_dir` set, a file is
    /// moved there once it is in the ledger, held ones too: the evidence store has them.
    pub async fn take_directory(&mut self, folder: &Path, day: Day) -> Result<Vec<Taken>, Error> {
        let mut taken = Vec::new();
        for path in files(folder)? {
            taken.push(self.take_file(&path, day).await?);
            self.move_away(&path)?;
        }
        Ok(taken)
    }

    fn move_away(&self, path: &Path) -> Result<(), Error> {
        let (Some(done), Some(name)) = (&self.config.done_dir, path.file_name()) else { return Ok(()) };
        let keep = |source| Error::Keep { path: done.join(name), source };
        fs::create_dir_all(done).map_err(keep)?;
        fs::rename(path, done.join(name)).map_err(keep)
    }
}

/// The days of an input directory, in order: a folder `yyyy-mm-dd` for each. Files that lie beside them, or in a
/// directory without such folders, are of the first day (`None`).
pub fn days(input: &Path) -> Result<Vec<(Option<Day>, PathBuf)>, Error> {
    let mut days = Vec::new();
    for path in entries(input)?.into_iter().filter(|path| path.is_dir() && !is_hidden(path)) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let day = Day::parse_from_str(&name, "%Y-%m-%d").ok().filter(|day| day.to_string() == name);
        let Some(day) = day else { return Err(Error::NoDay { path }) };
        days.push((Some(day), path));
    }
    if !files(input)?.is_empty() {
        days.push((None, input.to_owned()));
    }
    days.sort();
    Ok(days)
}

/// The complete files of a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unfinished = |path: &Path| {
        path.extension().is_some_and(|end| {
            ["part", "tmp", "filepart"].iter().any(|known| end.eq_ignore_ascii_case(known))
        })
    };
    let mut files = entries(folder)?;
    files.retain(|path| path.is_file() && !is_hidden(path) && !unfinished(path));
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
