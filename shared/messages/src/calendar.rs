//! `calendar.days`: time as an event.

use crate::body::content_kinds;
use crate::{Content, Topic};
use domain::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A day and how far it has come. Every partition gets every one, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarDay {
    /// The day.
    pub date: Day,
    /// How far it has come.
    pub phase: Phase,
}

/// Part of a day. Work of one phase is at rest before the next is announced in a fast-forward run; in production they
/// are announced at fixed hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Morning: assessment, invoicing and alerting do their due work.
    Opened,
    /// Evening: the ERP's ledger is read.
    Closing,
    /// Night: reconciliation compares.
    Closed,
}

impl Phase {
    /// The phases of a day in order.
    pub const ALL: [Self; 3] = [Self::Opened, Self::Closing, Self::Closed];
}

impl Content for CalendarDay {
    const TOPIC: Topic = Topic::CalendarDays;
    fn key(&self) -> String {
        "day".to_owned()
    }
    content_kinds! { content => content.phase;
        Phase::Opened => "day-opened",
        Phase::Closing => "day-closing",
        Phase::Closed => "day-closed",
    }
}
