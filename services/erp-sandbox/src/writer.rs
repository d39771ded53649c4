//! The one writer: it takes what has come in together, commits it once, and answers afterwards.

use crate::contract::Order;
use crate::decide::{self, Record};
use crate::fault_book::FaultBook;
use crate::fault_log::FaultLog;
use crate::faults::{FaultKind, Faults};
use crate::work::{Changes, Work};
use crate::{Error, day, store};
use domain::Day;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use tokio::sync::{mpsc, oneshot};

/// Most commands in one commit: enough to make the disk's flush cheap, few enough to answer within milliseconds.
const BATCH_COMMANDS_MAX: usize = 512;

/// Most commands that wait; more are told to come again.
pub(crate) const QUEUE_MAX: usize = 4_096;

/// The longest jump of the day, in days: ten years, above which the date is a slip.
const JUMP_DAYS_MAX: i64 = 3_660;

/// What the writer is asked to do.
pub(crate) enum Job {
    Command(CommandJob),
    Day { date: Day, payments: bool, reply: oneshot::Sender<DayAnswer> },
    AddFaults { faults: Faults, reply: oneshot::Sender<Option<usize>> },
    LiftFaults { kind: FaultKind, reply: oneshot::Sender<Option<usize>> },
}

/// One command to decide.
pub(crate) struct CommandJob {
    pub order: Order,
    pub fingerprint: String,
    pub reply: oneshot::Sender<Answer>,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// It is recorded, now or before.
    Recorded { record: Record, before: bool, breaks: bool },
    /// Its key was used with another body.
    Conflict,
    /// The sandbox has no day yet.
    NoDay,
    /// The database failed.
    Failed,
}

/// What became of a change of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayAnswer {
    /// The day is set; so many ledger entries came.
    Set { entries: i64 },
    /// The day has been later already.
    Back { current: Day },
    /// It lies too far ahead.
    TooFar { current: Day, days_max: i64 },
    /// The database failed; the same day can be set again.
    Failed,
}

/// The writer and what it keeps in memory.
pub(crate) struct Writer {
    conn: SqliteConnection,
    log: FaultLog,
    faults: FaultBook,
    day: Option<Day>,
    next_seq: i64,
    /// Whether memory may differ from the database after a failed transaction.
    stale: bool,
}

impl Writer {
    /// Opens the database and makes the declared faults the ones that hold.
    pub(crate) async fn open(data_dir: &Path, faults: &Faults, log: Option<PathBuf>) -> Result<Self, Error> {
        let mut conn = store::open(data_dir).await?;
        let log = FaultLog::open(log, &mut conn).await?;
        let mut writer =
            Self { conn, log, faults: FaultBook::default(), day: None, next_seq: 1, stale: true };
        writer.reload().await?;
        writer.faults.declare(faults);
        writer.keep_faults().await?;
        Ok(writer)
    }

