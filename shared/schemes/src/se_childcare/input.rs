//! The facts of one household in one month.

use super::MonthDay;
use crate::Error;
use domain::{Day, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One household (*hushåll*) in one month: the custodian, and a spouse or cohabitant registered at the same address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The month (*avgiftsmånad*).
    pub month: Period,
    /// Kronor a month: the household's income before tax (*bruttoinkomst*) at the start of the month. Left out: the
    /// household has declared none, and the highest fee is due.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub monthly_income: Option<Decimal>,
    /// Other incomes from a later day of the month, because the household or its income changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub income_changes: Vec<IncomeChange>,
    /// The children's places, in any order. A child whose care, hours or address changes in the month has an entry for
    /// each part of it.
    pub children: Vec<ChildInput>,
}

/// Another income from a day of the month on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IncomeChange {
    /// The first day with this income, after the 1st of the month.
    pub from: Day,
    /// Kronor a month. Left out: none is declared for the changed household.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub monthly_income: Option<Decimal>,
}

/// A child's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildInput {
    /// A name for the child that is no personal datum.
    pub id: String,
    /// The child's date of birth: the youngest pays the highest fee.
    pub born: Day,
    /// The form of care.
    pub care: Care,
    /// The first day with the place; left out: before the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day with the place, notice (*uppsägningstid*) included; left out: after the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Hours of care a week, needed where the municipality's reduction depends on them.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub weekly_hours: Option<Decimal>,
    /// Whether the child is registered at the household's address. Only then it counts among the siblings.
    #[serde(default = "yes")]
    pub same_address: bool,
}

/// The form of care (*verksamhetsform*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Care {
    /// *Fritidshem*.
    AfterSchool,
    /// *Förskola*, also *pedagogisk omsorg*.
    Preschool,
}

impl Care {
    /// The name in files and parameters.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AfterSchool => "after_school",
            Self::Preschool => "preschool",
        }
    }
}

/// The most entries of a household: far above any family, small enough to stop a loop in a file.
const CHILDREN_MAX: usize = 40;
/// The largest income, kronor a month.
const INCOME_MAX: i64 = 100_000_000;
/// The longest name of a child, characters.
const NAME_MAX: usize = 80;
/// The hours of a week.
const WEEK_HOURS: i64 = 168;

impl Input {
    /// Everything that makes it no household in a month; nothing when it can be assessed.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults = Vec::new();
        faults.extend(check_income("monthly_income", self.monthly_income).err());
        let mut before = self.month.first_day();
        for (n, change) in self.income_changes.iter().enumerate() {
            let path = format!("income_changes[{}]", n + 1);
            faults.extend(check_income(&format!("{path}.monthly_income"), change.monthly_income).err());
            if !self.month.contains(change.from) || change.from <= before {
                let problem = "lies in the month, after the 1st and after the change before it";
                faults.push(Error::input(format!("{path}.from"), problem));
            }
            before = change.from;
        }
        let count = self.children.len();
        if count == 0 || count > CHILDREN_MAX {
            faults.push(Error::input("children", format!("has {count}; send 1 to {CHILDREN_MAX}")));
        }
        for (n, child) in self.children.iter().enumerate() {
            faults.extend(child.faults(n + 1, self.month));
            let others = self.children[..n].iter();
            faults.extend(others.filter_map(|other| child.agrees_with(other, n + 1).err()).next());
        }
        faults
    }

    /// Refuses what is no household in a month.
    pub(super) fn check(&self) -> Result<(), Error> {
        Error::first(self.faults())
    }
}

impl ChildInput {
    fn faults(&self, position: usize, month: Period) -> Vec<Error> {
        let mut faults = Vec::new();
        let mut fault = |name: &str, problem: &str| faults.push(Error::input(field(position, name), problem));
        if self.id.is_empty() || self.id.chars().count() > NAME_MAX {
            fault("id", &format!("has 1 to {NAME_MAX} characters"));
        }
        if self.born > month.last_day() {
            fault("born", "is after the month; the child is not born yet");
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| to < from) {
            fault("to", "is before `from`");
        }
        if self.from.is_some_and(|from| from < self.born) {
            fault("from", "is before the child was born");
        }
        if self.weekly_hours.is_some_and(|h| h.is_sign_negative() || h > Decimal::from(WEEK_HOURS)) {
            fault("weekly_hours", "is 0 to 168 hours a week");
        }
        faults
    }

    /// Two entries of one child are of one birth and share no day.
    fn agrees_with(&self, other: &Self, position: usize) -> Result<(), Error> {
        if self.id != other.id {
            return Ok(());
        }
        if self.born != other.born {
            return Err(Error::input(field(position, "born"), "differs from the child's other entry"));
        }
        let apart = |a: &Self, b: &Self| a.to.zip(b.from).is_some_and(|(to, from)| to < from);
        if apart(self, other) || apart(other, self) {
            return Ok(());
        }
        Err(Error::input(field(position, "from"), "the child has another entry for some of these days"))
    }

    /// Whether the place is held on a day.
    pub(super) fn holds(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// A day of the year in which the child turns so many years.
    pub(super) fn day_when_turning(&self, years: u32, day: MonthDay) -> Option<Day> {
        let year = i64::from(chrono::Datelike::year(&self.born)) + i64::from(years);
        day.in_year(i32::try_from(year).ok()?)
    }
}

/// Refuses an income that is none. A household that made a loss has an income of 0.
pub(super) fn check_income(name: &str, income: Option<Decimal>) -> Result<(), Error> {
    let in_range =
        |i: Decimal| i >= Decimal::ZERO && i <= Decimal::from(INCOME_MAX) && i.normalize().scale() <= 2;
    if income.is_none_or(in_range) {
        return Ok(());
    }
    Err(Error::input(name, format!("is 0 to {INCOME_MAX} kronor with at most two decimals; a loss is 0")))
}

fn field(position: usize, name: &str) -> String {
    format!("children[{position}].{name}")
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_household_is_told_not_only_the_first() {
        let json = r#"{"month": "2024-03", "monthly_income": "-1",
            "income_changes": [{"from": "2024-03-01", "monthly_income": "-1"}],
            "children": [
                {"id": "", "born": "2024-04-01", "care": "preschool", "weekly_hours": "169"},
                {"id": "a", "born": "2022-05-01", "care": "preschool", "from": "2022-04-01", "to": "2022-03-01"},
                {"id": "b", "born": "2022-05-01", "care": "preschool"},
                {"id": "b", "born": "2022-05-01", "care": "preschool"}]}"#;
        let faults = serde_json::from_str::<Input>(json).unwrap().faults();
        let expected = [
            "monthly_income",
            "income_changes[1].monthly_income",
            "income_changes[1].from",
            "children[1].id",
            "children[1].born",
            "children[1].weekly_hours",
            "children[2].to",
            "children[2].from",
            "children[4].from",
        ];
        assert_eq!(Error::fields(&faults), expected);
    }
}
