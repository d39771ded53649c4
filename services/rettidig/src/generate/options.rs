//! What is asked for, and what was made.

use super::Profile;
use clap::Args;
use domain::{Day, Period};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Write input files in the registers' own formats, one folder a day, as they would arrive at a municipality: extracts
/// of the population register, answers of the income register, and case commands. All persons are fictive.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The kind of municipality: `small`, or `copenhagen` with its rates, incomes and families of 2014.
    #[arg(long, value_enum, default_value_t = Profile::Small)]
    pub profile: Profile,
    /// Families with a child below school age at the start.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    pub households: u32,
    /// How many months.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=168))]
    pub months: u32,
    /// The first month, 2013-01 or later.
    #[arg(long, value_name = "YYYY-MM", default_value = "2023-01")]
    pub from: Period,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The directory to write to: new or empty.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How many cases of a hundred are billed by a standing order in the ERP instead of a command a month.
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub standing_share: u32,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The first and the last day with files.
    pub days: Option<(Day, Day)>,
    /// Files.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Households, those that came later included.
    pub households: u64,
    /// Residents of temporary housing.
    pub residents: u64,
    /// Debtors of repayable cash assistance.
    pub debtors: u64,
    /// Households of the Swedish municipality.
    pub swedish_households: u64,
    /// Persons of the population register.
    pub persons: u64,
    /// Records of persons (001 with what belongs to it) in the extracts.
    pub snapshots: u64,
    /// Events of the population register by code.
    pub register_events: BTreeMap<String, u64>,
    /// Reports to the income register.
    pub reports: u64,
    /// Those of them that reverse an earlier one.
    pub reversals: u64,
    /// Those of them that correct an earlier month.
    pub corrections: u64,
    /// Case commands by kind.
    pub commands: BTreeMap<String, u64>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((first, last)) = self.days {
            writeln!(f, "days               {first} to {last}")?;
        }
        writeln!(f, "files              {} ({} MB)", self.files, self.bytes / 1_000_000)?;
        writeln!(f, "households         {}", self.households)?;
        writeln!(f, "residents          {}", self.residents)?;
        writeln!(f, "debtors            {}", self.debtors)?;
        writeln!(f, "Swedish households {}", self.swedish_households)?;
        writeln!(f, "persons            {}", self.persons)?;
        let events: u64 = self.register_events.values().sum();
        writeln!(f, "events of persons  {events} {}", by_kind(&self.register_events))?;
        let (reversals, corrections) = (self.reversals, self.corrections);
        writeln!(
            f,
            "income reports     {} ({reversals} reversals, {corrections} corrections)",
            self.reports
        )?;
        let commands: u64 = self.commands.values().sum();
        write!(f, "case commands      {commands} {}", by_kind(&self.commands))
    }
}

fn by_kind(counts: &BTreeMap<String, u64>) -> String {
    let parts: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    format!("({})", parts.join(", "))
}
