//! The ledger database: one SQLite file, one writer. Statements are prepared once, bodies are JSON as the contract shows
//! them.

use crate::Error;
use crate::decide::Record;
use crate::fault_book::Fault;
use crate::ledger::{Document, Entry};
use crate::subscription::Subscription;
use crate::work::{Changes, Task};
use domain::{Day, SubscriptionId};
use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, DeserializeOwned, IntoDeserializer};
use sqlite::rusqlite::types::{ToSql, ToSqlOutput, Value};
use sqlite::rusqlite::{self, Connection, OptionalExtension, Params, Row, Transaction, TransactionBehavior};
use sqlite::{Database, Durability, Migrated, execute_each, migrate};
use std::collections::BTreeMap;
use std::path::Path;

/// The file in the data directory.
const FILE: &str = "erp-sandbox.sqlite";

/// The migrations in order; how many there are is the layout.
const MIGRATIONS: [&str; 1] = [TABLES];

const TABLES: &str = "
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE commands (command_id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, body TEXT NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE TABLE subscriptions (id TEXT PRIMARY KEY, due_on TEXT, body TEXT NOT NULL) STRICT;
    CREATE INDEX subscriptions_due ON subscriptions (due_on, id) WHERE due_on IS NOT NULL;
    CREATE TABLE later (id INTEGER PRIMARY KEY, due_on TEXT NOT NULL, step INTEGER NOT NULL, place TEXT NOT NULL,
        body TEXT NOT NULL) STRICT;
    CREATE INDEX later_due ON later (due_on);
    CREATE TABLE ledger (seq INTEGER PRIMARY KEY, document_no TEXT, unpaid_due TEXT, body TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX ledger_document ON ledger (document_no) WHERE document_no IS NOT NULL;
    CREATE INDEX ledger_unpaid ON ledger (unpaid_due) WHERE unpaid_due IS NOT NULL;
    CREATE TABLE faults (place INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE fault_lines (line INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
";

/// A connection to the file of this directory.
///
/// A training ERP: what it has answered outlives its process (kill -9 included); a power failure may take the last
/// moments, and a flush for each order would cost the run beside it half its time.
pub(crate) fn connect(data_dir: &Path) -> Result<Database, Error> {
    Database::open(&data_dir.join(FILE), Durability::Consistent).map_err(Error::store("open"))
}

/// Opens the file for writing and makes its tables.
pub(crate) fn open(data_dir: &Path) -> Result<Database, Error> {
    let database = connect(data_dir)?;
    let migrated = database.run(|connection| migrate(connection, &MIGRATIONS));
    match migrated.map_err(Error::store("make its tables"))? {
        Migrated::Done => Ok(database),
        Migrated::Newer(found) => {
            Err(Error::Layout { found, known: i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX) })
        }
    }
}

/// Begins a transaction that writes; dropped, it changes nothing.
pub(crate) fn begin(connection: &mut Connection) -> Result<Transaction<'_>, Error> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::store("begin"))
}

/// Commits it.
pub(crate) fn commit(transaction: Transaction<'_>) -> Result<(), Error> {
    transaction.commit().map_err(Error::store("commit"))
}

/// The sandbox's day, if one was set.
pub(crate) fn day(connection: &Connection) -> Result<Option<Day>, Error> {
    let sql = "SELECT value FROM settings WHERE key = 'day'";
    let value = connection.prepare_cached(sql).and_then(|mut query| query.query_row([], text).optional());
    value.map_err(Error::store("read the day"))?.as_deref().map(read_day).transpose()
}

/// Keeps the sandbox's day.
pub(crate) fn set_day(connection: &Connection, day: Day) -> Result<(), Error> {
    let sql = "INSERT INTO settings VALUES ('day', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    execute_each(connection, sql, [[day.to_string()]]).map_err(Error::store("keep the day"))
}

/// The number of the next ledger entry.
pub(crate) fn next_seq(connection: &Connection) -> Result<i64, Error> {
    let sql = "SELECT coalesce(max(seq), 0) + 1 FROM ledger";
    let next = connection.prepare_cached(sql).and_then(|mut query| query.query_row([], |row| row.get(0)));
    next.map_err(Error::store("read the ledger's end"))
}

/// All faults in their order.
pub(crate) fn faults(connection: &Connection) -> Result<Vec<Fault>, Error> {
    let rows = bodies(connection, "SELECT body FROM faults ORDER BY place", []);
    sound("fault", rows.map_err(Error::store("read the faults"))?)
}

/// Keeps changed faults.
pub(crate) fn set_faults(connection: &Connection, faults: &[(usize, Fault)]) -> Result<(), Error> {
    let sql = "INSERT INTO faults VALUES (?, ?) ON CONFLICT (place) DO UPDATE SET body = excluded.body";
    let rows = faults.iter().map(|(place, fault)| (place.cast_signed(), Body(fault)));
    execute_each(connection, sql, rows).map_err(Error::store("write"))
}

/// The lines of the faults log, in their order.
pub(crate) fn fault_lines(connection: &Connection) -> Result<Vec<String>, Error> {
    let sql = "SELECT body FROM fault_lines ORDER BY line";
    let lines = connection.prepare_cached(sql).and_then(|mut query| query.query_map([], text)?.collect());
    lines.map_err(Error::store("read the fault lines"))
}

/// The recorded command of this id, with its fingerprint.
pub(crate) fn command(connection: &Connection, id: &str) -> Result<Option<(String, Record)>, Error> {
    let sql = "SELECT body, fingerprint FROM commands WHERE command_id = ?";
    let read = |row: &Row<'_>| Ok((row.get(1)?, body(row)?));
    let row = connection.prepare_cached(sql).and_then(|mut query| query.query_row([id], read).optional());
    let Some((print, record)) = row.map_err(Error::store("read commands"))? else { return Ok(None) };
    Ok(Some((print, record.map_err(Error::stored("command"))?)))
}

/// The recorded command of this id, as the contract shows it.
pub(crate) fn command_body(connection: &Connection, id: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT body FROM commands WHERE command_id = ?";
    connection.prepare_cached(sql)?.query_row([id], text).optional()
}

/// Keeps a new command.
pub(crate) fn add_command(connection: &Connection, print: &str, record: &Record) -> Result<(), Error> {
    let row = (&record.command_id, print, Body(record));
    execute_each(connection, "INSERT INTO commands VALUES (?, ?, ?)", [row]).map_err(Error::store("write"))
}

/// The subscriptions of these ids.
pub(crate) fn subscriptions<'a>(
    connection: &Connection,
    ids: impl Iterator<Item = &'a SubscriptionId>,
) -> Result<BTreeMap<SubscriptionId, Subscription>, Error> {
    let sql = "SELECT body FROM subscriptions WHERE id = ?";
    let mut known = BTreeMap::new();
    for id in ids {
        let found = bodies(connection, sql, [id.as_str()]).map_err(Error::store("read subscriptions"))?;
        known.extend(sound("subscription", found)?.into_iter().map(|found| (id.clone(), found)));
    }
    Ok(known)
}

/// The first subscriptions that have something to do by this day.
pub(crate) fn due_subscriptions(
    connection: &Connection,
    day: Day,
    limit: u32,
) -> Result<Vec<Subscription>, Error> {
    let sql = "SELECT body FROM subscriptions WHERE due_on <= ? ORDER BY due_on, id LIMIT ?";
    let rows = bodies(connection, sql, (day.to_string(), limit));
    sound("subscription", rows.map_err(Error::store("read what is due"))?)
}

/// The first documents that are not paid and fall due by this day.
pub(crate) fn unpaid(connection: &Connection, day: Day, limit: u32) -> Result<Vec<Document>, Error> {
    let sql = "SELECT body FROM ledger WHERE unpaid_due <= ? ORDER BY unpaid_due, seq LIMIT ?";
    let rows = bodies(connection, sql, (day.to_string(), limit));
    sound("document", rows.map_err(Error::store("read what is due"))?)
}

/// Takes the first tasks that are to be done by this day.
pub(crate) fn take_later(connection: &Connection, day: Day, limit: u32) -> Result<Vec<Task>, Error> {
    let sql = "SELECT body, id FROM later WHERE due_on <= ? ORDER BY step, place, id LIMIT ?";
    let read = |row: &Row<'_>| Ok((row.get(1)?, body(row)?));
    let rows = connection
        .prepare_cached(sql)
        .and_then(|mut query| query.query_map((day.to_string(), limit), read)?.collect());
    let rows: Vec<(i64, _)> = rows.map_err(Error::store("read later tasks"))?;
    let ids = rows.iter().map(|(id, _)| [id]);
    execute_each(connection, "DELETE FROM later WHERE id = ?", ids)
        .map_err(Error::store("remove later tasks"))?;
    sound("later task", rows.into_iter().map(|(_, task)| task))
}

/// The first day on which anything is to be done; payments only when they are wanted.
pub(crate) fn next_due(connection: &Connection, payments: bool) -> Result<Option<Day>, Error> {
    let sql = "SELECT min(due_on) FROM (SELECT min(due_on) AS due_on FROM later
        UNION ALL SELECT min(due_on) FROM subscriptions WHERE due_on IS NOT NULL
        UNION ALL SELECT min(unpaid_due) FROM ledger WHERE unpaid_due IS NOT NULL AND ?)";
    let due =
        connection.prepare_cached(sql).and_then(|mut query| query.query_row([payments], |row| row.get(0)));
    let due: Option<String> = due.map_err(Error::store("look for the next work"))?;
    due.as_deref().map(read_day).transpose()
}

