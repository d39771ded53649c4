//! Running all workers as fast as it goes.

use crate::{Error, Worker};
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

/// Why [`run_until_idle`] has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nobody has anything left to do.
    Idle,
    /// It was stopped between two steps.
    Stopped,
}

/// Steps the workers side by side, each on a thread of its own where the runtime has several, until none has anything
/// left to do; delays of calls pass when nothing else is left, about an hour of them in each phase of the calendar.
/// `stop` is looked at before each step. A caller that drops this loses its workers. For workers with
/// [`WorkerConfig::fast_forward`](crate::WorkerConfig::fast_forward).
pub fn run_until_idle<'a>(
    workers: &'a mut Vec<Worker>,
    stop: &'a CancellationToken,
) -> BoxFuture<'a, Result<Ended, Error>> {
    Box::pin(async move {
        loop {
            let round = Arc::new(Round::of(workers.len()));
            let ended = side_by_side(workers, |mut worker| {
                let (round, stop) = (Arc::clone(&round), stop.clone());
                async move {
                    let ended = round.run(&mut worker, &stop).await;
                    (worker, ended)
                }
            });
            let ended: Vec<Ended> = ended.await.into_iter().collect::<Result<_, _>>()?;
            if ended.contains(&Ended::Stopped) {
                return stopped(workers).await;
            }
            let mut skipped = false;
            for worker in workers.iter_mut() {
                skipped |= worker.skip_delay();
            }
            if !skipped {
                return Ok(Ended::Idle);
            }
        }
    })
}

/// Steps the workers side by side as messages come, until `stop`: for as long as somebody publishes beside them. The first
/// that fails cancels `stop`, for the others and for whoever publishes. What is left undone then is for [`run_until_idle`].
/// Where the runtime has one thread only, whoever publishes has to wait for
/// something now and then. A caller that drops this loses its workers.
pub fn run_beside<'a>(
    workers: &'a mut Vec<Worker>,
    stop: &'a CancellationToken,
) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(async move {
        let ended = side_by_side(workers, |mut worker| {
            let stop = stop.clone();
            async move {
                // Also when it fails or panics nobody goes on without it.
                let _over = stop.clone().drop_guard();
                let ended = worker.follow(&stop).await;
                (worker, ended)
            }
        });
        ended.await.into_iter().collect()
    })
}

/// Runs the workers, each on a thread of its own where the runtime has several.
async fn side_by_side<T: Send + 'static, W: Future<Output = (Worker, T)> + Send + 'static>(
    workers: &mut Vec<Worker>,
    work: impl Fn(Worker) -> W,
) -> Vec<T> {
    let runs = std::mem::take(workers).into_iter().map(work);
    let runtime = Handle::current();
    let ended = if runtime.runtime_flavor() == RuntimeFlavor::MultiThread {
        // Not as tasks: a worker uses its files in place, which on a thread that drives other tasks costs a change of
        // threads each time.
        let threads: Vec<_> = runs
            .map(|run| {
                let runtime = runtime.clone();
                tokio::task::spawn_blocking(move || runtime.block_on(run))
            })
            .collect();
        let joined = futures::future::join_all(threads).await;
        joined.into_iter().map(|ended| ended.unwrap_or_else(resume)).collect()
    } else {
        futures::future::join_all(runs).await
    };
    let (back, ended): (Vec<_>, Vec<_>) = ended.into_iter().unzip();
    *workers = back;
    ended
}

/// A worker's panic is its caller's.
fn resume<T>(error: JoinError) -> T {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => unreachable!("nobody cancels a worker: {error}"),
    }
}

/// What the workers know of each other until all are idle.
struct Round {
    workers: usize,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// How often anybody has done something: whoever found nothing to do since then has to look again.
    news: u64,
    /// How many have found nothing since the latest of it.
    idle: usize,
    over: bool,
}

impl Round {
    fn of(workers: usize) -> Self {
        Self { workers, state: Mutex::default(), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(&self, worker: &mut Worker, stop: &CancellationToken) -> Result<Ended, Error> {
        // Also when the step panics nobody waits for this worker.
        let _over = Over(self);
        loop {
            if stop.is_cancelled() {
                return Ok(Ended::Stopped);
            }
            let State { news: seen, over, .. } = *self.state();
            if over {
                return Ok(Ended::Idle);
            }
            let before = worker.counters();
            if worker.step().await? {
                let after = worker.counters();
                // What was saved and told to nobody is no news.
                if after.published > before.published {
                    self.tell();
                }
            } else if !self.wait(seen).await {
                return Ok(Ended::Idle);
            }
        }
    }

    fn tell(&self) {
        let mut state = self.state();
        state.news += 1;
        let waiting = std::mem::take(&mut state.idle) > 0;
        drop(state);
        if waiting {
            self.changed.notify_waiters();
        }
    }

    /// Waits until there is news; `false` when there will be none.
    async fn wait(&self, seen: u64) -> bool {
        let mut counted = false;
        loop {
            // Made before looking, so that nothing is missed between the look and the wait.
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if state.over {
                    return false;
                }
                if state.news != seen {
                    return true;
                }
                state.idle += usize::from(!counted);
                counted = true;
                if state.idle == self.workers {
                    return false;
                }
            }
            changed.await;
        }
    }
}

/// Ends the round for all: nobody has anything left to do, or one was stopped or has failed.
struct Over<'a>(&'a Round);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.state().over = true;
        self.0.changed.notify_waiters();
    }
}

/// Calls under way come to their end and are decided, so that none counts as interrupted.
async fn stopped(workers: &mut [Worker]) -> Result<Ended, Error> {
    for worker in workers {
        worker.drain().await?;
    }
    Ok(Ended::Stopped)
}
