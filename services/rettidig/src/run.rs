//! `rettidig run`: fast-forward over a directory of input files.

use crate::cli::{Ended, WrongInput};
use crate::erp::{TrainingErp, faults};
use crate::pipeline::{Plant, PlantConfig, training_erp};
use crate::report::{Report, write_findings};
use crate::settings::Settings;
use crate::{data, signals};
use anyhow::{Context, Result};
use clap::Args;
use domain::Day;
use messages::Phase;
use runtime::Ended as Settled;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use store::sqlite::Durability;
use tokio_util::sync::CancellationToken;

/// What a commit of log and stores outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Outlives {
    /// A power failure: every commit is flushed.
    PowerFailure,
    /// The process, `kill -9` included.
    Process,
}

impl Outlives {
    fn durability(self) -> Durability {
        match self {
            Self::PowerFailure => Durability::Full,
            Self::Process => Durability::Process,
        }
    }
}

/// Fast-forward: each day's input files, then the day, on the embedded backends with the ERP sandbox.
///
/// Stopped by a signal (or killed) it goes on where it was when it is called again with the same arguments.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Input files: one folder a day named yyyy-mm-dd; files beside the folders are of the first day.
    #[arg(long, value_name = "DIR")]
    pub input: PathBuf,
    /// The last day, yyyy-mm-dd.
    #[arg(long, value_name = "DATE")]
    pub until: Day,
    /// Where everything is kept.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Faults that the ERP sandbox injects, YAML: `seed: 7`, `faults: [{kind: lapse, count: 33, from: 2023-04}, …]`.
    #[arg(long, value_name = "FILE")]
    pub erp_faults: Option<PathBuf>,
    /// One JSON line for each injected fault.
    #[arg(long, value_name = "FILE")]
    pub faults_log: Option<PathBuf>,
    /// One JSON line for each finding as it stands at the end.
    #[arg(long, value_name = "FILE")]
    pub findings: Option<PathBuf>,
    /// The report, JSON; `schemas/report.schema.json` says what each figure is. What was due is printed in any case.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// The authority's choices and the stages' settings, YAML; `schemas/settings.schema.json` names every key.
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Go on with a data directory under other settings than last time.
    #[arg(long)]
    pub accept_changed_settings: bool,
    /// The secret under which CPR numbers become keys. Needed for real persons; without, a known training secret is used.
    #[arg(long, env = "RETTIDIG_PERSON_SECRET_FILE", value_name = "FILE")]
    pub person_secret_file: Option<PathBuf>,
    /// Partitions of the log, when the data directory is made.
    #[arg(long, default_value_t = data::PARTITIONS, hide = true)]
    pub partitions: u32,
    /// What each commit outlives: `power-failure` flushes it to the disk; `process` is faster, and after a power failure
    /// the run is made again from its input in another directory.
    #[arg(long, value_enum, default_value_t = Outlives::PowerFailure, value_name = "WHAT")]
    pub commits_outlive: Outlives,
    /// How many orders the ERP gets at the same time. In which sequence it gets those of different cases differs from run
    /// to run: a fault by `count` hits whoever comes first, one by `share` the same ones each time.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = parallel)]
    pub erp_calls_in_flight: usize,
    /// Who is told.
    #[command(flatten)]
    pub alerts: alerting::AlertConfig,
}

/// What is said when a signal has come.
pub const STOPPED: &str = "Stopped. The same command goes on where it was.";

/// The command.
pub async fn run(options: &Options) -> Result<Ended> {
    let mut no_progress = |_: Day| {};
    let (ended, report) = forward(options, &mut no_progress).await?;
    match (ended, &options.report) {
        (Ended::Stopped, _) => say(STOPPED),
        (Ended::Done, None) => say(&format!("{}\n--report FILE writes all figures.", report.due())),
        (Ended::Done, Some(path)) => {
            say(&format!("{}\nAll figures are in {}.", report.due(), path.display()));
        }
    }
    Ok(ended)
}

/// Goes through the days and reports. `progress` is called with each day that has closed.
pub async fn forward(options: &Options, progress: &mut dyn FnMut(Day)) -> Result<(Ended, Report)> {
    forward_on(options, Plant::embedded, progress).await
}

/// The same on the log and the stores of the plant that is opened.
pub async fn forward_on(
    options: &Options,
    open: impl AsyncFnOnce(PlantConfig) -> Result<Plant>,
    progress: &mut dyn FnMut(Day),
) -> Result<(Ended, Report)> {
    let begun = Instant::now();
    let days = input_days(&options.input)?;
    let Some(first) = days.iter().find_map(|(day, _)| *day).or_else(|| days.first().map(|_| options.until))
    else {
        return Err(WrongInput(format!("{} holds no input files", options.input.display())).into());
    };
    if options.until < first {
        return Err(
            WrongInput(format!("--until {} is before the first input day {first}", options.until)).into()
        );
    }
    for file in [&options.faults_log, &options.findings, &options.report].into_iter().flatten() {
        can_be_written(file)?;
    }
    let settings = Settings::read(options.settings.as_deref())?;
    let _held = data::open(&options.data, options.partitions, data::Days::Told)?;
    settings.begin(&options.data, options.accept_changed_settings)?.iter().for_each(|told| tell(told));
    settings.law_ends(options.until)?.iter().for_each(|told| tell(told));
    let faults = faults(options.erp_faults.as_deref())?;
    let erp = TrainingErp::start(data::erp(&options.data), faults, options.faults_log.clone()).await?;
    let mut plant = open(PlantConfig {
        data: options.data.clone(),
        partitions: options.partitions,
        durability: options.commits_outlive.durability(),
        erp: training_erp(&erp.url())?,
        settings,
        person_secret_file: options.person_secret_file.clone(),
        alerts: options.alerts.clone(),
        erp_calls_in_flight: options.erp_calls_in_flight,
        done_dir: None,
    })
    .await?;

    let stop = signals::stop_on_signal();
    let ended = through_days(&mut plant, &erp, &days, (first, options.until), (&stop, progress)).await?;
    let as_of = plant.announced().await?.map_or(options.until, |(day, _)| day.max(options.until));
    let (mut report, findings) = plant.report(as_of).await?;
    report.files.untaken = untaken(&mut plant, &days, first).await?;
    if report.files.untaken > 0 && ended == Ended::Done {
        tell(&format!(
            "{} input files lie in folders of days that have passed; a run to a later day takes them",
            report.files.untaken
        ));
    }
    report.elapsed_s = begun.elapsed().as_secs_f64();
    if ended == Ended::Done {
        if let Some(path) = &options.findings {
            let file = File::create(path).with_context(|| cannot_write(path))?;
            write_findings(&mut BufWriter::new(file), &findings).with_context(|| cannot_write(path))?;
        }
        if let Some(path) = &options.report {
            let text = serde_json::to_string_pretty(&report)? + "\n";
            fs::write(path, text).with_context(|| cannot_write(path))?;
        }
    }
    if ended == Ended::Done {
        warn_of(options, (plant.refused().await?, report.files.held), &erp.idle_faults()?);
    }
    drop(plant);
    erp.stop().await?;
    Ok((ended, report))
}

