//! Rows of the tables as the server gives them.

use crate::{CallRow, Counts, DeadLetterRow, DeadLetterState};

/// Sequence, key, id, request, not before, started.
pub(super) type Call = (i64, String, String, String, i64, bool);

/// Refusal, partition, key, input, at, code, detail, day, holds, state.
pub(super) type DeadLetter = (String, i32, String, String, String, String, String, String, bool, String);

/// States, timers, outbox, calls, parked inputs, parked keys, dead letters.
pub(super) type Count = (i64, i64, i64, i64, i64, i64, i64);

/// One partition, or all where the parameter is null.
pub(super) const COUNTS: &str = "
    select (select count(*) from states where $1::integer is null or partition = $1),
           (select count(*) from timers where $1::integer is null or partition = $1),
           (select count(*) from outbox where $1::integer is null or partition = $1),
           (select count(*) from calls where $1::integer is null or partition = $1),
           (select count(*) from parked where $1::integer is null or partition = $1),
           (select count(*) from (
                select partition, key from parked where $1::integer is null or partition = $1
                union
                select partition, key from dead_letters
                where holds and state <> 'settled' and ($1::integer is null or partition = $1)) as keys),
           (select count(*) from dead_letters
            where state <> 'settled' and ($1::integer is null or partition = $1))";

pub(super) fn call((sequence, key, id, request, not_before_ms, started): Call) -> CallRow {
    CallRow { sequence, key, id, request, not_before_ms, started }
}

/// `None` where the row cannot be read.
pub(super) fn dead_letter(row: DeadLetter) -> Option<DeadLetterRow> {
    let (refusal, partition, key, input, at, code, detail, on, holds, state) = row;
    Some(DeadLetterRow {
        refusal,
        partition: partition.cast_unsigned(),
        key,
        input,
        at,
        code,
        detail,
        on: on.parse().ok()?,
        holds,
        state: DeadLetterState::from_name(&state)?,
    })
}

pub(super) fn counts(
    (states, timers, outbox, calls, parked_inputs, parked_keys, dead_letters): Count,
) -> Counts {
    Counts {
        states: states.cast_unsigned(),
        timers: timers.cast_unsigned(),
        outbox: outbox.cast_unsigned(),
        calls: calls.cast_unsigned(),
        parked_inputs: parked_inputs.cast_unsigned(),
        parked_keys: parked_keys.cast_unsigned(),
        dead_letters: dead_letters.cast_unsigned(),
    }
}
