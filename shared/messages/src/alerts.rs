//! `alerts`: what staff have been told.

use crate::body::content_kinds;
use crate::{Content, Topic};
use domain::{Day, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is told to staff about one cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// The cause that groups its findings.
    pub cause: String,
    /// How it stands.
    pub state: AlertState,
    /// How bad.
    pub severity: Severity,
    /// The day it was first raised.
    pub raised_on: Day,
    /// The day of this message.
    pub on: Day,
    /// One sentence.
    pub title: String,
    /// How many open findings (or refused records, or held files).
    pub count: u32,
    /// The kroner at stake, where there are any.
    pub amount: Option<Money>,
    /// The cases, or files, concerned; at most the number that the alerting stage names as its limit.
    pub items: Vec<String>,
}

/// How an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// New.
    Raised,
    /// Still there.
    Repeated,
    /// Over.
    Resolved,
}

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To know.
    Warning,
    /// Somebody is not billed, billed wrongly, or nothing flows.
    Critical,
}

impl Content for Alert {
    const TOPIC: Topic = Topic::Alerts;
    fn key(&self) -> String {
        self.cause.clone()
    }
    content_kinds! { content => content.state;
        AlertState::Raised => "raised",
        AlertState::Repeated => "repeated",
        AlertState::Resolved => "resolved",
    }
}
