//! The ledger database: one SQLite file, one writer. One read and one write per table and transaction.

use crate::Error;
use crate::decide::Record;
use crate::fault_book::Fault;
use crate::ledger::{Document, Entry};
use crate::subscription::Subscription;
use crate::work::{Changes, FaultLine, Later, Task};
use domain::{Day, SubscriptionId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The layout of the tables below; kept in the file's `user_version`.
const LAYOUT: i64 = 1;

/// The file in the data directory.
const FILE: &str = "erp-sandbox.sqlite";

/// How long a connection waits for a lock: readers never block the writer, so only start and stop can meet.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

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

/// How the file is opened by writer and readers.
pub(crate) fn options(data_dir: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(data_dir.join(FILE))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A training ERP: what it has answered outlives its process (kill -9 included); a power failure may take the last
        // moments, and a flush for each order would cost the run beside it half its time.
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
}

/// Opens the file for writing and makes its tables.
pub(crate) async fn open(data_dir: &Path) -> Result<SqliteConnection, Error> {
    let mut conn = options(data_dir).connect().await.map_err(Error::store("open"))?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut conn)
        .await
        .map_err(Error::store("read its layout"))?;
    match found {
        LAYOUT => {}
        0 => {
            // In one transaction, so that a crash leaves no half of it.
            let layout = "BEGIN IMMEDIATE; PRAGMA user_version = 1;";
            for sql in [layout, TABLES, "COMMIT;"] {
                sqlx::raw_sql(sql).execute(&mut conn).await.map_err(Error::store("make its tables"))?;
            }
        }
        found => return Err(Error::Layout { found, known: LAYOUT }),
    }
    Ok(conn)
}

/// The sandbox's day, if one was set.
pub(crate) async fn day(conn: &mut SqliteConnection) -> Result<Option<Day>, Error> {
    let value: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE key = 'day'")
        .fetch_optional(conn)
        .await
        .map_err(Error::store("read the day"))?;
    value.map(|text| parse("day", &json!(text).to_string())).transpose()
}

/// Keeps the sandbox's day.
pub(crate) async fn set_day(conn: &mut SqliteConnection, day: Day) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO settings VALUES ('day', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(day.to_string())
    .execute(conn)
    .await
    .map_err(Error::store("keep the day"))?;
    Ok(())
}

/// The number of the next ledger entry.
pub(crate) async fn next_seq(conn: &mut SqliteConnection) -> Result<i64, Error> {
    sqlx::query_scalar("SELECT coalesce(max(seq), 0) + 1 FROM ledger")
        .fetch_one(conn)
        .await
        .map_err(Error::store("read the ledger's end"))
}

/// All faults in their order.
pub(crate) async fn faults(conn: &mut SqliteConnection) -> Result<Vec<Fault>, Error> {
    let rows: Vec<String> = sqlx::query_scalar("SELECT body FROM faults ORDER BY place")
        .fetch_all(conn)
        .await
        .map_err(Error::store("read the faults"))?;
    rows.iter().map(|body| parse("fault", body)).collect()
}

/// Keeps changed faults.
pub(crate) async fn set_faults(conn: &mut SqliteConnection, faults: &[(usize, Fault)]) -> Result<(), Error> {
    let rows: Vec<Value> = faults
        .iter()
        .map(|(place, fault)| Ok(json!([place, text("fault", fault)?])))
        .collect::<Result<_, Error>>()?;
    insert(
        conn,
        "INSERT INTO faults SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
         ON CONFLICT (place) DO UPDATE SET body = excluded.body",
        rows,
    )
    .await
}

/// The lines of the faults log, in their order.
pub(crate) async fn fault_lines(conn: &mut SqliteConnection) -> Result<Vec<String>, Error> {
    sqlx::query_scalar("SELECT body FROM fault_lines ORDER BY line")
        .fetch_all(conn)
        .await
        .map_err(Error::store("read the fault lines"))
}

/// The recorded commands among these ids, with their fingerprints.
pub(crate) async fn commands(
    conn: &mut SqliteConnection,
    ids: &[&str],
) -> Result<BTreeMap<String, (String, Record)>, Error> {
    let sql = "SELECT command_id, fingerprint, body FROM commands WHERE command_id IN (SELECT value FROM json_each(?))";
    let rows: Vec<(String, String, String)> = sqlx::query_as(sql)
        .bind(json!(ids).to_string())
        .fetch_all(conn)
        .await
        .map_err(Error::store("read commands"))?;
    rows.into_iter().map(|(id, print, body)| Ok((id, (print, parse("command", &body)?)))).collect()
}

/// Keeps new commands.
pub(crate) async fn add_commands(conn: &mut SqliteConnection, new: &[(String, Record)]) -> Result<(), Error> {
    let row =
        |(print, record): &(String, Record)| Ok(json!([record.command_id, print, text("command", record)?]));
    let rows = new.iter().map(row).collect::<Result<_, Error>>()?;
    insert(conn, "INSERT INTO commands SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)", rows)
        .await
}

/// The subscriptions of these ids.
pub(crate) async fn subscriptions(
    conn: &mut SqliteConnection,
    ids: &[&str],
) -> Result<BTreeMap<SubscriptionId, Subscription>, Error> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT body FROM subscriptions WHERE id IN (SELECT value FROM json_each(?))")
            .bind(json!(ids).to_string())
            .fetch_all(conn)
            .await
            .map_err(Error::store("read subscriptions"))?;
    let read = |body: &String| parse("subscription", body).map(|s: Subscription| (s.id.clone(), s));
    rows.iter().map(read).collect()
}

