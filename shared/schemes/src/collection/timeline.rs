//! The way from an invoice to suspension as configuration: versions follow each other, so two that contradict each other
//! are never both in force.

mod load;

use super::calendar::{Country, due_date};
use crate::Error;
use chrono::Days;
use domain::{Day, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The versions of one routine, by their first day, without gap or overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timelines {
    routine: String,
    country: Country,
    versions: Vec<Timeline>,
}

/// One version of the routine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// Its name.
    pub version: String,
    /// The first day on which it is in force.
    pub valid_from: Day,
    /// The last day; left out: until it is changed.
    #[serde(default)]
    pub valid_to: Option<Day>,
    /// Where it was read.
    pub source: String,
    /// The steps, in order.
    steps: Vec<StepRule>,
}

/// A step and its time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepRule {
    step: DunningStep,
    time: Time,
    /// Whom it is for; left out: everybody.
    #[serde(default, rename = "for")]
    customers: Vec<Customer>,
}

/// When a step is taken. Month 0 is the month of the fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Time {
    /// So many days after the due date, moved as it is.
    DaysAfterDue(u64),
    /// Between two days of a month; a day beyond the month is its last.
    Window { month: u32, from_day: u32, to_day: u32 },
}

/// A step on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DunningStep {
    /// A reminder (*betalningspåminnelse*).
    Reminder,
    /// The second reminder.
    SecondReminder,
    /// The demand (*inkassokrav*).
    Demand,
    /// The decision of suspension is prepared, the unit is contacted.
    SuspensionPrepared,
    /// The decision of suspension is sent.
    SuspensionDecided,
    /// The place is suspended.
    SuspensionEffective,
}

/// Whose fee it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Customer {
    /// Childcare.
    Childcare,
    /// Elderly care.
    ElderlyCare,
}

/// The dates of one fee month. The same for everybody with the same month, whoever handles it and however much is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The version it follows.
    pub version: String,
    /// The due date: the last day of the fee month, or the first weekday after it.
    pub due: Day,
    /// The steps for who does not pay, in order.
    pub steps: Vec<PlannedStep>,
}

/// A step and its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// The step.
    pub step: DunningStep,
    /// The first day for it.
    pub from: Day,
    /// The last day for it.
    pub to: Day,
}

impl Timelines {
    /// Reads the versions of a routine in YAML. Fails on an unknown key, a gap or an overlap between versions, and names
    /// routine, version and date.
    pub fn load(yaml: &str) -> Result<Self, Error> {
        load::load(yaml)
    }

    /// The version in force on a day.
    pub fn on(&self, day: Day) -> Result<&Timeline, Error> {
        let holds = |v: &&Timeline| v.valid_from <= day && v.valid_to.is_none_or(|to| day <= to);
        self.versions.iter().find(holds).ok_or_else(|| Error::NoParameter {
            scheme: self.routine.clone(),
            parameter: "timeline".to_owned(),
            on: day,
            known: self.versions.iter().map(|version| (version.valid_from, version.valid_to)).collect(),
        })
    }

    /// The dates of a fee month, by the version in force on its first day.
    pub fn schedule(&self, fee_month: Period, customer: Customer) -> Result<Schedule, Error> {
        let version = self.on(fee_month.first_day())?;
        let due = due_date(self.country, fee_month.last_day());
        let rules =
            version.steps.iter().filter(|s| s.customers.is_empty() || s.customers.contains(&customer));
        let steps = rules.map(|rule| rule.planned(fee_month, due)).collect::<Result<_, _>>()?;
        Ok(Schedule { version: version.version.clone(), due, steps })
    }
}

impl StepRule {
    fn planned(&self, fee_month: Period, due: Day) -> Result<PlannedStep, Error> {
        let (from, to) = match self.time {
            Time::DaysAfterDue(days) => {
                let day = due.checked_add_days(Days::new(days));
                let day = day.ok_or_else(|| Error::input("fee_month", "is beyond the calendar"))?;
                (day, day)
            }
            Time::Window { month, from_day, to_day } => {
                let month = fee_month.plus_months(month);
                let day =
                    |n: u32| Day::from_ymd_opt(month.year(), month.month(), n).unwrap_or(month.last_day());
                (day(from_day), day(to_day))
            }
        };
        Ok(PlannedStep { step: self.step, from, to })
    }
}
