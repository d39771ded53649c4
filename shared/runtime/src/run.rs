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
/// when nothing else is left, about an hour of them in each phase of the calendar. `stop` is looked at before each step. For workers with
/// [`WorkerConfig::fast_forward`](crate::WorkerConfig::fast_forward).
pub async fn run_until_idle(
    workers: &mut [Box<dyn DynWorker>],
    stop: &CancellationToken,
) -> Result<Ended, Error> {
    loop {
        let mut did = false;
        for worker in workers.iter_mut() {
            loop {
                if stop.is_cancelled() {
                    return Ok(Ended::Stopped);
                }
                if !worker.step().await? {
                    break;
                }
                did = true;
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
