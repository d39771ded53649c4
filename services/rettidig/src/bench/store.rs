//! A store that counts what passes.

use super::meter::Meter;
use super::tape::Tape;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Instant;
use store::{Around, Commit, Error, Store};

/// Any store, counted.
pub struct MeteredStore {
    store: Arc<dyn Store>,
    meter: Arc<Meter>,
    tape: Arc<Tape>,
}

impl MeteredStore {
    /// Counts what goes through this store, and notes what is saved.
    pub fn new(store: Arc<dyn Store>, meter: Arc<Meter>, tape: Arc<Tape>) -> Self {
        Self { store, meter, tape }
    }
}

#[async_trait]
impl Around for MeteredStore {
    fn store(&self) -> &dyn Store {
        &*self.store
    }

    async fn commit(&self, partition: u32, expected: i64, commit: &Commit) -> Result<(), Error> {
        let begun = Instant::now();
        self.store.commit(partition, expected, commit).await?;
        let took = begun.elapsed();
        let bytes = commit.states_put.iter().map(|(_, doc)| doc.len()).sum();
        self.meter.committed(self.store.stage(), bytes, took);
        self.tape.saved(commit);
        Ok(())
    }
}