/// Writes what a transaction has done.
pub(crate) fn write(connection: &Connection, changes: &Changes) -> Result<(), Error> {
    rows(connection, changes).map_err(Error::store("write"))
}

fn rows(connection: &Connection, changes: &Changes) -> rusqlite::Result<()> {
    let entries = changes.entries.iter().map(|(seq, entry)| {
        let (document_no, due_on) = match entry {
            Entry::Document(document) => (Some(&document.document_no), Some(document.due_on.to_string())),
            _ => (None, None),
        };
        (seq, document_no, due_on, Body(Numbered { seq: *seq, entry }))
    });
    execute_each(connection, "INSERT INTO ledger VALUES (?, ?, ?, ?)", entries)?;
    execute_each(
        connection,
        "INSERT INTO subscriptions VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET due_on = excluded.due_on, body = excluded.body",
        changes
            .subscriptions
            .values()
            .map(|s| (s.id.as_str(), s.due_on().map(|day| day.to_string()), Body(s))),
    )?;
    execute_each(
        connection,
        "INSERT INTO later (due_on, step, place, body) VALUES (?, ?, ?, ?)",
        changes.later.iter().map(|l| (l.due_on.to_string(), l.task.step(), &l.place, Body(&l.task))),
    )?;
    execute_each(
        connection,
        "INSERT INTO fault_lines (body) VALUES (?)",
        changes.fault_lines.iter().map(|line| [Body(line)]),
    )?;
    execute_each(
        connection,
        "UPDATE ledger SET unpaid_due = NULL WHERE document_no = ?",
        changes.settled.iter().map(|document_no| [document_no]),
    )
}

