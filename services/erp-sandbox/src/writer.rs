//! The one writer: it takes what has come in together, commits it once, and answers afterwards.

use crate::contract::Order;
use crate::decide::{self, Record};
use crate::fault_book::FaultBook;
use crate::fault_log::FaultLog;
use crate::faults::{FaultKind, Faults};
use crate::work::{Changes, Work};
use crate::{Error, day, store};
use domain::Day;
use sqlite::Database;
use sqlite::rusqlite::{Connection, Transaction};
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DayAnswer {
    /// The day is set; so many ledger entries came.
    Set { entries: i64 },
    /// The day has been later already.
    Back { current: Day },
    /// It lies too far ahead.
    TooFar { current: Day, days_max: i64 },
    /// The database failed, for this reason; the same day can be set again.
    Failed { why: String },
}

/// The writer: its connection, and what it knows of the ledger without reading it.
pub(crate) struct Writer {
    database: Database,
    memory: Memory,
}

/// What the writer keeps in memory.
struct Memory {
    log: FaultLog,
    faults: FaultBook,
    day: Option<Day>,
    next_seq: i64,
    /// Whether memory may differ from the database after a failed transaction.
    stale: bool,
}

impl Writer {
    /// Opens the database and makes the declared faults the ones that hold.
    pub(crate) fn open(data_dir: &Path, faults: &Faults, log: Option<PathBuf>) -> Result<Self, Error> {
        let database = store::open(data_dir)?;
        let memory = database.run(|connection| Memory::open(connection, faults, log))?;
        Ok(Self { database, memory })
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
                        self.commit_commands(&mut commands);
                        self.other(other).await;
                    }
                }
                if commands.len() < BATCH_COMMANDS_MAX {
                    next = jobs.try_recv().ok();
                }
            }
            self.commit_commands(&mut commands);
        }
    }

    async fn other(&mut self, job: Job) {
        // Who asked may have gone away; what was done stays done.
        match job {
            Job::Command(command) => self.commit_commands(&mut vec![command]),
            Job::Day { date, payments, reply } => {
                let answer = self.set_day(date, payments).await;
                let answer = self.memory.checked(answer, "set the day");
                let _ = reply.send(answer.unwrap_or_else(|why| DayAnswer::Failed { why }));
            }
            Job::AddFaults { faults, reply } => {
                let change = |book: &mut FaultBook| {
                    book.add(&faults);
                    faults.faults.len()
                };
                let _ = reply.send(self.change_faults("add faults", change));
            }
            Job::LiftFaults { kind, reply } => {
                let _ = reply.send(self.change_faults("lift faults", |book| book.lift(kind)));
            }
        }
    }

    fn commit_commands(&mut self, commands: &mut Vec<CommandJob>) {
        if commands.is_empty() {
            return;
        }
        let answers = self.database.run(|connection| self.memory.commands(connection, commands));
        let answers = self.memory.checked(answers, "record commands");
        let answers = answers.unwrap_or_else(|_| vec![Answer::Failed; commands.len()]);
        for (job, answer) in commands.drain(..).zip(answers) {
            // A caller who has gone away asks for the outcome later.
            let _ = job.reply.send(answer);
        }
    }

    fn change_faults(&mut self, doing: &str, change: impl FnOnce(&mut FaultBook) -> usize) -> Option<usize> {
        let changed = self.database.run(|connection| {
            self.memory.reload(connection)?;
            let changed = change(&mut self.memory.faults);
            self.memory.keep_faults(connection)?;
            Ok(changed)
        });
        self.memory.checked(changed, doing).ok()
    }

    async fn set_day(&mut self, date: Day, payments: bool) -> Result<DayAnswer, Error> {
        self.database.run(|connection| self.memory.reload(connection))?;
        let start = self.memory.next_seq;
        if let Some(current) = self.memory.day {
            if date < current {
                return Ok(DayAnswer::Back { current });
            }
            if (date - current).num_days() > JUMP_DAYS_MAX {
                return Ok(DayAnswer::TooFar { current, days_max: JUMP_DAYS_MAX });
            }
        }
        while self.memory.day.is_none_or(|day| day < date) {
            let due = self.database.run(|connection| store::next_due(connection, payments))?;
            let day = match (self.memory.day, due) {
                (Some(current), Some(due)) => due.max(current.succ_opt().unwrap_or(date)).min(date),
                _ => date,
            };
            while !self.day_page(day, payments)? {
                // A long run lets others of the same thread work, and can be ended.
                tokio::task::yield_now().await;
            }
            self.memory.day = Some(day);
        }
        Ok(DayAnswer::Set { entries: self.memory.next_seq - start })
    }

    fn day_page(&mut self, day: Day, payments: bool) -> Result<bool, Error> {
        self.database.run(|connection| self.memory.day_page(connection, day, payments))
    }
}

