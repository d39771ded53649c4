//! What a stage keeps, states and open dead letters, read by somebody else.

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use store::{DeadLetterRow, DeadLetterState, Store};

/// How many rows are read at a time.
const PAGE: usize = 2_000;

/// Looks at every state of a stage once, with its key.
pub async fn each<T: DeserializeOwned>(
    store: &dyn Store,
    mut look: impl FnMut(&str, T) -> Result<()>,
) -> Result<()> {
    let mut after: Option<(u32, String)> = None;
    loop {
        let from = after.as_ref().map(|(partition, key)| (*partition, key.as_str()));
        let page = store.states(from, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.partition, last.key.clone()));
        for row in &page {
            let state = serde_json::from_str(&row.doc)
                .with_context(|| format!("what is kept of {} is of another version", row.key))?;
            look(&row.key, state)?;
        }
    }
}

/// Looks at every dead letter of a stage that is not settled, in the order of their ids.
pub async fn each_open(store: &dyn Store, mut look: impl FnMut(&DeadLetterRow)) -> Result<()> {
    let mut after: Option<String> = None;
    loop {
        let page = store.dead_letters(after.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.refusal.clone());
        page.iter().filter(|row| row.state != DeadLetterState::Settled).for_each(&mut look);
    }
}
