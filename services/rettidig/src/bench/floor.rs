//! The floor: the same messages and states of the same size through the same kind of log and stores, by stages that
//! decide nothing.

use super::backend::{Backend, Opened};
use super::drive::rest;
use super::filler::Filler;
use super::measured::{Clock, Floor};
use super::plan::{Deed, Plan, Sent};
use super::real::{Real, Step};
use super::tape::{Asked, Recorded, Saved, Tapes};
use crate::pipeline::{CALENDAR, find};
use crate::signals;
use crate::stages::{KEYED, worker_config};
use anyhow::{Context as _, Result, ensure};
use domain::Day;
use eventlog::Log;
use messages::{Phase, Topic};
use runtime::{
    Caller, Change, Context, DynStage, Edge, Effects, Input, Outgoing, Refusal, Shape, Stage, Worker,
    WorkerConfig, calendar,
};
use serde_json::value::RawValue;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;

/// A stage that does what its plan says.
struct Idle {
    shape: Shape,
    filler: Filler,
    plan: Shared,
}

/// A plan, and how many inputs came that are not on it.
struct Planned {
    plan: Plan,
    unknown: u64,
}

/// A plan that the bench looks at afterwards.
type Shared = Arc<Mutex<Planned>>;

/// Makes no call; it has ended at once.
struct NoCaller;

#[async_trait::async_trait]
impl Caller<Idle> for NoCaller {
    async fn call(&self, _: &str, _: &str, _: Box<RawValue>) {}
}

impl Stage for Idle {
    /// Opaque text.
    type State = Arc<str>;
    type Call = Box<RawValue>;
    type Outcome = ();

    fn name(&self) -> &'static str {
        self.shape.name
    }

    fn inputs(&self) -> &'static [Topic] {
        self.shape.inputs
    }

    fn timer_phase(&self) -> Phase {
        self.shape.timer_phase
    }

    fn daily_keys(&self) -> &'static [&'static str] {
        self.shape.daily_keys
    }

    fn decide(
        &self,
        context: &Context<'_>,
        _: Option<Arc<str>>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        let mut effects = Effects::none();
        let deed = {
            let mut planned = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
            let deed = planned.plan.next(context.key, &Asked::of(&input));
            planned.unknown += u64::from(deed.is_none());
            deed
        };
        let Some(Deed { state, messages, timers, calls, refused }) = deed else { return Ok(effects) };
        if let Some(refusal) = refused {
            return Err(refusal);
        }
        match state {
            Change::Keep => {}
            Change::Put(bytes) => effects.put(self.filler.text(bytes).into()),
            Change::Delete => effects.delete(),
        }
        messages.into_iter().for_each(|message| effects.send_made(message));
        for (name, due) in timers {
            match due {
                Some(due) => effects.wake(name, due),
                None => effects.cancel(name),
            }
        }
        for call in calls {
            let request = self.filler.json(call.bytes);
            let request = request.map_err(|error| Refusal::new("unwritable_call", error.to_string()))?;
            effects.call(call.id, &request, call.delay_ms);
        }
        Ok(effects)
    }
}

/// The intake, without reading anything.
struct Feed {
    edge: Edge,
    filler: Filler,
    saved: VecDeque<(Saved, Vec<Outgoing>)>,
}

impl Feed {
    fn new(edge: Edge, recorded: &mut Recorded, sent: &mut Sent) -> Result<Self> {
        let mut saved = VecDeque::new();
        for commit in std::mem::take(&mut recorded.saved) {
            let messages = sent.take(intake::STAGE, Edge::PARTITION, commit.messages)?;
            saved.push_back((commit, messages));
        }
        Ok(Self { edge, filler: Filler::of(&recorded.sample), saved })
    }