impl Memory {
    fn open(connection: &mut Connection, faults: &Faults, log: Option<PathBuf>) -> Result<Self, Error> {
        let log = FaultLog::open(log, connection)?;
        let mut memory = Self { log, faults: FaultBook::default(), day: None, next_seq: 1, stale: true };
        memory.reload(connection)?;
        memory.faults.declare(faults);
        memory.keep_faults(connection)?;
        Ok(memory)
    }

    fn commands(&mut self, connection: &mut Connection, jobs: &[CommandJob]) -> Result<Vec<Answer>, Error> {
        self.reload(connection)?;
        let Some(day) = self.day else { return Ok(vec![Answer::NoDay; jobs.len()]) };
        let transaction = store::begin(connection)?;
        let touched = jobs.iter().filter_map(|job| job.order.subscription());
        let known = store::subscriptions(&transaction, touched)?;
        let mut work = Work::new(day, self.next_seq, &mut self.faults);
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            // One that came earlier in the same transaction is found like any other.
            answers.push(match store::command(&transaction, job.order.command_id().as_str())? {
                Some((print, _)) if print != job.fingerprint => Answer::Conflict,
                Some((_, record)) => Answer::Recorded { record, before: true, breaks: false },
                None => {
                    let (record, breaks) = decide::decide(&mut work, &known, &job.order);
                    store::add_command(&transaction, &job.fingerprint, &record)?;
                    Answer::Recorded { record, before: false, breaks }
                }
            });
        }
        let (next_seq, changes) = (work.next_seq(), work.changes);
        self.save(transaction, next_seq, &changes)?;
        self.tell(connection, &changes);
        Ok(answers)
    }

    fn day_page(&mut self, connection: &mut Connection, day: Day, payments: bool) -> Result<bool, Error> {
        let transaction = store::begin(connection)?;
        let mut work = Work::new(day, self.next_seq, &mut self.faults);
        let done = day::page(&mut work, &transaction, payments)?;
        let (next_seq, changes) = (work.next_seq(), work.changes);
        if done {
            store::set_day(&transaction, day)?;
        }
        self.save(transaction, next_seq, &changes)?;
        self.tell(connection, &changes);
        Ok(done)
    }

    /// Writes what a transaction has done and commits it.
    fn save(&mut self, transaction: Transaction<'_>, next_seq: i64, changes: &Changes) -> Result<(), Error> {
        store::write(&transaction, changes)?;
        store::set_faults(&transaction, &self.faults.take_changed())?;
        store::commit(transaction)?;
        self.next_seq = next_seq;
        Ok(())
    }

    /// Writes what is committed to the faults log.
    fn tell(&mut self, connection: &Connection, changes: &Changes) {
        if let Err(error) = self.log.append(&changes.fault_lines, connection) {
            tracing::error!(error = %error, "the faults log is behind its database");
        }
    }

    fn keep_faults(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let transaction = store::begin(connection)?;
        store::set_faults(&transaction, &self.faults.take_changed())?;
        store::commit(transaction)
    }

    /// Brings memory to what the database holds, when a transaction has failed.
    fn reload(&mut self, connection: &Connection) -> Result<(), Error> {
        if self.stale {
            self.faults = FaultBook::new(store::faults(connection)?);
            self.day = store::day(connection)?;
            self.next_seq = store::next_seq(connection)?;
            self.stale = false;
        }
        Ok(())
    }

    /// The result, or why it failed.
    fn checked<T>(&mut self, result: Result<T, Error>, doing: &str) -> Result<T, String> {
        result.map_err(|error| {
            self.stale = true;
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, doing, "the ledger failed; nothing of this step is kept");
            cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
        })
    }
}

#[cfg(test)]
mod tests;
