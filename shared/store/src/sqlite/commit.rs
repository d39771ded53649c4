//! One transaction: the fence first, then at most one statement a table and kind.

use super::SqliteStore;
use super::rows::list;
use crate::{Commit, Error};
use serde::Serialize;
use sqlx::{Sqlite, Transaction};

const TIMERS_DELETE: &str = "delete from timers where partition = ?1 and (key, name) in (
    select value ->> 0, value ->> 1 from json_each(?2))";
const TIMERS_PUT: &str = "insert into timers (partition, key, name, due)
    select ?1, value ->> 0, value ->> 1, value ->> 2 from json_each(?2) where true
    on conflict (partition, key, name) do update set due = excluded.due";
const STATES_PUT: &str = "insert into states (partition, key, doc)
    select ?1, value ->> 0, value ->> 1 from json_each(?2) where true
    on conflict (partition, key) do update set doc = excluded.doc";
const STATES_DELETE: &str =
    "delete from states where partition = ?1 and key in (select value from json_each(?2))";
const OUTBOX_DELETE: &str = "delete from outbox where partition = ?1 and sequence <= ?2";
const OUTBOX_INSERT: &str = "insert into outbox (partition, sequence, record)
    select ?1, value ->> 0, value ->> 1 from json_each(?2)";
const CALLS_END: &str =
    "delete from calls where partition = ?1 and sequence in (select value from json_each(?2))";
const CALLS_REPLACE: &str = "delete from calls where partition = ?1 and not started and (key, id) in (
    select value ->> 0, value ->> 1 from json_each(?2))";
const CALLS_INSERT: &str = "insert into calls (partition, sequence, key, id, request, not_before_ms, started)
    select ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, 0 from json_each(?2)";
const CALLS_BEGIN: &str =
    "update calls set started = 1 where partition = ?1 and sequence in (select value from json_each(?2))";
const CALLS_PUT_BACK: &str =
    "update calls set started = 0 where partition = ?1 and sequence in (select value from json_each(?2))";
const PARKED_END: &str =
    "delete from parked where partition = ?1 and number in (select value from json_each(?2))";
const PARKED_INSERT: &str = "insert into parked (partition, number, key, input)
    select ?1, value ->> 0, value ->> 1, value ->> 2 from json_each(?2)";
const DEAD_LETTERS_PUT: &str = "insert into dead_letters
    (partition, refusal, key, input, at, code, detail, on_day, state)
    select ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    from json_each(?2) where true
    on conflict (refusal) do update
    set code = excluded.code, detail = excluded.detail, state = excluded.state";
const DEAD_LETTERS_STATE: &str = "update dead_letters set state = j.value ->> 1
    from json_each(?2) as j where dead_letters.partition = ?1 and dead_letters.refusal = j.value ->> 0";
const SEEN_INSERT: &str = "insert into seen (partition, id, day)
    select ?1, value ->> 0, value ->> 1 from json_each(?2) where true on conflict do nothing";
const SEEN_DELETE: &str = "delete from seen where partition = ?1 and day < ?2";

/// A transaction of one partition.
struct Saving<'a> {
    store: &'a SqliteStore,
    partition: u32,
    transaction: Transaction<'a, Sqlite>,
}

impl Saving<'_> {
    /// Runs the statement with the items as a JSON list, unless there are none.
    async fn each<T: Serialize>(
        &mut self,
        statement: &'static str,
        items: impl ExactSizeIterator<Item = T>,
    ) -> Result<(), Error> {
        if items.len() == 0 {
            return Ok(());
        }
        let items = list(items.collect::<Vec<_>>()).map_err(self.store.failed("commit"))?;
        self.one(statement, Some(items)).await
    }

    /// Runs the statement with its second parameter, unless there is none.
    async fn one<T>(&mut self, statement: &'static str, value: Option<T>) -> Result<(), Error>
    where
        T: for<'q> sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite> + Send + 'static,
    {
        let Some(value) = value else { return Ok(()) };
        sqlx::query(statement)
            .bind(self.partition)
            .bind(value)
            .execute(&mut *self.transaction)
            .await
            .map_err(self.store.failed("commit"))?;
        Ok(())
    }
}

impl SqliteStore {
    pub(super) async fn save(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error> {
        let mut transaction =
            self.writer.begin_with("begin immediate").await.map_err(self.failed("commit"))?;
        let fence = sqlx::query(
            "update progress set version = version + 1, doc = ?3 where partition = ?1 and version = ?2",
        )
        .bind(partition)
        .bind(expected)
        .bind(&commit.doc)
        .execute(&mut *transaction)
        .await
        .map_err(self.failed("commit"))?;
        if fence.rows_affected() != 1 {
            return Err(Error::Lost { stage: self.stage.clone(), partition });
        }
        let mut saving = Saving { store: self, partition, transaction };
        saving.states_and_timers(commit).await?;
        saving.outbox_and_calls(commit).await?;
        saving.parked_and_seen(commit).await?;
        saving.transaction.commit().await.map_err(self.failed("commit"))
    }
}

impl Saving<'_> {
    async fn states_and_timers(&mut self, commit: &Commit) -> Result<(), Error> {
        self.each(STATES_PUT, commit.states_put.iter()).await?;
        self.each(STATES_DELETE, commit.states_deleted.iter()).await?;
        self.each(TIMERS_DELETE, commit.timers_deleted.iter().map(|t| (&t.key, &t.name))).await?;
        self.each(TIMERS_PUT, commit.timers_put.iter().map(|t| (&t.key, &t.name, t.due))).await
    }

    async fn outbox_and_calls(&mut self, commit: &Commit) -> Result<(), Error> {
        self.one(OUTBOX_DELETE, commit.outbox_published).await?;
        self.each(OUTBOX_INSERT, commit.outbox.iter().map(|o| (o.sequence, &o.record))).await?;
        self.each(CALLS_END, commit.calls_ended.iter()).await?;
        self.each(CALLS_REPLACE, commit.calls_replaced.iter().map(|c| (&c.key, &c.id))).await?;
        let calls = commit.calls.iter().map(|c| (c.sequence, &c.key, &c.id, &c.request, c.not_before_ms));
        self.each(CALLS_INSERT, calls).await?;
        self.each(CALLS_BEGIN, commit.calls_begun.iter()).await?;
        self.each(CALLS_PUT_BACK, commit.calls_put_back.iter()).await
    }

    async fn parked_and_seen(&mut self, commit: &Commit) -> Result<(), Error> {
        self.each(PARKED_END, commit.parked_ended.iter()).await?;
        self.each(PARKED_INSERT, commit.parked.iter().map(|p| (p.number, &p.key, &p.input))).await?;
        let dead = commit
            .dead_letters
            .iter()
            .map(|d| (&d.refusal, &d.key, &d.input, &d.at, &d.code, &d.detail, d.on, d.state.as_str()));
        self.each(DEAD_LETTERS_PUT, dead).await?;
        let states = commit.dead_letter_states.iter().map(|(refusal, state)| (refusal, state.as_str()));
        self.each(DEAD_LETTERS_STATE, states).await?;
        self.each(SEEN_INSERT, commit.seen.iter().map(|s| (&s.id, s.day))).await?;
        self.one(SEEN_DELETE, commit.seen_before.map(|day| day.to_string())).await
    }
}
