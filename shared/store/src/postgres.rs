//! The store in PostgreSQL: one schema a stage.

mod commit;
mod rows;
mod schema;
mod settings;

pub use schema::name as schema_name;
pub use settings::PostgresConfig;

use crate::{
    CallRow, Claimed, Commit, Counts, DeadLetterRow, Error, KeyRow, OutboxRow, ParkedRow, Request, StateRow,
    Store, TimerRow,
};
use async_trait::async_trait;
use domain::Day;
use futures::future::BoxFuture;
use rows::{Call, DeadLetter};
use sqlx::postgres::{PgPool, PgPoolOptions};
use std::collections::BTreeSet;
use std::time::Duration;

/// Connections of one stage in one process: the stage commits one batch at a time, operators and reports read beside it.
const CONNECTIONS_MAX: u32 = 4;
/// How long to wait for a connection.
const CONNECT_WAIT_MAX: Duration = Duration::from_secs(15);
/// What every connection is set to. A commit is on the disk when it returns. A transaction whose client has gone silent
/// gives its locks back soon, so that a new owner can claim the partition. Every statement of ours finds its rows by an
/// index, and is planned so: a plan made for a table as small as it was at that moment would read the whole of it later.
const SETTINGS: [(&str, &str); 8] = [
    ("synchronous_commit", "on"),
    ("statement_timeout", "60s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("default_transaction_isolation", "read committed"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

/// The store of one stage in one schema of a PostgreSQL database (14 or later).
pub struct PostgresStore {
    stage: String,
    pool: PgPool,
}

impl PostgresStore {
    /// [`Self::open_as`] the URL says.
    pub async fn open(url: &str, prefix: &str, stage: &str) -> Result<Self, Error> {
        let config = PostgresConfig { prefix: prefix.to_owned(), ..PostgresConfig::new(url) };
        Self::open_as(&config, stage).await
    }

    /// Connects, and makes the schema `<prefix><stage>` and its tables where they are missing (`-` becomes `_`). Any
    /// number of processes may do so at the same time. [`Error::Newer`] when a newer program has changed the tables.
    ///
    /// No error shows the password.
    pub fn open_as<'a>(config: &'a PostgresConfig, stage: &'a str) -> BoxFuture<'a, Result<Self, Error>> {
        Self::connect(config, stage, false)
    }

    /// The same for an operator, who makes and changes nothing: [`Error::Setting`] where the schema is missing or of an
    /// older program.
    pub fn open_made<'a>(config: &'a PostgresConfig, stage: &'a str) -> BoxFuture<'a, Result<Self, Error>> {
        Self::connect(config, stage, true)
    }

    fn connect<'a>(
        config: &'a PostgresConfig,
        stage: &'a str,
        made: bool,
    ) -> BoxFuture<'a, Result<Self, Error>> {
        Box::pin(async move {
            let name = schema::name(&config.prefix, stage)?;
            let options = config.options()?;
            let place = format!("PostgreSQL {}:{}, schema {name}", options.get_host(), options.get_port());
            let open = |source: sqlx::Error| Error::Open { place: place.clone(), source: source.into() };
            let options = options
                .application_name(&format!("rettidig {stage}"))
                .options(SETTINGS)
                .options([("search_path", name.as_str())]);
            let pool = PgPoolOptions::new()
                .max_connections(CONNECTIONS_MAX)
                .acquire_timeout(CONNECT_WAIT_MAX)
                .connect_with(options)
                .await
                .map_err(open)?;
            let found = if made {
                let known = schema::version_of(&pool, &name).await.map_err(open)?;
                schema::checked(&name, known)?
            } else {
                schema::migrate(&pool, &name).await.map_err(open)?
            };
            if found > schema::KNOWN {
                return Err(Error::Newer { stage: stage.to_owned(), found, known: schema::KNOWN });
            }
            Ok(Self { stage: stage.to_owned(), pool })
        })
    }

    fn failed(&self, operation: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
        let stage = self.stage.clone();
        move |source| Error::Failed { stage, operation, source: source.into() }
    }

    fn damaged(&self, what: &'static str) -> Error {
        Error::Damaged { stage: self.stage.clone(), what }
    }

    async fn calls(
        &self,
        sql: &'static str,
        partition: u32,
        bound: i64,
        max: usize,
    ) -> Result<Vec<CallRow>, Error> {
        let rows: Vec<Call> = sqlx::query_as(sql)
            .bind(partition.cast_signed())
            .bind(bound)
            .bind(limit(max))
            .fetch_all(&self.pool)
            .await
            .map_err(self.failed("read calls"))?;
        Ok(rows.into_iter().map(rows::call).collect())
    }

    fn dead_letter_rows(&self, rows: Vec<DeadLetter>) -> Result<Vec<DeadLetterRow>, Error> {
        rows.into_iter()
            .map(|row| rows::dead_letter(row).ok_or_else(|| self.damaged("a dead letter")))
            .collect()
    }
}

