//! One transaction: the fence first, then one statement a table and kind.

use super::SqliteStore;
use super::rows::list;
use crate::{Commit, Error};
use serde::Serialize;
use sqlx::Sqlite;
use sqlx::sqlite::SqliteArguments;

/// Everything behind the fence, handed over at once: a statement of an empty list does nothing. Each
/// takes the partition and its list, in this order; numbered parameters would not reach the later statements.
const SAVE: &str = "
    insert into states (partition, key, doc)
    select ?, value ->> 0, value ->> 1 from json_each(?) where true
    on conflict (partition, key) do update set doc = excluded.doc;

    delete from states where partition = ? and key in (select value from json_each(?));

    delete from timers where partition = ? and (key, name) in (
        select value ->> 0, value ->> 1 from json_each(?));

    insert into timers (partition, key, name, due)
    select ?, value ->> 0, value ->> 1, value ->> 2 from json_each(?) where true
    on conflict (partition, key, name) do update set due = excluded.due;

    delete from outbox where partition = ? and sequence <= ?;

    insert into outbox (partition, sequence, record)
    select ?, value ->> 0, value ->> 1 from json_each(?);

    delete from calls where partition = ? and sequence in (select value from json_each(?));

    delete from calls where partition = ? and not started and (key, id) in (
        select value ->> 0, value ->> 1 from json_each(?));

    insert into calls (partition, sequence, key, id, request, not_before_ms, started)
    select ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, 0 from json_each(?);

    update calls set started = 1 where partition = ? and sequence in (select value from json_each(?));

    update calls set started = 0 where partition = ? and sequence in (select value from json_each(?));";

/// The tables that are written less often, for a commit that has something for them.
const SAVE_HELD: &str = "
    delete from parked where partition = ? and number in (select value from json_each(?));

    insert into parked (partition, number, key, input)
    select ?, value ->> 0, value ->> 1, value ->> 2 from json_each(?);

    insert into dead_letters (partition, refusal, key, input, at, code, detail, on_day, state)
    select ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    from json_each(?) where true
    on conflict (refusal) do update
    set code = excluded.code, detail = excluded.detail, state = excluded.state;

    update dead_letters set state = new.state
    from (select ? as partition, value ->> 0 as refusal, value ->> 1 as state from json_each(?)) as new
    where dead_letters.partition = new.partition and dead_letters.refusal = new.refusal;

    insert into seen (partition, id, day)
    select ?, value ->> 0, value ->> 1 from json_each(?) where true on conflict do nothing;

    delete from seen where partition = ? and day < ?;";

/// The items as `json_each` takes them.
fn each<T: Serialize>(items: impl Iterator<Item = T>) -> Result<String, serde_json::Error> {
    list(items.collect::<Vec<_>>())
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
        let (save, held) = rows_of(partition, commit).map_err(self.failed("commit"))?;
        for statements in [Some(save), held].into_iter().flatten() {
            statements.execute(&mut *transaction).await.map_err(self.failed("commit"))?;
        }
        transaction.commit().await.map_err(self.failed("commit"))
    }
}

type Statements<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// The statements that have something to do, with their lists in order.
fn rows_of(
    partition: u32,
    commit: &Commit,
) -> Result<(Statements<'_>, Option<Statements<'_>>), serde_json::Error> {
    let Commit { states_put, states_deleted, timers_deleted, timers_put, outbox_published, outbox, .. } =
        commit;
    let Commit { calls_ended, calls_replaced, calls, calls_begun, calls_put_back, .. } = commit;
    let calls = calls.iter().map(|c| (c.sequence, &c.key, &c.id, &c.request, c.not_before_ms));
    let before = [
        each(states_put.iter())?,
        each(states_deleted.iter())?,
        each(timers_deleted.iter().map(|t| (&t.key, &t.name)))?,
        each(timers_put.iter().map(|t| (&t.key, &t.name, t.due)))?,
    ];
    let after = [
        each(outbox.iter().map(|o| (o.sequence, &o.record)))?,
        each(calls_ended.iter())?,
        each(calls_replaced.iter().map(|c| (&c.key, &c.id)))?,
        each(calls)?,
        each(calls_begun.iter())?,
        each(calls_put_back.iter())?,
    ];
    let save = bind(sqlx::query(SAVE), partition, before).bind(partition).bind(*outbox_published);
    Ok((bind(save, partition, after), held(partition, commit)?))
}

fn held(partition: u32, commit: &Commit) -> Result<Option<Statements<'_>>, serde_json::Error> {
    let Commit { parked_ended, parked, dead_letters, dead_letter_states, seen, seen_before, .. } = commit;
    let nothing = parked_ended.is_empty()
        && parked.is_empty()
        && dead_letters.is_empty()
        && dead_letter_states.is_empty()
        && seen.is_empty()
        && seen_before.is_none();
    if nothing {
        return Ok(None);
    }
    let dead = dead_letters
        .iter()
        .map(|d| (&d.refusal, &d.key, &d.input, &d.at, &d.code, &d.detail, d.on, d.state.as_str()));
    let lists = [
        each(parked_ended.iter())?,
        each(parked.iter().map(|p| (p.number, &p.key, &p.input)))?,
        each(dead)?,
        each(dead_letter_states.iter().map(|(refusal, state)| (refusal, state.as_str())))?,
        each(seen.iter().map(|s| (&s.id, s.day)))?,
    ];
    let held = bind(sqlx::query(SAVE_HELD), partition, lists);
    Ok(Some(held.bind(partition).bind(seen_before.map(|day| day.to_string()))))
}

/// Gives each statement the partition and its list.
fn bind<'q>(
    statements: Statements<'q>,
    partition: u32,
    lists: impl IntoIterator<Item = String>,
) -> Statements<'q> {
    lists.into_iter().fold(statements, |statements, list| statements.bind(partition).bind(list))
}