    /// Works until nobody can send any more, then closes the database.
    pub(crate) async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut commands = Vec::new();
        while let Some(first) = jobs.recv().await {
            let mut next = Some(first);
            while let Some(job) = next.take() {
                match job {
                    Job::Command(command) => commands.push(command),
                    other => {
                        self.commit_commands(&mut commands).await;
                        self.other(other).await;
                    }
                }
                if commands.len() < BATCH_COMMANDS_MAX {
                    next = jobs.try_recv().ok();
                }
            }
            self.commit_commands(&mut commands).await;
        }
        if let Err(error) = self.conn.close().await {
            tracing::warn!(%error, "the ledger database did not close cleanly; it recovers at the next start");
        }
    }

    async fn other(&mut self, job: Job) {
        // Who asked may have gone away; what was done stays done.
        match job {
            Job::Command(command) => self.commit_commands(&mut vec![command]).await,
            Job::Day { date, payments, reply } => {
                let answer = self.set_day(date, payments).await;
                let _ = reply.send(self.checked(answer, "set the day").unwrap_or(DayAnswer::Failed));
            }
            Job::AddFaults { faults, reply } => {
                self.faults.add(&faults);
                let kept = self.keep_faults().await;
                let _ = reply.send(self.checked(kept, "add faults").map(|()| faults.faults.len()));
            }
            Job::LiftFaults { kind, reply } => {
                let lifted = self.faults.lift(kind);
                let kept = self.keep_faults().await;
                let _ = reply.send(self.checked(kept, "lift faults").map(|()| lifted));
            }
        }
    }

    async fn commit_commands(&mut self, commands: &mut Vec<CommandJob>) {
        if commands.is_empty() {
            return;
        }
        let jobs = std::mem::take(commands);
        let answers = self.commands(&jobs).await;
        let answers =
            self.checked(answers, "record commands").unwrap_or_else(|| vec![Answer::Failed; jobs.len()]);
        for (job, answer) in jobs.into_iter().zip(answers) {
            // A caller who has gone away asks for the outcome later.
            let _ = job.reply.send(answer);
        }
    }

    async fn commands(&mut self, jobs: &[CommandJob]) -> Result<Vec<Answer>, Error> {
        self.reload().await?;
        let Some(day) = self.day else { return Ok(vec![Answer::NoDay; jobs.len()]) };
        let ids: Vec<&str> = jobs.iter().map(|job| job.order.command_id().as_str()).collect();
        let touched: Vec<&str> =
            jobs.iter().filter_map(|job| Some(job.order.subscription()?.as_str())).collect();
        let mut tx = self.conn.begin().await.map_err(Error::store("begin"))?;
        let mut recorded = store::commands(&mut tx, &ids).await?;
        let known = store::subscriptions(&mut tx, &touched).await?;
        let mut work = Work::new(day, self.next_seq, &mut self.faults);
        let mut new = Vec::new();
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            let id = job.order.command_id().as_str();
            answers.push(match recorded.get(id) {
                Some((print, _)) if *print != job.fingerprint => Answer::Conflict,
                Some((_, record)) => Answer::Recorded { record: record.clone(), before: true, breaks: false },
                None => {
                    let (record, breaks) = decide::decide(&mut work, &known, &job.order);
                    recorded.insert(id.to_owned(), (job.fingerprint.clone(), record.clone()));
                    new.push((job.fingerprint.clone(), record.clone()));
                    Answer::Recorded { record, before: false, breaks }
                }
            });
        }
        store::add_commands(&mut tx, &new).await?;
        let (next_seq, changes) = (work.next_seq(), work.changes);
        store::write(&mut tx, &changes).await?;
        store::set_faults(&mut tx, &self.faults.take_changed()).await?;
        tx.commit().await.map_err(Error::store("commit"))?;
        self.committed(next_seq, &changes).await;
        Ok(answers)
    }

    async fn set_day(&mut self, date: Day, payments: bool) -> Result<DayAnswer, Error> {
        self.reload().await?;
        let start = self.next_seq;
        if let Some(current) = self.day {
            if date < current {
                return Ok(DayAnswer::Back { current });
            }
            if (date - current).num_days() > JUMP_DAYS_MAX {
                return Ok(DayAnswer::TooFar { current, days_max: JUMP_DAYS_MAX });
            }
        }
        while self.day.is_none_or(|day| day < date) {
            let day = match (self.day, store::next_due(&mut self.conn, payments).await?) {
                (Some(current), Some(due)) => due.max(current.succ_opt().unwrap_or(date)).min(date),
                _ => date,
            };
            while !self.day_page(day, payments).await? {}
            self.day = Some(day);
        }
        Ok(DayAnswer::Set { entries: self.next_seq - start })
    }

    async fn day_page(&mut self, day: Day, payments: bool) -> Result<bool, Error> {
        let mut tx = self.conn.begin().await.map_err(Error::store("begin"))?;
        let mut work = Work::new(day, self.next_seq, &mut self.faults);
        let done = day::page(&mut work, &mut tx, payments).await?;
        let (next_seq, changes) = (work.next_seq(), work.changes);
        store::write(&mut tx, &changes).await?;
        store::set_faults(&mut tx, &self.faults.take_changed()).await?;
        if done {
            store::set_day(&mut tx, day).await?;
        }
        tx.commit().await.map_err(Error::store("commit"))?;
        self.committed(next_seq, &changes).await;
        Ok(done)
    }

    async fn committed(&mut self, next_seq: i64, changes: &Changes) {
        self.next_seq = next_seq;
        if let Err(error) = self.log.append(&changes.fault_lines, &mut self.conn).await {
            tracing::error!(error = %error, "the faults log is behind its database");
        }
    }

    async fn keep_faults(&mut self) -> Result<(), Error> {
        let changed = self.faults.take_changed();
        store::set_faults(&mut self.conn, &changed).await
    }

    /// Brings memory to what the database holds, when a transaction has failed.
    async fn reload(&mut self) -> Result<(), Error> {
        if self.stale {
            self.faults = FaultBook::new(store::faults(&mut self.conn).await?);
            self.day = store::day(&mut self.conn).await?;
            self.next_seq = store::next_seq(&mut self.conn).await?;
            self.stale = false;
        }
        Ok(())
    }

    fn checked<T>(&mut self, result: Result<T, Error>, doing: &str) -> Option<T> {
        result
            .inspect_err(|error| {
                self.stale = true;
                let cause = std::error::Error::source(error).map(ToString::to_string);
                tracing::error!(%error, cause, doing, "the ledger failed; nothing of this step is kept");
            })
            .ok()
    }
}

#[cfg(test)]
mod tests;
