//! The log in one SQLite file: one writer at a time, the same partitions and offsets as Kafka.

mod append;
mod file;
mod subscription;

use crate::{Error, Log, Received, Subscription};
use async_trait::async_trait;
use messages::{Record, Topic};
use sqlite::Database;
pub use sqlite::Durability;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// The log of an installation that runs in one process. Cheap to clone; all clones are one log.
///
/// A subscription gets every partition at once and delivers the records of a partition in the order in which they were
/// appended, across topics.
#[derive(Clone)]
pub struct EmbeddedLog {
    shared: Arc<Shared>,
}

/// What a log and its subscriptions have in common.
struct Shared {
    path: PathBuf,
    durability: Durability,
    writer: Database,
    /// For operators and reports; each subscription has one of its own.
    reader: Database,
    partitions: u32,
    /// For each topic and partition an id that its newest record does not exceed, as far as this process knows.
    newest: BTreeMap<(Topic, u32), AtomicI64>,
    appended: Notify,
}

impl EmbeddedLog {
    /// Opens the log in this file, or makes it with this many partitions. [`Error::Partitions`] when the file has
    /// another number. What is published outlives a power failure.
    pub async fn open(path: impl AsRef<Path>, partitions: u32) -> Result<Self, Error> {
        Self::open_as(path, partitions, Durability::Full).await
    }

    /// Opens the log with publications that outlive this. With [`Durability::Process`] the log and all stores of an
    /// installation are lost to a power failure together.
    pub async fn open_as(
        path: impl AsRef<Path>,
        partitions: u32,
        durability: Durability,
    ) -> Result<Self, Error> {
        if partitions == 0 {
            return Err(Error::NoPartition { partition: 0, partitions });
        }
        let path = path.as_ref().to_owned();
        let (writer, newest) = file::open(&path, partitions, durability)?;
        let reader = file::connect(&path, durability)?;
        let places = Topic::ALL.into_iter().flat_map(|topic| (0..partitions).map(move |p| (topic, p)));
        let newest = places.map(|place| (place, AtomicI64::new(newest))).collect();
        let appended = Notify::new();
        Ok(Self {
            shared: Arc::new(Shared { path, durability, writer, reader, partitions, newest, appended }),
        })
    }

    /// Checks a partition number.
    fn check(&self, partition: u32) -> Result<(), Error> {
        let partitions = self.partitions();
        if partition < partitions { Ok(()) } else { Err(Error::NoPartition { partition, partitions }) }
    }
}

impl Shared {
    /// An id that the newest known record of these topics in the partition does not exceed.
    fn newest(&self, topics: &[Topic], partition: u32) -> i64 {
        let newest =
            |topic: &Topic| self.newest.get(&(*topic, partition)).map(|id| id.load(Ordering::Acquire));
        topics.iter().filter_map(newest).max().unwrap_or(0)
    }

    /// Something was appended to the partition, up to this id.
    fn learn(&self, topic: Topic, partition: u32, id: i64) {
        if let Some(newest) = self.newest.get(&(topic, partition)) {
            newest.fetch_max(id, Ordering::AcqRel);
        }
    }

    /// Something may have been appended anywhere, up to this id.
    fn learn_all(&self, id: i64) {
        self.newest.values().for_each(|newest| {
            newest.fetch_max(id, Ordering::AcqRel);
        });
    }
}

#[async_trait]
impl Log for EmbeddedLog {
    async fn create_topics(&self, partitions: u32) -> Result<(), Error> {
        let found = self.partitions();
        if partitions == found {
            Ok(())
        } else {
            Err(Error::Partitions { what: "the log".to_owned(), found, wanted: partitions })
        }
    }

    fn partitions(&self) -> u32 {
        self.shared.partitions
    }

    async fn publish(&self, records: Vec<Record>) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        let rows = append::Rows::of(&records, self.partitions())?;
        let newest =
            self.shared.writer.run(|connection| rows.append(connection)).map_err(Error::failed("append"))?;
        for ((topic, partition), id) in newest {
            self.shared.learn(topic, partition, id);
        }
        self.shared.appended.notify_waiters();
        Ok(())
    }

    async fn subscribe(&self, _group: &str, topics: &[Topic]) -> Result<Box<dyn Subscription>, Error> {
        Ok(Box::new(subscription::EmbeddedSubscription::new(Arc::clone(&self.shared), topics)?))
    }

    async fn read(
        &self,
        topic: Topic,
        partition: u32,
        from: i64,
        max: usize,
    ) -> Result<Vec<Received>, Error> {
        self.check(partition)?;
        let sql = &format!(
            "select {} from messages
             where topic = ?1 and partition = ?2 and \"offset\" >= ?3 order by \"offset\" limit ?4",
            file::COLUMNS
        );
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        let rows: Vec<_> = self
            .shared
            .reader
            .run(|connection| {
                let mut statement = connection.prepare_cached(sql)?;
                let rows = statement
                    .query_map((topic.name(), partition, from, max), |row| file::received(row, partition))?;
                rows.collect::<Result<_, _>>()
            })
            .map_err(Error::failed("read"))?;
        rows.into_iter().map(|(_, record)| record).collect()
    }

    async fn end(&self, topic: Topic, partition: u32) -> Result<i64, Error> {
        self.check(partition)?;
        let end = self.shared.reader.run(|connection| append::end(connection, (topic, partition)));
        end.map_err(Error::failed("read the end"))
    }

    async fn reach(&self, _: Duration) -> Result<(), Error> {
        let answer = self.shared.reader.run(|connection| connection.query_row("select 1", [], |_| Ok(())));
        answer.map_err(Error::failed("answer"))
    }
}

#[cfg(test)]
mod tests;
