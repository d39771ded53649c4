//! A membership in a group that has no other member: it owns every partition.

use super::{Shared, file};
use crate::{Error, Polled, Received, Subscription};
use async_trait::async_trait;
use messages::Topic;
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
    topics: Vec<Topic>,
    /// The topics' names as the statements take them.
    names: String,
    announced: bool,
    cursors: BTreeMap<u32, Cursor>,
    /// The partition whose turn it is.
    next: u32,
    asked: Instant,
}

impl EmbeddedSubscription {
    pub(super) fn new(shared: Arc<Shared>, topics: &[Topic]) -> Self {
        let names: Vec<String> = topics.iter().map(|topic| format!("\"{topic}\"")).collect();
        Self {
            shared,
            topics: topics.to_vec(),
            names: format!("[{}]", names.join(",")),
            announced: false,
            cursors: BTreeMap::new(),
            next: 0,
            asked: Instant::now(),
        }
    }

    fn partitions(&self) -> u32 {
        self.shared.partitions
    }

    /// Records of the first partition, from the one whose turn it is, that has some.
    async fn deliver(&mut self, max: usize) -> Result<Option<Polled>, Error> {
        let partitions = self.partitions();
        for step in 0..partitions {
            let partition = (self.next + step) % partitions;
            // A page may hold nothing but records before the positions, and then it is not the end.
            while let Some(records) = self.page(partition, max).await? {
                if !records.is_empty() {
                    self.next = (partition + 1) % partitions;
                    return Ok(Some(Polled::Records { partition, records }));
                }
            }
        }
        Ok(None)
    }

    /// The next page of a partition; `None` where it has no more.
    async fn page(&mut self, partition: u32, max: usize) -> Result<Option<Vec<Received>>, Error> {
        let newest = self.shared.newest(&self.topics, partition);
        let Some(cursor) = self.cursors.get(&partition).filter(|cursor| cursor.id < newest) else {
            return Ok(None);
        };
        let (records, id) = self.read(partition, cursor, newest, max).await?;
        if let Some(cursor) = self.cursors.get_mut(&partition) {
            cursor.id = id;
        }
        Ok(Some(records))
    }

    /// The next records of a partition, and the id that was come to.
    async fn read(
        &self,
        partition: u32,
        cursor: &Cursor,
        newest: i64,
        max: usize,
    ) -> Result<(Vec<Received>, i64), Error> {
        // The + keeps SQLite from going by topic, which would sort the whole rest of the log.
        let rows: Vec<file::Row> = sqlx::query_as(
            "select id, topic, \"offset\", key, headers, body from messages
             where partition = ?1 and id > ?2 and +topic in (select value from json_each(?3))
             order by id limit ?4",
        )
        .bind(partition)
        .bind(cursor.id)
        .bind(&self.names)
        .bind(i64::try_from(max).unwrap_or(i64::MAX))
        .fetch_all(&self.shared.readers)
        .await
        .map_err(Error::failed("read"))?;
        let full = rows.len() >= max;
        let last = rows.last().map_or(cursor.id, |row| row.0);
        let come_to = if full { last } else { last.max(newest) };
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let record = file::received(row, partition)?;
            if cursor.from.get(&record.topic).is_none_or(|from| record.offset >= *from) {
                records.push(record);
            }
        }
        Ok((records, come_to))
    }

    /// Asks the file for what other processes have appended.
    async fn look(&mut self) -> Result<(), Error> {
        self.asked = Instant::now();
        let newest: i64 = sqlx::query_scalar("select coalesce(max(id), 0) from messages")
            .fetch_one(&self.shared.readers)
            .await
            .map_err(Error::failed("read the end"))?;
        self.shared.learn_all(newest);
        Ok(())
    }

    /// Refuses positions beyond the end: what is appended below them would never be delivered.
    async fn check(&self, partition: u32, from: &str) -> Result<(), Error> {
        let ahead: Option<(String, i64, i64)> = sqlx::query_as(
            "select topic, wanted, \"end\" from (
                select j.key as topic, j.value as wanted,
                       (select coalesce(max(m.\"offset\") + 1, 0) from messages m
                        where m.topic = j.key and m.partition = ?1) as \"end\"
                from json_each(?2) as j)
             where wanted > \"end\" limit 1",
        )
        .bind(partition)
        .bind(from)
        .fetch_optional(&self.shared.readers)
        .await
        .map_err(Error::failed("seek"))?;
        match ahead {
            None => Ok(()),
            Some((topic, wanted, end)) => {
                Err(Error::Ahead { place: format!("{topic}/{partition}"), wanted, end })
            }
        }
    }

    /// The id before the first record to deliver: of each topic the first at or after its position.
    async fn start(&self, partition: u32, positions: &BTreeMap<Topic, i64>) -> Result<i64, Error> {
        // Read before the file is: whatever is appended meanwhile has a larger id.
        let newest = self.shared.newest(&self.topics, partition);
        let from: BTreeMap<&str, i64> = self
            .topics
            .iter()
            .map(|topic| (topic.name(), positions.get(topic).copied().unwrap_or(0)))
            .collect();
        let from = serde_json::to_string(&from).map_err(Error::failed("seek"))?;
        self.check(partition, &from).await?;
        let first: Option<i64> = sqlx::query_scalar(
            "select min(first) from (
                select (select m.id from messages m
                        where m.topic = j.key and m.partition = ?1 and m.\"offset\" >= j.value
                        order by m.\"offset\" limit 1) as first
                from json_each(?2) as j)",
        )
        .bind(partition)
        .bind(from)
        .fetch_one(&self.shared.readers)
        .await
        .map_err(Error::failed("seek"))?;
        Ok(first.map_or(newest, |id| id - 1))
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
                self.look().await?;
            }
            if let Some(polled) = self.deliver(max).await? {
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
        let id = self.start(partition, positions).await?;
        self.cursors.insert(partition, Cursor { id, from: positions.clone() });
        Ok(())
    }
}
