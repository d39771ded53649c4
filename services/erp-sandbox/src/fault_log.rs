//! The faults log: a file of JSON lines. The database is the truth; the file follows it.

use crate::work::FaultLine;
use crate::{Error, store};
use sqlite::rusqlite::Connection;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Writes the faults log after the transaction that holds its lines.
pub(crate) struct FaultLog {
    path: Option<PathBuf>,
    /// Whether the file holds exactly the lines of the database.
    complete: bool,
}

impl FaultLog {
    /// Writes the whole file from the database: a crash may have kept its last lines away.
    pub(crate) fn open(path: Option<PathBuf>, connection: &Connection) -> Result<Self, Error> {
        let mut log = Self { path, complete: false };
        log.rewrite(connection)?;
        Ok(log)
    }

    /// Appends the lines of a committed transaction.
    pub(crate) fn append(&mut self, lines: &[FaultLine], connection: &Connection) -> Result<(), Error> {
        if lines.is_empty() {
            return Ok(());
        }
        if !self.complete {
            return self.rewrite(connection);
        }
        let Some(path) = self.path.clone() else { return Ok(()) };
        let mut text = String::new();
        for line in lines {
            text.push_str(&serde_json::to_string(line).map_err(Error::stored("fault line"))?);
            text.push('\n');
        }
        self.complete = false;
        let file = OpenOptions::new().append(true).create(true).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|source| Error::FaultsLog { path, source })?;
        self.complete = true;
        Ok(())
    }

    fn rewrite(&mut self, connection: &Connection) -> Result<(), Error> {
        let Some(path) = self.path.clone() else { return Ok(()) };
        let mut text = String::new();
        for line in store::fault_lines(connection)? {
            text.push_str(&line);
            text.push('\n');
        }
        std::fs::write(&path, text).map_err(|source| Error::FaultsLog { path, source })?;
        self.complete = true;
        Ok(())
    }
}
