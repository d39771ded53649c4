//! `rettidig assess`: a case in, the amounts and their reasons out, on one machine without any server.

mod case;
mod childcare;
mod compare;
mod daycare;
mod faults;
mod housing;
mod law;
mod placement;
mod plain;
mod population;
mod read;
mod repayment;
pub mod schema;

use crate::cli::WrongInput;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use faults::Fault;
use law::Law;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Try a case of a scheme: amounts, lines and reasons as JSON.
///
/// FILE.yaml and FILE.json hold one case, FILE.jsonl one a line, each answered by a line. A case that cannot be
/// assessed ends with exit code 2 and one error for each fault, with its path.
#[derive(Debug, Args)]
#[command(
    override_usage = "rettidig assess [--trace json|text|none] FILE\n       \
                      rettidig assess --population FILE.jsonl --out FILE [--trace none|json]\n       \
                      rettidig assess --population FILE.jsonl --compare PARAMS_DIR [--out FILE]",
    after_long_help = include_str!("assess/help.txt")
)]
pub struct Options {
    /// The case: FILE.yaml, FILE.json or FILE.jsonl.
    #[arg(required_unless_present = "population", conflicts_with = "population")]
    file: Option<PathBuf>,
    /// What is told of the reasons. One case: `json` (default) with the answer, `text` as a readable tree in place of
    /// the answer, `none`. Many cases: `none` (default) or `json`.
    #[arg(long, value_enum)]
    trace: Option<Trace>,
    /// Many cases, one a line. Keeps their order; a line that cannot be assessed is answered by its faults, and the
    /// others go on.
    #[arg(long, value_name = "FILE.jsonl")]
    population: Option<PathBuf>,
    /// Where the answers go, one a line; with `--compare`, where the report goes as JSON.
    #[arg(long, value_name = "FILE", requires = "population")]
    out: Option<PathBuf>,
    /// Dry run: what the parameter files of this directory, named as those of the schemes (dk-placement.yaml), would
    /// change for everybody. Prints a table.
    #[arg(long, value_name = "PARAMS_DIR", requires = "population", conflicts_with = "trace")]
    compare: Option<PathBuf>,
}

/// What is told of the reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Trace {
    /// As part of the answer.
    Json,
    /// As a tree to read.
    Text,
    /// Nothing.
    None,
}

/// Assesses one case, many, or many under two laws. A reader of the answers that has gone away needs no more of them.
pub fn run(options: &Options) -> Result<()> {
    match assess(options) {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        ended => ended,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn assess(options: &Options) -> Result<()> {
    if options.file.is_some() && options.out.is_some() {
        // The parser does not ask for --population where a FILE excludes it.
        bail!(WrongInput(
            "--out is where the answers of a --population go; those of a FILE are printed".to_owned()
        ));
    }
    let law = Law::built_in()?;
    match (&options.population, &options.compare, &options.file) {
        (Some(population), Some(parameters), _) => {
            compare::run(population, &law, parameters, options.out.as_deref())
        }
        (Some(_), None, _) if options.out.is_none() => {
            bail!(WrongInput("--population needs --out FILE for the answers, or --compare".to_owned()))
        }
        (Some(population), None, _) => many(population, options.out.as_deref(), options.trace, &law),
        (None, _, Some(file)) if read::is_jsonl(file) => many(file, None, options.trace, &law),
        (None, _, Some(file)) => one(file, options.trace.unwrap_or(Trace::Json), &law),
        (None, _, None) => bail!(WrongInput("name a FILE or a --population".to_owned())),
    }
}

fn one(file: &Path, trace: Trace, law: &Law) -> Result<()> {
    let assessed = read::case(file)?.and_then(|case| case::assess(&case, law));
    let assessed = assessed.map_err(|faults| WrongInput(told(file, &faults)))?;
    let text = match trace {
        Trace::Json => assessed.json(true, true)?,
        Trace::Text => assessed.trace.to_string().trim_end().to_owned(),
        Trace::None => assessed.json(false, true)?,
    };
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}

fn many(file: &Path, out: Option<&Path>, trace: Option<Trace>, law: &Law) -> Result<()> {
    let with_trace = match trace.unwrap_or(Trace::None) {
        Trace::Json => true,
        Trace::None => false,
        Trace::Text => bail!(WrongInput("--trace text shows one case; name a file with one".to_owned())),
    };
    population::run(file, out, with_trace, law)
}

/// One line a fault, each with its path.
fn told(file: &Path, faults: &[Fault]) -> String {
    let lines: Vec<String> =
        faults.iter().map(|fault| format!("\n{}: {}", fault.path, fault.problem)).collect();
    let count = if faults.len() == 1 { "a fault".to_owned() } else { format!("{} faults", faults.len()) };
    format!("{} has {count}{}", file.display(), lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// What the help says of the years of each scheme.
    #[test]
    fn the_years_that_the_help_names_are_known_and_those_beside_them_are_not() {
        let law = Law::built_in().unwrap();
        let daycare = |month: &str| {
            json!({"scheme": "dk-daycare", "month": month, "yearly_income": "250000", "single_provider": false,
                "children_at_home": 1, "places": [{"child": "a", "monthly_rate": "3000", "gross_cost": "20000",
                "treatment": false, "social_percent": "0"}]})
        };
        let placement = |year: &str| {
            let year: i32 = year.parse().unwrap();
            json!({"scheme": "dk-placement", "year": year, "income_base": "400000"})
        };
        let housing = |month: &str| {
            json!({"scheme": "dk-temporary-housing", "month": month, "paragraph": "110", "days": 28,
                "income": true, "decision_communicated_on": "2001-01-20"})
        };
        let repayment = |on: &str| json!({"scheme": "dk-cash-repayment", "on": on, "latest_months": ["9000", "9000"], "provider": true});
        let fixed = |on: &str| json!({"scheme": "dk-cash-repayment", "on": on, "provider": true});
        let childcare = |month: &str| {
            json!({"scheme": "se-childcare", "month": month, "monthly_income": "30000",
                "children": [{"id": "a", "born": format!("{}-01-01", month[..4].parse::<i32>().unwrap() - 3),
                "care": "preschool"}]})
        };
        let known = |case: Value| case::assess(&case, &law).is_ok();
        let is = |case: &dyn Fn(&str) -> Value, yes: &[&str], no: &[&str]| {
            yes.iter().for_each(|on| assert!(known(case(on)), "{on} is known"));
            no.iter().for_each(|on| assert!(!known(case(on)), "{on} is not known"));
        };
        is(&daycare, &["2013-01", "2026-12"], &["2012-12", "2027-01"]);
        is(&placement, &["2016", "2021", "2024"], &["2015", "2017", "2020", "2022", "2023", "2025"]);
        is(&housing, &["2018-01", "2021-12", "2023-01", "2023-12"], &["2017-12", "2022-01", "2024-01"]);
        is(
            &repayment,
            &[
                "2011-01-01",
                "2014-01-01",
                "2015-12-31",
                "2020-01-01",
                "2022-12-31",
                "2023-10-01",
                "2024-12-31",
                "2026-01-01",
                "2026-12-31",
            ],
            &[
                "2010-12-31",
                "2012-01-01",
                "2013-12-31",
                "2016-01-01",
                "2019-12-31",
                "2023-09-30",
                "2025-01-01",
                "2027-01-01",
            ],
        );
        is(&fixed, &["2017-01-01", "2023-12-31"], &["2016-12-31", "2024-01-01"]);
        is(&childcare, &["2002-01", "2025-12"], &["2001-12", "2026-01"]);
    }
}
