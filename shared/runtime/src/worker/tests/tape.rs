//! A stage that does what its messages say and writes down the order of everything.

use crate::{Caller, Context, Effects, Input, Refusal, Stage};
use ::messages::{Alert, AlertState, CalendarDay, DeadLetter, Message, Phase, Severity, Topic};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Reads orders from `alerts` and writes what it does to `dead-letters` as `FileHeld`.
#[derive(Clone, Default)]
pub struct Tape {
    /// Whether poison is decided.
    pub cured: Arc<AtomicBool>,
}

/// What has happened to a key, in order.
pub type Tracks = Vec<String>;

/// How long a busy receiver wants to be left alone, in milliseconds: twenty minutes.
const BUSY_MS: u64 = 1_200_000;

/// The key that gets every phase.
pub const DAILY: &str = "daily";

/// An order: the title says what to do.
pub fn order(key: &str, title: &str) -> Alert {
    Alert {
        cause: key.to_owned(),
        state: AlertState::Raised,
        severity: Severity::Warning,
        raised_on: super::world::day(1),
        on: super::world::day(1),
        title: title.to_owned(),
        count: 1,
        amount: None,
        items: Vec::new(),
    }
}

impl Stage for Tape {
    type State = Tracks;
    type Call = String;
    type Outcome = String;

    fn name(&self) -> &'static str {
        "tape"
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::Alerts]
    }

    fn timer_phase(&self) -> Phase {
        Phase::Closing
    }

    fn daily_keys(&self) -> &'static [&'static str] {
        &[DAILY]
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<Tracks>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        let mut effects = Effects::none();
        let track = match input {
            Input::Message(Message::Alerts(body)) => {
                let words: Vec<&str> = body.data.title.split(' ').collect();
                match words.as_slice() {
                    ["nothing"] => return Ok(effects),
                    ["forget"] => {
                        effects.delete();
                        return Ok(effects);
                    }
                    ["poison"] if !self.cured.load(Ordering::Relaxed) => {
                        return Err(Refusal::new("poison", "it is poison: cure it"));
                    }
                    ["slip"] if !self.cured.load(Ordering::Relaxed) => {
                        return Err(Refusal::new("slip", "give it otherwise").aside());
                    }
                    ["panic"] => panic!("a fault of the stage"),
                    ["large"] => {
                        effects.send(&held(context, &"x".repeat(eventlog::RECORD_BYTES_MAX)));
                        return Ok(effects);
                    }
                    ["wake", name, day] => effects.wake(*name, day.parse().unwrap()),
                    ["cancel", name] => effects.cancel(*name),
                    ["call", id, delay] => effects.call(*id, &format!("{id}?"), delay.parse().unwrap()),
                    _ => {}
                }
                body.data.title.clone()
            }
            Input::Message(_) => return Err(Refusal::new("stranger", "not for this stage")),
            Input::Day(CalendarDay { date, phase }) => format!("{date} {phase:?}"),
            Input::Timer("sour") if !self.cured.load(Ordering::Relaxed) => {
                return Err(Refusal::new("sour", "it cannot be done yet"));
            }
            Input::Timer(name) => {
                if name == "again" {
                    effects.wake(name, context.today);
                }
                if name == "kills" {
                    effects.cancel("victim");
                }
                format!("timer {name} on {}", context.today)
            }
            Input::Outcome { call, asked, outcome } => {
                if call == "busy" {
                    effects.call(call, &asked, BUSY_MS);
                }
                format!("outcome {call} {asked}{outcome}")
            }
            Input::Interrupted { call, asked } => format!("interrupted {call} {asked}"),
        };
        effects.send(&held(context, &track));
        let mut tracks = state.unwrap_or_default();
        tracks.push(track);
        effects.put(tracks);
        Ok(effects)
    }
}

fn held(context: &Context<'_>, text: &str) -> DeadLetter {
    DeadLetter::FileHeld {
        sha256: context.key.to_owned(),
        file: String::new(),
        on: context.today,
        code: "track".to_owned(),
        detail: text.to_owned(),
    }
}

/// Reads what the tape writes.
pub struct Listener;

impl Stage for Listener {
    type State = Tracks;
    type Call = crate::NoCall;
    type Outcome = crate::NoCall;

    fn name(&self) -> &'static str {
        "listener"
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::DeadLetters]
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<Tracks>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        let mut effects = Effects::none();
        let Input::Message(Message::DeadLetters(body)) = input else { return Ok(effects) };
        let heard = match &body.data {
            DeadLetter::FileHeld { detail, on, .. } => format!("{on} {detail}"),
            DeadLetter::Refused(refused) => format!("refused {}", refused.code),
            DeadLetter::Settled { outcome, .. } => format!("settled {outcome}"),
            DeadLetter::FileReleased { .. } => return Err(Refusal::new("stranger", context.key)),
        };
        let mut tracks = state.unwrap_or_default();
        tracks.push(heard);
        effects.put(tracks);
        Ok(effects)
    }
}

/// Answers with `!` and remembers what it was asked.
#[derive(Default)]
pub struct Phone {
    pub made: Mutex<BTreeMap<(String, String), u64>>,
    pub order: Mutex<Vec<String>>,
    /// How long a call takes.
    pub takes: Duration,
}

#[async_trait::async_trait]
impl Caller<Tape> for Phone {
    async fn call(&self, key: &str, id: &str, _request: String) -> String {
        *self.made.lock().unwrap().entry((key.to_owned(), id.to_owned())).or_default() += 1;
        self.order.lock().unwrap().push(format!("{key} {id}"));
        if !self.takes.is_zero() {
            tokio::time::sleep(self.takes).await;
        }
        if id == "drops" {
            panic!("the caller has a fault");
        }
        "!".to_owned()
    }
}
