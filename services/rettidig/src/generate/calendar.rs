//! Bank days (*bankdage*) and steps through the calendar.

use chrono::{Datelike, TimeDelta, Weekday};
use domain::{Day, Period};

/// From this year *store bededag* is a working day (lov nr. 214 af 6/3/2023).
const NO_PRAYER_DAY_FROM: i32 = 2024;

/// The day `days` later, or earlier when negative.
pub fn plus_days(day: Day, days: i64) -> Day {
    TimeDelta::try_days(days).and_then(|step| day.checked_add_signed(step)).unwrap_or(day)
}

/// The day with this number in the month; the last one where the month is shorter.
pub fn day_of(month: Period, number: u32) -> Day {
    month.first_day().with_day(number).unwrap_or(month.last_day())
}

/// Whether banks are open.
pub fn is_bank_day(day: Day) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day)
}

/// The first bank day after `day`.
pub fn next_bank_day(day: Day) -> Day {
    (1..).map(|step| plus_days(day, step)).find(|day| is_bank_day(*day)).unwrap_or(day)
}

/// The last bank day that is not after `day`.
pub fn bank_day_by(day: Day) -> Day {
    (0..).map(|step| plus_days(day, -step)).find(|day| is_bank_day(*day)).unwrap_or(day)
}

/// The last bank day of the month: the day on which pay is at the employee's disposal.
pub fn last_bank_day(month: Period) -> Day {
    bank_day_by(month.last_day())
}

/// Days on which Danish banks are closed beside Saturdays and Sundays.
fn is_holiday(day: Day) -> bool {
    let fixed = [(1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31)];
    if fixed.contains(&(day.month(), day.day())) {
        return true;
    }
    match day.signed_duration_since(easter(day.year())).num_days() {
        // Maundy Thursday, Good Friday, Easter Monday, Ascension Day and the day after, Whit Monday.
        -3 | -2 | 1 | 39 | 40 | 50 => true,
        26 => day.year() < NO_PRAYER_DAY_FROM,
        _ => false,
    }
}

/// Easter Sunday (Meeus, Jones and Butcher's rule for the Gregorian calendar).
fn easter(year: i32) -> Day {
    let (golden, century, in_century) = (year % 19, year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let sum = epact + weekday - 7 * late + 114;
    let number = |n: i32| u32::try_from(n).unwrap_or_default();
    Day::from_ymd_opt(year, number(sum / 31), number(sum % 31 + 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn easter_of_the_years_is_that_of_the_almanac() {
        for text in ["2013-03-31", "2014-04-20", "2016-03-27", "2023-04-09", "2024-03-31", "2026-04-05"] {
            assert_eq!(easter(day(text).year()), day(text));
        }
    }

    #[test]
    fn weekends_and_holidays_are_no_bank_days() {
        assert_eq!(next_bank_day(day("2023-04-05")), day("2023-04-11"));
        assert_eq!(last_bank_day("2023-12".parse().unwrap()), day("2023-12-29"));
        assert_eq!(last_bank_day("2022-12".parse().unwrap()), day("2022-12-30"));
        assert!(!is_bank_day(day("2023-05-05")) && is_bank_day(day("2024-04-26")));
    }

    #[test]
    fn what_happens_by_the_25th_is_told_within_the_month() {
        let mut month: Period = "2013-01".parse().unwrap();
        for _ in 0..168 {
            assert!(month.contains(next_bank_day(day_of(month, 25))), "{month}");
            month = month.next();
        }
    }
}
