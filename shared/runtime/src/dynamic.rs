//! A stage whatever its state and its calls are. The loop is built once for all stages; what is particular to a stage
//! is built where [`DynStage::new`] is called: in the stage's own crate.

use crate::stage::{Caller, Change, Context, Effects, Input, Outgoing, PlannedCall, Refusal, Stage};
use async_trait::async_trait;
use domain::Day;
use messages::{CalendarDay, Message, Phase, Topic};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What was asked, or answered, cannot be read.
const UNREADABLE_CALL: &str = "unreadable_call";

/// What a stage is like.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// See [`Stage::name`].
    pub name: &'static str,
    /// See [`Stage::inputs`].
    pub inputs: &'static [Topic],
    /// See [`Stage::timer_phase`].
    pub timer_phase: Phase,
    /// See [`Stage::daily_keys`].
    pub daily_keys: &'static [&'static str],
}

/// An input whose calls have not been read; else as [`Input`].
#[derive(Debug, Clone, Copy)]
pub enum Arrived<'a> {
    /// A message of one of the stage's topics.
    Message(&'a Message),
    /// A phase of a day, for a daily key.
    Day(CalendarDay),
    /// A timer is due.
    Timer(&'a str),
    /// A planned call has ended.
    Outcome {
        /// The id it was planned with.
        call: &'a str,
        /// What was asked.
        asked: &'a RawValue,
        /// How it ended.
        outcome: &'a RawValue,
    },
    /// Nobody knows how a planned call has ended.
    Interrupted {
        /// The id it was planned with.
        call: &'a str,
        /// What was asked.
        asked: &'a RawValue,
    },
}

/// What has been decided; the state is whatever the stage keeps.
#[derive(Debug)]
pub struct Decided {
    pub(crate) state: Change<Kept>,
    /// The messages.
    pub messages: Vec<Outgoing>,
    /// The timers set (with a day) and taken back (without).
    pub timers: Vec<(String, Option<Day>)>,
    /// The planned calls.
    pub calls: Vec<PlannedCall>,
}

impl Decided {
    /// What happens to the state.
    pub fn state(&self) -> Change<()> {
        match self.state {
            Change::Keep => Change::Keep,
            Change::Put(_) => Change::Put(()),
            Change::Delete => Change::Delete,
        }
    }
}

/// Sees what a stage decides: for measurements.
pub trait Observer: Send + Sync {
    /// An input of this key was decided, or refused, in this time; the copy of the state that the stage gets is part of it.
    fn decided(&self, key: &str, input: Arrived<'_>, decided: Result<&Decided, &Refusal>, took: Duration);

    /// A call was made and has come back after this time.
    fn called(&self, took: Duration);
}

/// A stage, what carries out its calls, and who looks on.
pub struct DynStage {
    shape: Shape,
    decider: Box<dyn AnyStage>,
    caller: Option<Arc<dyn AnyCaller>>,
    observer: Option<Arc<dyn Observer>>,
}

impl DynStage {
    /// A stage that calls nobody.
    pub fn new<S: Stage>(stage: S) -> Self {
        Self {
            shape: Shape {
                name: stage.name(),
                inputs: stage.inputs(),
                timer_phase: stage.timer_phase(),
                daily_keys: stage.daily_keys(),
            },
            decider: Box::new(stage),
            caller: None,
            observer: None,
        }
    }

    /// A stage with what carries out its calls.
    pub fn calling<S: Stage>(stage: S, caller: Arc<dyn Caller<S>>) -> Self {
        Self { caller: Some(Arc::new(CallerOf(caller))), ..Self::new(stage) }
    }

    /// The same, with somebody who looks on.
    pub fn observed(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// What it is like.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    pub(crate) fn caller(&self) -> Option<ObservedCaller> {
        let observer = self.observer.clone();
        self.caller.clone().map(|caller| ObservedCaller { caller, observer })
    }

    /// Reads a state.
    pub(crate) fn read(&self, doc: &str) -> serde_json::Result<Kept> {
        self.decider.read(doc)
    }

    pub(crate) fn decide(
        &self,
        context: &Context<'_>,
        state: Option<&Kept>,
        input: Arrived<'_>,
    ) -> Result<Decided, Refusal> {
        let Some(observer) = &self.observer else { return self.decider.decide(context, state, input) };
        let begun = Instant::now();
        let decided = self.decider.decide(context, state, input);
        observer.decided(context.key, input, decided.as_ref(), begun.elapsed());
        decided
    }
}

/// Makes calls under the eyes of whoever looks on.
#[derive(Clone)]
pub(crate) struct ObservedCaller {
    caller: Arc<dyn AnyCaller>,
    observer: Option<Arc<dyn Observer>>,
}

impl ObservedCaller {
    /// Makes the call. `None`: its request cannot be read and it is not made, or its outcome cannot be written.
    pub(crate) async fn call(&self, key: &str, id: &str, asked: &RawValue) -> Option<Box<RawValue>> {
        let begun = Instant::now();
        let outcome = self.caller.call(key, id, asked).await;
        if let (Some(observer), Some(_)) = (&self.observer, &outcome) {
            observer.called(begun.elapsed());
        }
        outcome
    }
}

/// A state of whatever type.
pub(crate) type Kept = Box<dyn AnyState>;

/// What can be done with a state whose type is not known.
pub(crate) trait AnyState: Any + Send + Sync {
    /// Appends it as JSON.
    fn write(&self, doc: &mut Vec<u8>) -> serde_json::Result<()>;
}

impl<T: Serialize + Send + Sync + 'static> AnyState for T {
    fn write(&self, doc: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(doc, self)
    }
}

impl std::fmt::Debug for dyn AnyState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a state")
    }
}

