//! The live loop: steps, waits, failures, and the drain at the end.

use super::Worker;
use crate::error::in_full;
use crate::partition::Owned;
use crate::{Error, Reach};
use backon::{BackoffBuilder, ExponentialBuilder};
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long an idle worker waits for the log before it looks after operators and delayed calls.
const IDLE_WAIT: Duration = Duration::from_millis(500);

/// The pause after the first failure of log or store, doubled with each up to [`PAUSE_MAX`].
const PAUSE_MIN: Duration = Duration::from_millis(100);

/// The longest pause after a failure: a log or store that is back is noticed within this time.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// What has been said of steps that fail one after the other: each kind once, until one succeeds.
#[derive(Default)]
struct Trouble {
    steps: u64,
    said: BTreeSet<String>,
}

impl Trouble {
    fn came(&mut self, stage: &str, error: &Error) {
        self.steps += 1;
        let cause = in_full(error);
        if self.said.insert(error.to_string()) {
            tracing::error!(stage, error = cause, "a step has failed and is tried again until it succeeds");
        } else {
            tracing::debug!(stage, error = cause, "a step has failed again");
        }
    }

    fn passed(&mut self, stage: &str) {
        if self.steps > 0 {
            tracing::info!(stage, steps_failed = self.steps, "the stage works again");
            *self = Self::default();
        }
    }
}

impl Worker {
    /// The live loop: steps until `shutdown`, then drains. Failures of log and store are logged and tried again; it ends with
    /// an error when a newer version of the program has taken over.
    pub fn run(self, shutdown: CancellationToken) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            let monitor = self.monitor.clone();
            let reach = Reach::new(self.name(), Arc::clone(&self.log), Arc::clone(&self.store));
            tokio::select! {
                ended = self.work(shutdown) => ended,
                never = reach.watch(&monitor) => match never {},
            }
        })
    }

    async fn work(mut self, shutdown: CancellationToken) -> Result<(), Error> {
        let growing = ExponentialBuilder::default()
            .with_min_delay(PAUSE_MIN)
            .with_max_delay(PAUSE_MAX)
            .without_max_times();
        let mut pauses = growing.build();
        let mut trouble = Trouble::default();
        let mut superseded = Ok(());
        while !shutdown.is_cancelled() {
            let failed = self.turn(&shutdown).await.err();
            self.beat(failed.is_some());
            let Some(error) = failed else {
                trouble.passed(self.name());
                pauses = growing.build();
                continue;
            };
            self.metrics.step_failed();
            trouble.came(self.name(), &error);
            if error.is_superseded() {
                superseded = Err(error);
                break;
            }
            let pause = pauses.next().unwrap_or(PAUSE_MAX);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.cancelled() => {}
            }
        }
        let drained = self.drain().await;
        self.monitor.ended(self.name());
        drained.and(superseded)
    }

    /// Does what there is to do as it comes, until `stop`.
    pub(crate) async fn follow(&mut self, stop: &CancellationToken) -> Result<(), Error> {
        while !stop.is_cancelled() {
            if !self.step().await? {
                self.wait(stop).await?;
            }
        }
        Ok(())
    }

    async fn turn(&mut self, shutdown: &CancellationToken) -> Result<(), Error> {
        let did = self.step().await?;
        self.measure().await?;
        if !did {
            self.wait(shutdown).await?;
        }
        Ok(())
    }

    /// Waits until the log has something, a call has ended, or there is reason to look.
    async fn wait(&mut self, shutdown: &CancellationToken) -> Result<(), Error> {
        let Some(subscription) = &mut self.subscription else { return Ok(()) };
        let polled = tokio::select! {
            polled = subscription.poll(self.config.batch_messages_max, IDLE_WAIT) => Some(polled),
            true = self.calls.wait() => None,
            () = shutdown.cancelled() => None,
        };
        if let Some(polled) = polled {
            self.accept(polled.map_err(Error::log(self.name()))?);
        }
        Ok(())
    }

    /// Puts back the calls that were not made, waits for those under way, decides their outcomes, and saves everything.
    pub(crate) async fn drain(&mut self) -> Result<(), Error> {
        let deadline = Instant::now() + self.config.drain_for;
        self.flush().await?;
        while tokio::time::timeout_at(deadline, self.calls.wait()).await.unwrap_or(false) {
            let claimed: Vec<u32> = self.partitions.keys().copied().collect();
            for number in claimed {
                self.decide_last(number).await?;
            }
        }
        self.flush().await
    }

    async fn decide_last(&mut self, number: u32) -> Result<(), Error> {
        let Some(owned) = self.partitions.get_mut(&number) else { return Ok(()) };
        let Owned::Claimed(mut partition) = std::mem::replace(owned, Owned::Unclaimed) else { return Ok(()) };
        match self.decide_outcomes(&mut partition).await {
            Err(error) if error.is_lost() => return Ok(()),
            decided => decided?,
        };
        self.partitions.insert(number, Owned::Claimed(partition));
        Ok(())
    }
}