/// The first subscriptions that have something to do by this day.
pub(crate) async fn due_subscriptions(
    conn: &mut SqliteConnection,
    day: Day,
    limit: usize,
) -> Result<Vec<Subscription>, Error> {
    due(conn, "SELECT body FROM subscriptions WHERE due_on <= ? ORDER BY due_on, id LIMIT ?", day, limit)
        .await
}

/// The first documents that are not paid and fall due by this day.
pub(crate) async fn unpaid(
    conn: &mut SqliteConnection,
    day: Day,
    limit: usize,
) -> Result<Vec<Document>, Error> {
    due(conn, "SELECT body FROM ledger WHERE unpaid_due <= ? ORDER BY unpaid_due, seq LIMIT ?", day, limit)
        .await
}

/// Takes the first tasks that are to be done by this day.
pub(crate) async fn take_later(
    conn: &mut SqliteConnection,
    day: Day,
    limit: usize,
) -> Result<Vec<Task>, Error> {
    let sql = "SELECT id, body FROM later WHERE due_on <= ? ORDER BY step, place, id LIMIT ?";
    let rows: Vec<(i64, String)> = sqlx::query_as(sql)
        .bind(day.to_string())
        .bind(limit as i64)
        .fetch_all(&mut *conn)
        .await
        .map_err(Error::store("read later tasks"))?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    sqlx::query("DELETE FROM later WHERE id IN (SELECT value FROM json_each(?))")
        .bind(json!(ids).to_string())
        .execute(conn)
        .await
        .map_err(Error::store("remove later tasks"))?;
    rows.iter().map(|(_, body)| parse("later task", body)).collect()
}

/// The first day on which anything is to be done; payments only when they are wanted.
pub(crate) async fn next_due(conn: &mut SqliteConnection, payments: bool) -> Result<Option<Day>, Error> {
    let sql = "SELECT min(due_on) FROM (SELECT min(due_on) AS due_on FROM later
        UNION ALL SELECT min(due_on) FROM subscriptions WHERE due_on IS NOT NULL
        UNION ALL SELECT min(unpaid_due) FROM ledger WHERE unpaid_due IS NOT NULL AND ?)";
    let due: Option<String> = sqlx::query_scalar(sql)
        .bind(payments)
        .fetch_one(conn)
        .await
        .map_err(Error::store("look for the next work"))?;
    due.map(|text| parse("day", &json!(text).to_string())).transpose()
}

/// Writes what a transaction has done.
pub(crate) async fn write(conn: &mut SqliteConnection, changes: &Changes) -> Result<(), Error> {
    let rows =
        changes.entries.iter().map(|(seq, entry)| ledger_row(*seq, entry)).collect::<Result<_, _>>()?;
    let sql =
        "INSERT INTO ledger SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)";
    insert(conn, sql, rows).await?;
    let row = |s: &Subscription| Ok(json!([s.id, s.due_on(), text("subscription", s)?]));
    let rows = changes.subscriptions.values().map(row).collect::<Result<_, Error>>()?;
    let sql =
        "INSERT INTO subscriptions SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
        ON CONFLICT (id) DO UPDATE SET due_on = excluded.due_on, body = excluded.body";
    insert(conn, sql, rows).await?;
    let row = |l: &Later| Ok(json!([l.due_on, l.task.step(), l.place, text("later task", &l.task)?]));
    let rows = changes.later.iter().map(row).collect::<Result<_, Error>>()?;
    let sql = "INSERT INTO later (due_on, step, place, body)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)";
    insert(conn, sql, rows).await?;
    let row = |line: &FaultLine| Ok(json!(text("fault line", line)?));
    let rows = changes.fault_lines.iter().map(row).collect::<Result<_, Error>>()?;
    insert(conn, "INSERT INTO fault_lines (body) SELECT value FROM json_each(?)", rows).await?;
    let rows = changes.settled.iter().map(|no| json!(no)).collect();
    let sql = "UPDATE ledger SET unpaid_due = NULL WHERE document_no IN (SELECT value FROM json_each(?))";
    insert(conn, sql, rows).await
}

fn ledger_row(seq: i64, entry: &Entry) -> Result<Value, Error> {
    #[derive(Serialize)]
    struct Numbered<'a> {
        seq: i64,
        #[serde(flatten)]
        entry: &'a Entry,
    }
    let body = text("ledger entry", &Numbered { seq, entry })?;
    Ok(match entry {
        Entry::Document(document) => json!([seq, document.document_no, document.due_on, body]),
        _ => json!([seq, null, null, body]),
    })
}

async fn insert(conn: &mut SqliteConnection, sql: &'static str, rows: Vec<Value>) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(sql)
        .bind(Value::Array(rows).to_string())
        .execute(conn)
        .await
        .map_err(Error::store("write"))?;
    Ok(())
}

async fn due<T: DeserializeOwned>(
    conn: &mut SqliteConnection,
    sql: &'static str,
    day: Day,
    limit: usize,
) -> Result<Vec<T>, Error> {
    let rows: Vec<String> = sqlx::query_scalar(sql)
        .bind(day.to_string())
        .bind(limit as i64)
        .fetch_all(conn)
        .await
        .map_err(Error::store("read what is due"))?;
    rows.iter().map(|body| parse("due row", body)).collect()
}

fn text(what: &'static str, value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::stored(what))
}

fn parse<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(Error::stored(what))
}