/// A page size as the server takes it.
fn limit(max: usize) -> i64 {
    i64::try_from(max).unwrap_or(i64::MAX)
}

#[async_trait]
impl Store for PostgresStore {
    fn stage(&self) -> &str {
        &self.stage
    }

    async fn claim(&self, partition: u32) -> Result<Claimed, Error> {
        let (version, doc, found): (i64, Option<String>, i64) = sqlx::query_as(
            "insert into progress (partition, version) values ($1, 1)
             on conflict (partition) do update set version = progress.version + 1
             returning version, doc, (select version from schema_version)",
        )
        .bind(partition.cast_signed())
        .fetch_one(&self.pool)
        .await
        .map_err(self.failed("claim a partition"))?;
        // A newer process has come while this one ran: its rows are not for this one to read.
        if found > schema::KNOWN {
            return Err(Error::Newer { stage: self.stage.clone(), found, known: schema::KNOWN });
        }
        Ok(Claimed { version, doc })
    }

    async fn read(&self, partition: u32, keys: &[&str]) -> Result<Vec<KeyRow>, Error> {
        let rows: Vec<(String, Option<String>, bool)> = sqlx::query_as(
            "select k.key, s.doc, d.found is not null or p.found is not null
             from unnest($2::text[]) as k (key)
             left join lateral (select doc from states
                                where partition = $1 and key = k.key limit 1) as s on true
             left join lateral (select true as found from dead_letters
                                where partition = $1 and key = k.key and holds and state <> 'settled'
                                limit 1) as d on true
             left join lateral (select true as found from parked
                                where partition = $1 and key = k.key limit 1) as p on true
             where s.doc is not null or d.found is not null or p.found is not null",
        )
        .bind(partition.cast_signed())
        .bind(keys)
        .fetch_all(&self.pool)
        .await
        .map_err(self.failed("read states"))?;
        Ok(rows.into_iter().map(|(key, doc, parked)| KeyRow { key, doc, parked }).collect())
    }

    async fn seen(&self, partition: u32, ids: &[&str]) -> Result<BTreeSet<String>, Error> {
        let ids: Vec<String> =
            sqlx::query_scalar("select id from seen where partition = $1 and id = any ($2::text[])")
                .bind(partition.cast_signed())
                .bind(ids)
                .fetch_all(&self.pool)
                .await
                .map_err(self.failed("read seen ids"))?;
        Ok(ids.into_iter().collect())
    }

    async fn commit(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await.map_err(self.failed("begin a commit"))?;
        let partition_column = partition.cast_signed();
        let owner = commit::fence(&mut transaction, partition_column, expected, &commit.doc)
            .await
            .map_err(self.failed("commit"))?;
        if !owner {
            transaction.rollback().await.map_err(self.failed("roll back"))?;
            return Err(Error::Lost { stage: self.stage.clone(), partition });
        }
        commit::save(&mut transaction, partition_column, commit).await.map_err(self.failed("commit"))?;
        transaction.commit().await.map_err(self.failed("commit"))
    }

