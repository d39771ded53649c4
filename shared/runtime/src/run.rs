//! Running all workers as fast as it goes.

use crate::{DynWorker, Error};
use tokio_util::sync::CancellationToken;

/// Why [`run_until_idle`] has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nobody has anything left to do.
    Idle,
    /// It was stopped between two steps.
    Stopped,
}

/// Steps the workers, in the order given (that of the data), until none has anything left to do; delays of calls pass
/// when nothing else is left, about an hour of them in each phase of the calendar. `stop` is looked at before each step.
/// For workers with [`WorkerConfig::fast_forward`](crate::WorkerConfig::fast_forward).
pub async fn run_until_idle(
    workers: &mut [Box<dyn DynWorker>],
    stop: &CancellationToken,
) -> Result<Ended, Error> {
    loop {
        let mut did = false;
        for number in 0..workers.len() {
            while let Some(worker) = workers.get_mut(number) {
                if stop.is_cancelled() {
                    return stopped(workers).await;
                }
                if !worker.step().await? {
                    break;
                }
                did = true;
                if worker.has_calls_under_way() {
                    // The others work meanwhile; its next step waits for them.
                    break;
                }
            }
        }
        if did {
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

/// Calls under way come to their end and are decided, so that none counts as interrupted.
async fn stopped(workers: &mut [Box<dyn DynWorker>]) -> Result<Ended, Error> {
    for worker in workers {
        worker.drain().await?;
    }
    Ok(Ended::Stopped)
}
