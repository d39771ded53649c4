//! The ledger in the store.

use crate::Error;
use crate::ledger::{FileEntry, Series};
use domain::Day;
use eventlog::Log;
use runtime::{Edge, Outgoing};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use store::Store;

/// How many ledger entries are read at a time.
const PAGE: usize = 500;

/// Ledger entries and outgoing messages, saved together.
pub(crate) struct Book {
    edge: Edge,
    store: Arc<dyn Store>,
}

/// What is saved in one commit.
#[derive(Default)]
pub(crate) struct Page {
    states: Vec<(String, Option<String>)>,
    messages: Vec<Outgoing>,
}

impl Page {
    pub(crate) fn file(&mut self, entry: &FileEntry) -> Result<(), Error> {
        self.put(file_key(&entry.sha256), entry)
    }

    pub(crate) fn series(&mut self, task: &str, series: &Series) -> Result<(), Error> {
        self.put(series_key(task), series)
    }

    pub(crate) fn message(&mut self, message: Outgoing) {
        self.messages.push(message);
    }

    fn put(&mut self, key: String, state: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(state).map_err(Error::Write)?;
        self.states.push((key, Some(text)));
        Ok(())
    }
}

fn file_key(sha256: &str) -> String {
    format!("file/{sha256}")
}

fn series_key(task: &str) -> String {
    format!("series/{task}")
}

impl Book {
    pub(crate) async fn open(log: Arc<dyn Log>, store: Arc<dyn Store>) -> Result<Self, Error> {
        let edge = Edge::open(crate::STAGE, log, Arc::clone(&store)).await.map_err(Error::Edge)?;
        Ok(Self { edge, store })
    }

    pub(crate) async fn file(&mut self, sha256: &str) -> Result<Option<FileEntry>, Error> {
        self.read(file_key(sha256)).await
    }

    pub(crate) async fn series(&mut self, task: &str) -> Result<Option<Series>, Error> {
        self.read(series_key(task)).await
    }

    async fn read<T: DeserializeOwned>(&mut self, key: String) -> Result<Option<T>, Error> {
        let found = self.edge.read(&[key.as_str()]).await.map_err(Error::Edge)?;
        found
            .get(&key)
            .map(|text| serde_json::from_str(text))
            .transpose()
            .map_err(|source| Error::Ledger { key, source })
    }

    pub(crate) async fn commit(&mut self, day: Day, page: Page) -> Result<(), Error> {
        self.edge.commit(day, page.states, page.messages).await.map_err(Error::Edge)
    }

    /// A page of the files, ordered by SHA-256, after this one.
    pub(crate) async fn files(&self, after: Option<&str>, max: usize) -> Result<Vec<FileEntry>, Error> {
        let after = file_key(after.unwrap_or_default());
        let rows = self.store.states(Some((Edge::PARTITION, &after)), max).await.map_err(Error::Store)?;
        rows.into_iter()
            .filter(|row| row.key.starts_with("file/"))
            .map(|row| {
                serde_json::from_str(&row.doc)
                    .map_err(|source| Error::Ledger { key: row.key.clone(), source })
            })
            .collect()
    }

    /// All files that `wanted` chooses, ordered by SHA-256.
    pub(crate) async fn all_files(
        &self,
        wanted: impl Fn(&FileEntry) -> bool,
    ) -> Result<Vec<FileEntry>, Error> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.files(Some(&after), PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after.clone_from(&last.sha256);
            all.extend(page.into_iter().filter(&wanted));
        }
    }
}
