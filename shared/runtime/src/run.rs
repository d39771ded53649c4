//! Running all workers as fast as it goes.

use crate::{DynWorker, Error};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio_util::sync::CancellationToken;

/// Why [`run_until_idle`] has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nobody has anything left to do.
    Idle,
    /// It was stopped between two rounds.
    Stopped,
}

/// Steps the workers, in rounds, until none has anything left to do; delays of calls pass when nothing else is left,
/// about an hour of them in each phase of the calendar. `stop` is looked at before each round. For workers with
/// [`WorkerConfig::fast_forward`](crate::WorkerConfig::fast_forward).
///
/// In a round all take from the log, in the order given; then all work, side by side where the runtime has several
/// threads; then all publish, in the order given. Nobody sees in a round what another has done in it, so whoever is
/// faster, the log becomes the same.
pub async fn run_until_idle(
    workers: &mut [Box<dyn DynWorker>],
    stop: &CancellationToken,
) -> Result<Ended, Error> {
    loop {
        if stop.is_cancelled() {
            return stopped(workers).await;
        }
        let mut did = false;
        for worker in workers.iter_mut() {
            did |= worker.receive().await?;
        }
        let worked = work(workers).await;
        for worker in workers.iter_mut() {
            worker.publish().await?;
        }
        if did | worked? {
            continue;
        }
        let mut skipped = false;
        for worker in workers.iter_mut() {
            skipped |= worker.skip_delay().await?;
        }
        if !skipped {
            return Ok(Ended::Idle);
        }
    }
}

/// Lets those work that have something to do. The first error counts; the others have worked all the same.
async fn work(workers: &mut [Box<dyn DynWorker>]) -> Result<bool, Error> {
    let mut busy: Vec<&mut Box<dyn DynWorker>> =
        workers.iter_mut().filter(|worker| worker.has_work()).collect();
    let runtime = Handle::current();
    if runtime.runtime_flavor() == RuntimeFlavor::MultiThread && busy.len() > 1 {
        let worked = tokio::task::block_in_place(|| side_by_side(&runtime, busy));
        return worked.into_iter().try_fold(false, |did, worked| Ok(did | worked?));
    }
    let mut did = false;
    for worker in &mut busy {
        did |= worker.work().await?;
    }
    Ok(did)
}

/// Each on a thread of its own, the first on this one.
fn side_by_side(runtime: &Handle, busy: Vec<&mut Box<dyn DynWorker>>) -> Vec<Result<bool, Error>> {
    std::thread::scope(|scope| {
        let mut busy = busy.into_iter();
        let first = busy.next();
        let others: Vec<_> =
            busy.map(|worker| scope.spawn(move || runtime.block_on(worker.work()))).collect();
        let first = first.map(|worker| runtime.block_on(worker.work()));
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        first.into_iter().chain(others.into_iter().map(join)).collect()
    })
}

/// Calls under way come to their end and are decided, so that none counts as interrupted.
async fn stopped(workers: &mut [Box<dyn DynWorker>]) -> Result<Ended, Error> {
    for worker in workers {
        worker.drain().await?;
    }
    Ok(Ended::Stopped)
}