/// What somebody has to look at although the run has come to its end.
fn warn_of(options: &Options, ((refused, for_staff), held): ((usize, usize), u64), idle_faults: &[String]) {
    let data = options.data.display();
    if refused > 0 {
        tell(&format!(
            "{refused} lines or messages are refused; rettidig dead-letters list --data {data} shows them"
        ));
    }
    if for_staff > 0 {
        tell(&format!("in cases {for_staff} wait for staff; rettidig tasks --data {data} says for what"));
    }
    if held > 0 {
        tell(&format!("{held} input files are held back; rettidig files list --data {data} says why"));
    }
    for fault in idle_faults {
        tell(&format!("the fault {fault} has hit nothing"));
    }
}

/// Every day from where the run stands to the last, or to the signal that stops it.
async fn through_days(
    plant: &mut Plant,
    erp: &TrainingErp,
    days: &[(Option<Day>, PathBuf)],
    (first, last): (Day, Day),
    (stop, progress): (&CancellationToken, &mut dyn FnMut(Day)),
) -> Result<Ended> {
    let announced = plant.announced().await?;
    let start = announced.map_or(first, |(day, _)| day);
    if start > last {
        tell(&format!(
            "the data directory has come to {start} already: no day is run, the figures are of {start}"
        ));
    }
    // What was put into the folder of a day that has passed comes with the first day that has not.
    let next = next_day(announced);
    // What an earlier run left under way comes to rest first, so that every day begins like in a run without break.
    erp.open_day(start).await?;
    plant.resume_files(start).await?;
    if plant.settle(stop).await? == Settled::Stopped {
        return Ok(Ended::Stopped);
    }
    for day in start.iter_days().take_while(|day| *day <= last) {
        erp.open_day(day).await?;
        let due = days.iter().filter_map(|(of, folder)| match (of.unwrap_or(first), next) {
            (of, Some(next)) if of < next && day == next => Some((Some(of), folder.as_path())),
            (of, next) if of == day && next.is_none_or(|next| next <= day) => Some((None, folder.as_path())),
            _ => None,
        });
        let due: Vec<_> = due.collect();
        let mut settled = plant.take_and_settle(&due, day, stop).await?;
        for phase in Phase::ALL {
            if settled == Settled::Stopped {
                return Ok(Ended::Stopped);
            }
            plant.announce(day, phase).await?;
            settled = plant.settle(stop).await?;
        }
        if settled == Settled::Stopped {
            return Ok(Ended::Stopped);
        }
        progress(day);
    }
    Ok(Ended::Done)
}

/// The first day that is not over, where one has begun.
fn next_day(announced: Option<(Day, Phase)>) -> Option<Day> {
    match announced? {
        (day, Phase::Closed) => day.succ_opt(),
        (day, Phase::Opened | Phase::Closing) => Some(day),
    }
}

/// How many files lie in folders of days that are over and are not in the ledger.
async fn untaken(plant: &mut Plant, days: &[(Option<Day>, PathBuf)], first: Day) -> Result<u64> {
    let mut untaken = 0;
    if let Some(next) = next_day(plant.announced().await?) {
        for (_, folder) in days.iter().filter(|(of, _)| of.unwrap_or(first) < next) {
            untaken += plant.untaken(folder).await?;
        }
    }
    Ok(untaken)
}

fn input_days(input: &Path) -> Result<Vec<(Option<Day>, PathBuf)>> {
    intake::days(input).map_err(|error| WrongInput(error.to_string()).into())
}

/// Orders under way at the same time: more than the ERP sandbox can use helps nobody.
fn parallel(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (1..=64).contains(n)).ok_or_else(|| "a number from 1 to 64".to_owned())
}

/// Told before a run of hours, and not after it.
fn can_be_written(path: &Path) -> Result<(), WrongInput> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            Err(WrongInput(format!("{}: there is no directory {}", path.display(), folder.display())))
        }
        _ if path.is_dir() => Err(WrongInput(format!("{} is a directory; name a file", path.display()))),
        _ => Ok(()),
    }
}

fn cannot_write(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}

/// Says what the user of a command should see besides its result.
#[allow(clippy::print_stderr, reason = "it is what the user of a command sees")]
pub fn tell(text: &str) {
    eprintln!("rettidig: {text}");
}

/// Says something to the user of a command. A reader that has gone away needs no answer.
pub fn say(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}
