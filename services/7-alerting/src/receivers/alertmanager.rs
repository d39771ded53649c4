//! The body of Alertmanager's API v2, `POST /api/v2/alerts` (its OpenAPI: `postableAlerts`).

use chrono::{DateTime, TimeDelta, Utc};
use messages::{Alert, AlertState, Severity};
use serde::Serialize;
use std::collections::BTreeMap;

/// How long an alert stays active without being repeated, in days: two repeats of the slowest kind.
const ACTIVE_DAYS: i64 = 14;

/// An alert as Alertmanager takes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostableAlert {
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// The body that raises, keeps or resolves the alert. Labels are its identity, so they never change with its state.
pub fn alerts(alert: &Alert) -> Vec<PostableAlert> {
    let severity = match alert.severity {
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    };
    let class = alert.cause.split('/').next().unwrap_or_default();
    let labels = [
        ("alertname", format!("rettidig_{class}")),
        ("cause", alert.cause.clone()),
        ("service", "rettidig".to_owned()),
        ("severity", severity.to_owned()),
    ];
    let annotations = [
        ("summary", alert.title.clone()),
        ("count", alert.count.to_string()),
        ("amount", alert.amount.map(|amount| amount.to_string()).unwrap_or_default()),
        ("items", alert.items.join(" ")),
    ];
    let now = now();
    let starts_at = alert.raised_on.and_time(chrono::NaiveTime::MIN).and_utc().min(now);
    let ends_at = match alert.state {
        AlertState::Resolved => now,
        AlertState::Raised | AlertState::Repeated => now + TimeDelta::days(ACTIVE_DAYS),
    };
    vec![PostableAlert { labels: labels.into(), annotations: annotations.into(), starts_at, ends_at }]
}

/// Alertmanager forgets an alert by the real clock, so this edge reads it.
#[allow(clippy::disallowed_methods, reason = "Alertmanager ends alerts by the real clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}
