//! The loop of one stage.

mod claim;
mod live;
mod messages;
mod operators;
mod outcomes;
mod planned;
mod rest;
mod save;
mod time;
mod watched;

use crate::calls::Calls;
use crate::clock::Clock;
use crate::dynamic::Kept;
use crate::monitor::StageMetrics;
use crate::partition::{Owned, Partition};
use crate::states::States;
use crate::{DynStage, Error, Monitor, Pace, WorkerConfig};
use ::messages::Topic;
use eventlog::{Log, Polled, Subscription};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::time::Instant;

/// What a worker has done since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Inputs decided: messages, timers, days and outcomes.
    pub decided: u64,
    /// Inputs refused.
    pub refused: u64,
    /// Inputs parked behind a refused one.
    pub parked: u64,
    /// Messages dropped because they were applied before.
    pub repeated: u64,
    /// Transactions.
    pub commits: u64,
    /// Messages published.
    pub published: u64,
    /// Calls begun.
    pub calls: u64,
}

/// Drives one stage: reads its topics, decides, saves, publishes, makes its calls. All of it in [`Worker::step`].
pub struct Worker {
    stage: DynStage,
    log: Arc<dyn Log>,
    store: Arc<dyn Store>,
    config: WorkerConfig,
    topics: Vec<Topic>,
    subscription: Option<Box<dyn Subscription>>,
    partitions: BTreeMap<u32, Owned>,
    calls: Calls,
    states: States<Kept>,
    clock: Clock,
    counters: Counters,
    monitor: Monitor,
    metrics: StageMetrics,
    measured: Option<Instant>,
}

impl Worker {
    /// A worker of this stage. The store must be the stage's own.
    pub fn new(stage: DynStage, log: Arc<dyn Log>, store: Arc<dyn Store>, config: WorkerConfig) -> Self {
        let shape = stage.shape();
        let monitor = Monitor::default();
        let mut topics = shape.inputs.to_vec();
        topics.push(Topic::CalendarDays);
        topics.sort();
        topics.dedup();
        Self {
            metrics: monitor.stage(shape.name),
            monitor,
            measured: None,
            calls: Calls::new(stage.caller(), config.calls_in_flight_max),
            stage,
            log,
            store,
            config,
            topics,
            subscription: None,
            partitions: BTreeMap::new(),
            states: States::new(),
            clock: Clock::of(config.pace),
            counters: Counters::default(),
        }
    }

    /// The stage's name.
    pub fn name(&self) -> &'static str {
        self.stage.shape().name
    }

    /// Lets it be seen in this monitor.
    pub fn watch(&mut self, monitor: &Monitor) {
        self.metrics = monitor.stage(self.name());
        self.monitor = monitor.clone();
        self.monitor.begins(self.name());
    }

    /// What it has done.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Does what there is to do, once round: at most one transaction of each sort a partition. `false`: there was
    /// nothing. After an error the next step begins anew from what is saved; dropping the future of a step does no harm
    /// either.
    pub async fn step(&mut self) -> Result<bool, Error> {
        let mut did = false;
        if self.config.pace == Pace::FastForward {
            while self.calls.wait().await {
                did = true;
            }
        }
        did |= self.receive(Duration::ZERO).await?;
        let partitions: Vec<u32> = self.partitions.keys().copied().collect();
        let mut failed = None;
        for partition in partitions {
            match self.step_partition(partition).await {
                Ok(done) => did |= done,
                Err(error) if error.is_end() => return Err(error),
                // The others go on; this one is claimed anew in the next step.
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        Ok(did)
    }

    /// Takes what the log has, if there is room for it.
    async fn receive(&mut self, wait: Duration) -> Result<bool, Error> {
        let room = |owned: &Owned| !matches!(owned, Owned::Claimed(partition) if !partition.is_drained());
        if !self.partitions.values().all(room) {
            return Ok(false);
        }
        if self.subscription.is_none() {
            let subscribed = self.log.subscribe(self.name(), &self.topics).await;
            self.subscription = Some(subscribed.map_err(Error::log(self.name()))?);
        }
        let Some(subscription) = &mut self.subscription else { return Ok(false) };
        let polled = subscription.poll(self.config.batch_messages_max, wait).await;
        Ok(self.accept(polled.map_err(Error::log(self.name()))?))
    }

    fn accept(&mut self, polled: Polled) -> bool {
        match polled {
            Polled::Nothing => return false,
            Polled::Assigned(partitions) => {
                for partition in partitions {
                    self.partitions.insert(partition, Owned::Unclaimed);
                }
            }
            Polled::Revoked(partitions) => {
                for partition in partitions {
                    self.partitions.remove(&partition);
                    self.states.forget(partition);
                    self.metrics.forget(partition, self.topics.iter().map(|topic| topic.name()));
                    self.calls.abandon(partition);
                }
            }
            Polled::Records { partition, records } => {
                // Records of a partition that is not claimed are read again after the claim.
                if let Some(Owned::Claimed(claimed)) = self.partitions.get_mut(&partition) {
                    claimed.queue.extend(records);
                }
            }
        }
        true
    }

    /// One round of a partition. While it lasts the partition counts as unclaimed, so that whatever ends the round in
    /// its middle leaves it to be claimed anew.
    async fn step_partition(&mut self, number: u32) -> Result<bool, Error> {
        let Some(owned) = self.partitions.get_mut(&number) else { return Ok(false) };
        let result = match std::mem::replace(owned, Owned::Unclaimed) {
            Owned::Fenced(until) if Instant::now() < until => {
                *owned = Owned::Fenced(until);
                return Ok(false);
            }
            Owned::Unclaimed | Owned::Fenced(_) => self.claim(number).await.map(|claimed| (claimed, true)),
            Owned::Claimed(mut claimed) => self.round(&mut claimed).await.map(|did| (claimed, did)),
        };
        match result {
            Ok((claimed, did)) => {
                self.partitions.insert(number, Owned::Claimed(claimed));
                Ok(did)
            }
            Err(error) if error.is_lost() => {
                tracing::warn!(
                    stage = self.name(),
                    partition = number,
                    "the partition has another owner now"
                );
                self.calls.abandon(number);
                self.partitions.insert(number, Owned::Fenced(Instant::now() + self.config.reclaim_after));
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    async fn round(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let mut did = self.decide_outcomes(partition).await?;
        did |= if partition.firing.is_some() {
            self.fire(partition).await?
        } else {
            self.decide_messages(partition).await?
        };
        // In fast-forward only when nothing else is to be done: nobody asks for anything while it runs.
        if !did || self.config.pace == Pace::Live {
            did |= self.obey_operators(partition).await?;
        }
        did |= self.begin_calls(partition).await?;
        Ok(did)
    }
}

#[cfg(test)]
mod tests;
