//! One transaction: the fence first, then one statement a table and kind.

use super::SqliteStore;
use super::rows::list;
use crate::{Commit, Error};
use serde::Serialize;
use sqlx::Sqlite;
use sqlx::sqlite::SqliteArguments;

/// Everything behind the fence, handed over at once: a statement of an empty list does nothing. ?1 is the partition.
const SAVE: &str = "
    insert into states (partition, key, doc)
    select ?1, value ->> 0, value ->> 1 from json_each(?2) where true
    on conflict (partition, key) do update set doc = excluded.doc;

    delete from states where partition = ?1 and key in (select value from json_each(?3));

    delete from timers where partition = ?1 and (key, name) in (
        select value ->> 0, value ->> 1 from json_each(?4));

    insert into timers (partition, key, name, due)
    select ?1, value ->> 0, value ->> 1, value ->> 2 from json_each(?5) where true
    on conflict (partition, key, name) do update set due = excluded.due;

    delete from outbox where partition = ?1 and sequence <= ?6;

    insert into outbox (partition, sequence, record)
    select ?1, value ->> 0, value ->> 1 from json_each(?7);

    delete from calls where partition = ?1 and sequence in (select value from json_each(?8));

    delete from calls where partition = ?1 and not started and (key, id) in (
        select value ->> 0, value ->> 1 from json_each(?9));

    insert into calls (partition, sequence, key, id, request, not_before_ms, started)
    select ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, 0 from json_each(?10);

    update calls set started = 1 where partition = ?1 and sequence in (select value from json_each(?11));

    update calls set started = 0 where partition = ?1 and sequence in (select value from json_each(?12));";

/// The tables that are written less often, for a commit that has something for them.
const SAVE_HELD: &str = "
    delete from parked where partition = ?1 and number in (select value from json_each(?2));

    insert into parked (partition, number, key, input)
    select ?1, value ->> 0, value ->> 1, value ->> 2 from json_each(?3);

    insert into dead_letters (partition, refusal, key, input, at, code, detail, on_day, state)
    select ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    from json_each(?4) where true
    on conflict (refusal) do update
    set code = excluded.code, detail = excluded.detail, state = excluded.state;

    update dead_letters set state = j.value ->> 1
    from json_each(?5) as j where dead_letters.partition = ?1 and dead_letters.refusal = j.value ->> 0;

    insert into seen (partition, id, day)
    select ?1, value ->> 0, value ->> 1 from json_each(?6) where true on conflict do nothing;

    delete from seen where partition = ?1 and day < ?7;";

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

/// The statements that have something to do, with their rows.
fn rows_of(
    partition: u32,
    commit: &Commit,
) -> Result<(Statements<'_>, Option<Statements<'_>>), serde_json::Error> {
    let Commit { states_put, states_deleted, timers_deleted, timers_put, outbox_published, outbox, .. } =
        commit;
    let Commit { calls_ended, calls_replaced, calls, calls_begun, calls_put_back, .. } = commit;
    let Commit { parked_ended, parked, dead_letters, dead_letter_states, seen, seen_before, .. } = commit;
    let save = sqlx::query(SAVE)
        .bind(partition)
        .bind(each(states_put.iter())?)
        .bind(each(states_deleted.iter())?)
        .bind(each(timers_deleted.iter().map(|t| (&t.key, &t.name)))?)
        .bind(each(timers_put.iter().map(|t| (&t.key, &t.name, t.due)))?)
        .bind(*outbox_published)
        .bind(each(outbox.iter().map(|o| (o.sequence, &o.record)))?)
        .bind(each(calls_ended.iter())?)
        .bind(each(calls_replaced.iter().map(|c| (&c.key, &c.id)))?)
        .bind(each(calls.iter().map(|c| (c.sequence, &c.key, &c.id, &c.request, c.not_before_ms)))?)
        .bind(each(calls_begun.iter())?)
        .bind(each(calls_put_back.iter())?);
    let nothing = parked_ended.is_empty()
        && parked.is_empty()
        && dead_letters.is_empty()
        && dead_letter_states.is_empty()
        && seen.is_empty()
        && seen_before.is_none();
    if nothing {
        return Ok((save, None));
    }
    let dead = dead_letters
        .iter()
        .map(|d| (&d.refusal, &d.key, &d.input, &d.at, &d.code, &d.detail, d.on, d.state.as_str()));
    let held = sqlx::query(SAVE_HELD)
        .bind(partition)
        .bind(each(parked_ended.iter())?)
        .bind(each(parked.iter().map(|p| (p.number, &p.key, &p.input)))?)
        .bind(each(dead)?)
        .bind(each(dead_letter_states.iter().map(|(refusal, state)| (refusal, state.as_str())))?)
        .bind(each(seen.iter().map(|s| (&s.id, s.day)))?)
        .bind(seen_before.map(|day| day.to_string()));
    Ok((save, Some(held)))
}
