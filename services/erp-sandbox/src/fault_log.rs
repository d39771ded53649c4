//! The faults log: a file of JSON lines. The database is the truth; the file follows it.

use crate::work::FaultLine;
use crate::{Error, store};
use sqlx::SqliteConnection;
use std::path::PathBuf;
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

/// Writes the faults log after the transaction that holds its lines.
pub(crate) struct FaultLog {
    path: Option<PathBuf>,
    /// Whether the file holds exactly the lines of the database.
    complete: bool,
}

impl FaultLog {
    /// Writes the whole file from the database: a crash may have kept its last lines away.
    pub(crate) async fn open(path: Option<PathBuf>, conn: &mut SqliteConnection) -> Result<Self, Error> {
        let mut log = Self { path, complete: false };
        log.rewrite(conn).await?;
        Ok(log)
    }

    /// Appends the lines of a committed transaction.
    pub(crate) async fn append(
        &mut self,
        lines: &[FaultLine],
        conn: &mut SqliteConnection,
    ) -> Result<(), Error> {
        if lines.is_empty() {
            return Ok(());
        }
        if !self.complete {
            return self.rewrite(conn).await;
        }
        let Some(path) = self.path.clone() else { return Ok(()) };
        let mut text = String::new();
        for line in lines {
            text.push_str(&serde_json::to_string(line).map_err(Error::stored("fault line"))?);
            text.push('\n');
        }
        self.complete = false;
        let write = async {
            let mut file = OpenOptions::new().append(true).create(true).open(&path).await?;
            file.write_all(text.as_bytes()).await?;
            file.flush().await
        };
        write.await.map_err(|source| Error::FaultsLog { path, source })?;
        self.complete = true;
        Ok(())
    }

    async fn rewrite(&mut self, conn: &mut SqliteConnection) -> Result<(), Error> {
        let Some(path) = self.path.clone() else { return Ok(()) };
        let mut text = String::new();
        for line in store::fault_lines(conn).await? {
            text.push_str(&line);
            text.push('\n');
        }
        tokio::fs::write(&path, text).await.map_err(|source| Error::FaultsLog { path, source })?;
        self.complete = true;
        Ok(())
    }
}
