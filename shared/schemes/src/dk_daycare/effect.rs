//! From when a change counts, and what part of a month is paid for.

use super::{MoveInEffect, PartialMonth, Settings};
use crate::{Error, Part};
use domain::{Day, Period};

/// The first day of the second half of a month: notice is given to the 1st or the 15th.
const SECOND_HALF_FROM: u32 = 15;

/// From when an application for the economic subsidy counts. `admission`: the child's first day in the place, given
/// when the application concerns a new admission. Within `first_admission_months` of it the admission day counts
/// (BEK § 31, stk. 1), otherwise the 1st of the month after the application (stk. 2).
pub fn effect_of_application(applied_on: Day, admission: Option<Day>, settings: &Settings) -> Day {
    let next_first = next_first(applied_on);
    match admission {
        Some(admitted) if applied_on <= months_after(admitted, settings.first_admission_months) => admitted,
        _ => next_first,
    }
}

/// From when an adult who moved in counts.
pub fn effect_of_move_in(moved_on: Day, settings: &Settings) -> Day {
    match settings.move_in_effect {
        MoveInEffect::Date => moved_on,
        MoveInEffect::NextFirst => next_first(moved_on),
    }
}

/// The last day on which an answer to a hearing letter received on `received_on` is in time.
pub fn hearing_deadline(received_on: Day, settings: &Settings) -> Day {
    received_on.checked_add_days(chrono::Days::new(u64::from(settings.hearing_days))).unwrap_or(received_on)
}

/// The part of `period` paid for a place held from `from` to `to`, both days included (`None`: no end). A place left
/// "to the 15th" has the 14th as its last day. Refuses an end before the start.
pub fn part_of_month(
    period: Period,
    from: Day,
    to: Option<Day>,
    setting: PartialMonth,
) -> Result<Part, Error> {
    part_of_spells(period, &[(from, to)], setting)
}

/// The part of `period` paid for a place held in several spells, none of which overlaps another; each is a first and a
/// last day, both included (`None`: no end). No spell at all is nothing of the month. Refuses an end before the start.
pub fn part_of_spells(
    period: Period,
    spells: &[(Day, Option<Day>)],
    setting: PartialMonth,
) -> Result<Part, Error> {
    let refuse = |e: crate::PartError| Error::input("part_of_month", e.to_string());
    let mut held: Vec<(Day, Day)> = Vec::new();
    for (from, to) in spells {
        held.extend(Part::held_days(period, *from, *to).map_err(refuse)?);
    }
    let day = |d: Day| chrono::Datelike::day(&d);
    let days: u32 = held.iter().map(|(first, last)| day(*last) - day(*first) + 1).sum();
    if held.is_empty() {
        return Ok(Part::NONE);
    }
    if days == period.days() {
        return Ok(Part::WHOLE);
    }
    match setting {
        PartialMonth::WholeMonth => Ok(Part::WHOLE),
        PartialMonth::DayByDay => Part::new(days, period.days()).map_err(refuse),
        PartialMonth::HalfMonth => {
            let first_half = held.iter().any(|(first, _)| day(*first) < SECOND_HALF_FROM);
            let second_half = held.iter().any(|(_, last)| day(*last) >= SECOND_HALF_FROM);
            if first_half && second_half { Ok(Part::WHOLE) } else { Part::new(1, 2).map_err(refuse) }
        }
    }
}

fn next_first(day: Day) -> Day {
    Period::of(day).next().first_day()
}

fn months_after(day: Day, months: u32) -> Day {
    day.checked_add_months(chrono::Months::new(months)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn an_application_counts_from_the_next_first_and_a_new_admission_from_its_day() {
        let settings = Settings::default();
        let effect = |applied, admitted: Option<&str>| {
            effect_of_application(day(applied), admitted.map(day), &settings)
        };
        assert_eq!(effect("2023-03-01", None), day("2023-04-01"));
        assert_eq!(effect("2023-12-31", None), day("2024-01-01"));
        assert_eq!(effect("2023-03-10", Some("2023-03-15")), day("2023-03-15"));
        assert_eq!(effect("2023-05-15", Some("2023-03-15")), day("2023-03-15"));
        assert_eq!(effect("2023-05-16", Some("2023-03-15")), day("2023-06-01"));
    }

    #[test]
    fn a_move_in_counts_as_the_setting_says() {
        let next_first = Settings { move_in_effect: MoveInEffect::NextFirst, ..Settings::default() };
        assert_eq!(effect_of_move_in(day("2023-03-01"), &Settings::default()), day("2023-03-01"));
        assert_eq!(effect_of_move_in(day("2023-03-01"), &next_first), day("2023-04-01"));
    }

    #[test]
    fn a_hearing_lasts_eight_days_across_a_month_end() {
        assert_eq!(hearing_deadline(day("2023-02-25"), &Settings::default()), day("2023-03-05"));
    }

    #[test]
    fn the_spells_of_a_month_add_up() {
        use PartialMonth::{DayByDay, HalfMonth, WholeMonth};
        let april: Period = "2023-04".parse().unwrap();
        let part = |spells: &[(&str, Option<&str>)], setting| {
            let spells: Vec<_> = spells.iter().map(|(from, to)| (day(from), to.map(day))).collect();
            part_of_spells(april, &spells, setting).unwrap().to_string()
        };
        let away_in_the_middle = [("2023-01-01", Some("2023-04-10")), ("2023-04-21", None)];
        assert_eq!(part(&away_in_the_middle, DayByDay), "20/30");
        assert_eq!(part(&away_in_the_middle, HalfMonth), "1/1");
        let away_until_the_16th = [("2023-01-01", Some("2023-03-10")), ("2023-04-16", None)];
        assert_eq!(part(&away_until_the_16th, HalfMonth), "1/2");
        assert_eq!(part(&away_until_the_16th, WholeMonth), "1/1");
        assert_eq!(part(&[("2023-01-01", Some("2023-04-10")), ("2023-04-11", None)], DayByDay), "1/1");
        assert_eq!(part(&[], WholeMonth), "0/1");
    }

    #[test]
    fn a_part_of_a_month_is_counted_in_halves_days_or_not_at_all() {
        use PartialMonth::{DayByDay, HalfMonth, WholeMonth};
        let april: Period = "2023-04".parse().unwrap();
        let part = |from, to: Option<&str>, setting| {
            part_of_month(april, day(from), to.map(day), setting).unwrap().to_string()
        };
        assert_eq!(part("2023-04-15", None, HalfMonth), "1/2");
        assert_eq!(part("2023-03-15", Some("2023-04-14"), HalfMonth), "1/2");
        assert_eq!(part("2023-04-14", Some("2023-04-15"), HalfMonth), "1/1");
        assert_eq!(part("2023-04-15", None, DayByDay), "16/30");
        assert_eq!(part("2023-04-30", Some("2023-04-30"), DayByDay), "1/30");
        assert_eq!(part("2023-04-30", None, WholeMonth), "1/1");
        for setting in [HalfMonth, DayByDay, WholeMonth] {
            assert_eq!(part("2022-01-01", None, setting), "1/1");
            assert_eq!(part("2023-05-01", None, setting), "0/1");
            assert_eq!(part("2022-01-01", Some("2023-03-31"), setting), "0/1");
        }
        assert!(part_of_month(april, day("2023-04-15"), Some(day("2023-04-14")), HalfMonth).is_err());
    }
}
