//! Days: due timers and daily keys.

use super::Worker;
use super::messages::own_number;
use super::save::Done;
use crate::batch::Batch;
use crate::incoming::{Incoming, Tick};
use crate::partition::Partition;
use crate::{Error, limits};
use ::messages::{Message, Topic, header};
use eventlog::{Received, partition_of};
use store::TimerRow;

impl Worker {
    /// Looks at the day at the front of the queue. `true`: it is taken out; if it brings work, it is firing now.
    /// `false`: it cannot be read, and is refused like any message.
    pub(super) fn pass_day(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let Some(front) = partition.queue.front() else { return Ok(false) };
        let Ok(Message::CalendarDays(body)) = Message::decode(Topic::CalendarDays, &front.body) else {
            return Ok(false);
        };
        let Some(received) = partition.queue.pop_front() else { return Ok(false) };
        let progress = &mut partition.scope.progress;
        let day = body.data;
        if received.offset < progress.positions().get(&Topic::CalendarDays).copied().unwrap_or(0) {
            return Ok(true);
        }
        progress.reach(day.date);
        let tick = Tick {
            day,
            offset: received.offset,
            cause: received.header(header::ID).unwrap_or_default().to_owned(),
        };
        let new = progress.calendar.is_none_or(|last| day > last);
        self.clock.reach(day);
        let timers = day.phase == self.stage.shape().timer_phase;
        if new && (timers || !self.stage.shape().daily_keys.is_empty()) {
            if timers {
                progress.fired = progress.fired.max(Some(day.date));
            }
            partition.firing = Some(tick);
        } else {
            self.end_day(partition, &tick);
        }
        note_sender(partition, &received);
        Ok(true)
    }

    /// Fires the next timers of the day. Only when none is left has the day passed.
    pub(super) async fn fire(&mut self, partition: &mut Partition) -> Result<bool, Error> {
        let Some(tick) = partition.firing.clone() else { return Ok(false) };
        let timers = self.timers(partition, &tick).await?;
        let number = partition.scope.partition;
        let mut last = timers.len() < self.timers_max();
        let daily: Vec<&'static str> = self
            .stage
            .shape()
            .daily_keys
            .iter()
            .copied()
            .filter(|key| partition_of(key.as_bytes(), self.log.partitions()) == number)
            .collect();
        let keys = timers.iter().map(|timer| timer.key.as_str()).chain(daily.iter().copied());
        let known = self.known(partition, keys).await?;
        let sender = self.sender(partition);
        let mut batch = Batch::new(self.settings(&sender), &mut partition.scope.progress, known);
        for TimerRow { key, name, .. } in timers {
            if batch.is_full() {
                last = false;
                break;
            }
            if batch.fire(&key, &name) {
                batch.take(&key, &Incoming::Timer { name, tick: tick.clone() })?;
            }
        }
        if last {
            for key in daily {
                batch.take(key, &Incoming::Day(tick.clone()))?;
            }
        }
        let done = Done::of(batch)?;
        if last {
            self.end_day(partition, &tick);
            partition.firing = None;
        }
        self.save(partition, done, usize::from(last)).await?;
        Ok(true)
    }

    fn timers_max(&self) -> usize {
        self.config.batch_messages_max.min(limits::TIMERS_MAX)
    }

    async fn timers(&self, partition: &mut Partition, tick: &Tick) -> Result<Vec<TimerRow>, Error> {
        if tick.day.phase != self.stage.shape().timer_phase {
            return Ok(Vec::new());
        }
        let number = partition.scope.partition;
        let failed = || Error::store(self.name());
        let from = match partition.timers_from {
            Some(from) => from,
            None => {
                let first = self.store.timers_due(number, limits::DAY_MAX, 1).await.map_err(failed())?;
                *partition.timers_from.insert(first.first().map_or(limits::DAY_MAX, |timer| timer.due))
            }
        };
        if from > tick.day.date {
            return Ok(Vec::new());
        }
        // What is left afterwards is not known.
        partition.timers_from = None;
        self.store.timers_due(number, tick.day.date, self.timers_max()).await.map_err(failed())
    }

    /// The day has passed.
    fn end_day(&self, partition: &mut Partition, tick: &Tick) {
        let progress = &mut partition.scope.progress;
        progress.advance(Topic::CalendarDays, tick.offset);
        progress.calendar = progress.calendar.max(Some(tick.day));
    }
}

/// The calendar's number is noted as that of any sender; a repeated day is known by being in the past.
fn note_sender(partition: &mut Partition, received: &Received) {
    if let Some((sender, sequence)) = own_number(received) {
        partition.scope.progress.apply(received.topic, sender, sequence);
    }
}
