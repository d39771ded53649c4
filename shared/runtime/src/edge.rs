//! A scope for what stands at the edge: intake, the calendar.

use crate::outgoing::{Origin, Sender};
use crate::scope::Scope;
use crate::trace::Trace;
use crate::{Error, Outgoing};
use domain::Day;
use eventlog::Log;
use futures::future::BoxFuture;
use messages::Record;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Commit, Store};
use tokio::sync::Mutex;

/// A ledger in the store and an outbox, for a service that has no input topics. What one [`Edge::commit`] is given takes
/// effect as a whole or not at all, also through a crash. Cheap to share; operations follow one another.
pub struct Edge {
    log: Arc<dyn Log>,
    store: Arc<dyn Store>,
    sender: Sender,
    /// `None` after a failure: what is in the store is not known, and the next read finds out.
    scope: Mutex<Option<Scope>>,
}

impl Edge {
    /// An edge has one partition.
    pub const PARTITION: u32 = 0;

    /// Opens the edge: takes it over from whoever had it, and publishes what was left in its outbox. The store must be
    /// the edge's own.
    pub fn open(name: &str, log: Arc<dyn Log>, store: Arc<dyn Store>) -> BoxFuture<'_, Result<Self, Error>> {
        Box::pin(async move {
            let scope = Scope::claim(Arc::clone(&store), Arc::clone(&log), Self::PARTITION).await?;
            Ok(Self {
                log,
                store,
                sender: Sender::new(name, Self::PARTITION),
                scope: Mutex::new(Some(scope)),
            })
        })
    }

    /// The states of these keys; those without one are left out. After a failure of [`Edge::commit`] this finds out what
    /// was saved.
    pub async fn read(&self, keys: &[&str]) -> Result<BTreeMap<String, String>, Error> {
        self.claimed(&mut *self.scope.lock().await).await?;
        let rows = self.store.read(Self::PARTITION, keys).await.map_err(Error::store(&self.sender.stage))?;
        Ok(rows.into_iter().filter_map(|row| Some((row.key, row.doc?))).collect())
    }

    /// Saves the states (`None` forgets one) and the messages in one transaction, and publishes the messages. The later
    /// entry of a key counts. After an error **read again** before the next commit: the failed one may have been saved.
    pub async fn commit(
        &self,
        day: Day,
        states: Vec<(String, Option<String>)>,
        messages: Vec<Outgoing>,
    ) -> Result<(), Error> {
        let messages: Vec<_> = messages.iter().map(|message| (None, message)).collect();
        self.save(day, states, &messages).await
    }

    /// Saves a state and one message to every partition, for the calendar.
    pub(crate) async fn commit_to_all(
        &self,
        day: Day,
        state: (String, String),
        message: &Outgoing,
    ) -> Result<(), Error> {
        let messages: Vec<_> =
            (0..self.log.partitions()).map(|partition| (Some(partition), message)).collect();
        self.save(day, vec![(state.0, Some(state.1))], &messages).await
    }

    async fn save(
        &self,
        day: Day,
        states: Vec<(String, Option<String>)>,
        messages: &[(Option<u32>, &Outgoing)],
    ) -> Result<(), Error> {
        let mut place = self.scope.lock().await;
        let mut scope = place.take().ok_or_else(|| Error::ReadAgain { stage: self.sender.stage.clone() })?;
        let mut commit = Commit::default();
        for (key, doc) in states.into_iter().collect::<BTreeMap<_, _>>() {
            match doc {
                Some(doc) => commit.states_put.push((key, doc)),
                None => commit.states_deleted.push(key),
            }
        }
        let mut records = Vec::with_capacity(messages.len());
        for (partition, message) in messages {
            scope.progress.sent += 1;
            records.push(self.record(scope.progress.sent, *partition, message, day)?);
        }
        scope.progress.reach(day);
        scope.save(commit, records).await?;
        *place = Some(scope);
        Ok(())
    }

    /// A record that begins a trace.
    fn record(
        &self,
        sequence: i64,
        partition: Option<u32>,
        message: &Outgoing,
        day: Day,
    ) -> Result<Record, Error> {
        // What the message is about is part of the name, so that two installations that share a collector do not share
        // traces.
        let root = message.evidence.first().map_or("", |evidence| evidence.sha256.as_str());
        let name = format!("{}/{sequence}/{day}/{}/{}/{root}", self.sender.stage, message.kind, message.key);
        let trace = Trace::process(None, &name);
        let origin = Origin { cause: "", evidence: &[], trace, day };
        let record = self.sender.record(sequence, message, origin).map_err(|refusal| Error::TooLarge {
            stage: self.sender.stage.clone(),
            detail: refusal.detail,
        })?;
        Ok(Record { partition, ..record })
    }

    async fn claimed(&self, place: &mut Option<Scope>) -> Result<(), Error> {
        if place.is_none() {
            let scope = Scope::claim(Arc::clone(&self.store), Arc::clone(&self.log), Self::PARTITION).await?;
            *place = Some(scope);
        }
        Ok(())
    }
}
