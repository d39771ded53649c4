//! `rettidig dead-letters`: what a person does with what was refused.

use crate::cli::WrongInput;
use crate::data;
use crate::files::last_day;
use crate::pipeline::parts;
use crate::place::Place;
use crate::report::contents;
use crate::run::{say, tell};
use crate::states;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use domain::{Day, PersonalNumber};
use eventlog::Log;
use messages::{DeadLetter, Refusals, Refused, RefusedAt};
use std::collections::BTreeSet;
use std::fmt;
use store::{DeadLetterRow, DeadLetterState, Request};

/// The longest id of an order that is shown, in characters.
const ORDER_ID_MAX: usize = 100;

/// What nothing waits behind.
const OPEN: &str = "open";

/// List what was refused, requeue or discard it.
#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// One line for each: id, state, since when, stage, key (the case, or the person's key), where it stood, and why.
    ///
    /// `parked`: later messages of the key wait behind it until it is requeued or discarded. `open`: nothing waits. An order
    /// that has no effect stays open until it is discarded: send what was meant as another order. So does a line of an input
    /// file: send what it should have said in a new file. What a case lacks settles by itself.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Try refused messages again, then what waits behind them. It happens at the stage's next step (`up` and `serve`: at
    /// once, `run`: when it is called again).
    Requeue(Which),
    /// Drop refused messages for good, so that what waits behind them follows; or say that refused lines of input files have
    /// been seen to, so that their alert ends. While `up` or `serve intake` runs, lines are discarded over HTTP push: POST
    /// /dead-letters/ID/discard (or stop `up` first).
    Discard(Which),
}

/// Which refusals.
#[derive(Debug, Args)]
pub struct Which {
    /// Their ids, as `list` shows them; the SHA-256 of an input file, as `files list` shows it, stands for all of its lines.
    #[arg(required = true, value_name = "ID")]
    refusals: Vec<String>,
    #[command(flatten)]
    place: Place,
}

/// The command.
pub async fn run(command: DeadLetters) -> Result<()> {
    match command {
        DeadLetters::List { place } => list(&place).await,
        DeadLetters::Requeue(which) => request(&which, Request::Requeue).await,
        DeadLetters::Discard(which) => request(&which, Request::Discard).await,
    }
}

/// One line of the list.
struct Entry<'a> {
    refusal: &'a str,
    state: &'a str,
    on: Day,
    stage: &'a str,
    key: &'a str,
    stood: String,
    code: &'a str,
    detail: &'a str,
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { refusal, state, on, stage, key, stood, code, detail } = self;
        let key = if key.is_empty() { "-" } else { key };
        write!(f, "{refusal} {state} {on} {stage} {key} {stood} {code}: {detail}")
    }
}

async fn list(place: &Place) -> Result<()> {
    let mut entries = Vec::new();
    let mut waiting = 0;
    for stage in parts() {
        let store = place.store(stage).await?;
        states::each_open(&*store, |row| entries.push(of_stage(stage, row))).await?;
        waiting += store.counts(None).await?.parked_inputs;
    }
    // What no stage keeps stands in the log only.
    let refusals = refusals(&*place.log().await?).await?;
    entries.extend(refusals.open().filter(|refused| !refused.is_kept_by_a_stage()).map(without_waiting));
    if entries.is_empty() {
        tell("Nothing is refused.");
        return Ok(());
    }
    say("id state since stage key where why");
    entries.iter().for_each(|entry| say(entry));
    if waiting > 0 {
        tell(&format!("{waiting} messages wait behind what is parked."));
    }
    Ok(())
}

fn of_stage(stage: &str, row: &DeadLetterRow) -> String {
    let at = serde_json::from_str(&row.at).ok();
    let order = runtime::kept_message(&row.input).and_then(|body| order_id(&body));
    let stood = match (at.as_ref().map(place_of), order) {
        (Some(stood), Some(order)) => format!("{stood} order {order}"),
        (Some(stood), None) => stood,
        // A timer, a day or an answer of the ERP.
        (None, _) => "-".to_owned(),
    };
    let DeadLetterRow { refusal, key, on, code, detail, .. } = row;
    let state = if row.state == DeadLetterState::Open && !row.holds { OPEN } else { row.state.as_str() };
    Entry { refusal, state, on: *on, stage, key, stood, code, detail }.to_string()
}

fn without_waiting(refused: &Refused) -> String {
    let Refused { refusal, stage, key, on, at, code, detail, .. } = refused;
    Entry { refusal, state: OPEN, on: *on, stage, key, stood: place_of(at), code, detail }.to_string()
}

