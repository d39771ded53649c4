//! `rettidig demo`: a small municipality through a year, with an ERP that makes mistakes.

mod summary;

use crate::cli::{Ended, WrongInput};
use crate::generate::{self, Profile};
use crate::run::{self, forward, say};
use anyhow::Result;
use clap::Args;
use domain::{Day, Period};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// What the training ERP does wrong in the demonstration, in its own words.
const FAULTS: &str = include_str!("demo/faults.yaml");

/// What its authorities have chosen where there is no default.
const SETTINGS: &str = include_str!("demo/settings.yaml");

/// How many cases of a hundred are billed by standing order in the demonstration.
const STANDING_SHARE: u32 = 50;

/// How many orders the training ERP gets at the same time in the demonstration.
const ERP_CALLS_IN_FLIGHT: usize = 16;

/// Options of the demonstration.
#[derive(Debug, Args)]
pub struct Options {
    /// Households with children in daycare.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    households: u32,
    /// Months, from January 2023.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=47))]
    months: u32,
    /// Another seed gives other families.
    #[arg(long, default_value_t = 2023)]
    seed: u64,
    /// Where everything is kept.
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data: PathBuf,
    /// Let the ERP do everything right.
    #[arg(long)]
    no_faults: bool,
}

/// What a demonstration directory was made with: it goes on only with the same.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Made {
    households: u32,
    months: u32,
    seed: u64,
    no_faults: bool,
}

/// The command.
pub async fn run(options: &Options) -> Result<Ended> {
    let made = Made {
        households: options.households,
        months: options.months,
        seed: options.seed,
        no_faults: options.no_faults,
    };
    let from = Period::new(2023, 1)?;
    let until = from.plus_months(options.months).minus_months(1).last_day();
    prepare(&options.data, &made, from)?;
    say(&format!(
        "{} households from {from}, every day to {until}: their moves, births, pay slips and applications, as files in\n\
         the formats of the registers; then the ERP that invoices them{}.\n",
        options.households,
        if options.no_faults { "" } else { ", which makes mistakes" },
    ));
    let faults = options.data.join("faults.yaml");
    // A demonstration that was begun before it had settings goes on without.
    let settings = Some(options.data.join("settings.yaml")).filter(|file| file.exists());
    let run = run::Options {
        input: options.data.join("input"),
        until,
        data: options.data.join("data"),
        erp_faults: (!options.no_faults).then_some(faults),
        faults_log: Some(options.data.join("faults.jsonl")),
        findings: Some(options.data.join("findings.jsonl")),
        report: Some(options.data.join("report.json")),
        settings,
        accept_changed_settings: false,
        person_secret_file: None,
        partitions: crate::data::PARTITIONS,
        // A demonstration is made again in a minute.
        commits_outlive: run::Outlives::Process,
        erp_calls_in_flight: ERP_CALLS_IN_FLIGHT,
        alerts: alerting::AlertConfig::default(),
    };
    let bar = progress(from.first_day(), until);
    let (ended, report) = forward(&run, &mut |day| {
        bar.set_message(day.to_string());
        bar.inc(1);
    })
    .await?;
    bar.finish_and_clear();
    if ended == Ended::Stopped {
        say(run::STOPPED);
        return Ok(ended);
    }
    say(&summary::text(&options.data, until, &report)?);
    Ok(ended)
}

/// Makes the input, or checks that it is the same demonstration that goes on.
fn prepare(data: &Path, made: &Made, from: Period) -> Result<()> {
    let label = data.join("demo.json");
    if label.exists() {
        let before: Made = serde_json::from_slice(&fs::read(&label)?)?;
        if before != *made {
            let text = format!(
                "{} holds a demonstration with other options; name another --data or delete it",
                data.display()
            );
            return Err(WrongInput(text).into());
        }
        return Ok(());
    }
    fs::create_dir_all(data)
        .map_err(|error| WrongInput(format!("{} cannot be made: {error}", data.display())))?;
    let (input, being_made) = (data.join("input"), data.join("demo.json.part"));
    if being_made.exists() {
        // An earlier call was stopped while it wrote the files.
        if input.exists() {
            fs::remove_dir_all(&input)?;
        }
    } else if fs::read_dir(data)?.next().is_some() {
        let text = format!("{} holds something else; name an empty or a new directory", data.display());
        return Err(WrongInput(text).into());
    }
    fs::write(&being_made, "")?;
    generate::run(&generate::Options {
        profile: Profile::Small,
        households: made.households,
        months: made.months,
        from,
        seed: made.seed,
        out: input,
        standing_share: STANDING_SHARE,
    })?;
    fs::write(data.join("faults.yaml"), FAULTS)?;
    fs::write(data.join("settings.yaml"), SETTINGS)?;
    // Under its name last: without it the next call begins anew.
    fs::write(&being_made, serde_json::to_string(made)?)?;
    fs::rename(being_made, label)?;
    Ok(())
}

fn progress(first: Day, last: Day) -> ProgressBar {
    let days = u64::try_from((last - first).num_days() + 1).unwrap_or_default();
    let bar = ProgressBar::new(days);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} days, {elapsed} of about {duration}")
    {
        bar.set_style(style);
    }
    bar
}
