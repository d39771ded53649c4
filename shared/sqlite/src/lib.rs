#![doc = include_str!("../README.md")]

mod migrate;
mod place;

pub use migrate::{Migrated, migrate};
pub use rusqlite;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, Params};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Pages of the write-ahead log before it is moved into the file: 32 MiB, so that a page that is written again and again
/// is moved once.
const WAL_PAGES: u32 = 4096;

/// Bytes of a page of a new file: a document of some kilobytes takes one or two.
const PAGE_BYTES: u32 = 8192;

/// Page cache of a connection, in KiB.
const CACHE_KIB: i64 = 16 * 1024;

/// Statements that a connection keeps prepared: more than any of our files has.
const STATEMENTS_MAX: usize = 64;

/// How long a writer waits for one in another process. A commit takes milliseconds.
const BUSY_WAIT: Duration = Duration::from_secs(30);

/// How long a connection that found the file busy waits before it asks again to use the write-ahead log.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// What a commit outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A power failure.
    Full,
    /// The process; after a power failure the last commits are gone.
    Consistent,
    /// The process; a power failure can leave the file damaged. Nothing waits for the disk.
    Process,
}

/// One connection to a file, for one operation at a time.
pub struct Database {
    connection: Mutex<Connection>,
}

impl Database {
    /// Opens the file, or makes an empty one.
    pub fn open(path: &Path, durability: Durability) -> rusqlite::Result<Self> {
        let connection = place::in_place(|| open(path, durability))?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Does this with the connection, on this thread.
    pub fn run<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        place::in_place(|| {
            // A panic in the middle of a transaction has rolled it back; the connection is as good as before.
            work(&mut self.connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}

fn open(path: &Path, durability: Durability) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_WAIT)?;
    // Without effect on a file that has pages already.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    use_write_ahead_log(&connection)?;
    connection.pragma_update(None, "synchronous", durability.pragma())?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // A plan that follows the bound values is made anew at each use; ours are right for all of them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    rusqlite::vtab::array::load_module(&connection)?;
    Ok(connection)
}

/// The change to the write-ahead log does not wait for others who make it at the same time, so that has to be done here.
fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if is_busy(&error) && begun.elapsed() < BUSY_WAIT => std::thread::sleep(BUSY_PAUSE),
            done => return done,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

impl Durability {
    fn pragma(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Consistent => "normal",
            Self::Process => "off",
        }
    }
}

/// Runs a statement for each of the rows; prepares nothing when there are none.
pub fn execute_each<P: Params>(
    connection: &Connection,
    sql: &str,
    rows: impl IntoIterator<Item = P>,
) -> rusqlite::Result<()> {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(sql)?;
    for row in rows {
        statement.execute(row)?;
    }
    Ok(())
}

/// A list of texts as the table `rarray(?)` of a statement, with the column `value`.
pub fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> rusqlite::vtab::array::Array {
    std::rc::Rc::new(texts.into_iter().map(|text| rusqlite::types::Value::from(text.to_owned())).collect())
}
