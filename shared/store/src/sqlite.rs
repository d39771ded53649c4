//! The store in one SQLite file a stage.

mod commit;
mod file;
mod rows;

use crate::{
    CallRow, Claimed, Commit, Counts, DeadLetterRow, Error, KeyRow, OutboxRow, ParkedRow, Request, StateRow,
    Store, TimerRow,
};
use async_trait::async_trait;
use domain::Day;
use rows::{CALL, DEAD_LETTER, call, dead_letter, limit, timer};
pub use sqlite::Durability;
use sqlite::rusqlite::{self, Connection, Params, Row, params};
use sqlite::{Database, texts};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The store of one stage in one file: WAL, one writer at a time. Its operations run in place and are never
/// half done, whenever their futures are dropped.
#[derive(Clone)]
pub struct SqliteStore {
    stage: String,
    /// For the worker: it finds in its own cache what it has just written.
    worker: Arc<Database>,
    /// For operators and reports, who must not make the worker wait.
    others: Arc<Database>,
}

impl SqliteStore {
    /// Opens the stage's file in this directory (`stage-<name>.db`), makes it where there is none, and brings its
    /// tables up to date. Its commits outlive a power failure.
    pub async fn open(directory: impl AsRef<Path>, stage: &str) -> Result<Self, Error> {
        Self::open_as(directory, stage, Durability::Full).await
    }

    /// Opens the stage's file with commits that outlive this. With [`Durability::Process`] all stores of an
    /// installation and its log are lost to a power failure together.
    pub async fn open_as(
        directory: impl AsRef<Path>,
        stage: &str,
        durability: Durability,
    ) -> Result<Self, Error> {
        let (worker, others) = file::open(directory.as_ref(), stage, durability)?;
        Ok(Self { stage: stage.to_owned(), worker: Arc::new(worker), others: Arc::new(others) })
    }

    /// Does something in a file and says what it was when it fails.
    fn attempt<T>(
        &self,
        database: &Database,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let failed = |source: rusqlite::Error| Error::Failed {
            stage: self.stage.clone(),
            operation,
            source: source.into(),
        };
        database.run(work).map_err(failed)
    }

    /// All rows of a query.
    fn rows<T>(
        &self,
        database: &Database,
        operation: &'static str,
        (sql, parameters): (&str, impl Params),
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        self.attempt(database, operation, |connection| {
            connection.prepare_cached(sql)?.query_map(parameters, read)?.collect()
        })
    }

    /// All rows, or that one of them makes no sense.
    fn sound<T>(&self, rows: Vec<Option<T>>, what: &'static str) -> Result<Vec<T>, Error> {
        let damaged = || Error::Damaged { stage: self.stage.clone(), what };
        rows.into_iter().collect::<Option<_>>().ok_or_else(damaged)
    }

    fn dead_letters_of(
        &self,
        database: &Database,
        operation: &'static str,
        query: (&str, impl Params),
    ) -> Result<Vec<DeadLetterRow>, Error> {
        let rows = self.rows(database, operation, query, dead_letter)?;
        self.sound(rows, "a dead letter's day or state")
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn stage(&self) -> &str {
        &self.stage
    }

    async fn claim(&self, partition: u32) -> Result<Claimed, Error> {
        let sql = "insert into progress (partition, version) values (?1, 1)
                   on conflict (partition) do update set version = version + 1 returning version, doc";
        self.attempt(&self.worker, "claim a partition", |connection| {
            let read = |row: &Row<'_>| Ok(Claimed { version: row.get(0)?, doc: row.get(1)? });
            connection.prepare_cached(sql)?.query_row([partition], read)
        })
    }

    async fn read(&self, partition: u32, keys: &[&str]) -> Result<Vec<KeyRow>, Error> {
        let sql = "select key, doc, parked from (
                select j.value as key, s.doc as doc,
                       exists (select 1 from dead_letters d
                               where d.partition = ?1 and d.key = j.value and d.holds and d.state <> 'settled')
                       or exists (select 1 from parked p where p.partition = ?1 and p.key = j.value) as parked
                from rarray(?2) as j left join states s on s.partition = ?1 and s.key = j.value)
             where parked or doc is not null";
        self.attempt(&self.worker, "read states", |connection| {
            let read = |row: &Row<'_>| Ok(KeyRow { key: row.get(0)?, doc: row.get(1)?, parked: row.get(2)? });
            let keys = texts(keys.iter().copied());
            connection.prepare_cached(sql)?.query_map(params![partition, keys], read)?.collect()
        })
    }

    async fn seen(&self, partition: u32, ids: &[&str]) -> Result<BTreeSet<String>, Error> {
        let sql = "select s.id from rarray(?2) as j join seen s on s.partition = ?1 and s.id = j.value";
        self.attempt(&self.worker, "read the ids seen", |connection| {
            let ids = texts(ids.iter().copied());
            connection.prepare_cached(sql)?.query_map(params![partition, ids], |row| row.get(0))?.collect()
        })
    }

