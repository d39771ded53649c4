//! Residents without a decision: nobody waits in silence, every unit is shown, also with nothing.

use super::Paragraph;
use crate::Error;
use domain::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A resident of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resident {
    /// The case; no personal datum.
    pub resident: String,
    /// The unit that is responsible.
    pub unit: String,
    /// The paragraph of the stay.
    pub paragraph: Paragraph,
    /// The first day.
    pub moved_in: Day,
    /// The last day; left out: still there.
    #[serde(default)]
    pub moved_out: Option<Day>,
    /// The day on which a decision with a concrete amount was communicated.
    #[serde(default)]
    pub decision_communicated_on: Option<Day>,
    /// Whether the resident is charged.
    pub charged: bool,
}

/// A resident on the work list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// The case.
    pub resident: String,
    /// The unit.
    pub unit: String,
    /// Days since the resident moved in.
    pub age_days: i64,
    /// Whether the resident is charged all the same: the charge is stopped at once.
    pub charged: bool,
}

/// The figures of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitCount {
    /// The unit.
    pub unit: String,
    /// Residents on the day.
    pub residents: u32,
    /// With a communicated decision with a concrete amount.
    pub with_decision: u32,
    /// Without.
    pub without_decision: u32,
    /// Charged.
    pub charged: u32,
}

impl Resident {
    fn lives_there(&self, on: Day) -> bool {
        self.moved_in <= on && self.moved_out.is_none_or(|last| on <= last)
    }

    fn has_decision(&self, on: Day) -> bool {
        self.decision_communicated_on.is_some_and(|day| day <= on)
    }
}

/// The residents without a decision on a day, from the day they moved in; the oldest first.
pub fn without_decision(residents: &[Resident], on: Day) -> Vec<Waiting> {
    let mut waiting: Vec<Waiting> = residents
        .iter()
        .filter(|r| r.lives_there(on) && !r.has_decision(on))
        .map(|r| Waiting {
            resident: r.resident.clone(),
            unit: r.unit.clone(),
            age_days: (on - r.moved_in).num_days(),
            charged: r.charged,
        })
        .collect();
    waiting.sort_by(|a, b| (b.age_days, &a.resident).cmp(&(a.age_days, &b.resident)));
    waiting
}

/// Those who have waited so many days or longer: a matter of the management.
pub fn escalated(waiting: &[Waiting], after_days: i64) -> Vec<&Waiting> {
    waiting.iter().filter(|w| w.age_days >= after_days).collect()
}

/// The figures of every unit on a day, in the order given, also those with nothing. Refuses a resident of a unit that is
/// not among them.
pub fn unit_report(units: &[&str], residents: &[Resident], on: Day) -> Result<Vec<UnitCount>, Error> {
    if let Some(n) = residents.iter().position(|r| !units.contains(&r.unit.as_str())) {
        return Err(Error::input(format!("residents[{}].unit", n + 1), "is none of the units of the report"));
    }
    let count = |unit: &str| {
        let here: Vec<&Resident> = residents.iter().filter(|r| r.unit == unit && r.lives_there(on)).collect();
        let number = |found: usize| u32::try_from(found).unwrap_or(u32::MAX);
        let with_decision = number(here.iter().filter(|r| r.has_decision(on)).count());
        UnitCount {
            unit: unit.to_owned(),
            residents: number(here.len()),
            with_decision,
            without_decision: number(here.len()) - with_decision,
            charged: number(here.iter().filter(|r| r.charged).count()),
        }
    };
    Ok(units.iter().map(|unit| count(unit)).collect())
}

/// Whether the area is in safe operation: nobody without a decision in so many reports in a row, the latest last.
pub fn in_safe_operation(without_decision: &[u32], runs: usize) -> bool {
    runs > 0
        && without_decision.len() >= runs
        && without_decision.iter().rev().take(runs).all(|count| *count == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn resident(name: &str, unit: &str, moved_in: &str, decision: Option<&str>) -> Resident {
        Resident {
            resident: name.into(),
            unit: unit.into(),
            paragraph: Paragraph::P107,
            moved_in: day(moved_in),
            moved_out: None,
            decision_communicated_on: decision.map(day),
            charged: decision.is_some(),
        }
    }

    #[test]
    fn a_resident_is_on_the_list_from_the_day_of_moving_in_until_the_decision_is_communicated() {
        let one = [resident("a", "north", "2023-05-01", Some("2023-05-20"))];
        assert_eq!(without_decision(&one, day("2023-04-30")), []);
        assert_eq!(without_decision(&one, day("2023-05-01"))[0].age_days, 0);
        assert_eq!(without_decision(&one, day("2023-05-19"))[0].age_days, 18);
        assert_eq!(without_decision(&one, day("2023-05-20")), []);
        let left = Resident { moved_out: Some(day("2023-05-10")), ..one[0].clone() };
        assert_eq!(without_decision(std::slice::from_ref(&left), day("2023-05-10")).len(), 1);
        assert_eq!(without_decision(&[left], day("2023-05-11")), []);
    }

    #[test]
    fn the_oldest_stands_first_and_is_escalated_first() {
        let two = [resident("b", "north", "2023-05-02", None), resident("a", "north", "2023-05-01", None)];
        let list = without_decision(&two, day("2023-06-01"));
        assert_eq!(list.iter().map(|w| w.resident.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(escalated(&list, 31).len(), 1);
        assert_eq!(escalated(&list, 30).len(), 2);
    }

    #[test]
    fn the_seeds_unit_of_the_homeless_shows_its_eighty_residents_and_an_empty_unit_its_zeros() {
        let homeless = (0..80).map(|n| resident(&format!("h{n}"), "homeless", "2020-01-01", None));
        let others = (0..291).map(|n| resident(&format!("o{n}"), "others", "2020-01-01", Some("2020-01-02")));
        let all: Vec<Resident> = homeless.chain(others).collect();
        let report = unit_report(&["homeless", "others", "empty"], &all, day("2023-10-01")).unwrap();
        let figures: Vec<[u32; 4]> =
            report.iter().map(|u| [u.residents, u.with_decision, u.without_decision, u.charged]).collect();
        assert_eq!(figures, [[80, 0, 80, 0], [291, 291, 0, 291], [0, 0, 0, 0]]);
        assert!(unit_report(&["others"], &all, day("2023-10-01")).is_err());
    }

    #[test]
    fn safe_operation_takes_reports_in_a_row_without_anybody_waiting() {
        assert!(in_safe_operation(&[80, 30, 0, 0, 0], 3));
        assert!(!in_safe_operation(&[0, 0, 1, 0, 0], 3));
        assert!(!in_safe_operation(&[0, 0], 3) && !in_safe_operation(&[], 0));
    }
}
