//! One input: read it, ask the stage, apply what it says.

use super::{Batch, State};
use crate::dynamic::Kept;
use crate::incoming::{Ended, Incoming};
use crate::outgoing::{Origin, Sender};
use crate::telemetry::{Processed, Started};
use crate::trace::Trace;
use crate::{Arrived, Context, Decided, DynStage, Refusal};
use domain::Day;
use eventlog::Received;
use messages::{Evidence, Message, header};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The record is not a message of its topic.
const UNDECODABLE: &str = "undecodable";
/// The key of the record is not text.
const KEY_NOT_TEXT: &str = "key_not_text";
/// No day is known yet.
const NO_DAY: &str = "no_day";
/// What is kept of the key cannot be read.
const UNREADABLE_STATE: &str = "unreadable_state";
/// The stage's code has a fault.
const STAGE_PANICKED: &str = "stage_panicked";

/// Who decides, as whom, and when.
pub(crate) struct Settings<'a> {
    pub(crate) stage: &'a DynStage,
    pub(crate) sender: &'a Sender,
    /// Unix time in milliseconds, for the delays of calls only.
    pub(crate) now_ms: i64,
}

impl Batch<'_> {
    /// The later of the partition's day and the input's own.
    pub(super) fn today(&self, incoming: &Incoming) -> Option<Day> {
        self.progress.today.max(incoming.day())
    }

    /// Decides the input and applies its effects; a refusal leaves no trace.
    pub(super) fn decide(&mut self, key: &str, incoming: &Incoming) -> Result<(), Refusal> {
        let sender = self.settings.sender;
        let (parent, trace) = incoming.trace(&incoming.name(&sender.stage, sender.partition, key));
        let started = Started::now();
        let decided = self.decide_in(trace, key, incoming);
        started.finished(&Processed {
            stage: &sender.stage,
            partition: sender.partition,
            kind: incoming.kind(),
            key,
            parent,
            trace,
            refused: decided.as_ref().err().map(|refusal| refusal.code),
        });
        decided
    }

    fn decide_in(&mut self, trace: Trace, key: &str, incoming: &Incoming) -> Result<(), Refusal> {
        let today = self.today(incoming).ok_or_else(|| {
            Refusal::new(
                NO_DAY,
                "neither the calendar nor the message names a day: announce a day, then requeue",
            )
        })?;
        let cause = incoming.cause();
        let origin = |evidence| Origin { cause: &cause, evidence, trace, day: today };
        let header = trace.to_string();
        let context = |evidence| Context { key, today, cause: &cause, evidence, trace: &header };
        match incoming {
            Incoming::Message(received) => {
                let message = decode(received)?;
                let evidence = message.evidence();
                let effects = self.ask(&context(evidence), Arrived::Message(&message))?;
                self.apply(key, effects, origin(evidence))?;
                if let (Some(_), Some(day)) = (received.header(header::SENDER), incoming.day()) {
                    self.progress.reach(day);
                }
            }
            Incoming::Timer { name, .. } => {
                let effects = self.ask(&context(&[]), Arrived::Timer(name))?;
                self.apply(key, effects, origin(&[]))?;
            }
            Incoming::Day(tick) => {
                let effects = self.ask(&context(&[]), Arrived::Day(tick.day))?;
                self.apply(key, effects, origin(&[]))?;
            }
            Incoming::Outcome(ended) => {
                let evidence: &[Evidence] = &ended.planned.evidence;
                let effects = self.ask(&context(evidence), outcome(ended))?;
                self.apply(key, effects, origin(evidence))?;
            }
        }
        Ok(())
    }

    fn ask(&mut self, context: &Context<'_>, input: Arrived<'_>) -> Result<Decided, Refusal> {
        let stage = self.settings.stage;
        let state = self.state(context.key)?;
        let decided = catch_unwind(AssertUnwindSafe(|| stage.decide(context, state, input)));
        decided.unwrap_or_else(|_| {
            let detail =
                "the stage's code has a fault: upgrade, then requeue; the place is in the log of the process";
            Err(Refusal::new(STAGE_PANICKED, detail))
        })
    }

    fn state(&mut self, key: &str) -> Result<Option<&Kept>, Refusal> {
        let Some(known) = self.keys.get_mut(key) else { return Ok(None) };
        if let State::Text(text) = &known.state {
            let state = self.settings.stage.read(text).map_err(|error| {
                let class = error.classify();
                Refusal::new(
                    UNREADABLE_STATE,
                    format!("what is kept of the key cannot be read ({class:?}): upgrade, then requeue"),
                )
            })?;
            known.state = State::Some(state);
        }
        match &known.state {
            State::Some(state) => Ok(Some(state)),
            State::None | State::Text(_) => Ok(None),
        }
    }
}

fn decode(received: &Received) -> Result<Message, Refusal> {
    if std::str::from_utf8(&received.key).is_err() {
        return Err(Refusal::new(KEY_NOT_TEXT, "the record's key is not UTF-8: let its sender correct it"));
    }
    Message::decode(received.topic, &received.body)
        .map_err(|error| Refusal::new(UNDECODABLE, format!("{error}: let its sender correct it")))
}

fn outcome(ended: &Ended) -> Arrived<'_> {
    let (call, asked) = (ended.id.as_str(), &*ended.planned.asked);
    match &ended.outcome {
        Some(outcome) => Arrived::Outcome { call, asked, outcome },
        None => Arrived::Interrupted { call, asked },
    }
}
