//! What is decided in one transaction. Nothing here waits for anything: what it needs is read before, and what comes of
//! it is saved after.

mod decide;
mod effects;

use crate::dynamic::Kept;
use crate::incoming::Incoming;
use crate::progress::Progress;
use crate::states::Known;
use crate::trace::id_of;
use crate::{DynStage, Error, Outgoing, Refusal, limits};
use domain::Day;
use messages::{DeadLetter, Record, Refused};
use serde::ser::Error as _;
use std::collections::BTreeMap;
use store::{CallKey, CallRow, Commit, DeadLetterRow, DeadLetterState, ParkedRow, TimerKey, TimerRow};

pub(crate) use decide::Settings;

/// What is known of a key, and what has become of it.
#[derive(Debug)]
pub(crate) struct Key {
    state: State,
    /// Bytes of its document.
    bytes: usize,
    changed: bool,
    parked: bool,
    /// Its document, once it is written.
    written: Option<String>,
}

/// What is to be saved and published, and the states of the keys that are not parked, as they are then.
pub(crate) struct Finished {
    /// `None` when nothing has come of it.
    pub(crate) saved: Option<(Commit, Vec<Record>)>,
    pub(crate) states: Vec<(String, Known<Kept>)>,
}

#[derive(Debug)]
enum State {
    /// As it was read.
    Text(String),
    None,
    Some(Kept),
}

/// How much was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// By kind of input.
    pub(crate) kinds: BTreeMap<&'static str, Done>,
    pub(crate) interrupted: u64,
    pub(crate) ended: u64,
}

/// How many inputs of a kind came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) decided: u64,
    pub(crate) refused: u64,
    pub(crate) parked: u64,
}

impl Tally {
    fn of(&mut self, incoming: &Incoming) -> &mut Done {
        self.kinds.entry(incoming.kind()).or_default()
    }

    /// All kinds together.
    pub(crate) fn sum(&self) -> Done {
        self.kinds.values().fold(Done::default(), |sum, done| Done {
            decided: sum.decided + done.decided,
            refused: sum.refused + done.refused,
            parked: sum.parked + done.parked,
        })
    }
}

/// The inputs of one transaction and what comes of them.
pub(crate) struct Batch<'a> {
    settings: Settings<'a>,
    progress: &'a mut Progress,
    keys: BTreeMap<String, Key>,
    timers: BTreeMap<TimerKey, Option<Day>>,
    calls: BTreeMap<(String, String), CallRow>,
    records: Vec<Record>,
    bytes: usize,
    pub(crate) tally: Tally,
    pub(crate) commit: Commit,
}

impl<'a> Batch<'a> {
    /// Begins with what is known of the keys. Every key of an input must have been asked for.
    pub(crate) fn new(
        settings: Settings<'a>,
        progress: &'a mut Progress,
        keys: BTreeMap<String, Key>,
    ) -> Self {
        Self {
            settings,
            progress,
            keys,
            timers: BTreeMap::new(),
            calls: BTreeMap::new(),
            records: Vec::new(),
            bytes: 0,
            tally: Tally::default(),
            commit: Commit::default(),
        }
    }

    pub(crate) fn progress(&mut self) -> &mut Progress {
        self.progress
    }

