//! What a person does with what was refused or held.

use crate::pipeline::{self, parts};
use crate::report::contents;
use crate::run::{say, tell};
use crate::{cli::WrongInput, data};
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use domain::Day;
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use intake::{FileState, Intake};
use messages::{DeadLetter, Refused, RefusedAt};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use store::{DeadLetterRow, DeadLetterState, Request};

/// How many entries are read at a time.
const PAGE: usize = 500;

/// List what was refused, requeue or discard it.
#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// One line for each refused message that waits for a person (id, stage, state, day, key, reason; the key is the case,
    /// or the person's key where a register told it), then one for each line of an input file, each request
    /// and each case that was refused. Those have no id and nothing waits behind them: send what was refused again, corrected,
    /// in a new file, or what the reason says.
    List(Where),
    /// Try a refused message again, then what waits behind it. It happens at the stage's next step (`up`, or `run` called again).
    Requeue(Which),
    /// Drop a refused message for good; what waits behind it follows.
    Discard(Which),
}

/// Where things are kept.
#[derive(Debug, Args)]
pub struct Where {
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Which refusal.
#[derive(Debug, Args)]
pub struct Which {
    /// Its id, as `list` shows it.
    refusal: String,
    #[command(flatten)]
    at: Where,
}

/// Input files: list them, release, replace or discard a held one.
#[derive(Debug, Subcommand)]
pub enum Files {
    /// One line a file: SHA-256, state, name.
    List(Where),
    /// Take a held file as it is.
    Release(HeldFile),
    /// Drop a held file that does not belong here, for good. The raw input keeps it.
    Discard(HeldFile),
    /// Take another file in place of a held one.
    Replace {
        #[command(flatten)]
        held: HeldFile,
        /// The right file.
        #[arg(long, value_name = "FILE")]
        by: PathBuf,
    },
}

/// Which file.
#[derive(Debug, Args)]
pub struct HeldFile {
    /// SHA-256 of its content, as `list` shows it.
    sha256: String,
    /// The day that counts as today, yyyy-mm-dd.
    #[arg(long, value_name = "DATE")]
    on: Day,
    /// The secret under which CPR numbers become keys; the one of the data directory.
    #[arg(long, env = "RETTIDIG_PERSON_SECRET_FILE", value_name = "FILE")]
    person_secret_file: Option<PathBuf>,
    #[command(flatten)]
    at: Where,
}

/// `rettidig dead-letters`.
pub async fn letters(command: DeadLetters) -> Result<()> {
    match command {
        DeadLetters::List(at) => list(&at).await,
        DeadLetters::Requeue(which) => request(&which, Request::Requeue).await,
        DeadLetters::Discard(which) => request(&which, Request::Discard).await,
    }
}

async fn list(at: &Where) -> Result<()> {
    let partitions = data::partitions(&at.data)?;
    let mut none = true;
    for stage in parts() {
        let store = pipeline::embedded_store(&at.data, stage).await?;
        let mut after: Option<String> = None;
        loop {
            let page = store.dead_letters(after.as_deref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.refusal.clone());
            for letter in page.iter().filter(|letter| letter.state != DeadLetterState::Settled) {
                none = false;
                let state = letter.state.as_str();
                let DeadLetterRow { refusal, key, on, code, detail, .. } = letter;
                say(&format!("{refusal} {stage} {state} {on} {key} {code}: {detail}"));
            }
        }
    }
    let log = EmbeddedLog::open(data::log_file(&at.data), partitions).await?;
    let refusals = Refusals::read(&log).await?;
    for refused in refusals.open().filter(|refused| !refused.parked) {
        none = false;
        let place = match &refused.at {
            RefusedAt::File { file, line, field, .. } => {
                let field = field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
                format!("{file} line {line}{field}")
            }
            RefusedAt::Request { sha256, pointer } => format!("request {sha256} {pointer}"),
            RefusedAt::Log { topic, partition, offset, .. } => format!("{topic}/{partition}/{offset}"),
            RefusedAt::Case => format!("case {}", refused.key),
        };
        let Refused { stage, on, code, detail, .. } = refused;
        say(&format!("- {stage} refused {on} {code}: {place}: {detail}"));
    }
    if none {
        tell("Nothing is refused.");
    }
    Ok(())
}

/// What was refused, and what of it was requeued or discarded since. Nothing ever settles a line of an input file.
pub struct Refusals {
    refused: Vec<Refused>,
    settled: BTreeSet<String>,
}

impl Refusals {
    /// Reads the topic.
    pub async fn read(log: &dyn Log) -> Result<Self> {
        Ok(Self::of(contents(log).await?))
    }