fn place_of(at: &RefusedAt) -> String {
    match at {
        RefusedAt::File { file, line, field, .. } => {
            let field = field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
            format!("{file} line {line}{field}")
        }
        RefusedAt::Request { sha256, pointer } => format!("request {sha256} {pointer}"),
        RefusedAt::Log { topic, partition, offset, .. } => format!("{topic}/{partition}/{offset}"),
        RefusedAt::Case => "case".to_owned(),
    }
}

/// The id that the sender gave a case command; none where it is not fit to be shown.
fn order_id(body: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    let id = body.pointer("/data/id")?.as_str()?;
    let is_plain = id.len() <= ORDER_ID_MAX && id.bytes().all(|b| b.is_ascii_graphic());
    (is_plain && !PersonalNumber::stands_in(id)).then(|| id.to_owned())
}

/// All that was ever refused.
pub async fn refusals(log: &dyn Log) -> Result<Refusals> {
    Ok(Refusals::of(contents::<DeadLetter>(log).await?))
}

async fn request(which: &Which, request: Request) -> Result<()> {
    let mut left: Vec<String> = which.refusals.clone();
    let asked = ask_stages(which, &mut left, request).await;
    let noted = which.refusals.len() - left.len();
    if noted > 0 {
        say(&format!("{noted} noted. It happens at the stage's next step."));
    }
    asked?;
    let already = asked_already(which, &left).await?;
    left.retain(|refusal| !already.contains(refusal));
    if !left.is_empty() {
        without_a_stage(which, left, request).await?;
    }
    if !already.is_empty() {
        bail!(WrongInput(format!(
            "{} was asked for before and waits for the stage's next step: try again after it",
            already.join(", ")
        )));
    }
    Ok(())
}

/// Those of `left` for which a stage has been asked for something and has not done it yet.
async fn asked_already(which: &Which, left: &[String]) -> Result<Vec<String>> {
    let mut already = Vec::new();
    if !left.is_empty() {
        for stage in parts() {
            states::each_open(&*which.place.store(stage).await?, |row| {
                already.extend(left.iter().find(|refusal| **refusal == row.refusal).cloned());
            })
            .await?;
        }
    }
    Ok(already)
}

/// Leaves in `left` what no stage keeps, and what was not asked for before a failure.
async fn ask_stages(which: &Which, left: &mut Vec<String>, request: Request) -> Result<()> {
    for stage in parts() {
        let store = which.place.store(stage).await?;
        for refusal in left.clone() {
            if store.request(&refusal, request).await? {
                left.retain(|other| *other != refusal);
            }
        }
    }
    Ok(())
}

/// Refusals that no stage keeps: of lines of input files, which end when somebody has seen to them, and of cases and of files
/// that cannot be read, which settle by themselves.
async fn without_a_stage(which: &Which, mut left: Vec<String>, request: Request) -> Result<()> {
    let refusals = refusals(&*which.place.log().await?).await?;
    let (mut lines, mut of_themselves) = (Vec::new(), Vec::new());
    let mut found: BTreeSet<String> = BTreeSet::new();
    for refused in refusals.open().filter(|refused| !refused.is_kept_by_a_stage()) {
        let is_wanted = |wanted: &&String| **wanted == refused.refusal || refused.is_of_file(wanted);
        let Some(wanted) = left.iter().find(is_wanted) else { continue };
        found.insert(wanted.clone());
        match refused.at {
            // What a whole file cannot be read for ends when it can be, or is gone.
            RefusedAt::File { line: 1.., .. } => lines.push(refused.clone()),
            _ => of_themselves.push(refused.refusal.clone()),
        }
    }
    left.retain(|wanted| !found.contains(wanted));
    if !lines.is_empty() && request == Request::Requeue {
        bail!(WrongInput(
            "a line of an input file is not requeued: send it in a new file, then discard it".to_owned()
        ));
    }
    if !lines.is_empty() {
        discard_lines(&which.place, &lines).await?;
        say(&format!("{} discarded. Their alert ends in the morning of the next day.", lines.len()));
    }
    if !of_themselves.is_empty() {
        bail!(WrongInput(format!(
            "{} settles by itself once what its reason says is done",
            of_themselves.join(", ")
        )));
    }
    if !left.is_empty() {
        bail!(WrongInput(format!("no open refusal {} is there", left.join(", "))));
    }
    Ok(())
}

async fn discard_lines(place: &Place, lines: &[Refused]) -> Result<()> {
    let directory = place.directory(RUNNING)?;
    let _alone = data::hold(directory).map_err(|error| error.context(RUNNING))?;
    let day = last_day(place).await?;
    intake::discard_refused(place.log().await?, place.store(intake::STAGE).await?, lines, day).await?;
    Ok(())
}

/// What is done where an intake runs.
const RUNNING: &str = "a line of an input file is the running intake's: POST /dead-letters/ID/discard";
