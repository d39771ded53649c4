//! What is kept about a cause.

use domain::{Day, Money};
use messages::Severity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The trouble of one cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// What is open, by the id of the finding, refusal or file.
    pub open: BTreeMap<String, Item>,
    /// What kind of trouble, as the title names it.
    pub kind: String,
    /// How bad.
    pub severity: Severity,
    /// Since when staff know, and when they were told last; absent while they do not know.
    pub told: Option<ToldOn>,
    /// How many alerts this cause has had: part of the call ids.
    pub alerts: u32,
}

/// When staff were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldOn {
    /// First.
    pub first: Day,
    /// Last.
    pub last: Day,
}

/// Something open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The case or file it is about.
    pub name: String,
    /// The kroner at stake.
    pub amount: Option<Money>,
}
