//! The file: its tables, its connections and its rows.

use crate::{Error, Received};
use messages::Topic;
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

/// The version of the tables below, in `pragma user_version`.
const SCHEMA: i64 = 1;

/// Connections that read at the same time: one a stage at most, and the operating system caches the pages.
const READERS_MAX: u32 = 8;

/// Rows that a connection reads ahead of who asked for them: a page, so that it is not stopped and woken again.
const ROWS_AHEAD: usize = 1024;

/// How long a writer waits for one in another process. A commit takes milliseconds.
const BUSY_WAIT: Duration = Duration::from_secs(30);

/// `id` is the order of appending over all topics. The second index serves the delivery of one partition in that
/// order and shows the topic without a look into the row.
const TABLES: &str = "
    create table log (partitions integer not null);
    create table messages (
        id integer primary key autoincrement,
        topic text not null,
        partition integer not null,
        \"offset\" integer not null,
        key text not null,
        headers text not null,
        body blob not null
    );
    create unique index messages_by_offset on messages (topic, partition, \"offset\");
    create index messages_by_partition on messages (partition, id, topic);
";

/// Opens or makes the file; gives the writer, the readers and the id of the newest record.
pub(super) async fn open(path: &Path, partitions: u32) -> Result<(SqlitePool, SqlitePool, i64), Error> {
    let failed = |error: sqlx::Error| Error::Open { place: path.display().to_string(), source: error.into() };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", WAL_PAGES)
        .pragma("cache_size", CACHE_KIB)
        .row_buffer_size(ROWS_AHEAD)
        .busy_timeout(BUSY_WAIT);
    let writer = pool(1).connect_with(options.clone()).await.map_err(failed)?;
    let mut transaction = writer.begin_with("begin immediate").await.map_err(failed)?;
    let version: i64 =
        sqlx::query_scalar("pragma user_version").fetch_one(&mut *transaction).await.map_err(failed)?;
    if version == 0 {
        sqlx::raw_sql(TABLES).execute(&mut *transaction).await.map_err(failed)?;
        sqlx::query("insert into log (partitions) values (?1)")
            .bind(partitions)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        sqlx::query("pragma user_version = 1").execute(&mut *transaction).await.map_err(failed)?;
    } else if version != SCHEMA {
        return Err(Error::Newer { found: version, known: SCHEMA });
    }
    let found: u32 = sqlx::query_scalar("select partitions from log")
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
    let newest: i64 = sqlx::query_scalar("select coalesce(max(id), 0) from messages")
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    if found != partitions {
        return Err(Error::Partitions { what: "the log".to_owned(), found, wanted: partitions });
    }
    let readers = pool(READERS_MAX).connect_with(options).await.map_err(failed)?;
    Ok((writer, readers, newest))
}

/// A pool that does not ask a connection whether it is alive before each statement: a file does not go away.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false)
}

/// A row as it is read: id, topic, offset, key, headers, body.
pub(super) type Row = (i64, String, i64, Vec<u8>, Vec<u8>, Vec<u8>);

/// The record of a row.
pub(super) fn received(
    (id, topic, offset, key, headers, body): Row,
    partition: u32,
) -> Result<Received, Error> {
    let damaged = |what| Error::Damaged { what, position: id };
    let topic = Topic::from_name(&topic).ok_or_else(|| damaged("the topic is unknown"))?;
    let headers: Vec<(String, String)> =
        serde_json::from_slice(&headers).map_err(|_| damaged("the headers are not JSON"))?;
    let headers = headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
    Ok(Received { topic, partition, offset, key, headers, body })
}