/// The entries after this one, at most so many, as the contract shows a page of the ledger.
pub(crate) fn page(connection: &Connection, after: i64, limit: u32) -> rusqlite::Result<String> {
    let sql = "SELECT body, seq FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?";
    let mut query = connection.prepare_cached(sql)?;
    // One more than asked for tells whether more follow.
    let mut rows = query.query((after, i64::from(limit) + 1))?;
    let (mut json, mut next, mut left) = (String::from("{\"entries\":["), after, limit);
    let more = loop {
        let Some(row) = rows.next()? else { break false };
        if left == 0 {
            break true;
        }
        if left < limit {
            json.push(',');
        }
        json.push_str(row.get_ref(0)?.as_str()?);
        next = row.get(1)?;
        left -= 1;
    };
    json.push_str(&format!("],\"next\":{next},\"more\":{more}}}"));
    Ok(json)
}

/// A ledger entry as the contract shows it.
#[derive(Serialize)]
struct Numbered<'a> {
    seq: i64,
    #[serde(flatten)]
    entry: &'a Entry,
}

/// A value that is kept as JSON.
struct Body<T>(T);

impl<T: Serialize> ToSql for Body<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let json = serde_json::to_string(&self.0);
        let json = json.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(ToSqlOutput::Owned(Value::Text(json)))
    }
}

/// What a body of a query reads as.
type Parsed<T> = Result<T, serde_json::Error>;

/// The bodies that a query gives.
fn bodies<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> rusqlite::Result<Vec<Parsed<T>>> {
    connection.prepare_cached(sql)?.query_map(parameters, body)?.collect()
}

/// The body in the first column of a row.
fn body<T: DeserializeOwned>(row: &Row<'_>) -> rusqlite::Result<Parsed<T>> {
    Ok(serde_json::from_str(row.get_ref(0)?.as_str()?))
}

/// The text in the first column of a row.
fn text(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

/// All of them, or that one does not read.
fn sound<T>(what: &'static str, rows: impl IntoIterator<Item = Parsed<T>>) -> Result<Vec<T>, Error> {
    rows.into_iter().collect::<Parsed<_>>().map_err(Error::stored(what))
}

fn read_day(text: &str) -> Result<Day, Error> {
    let text: StrDeserializer<'_, serde_json::Error> = text.into_deserializer();
    Day::deserialize(text).map_err(Error::stored("day"))
}
