//! Rows as SQLite gives them.

use crate::{CallRow, Counts, DeadLetterRow, DeadLetterState, TimerRow};
use sqlite::rusqlite::{Connection, Result, Row, params};

/// The columns of [`call`].
pub(super) const CALL: &str = "sequence, key, id, request, not_before_ms, started";

/// The columns of [`dead_letter`].
pub(super) const DEAD_LETTER: &str = "refusal, partition, key, input, at, code, detail, on_day, holds, state";

/// A number of rows as SQLite takes it.
pub(super) fn limit(max: usize) -> i64 {
    i64::try_from(max).unwrap_or(i64::MAX)
}

/// Key, name, due. `None`: the day makes no sense.
pub(super) fn timer(row: &Row<'_>) -> Result<Option<TimerRow>> {
    let (key, name, due): (String, String, String) = row.try_into()?;
    Ok(due.parse().ok().map(|due| TimerRow { key, name, due }))
}

pub(super) fn call(row: &Row<'_>) -> Result<CallRow> {
    let (sequence, key, id, request, not_before_ms, started) = row.try_into()?;
    Ok(CallRow { sequence, key, id, request, not_before_ms, started })
}

/// `None`: the day or the state makes no sense.
pub(super) fn dead_letter(row: &Row<'_>) -> Result<Option<DeadLetterRow>> {
    let (refusal, partition, key, input, at, code, detail, on, holds, state) = row.try_into()?;
    let (on, state): (String, String) = (on, state);
    let known = on.parse().ok().zip(DeadLetterState::from_name(&state));
    Ok(known.map(|(on, state)| DeadLetterRow {
        refusal,
        partition,
        key,
        input,
        at,
        code,
        detail,
        on,
        holds,
        state,
    }))
}

/// Counts everything, of one partition or all.
pub(super) fn counts(connection: &Connection, partition: Option<u32>) -> Result<Counts> {
    let sql = "select (select count(*) from states where ?1 is null or partition = ?1),
                (select count(*) from timers where ?1 is null or partition = ?1),
                (select count(*) from outbox where ?1 is null or partition = ?1),
                (select count(*) from calls where ?1 is null or partition = ?1),
                (select count(*) from parked where ?1 is null or partition = ?1),
                (select count(*) from (
                    select partition, key from parked where ?1 is null or partition = ?1
                    union select partition, key from dead_letters
                    where holds and state <> 'settled' and (?1 is null or partition = ?1))),
                (select count(*) from dead_letters
                 where state <> 'settled' and (?1 is null or partition = ?1))";
    connection.prepare_cached(sql)?.query_row(params![partition], |row| {
        let number = |index: usize| row.get::<_, i64>(index).map(i64::unsigned_abs);
        Ok(Counts {
            states: number(0)?,
            timers: number(1)?,
            outbox: number(2)?,
            calls: number(3)?,
            parked_inputs: number(4)?,
            parked_keys: number(5)?,
            dead_letters: number(6)?,
        })
    })
}
