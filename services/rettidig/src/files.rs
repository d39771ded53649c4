//! `rettidig files`: what a person does with input files.

use crate::pipeline::{self, CALENDAR};
use crate::place::Place;
use crate::run::{say, tell};
use crate::{cli::WrongInput, data};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use domain::Day;
use intake::{FileEntry, FileState, Intake};
use runtime::calendar;
use std::path::PathBuf;

/// How many entries are read at a time.
const PAGE: usize = 500;

/// The fewest letters of a SHA-256 that stand for it.
const SHORT: usize = 8;

/// Input files: list them, release, replace or discard a held one.
#[derive(Debug, Subcommand)]
pub enum Files {
    /// One line a file, in the order of the days: SHA-256, day, state, how many records were refused, name; and why it is
    /// held.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Take a held file as it is, or one that was replaced or discarded by mistake. While `up` or `serve intake` runs: POST /files/SHA256/release.
    Release(HeldFile),
    /// Drop a held file that does not belong here, for good. The raw input keeps it. While `up` or `serve intake` runs:
    /// POST /files/SHA256/discard.
    Discard(HeldFile),
    /// Take a right copy in place of a held file. One that waits for a missing file (production_date_gap) is not replaced: put
    /// the missing one where files come in. While `up` or `serve intake` runs: POST /cpr?replaces=SHA256 (and
    /// /eindkomst, /case-commands).
    Replace {
        #[command(flatten)]
        held: HeldFile,
        /// The right copy.
        #[arg(long, value_name = "FILE")]
        by: PathBuf,
    },
}

/// Which file.
#[derive(Debug, Args)]
pub struct HeldFile {
    /// SHA-256 of its content, as `list` shows it; its first 8 letters or more do.
    sha256: String,
    /// The day that counts as today, yyyy-mm-dd; else the last day that the directory has come to.
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// The secret under which CPR numbers become keys; the one of the data directory.
    #[arg(long, env = "RETTIDIG_PERSON_SECRET_FILE", value_name = "FILE")]
    person_secret_file: Option<PathBuf>,
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// A held file, and the intake of its data directory for this process alone.
struct Opened {
    _alone: data::Held,
    intake: Intake,
    sha256: String,
    on: Day,
}

impl HeldFile {
    async fn open(&self) -> Result<Opened> {
        data::partitions(&self.data)?;
        let alone = data::hold(&self.data)?;
        let place = Place::Directory(self.data.clone());
        let last = last_day(&place).await?;
        let on = self.on.unwrap_or(last);
        if on < last {
            bail!(WrongInput(format!("--on {on} is over: {} has come to {last}", self.data.display())));
        }
        let intake = pipeline::embedded_intake(&self.data, self.person_secret_file.as_deref()).await?;
        let sha256 = whole(&self.sha256, &entries(&place).await?)?;
        Ok(Opened { _alone: alone, intake, sha256, on })
    }
}

/// The SHA-256 that this is, or begins; what is no such text is left to the ledger, which knows no such file.
fn whole(sha256: &str, entries: &[FileEntry]) -> Result<String, WrongInput> {
    let is_begin = (SHORT..64).contains(&sha256.len()) && sha256.bytes().all(|b| b.is_ascii_hexdigit());
    let mut found = entries.iter().filter(|entry| is_begin && entry.sha256.starts_with(sha256));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.sha256.clone()),
        (Some(_), Some(_)) => Err(WrongInput(format!("several files begin with {sha256}: write more of it"))),
        (None, _) => Ok(sha256.to_owned()),
    }
}

/// The last day that has been announced.
pub async fn last_day(place: &Place) -> Result<Day> {
    let last = calendar::last_in(&*place.store(CALENDAR).await?).await?;
    Ok(last.context("no day has begun here")?.date)
}

/// All files, in the order of their days and names.
async fn entries(place: &Place) -> Result<Vec<FileEntry>> {
    let store = place.store(intake::STAGE).await?;
    let (mut entries, mut after): (Vec<FileEntry>, Option<String>) = (Vec::new(), None);
    loop {
        let page = intake::files(&*store, after.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.sha256.clone());
        entries.extend(page);
    }
    entries.sort_by(|a, b| (a.day, &a.name).cmp(&(b.day, &b.name)));
    Ok(entries)
}

/// The command.
pub async fn run(command: Files) -> Result<()> {
    match command {
        Files::List { place } => {
            let entries = entries(&place).await?;
            if entries.is_empty() {
                tell("No input file has come yet.");
                return Ok(());
            }
            say("sha256 day state refused name");
            for entry in &entries {
                let FileEntry { sha256, day, refused, name, .. } = entry;
                let (state, why) = state(&entry.state);
                say(&format!("{sha256} {day} {state} {refused} {name}{why}"));
            }
        }
        Files::Release(held) => {
            let mut at = held.open().await?;
            let taken = data::wrong_input(at.intake.release(&at.sha256, at.on).await)?;
            say(&match taken.duplicate {
                true => "It is accepted already; nothing is done.".to_owned(),
                false => format!("Released. It is {}.", became(&taken.entry)),
            });
        }
        Files::Discard(held) => {
            let mut at = held.open().await?;
            data::wrong_input(at.intake.discard(&at.sha256, at.on).await)?;
            say("Discarded.");
        }
        Files::Replace { held, by } => {
            let mut at = held.open().await?;
            if !by.is_file() {
                // The name is not repeated: it may hold a personal number.
                bail!(WrongInput("--by names no file".to_owned()));
            }
            let taken = data::wrong_input(at.intake.replace(&at.sha256, &by, at.on).await)?;
            say(&format!("Replaced. The new file is {}.", became(&taken.entry)));
        }
    }
    Ok(())
}

/// The word for a state, and why.
fn state(state: &FileState) -> (&'static str, String) {
    match state {
        FileState::Receiving => ("receiving", String::new()),
        FileState::Accepted => ("accepted", String::new()),
        FileState::Held(hold) => ("held", format!(" {}: {}", hold.code, hold.detail)),
        FileState::Replaced { by } => ("replaced", format!(" by {by}")),
        FileState::Discarded => ("discarded", String::new()),
    }
}

fn became(entry: &FileEntry) -> String {
    let (state, why) = state(&entry.state);
    match entry.refused {
        0 => format!("{state}{why}"),
        refused => format!("{state}{why}; {refused} of its records were refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letters_of_a_hash_stand_for_it_where_they_are_enough_and_one_files() {
        let entries = ["aaaaaaaa11", "aaaaaaaa22", "bbbbbbbb33"].map(|sha256| {
            let text = serde_json::json!({"sha256": sha256, "name": "x", "kind": "cpr", "day": "2023-01-02",
                "control": null, "state": "accepted", "items_done": 0, "messages": {}, "refused": 0, "remarks": {}});
            serde_json::from_value::<FileEntry>(text).unwrap()
        });
        assert_eq!(whole("bbbbbbbb", &entries).unwrap(), "bbbbbbbb33");
        assert_eq!(whole("bbbb", &entries).unwrap(), "bbbb");
        assert_eq!(whole("", &entries).unwrap(), "");
        assert!(whole("aaaaaaaa", &entries).unwrap_err().to_string().contains("write more"));
    }
}
