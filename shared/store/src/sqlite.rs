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
use rows::{limit, list};
use sqlx::sqlite::SqlitePool;
use std::collections::BTreeSet;
use std::path::Path;

/// The store of one stage in one file: WAL, full sync, one writer at a time, set-based through `json_each`.
#[derive(Clone)]
pub struct SqliteStore {
    stage: String,
    /// For operators and reports.
    readers: SqlitePool,
    /// One connection, for the worker: it finds in its own cache what it has just written.
    writer: SqlitePool,
}

impl SqliteStore {
    /// Opens the stage's file in this directory (`stage-<name>.db`), makes it where there is none, and brings its
    /// tables up to date.
    pub async fn open(directory: impl AsRef<Path>, stage: &str) -> Result<Self, Error> {
        let (writer, readers) = file::open(directory.as_ref(), stage).await?;
        Ok(Self { stage: stage.to_owned(), readers, writer })
    }

    /// For `map_err` of a failed operation.
    fn failed<E>(&self, operation: &'static str) -> impl FnOnce(E) -> Error
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stage = self.stage.clone();
        move |source| Error::Failed { stage, operation, source: source.into() }
    }

    /// For `ok_or_else` on a row that makes no sense.
    fn damaged(&self, what: &'static str) -> impl FnOnce() -> Error {
        let stage = self.stage.clone();
        move || Error::Damaged { stage, what }
    }

    fn dead_letters_of(&self, rows: Vec<rows::DeadLetter>) -> Result<Vec<DeadLetterRow>, Error> {
        rows.into_iter()
            .map(|row| rows::dead_letter(row).ok_or_else(self.damaged("a dead letter's day or state")))
            .collect()
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn stage(&self) -> &str {
        &self.stage
    }

    async fn claim(&self, partition: u32) -> Result<Claimed, Error> {
        let (version, doc) = sqlx::query_as(
            "insert into progress (partition, version) values (?1, 1)
             on conflict (partition) do update set version = version + 1 returning version, doc",
        )
        .bind(partition)
        .fetch_one(&self.writer)
        .await
        .map_err(self.failed("claim a partition"))?;
        Ok(Claimed { version, doc })
    }

    async fn read(&self, partition: u32, keys: &[&str]) -> Result<Vec<KeyRow>, Error> {
        let rows: Vec<(String, Option<String>, bool)> = sqlx::query_as(
            "select key, doc, parked from (
                select j.value as key, s.doc as doc,
                       exists (select 1 from dead_letters d
                               where d.partition = ?1 and d.key = j.value and d.state <> 'settled')
                       or exists (select 1 from parked p where p.partition = ?1 and p.key = j.value) as parked
                from json_each(?2) as j left join states s on s.partition = ?1 and s.key = j.value)
             where parked or doc is not null",
        )
        .bind(partition)
        .bind(list(keys).map_err(self.failed("read states"))?)
        .fetch_all(&self.writer)
        .await
        .map_err(self.failed("read states"))?;
        Ok(rows.into_iter().map(|(key, doc, parked)| KeyRow { key, doc, parked }).collect())
    }

    async fn seen(&self, partition: u32, ids: &[&str]) -> Result<BTreeSet<String>, Error> {
        let rows: Vec<String> = sqlx::query_scalar(
            "select s.id from json_each(?2) as j join seen s on s.partition = ?1 and s.id = j.value",
        )
        .bind(partition)
        .bind(list(ids).map_err(self.failed("read the ids seen"))?)
        .fetch_all(&self.writer)
        .await
        .map_err(self.failed("read the ids seen"))?;
        Ok(rows.into_iter().collect())
    }

