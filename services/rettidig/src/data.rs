//! The data directory of the embedded deployment: what lies where.

use crate::cli::WrongInput;
use anyhow::{Context, Result, bail};
use domain::PersonSecret;
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// How many partitions an embedded log is made with. One process does all the work, so more would only cost commits;
/// the tests use more.
pub const PARTITIONS: u32 = 1;

/// The secret under which persons of a training run get their keys, so that the same input gives the same keys on
/// every machine. Not for real persons: everybody knows it.
const TRAINING_SECRET: &[u8] = b"rettidig training secret, not for real persons";

/// What a data directory says of itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    format: u32,
    partitions: u32,
    /// `up` has worked on it: its days are those of the clock.
    #[serde(default)]
    live: bool,
}

/// The rights of a directory that only its owner may look into.
const PRIVATE: u32 = 0o700;

/// The file that says it.
const LABEL: &str = "rettidig.json";

/// The same while it is written.
const LABEL_PART: &str = ".rettidig.json.part";

/// The file that the process which works on the directory has locked.
const LOCK: &str = ".rettidig.lock";

/// The format that this version reads and writes.
const FORMAT: u32 = 3;

/// What days a directory goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// Those that it is told, as fast as it goes.
    Told,
    /// Those of the clock.
    Clock,
}

/// Keeps other processes from working on a data directory. The system lets go of it when the process ends, however.
#[derive(Debug)]
pub struct Held {
    _file: File,
}

