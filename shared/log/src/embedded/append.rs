//! Appending: one transaction, whatever the number of records.

use crate::{Error, RECORD_BYTES_MAX, partition_of};
use messages::{Record, Topic};
use sqlite::rusqlite::{self, Connection, OptionalExtension, TransactionBehavior};
use std::collections::BTreeMap;

/// Records that fit, each with its partition and its headers as they are kept.
pub(super) struct Rows<'a> {
    rows: Vec<(&'a Record, u32, String)>,
}

impl<'a> Rows<'a> {
    /// Checks sizes and partitions.
    pub(super) fn of(records: &'a [Record], partitions: u32) -> Result<Self, Error> {
        let row = |record: &'a Record| {
            let partition =
                record.partition.unwrap_or_else(|| partition_of(record.key.as_bytes(), partitions));
            if partition >= partitions {
                return Err(Error::NoPartition { partition, partitions });
            }
            check_size(record.topic, record)?;
            let headers = serde_json::to_string(&record.headers).map_err(Error::failed("append"))?;
            Ok((record, partition, headers))
        };
        Ok(Self { rows: records.iter().map(row).collect::<Result<_, _>>()? })
    }

    /// Appends the rows; gives the id of the last in each topic and partition. Durable when it returns.
    pub(super) fn append(
        &self,
        connection: &mut Connection,
    ) -> rusqlite::Result<BTreeMap<(Topic, u32), i64>> {
        // The file's only write lock comes before the ends are read.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut ends = BTreeMap::new();
        let mut ids = BTreeMap::new();
        {
            let mut insert = transaction.prepare_cached(
                "insert into messages (topic, partition, \"offset\", key, headers, body) values (?, ?, ?, ?, ?, ?)",
            )?;
            for (record, partition, headers) in &self.rows {
                let place = (record.topic, *partition);
                let offset = match ends.get(&place) {
                    Some(offset) => *offset,
                    None => end(&transaction, place)?,
                };
                let topic = record.topic.name();
                insert.execute((topic, partition, offset, &record.key, headers, &record.body))?;
                ends.insert(place, offset + 1);
                ids.insert(place, transaction.last_insert_rowid());
            }
        }
        transaction.commit()?;
        Ok(ids)
    }
}

/// The offset of the next record of a topic in a partition.
pub(super) fn end(connection: &Connection, (topic, partition): (Topic, u32)) -> rusqlite::Result<i64> {
    let newest = connection
        .prepare_cached(
            "select \"offset\" from messages where topic = ? and partition = ? order by \"offset\" desc limit 1",
        )?
        .query_row((topic.name(), partition), |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(newest.map_or(0, |offset| offset + 1))
}

fn check_size(topic: Topic, record: &Record) -> Result<(), Error> {
    let bytes = crate::size_of(record);
    if bytes <= RECORD_BYTES_MAX {
        return Ok(());
    }
    Err(Error::TooLarge { topic, bytes, limit: RECORD_BYTES_MAX })
}