    /// In the order in which they were written. What is refused again has the id it had, and is one.
    fn of(letters: Vec<DeadLetter>) -> Self {
        let mut refused: Vec<Refused> = Vec::new();
        let mut places = BTreeMap::new();
        let mut settled = BTreeSet::new();
        for letter in letters {
            match letter {
                DeadLetter::Refused(one) => {
                    settled.remove(&one.refusal);
                    match places.get(&one.refusal) {
                        Some(place) => refused[*place] = one,
                        None => {
                            places.insert(one.refusal.clone(), refused.len());
                            refused.push(one);
                        }
                    }
                }
                DeadLetter::Settled { refusal, .. } => drop(settled.insert(refusal)),
                DeadLetter::FileHeld { .. } | DeadLetter::FileReleased { .. } => {}
            }
        }
        Self { refused, settled }
    }

    /// How many there ever were.
    pub fn ever(&self) -> usize {
        self.refused.len()
    }

    /// What waits, or is to be sent again.
    pub fn open(&self) -> impl Iterator<Item = &Refused> {
        self.refused.iter().filter(|one| !self.settled.contains(&one.refusal))
    }
}

async fn request(which: &Which, request: Request) -> Result<()> {
    data::partitions(&which.at.data)?;
    for stage in parts() {
        let store = pipeline::embedded_store(&which.at.data, stage).await?;
        if store.request(&which.refusal, request).await? {
            say("Noted. It happens at the stage's next step.");
            return Ok(());
        }
    }
    bail!(WrongInput(format!("no open refusal {} is in {}", which.refusal, which.at.data.display())))
}

impl HeldFile {
    /// The intake of its data directory, for this process alone.
    async fn intake(&self) -> Result<(data::Held, Intake)> {
        data::partitions(&self.at.data)?;
        let alone = data::hold(&self.at.data)?;
        let intake = pipeline::embedded_intake(&self.at.data, self.person_secret_file.as_deref()).await?;
        Ok((alone, intake))
    }
}

/// `rettidig files`.
pub async fn files(command: Files) -> Result<()> {
    match command {
        Files::List(at) => {
            data::partitions(&at.data)?;
            let store = pipeline::embedded_store(&at.data, intake::STAGE).await?;
            let mut after: Option<String> = None;
            loop {
                let page = intake::files(&*store, after.as_deref(), PAGE).await?;
                let Some(last) = page.last() else {
                    if after.is_none() {
                        tell("No input file has come yet.");
                    }
                    return Ok(());
                };
                after = Some(last.sha256.clone());
                for entry in &page {
                    say(&format!("{} {} {}", entry.sha256, state(&entry.state), entry.name));
                }
            }
        }
        Files::Release(held) => {
            let (_alone, mut intake) = held.intake().await?;
            let taken = data::wrong_input(intake.release(&held.sha256, held.on).await)?;
            say(&match taken.duplicate {
                true => "It is accepted already; nothing is done.".to_owned(),
                false => format!("Released. It is {}.", state(&taken.entry.state)),
            });
            Ok(())
        }
        Files::Discard(held) => {
            let (_alone, mut intake) = held.intake().await?;
            data::wrong_input(intake.discard(&held.sha256, held.on).await)?;
            say("Discarded.");
            Ok(())
        }
        Files::Replace { held, by } => {
            let (_alone, mut intake) = held.intake().await?;
            if !by.is_file() {
                // The name is not repeated: it may hold a personal number.
                bail!(WrongInput("--by names no file".to_owned()));
            }
            let taken = data::wrong_input(intake.replace(&held.sha256, &by, held.on).await)?;
            say(&format!("Replaced. The new file is {}.", state(&taken.entry.state)));
            Ok(())
        }
    }
}

fn state(state: &FileState) -> String {
    match state {
        FileState::Receiving => "receiving".to_owned(),
        FileState::Accepted => "accepted".to_owned(),
        FileState::Held(hold) => format!("held ({}: {})", hold.code, hold.detail),
        FileState::Replaced { .. } => "replaced".to_owned(),
        FileState::Discarded => "discarded".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_again_is_one_and_open_also_after_it_was_settled() {
        let on = Day::default();
        let refused = |refusal: &str, detail: &str| {
            DeadLetter::Refused(Refused {
                refusal: refusal.to_owned(),
                stage: intake::STAGE.to_owned(),
                key: "file".to_owned(),
                on,
                at: RefusedAt::Request { sha256: String::new(), pointer: String::new() },
                code: "unreadable".to_owned(),
                detail: detail.to_owned(),
                parked: false,
            })
        };
        let settled = |refusal: &str| DeadLetter::Settled {
            refusal: refusal.to_owned(),
            key: "file".to_owned(),
            on,
            outcome: "gone".to_owned(),
        };
        let details = |letters| {
            let refusals = Refusals::of(letters);
            let open: Vec<String> = refusals.open().map(|one| one.detail.clone()).collect();
            (refusals.ever(), open)
        };
        assert_eq!(details(vec![refused("a", "1"), refused("a", "2")]), (1, vec!["2".to_owned()]));
        let gone = vec![refused("a", "1"), settled("a"), refused("b", "1")];
        assert_eq!(details(gone.clone()), (2, vec!["1".to_owned()]));
        let back = [gone, vec![refused("a", "2")]].concat();
        assert_eq!(details(back), (2, vec!["2".to_owned(), "1".to_owned()]));
    }
}
