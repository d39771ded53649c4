//! What a stage keeps, read by somebody else.

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use store::Store;

/// How many states are read at a time.
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
