//! A log, the stores of two stages, and what can be seen from outside.

use super::tape::{Listener, Phone, Tape, Tracks, order};
use crate::{DynStage, Edge, Ended, Error, Worker, WorkerConfig, calendar, run_until_idle};
use ::messages::{Phase, Record, Topic};
use domain::Day;
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::sqlite::SqliteStore;
use store::{Counts, DeadLetterRow, Store};
use tokio_util::sync::CancellationToken;

pub struct World {
    _directory: Option<tempfile::TempDir>,
    pub log: Arc<dyn Log>,
    pub tape_store: Arc<dyn Store>,
    pub listener_store: Arc<dyn Store>,
    pub edge: Edge,
    pub tape: Tape,
    pub phone: Arc<Phone>,
    pub config: WorkerConfig,
}

/// A day of January 2026.
pub fn day(number: u32) -> Day {
    Day::from_ymd_opt(2026, 1, number).unwrap()
}

impl World {
    pub async fn new(partitions: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let world = Self::at(directory.path(), partitions).await;
        Self { _directory: Some(directory), ..world }
    }

    pub async fn at(path: &Path, partitions: u32) -> Self {
        let log: Arc<dyn Log> = Arc::new(EmbeddedLog::open(path.join("log.db"), partitions).await.unwrap());
        let edge_store: Arc<dyn Store> = Arc::new(SqliteStore::open(path, "edge").await.unwrap());
        Self {
            _directory: None,
            edge: Edge::open("edge", Arc::clone(&log), edge_store).await.unwrap(),
            log,
            tape_store: Arc::new(SqliteStore::open(path, "tape").await.unwrap()),
            listener_store: Arc::new(SqliteStore::open(path, "listener").await.unwrap()),
            tape: Tape::default(),
            phone: Arc::default(),
            config: WorkerConfig::fast_forward(),
        }
    }

    pub fn tape_worker(&self) -> Worker {
        let (log, store) = (Arc::clone(&self.log), Arc::clone(&self.tape_store));
        Worker::new(DynStage::calling(self.tape.clone(), self.phone.clone()), log, store, self.config)
    }

    pub fn workers(&self) -> Vec<Worker> {
        let (log, store) = (Arc::clone(&self.log), Arc::clone(&self.listener_store));
        let listener = Worker::new(DynStage::new(Listener), log, store, self.config);
        vec![self.tape_worker(), listener]
    }

    /// Runs new workers until they are idle.
    pub async fn run(&self) {
        self.try_run().await.unwrap();
    }

    pub async fn try_run(&self) -> Result<(), Error> {
        let mut workers = self.workers();
        let ended = run_until_idle(&mut workers, &CancellationToken::new()).await?;
        assert_eq!(ended, Ended::Idle);
        for worker in &mut workers {
            worker.flush().await?;
        }
        Ok(())
    }

    /// Gives an order.
    pub async fn say(&self, key: &str, title: &str) {
        let message = crate::Outgoing::of(&order(key, title), Vec::new(), Vec::new()).unwrap();
        self.edge.commit(day(1), Vec::new(), vec![message]).await.unwrap();
    }

    /// Announces a phase.
    pub async fn announce(&self, number: u32, phase: Phase) {
        assert!(calendar::announce(&self.edge, day(number), phase).await.unwrap());
    }

    /// Writes a record as a foreign producer would.
    pub async fn foreign(&self, key: &str, headers: &[(&str, &str)], body: &[u8]) {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let record = Record {
            topic: Topic::Alerts,
            key: key.to_owned(),
            partition: None,
            headers,
            body: body.to_vec(),
        };
        self.log.publish(vec![record]).await.unwrap();
    }

    /// What the tape has written down.
    pub async fn tracks(&self) -> BTreeMap<String, Tracks> {
        states(&*self.tape_store).await
    }

    /// What has been heard of it.
    pub async fn heard(&self) -> BTreeMap<String, Tracks> {
        states(&*self.listener_store).await
    }

    pub async fn track(&self, key: &str) -> Tracks {
        self.tracks().await.remove(key).unwrap_or_default()
    }

    pub async fn dead_letters(&self) -> Vec<DeadLetterRow> {
        self.tape_store.dead_letters(None, 1000).await.unwrap()
    }

    pub async fn counts(&self) -> Counts {
        self.tape_store.counts(None).await.unwrap()
    }

    /// Every record of the topic.
    pub async fn records(&self, topic: Topic) -> Vec<eventlog::Received> {
        let mut all = Vec::new();
        for partition in 0..self.log.partitions() {
            all.extend(self.log.read(topic, partition, 0, 100_000).await.unwrap());
        }
        all
    }

    /// Writes everything that is in the topics a second time, as a sender does that does not know how far it came.
    pub async fn repeat(&self, topics: &[Topic]) {
        for topic in topics {
            let again = self.records(*topic).await.into_iter().map(|received| Record {
                topic: received.topic,
                key: String::from_utf8(received.key).unwrap(),
                partition: Some(received.partition),
                headers: received
                    .headers
                    .into_iter()
                    .map(|(n, v)| (n, String::from_utf8(v).unwrap()))
                    .collect(),
                body: received.body,
            });
            self.log.publish(again.collect()).await.unwrap();
        }
    }
}

async fn states(store: &dyn Store) -> BTreeMap<String, Tracks> {
    let rows = store.states(None, 100_000).await.unwrap();
    rows.into_iter().map(|row| (row.key, serde_json::from_str(&row.doc).unwrap())).collect()
}
