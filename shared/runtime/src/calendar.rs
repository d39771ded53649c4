//! Announcing the days: time as an event, in every partition.

use crate::{Edge, Error, Outgoing};
use domain::Day;
use messages::{CalendarDay, Phase};
use store::Store;

/// The name of the calendar, as in its store.
const STAGE: &str = "calendar";

/// The key of the last announced phase in the calendar's store.
const LAST: &str = "last";

/// The last phase that was announced.
pub async fn last(edge: &Edge) -> Result<Option<CalendarDay>, Error> {
    read(edge.read(&[LAST]).await?.get(LAST))
}

/// The same from the calendar's store, beside whoever announces.
pub async fn last_in(store: &dyn Store) -> Result<Option<CalendarDay>, Error> {
    let rows = store.read(Edge::PARTITION, &[LAST]).await.map_err(Error::store(STAGE))?;
    read(rows.into_iter().find_map(|row| row.doc).as_ref())
}

fn read(doc: Option<&String>) -> Result<Option<CalendarDay>, Error> {
    let damaged =
        |_| Error::Damaged { stage: STAGE.to_owned(), partition: Edge::PARTITION, what: "last day" };
    doc.map(|doc| serde_json::from_str(doc)).transpose().map_err(damaged)
}

/// Writes the phase of the day to every partition. `false` when it or a later one was announced before: days go forward
/// only, and nothing is announced twice. Days and phases in between may be left out: what is due is found by state.
pub async fn announce(edge: &Edge, date: Day, phase: Phase) -> Result<bool, Error> {
    let next = CalendarDay { date, phase };
    if last(edge).await?.is_some_and(|last| next <= last) {
        return Ok(false);
    }
    let unwritable = |error: serde_json::Error| Error::Unwritable {
        stage: STAGE.to_owned(),
        class: format!("{:?}", error.classify()),
    };
    let doc = serde_json::to_string(&next).map_err(unwritable)?;
    let message = Outgoing::of(&next, Vec::new(), Vec::new()).map_err(unwritable)?;
    edge.commit_to_all(date, (LAST.to_owned(), doc), &message).await?;
    Ok(true)
}
