//! The data directory of the embedded deployment: what lies where.

use anyhow::{Context, Result, bail};
use domain::PersonSecret;
use serde::{Deserialize, Serialize};
use std::fs;
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
}

/// The format that this version reads and writes.
const FORMAT: u32 = 1;

/// Makes the directory, or checks that this version can read it.
pub fn open(data: &Path, partitions: u32) -> Result<()> {
    fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    let label = data.join("rettidig.json");
    if label.exists() {
        let present = read(&label)?;
        if present.format != FORMAT {
            bail!(
                "{} has format {}, this version reads {FORMAT}; use the version that wrote it",
                data.display(),
                present.format
            );
        }
        if present.partitions != partitions {
            bail!(
                "{} has {} partitions, not {partitions}; use another directory",
                data.display(),
                present.partitions
            );
        }
        return Ok(());
    }
    let empty = fs::read_dir(data)?.next().is_none();
    if !empty {
        bail!("{} holds something else; name an empty or a new directory", data.display());
    }
    fs::write(&label, serde_json::to_string(&Label { format: FORMAT, partitions })?)?;
    Ok(())
}

/// How many partitions the directory's log has.
pub fn partitions(data: &Path) -> Result<u32> {
    let label = data.join("rettidig.json");
    if !label.exists() {
        bail!("{} is no data directory of rettidig: it has no rettidig.json", data.display());
    }
    Ok(read(&label)?.partitions)
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

/// The secret for the keys of persons: from a file, or the training secret where none is named.
pub fn person_secret(file: Option<&Path>) -> Result<PersonSecret> {
    let secret = match file {
        Some(path) => fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?,
        None => TRAINING_SECRET.to_vec(),
    };
    let trimmed = secret.trim_ascii().to_vec();
    PersonSecret::new(trimmed).context("the person secret is too short: write at least 16 random bytes")
}
