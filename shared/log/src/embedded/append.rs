//! Appending: one transaction with one statement, whatever the number of records.

use crate::{Error, RECORD_BYTES_MAX, partition_of};
use messages::{Headers, Record, Topic};
use serde::Serialize;
use sqlx::sqlite::SqlitePool;
use std::collections::BTreeSet;

/// `row_number` counts the new records of a topic and partition, on top of the newest that is there.
const INSERT: &str = "
    with new as (
        select j.key as n, j.value ->> 0 as topic, j.value ->> 1 as partition, j.value ->> 2 as key,
               j.value -> 3 as headers, coalesce(j.value ->> 4, unhex(j.value ->> 5)) as body
        from json_each(?1) as j
    ), ends as (
        select t.topic, t.partition,
               (select coalesce(max(m.\"offset\"), -1) from messages m
                where m.topic = t.topic and m.partition = t.partition) as newest
        from (select distinct topic, partition from new) as t
    )
    insert into messages (topic, partition, \"offset\", key, headers, body)
    select new.topic, new.partition,
           ends.newest + row_number() over (partition by new.topic, new.partition order by new.n),
           new.key, new.headers, new.body
    from new join ends on ends.topic = new.topic and ends.partition = new.partition
    order by new.n";

/// Topic, partition, key, headers, body where it is text, body in hexadecimal where it is not.
#[derive(Serialize)]
struct Row<'a>(&'static str, u32, &'a str, &'a Headers, Option<&'a str>, Option<String>);

/// The records as the statement takes them.
pub(super) struct Rows {
    json: String,
    places: BTreeSet<(Topic, u32)>,
}

impl Rows {
    /// Checks sizes and partitions.
    pub(super) fn of(records: &[Record], partitions: u32) -> Result<Self, Error> {
        let mut rows = Vec::with_capacity(records.len());
        let mut touched = BTreeSet::new();
        for record in records {
            let partition =
                record.partition.unwrap_or_else(|| partition_of(record.key.as_bytes(), partitions));
            if partition >= partitions {
                return Err(Error::NoPartition { partition, partitions });
            }
            check_size(record.topic, record)?;
            let text = std::str::from_utf8(&record.body).ok();
            let hex = text.is_none().then(|| hexadecimal(&record.body));
            touched.insert((record.topic, partition));
            rows.push(Row(record.topic.name(), partition, &record.key, &record.headers, text, hex));
        }
        let json = serde_json::to_string(&rows).map_err(Error::failed("append"))?;
        Ok(Self { json, places: touched })
    }

    /// The topics and partitions that get something.
    pub(super) fn places(&self) -> impl Iterator<Item = (Topic, u32)> + '_ {
        self.places.iter().copied()
    }
}

/// Appends the rows; gives the id of the last. Durable when it returns.
pub(super) async fn append(writer: &SqlitePool, rows: &Rows) -> Result<i64, Error> {
    // One statement is a transaction of its own, and takes the file's only write lock before it reads the ends.
    let done = sqlx::query(INSERT).bind(&rows.json).execute(writer).await.map_err(Error::failed("append"))?;
    Ok(done.last_insert_rowid())
}

fn check_size(topic: Topic, record: &Record) -> Result<(), Error> {
    let bytes = crate::size_of(record);
    if bytes <= RECORD_BYTES_MAX {
        return Ok(());
    }
    Err(Error::TooLarge { topic, bytes, limit: RECORD_BYTES_MAX })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
        text
    })
}
