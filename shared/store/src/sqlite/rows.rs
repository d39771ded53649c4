//! Rows as SQLite gives them.

use crate::{CallRow, Counts, DeadLetterRow, DeadLetterState, TimerRow};
use sqlx::Row;
use sqlx::sqlite::SqlitePool;

/// Key, name, due.
pub(super) type Timer = (String, String, String);

/// Sequence, key, id, request, not before, started.
pub(super) type Call = (i64, String, String, String, i64, bool);

/// Refusal, partition, key, input, at, code, detail, day, state.
pub(super) type DeadLetter = (String, u32, String, String, String, String, String, String, String);

/// A list as `json_each` takes it.
pub(super) fn list<T: serde::Serialize>(items: T) -> Result<String, serde_json::Error> {
    serde_json::to_string(&items)
}

/// A number of rows as SQLite takes it.
pub(super) fn limit(max: usize) -> i64 {
    i64::try_from(max).unwrap_or(i64::MAX)
}

pub(super) fn timer((key, name, due): Timer) -> Option<TimerRow> {
    Some(TimerRow { key, name, due: due.parse().ok()? })
}

pub(super) fn call((sequence, key, id, request, not_before_ms, started): Call) -> CallRow {
    CallRow { sequence, key, id, request, not_before_ms, started }
}

pub(super) fn dead_letter(row: DeadLetter) -> Option<DeadLetterRow> {
    let (refusal, partition, key, input, at, code, detail, on, state) = row;
    let (on, state) = (on.parse().ok()?, DeadLetterState::from_name(&state)?);
    Some(DeadLetterRow { refusal, partition, key, input, at, code, detail, on, state })
}

/// Counts everything, of one partition or all.
pub(super) async fn counts(readers: &SqlitePool, partition: Option<u32>) -> Result<Counts, sqlx::Error> {
    let row = sqlx::query(
        "select (select count(*) from states where ?1 is null or partition = ?1),
                (select count(*) from timers where ?1 is null or partition = ?1),
                (select count(*) from outbox where ?1 is null or partition = ?1),
                (select count(*) from calls where ?1 is null or partition = ?1),
                (select count(*) from parked where ?1 is null or partition = ?1),
                (select count(*) from (
                    select partition, key from parked where ?1 is null or partition = ?1
                    union select partition, key from dead_letters
                    where state <> 'settled' and (?1 is null or partition = ?1))),
                (select count(*) from dead_letters
                 where state <> 'settled' and (?1 is null or partition = ?1))",
    )
    .bind(partition)
    .fetch_one(readers)
    .await?;
    let number = |index: usize| row.try_get::<i64, _>(index).map(i64::unsigned_abs);
    Ok(Counts {
        states: number(0)?,
        timers: number(1)?,
        outbox: number(2)?,
        calls: number(3)?,
        parked_inputs: number(4)?,
        parked_keys: number(5)?,
        dead_letters: number(6)?,
    })
}