/// [`Stage`] without its types.
trait AnyStage: Send + Sync {
    fn read(&self, doc: &str) -> serde_json::Result<Kept>;

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<&Kept>,
        input: Arrived<'_>,
    ) -> Result<Decided, Refusal>;
}

impl<S: Stage> AnyStage for S {
    fn read(&self, doc: &str) -> serde_json::Result<Kept> {
        Ok(Box::new(serde_json::from_str::<S::State>(doc)?))
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<&Kept>,
        input: Arrived<'_>,
    ) -> Result<Decided, Refusal> {
        // The stage gets a copy: what it does to it before a refusal or a panic is of no consequence.
        let state = state.map(|state| own::<S::State>(&**state).clone());
        let effects = Stage::decide(self, context, state, typed(input)?)?;
        let Effects { state, messages, timers, calls, failure } = effects;
        if let Some(refusal) = failure {
            return Err(refusal);
        }
        let state = match state {
            Change::Keep => Change::Keep,
            Change::Put(state) => Change::Put(Box::new(state) as Kept),
            Change::Delete => Change::Delete,
        };
        Ok(Decided { state, messages, timers, calls })
    }
}

/// The state as the stage that keeps it knows it.
fn own<T: 'static>(state: &dyn AnyState) -> &T {
    let state: &dyn Any = state;
    state.downcast_ref().unwrap_or_else(|| unreachable!("a worker keeps the states of one stage"))
}

fn typed<S: Stage>(input: Arrived<'_>) -> Result<Input<'_, S>, Refusal> {
    Ok(match input {
        Arrived::Message(message) => Input::Message(message),
        Arrived::Day(day) => Input::Day(day),
        Arrived::Timer(name) => Input::Timer(name),
        Arrived::Outcome { call, asked, outcome } => {
            Input::Outcome { call, asked: of_a_call(asked)?, outcome: of_a_call(outcome)? }
        }
        Arrived::Interrupted { call, asked } => Input::Interrupted { call, asked: of_a_call(asked)? },
    })
}

fn of_a_call<T: DeserializeOwned>(json: &RawValue) -> Result<T, Refusal> {
    serde_json::from_str(json.get()).map_err(|error| {
        let class = error.classify();
        let detail = format!("a call or its outcome cannot be read ({class:?}): upgrade, then requeue");
        Refusal::new(UNREADABLE_CALL, detail)
    })
}

/// [`Caller`] without its types.
#[async_trait]
trait AnyCaller: Send + Sync {
    async fn call(&self, key: &str, id: &str, asked: &RawValue) -> Option<Box<RawValue>>;
}

struct CallerOf<S: Stage>(Arc<dyn Caller<S>>);

#[async_trait]
impl<S: Stage> AnyCaller for CallerOf<S> {
    async fn call(&self, key: &str, id: &str, asked: &RawValue) -> Option<Box<RawValue>> {
        let asked = serde_json::from_str(asked.get()).ok()?;
        to_raw_value(&self.0.call(key, id, asked).await).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts up by what is asked and answered.
    struct Sum;

    impl Stage for Sum {
        type State = u64;
        type Call = u64;
        type Outcome = u64;

        fn name(&self) -> &'static str {
            "sum"
        }

        fn inputs(&self) -> &'static [Topic] {
            &[]
        }

        fn decide(
            &self,
            _: &Context<'_>,
            state: Option<u64>,
            input: Input<'_, Self>,
        ) -> Result<Effects<Self>, Refusal> {
            let mut effects = Effects::none();
            if let Input::Outcome { asked, outcome, .. } = input {
                effects.put(state.unwrap_or_default() + asked + outcome);
            }
            Ok(effects)
        }
    }

    #[derive(Default)]
    struct Doubles(AtomicUsize);

    #[async_trait]
    impl Caller<Sum> for Doubles {
        async fn call(&self, _: &str, _: &str, asked: u64) -> u64 {
            self.0.fetch_add(1, Ordering::Relaxed);
            2 * asked
        }
    }

    fn json(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[tokio::test]
    async fn a_call_that_cannot_be_read_is_not_made() {
        let doubles = Arc::new(Doubles::default());
        let caller = DynStage::calling(Sum, doubles.clone()).caller().unwrap();
        assert!(caller.call("k", "1", &json("\"a\"")).await.is_none());
        assert_eq!(doubles.0.load(Ordering::Relaxed), 0);
        assert_eq!(caller.call("k", "1", &json("4")).await.unwrap().get(), "8");
    }

    #[test]
    fn a_call_or_an_outcome_that_cannot_be_read_is_refused_and_the_state_stays() {
        let stage = DynStage::new(Sum);
        let context = Context { key: "k", today: Day::default(), cause: "", evidence: &[], trace: "" };
        let state = stage.read("1").unwrap();
        let decide = |asked: &str, outcome: &str| {
            let (asked, outcome) = (json(asked), json(outcome));
            let input = Arrived::Outcome { call: "1", asked: &asked, outcome: &outcome };
            stage.decide(&context, Some(&state), input)
        };
        for (asked, outcome) in [("\"a\"", "8"), ("4", "null")] {
            assert_eq!(decide(asked, outcome).unwrap_err().code, UNREADABLE_CALL);
        }
        let asked = json("-1");
        let interrupted = Arrived::Interrupted { call: "1", asked: &asked };
        assert_eq!(stage.decide(&context, None, interrupted).unwrap_err().code, UNREADABLE_CALL);
        let Change::Put(sum) = decide("4", "8").unwrap().state else { panic!("it is put") };
        let mut written = Vec::new();
        sum.write(&mut written).unwrap();
        assert_eq!(written, b"13");
    }
}
