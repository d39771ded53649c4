//! The ledger in the store.

use crate::Error;
use crate::ledger::{FileEntry, Series, Unread};
use crate::publish;
use domain::{Day, PersonSecret};
use eventlog::Log;
use futures::future::BoxFuture;
use messages::Refused;
use runtime::{Edge, Outgoing};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Store;

/// How many ledger entries are read at a time.
const PAGE: usize = 500;

/// How many refusals are ended in one commit.
const DISCARDED_PER_COMMIT: usize = 250;

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

    /// A file of the folder cannot be read, or (`None`) is so no longer.
    pub(crate) fn unread(&mut self, key: &str, unread: Option<&Unread>) -> Result<(), Error> {
        match unread {
            Some(unread) => self.put(unread_key(key), unread)?,
            None => self.states.push((unread_key(key), None)),
        }
        Ok(())
    }

    /// A line or record was refused.
    pub(crate) fn refused(&mut self, refused: &Refused) -> Result<(), Error> {
        self.put(refused_key(&refused.refusal), refused)
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

fn unread_key(key: &str) -> String {
    format!("unread/{key}")
}

fn refused_key(refusal: &str) -> String {
    format!("refused/{refusal}")
}

/// The key under which the fingerprint of the person secret is kept.
const SECRET_KEY: &str = "secret";

impl Book {
    /// Opens the ledger. One that was made with another secret is left as it is, and whoever works with it goes on.
    pub(crate) async fn open(
        log: Arc<dyn Log>,
        store: Arc<dyn Store>,
        secret: &PersonSecret,
    ) -> Result<Self, Error> {
        let fingerprint = serde_json::to_string(&secret.fingerprint()).map_err(Error::Write)?;
        let kept = store.read(Edge::PARTITION, &[SECRET_KEY]).await.map_err(Error::Store)?;
        let kept = kept.into_iter().find_map(|row| row.doc);
        if kept.as_ref().is_some_and(|kept| *kept != fingerprint) {
            return Err(Error::OtherSecret);
        }
        let edge = Edge::open(crate::STAGE, log, Arc::clone(&store)).await.map_err(Error::Edge)?;
        if kept.is_none() {
            let state = vec![(SECRET_KEY.to_owned(), Some(fingerprint))];
            edge.commit(Day::default(), state, Vec::new()).await.map_err(Error::Edge)?;
        }
        Ok(Self { edge, store })
    }

    /// The files of a folder that could not be read when it was looked at last, by their keys.
    pub(crate) async fn unread(&self, folder: &str) -> Result<BTreeMap<String, Unread>, Error> {
        let all = self.all_below(&unread_key(&format!("{folder}/"))).await?;
        Ok(all.into_iter().map(|(key, one)| (key.trim_start_matches("unread/").to_owned(), one)).collect())
    }

    /// All that is kept under keys that begin so.
    async fn all_below<T: DeserializeOwned>(&self, prefix: &str) -> Result<BTreeMap<String, T>, Error> {
        // After a failure it is the edge that finds out what was saved.
        self.edge.read(&[SECRET_KEY]).await.map_err(Error::Edge)?;
        let (mut all, mut after) = (BTreeMap::new(), prefix.to_owned());
        loop {
            let place = Some((Edge::PARTITION, after.as_str()));
            let rows = self.store.states(place, PAGE).await.map_err(Error::Store)?;
            let mut any = false;
            for row in rows.into_iter().take_while(|row| row.key.starts_with(prefix)) {
                any = true;
                let one = serde_json::from_str(&row.doc)
                    .map_err(|source| Error::Ledger { key: row.key.clone(), source })?;
                all.insert(row.key.clone(), one);
                after = row.key;
            }
            if !any {
                return Ok(all);
            }
        }
    }

    /// The open refusal of a line or record, or all of those of a file.
    pub(crate) async fn refused(&mut self, refusal_or_file: &str) -> Result<Vec<Refused>, Error> {
        let one: Option<Refused> = self.read(refused_key(refusal_or_file)).await?;
        if let Some(one) = one {
            return Ok(vec![one]);
        }
        let all: BTreeMap<String, Refused> = self.all_below(&refused_key("")).await?;
        Ok(all.into_values().filter(|refused| refused.is_of_file(refusal_or_file)).collect())
    }

    /// Ends refusals of lines or records.
    pub(crate) async fn discard_refused(&mut self, all: &[Refused], day: Day) -> Result<(), Error> {
        for some in all.chunks(DISCARDED_PER_COMMIT) {
            let mut page = Page::default();
            for refused in some {
                // Under the key of the record that told of it: an earlier version took that of the person or case.
                for key in BTreeSet::from([refused.record_key(), refused.key.clone()]) {
                    page.message(publish::settled(refused.refusal.clone(), &key, day, "discarded")?);
                }
                page.states.push((refused_key(&refused.refusal), None));
            }
            self.commit(day, page).await?;
        }
        Ok(())
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
        files(&*self.store, after, max).await
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

/// [`crate::Intake::discard_refused`] of open ones, where no intake works on the store.
pub fn discard_refused<'a>(
    log: Arc<dyn Log>,
    store: Arc<dyn Store>,
    open: &'a [Refused],
    day: Day,
) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(async move {
        let edge = Edge::open(crate::STAGE, log, Arc::clone(&store)).await.map_err(Error::Edge)?;
        Book { edge, store }.discard_refused(open, day).await
    })
}

/// A page of the ledger that a store keeps, ordered by SHA-256, after this one. It only reads: whoever works with the
/// ledger goes on.
pub async fn files(store: &dyn Store, after: Option<&str>, max: usize) -> Result<Vec<FileEntry>, Error> {
    let after = file_key(after.unwrap_or_default());
    let rows = store.states(Some((Edge::PARTITION, &after)), max).await.map_err(Error::Store)?;
    rows.into_iter()
        .filter(|row| row.key.starts_with("file/"))
        .map(|row| {
            serde_json::from_str(&row.doc).map_err(|source| Error::Ledger { key: row.key.clone(), source })
        })
        .collect()
}
