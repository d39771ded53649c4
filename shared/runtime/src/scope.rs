//! A claimed partition of a stage: the fence, the document and the outbox. The same for workers and edges.

use crate::outgoing::{from_row, to_row};
use crate::progress::Progress;
use crate::{Error, failpoint, limits};
use eventlog::Log;
use messages::Record;
use std::sync::Arc;
use store::{Commit, OutboxRow, Store};

/// A partition that this process owns, until the store says otherwise. After any error of [`Scope::save`] or
/// [`Scope::publish`] it must be claimed anew: nobody knows what was written.
pub(crate) struct Scope {
    pub(crate) partition: u32,
    pub(crate) progress: Progress,
    store: Arc<dyn Store>,
    log: Arc<dyn Log>,
    version: i64,
    /// The last outbox row that is in the log; its deletion goes with the next commit.
    published: Option<i64>,
    /// How many records of its last owner were published at the takeover.
    pub(crate) left_behind: u64,
}

impl Scope {
    /// Takes the partition over and publishes what its last owner left in the outbox.
    pub(crate) async fn claim(
        store: Arc<dyn Store>,
        log: Arc<dyn Log>,
        partition: u32,
    ) -> Result<Self, Error> {
        let claimed = store.claim(partition).await.map_err(Error::store(store.stage()))?;
        let damaged = |what| Error::Damaged { stage: store.stage().to_owned(), partition, what };
        let progress = match claimed.doc.as_deref() {
            None => Progress::default(),
            Some(doc) => serde_json::from_str(doc).map_err(|_| damaged("progress document"))?,
        };
        let mut scope = Self {
            partition,
            progress,
            store,
            log,
            version: claimed.version,
            published: None,
            left_behind: 0,
        };
        scope.publish_rest().await?;
        Ok(scope)
    }

    pub(crate) fn stage(&self) -> &str {
        self.store.stage()
    }

    async fn publish_rest(&mut self) -> Result<(), Error> {
        let mut after = 0;
        loop {
            let page = self.store.outbox(self.partition, after, limits::OUTBOX_PAGE).await;
            let page = page.map_err(Error::store(self.stage()))?;
            let Some(last) = page.last().map(|row| row.sequence) else { return Ok(()) };
            let records: Option<Vec<Record>> = page.iter().map(|row| from_row(&row.record)).collect();
            let records = records.ok_or_else(|| Error::Damaged {
                stage: self.stage().to_owned(),
                partition: self.partition,
                what: "outbox row",
            })?;
            self.left_behind += u64::try_from(records.len()).unwrap_or(u64::MAX);
            self.publish(records, last).await?;
            after = last;
        }
    }

    /// Saves everything with the document and the outgoing records, whose last number is [`Progress::sent`], and then
    /// publishes them.
    pub(crate) async fn save(&mut self, mut commit: Commit, records: Vec<Record>) -> Result<(), Error> {
        let unwritable = |stage: &str| {
            let stage = stage.to_owned();
            move |error: serde_json::Error| Error::Unwritable {
                stage,
                class: format!("{:?}", error.classify()),
            }
        };
        commit.doc = serde_json::to_string(&self.progress).map_err(unwritable(self.stage()))?;
        commit.outbox_published = self.published;
        let first = self.progress.sent + 1 - i64::try_from(records.len()).unwrap_or(i64::MAX);
        for (sequence, record) in (first..).zip(&records) {
            let record = to_row(record).map_err(unwritable(self.stage()))?;
            commit.outbox.push(OutboxRow { sequence, record });
        }
        failpoint::hit("before commit")?;
        self.store.commit(self.partition, self.version, &commit).await.map_err(Error::store(self.stage()))?;
        self.version += 1;
        self.published = None;
        failpoint::hit("after commit")?;
        let sent = self.progress.sent;
        self.publish(records, sent).await
    }

    async fn publish(&mut self, records: Vec<Record>, last: i64) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        let partitions = self.log.partitions();
        if let Some((written, died)) = failpoint::torn("between publishes", &records, partitions) {
            self.log.publish(written).await.map_err(Error::log(self.stage()))?;
            return Err(died);
        }
        self.log.publish(records).await.map_err(Error::log(self.stage()))?;
        failpoint::hit("after publish")?;
        self.published = Some(last);
        Ok(())
    }

    /// Whether rows of the outbox wait for their deletion.
    pub(crate) fn has_published_rows(&self) -> bool {
        self.published.is_some()
    }
}
