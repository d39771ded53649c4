//! The file: its tables, its connections and its rows.

use crate::{Error, Received};
use messages::Topic;
use sqlite::rusqlite::{self, Connection, Row};
use sqlite::{Database, Durability, Migrated, migrate};
use std::path::Path;

/// `id` is the order of appending over all topics. The second index serves the delivery of one partition in that
/// order and shows the topic without a look into the row.
const TABLES: &str = "
    create table log (partitions integer not null);
    create table messages (
        id integer primary key autoincrement,
        topic text not null,
        partition integer not null,
        \"offset\" integer not null,
        key text not null,
        headers text not null,
        body blob not null
    );
    create unique index messages_by_offset on messages (topic, partition, \"offset\");
    create index messages_by_partition on messages (partition, id, topic);
";

/// The migrations in order.
const MIGRATIONS: [&str; 1] = [TABLES];

/// A connection to the file, where it is there already.
pub(super) fn connect(path: &Path, durability: Durability) -> Result<Database, Error> {
    Database::open(path, durability).map_err(failed(path))
}

/// Opens or makes the file; gives the connection of the writer and the id of the newest record.
pub(super) fn open(path: &Path, partitions: u32, durability: Durability) -> Result<(Database, i64), Error> {
    let database = connect(path, durability)?;
    let migrated = database.run(|connection| migrate(connection, &MIGRATIONS)).map_err(failed(path))?;
    if let Migrated::Newer(found) = migrated {
        let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        return Err(Error::Newer { found, known });
    }
    let (found, newest) =
        database.run(|connection| partitions_and_newest(connection, partitions)).map_err(failed(path))?;
    if found != partitions {
        return Err(Error::Partitions { what: "the log".to_owned(), found, wanted: partitions });
    }
    Ok((database, newest))
}

fn failed(path: &Path) -> impl FnOnce(rusqlite::Error) -> Error {
    let place = path.display().to_string();
    move |error| Error::Open { place, source: error.into() }
}

/// How many partitions the log was made with, by whoever came first, and the id of the newest record.
fn partitions_and_newest(connection: &Connection, wanted: u32) -> rusqlite::Result<(u32, i64)> {
    let first = "insert into log (partitions) select ? where not exists (select 1 from log)";
    connection.execute(first, [wanted])?;
    let found = connection.query_row("select partitions from log", [], |row| row.get(0))?;
    Ok((found, newest(connection)?))
}

/// The id of the newest record.
pub(super) fn newest(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("select coalesce(max(id), 0) from messages")?.query_row([], |row| row.get(0))
}

/// The columns of [`received`], without the partition.
pub(super) const COLUMNS: &str = "id, topic, \"offset\", key, headers, body";

/// A row: its id, and its record or what is wrong with it.
pub(super) fn received(row: &Row<'_>, partition: u32) -> rusqlite::Result<(i64, Result<Received, Error>)> {
    let id = row.get(0)?;
    let damaged = |what| Error::Damaged { what, position: id };
    let bytes = |index| Ok::<_, rusqlite::Error>(row.get_ref(index)?.as_bytes()?);
    let topic = Topic::from_name(row.get_ref(1)?.as_str()?).ok_or_else(|| damaged("the topic is unknown"));
    let headers: Result<Vec<(String, String)>, _> =
        serde_json::from_slice(bytes(4)?).map_err(|_| damaged("the headers are not JSON"));
    let (offset, key, body) = (row.get(2)?, bytes(3)?.to_vec(), bytes(5)?.to_vec());
    let record = topic.and_then(|topic| {
        let headers = headers?.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        Ok(Received { topic, partition, offset, key, headers, body })
    });
    Ok((id, record))
}
