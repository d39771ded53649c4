//! What a stage is: a pure function from the state of a key and an input to effects.

use domain::Day;
use messages::{CalendarDay, Content, Evidence, Message, Phase, Topic};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// A keyed state machine over the log. Learn one and you know all.
pub trait Stage: Send + Sync + 'static {
    /// What is kept per key. JSON in the store.
    type State: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;
    /// A planned call to the outside; [`NoCall`] where there is none.
    type Call: Serialize + DeserializeOwned + Send + Sync;
    /// How a call ended.
    type Outcome: Serialize + DeserializeOwned + Send + Sync;

    /// The stage's name, as in headers, metrics and the store.
    fn name(&self) -> &'static str;

    /// The topics it reads. `calendar.days` is read by every stage besides.
    fn inputs(&self) -> &'static [Topic];

    /// In which part of a day due timers fire.
    fn timer_phase(&self) -> Phase {
        Phase::Opened
    }

    /// Keys that get [`Input::Day`] at every phase of every day, in the one partition that owns them: for a stage that
    /// keeps something of its own, such as a position in the ERP's ledger.
    fn daily_keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// Decides. Pure: no I/O, no clock, no random number. A refusal writes a dead letter and parks the key, unless it is
    /// [`Refusal::aside`].
    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<Self::State>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal>;
}

/// What is known beside state and input.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The key.
    pub key: &'a str,
    /// The logical day: the later of the partition's calendar and the message's own day.
    pub today: Day,
    /// The id of the input message (for a timer or an outcome: of the day or call that brought it).
    pub cause: &'a str,
    /// The raw records at the root of the input.
    pub evidence: &'a [Evidence],
    /// Its span, as in `traceparent`.
    pub trace: &'a str,
}

/// Inputs whose consequence comes later: a stage keeps them with what they are the reason for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// Earlier versions kept one, as `cause`.
    #[serde(alias = "cause", deserialize_with = "one_or_more")]
    causes: Vec<String>,
    evidence: Vec<Evidence>,
    /// Of the first of them.
    trace: String,
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Causes {
        One(String),
        More(Vec<String>),
    }
    Ok(match Causes::deserialize(deserializer)? {
        Causes::One(cause) => vec![cause],
        Causes::More(causes) => causes,
    })
}

impl Because {
    /// The ids of the messages.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// The raw records behind them.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// The same with these raw records, where there are any.
    #[must_use]
    pub fn with(self, evidence: Vec<Evidence>) -> Self {
        if evidence.is_empty() { self } else { Self { evidence, ..self } }
    }

    /// With what it follows from, too.
    pub fn add(&mut self, other: Self) {
        let new = |cause: &String| !self.causes.contains(cause);
        let causes: Vec<String> = other.causes.into_iter().filter(new).collect();
        self.causes.extend(causes);
        let new = |record: &Evidence| !self.evidence.contains(record);
        let evidence: Vec<Evidence> = other.evidence.into_iter().filter(new).collect();
        self.evidence.extend(evidence);
    }
}

impl From<&Context<'_>> for Because {
    fn from(context: &Context<'_>) -> Self {
        Self {
            causes: vec![context.cause.to_owned()],
            evidence: context.evidence.to_vec(),
            trace: context.trace.to_owned(),
        }
    }
}

/// What comes in.
#[derive(Debug)]
pub enum Input<'a, S: Stage + ?Sized> {
    /// A message of one of the stage's topics.
    Message(&'a Message),
    /// A phase of a day, for a daily key.
    Day(CalendarDay),
    /// A timer of this key is due; it is gone unless it is set again.
    Timer(&'a str),
    /// A planned call has ended.
    Outcome {
        /// The id it was planned with.
        call: &'a str,
        /// What was asked.
        asked: S::Call,
        /// How it ended.
        outcome: S::Outcome,
    },
    /// The process died while the call was under way: nobody knows whether it took effect. The call is not made again
    /// unless it is planned again.
    Interrupted {
        /// The id it was planned with.
        call: &'a str,
        /// What was asked.
        asked: S::Call,
    },
}

/// Why an input cannot be decided. No personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    /// A code that an operator can look up in the stage's README.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: String,
    /// Whether later inputs of the key wait until it is settled.
    pub holds: bool,
}

impl Refusal {
    /// A refusal with its code and a sentence. Its key is parked: what comes later may build on the input.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), holds: true }
    }

    /// The same for an input on which nothing builds, such as an order that its sender has to give otherwise: the key goes
    /// on without it.
    #[must_use]
    pub fn aside(self) -> Self {
        Self { holds: false, ..self }
    }
}

/// A stage that calls nobody.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum NoCall {}

/// What happens to the state of the key.
#[derive(Debug, Clone, PartialEq)]
pub enum Change<T> {
    /// Nothing.
    Keep,
    /// It becomes this.
    Put(T),
    /// It is forgotten.
    Delete,
}

/// What is saved together: the new state, messages, timers and planned calls.
pub struct Effects<S: Stage + ?Sized> {
    pub(crate) state: Change<S::State>,
    pub(crate) messages: Vec<Outgoing>,
    pub(crate) timers: Vec<(String, Option<Day>)>,
    pub(crate) calls: Vec<PlannedCall>,
    pub(crate) failure: Option<Refusal>,
}

