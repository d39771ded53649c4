//! What the stage wants, noted for the transaction.

use super::{Batch, Key, State};
use crate::Decided;
use crate::dynamic::Kept;
use crate::incoming::Planned;
use crate::limits;
use crate::outgoing::Origin;
use crate::stage::{Change, PlannedCall, Refusal};
use domain::Day;
use messages::Record;
use serde_json::value::RawValue;
use std::collections::btree_map::Entry;
use store::{CallRow, TimerKey};

impl Batch<'_> {
    /// Applies everything or, when something cannot be written, nothing.
    pub(super) fn apply(&mut self, key: &str, effects: Decided, origin: Origin<'_>) -> Result<(), Refusal> {
        let records: Vec<Record> = (self.progress.sent + 1..)
            .zip(&effects.messages)
            .map(|(sequence, message)| self.settings.sender.record(sequence, message, origin))
            .collect::<Result<_, _>>()?;
        let calls: Vec<(PlannedCall, String)> = effects
            .calls
            .into_iter()
            .map(|call| planned(&call, origin).map(|planned| (call, planned)))
            .collect::<Result<_, _>>()?;
        let days = Day::default()..=limits::DAY_MAX;
        if effects.timers.iter().any(|(_, due)| due.is_some_and(|due| !days.contains(&due))) {
            let detail =
                "a timer is set to a day before 1970 or after 9999: this is a fault of the stage's code";
            return Err(Refusal::new("timer_out_of_range", detail));
        }
        records.into_iter().for_each(|record| self.send(record));
        self.change(key, effects.state);
        for (name, due) in effects.timers {
            let due = due.map(|due| self.fires_from(due));
            self.timers.insert(TimerKey { key: key.to_owned(), name }, due);
        }
        for (call, request) in calls {
            self.plan(key, call, request);
        }
        Ok(())
    }

    fn change(&mut self, key: &str, change: Change<Kept>) {
        let state = match change {
            Change::Keep => return,
            Change::Put(state) => State::Some(state),
            Change::Delete => State::None,
        };
        let known = match self.keys.entry(key.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(Key::new()),
        };
        known.state = state;
        known.changed = true;
    }

    /// A timer whose day has fired already waits for the next day, also the one that is firing now: else one that sets
    /// itself again would never let the day end.
    fn fires_from(&self, due: Day) -> Day {
        match self.progress.fired {
            Some(fired) if due <= fired => fired.succ_opt().unwrap_or(fired),
            _ => due,
        }
    }

    /// What a stage has set a timer for is still to be done when the timer is dropped: it fires the next day.
    pub(crate) fn wake_again(&mut self, key: &str, name: &str) {
        let due = self.fires_from(self.progress.today.unwrap_or_default());
        self.timers.insert(TimerKey { key: key.to_owned(), name: name.to_owned() }, Some(due));
    }

    fn plan(&mut self, key: &str, call: PlannedCall, request: String) {
        self.progress.planned += 1;
        let delay = i64::try_from(call.delay_ms).unwrap_or(i64::MAX);
        let row = CallRow {
            sequence: self.progress.planned,
            key: key.to_owned(),
            id: call.id.clone(),
            request,
            not_before_ms: self.settings.now_ms.saturating_add(delay),
            started: false,
        };
        self.calls.insert((key.to_owned(), call.id), row);
    }

    /// Notes that the timer fires; `false` when it was set or taken back by what was decided before it in this batch.
    pub(crate) fn fire(&mut self, key: &str, name: &str) -> bool {
        match self.timers.entry(TimerKey { key: key.to_owned(), name: name.to_owned() }) {
            Entry::Vacant(place) => {
                place.insert(None);
                true
            }
            Entry::Occupied(_) => false,
        }
    }
}

/// The call with what it follows from, as the store keeps it.
fn planned(call: &PlannedCall, origin: Origin<'_>) -> Result<String, Refusal> {
    let unwritable =
        |error: serde_json::Error| Refusal::new("unwritable_call", format!("{:?}", error.classify()));
    let asked = RawValue::from_string(call.request.clone()).map_err(unwritable)?;
    serde_json::to_string(&Planned {
        asked,
        cause: origin.cause.to_owned(),
        evidence: origin.evidence.to_vec(),
        trace: origin.trace.to_string(),
    })
    .map_err(unwritable)
}