    /// Whether so much comes of it that the rest should go into the next transaction.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes >= limits::BATCH_BYTES_MAX
    }

    /// Whether the key is parked, also by an input of this batch.
    pub(crate) fn is_parked(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|key| key.parked)
    }

    /// From here on the inputs of the key that were parked are decided.
    pub(crate) fn unpark(&mut self, key: &str) {
        if let Some(key) = self.keys.get_mut(key) {
            key.parked = false;
        }
    }

    /// Decides an input that has just come, or parks it behind those that wait.
    pub(crate) fn take(&mut self, key: &str, incoming: &Incoming) -> Result<(), Error> {
        if self.is_parked(key) {
            return self.park(key, incoming);
        }
        self.decide_or_refuse(key, incoming).map(|_| ())
    }

    /// Decides an input. A refusal becomes a dead letter and, unless it holds nothing, parks the key; `false` then.
    pub(crate) fn decide_or_refuse(&mut self, key: &str, incoming: &Incoming) -> Result<bool, Error> {
        match self.decide(key, incoming) {
            Ok(()) => {
                self.tally.of(incoming).decided += 1;
                if let Incoming::Outcome(ended) = incoming {
                    let ended = ended.outcome.is_some();
                    *(if ended { &mut self.tally.ended } else { &mut self.tally.interrupted }) += 1;
                }
                Ok(true)
            }
            Err(refusal) => self.refuse(key, incoming, &refusal).map(|()| false),
        }
    }

    /// Writes the dead letter, and parks the key if the refusal holds it.
    pub(crate) fn refuse(&mut self, key: &str, incoming: &Incoming, refusal: &Refusal) -> Result<(), Error> {
        let (stage, partition) = (self.settings.sender.stage.clone(), self.settings.sender.partition);
        let name = incoming.name(&stage, partition, key);
        let id = format!("ref_{}", id_of(&name).simple());
        let at = incoming.place(partition);
        tracing::warn!(
            stage,
            partition,
            input = incoming.kind(),
            key,
            refusal.id = id,
            refusal.code,
            refusal.detail,
            refusal.holds,
            "an input was refused"
        );
        // A refusal before any day is known is a fault of the first minutes; the day of the epoch says so.
        let on = self.today(incoming).unwrap_or_default();
        self.commit.dead_letters.push(DeadLetterRow {
            refusal: id.clone(),
            partition,
            key: key.to_owned(),
            input: incoming.to_json().map_err(|error| self.unwritable(&error))?,
            at: serde_json::to_string(&at).map_err(|error| self.unwritable(&error))?,
            code: refusal.code.to_owned(),
            detail: refusal.detail.clone(),
            on,
            holds: refusal.holds,
            state: DeadLetterState::Open,
        });
        let message = DeadLetter::Refused(Refused {
            refusal: id,
            stage,
            key: key.to_owned(),
            on,
            at,
            code: refusal.code.to_owned(),
            detail: refusal.detail.clone(),
            parked: refusal.holds,
        });
        self.tell(&message, incoming, key, on)?;
        self.tally.of(incoming).refused += 1;
        if refusal.holds {
            self.keys.entry(key.to_owned()).or_insert_with(Key::new).parked = true;
        }
        Ok(())
    }

    /// A dead letter has come to its end.
    pub(crate) fn settle(
        &mut self,
        row: &DeadLetterRow,
        incoming: &Incoming,
        outcome: &str,
    ) -> Result<(), Error> {
        self.commit.dead_letter_states.push((row.refusal.clone(), DeadLetterState::Settled));
        let on = self.progress.today.unwrap_or(row.on);
        let message = DeadLetter::Settled {
            refusal: row.refusal.clone(),
            key: row.key.clone(),
            on,
            outcome: outcome.to_owned(),
        };
        self.tell(&message, incoming, &row.key, on)
    }

    /// Publishes a message of the runtime's own.
    fn tell(&mut self, message: &DeadLetter, incoming: &Incoming, key: &str, on: Day) -> Result<(), Error> {
        let outgoing =
            Outgoing::of(message, Vec::new(), Vec::new()).map_err(|error| self.unwritable(&error))?;
        let name = incoming.name(&self.settings.sender.stage, self.settings.sender.partition, key);
        let cause = incoming.cause();
        let (_, trace) = incoming.trace(&name);
        let origin = crate::outgoing::Origin { cause: &cause, evidence: &[], trace, day: on };
        let record =
            self.settings.sender.record(self.progress.sent + 1, &outgoing, origin).map_err(|refusal| {
                Error::TooLarge { stage: self.settings.sender.stage.clone(), detail: refusal.detail }
            })?;
        self.send(record);
        Ok(())
    }

    fn send(&mut self, record: Record) {
        self.progress.sent += 1;
        self.bytes += eventlog::size_of(&record);
        self.records.push(record);
    }

    fn park(&mut self, key: &str, incoming: &Incoming) -> Result<(), Error> {
        self.progress.parked += 1;
        let input = incoming.to_json().map_err(|error| self.unwritable(&error))?;
        self.bytes += input.len();
        self.tally.of(incoming).parked += 1;
        self.commit.parked.push(ParkedRow { number: self.progress.parked, key: key.to_owned(), input });
        Ok(())
    }

    fn unwritable(&self, error: &serde_json::Error) -> Error {
        let stage = self.settings.sender.stage.clone();
        Error::Unwritable { stage, class: format!("{:?}", error.classify()) }
    }

    /// What has come of it.
    pub(crate) fn finish(mut self) -> Result<Finished, Error> {
        let mut states = Vec::with_capacity(self.keys.len());
        write_documents(&mut self.keys).map_err(|error| self.unwritable(&error))?;
        for (key, mut known) in std::mem::take(&mut self.keys) {
            if let Some(doc) = known.written.take() {
                debug_assert!(
                    reads_back(self.settings.stage, &doc),
                    "a state must read back as it was written"
                );
                known.bytes = doc.len();
                self.commit.states_put.push((key.clone(), doc));
            } else if known.changed && matches!(known.state, State::None) {
                self.commit.states_deleted.push(key.clone());
            }
            let state = match known.state {
                State::Some(state) => Some(state),
                State::None => None,
                State::Text(_) => continue,
            };
            if !known.parked {
                states.push((key, Known { state, bytes: known.bytes }));
            }
        }
        for (timer, due) in std::mem::take(&mut self.timers) {
            match due {
                Some(due) => {
                    self.commit.timers_put.push(TimerRow { key: timer.key, name: timer.name, due });
                }
                None => self.commit.timers_deleted.push(timer),
            }
        }
        let calls = std::mem::take(&mut self.calls);
        self.commit.calls_replaced =
            calls.keys().map(|(key, id)| CallKey { key: key.clone(), id: id.clone() }).collect();
        self.commit.calls = calls.into_values().collect();
        self.commit.calls.sort_by_key(|call| call.sequence);
        let nothing = self.records.is_empty() && self.commit == Commit::default();
        Ok(Finished { saved: (!nothing).then_some((self.commit, self.records)), states })
    }
}

