//! What each stage was asked and what it said, input by input, and what the edges have saved: enough to do the same
//! again without deciding anything.

use crate::pipeline::parts;
use domain::Day;
use messages::{Phase, Topic};
use runtime::{Arrived, Change, Decided, Input, Observer, Refusal, Shape, Stage};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Commit;

/// Bytes of documents that are kept as a sample of what states look like.
const SAMPLE_BYTES_MAX: usize = 256 * 1024;

/// A tape for each part. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Tapes {
    tapes: Arc<BTreeMap<&'static str, Arc<Tape>>>,
}

impl Tapes {
    /// New tapes that hold everything.
    pub(super) fn new() -> Self {
        Self { tapes: Arc::new(parts().map(|part| (part, Arc::default())).collect()) }
    }

    /// New tapes that only count.
    pub(super) fn counting() -> Self {
        let tapes = Self::new();
        tapes.tapes.values().for_each(|tape| tape.recorded().counting = true);
        tapes
    }

    /// The tape of a stage like this.
    pub(crate) fn of_stage(&self, shape: Shape) -> Arc<Tape> {
        let tape = self.of(shape.name);
        tape.recorded().shape = Some(shape);
        tape
    }

    /// The tape of a part.
    pub(super) fn of(&self, part: &str) -> Arc<Tape> {
        self.tapes.get(part).cloned().unwrap_or_default()
    }
}

/// The tape of a part.
#[derive(Default)]
pub struct Tape {
    inner: Mutex<Recorded>,
}

/// What is on it.
#[derive(Default)]
pub(super) struct Recorded {
    /// What the stage is like; none for an edge.
    pub(super) shape: Option<Shape>,
    /// Nothing is kept but the numbers.
    counting: bool,
    /// How many inputs were decided.
    pub(super) decided: u64,
    /// What was decided, in order.
    pub(super) inputs: Vec<Noted>,
    /// What was saved, in order, for an edge.
    pub(super) saved: Vec<Saved>,
    /// Documents of states one after the other.
    pub(super) sample: String,
    /// Time in which the stage decided.
    pub(super) deciding: Duration,
    /// How many calls were made.
    pub(super) called: u64,
    /// Time of all calls; those that were made side by side count each.
    pub(super) calling: Duration,
    /// Inputs whose states are not saved yet, by key.
    unsaved: HashMap<String, Vec<usize>>,
}

/// What a stage is asked, apart from the key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// A message of a topic: the next of its key.
    Message(Topic),
    /// A timer.
    Timer(String),
    /// A phase of a day.
    Day(Day, Phase),
    /// A call has ended.
    Ended(String),
    /// Nobody knows of a call.
    Interrupted(String),
}

/// An input and what came of it.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    pub(super) key: String,
    pub(super) asked: Asked,
    /// The state that was saved, in bytes.
    pub(super) state: Change<usize>,
    pub(super) messages: usize,
    pub(super) timers: Vec<(String, Option<Day>)>,
    pub(super) calls: Vec<Call>,
    pub(super) refused: Option<Refusal>,
}

/// A planned call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) bytes: usize,
    pub(super) delay_ms: u64,
}

/// A transaction of an edge: states by key with their bytes, and how many messages.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    pub(super) states: Vec<(String, Option<usize>)>,
    pub(super) messages: usize,
}

impl Asked {
    /// What this input asks, before its call is read.
    pub(super) fn of_arrived(input: Arrived<'_>) -> Self {
        match input {
            Arrived::Message(message) => Self::Message(message.topic()),
            Arrived::Timer(name) => Self::Timer(name.to_owned()),
            Arrived::Day(day) => Self::Day(day.date, day.phase),
            Arrived::Outcome { call, .. } => Self::Ended(call.to_owned()),
            Arrived::Interrupted { call, .. } => Self::Interrupted(call.to_owned()),
        }
    }

    /// What this input asks.
    pub(super) fn of<S: Stage>(input: &Input<'_, S>) -> Self {
        match input {
            Input::Message(message) => Self::Message(message.topic()),
            Input::Timer(name) => Self::Timer((*name).to_owned()),
            Input::Day(day) => Self::Day(day.date, day.phase),
            Input::Outcome { call, .. } => Self::Ended((*call).to_owned()),
            Input::Interrupted { call, .. } => Self::Interrupted((*call).to_owned()),
        }
    }
}

impl Tape {
    pub(super) fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transaction was saved.
    pub(super) fn saved(&self, commit: &Commit) {
        let recorded = &mut *self.recorded();
        if recorded.counting {
            return;
        }
        for (_, doc) in &commit.states_put {
            if recorded.sample.len() < SAMPLE_BYTES_MAX {
                recorded.sample.push_str(doc);
            }
        }
        if recorded.shape.is_none() {
            let put = commit.states_put.iter().map(|(key, doc)| (key.clone(), Some(doc.len())));
            let deleted = commit.states_deleted.iter().map(|key| (key.clone(), None));
            let states = put.chain(deleted).collect();
            recorded.saved.push(Saved { states, messages: commit.outbox.len() });
            return;
        }
        for (key, doc) in &commit.states_put {
            for number in recorded.unsaved.remove(key).unwrap_or_default() {
                if let Some(Noted { state: Change::Put(bytes), .. }) = recorded.inputs.get_mut(number) {
                    *bytes = doc.len();
                }
            }
        }
        for key in &commit.states_deleted {
            recorded.unsaved.remove(key);
        }
    }
}

impl Observer for Tape {
    fn decided(&self, key: &str, input: Arrived<'_>, decided: Result<&Decided, &Refusal>, took: Duration) {
        let mut recorded = self.recorded();
        recorded.decided += 1;
        recorded.deciding += took;
        if recorded.counting {
            return;
        }
        let (key, asked) = (key.to_owned(), Asked::of_arrived(input));
        let noted = match decided {
            Ok(effects) => Noted {
                key,
                asked,
                state: match effects.state() {
                    Change::Keep => Change::Keep,
                    // How large it is, its transaction will tell.
                    Change::Put(()) => Change::Put(0),
                    Change::Delete => Change::Delete,
                },
                messages: effects.messages.len(),
                timers: effects.timers.clone(),
                calls: effects.calls.iter().map(Call::of).collect(),
                refused: None,
            },
            Err(refusal) => Noted {
                key,
                asked,
                state: Change::Keep,
                messages: 0,
                timers: Vec::new(),
                calls: Vec::new(),
                refused: Some(refusal.clone()),
            },
        };
        if noted.state != Change::Keep {
            let number = recorded.inputs.len();
            recorded.unsaved.entry(noted.key.clone()).or_default().push(number);
        }
        recorded.inputs.push(noted);
    }

    fn called(&self, took: Duration) {
        let mut recorded = self.recorded();
        recorded.called += 1;
        recorded.calling += took;
    }
}

impl Call {
    fn of(call: &runtime::PlannedCall) -> Self {
        Self { id: call.id.clone(), bytes: call.request.len(), delay_ms: call.delay_ms }
    }
}
