//! A membership in a group that has no other member: it owns every partition.

use super::{Shared, append, file};
use crate::{Error, Polled, Received, Subscription};
use async_trait::async_trait;
use messages::Topic;
use sqlite::rusqlite::{self, Connection, OptionalExtension, params};
use sqlite::{Database, texts};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How often the file is asked whether another process has appended. Within the process a poll is woken at once.
const OTHER_PROCESS_EVERY: Duration = Duration::from_millis(200);

/// How far a partition was delivered.
struct Cursor {
    /// Everything up to this id was delivered or is not for us.
    id: i64,
    /// Records of a topic below this offset are not delivered.
    from: BTreeMap<Topic, i64>,
}

pub(super) struct EmbeddedSubscription {
    shared: Arc<Shared>,
    reader: Database,
    topics: Vec<Topic>,
    announced: bool,
    cursors: BTreeMap<u32, Cursor>,
    /// The partition whose turn it is.
    next: u32,
    asked: Instant,
}

impl EmbeddedSubscription {
    pub(super) fn new(shared: Arc<Shared>, topics: &[Topic]) -> Result<Self, Error> {
        Ok(Self {
            reader: file::connect(&shared.path, shared.durability)?,
            shared,
            topics: topics.to_vec(),
            announced: false,
            cursors: BTreeMap::new(),
            next: 0,
            asked: Instant::now(),
        })
    }

    fn ask<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.reader.run(|connection| work(connection)).map_err(Error::failed(operation))
    }

    fn partitions(&self) -> u32 {
        self.shared.partitions
    }

    /// Records of the first partition, from the one whose turn it is, that has some.
    fn deliver(&mut self, max: usize) -> Result<Option<Polled>, Error> {
        let partitions = self.partitions();
        for step in 0..partitions {
            let partition = (self.next + step) % partitions;
            // A page may hold nothing but records before the positions, and then it is not the end.
            while let Some(records) = self.page(partition, max)? {
                if !records.is_empty() {
                    self.next = (partition + 1) % partitions;
                    return Ok(Some(Polled::Records { partition, records }));
                }
            }
        }
        Ok(None)
    }

    /// The next page of a partition; `None` where it has no more.
    fn page(&mut self, partition: u32, max: usize) -> Result<Option<Vec<Received>>, Error> {
        let newest = self.shared.newest(&self.topics, partition);
        let Some(cursor) = self.cursors.get(&partition).filter(|cursor| cursor.id < newest) else {
            return Ok(None);
        };
        let (records, id) = self.read(partition, cursor, newest, max)?;
        if let Some(cursor) = self.cursors.get_mut(&partition) {
            cursor.id = id;
        }
        Ok(Some(records))
    }

    /// The next records of a partition, and the id that was come to.
    fn read(
        &self,
        partition: u32,
        cursor: &Cursor,
        newest: i64,
        max: usize,
    ) -> Result<(Vec<Received>, i64), Error> {
        // The + keeps SQLite from going by topic, which would sort the whole rest of the log.
        let sql = &format!(
            "select {} from messages
             where partition = ?1 and id > ?2 and +topic in (select value from rarray(?3))
             order by id limit ?4",
            file::COLUMNS
        );
        let names = texts(self.topics.iter().map(|topic| topic.name()));
        let limit = i64::try_from(max).unwrap_or(i64::MAX);
        let rows: Vec<_> = self.ask("read", |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![partition, cursor.id, names, limit], |row| {
                file::received(row, partition)
            })?;
            rows.collect::<Result<_, _>>()
        })?;
        let full = rows.len() >= max;
        let last = rows.last().map_or(cursor.id, |(id, _)| *id);
        let come_to = if full { last } else { last.max(newest) };
        let mut records = Vec::with_capacity(rows.len());
        for (_, record) in rows {
            let record = record?;
            if cursor.from.get(&record.topic).is_none_or(|from| record.offset >= *from) {
                records.push(record);
            }
        }
        Ok((records, come_to))
    }

    /// Asks the file for what other processes have appended.
    fn look(&mut self) -> Result<(), Error> {
        self.asked = Instant::now();
        let newest = self.ask("read the end", file::newest)?;
        self.shared.learn_all(newest);
        Ok(())
    }

    /// Refuses positions beyond the end: what is appended below them would never be delivered.
    fn check(&self, partition: u32, positions: &BTreeMap<Topic, i64>) -> Result<(), Error> {
        for (topic, wanted) in positions.iter().filter(|(topic, _)| self.topics.contains(topic)) {
            let end = self.ask("seek", |connection| append::end(connection, (*topic, partition)))?;
            if *wanted > end {
                return Err(Error::Ahead { place: format!("{topic}/{partition}"), wanted: *wanted, end });
            }
        }
        Ok(())
    }

    /// The id before the first record to deliver: of each topic the first at or after its position.
    fn start(&self, partition: u32, positions: &BTreeMap<Topic, i64>) -> Result<i64, Error> {
        // Read before the file is: whatever is appended meanwhile has a larger id.
        let newest = self.shared.newest(&self.topics, partition);
        self.check(partition, positions)?;
        let mut start = newest;
        for topic in &self.topics {
            let from = positions.get(topic).copied().unwrap_or(0);
            let first = self.ask("seek", |connection| {
                connection
                    .prepare_cached(
                        "select id from messages where topic = ? and partition = ? and \"offset\" >= ?
                         order by \"offset\" limit 1",
                    )?
                    .query_row((topic.name(), partition, from), |row| row.get::<_, i64>(0))
                    .optional()
            })?;
            start = first.map_or(start, |id| start.min(id - 1));
        }
        Ok(start)
    }
}

#[async_trait]
impl Subscription for EmbeddedSubscription {
    async fn poll(&mut self, max: usize, wait: Duration) -> Result<Polled, Error> {
        if !self.announced {
            self.announced = true;
            return Ok(Polled::Assigned((0..self.partitions()).collect()));
        }
        let shared = Arc::clone(&self.shared);
        let deadline = Instant::now() + wait;
        loop {
            // Made before looking, so that nothing is missed between the look and the wait.
            let mut appended = std::pin::pin!(shared.appended.notified());
            appended.as_mut().enable();
            if self.asked.elapsed() >= OTHER_PROCESS_EVERY {
                self.look()?;
            }
            if let Some(polled) = self.deliver(max)? {
                return Ok(polled);
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(Polled::Nothing);
            }
            let until = deadline.min(now + OTHER_PROCESS_EVERY);
            tokio::select! {
                () = appended => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    async fn seek(&mut self, partition: u32, positions: &BTreeMap<Topic, i64>) -> Result<(), Error> {
        if partition >= self.partitions() {
            return Ok(());
        }
        let id = self.start(partition, positions)?;
        self.cursors.insert(partition, Cursor { id, from: positions.clone() });
        Ok(())
    }
}