/// Holds a data directory for this process alone.
pub fn hold(data: &Path) -> Result<Held> {
    let path = data.join(LOCK);
    let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Held { _file: file }),
        Err(TryLockError::WouldBlock) => bail!(WrongInput(format!(
            "another process works on {}: stop it first, or name another directory",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}

/// Makes the directory, where it is not there. It holds personal numbers: nobody else may read it.
pub fn make(data: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(PRIVATE).create(data);
    made.with_context(|| format!("{} cannot be made", data.display()))
}

/// Makes the directory, or checks that this version can read it, and holds it.
pub fn open(data: &Path, partitions: u32, days: Days) -> Result<Held> {
    make(data)?;
    let label = data.join(LABEL);
    if label.exists() {
        let present = known(data)?;
        if present.partitions != partitions {
            bail!(WrongInput(format!(
                "{} has {} partitions, not {partitions}; use another directory",
                data.display(),
                present.partitions
            )));
        }
        if present.live && days == Days::Told {
            bail!(WrongInput(format!(
                "{} belongs to `up`: its days are those of the clock; name another directory",
                data.display()
            )));
        }
        let held = hold(data)?;
        if days == Days::Clock && !present.live {
            write(data, &Label { live: true, ..present })
                .with_context(|| format!("{} cannot be written", label.display()))?;
        }
        return Ok(held);
    }
    for entry in fs::read_dir(data)? {
        let name = entry?.file_name();
        if name == LABEL_PART || name == LOCK {
            continue;
        }
        bail!(WrongInput(format!(
            "{} holds something else; name an empty or a new directory",
            data.display()
        )));
    }
    let held = hold(data)?;
    write(data, &Label { format: FORMAT, partitions, live: days == Days::Clock })
        .with_context(|| format!("{} cannot be written", label.display()))?;
    Ok(held)
}

/// Under its name the label is whole or not there, so that a process that dies here leaves a directory that can be used.
fn write(data: &Path, label: &Label) -> Result<()> {
    let part = data.join(LABEL_PART);
    let mut file = File::create(&part)?;
    file.write_all(serde_json::to_string(label)?.as_bytes())?;
    file.sync_all()?;
    fs::rename(part, data.join(LABEL))?;
    Ok(())
}

/// How many partitions the log of a directory that this version can read has.
pub fn partitions(data: &Path) -> Result<u32> {
    if !data.join(LABEL).exists() {
        bail!(WrongInput(format!("{} is no data directory of rettidig: it has no {LABEL}", data.display())));
    }
    Ok(known(data)?.partitions)
}

/// What the directory says of itself, if this version can read it.
fn known(data: &Path) -> Result<Label> {
    let present = read(&data.join(LABEL))?;
    if present.format != FORMAT {
        bail!(WrongInput(format!(
            "{} has format {}, this version reads {FORMAT}; use the version that wrote it",
            data.display(),
            present.format
        )));
    }
    Ok(present)
}

fn read(label: &Path) -> Result<Label> {
    let text = fs::read_to_string(label).with_context(|| format!("{} cannot be read", label.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is damaged", label.display()))
}

/// The log.
pub fn log_file(data: &Path) -> PathBuf {
    data.join("log.db")
}

/// Raw input, by content.
pub fn evidence(data: &Path) -> PathBuf {
    data.join("evidence")
}

/// Delivered letters.
pub fn letters(data: &Path) -> PathBuf {
    data.join("letters")
}

/// The training ERP's ledger.
pub fn erp(data: &Path) -> PathBuf {
    data.join("erp-sandbox")
}

/// The secret for the keys of persons: from a file, or the training secret where none is named. Whether it is the one of
/// the data directory, the intake's ledger knows.
pub fn person_secret(file: Option<&Path>) -> Result<PersonSecret> {
    let secret = match file {
        Some(path) => fs::read(path).map_err(|error| {
            WrongInput(format!("the person secret {} cannot be read: {error}", path.display()))
        })?,
        None => TRAINING_SECRET.to_vec(),
    };
    let trimmed = secret.trim_ascii().to_vec();
    let short = || WrongInput("the person secret is too short: write at least 16 random bytes".to_owned());
    Ok(PersonSecret::new(trimmed).ok_or_else(short)?)
}

/// What the intake refuses because of what the user has named is the user's to correct.
pub fn wrong_input<T>(result: Result<T, intake::Error>) -> Result<T> {
    use intake::Error;
    result.map_err(|error| match error {
        Error::OtherSecret => WrongInput(format!(
            "{error}. A directory of a run without that option has the training secret, which is in no file: live work \
             begins in a new directory"
        ))
        .into(),
        Error::NoFile(_)
        | Error::NotHeld(_)
        | Error::NotReleasable(_)
        | Error::SameContent(_)
        | Error::OtherKind { .. }
        | Error::OtherExtract { .. }
        | Error::TakenAlready(_)
        | Error::NoDay { .. } => WrongInput(error.to_string()).into(),
        other => other.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_data_directory_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("below/data");
        drop(open(&data, 1, Days::Told).unwrap());
        assert_eq!(fs::metadata(data).unwrap().permissions().mode() & 0o777, PRIVATE);
    }

    #[test]
    fn a_directory_whose_making_was_interrupted_is_made_and_one_with_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(LABEL_PART), "{\"form").unwrap();
        drop(open(folder.path(), 2, Days::Told).unwrap());
        assert_eq!(partitions(folder.path()).unwrap(), 2);
        assert!(open(folder.path(), 3, Days::Told).unwrap_err().is::<WrongInput>());
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("letter.txt"), "x").unwrap();
        assert!(open(other.path(), 2, Days::Told).unwrap_err().is::<WrongInput>());
        assert!(partitions(other.path()).unwrap_err().is::<WrongInput>());
    }

    #[test]
    fn one_process_at_a_time_works_on_a_directory_and_one_of_the_clock_is_never_told_its_days() {
        let folder = tempfile::tempdir().unwrap();
        let held = open(folder.path(), 1, Days::Told).unwrap();
        let refused = open(folder.path(), 1, Days::Told).unwrap_err();
        assert!(refused.is::<WrongInput>() && refused.to_string().contains("another process"), "{refused}");
        drop(held);
        drop(open(folder.path(), 1, Days::Clock).unwrap());
        drop(open(folder.path(), 1, Days::Clock).unwrap());
        let refused = open(folder.path(), 1, Days::Told).unwrap_err();
        assert!(refused.is::<WrongInput>() && refused.to_string().contains("belongs to `up`"), "{refused}");
    }
}
