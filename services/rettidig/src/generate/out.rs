//! Files of a day.

use super::options::Summary;
use crate::cli::WrongInput;
use anyhow::{Context, Result};
use domain::Day;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file being written that counts its bytes.
pub struct Counted {
    file: BufWriter<File>,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += u64::try_from(written).unwrap_or_default();
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The directory that is written to.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
}

impl Tree {
    /// Makes the directory. One that holds something is refused: its files would mix with the new ones.
    pub fn create(root: &Path) -> Result<Self> {
        fs::create_dir_all(root)
            .map_err(|error| WrongInput(format!("{} cannot be made: {error}", root.display())))?;
        let mut entries = fs::read_dir(root).with_context(|| format!("{} cannot be read", root.display()))?;
        if entries.next().is_some() {
            anyhow::bail!(WrongInput(format!(
                "{} is not empty; name a new or an empty directory",
                root.display()
            )));
        }
        Ok(Self { root: root.to_owned() })
    }

    /// Writes a file of a day through `content` and counts it.
    pub fn file(
        &self,
        day: Day,
        name: &str,
        summary: &mut Summary,
        content: impl FnOnce(&mut Counted) -> io::Result<()>,
    ) -> Result<()> {
        let folder = self.root.join(day.to_string());
        let path = folder.join(name);
        let write = || -> io::Result<u64> {
            fs::create_dir_all(&folder)?;
            let mut out = Counted { file: BufWriter::new(File::create_new(&path)?), bytes: 0 };
            content(&mut out)?;
            out.flush()?;
            Ok(out.bytes)
        };
        let bytes = write().with_context(|| format!("{} cannot be written", path.display()))?;
        summary.files += 1;
        summary.bytes += bytes;
        let first = summary.days.map_or(day, |(first, _)| first);
        summary.days = Some((first, day));
        Ok(())
    }
}
