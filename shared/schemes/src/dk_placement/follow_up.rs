//! The half-yearly follow-up: a task for a person, by the municipality's own guideline. It holds no amount and the
//! assessment takes none of it, so a follow-up that was missed cannot change what is charged.

use super::Settings;
use chrono::Months;
use domain::Day;

/// When an active case was last followed up, and who is to do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The case, by a name that is no personal datum.
    pub case: String,
    /// The responsible unit.
    pub unit: String,
    /// The last follow-up; the decision's day where there was none yet.
    pub last: Day,
}

/// A follow-up that is overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUpTask {
    /// The case.
    pub case: String,
    /// The responsible unit.
    pub unit: String,
    /// The last day on which it would have been in time.
    pub due: Day,
    /// Days since then, at least 1.
    pub days_overdue: i64,
}

impl FollowUp {
    /// The last day on which the next follow-up is in time.
    pub fn due(&self, settings: &Settings) -> Day {
        self.last.checked_add_months(Months::new(settings.follow_up_months)).unwrap_or(Day::MAX)
    }
}

/// Every case whose last follow-up is too old on `on`, the longest overdue first, then by name.
pub fn overdue(cases: &[FollowUp], on: Day, settings: &Settings) -> Vec<FollowUpTask> {
    let mut tasks: Vec<FollowUpTask> = cases
        .iter()
        .map(|case| (case, case.due(settings)))
        .filter(|(_, due)| *due < on)
        .map(|(case, due)| FollowUpTask {
            case: case.case.clone(),
            unit: case.unit.clone(),
            due,
            days_overdue: (on - due).num_days(),
        })
        .collect();
    tasks.sort_by(|a, b| (b.days_overdue, &a.case).cmp(&(a.days_overdue, &b.case)));
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn case(name: &str, last: &str) -> FollowUp {
        FollowUp { case: name.to_owned(), unit: "unit 1".to_owned(), last: day(last) }
    }

    fn listed(cases: &[FollowUp], on: &str) -> Vec<(String, i64)> {
        let tasks = overdue(cases, day(on), &Settings::default());
        tasks.into_iter().map(|task| (task.case, task.days_overdue)).collect()
    }

    #[test]
    fn a_case_is_listed_the_day_after_six_months_and_not_the_day_itself() {
        let cases = [case("a", "2023-10-01")];
        assert_eq!(listed(&cases, "2024-03-31"), []);
        assert_eq!(listed(&cases, "2024-04-01"), []);
        assert_eq!(listed(&cases, "2024-04-02"), [("a".to_owned(), 1)]);
    }

    #[test]
    fn the_end_of_a_long_month_is_due_at_the_end_of_the_short_one() {
        let cases = [case("a", "2023-08-31")];
        assert_eq!(listed(&cases, "2024-02-29"), []);
        assert_eq!(listed(&cases, "2024-03-01"), [("a".to_owned(), 1)]);
    }

    #[test]
    fn the_longest_overdue_comes_first() {
        let cases = [case("b", "2023-10-01"), case("a", "2023-10-01"), case("c", "2023-01-01")];
        let names: Vec<String> = listed(&cases, "2024-05-01").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["c", "a", "b"]);
    }

    #[test]
    fn the_guideline_of_another_municipality_is_a_setting() {
        let settings = Settings { follow_up_months: 12, ..Settings::default() };
        assert!(overdue(&[case("a", "2023-10-01")], day("2024-10-01"), &settings).is_empty());
        assert_eq!(overdue(&[case("a", "2023-10-01")], day("2024-10-02"), &settings).len(), 1);
    }
}