    async fn timers_due(&self, partition: u32, on: Day, max: usize) -> Result<Vec<TimerRow>, Error> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "select key, name, due::text from timers where partition = $1 and due <= $2::date
             order by timers.due, key, name limit $3",
        )
        .bind(partition.cast_signed())
        .bind(on.to_string())
        .bind(limit(max))
        .fetch_all(&self.pool)
        .await
        .map_err(self.failed("read timers"))?;
        rows.into_iter()
            .map(|(key, name, due)| {
                let due = due.parse().map_err(|_| self.damaged("a timer"))?;
                Ok(TimerRow { key, name, due })
            })
            .collect()
    }

    async fn outbox(&self, partition: u32, after: i64, max: usize) -> Result<Vec<OutboxRow>, Error> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select sequence, record from outbox where partition = $1 and sequence > $2 order by sequence limit $3",
        )
        .bind(partition.cast_signed())
        .bind(after)
        .bind(limit(max))
        .fetch_all(&self.pool)
        .await
        .map_err(self.failed("read the outbox"))?;
        Ok(rows.into_iter().map(|(sequence, record)| OutboxRow { sequence, record }).collect())
    }

    async fn calls_eligible(&self, partition: u32, now_ms: i64, max: usize) -> Result<Vec<CallRow>, Error> {
        let sql = "select sequence, key, id, request, not_before_ms, started from calls c
             where partition = $1 and not started and not_before_ms <= $2
               and not exists (select from calls f
                               where f.partition = $1 and f.key = c.key and f.sequence < c.sequence)
             order by sequence limit $3";
        self.calls(sql, partition, now_ms, max).await
    }

    async fn calls_next_ms(&self, partition: u32) -> Result<Option<i64>, Error> {
        sqlx::query_scalar(
            "select min(not_before_ms) from calls c
             where partition = $1 and not started
               and not exists (select from calls f
                               where f.partition = $1 and f.key = c.key and f.sequence < c.sequence)",
        )
        .bind(partition.cast_signed())
        .fetch_one(&self.pool)
        .await
        .map_err(self.failed("read calls"))
    }

    async fn calls_started(&self, partition: u32, after: i64, max: usize) -> Result<Vec<CallRow>, Error> {
        let sql = "select sequence, key, id, request, not_before_ms, started from calls
             where partition = $1 and started and sequence > $2 order by sequence limit $3";
        self.calls(sql, partition, after, max).await
    }

    async fn requested(&self, partition: u32, max: usize) -> Result<Vec<DeadLetterRow>, Error> {
        let rows: Vec<DeadLetter> = sqlx::query_as(
            "select refusal, partition, key, input, at, code, detail, on_day::text, holds, state from dead_letters
             where partition = $1 and state in ('requeue_requested', 'discard_requested')
             order by refusal limit $2",
        )
        .bind(partition.cast_signed())
        .bind(limit(max))
        .fetch_all(&self.pool)
        .await
        .map_err(self.failed("read requests"))?;
        self.dead_letter_rows(rows)
    }

    async fn released(&self, partition: u32, max: usize) -> Result<Vec<ParkedRow>, Error> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "select number, key, input from parked p
             where partition = $1
               and not exists (select from dead_letters d
                               where d.partition = $1 and d.key = p.key and d.holds and d.state <> 'settled')
             order by number limit $2",
        )
        .bind(partition.cast_signed())
        .bind(limit(max))
        .fetch_all(&self.pool)
        .await
        .map_err(self.failed("read parked inputs"))?;
        Ok(rows.into_iter().map(|(number, key, input)| ParkedRow { number, key, input }).collect())
    }

    async fn states(&self, after: Option<(u32, &str)>, max: usize) -> Result<Vec<StateRow>, Error> {
        // No partition comes before 0, and no key before the empty one.
        let (partition, key) = after.map_or((-1, ""), |(partition, key)| (partition.cast_signed(), key));
        let rows: Vec<(i32, String, String)> = sqlx::query_as(
            "select partition, key, doc from states where (partition, key) > ($1, $2)
             order by partition, key limit $3",
        )
        .bind(partition)
        .bind(key)
        .bind(limit(max))
        .fetch_all(&self.pool)
        .await
        .map_err(self.failed("page through states"))?;
        Ok(rows
            .into_iter()
            .map(|(partition, key, doc)| StateRow { partition: partition.cast_unsigned(), key, doc })
            .collect())
    }

    async fn dead_letters(&self, after: Option<&str>, max: usize) -> Result<Vec<DeadLetterRow>, Error> {
        let rows: Vec<DeadLetter> = sqlx::query_as(
            "select refusal, partition, key, input, at, code, detail, on_day::text, holds, state from dead_letters
             where refusal > $1 order by refusal limit $2",
        )
        .bind(after.unwrap_or_default())
        .bind(limit(max))
        .fetch_all(&self.pool)
        .await
        .map_err(self.failed("page through dead letters"))?;
        self.dead_letter_rows(rows)
    }

    async fn request(&self, refusal: &str, request: Request) -> Result<bool, Error> {
        let done = sqlx::query("update dead_letters set state = $2 where refusal = $1 and state = 'parked'")
            .bind(refusal)
            .bind(request.state().as_str())
            .execute(&self.pool)
            .await
            .map_err(self.failed("request"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn counts(&self, partition: Option<u32>) -> Result<Counts, Error> {
        let row = sqlx::query_as(rows::COUNTS)
            .bind(partition.map(u32::cast_signed))
            .fetch_one(&self.pool)
            .await
            .map_err(self.failed("count"))?;
        Ok(rows::counts(row))
    }

    async fn reach(&self) -> Result<(), Error> {
        sqlx::query("select 1").execute(&self.pool).await.map(drop).map_err(self.failed("answer"))
    }
}
