//! The dry run: what other parameters would change for everybody, before they reach anybody.

use super::law::Law;
use super::population::{self, Lines};
use anyhow::Result;
use domain::Money;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// How many of the largest changes are listed.
const LARGEST: usize = 10;

/// What would change.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// Lines of the population.
    cases: u64,
    /// Cases that neither law can assess.
    refused_by_both: u64,
    /// Cases that only the law of today cannot assess.
    refused_before_only: u64,
    /// Cases that only the changed law cannot assess.
    refused_after_only: u64,
    /// Those that both can, by scheme.
    schemes: BTreeMap<&'static str, Changes>,
    /// The largest changes either way.
    largest: Vec<Change>,
}

/// The changes of a scheme, kroner or kronor a month.
#[derive(Debug, Default, Serialize)]
struct Changes {
    cases: u64,
    changed: u64,
    raised: u64,
    #[serde(serialize_with = "two_decimals")]
    raised_by: Decimal,
    lowered: u64,
    #[serde(serialize_with = "two_decimals")]
    lowered_by: Decimal,
}

/// A case whose payment changes.
#[derive(Debug, Clone, Serialize)]
struct Change {
    line: u64,
    scheme: &'static str,
    #[serde(serialize_with = "two_decimals")]
    before: Decimal,
    #[serde(serialize_with = "two_decimals")]
    after: Decimal,
    #[serde(serialize_with = "two_decimals")]
    difference: Decimal,
}

/// A case under both laws.
enum Compared {
    Both { line: u64, scheme: &'static str, before: Money, after: Money },
    RefusedByBoth,
    RefusedBefore,
    RefusedAfter,
}

/// Compares the payments of a population under `law` and under the parameters of a directory.
pub(super) fn run(population: &Path, law: &Law, parameters: &Path, out: Option<&Path>) -> Result<()> {
    let changed = Law::changed(parameters)?;
    let out = out.map(|out| population::create(out, population)).transpose()?;
    let mut lines = Lines::open(population)?;
    let mut report = Report::default();
    loop {
        let block = lines.block()?;
        if block.is_empty() {
            break;
        }
        let compared = population::on_every_core(&block, |line| {
            match (population::assess(line, law), population::assess(line, &changed)) {
                (Ok(before), Ok(after)) => Compared::Both {
                    line: line.number,
                    scheme: before.scheme(),
                    before: before.payable,
                    after: after.payable,
                },
                (Err(_), Err(_)) => Compared::RefusedByBoth,
                (Err(_), Ok(_)) => Compared::RefusedBefore,
                (Ok(_), Err(_)) => Compared::RefusedAfter,
            }
        });
        compared.into_iter().for_each(|case| report.count(case));
        report.keep_largest();
    }
    if let Some(mut out) = out {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    }
    Ok(write!(std::io::stdout().lock(), "{}", report.table())?)
}

impl Report {
    fn count(&mut self, case: Compared) {
        self.cases += 1;
        let (line, scheme, before, after) = match case {
            Compared::RefusedByBoth => return self.refused_by_both += 1,
            Compared::RefusedBefore => return self.refused_before_only += 1,
            Compared::RefusedAfter => return self.refused_after_only += 1,
            Compared::Both { line, scheme, before, after } => (line, scheme, before.amount(), after.amount()),
        };
        let changes = self.schemes.entry(scheme).or_default();
        let difference = after - before;
        changes.cases += 1;
        if difference.is_zero() {
            return;
        }
        changes.changed += 1;
        if difference > Decimal::ZERO {
            changes.raised += 1;
            changes.raised_by += difference;
        } else {
            changes.lowered += 1;
            changes.lowered_by -= difference;
        }
        self.largest.push(Change { line, scheme, before, after, difference });
    }

    fn keep_largest(&mut self) {
        self.largest.sort_by(|a, b| (b.difference.abs(), a.line).cmp(&(a.difference.abs(), b.line)));
        self.largest.truncate(LARGEST);
    }

    fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:<22}{:>10}{:>10}{:>10}{:>18}{:>10}{:>18}",
            "scheme", "cases", "changed", "raised", "by a month", "lowered", "by a month"
        );
        for (scheme, of) in &self.schemes {
            let _ = writeln!(
                text,
                "{scheme:<22}{:>10}{:>10}{:>10}{:>18.2}{:>10}{:>18.2}",
                of.cases, of.changed, of.raised, of.raised_by, of.lowered, of.lowered_by
            );
        }
        let _ = writeln!(
            text,
            "\n{} cases; cannot be assessed: {} under both, {} only today, {} only under the changed parameters",
            self.cases, self.refused_by_both, self.refused_before_only, self.refused_after_only
        );
        if !self.largest.is_empty() {
            let _ = writeln!(text, "\nthe largest changes");
            let _ = writeln!(
                text,
                "{:>10}  {:<22}{:>14}{:>14}{:>14}",
                "line", "scheme", "before", "after", "difference"
            );
        }
        for change in &self.largest {
            let _ = writeln!(
                text,
                "{:>10}  {:<22}{:>14.2}{:>14.2}{:>14.2}",
                change.line, change.scheme, change.before, change.after, change.difference
            );
        }
        text
    }
}

fn two_decimals<S: serde::Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("{amount:.2}"))
}
