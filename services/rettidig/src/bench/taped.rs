//! A stage whose decisions are noted.

use super::tape::{Asked, Tape};
use messages::{Phase, Topic};
use runtime::{Caller, Context, Effects, Input, Refusal, Stage};
use std::sync::Arc;
use std::time::Instant;

/// A stage that decides as it would by itself. Every stage is driven through it, with a tape or without, so that its
/// worker is built once.
pub struct Taped<S> {
    stage: S,
    tape: Option<Arc<Tape>>,
}

/// What carries out its calls.
struct TapedCaller<S> {
    caller: Arc<dyn Caller<S>>,
    tape: Option<Arc<Tape>>,
}

impl<S: Stage> Taped<S> {
    /// The stage and its caller.
    pub fn new(
        stage: S,
        caller: Option<Arc<dyn Caller<S>>>,
        tape: Option<Arc<Tape>>,
    ) -> (Self, Option<Arc<dyn Caller<Self>>>) {
        if let Some(tape) = &tape {
            tape.is_of(&stage);
        }
        let taped =
            |caller| -> Arc<dyn Caller<Self>> { Arc::new(TapedCaller { caller, tape: tape.clone() }) };
        let caller = caller.map(taped);
        (Self { stage, tape }, caller)
    }
}

impl<S: Stage> Stage for Taped<S> {
    type State = S::State;
    type Call = S::Call;
    type Outcome = S::Outcome;

    fn name(&self) -> &'static str {
        self.stage.name()
    }

    fn inputs(&self) -> &'static [Topic] {
        self.stage.inputs()
    }

    fn timer_phase(&self) -> Phase {
        self.stage.timer_phase()
    }

    fn daily_keys(&self) -> &'static [&'static str] {
        self.stage.daily_keys()
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<Self::State>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        let input: Input<'_, S> = match input {
            Input::Message(message) => Input::Message(message),
            Input::Day(day) => Input::Day(day),
            Input::Timer(name) => Input::Timer(name),
            Input::Outcome { call, asked, outcome } => Input::Outcome { call, asked, outcome },
            Input::Interrupted { call, asked } => Input::Interrupted { call, asked },
        };
        let Some(tape) = &self.tape else {
            return self.stage.decide(context, state, input).map(Effects::of);
        };
        let asked = Asked::of(&input);
        let begun = Instant::now();
        let decided = self.stage.decide(context, state, input);
        tape.decided(context.key, asked, &decided, begun.elapsed());
        decided.map(Effects::of)
    }
}

#[async_trait::async_trait]
impl<S: Stage> Caller<Taped<S>> for TapedCaller<S> {
    async fn call(&self, key: &str, id: &str, request: S::Call) -> S::Outcome {
        let begun = Instant::now();
        let outcome = self.caller.call(key, id, request).await;
        if let Some(tape) = &self.tape {
            tape.called(begun.elapsed());
        }
        outcome
    }
}