    async fn commit(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error> {
        let saved = self.attempt(&self.worker, "commit", |connection| {
            commit::save(connection, partition, expected, commit)
        })?;
        if saved { Ok(()) } else { Err(Error::Lost { stage: self.stage.clone(), partition }) }
    }

    async fn timers_due(&self, partition: u32, on: Day, max: usize) -> Result<Vec<TimerRow>, Error> {
        let sql = "select key, name, due from timers where partition = ? and due <= ?
                   order by due, key, name limit ?";
        let query = (sql, (partition, on.to_string(), limit(max)));
        let rows = self.rows(&self.worker, "read due timers", query, timer)?;
        self.sound(rows, "a timer's day")
    }

    async fn outbox(&self, partition: u32, after: i64, max: usize) -> Result<Vec<OutboxRow>, Error> {
        let sql = "select sequence, record from outbox where partition = ? and sequence > ? order by sequence limit ?";
        let read = |row: &Row<'_>| Ok(OutboxRow { sequence: row.get(0)?, record: row.get(1)? });
        self.rows(&self.worker, "read the outbox", (sql, (partition, after, limit(max))), read)
    }

    async fn calls_eligible(&self, partition: u32, now_ms: i64, max: usize) -> Result<Vec<CallRow>, Error> {
        let sql = &format!(
            "select {CALL} from calls c
             where partition = ?1 and not started and not_before_ms <= ?2 and not exists (
                 select 1 from calls e where e.partition = ?1 and e.key = c.key and e.sequence < c.sequence)
             order by sequence limit ?3"
        );
        self.rows(&self.worker, "read calls", (sql, (partition, now_ms, limit(max))), call)
    }

    async fn calls_next_ms(&self, partition: u32) -> Result<Option<i64>, Error> {
        let sql = "select min(not_before_ms) from calls c
             where partition = ?1 and not started and not exists (
                 select 1 from calls e where e.partition = ?1 and e.key = c.key and e.sequence < c.sequence)";
        self.attempt(&self.worker, "read calls", |connection| {
            connection.prepare_cached(sql)?.query_row([partition], |row| row.get(0))
        })
    }

    async fn calls_started(&self, partition: u32, after: i64, max: usize) -> Result<Vec<CallRow>, Error> {
        let sql = &format!(
            "select {CALL} from calls where partition = ? and started and sequence > ? order by sequence limit ?"
        );
        self.rows(&self.worker, "read calls", (sql, (partition, after, limit(max))), call)
    }

    async fn requested(&self, partition: u32, max: usize) -> Result<Vec<DeadLetterRow>, Error> {
        let sql = &format!(
            "select {DEAD_LETTER} from dead_letters
             where partition = ? and state in ('requeue_requested', 'discard_requested')
             order by refusal limit ?"
        );
        self.dead_letters_of(&self.worker, "read requests", (sql, (partition, limit(max))))
    }

    async fn released(&self, partition: u32, max: usize) -> Result<Vec<ParkedRow>, Error> {
        let sql = "select number, key, input from parked p
             where partition = ?1 and not exists (
                 select 1 from dead_letters d
                 where d.partition = ?1 and d.key = p.key and d.holds and d.state <> 'settled')
             order by number limit ?2";
        let read =
            |row: &Row<'_>| Ok(ParkedRow { number: row.get(0)?, key: row.get(1)?, input: row.get(2)? });
        self.rows(&self.worker, "read parked inputs", (sql, (partition, limit(max))), read)
    }

    async fn states(&self, after: Option<(u32, &str)>, max: usize) -> Result<Vec<StateRow>, Error> {
        let (after_partition, after_key) =
            after.map_or((-1, ""), |(partition, key)| (i64::from(partition), key));
        let sql = "select partition, key, doc from states where (partition, key) > (?, ?)
                   order by partition, key limit ?";
        let read =
            |row: &Row<'_>| Ok(StateRow { partition: row.get(0)?, key: row.get(1)?, doc: row.get(2)? });
        self.rows(&self.others, "read states", (sql, (after_partition, after_key, limit(max))), read)
    }

    async fn dead_letters(&self, after: Option<&str>, max: usize) -> Result<Vec<DeadLetterRow>, Error> {
        let sql =
            &format!("select {DEAD_LETTER} from dead_letters where refusal > ? order by refusal limit ?");
        let query = (sql.as_str(), (after.unwrap_or_default(), limit(max)));
        self.dead_letters_of(&self.others, "read dead letters", query)
    }

    async fn request(&self, refusal: &str, request: Request) -> Result<bool, Error> {
        let sql = "update dead_letters set state = ?2 where refusal = ?1 and state = 'parked'";
        let done = self.attempt(&self.others, "note a request", |connection| {
            connection.prepare_cached(sql)?.execute((refusal, request.state().as_str()))
        })?;
        Ok(done == 1)
    }

    async fn counts(&self, partition: Option<u32>) -> Result<Counts, Error> {
        self.attempt(&self.others, "count", |connection| rows::counts(connection, partition))
    }

    async fn reach(&self) -> Result<(), Error> {
        self.attempt(&self.others, "answer", |connection| {
            connection.prepare_cached("select 1")?.query_row([], |_| Ok(()))
        })
    }
}

#[cfg(test)]
mod tests;