/// Writes the documents of the states that have changed; one half of many on a thread beside this one.
fn write_documents(keys: &mut BTreeMap<String, Key>) -> Result<(), serde_json::Error> {
    let mut changed: Vec<_> = keys.values_mut().filter(|key| key.changed).collect();
    let bytes: usize = changed.iter().map(|key| key.bytes).sum();
    let beside =
        if bytes < limits::BESIDE_BYTES_MIN { Vec::new() } else { changed.split_off(changed.len() / 2) };
    let write = |keys: Vec<&mut Key>| keys.into_iter().try_for_each(Key::write);
    if beside.is_empty() {
        return write(changed);
    }
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| write(beside));
        let here = write(changed);
        let beside = beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        here.and(beside)
    })
}

/// Whether the document, read and written again, is the same: else a process that reads it after a restart would decide
/// otherwise than the one that has it in memory.
fn reads_back(stage: &DynStage, doc: &str) -> bool {
    let mut again = Vec::new();
    stage.read(doc).and_then(|state| state.write(&mut again)).is_ok_and(|()| again == doc.as_bytes())
}

impl Key {
    /// A key of which nothing is known.
    pub(crate) fn new() -> Self {
        Self { state: State::None, bytes: 0, changed: false, parked: false, written: None }
    }

    /// A key as it stands in the store.
    pub(crate) fn read(doc: Option<String>, parked: bool) -> Self {
        let bytes = doc.as_ref().map_or(0, String::len);
        Self { state: doc.map_or(State::None, State::Text), bytes, changed: false, parked, written: None }
    }

    fn write(&mut self) -> Result<(), serde_json::Error> {
        let State::Some(state) = &self.state else { return Ok(()) };
        // Room for what one decision adds, so that the document is not copied while it grows.
        let mut doc = Vec::with_capacity(self.bytes + self.bytes / 8 + 1024);
        state.write(&mut doc)?;
        let doc = String::from_utf8(doc);
        self.written = Some(doc.map_err(|error| serde_json::Error::custom(error.utf8_error()))?);
        Ok(())
    }
}

impl From<Known<Kept>> for Key {
    fn from(known: Known<Kept>) -> Self {
        let state = known.state.map_or(State::None, State::Some);
        Self { state, bytes: known.bytes, changed: false, parked: false, written: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_that_are_written_on_two_threads_are_each_their_own() {
        let each = limits::BESIDE_BYTES_MIN / 4;
        let state = |n: usize| format!("{n}").repeat(each);
        let key = |n: usize| Key {
            state: State::Some(Box::new(state(n))),
            bytes: each,
            changed: n != 3,
            ..Key::new()
        };
        let mut keys: BTreeMap<String, _> = (0..9).map(|n| (n.to_string(), key(n))).collect();
        write_documents(&mut keys).unwrap();
        for (n, key) in keys.into_values().enumerate() {
            assert_eq!(key.written, (n != 3).then(|| format!("\"{}\"", state(n))), "{n}");
        }
    }
}
