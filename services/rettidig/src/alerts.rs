//! `rettidig alerts`: what billing staff are told, as it stands.

use crate::data;
use crate::report::contents;
use crate::run::{say, tell};
use anyhow::Result;
use clap::Args;
use eventlog::embedded::EmbeddedLog;
use messages::{Alert, AlertState, Severity};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// List what billing staff are told, whether or not a receiver is configured: each cause once, the worst first.
#[derive(Debug, Args)]
pub struct Options {
    /// The data directory of `run`, `up` or (in its folder `data`) `demo`.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Also what is over.
    #[arg(long)]
    all: bool,
}

/// The command.
pub async fn list(options: &Options) -> Result<()> {
    let partitions = data::partitions(&options.data)?;
    let log = EmbeddedLog::open(data::log_file(&options.data), partitions).await?;
    let mut latest: BTreeMap<String, Alert> = BTreeMap::new();
    for alert in contents::<Alert>(&log).await? {
        latest.insert(alert.cause.clone(), alert);
    }
    let mut alerts: Vec<Alert> =
        latest.into_values().filter(|alert| options.all || alert.state != AlertState::Resolved).collect();
    alerts.sort_by_key(|alert| (alert.severity != Severity::Critical, alert.raised_on));
    if alerts.is_empty() {
        tell("No alert is open.");
    }
    alerts.iter().for_each(|alert| say(&text(alert)));
    Ok(())
}

fn text(alert: &Alert) -> String {
    let Alert { state, severity, raised_on, on, title, items, .. } = alert;
    let severity = match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
    };
    let told = match state {
        AlertState::Resolved => format!("over since {on}"),
        AlertState::Raised | AlertState::Repeated => format!("told last on {on}"),
    };
    format!("{severity}: {title}\n  since {raised_on}, {told}: {}", items.join(", "))
}