    /// Saves and sends the next so many transactions.
    async fn take(&mut self, day: Day, transactions: usize) -> Result<()> {
        for _ in 0..transactions {
            let (Saved { states, .. }, messages) =
                self.saved.pop_front().context("the tape ends too early")?;
            let doc = |bytes| self.filler.json(bytes).map(|json| json.get().to_owned());
            let states = states.into_iter().map(|(key, bytes)| Ok((key, bytes.map(doc).transpose()?)));
            let states = states.collect::<Result<_>>()?;
            self.edge.commit(day, states, messages).await?;
        }
        Ok(())
    }
}

/// Does again what the real run has done, deciding nothing.
pub(super) async fn run(
    backend: &Backend,
    place: &Path,
    partitions: u32,
    real: &Real,
    tapes: &Tapes,
) -> Result<Floor> {
    let mut sent = Sent::read(&*real.log).await?;
    let Opened { log, stores, meter } = backend.open("floor", place, partitions, &Tapes::counting()).await?;
    let store = |part: &str| find(&stores, part);
    let mut plans = Vec::new();
    let mut workers: Vec<Worker> = Vec::new();
    for stage in KEYED {
        let (worker, plan) = worker(stage, tapes, &mut sent, &log, store(stage)?)?;
        workers.push(worker);
        plans.push(plan);
    }
    let edge = Edge::open(intake::STAGE, Arc::clone(&log), store(intake::STAGE)?).await?;
    let mut feed = Feed::new(edge, &mut tapes.of(intake::STAGE).recorded(), &mut sent)?;
    ensure!(sent.left() == 0, "{} messages are on no tape", sent.left());
    feed.take(Day::default(), real.opening).await?;
    let days = Edge::open(CALENDAR, Arc::clone(&log), store(CALENDAR)?).await?;

    let stop = signals::stop_on_signal();
    let all = (KEYED.len(), partitions);
    rest(&meter, all, async || Ok(runtime::run_until_idle(&mut workers, &stop).await?)).await?;
    let mut clock = Clock::start();
    for step in &real.steps {
        match *step {
            Step::Files { day, transactions } => {
                let all_taken = stop.child_token();
                let take = async {
                    let _all_taken = all_taken.clone().drop_guard();
                    feed.take(day, transactions).await
                };
                let (worked, taken) = tokio::join!(runtime::run_beside(&mut workers, &all_taken), take);
                taken?;
                worked?;
            }
            Step::Phase(day, phase) => {
                calendar::announce(&days, day, phase).await?;
            }
        }
        let settle = async || Ok(runtime::run_until_idle(&mut workers, &stop).await?);
        clock.rest(rest(&meter, all, settle).await?);
    }
    let mut measured = clock.stop(&meter)?;
    for worker in &workers {
        let counters = worker.counters();
        measured.decided(worker.name(), counters.decided + counters.refused);
    }
    let (mut missed, mut unknown) = (0, 0);
    for plan in plans {
        let planned = plan.lock().unwrap_or_else(PoisonError::into_inner);
        missed += u64::try_from(planned.plan.left()).unwrap_or(u64::MAX);
        unknown += planned.unknown;
    }
    Ok(Floor { ratio: real.measured.events_per_s / measured.events_per_s, measured, missed, unknown })
}

/// The worker of a stage that does what is on the tape of the real one.
fn worker(
    stage: &str,
    tapes: &Tapes,
    sent: &mut Sent,
    log: &Arc<dyn Log>,
    store: Arc<dyn Store>,
) -> Result<(Worker, Shared)> {
    let tape = tapes.of(stage);
    let mut recorded = tape.recorded();
    let shape = recorded.shape.with_context(|| format!("{stage} was not taped"))?;
    let plan = Plan::of(&mut recorded, shape, log.partitions(), sent)?;
    let plan = Arc::new(Mutex::new(Planned { plan, unknown: 0 }));
    let idle = Idle { shape, filler: Filler::of(&recorded.sample), plan: Arc::clone(&plan) };
    let config = worker_config(WorkerConfig::fast_forward(), stage, super::ERP_CALLS_IN_FLIGHT);
    let worker = Worker::new(DynStage::calling(idle, Arc::new(NoCaller)), Arc::clone(log), store, config);
    Ok((worker, plan))
}
