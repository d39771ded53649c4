//! Reads a routine's versions.

use super::{Time, Timeline, Timelines};
use crate::Error;
use crate::collection::Country;
use serde::Deserialize;

/// The latest month of a step: two years after the fee.
const MONTH_MAX: u32 = 24;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    routine: String,
    country: Country,
    versions: Vec<Timeline>,
}

pub(super) fn load(yaml: &str) -> Result<Timelines, Error> {
    let file: File = serde_saphyr::from_str(yaml)
        .map_err(|e| Error::Unreadable { what: "the timeline".to_owned(), problem: e.to_string() })?;
    let refuse = |version: &Timeline, problem: &str| {
        Err(Error::BadParameter {
            scheme: file.routine.clone(),
            parameter: format!("timeline {}", version.version),
            on: version.valid_from.to_string(),
            problem: problem.to_owned(),
        })
    };
    if file.versions.is_empty() {
        return Err(Error::Unreadable {
            what: "the timeline".to_owned(),
            problem: "has no versions".to_owned(),
        });
    }
    for version in &file.versions {
        if version.valid_to.is_some_and(|to| to < version.valid_from) {
            return refuse(version, "`valid_to` is before `valid_from`");
        }
        if version.version.trim().is_empty() || version.source.trim().is_empty() || version.steps.is_empty() {
            return refuse(version, "a version has its name, its source and its steps");
        }
        let wrong = |time: &Time| match *time {
            Time::DaysAfterDue(days) => days == 0 || days > 366,
            Time::Window { month, from_day, to_day } => {
                month == 0 || month > MONTH_MAX || from_day == 0 || to_day > 31 || from_day > to_day
            }
        };
        if version.steps.iter().any(|s| wrong(&s.time)) {
            return refuse(
                version,
                "a step lies after the fee month, within two years, its first day before its last",
            );
        }
    }
    for pair in file.versions.windows(2) {
        let [earlier, later] = pair else { continue };
        match earlier.valid_to.and_then(|to| to.succ_opt()) {
            Some(day) if later.valid_from == day => {}
            Some(day) if later.valid_from > day => {
                return refuse(later, "leaves a gap after the version before it");
            }
            _ => return refuse(later, "overlaps the version before it: two cannot be in force"),
        }
    }
    Ok(Timelines { routine: file.routine, country: file.country, versions: file.versions })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "routine: r\ncountry: SE\nversions:\n  - {version: a, valid_from: 2003-02-17, valid_to: 2011-11-09, source: s, steps: [{step: reminder, time: {days_after_due: 5}}]}\n  - {version: b, valid_from: 2011-11-10, source: s, steps: [{step: demand, time: {window: {month: 1, from_day: 20, to_day: 25}}}]}\n";

    fn refused(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from}");
        load(&GOOD.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn two_versions_that_are_both_in_force_and_a_gap_between_them_are_refused() {
        let found = load(GOOD).unwrap();
        assert_eq!(found.on("2011-11-09".parse().unwrap()).unwrap().version, "a");
        assert_eq!(found.on("2011-11-10".parse().unwrap()).unwrap().version, "b");
        assert!(found.on("2003-02-16".parse().unwrap()).is_err());
        assert!(refused("2011-11-09", "2011-11-10").contains("r: parameter `timeline b`"));
        assert!(refused("valid_to: 2011-11-09, ", "").contains("overlaps"));
        assert!(refused("2011-11-10", "2011-11-11").contains("gap"));
    }

    #[test]
    fn what_is_no_timeline_is_refused() {
        for (from, to) in [
            ("2011-11-09", "2003-02-16"),
            ("source: s", "source: ''"),
            ("days_after_due: 5", "days_after_due: 0"),
            ("days_after_due: 5", "days_after_due: 367"),
            ("month: 1", "month: 0"),
            ("month: 1", "month: 25"),
            ("from_day: 20", "from_day: 26"),
            ("from_day: 20", "from_day: 0"),
            ("to_day: 25", "to_day: 32"),
        ] {
            assert!(refused(from, to).contains("timeline"), "{from} -> {to}");
        }
        assert!(refused("step: reminder", "step: phone_call").contains("cannot be read"));
        assert!(refused("routine: r", "routine: r\nother: 1").contains("cannot be read"));
        assert!(load("routine: r\ncountry: SE\nversions: []").is_err());
    }
}
