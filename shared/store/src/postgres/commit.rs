//! The statements of one commit: at most one a table and kind, whatever the number of rows.

use crate::Commit;
use sqlx::PgConnection;

type Done = Result<(), sqlx::Error>;

/// Raises the version where it is the one expected. `false`: another owner has raised it.
pub(super) async fn fence(
    connection: &mut PgConnection,
    partition: i32,
    expected: i64,
    doc: &str,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update progress set version = version + 1, doc = $3 where partition = $1 and version = $2",
    )
    .bind(partition)
    .bind(expected)
    .bind(doc)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Everything that the fence protects.
pub(super) async fn save(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    states(connection, partition, commit).await?;
    timers(connection, partition, commit).await?;
    outbox(connection, partition, commit).await?;
    calls(connection, partition, commit).await?;
    begun_calls(connection, partition, commit).await?;
    parked(connection, partition, commit).await?;
    dead_letters(connection, partition, commit).await?;
    seen(connection, partition, commit).await
}

/// A column of many rows.
fn column<'a, T, U>(rows: &'a [T], of: impl Fn(&'a T) -> U) -> Vec<U> {
    rows.iter().map(of).collect()
}

async fn states(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    if !commit.states_put.is_empty() {
        sqlx::query(
            "insert into states (partition, key, doc)
             select $1, key, doc from unnest($2::text[], $3::text[]) as new (key, doc)
             on conflict (partition, key) do update set doc = excluded.doc",
        )
        .bind(partition)
        .bind(column(&commit.states_put, |(key, _)| key.as_str()))
        .bind(column(&commit.states_put, |(_, doc)| doc.as_str()))
        .execute(&mut *connection)
        .await?;
    }
    if !commit.states_deleted.is_empty() {
        sqlx::query("delete from states where partition = $1 and key = any ($2::text[])")
            .bind(partition)
            .bind(&commit.states_deleted)
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn timers(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    if !commit.timers_deleted.is_empty() {
        sqlx::query(
            "delete from timers t using unnest($2::text[], $3::text[]) as old (key, name)
             where t.partition = $1 and t.key = old.key and t.name = old.name",
        )
        .bind(partition)
        .bind(column(&commit.timers_deleted, |timer| timer.key.as_str()))
        .bind(column(&commit.timers_deleted, |timer| timer.name.as_str()))
        .execute(&mut *connection)
        .await?;
    }
    if !commit.timers_put.is_empty() {
        sqlx::query(
            "insert into timers (partition, key, name, due)
             select $1, key, name, due::date
             from unnest($2::text[], $3::text[], $4::text[]) as new (key, name, due)
             on conflict (partition, key, name) do update set due = excluded.due",
        )
        .bind(partition)
        .bind(column(&commit.timers_put, |timer| timer.key.as_str()))
        .bind(column(&commit.timers_put, |timer| timer.name.as_str()))
        .bind(column(&commit.timers_put, |timer| timer.due.to_string()))
        .execute(connection)
        .await?;
    }
    Ok(())
}

async fn outbox(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    if let Some(published) = commit.outbox_published {
        sqlx::query("delete from outbox where partition = $1 and sequence <= $2")
            .bind(partition)
            .bind(published)
            .execute(&mut *connection)
            .await?;
    }
    if !commit.outbox.is_empty() {
        sqlx::query(
            "insert into outbox (partition, sequence, record)
             select $1, sequence, record from unnest($2::bigint[], $3::text[]) as new (sequence, record)",
        )
        .bind(partition)
        .bind(column(&commit.outbox, |row| row.sequence))
        .bind(column(&commit.outbox, |row| row.record.as_str()))
        .execute(connection)
        .await?;
    }
    Ok(())
}

async fn calls(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    if !commit.calls_ended.is_empty() {
        sqlx::query("delete from calls where partition = $1 and sequence = any ($2)")
            .bind(partition)
            .bind(&commit.calls_ended)
            .execute(&mut *connection)
            .await?;
    }
    if !commit.calls_replaced.is_empty() {
        sqlx::query(
            "delete from calls c using unnest($2::text[], $3::text[]) as old (key, id)
             where c.partition = $1 and c.key = old.key and c.id = old.id and not c.started",
        )
        .bind(partition)
        .bind(column(&commit.calls_replaced, |call| call.key.as_str()))
        .bind(column(&commit.calls_replaced, |call| call.id.as_str()))
        .execute(&mut *connection)
        .await?;
    }
    if !commit.calls.is_empty() {
        sqlx::query(
            "insert into calls (partition, sequence, key, id, request, not_before_ms, started)
             select $1, sequence, key, id, request, not_before_ms, false
             from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[])
                  as new (sequence, key, id, request, not_before_ms)",
        )
        .bind(partition)
        .bind(column(&commit.calls, |call| call.sequence))
        .bind(column(&commit.calls, |call| call.key.as_str()))
        .bind(column(&commit.calls, |call| call.id.as_str()))
        .bind(column(&commit.calls, |call| call.request.as_str()))
        .bind(column(&commit.calls, |call| call.not_before_ms))
        .execute(connection)
        .await?;
    }
    Ok(())
}

async fn begun_calls(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    for (sequences, started) in [(&commit.calls_begun, true), (&commit.calls_put_back, false)] {
        if !sequences.is_empty() {
            sqlx::query("update calls set started = $3 where partition = $1 and sequence = any ($2)")
                .bind(partition)
                .bind(sequences)
                .bind(started)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

async fn parked(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    if !commit.parked_ended.is_empty() {
        sqlx::query("delete from parked where partition = $1 and number = any ($2)")
            .bind(partition)
            .bind(&commit.parked_ended)
            .execute(&mut *connection)
            .await?;
    }
    if !commit.parked.is_empty() {
        sqlx::query(
            "insert into parked (partition, number, key, input)
             select $1, number, key, input
             from unnest($2::bigint[], $3::text[], $4::text[]) as new (number, key, input)",
        )
        .bind(partition)
        .bind(column(&commit.parked, |row| row.number))
        .bind(column(&commit.parked, |row| row.key.as_str()))
        .bind(column(&commit.parked, |row| row.input.as_str()))
        .execute(connection)
        .await?;
    }
    Ok(())
}

async fn dead_letters(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    let rows = &commit.dead_letters;
    if !rows.is_empty() {
        sqlx::query(
            "insert into dead_letters (refusal, partition, key, input, at, code, detail, on_day, holds, state)
             select refusal, $1, key, input, at, code, detail, on_day::date, holds, state
             from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                         $9::boolean[], $10::text[])
                  as new (refusal, key, input, at, code, detail, on_day, holds, state)
             on conflict (refusal) do update
             set code = excluded.code, detail = excluded.detail, holds = excluded.holds, state = excluded.state",
        )
        .bind(partition)
        .bind(column(rows, |row| row.refusal.as_str()))
        .bind(column(rows, |row| row.key.as_str()))
        .bind(column(rows, |row| row.input.as_str()))
        .bind(column(rows, |row| row.at.as_str()))
        .bind(column(rows, |row| row.code.as_str()))
        .bind(column(rows, |row| row.detail.as_str()))
        .bind(column(rows, |row| row.on.to_string()))
        .bind(column(rows, |row| row.holds))
        .bind(column(rows, |row| row.state.as_str()))
        .execute(&mut *connection)
        .await?;
    }
    if !commit.dead_letter_states.is_empty() {
        sqlx::query(
            "update dead_letters d set state = new.state
             from unnest($2::text[], $3::text[]) as new (refusal, state)
             where d.refusal = new.refusal and d.partition = $1",
        )
        .bind(partition)
        .bind(column(&commit.dead_letter_states, |(refusal, _)| refusal.as_str()))
        .bind(column(&commit.dead_letter_states, |(_, state)| state.as_str()))
        .execute(connection)
        .await?;
    }
    Ok(())
}

async fn seen(connection: &mut PgConnection, partition: i32, commit: &Commit) -> Done {
    if !commit.seen.is_empty() {
        sqlx::query(
            "insert into seen (partition, id, day)
             select $1, id, day::date from unnest($2::text[], $3::text[]) as new (id, day)
             on conflict (partition, id) do nothing",
        )
        .bind(partition)
        .bind(column(&commit.seen, |row| row.id.as_str()))
        .bind(column(&commit.seen, |row| row.day.to_string()))
        .execute(&mut *connection)
        .await?;
    }
    if let Some(before) = commit.seen_before {
        sqlx::query("delete from seen where partition = $1 and day < $2::date")
            .bind(partition)
            .bind(before.to_string())
            .execute(connection)
            .await?;
    }
    Ok(())
}