    async fn commit(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error> {
        self.save(partition, expected, commit).await
    }

    async fn timers_due(&self, partition: u32, on: Day, max: usize) -> Result<Vec<TimerRow>, Error> {
        let rows: Vec<rows::Timer> = sqlx::query_as(
            "select key, name, due from timers where partition = ?1 and due <= ?2 order by due, key, name limit ?3",
        )
        .bind(partition)
        .bind(on.to_string())
        .bind(limit(max))
        .fetch_all(&self.writer)
        .await
        .map_err(self.failed("read due timers"))?;
        rows.into_iter().map(|row| rows::timer(row).ok_or_else(self.damaged("a timer's day"))).collect()
    }

    async fn outbox(&self, partition: u32, after: i64, max: usize) -> Result<Vec<OutboxRow>, Error> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select sequence, record from outbox where partition = ?1 and sequence > ?2 order by sequence limit ?3",
        )
        .bind(partition)
        .bind(after)
        .bind(limit(max))
        .fetch_all(&self.writer)
        .await
        .map_err(self.failed("read the outbox"))?;
        Ok(rows.into_iter().map(|(sequence, record)| OutboxRow { sequence, record }).collect())
    }

    async fn calls_eligible(&self, partition: u32, now_ms: i64, max: usize) -> Result<Vec<CallRow>, Error> {
        let rows: Vec<rows::Call> = sqlx::query_as(
            "select sequence, key, id, request, not_before_ms, started from calls c
             where partition = ?1 and not started and not_before_ms <= ?2 and not exists (
                 select 1 from calls e where e.partition = ?1 and e.key = c.key and e.sequence < c.sequence)
             order by sequence limit ?3",
        )
        .bind(partition)
        .bind(now_ms)
        .bind(limit(max))
        .fetch_all(&self.writer)
        .await
        .map_err(self.failed("read calls"))?;
        Ok(rows.into_iter().map(rows::call).collect())
    }

    async fn calls_next_ms(&self, partition: u32) -> Result<Option<i64>, Error> {
        sqlx::query_scalar(
            "select min(not_before_ms) from calls c
             where partition = ?1 and not started and not exists (
                 select 1 from calls e where e.partition = ?1 and e.key = c.key and e.sequence < c.sequence)",
        )
        .bind(partition)
        .fetch_one(&self.writer)
        .await
        .map_err(self.failed("read calls"))
    }

    async fn calls_started(&self, partition: u32, after: i64, max: usize) -> Result<Vec<CallRow>, Error> {
        let rows: Vec<rows::Call> = sqlx::query_as(
            "select sequence, key, id, request, not_before_ms, started from calls
             where partition = ?1 and started and sequence > ?2 order by sequence limit ?3",
        )
        .bind(partition)
        .bind(after)
        .bind(limit(max))
        .fetch_all(&self.writer)
        .await
        .map_err(self.failed("read calls"))?;
        Ok(rows.into_iter().map(rows::call).collect())
    }

    async fn requested(&self, partition: u32, max: usize) -> Result<Vec<DeadLetterRow>, Error> {
        let rows = sqlx::query_as(
            "select refusal, partition, key, input, at, code, detail, on_day, state from dead_letters
             where partition = ?1 and state in ('requeue_requested', 'discard_requested')
             order by refusal limit ?2",
        )
        .bind(partition)
        .bind(limit(max))
        .fetch_all(&self.writer)
        .await
        .map_err(self.failed("read requests"))?;
        self.dead_letters_of(rows)
    }

    async fn released(&self, partition: u32, max: usize) -> Result<Vec<ParkedRow>, Error> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "select number, key, input from parked p
             where partition = ?1 and not exists (
                 select 1 from dead_letters d
                 where d.partition = ?1 and d.key = p.key and d.state <> 'settled')
             order by number limit ?2",
        )
        .bind(partition)
        .bind(limit(max))
        .fetch_all(&self.writer)
        .await
        .map_err(self.failed("read parked inputs"))?;
        Ok(rows.into_iter().map(|(number, key, input)| ParkedRow { number, key, input }).collect())
    }

    async fn states(&self, after: Option<(u32, &str)>, max: usize) -> Result<Vec<StateRow>, Error> {
        let (after_partition, after_key) =
            after.map_or((-1, ""), |(partition, key)| (i64::from(partition), key));
        let rows: Vec<(u32, String, String)> = sqlx::query_as(
            "select partition, key, doc from states where (partition, key) > (?1, ?2)
             order by partition, key limit ?3",
        )
        .bind(after_partition)
        .bind(after_key)
        .bind(limit(max))
        .fetch_all(&self.readers)
        .await
        .map_err(self.failed("read states"))?;
        Ok(rows.into_iter().map(|(partition, key, doc)| StateRow { partition, key, doc }).collect())
    }

    async fn dead_letters(&self, after: Option<&str>, max: usize) -> Result<Vec<DeadLetterRow>, Error> {
        let rows = sqlx::query_as(
            "select refusal, partition, key, input, at, code, detail, on_day, state from dead_letters
             where refusal > ?1 order by refusal limit ?2",
        )
        .bind(after.unwrap_or_default())
        .bind(limit(max))
        .fetch_all(&self.readers)
        .await
        .map_err(self.failed("read dead letters"))?;
        self.dead_letters_of(rows)
    }

    async fn request(&self, refusal: &str, request: Request) -> Result<bool, Error> {
        let done = sqlx::query("update dead_letters set state = ?2 where refusal = ?1 and state = 'parked'")
            .bind(refusal)
            .bind(request.state().as_str())
            .execute(&self.writer)
            .await
            .map_err(self.failed("note a request"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn counts(&self, partition: Option<u32>) -> Result<Counts, Error> {
        rows::counts(&self.readers, partition).await.map_err(self.failed("count"))
    }
}

#[cfg(test)]
mod tests;
