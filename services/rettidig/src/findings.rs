//! `rettidig findings`: where the ERP differs from what is owed.

use crate::place::Place;
use crate::report::{grouped, write_findings};
use crate::run::{say, tell};
use crate::states;
use anyhow::Result;
use clap::Args;
use messages::{Finding, FindingState};
use std::io;

/// List the findings: where the ERP differs from what is owed, case by case, the oldest first, as of the last comparison.
///
/// One line each: opened on, class, case, payer's key, charge type, month, kroner (missing in the ERP above zero, too much below
/// zero), and what it is.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Only of this case.
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Those that have been resolved, too.
    #[arg(long)]
    all: bool,
    /// One JSON object a line, as `run --findings` writes.
    #[arg(long)]
    json: bool,
}

/// The command.
pub async fn run(options: &Options) -> Result<()> {
    let store = options.place.store(reconciliation::STAGE_NAME).await?;
    let mut findings: Vec<Finding> = Vec::new();
    let wanted = |finding: &Finding| {
        let is_open = !matches!(finding.state, FindingState::Resolved { .. });
        let case = finding.case.as_ref().map(|case| case.as_str());
        (is_open || options.all) && options.case.as_deref().is_none_or(|named| case == Some(named))
    };
    states::each(&*store, |_, state: reconciliation::State| {
        findings.extend(state.findings.into_values().filter(wanted));
        Ok(())
    })
    .await?;
    if options.json {
        return write_findings(&mut io::stdout().lock(), &findings);
    }
    if findings.is_empty() {
        tell("There is no such finding.");
        return Ok(());
    }
    findings.sort_by(|a, b| (a.opened_on, a.class, &a.case).cmp(&(b.opened_on, b.class, &b.case)));
    findings.iter().for_each(|finding| say(&line(finding)));
    Ok(())
}

fn line(finding: &Finding) -> String {
    let Finding { class, case, payer, charge_type, period, amount, opened_on, state, detail, .. } = finding;
    let unknown = || "-".to_owned();
    let case = case.as_ref().map_or_else(unknown, ToString::to_string);
    let payer = payer.as_ref().map_or_else(unknown, ToString::to_string);
    let over = match state {
        FindingState::Resolved { on, .. } => format!(" (resolved on {on})"),
        _ => String::new(),
    };
    let class = class.name();
    let amount = grouped(&amount.to_text());
    format!("{opened_on} {class} {case} {payer} {charge_type} {period} {amount} kr.: {detail}{over}")
}
