//! `rettidig balance`: what should have been invoiced and what was, month by month.

use crate::place::Place;
use crate::report::{self, grouped};
use crate::run::{say, tell};
use anyhow::Result;
use clap::Args;
use domain::Period;
use reconciliation::BalanceLine;

/// Show the equation of every authority, charge type and month: expected = confirmed + credited + exempt + open, in payers'
/// months and in kroner.
///
/// expected: determined, exempted or not. confirmed: charged by the ERP; months right by that. credited: credited by the ERP
/// (below zero); months right after a credit. exempt: lawfully not charged. open: not billed yet, or billed too much (below
/// zero). It stands as of the last comparison.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Months before this one are left out, yyyy-mm.
    #[arg(long, value_name = "YYYY-MM")]
    from: Option<Period>,
    /// Only lines in which something is open.
    #[arg(long)]
    open: bool,
    /// One JSON object a line, each share as `count` and `amount`.
    #[arg(long)]
    json: bool,
}

/// The command.
pub async fn run(options: &Options) -> Result<()> {
    let store = options.place.store(reconciliation::STAGE_NAME).await?;
    let balance = report::balance(&*store).await?;
    let wanted = |line: &&BalanceLine| {
        let is_open = line.open.count > 0 || !line.open.amount.is_zero();
        options.from.is_none_or(|from| line.period >= from) && (is_open || !options.open)
    };
    let lines: Vec<&BalanceLine> = balance.values().filter(wanted).collect();
    if lines.is_empty() {
        tell("There is no such month.");
        return Ok(());
    }
    if options.json {
        for line in lines {
            say(&serde_json::to_string(line)?);
        }
        return Ok(());
    }
    say(&format!(
        "{:<4} {:<26} {:<8}{:>24}{:>24}{:>24}{:>24}{:>24}",
        "", "", "", "expected", "confirmed", "credited", "exempt", "open"
    ));
    lines.iter().for_each(|line| say(&row(line)));
    Ok(())
}

fn row(line: &BalanceLine) -> String {
    let BalanceLine { authority, charge_type, period, .. } = line;
    let shares = line
        .shares()
        .map(|share| format!("{:>24}", format!("{} {:>15}", share.count, grouped(&share.amount.to_text()))));
    format!(
        "{:<4} {:<26} {:<8}{}",
        authority.as_str(),
        charge_type.as_str(),
        period.to_string(),
        shares.concat()
    )
}