/// A message to be published.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Where to.
    pub topic: Topic,
    /// The record key.
    pub key: String,
    /// The kind, as in `ce_type`.
    pub kind: &'static str,
    /// Ids of the messages it follows from; the input's own when empty.
    pub causes: Vec<String>,
    /// Raw records; the input's own when empty.
    pub evidence: Vec<Evidence>,
    /// The span it follows from, as in `traceparent`; the input's own when absent.
    pub trace: Option<String>,
    /// The content as JSON.
    pub data: Box<serde_json::value::RawValue>,
}

/// A call planned for after the commit.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedCall {
    /// Its id within the key: the idempotency key. Planning the same id again replaces it.
    pub id: String,
    /// What is asked, as JSON.
    pub request: String,
    /// How long to wait before it, in milliseconds of real time (back-off); not before the commit in any case.
    pub delay_ms: u64,
}

impl<S: Stage + ?Sized> Default for Effects<S> {
    fn default() -> Self {
        Self {
            state: Change::Keep,
            messages: Vec::new(),
            timers: Vec::new(),
            calls: Vec::new(),
            failure: None,
        }
    }
}

impl<S: Stage + ?Sized> Effects<S> {
    /// Nothing happens.
    pub fn none() -> Self {
        Self::default()
    }

    /// The key's state becomes this.
    pub fn put(&mut self, state: S::State) {
        self.state = Change::Put(state);
    }

    /// The key's state is forgotten.
    pub fn delete(&mut self) {
        self.state = Change::Delete;
    }

    /// Publishes a message that follows from the input.
    pub fn send<C: Content>(&mut self, content: &C) {
        self.send_because(content, Vec::new(), Vec::new());
    }

    /// Publishes a message that follows from these messages and raw records.
    pub fn send_because<C: Content>(&mut self, content: &C, causes: Vec<String>, evidence: Vec<Evidence>) {
        match Outgoing::of(content, causes, evidence) {
            Ok(message) => self.messages.push(message),
            Err(error) => self.fail("unwritable_message", &error),
        }
    }

    /// Publishes a message that follows from earlier inputs.
    pub fn send_late<C: Content>(&mut self, content: &C, because: Because) {
        let Because { causes, evidence, trace } = because;
        match Outgoing::of(content, causes, evidence) {
            Ok(message) => self.messages.push(Outgoing { trace: Some(trace), ..message }),
            Err(error) => self.fail("unwritable_message", &error),
        }
    }

    /// Publishes a message that is made already.
    pub fn send_made(&mut self, message: Outgoing) {
        self.messages.push(message);
    }

    /// Wakes the key when `due` has come (at once at the stage's next timer phase when it has passed). One timer a name.
    pub fn wake(&mut self, name: impl Into<String>, due: Day) {
        self.timers.push((name.into(), Some(due)));
    }

    /// Takes a timer back.
    pub fn cancel(&mut self, name: impl Into<String>) {
        self.timers.push((name.into(), None));
    }

    /// Plans a call for after the commit. Calls of one key are made one after the other, in the order planned.
    pub fn call(&mut self, id: impl Into<String>, request: &S::Call, delay_ms: u64) {
        match serde_json::to_string(request) {
            Ok(request) => self.calls.push(PlannedCall { id: id.into(), request, delay_ms }),
            Err(error) => self.fail("unwritable_call", &error),
        }
    }

    /// The state after these effects, for tests of `decide`.
    pub fn state(&self) -> &Change<S::State> {
        &self.state
    }

    /// The messages, for tests of `decide`.
    pub fn messages(&self) -> &[Outgoing] {
        &self.messages
    }

    /// The timers set (with a day) and taken back (without), for tests of `decide`.
    pub fn timers(&self) -> &[(String, Option<Day>)] {
        &self.timers
    }

    /// The planned calls, for tests of `decide`.
    pub fn calls(&self) -> &[PlannedCall] {
        &self.calls
    }

    fn fail(&mut self, code: &'static str, error: &serde_json::Error) {
        // Only the class of the fault: the text could quote a value.
        self.failure =
            Some(Refusal::new(code, format!("it cannot be written as JSON ({:?})", error.classify())));
    }
}

impl Outgoing {
    /// Reads the content back, for tests of `decide`.
    pub fn content<C: Content>(&self) -> Result<C, serde_json::Error> {
        serde_json::from_str(self.data.get())
    }
}

impl<S: Stage + ?Sized> std::fmt::Debug for Effects<S>
where
    S::State: std::fmt::Debug,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Effects")
            .field("state", &self.state)
            .field("messages", &self.messages)
            .field("timers", &self.timers)
            .field("calls", &self.calls)
            .finish()
    }
}

/// Carries out planned calls. Only the stages that talk to the outside have one.
#[async_trait::async_trait]
pub trait Caller<S: Stage>: Send + Sync + 'static {
    /// Makes the call. Never fails: not to know is an outcome too. Must return within the deadline it names in its
    /// configuration.
    async fn call(&self, key: &str, id: &str, request: S::Call) -> S::Outcome;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_version_kept_as_one_cause_is_read() {
        let read = |json: &str| serde_json::from_str::<Because>(json).unwrap();
        let kept = read(r#"{"cause": "c", "evidence": [], "trace": "t"}"#);
        assert_eq!(kept.causes(), ["c"]);
        assert_eq!(read(&serde_json::to_string(&kept).unwrap()), kept);
    }
}
