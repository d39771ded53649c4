//! One transaction: the fence first, then one prepared statement a table and kind.

use crate::Commit;
use sqlite::execute_each;
use sqlite::rusqlite::{Connection, Result, TransactionBehavior};

/// Saves everything; `false`: the partition has another version, and nothing is saved.
pub(super) fn save(
    connection: &mut Connection,
    partition: u32,
    expected: i64,
    commit: &Commit,
) -> Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let fence = "update progress set version = version + 1, doc = ?3 where partition = ?1 and version = ?2";
    if transaction.prepare_cached(fence)?.execute((partition, expected, &commit.doc))? != 1 {
        return Ok(false);
    }
    states_and_timers(&transaction, partition, commit)?;
    outbox_and_calls(&transaction, partition, commit)?;
    held(&transaction, partition, commit)?;
    transaction.commit()?;
    Ok(true)
}

fn states_and_timers(connection: &Connection, partition: u32, commit: &Commit) -> Result<()> {
    execute_each(
        connection,
        "insert into states (partition, key, doc) values (?, ?, ?)
         on conflict (partition, key) do update set doc = excluded.doc",
        commit.states_put.iter().map(|(key, doc)| (partition, key, doc)),
    )?;
    execute_each(
        connection,
        "delete from states where partition = ? and key = ?",
        commit.states_deleted.iter().map(|key| (partition, key)),
    )?;
    execute_each(
        connection,
        "delete from timers where partition = ? and key = ? and name = ?",
        commit.timers_deleted.iter().map(|timer| (partition, &timer.key, &timer.name)),
    )?;
    execute_each(
        connection,
        "insert into timers (partition, key, name, due) values (?, ?, ?, ?)
         on conflict (partition, key, name) do update set due = excluded.due",
        commit.timers_put.iter().map(|timer| (partition, &timer.key, &timer.name, timer.due.to_string())),
    )
}

fn outbox_and_calls(connection: &Connection, partition: u32, commit: &Commit) -> Result<()> {
    execute_each(
        connection,
        "delete from outbox where partition = ? and sequence <= ?",
        commit.outbox_published.map(|sequence| (partition, sequence)),
    )?;
    execute_each(
        connection,
        "insert into outbox (partition, sequence, record) values (?, ?, ?)",
        commit.outbox.iter().map(|row| (partition, row.sequence, &row.record)),
    )?;
    execute_each(
        connection,
        "delete from calls where partition = ? and sequence = ?",
        commit.calls_ended.iter().map(|sequence| (partition, sequence)),
    )?;
    execute_each(
        connection,
        "delete from calls where partition = ? and key = ? and id = ? and not started",
        commit.calls_replaced.iter().map(|call| (partition, &call.key, &call.id)),
    )?;
    execute_each(
        connection,
        "insert into calls (partition, sequence, key, id, request, not_before_ms, started)
         values (?, ?, ?, ?, ?, ?, 0)",
        commit
            .calls
            .iter()
            .map(|call| (partition, call.sequence, &call.key, &call.id, &call.request, call.not_before_ms)),
    )?;
    for (started, sequences) in [(true, &commit.calls_begun), (false, &commit.calls_put_back)] {
        execute_each(
            connection,
            "update calls set started = ? where partition = ? and sequence = ?",
            sequences.iter().map(|sequence| (started, partition, sequence)),
        )?;
    }
    Ok(())
}

/// The tables that are written less often.
fn held(connection: &Connection, partition: u32, commit: &Commit) -> Result<()> {
    execute_each(
        connection,
        "delete from parked where partition = ? and number = ?",
        commit.parked_ended.iter().map(|number| (partition, number)),
    )?;
    execute_each(
        connection,
        "insert into parked (partition, number, key, input) values (?, ?, ?, ?)",
        commit.parked.iter().map(|row| (partition, row.number, &row.key, &row.input)),
    )?;
    execute_each(
        connection,
        "insert into dead_letters (partition, refusal, key, input, at, code, detail, on_day, holds, state)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (refusal) do update
         set code = excluded.code, detail = excluded.detail, holds = excluded.holds, state = excluded.state",
        commit.dead_letters.iter().map(|dead| {
            let (on, state) = (dead.on.to_string(), dead.state.as_str());
            let (key, input, at) = (&dead.key, &dead.input, &dead.at);
            (partition, &dead.refusal, key, input, at, &dead.code, &dead.detail, on, dead.holds, state)
        }),
    )?;
    execute_each(
        connection,
        "update dead_letters set state = ? where partition = ? and refusal = ?",
        commit.dead_letter_states.iter().map(|(refusal, state)| (state.as_str(), partition, refusal)),
    )?;
    execute_each(
        connection,
        "insert into seen (partition, id, day) values (?, ?, ?) on conflict do nothing",
        commit.seen.iter().map(|seen| (partition, &seen.id, seen.day.to_string())),
    )?;
    execute_each(
        connection,
        "delete from seen where partition = ? and day < ?",
        commit.seen_before.map(|day| (partition, day.to_string())),
    )
}
