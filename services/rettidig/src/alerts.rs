//! `rettidig alerts`: what billing staff are told, as it stands.

use crate::place::Place;
use crate::report::contents;
use crate::run::{say, tell};
use anyhow::Result;
use clap::Args;
use messages::{Alert, AlertState, Severity};
use std::collections::BTreeMap;

/// List what billing staff are told, whether or not a receiver is configured: each cause once, the worst first.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Also what is over.
    #[arg(long)]
    all: bool,
}

/// The command.
pub async fn list(options: &Options) -> Result<()> {
    let log = options.place.log().await?;
    let mut latest: BTreeMap<String, Alert> = BTreeMap::new();
    for alert in contents::<Alert>(&*log).await? {
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
    // One that is over lists nothing any more.
    let items = if items.is_empty() { String::new() } else { format!(": {}", items.join(", ")) };
    format!("{severity}: {title}\n  since {raised_on}, {told}{items}")
}
