//! The file: its connections and its tables.

use crate::Error;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;
use std::time::Duration;

/// Pages of the write-ahead log before it is moved into the file: 32 MiB, so that a page that is written again and again
/// is moved once.
const WAL_PAGES: &str = "8192";

/// Page cache of a connection; negative means KiB.
const CACHE_KIB: &str = "-16384";

/// The migrations in order; the version of a file is how many of them it has, in `pragma user_version`.
const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/sqlite/1_tables.sql")];

/// Connections that read at the same time: the worker, a report and an operator.
const READERS_MAX: u32 = 4;

/// Rows that a connection reads ahead of who asked for them: a page, so that it is not stopped and woken again.
const ROWS_AHEAD: usize = 1024;

/// How long a writer waits for one in another process. A commit takes milliseconds.
const BUSY_WAIT: Duration = Duration::from_secs(30);

/// Opens the stage's file; gives the writer and the readers.
pub(super) async fn open(directory: &Path, stage: &str) -> Result<(SqlitePool, SqlitePool), Error> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if stage.is_empty() || !stage.chars().all(fits) {
        return Err(Error::StageName { name: stage.to_owned() });
    }
    let path = directory.join(format!("stage-{stage}.db"));
    let failed = |error: sqlx::Error| Error::Open { place: path.display().to_string(), source: error.into() };
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", WAL_PAGES)
        .pragma("cache_size", CACHE_KIB)
        .row_buffer_size(ROWS_AHEAD)
        .busy_timeout(BUSY_WAIT);
    let writer = pool(1).connect_with(options.clone()).await.map_err(failed)?;
    match migrate(&writer).await.map_err(failed)? {
        Ok(()) => {}
        Err(found) => return Err(Error::Newer { stage: stage.to_owned(), found, known: known() }),
    }
    let readers = pool(READERS_MAX).connect_with(options).await.map_err(failed)?;
    Ok((writer, readers))
}

/// A pool that does not ask a connection whether it is alive before each statement: a file does not go away.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false)
}

/// Runs what the file does not have yet, in one transaction that only one process at a time can have. The inner error
/// is the version of a file that is newer than this program.
async fn migrate(writer: &SqlitePool) -> Result<Result<(), i64>, sqlx::Error> {
    let mut transaction = writer.begin_with("begin immediate").await?;
    let version: i64 = sqlx::query_scalar("pragma user_version").fetch_one(&mut *transaction).await?;
    let Some(missing) = usize::try_from(version).ok().and_then(|done| MIGRATIONS.get(done..)) else {
        return Ok(Err(version));
    };
    for migration in missing {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
    }
    if !missing.is_empty() {
        let version = sqlx::AssertSqlSafe(format!("pragma user_version = {}", known()));
        sqlx::query(version).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(Ok(()))
}

/// The version that the migrations lead to.
fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}
