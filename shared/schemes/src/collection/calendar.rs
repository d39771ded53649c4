//! Holidays, weekdays and banking days of both countries, computed from Easter and the laws.
//!
//! Denmark: the holidays of the national church; *store bededag* to 2023 (LOV 214 af 06/03/2023); the closing days of the
//! banks as Danmarks Nationalbank publishes them. Sweden: lag (1989:253) om allmänna helgdagar; lag (1930:173) makes the
//! eves of midsummer, Christmas and the new year equal to holidays.

use crate::Error;
use chrono::{Datelike, Days, Weekday};
use domain::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The country whose calendar counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Country {
    /// Denmark.
    #[serde(rename = "DK")]
    Denmark,
    /// Sweden.
    #[serde(rename = "SE")]
    Sweden,
}

/// The last year with *store bededag*.
const GREAT_PRAYER_DAY_LAST: i32 = 2023;
/// The first year with the Swedish national day as a holiday; until then Whit Monday was one.
const NATIONAL_DAY_FIRST: i32 = 2005;
/// The first year whose banking days were read in a source: the list of 2006 does not close on the day after Ascension,
/// that of 2016 does.
const BANKING_DAYS_FROM: i32 = 2016;
/// The longest run without a weekday is a handful of days; a search that goes on longer is broken.
const SEARCH_DAYS_MAX: u64 = 31;

/// Easter Sunday (the Gregorian rule of Meeus, Jones and Butcher).
pub fn easter(year: i32) -> Option<Day> {
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    let from_march = moon + weekday - 7 * late + 114;
    let part = |n: i32| u32::try_from(n).ok();
    Day::from_ymd_opt(year, part(from_march / 31)?, part(from_march % 31 + 1)?)
}

/// The name of the holiday that a day is; `None`: it is none. Sundays are not named.
pub fn holiday(country: Country, day: Day) -> Option<&'static str> {
    let from_easter = easter(day.year()).map(|easter| (day - easter).num_days());
    let by_easter = match (country, from_easter?) {
        (Country::Denmark, -3) => Some("skærtorsdag"),
        (Country::Denmark, -2) => Some("langfredag"),
        (Country::Denmark, 0) => Some("påskedag"),
        (Country::Denmark, 1) => Some("2. påskedag"),
        (Country::Denmark, 26) if day.year() <= GREAT_PRAYER_DAY_LAST => Some("store bededag"),
        (Country::Denmark, 39) => Some("Kristi himmelfartsdag"),
        (Country::Denmark, 49) => Some("pinsedag"),
        (Country::Denmark, 50) => Some("2. pinsedag"),
        (Country::Sweden, -2) => Some("långfredagen"),
        (Country::Sweden, 0) => Some("påskdagen"),
        (Country::Sweden, 1) => Some("annandag påsk"),
        (Country::Sweden, 39) => Some("Kristi himmelsfärdsdag"),
        (Country::Sweden, 49) => Some("pingstdagen"),
        (Country::Sweden, 50) if day.year() < NATIONAL_DAY_FIRST => Some("annandag pingst"),
        _ => None,
    };
    by_easter.or_else(|| by_date(country, day))
}

fn by_date(country: Country, day: Day) -> Option<&'static str> {
    let saturday = day.weekday() == Weekday::Sat;
    match (country, day.month(), day.day()) {
        (Country::Denmark, 1, 1) => Some("nytårsdag"),
        (Country::Denmark, 12, 25) => Some("juledag"),
        (Country::Denmark, 12, 26) => Some("2. juledag"),
        (Country::Sweden, 1, 1) => Some("nyårsdagen"),
        (Country::Sweden, 1, 6) => Some("trettondedag jul"),
        (Country::Sweden, 5, 1) => Some("första maj"),
        (Country::Sweden, 6, 6) if day.year() >= NATIONAL_DAY_FIRST => Some("Sveriges nationaldag"),
        (Country::Sweden, 6, 20..=26) if saturday => Some("midsommardagen"),
        (Country::Sweden, 10, 31) | (Country::Sweden, 11, 1..=6) if saturday => Some("alla helgons dag"),
        (Country::Sweden, 12, 25) => Some("juldagen"),
        (Country::Sweden, 12, 26) => Some("annandag jul"),
        _ => None,
    }
}

/// The Swedish eves that count as holidays.
fn is_equal_to_a_holiday(country: Country, day: Day) -> bool {
    match (country, day.month(), day.day()) {
        (Country::Sweden, 12, 24 | 31) => true,
        (Country::Sweden, 6, 19..=25) => day.weekday() == Weekday::Fri,
        _ => false,
    }
}

/// Whether a day is a weekday (*hverdag*, *vardag*): no Saturday, Sunday or holiday.
pub fn is_weekday(country: Country, day: Day) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
        && holiday(country, day).is_none()
        && !is_equal_to_a_holiday(country, day)
}

/// The day, or the first weekday after it: a due date moves so, and later steps count from there.
pub fn due_date(country: Country, nominal: Day) -> Day {
    (0..SEARCH_DAYS_MAX)
        .filter_map(|days| nominal.checked_add_days(Days::new(days)))
        .find(|day| is_weekday(country, *day))
        .unwrap_or(nominal)
}

/// Whether the banks are open. Refuses a year before the first whose closing days were read in a source.
pub fn is_banking_day(country: Country, day: Day) -> Result<bool, Error> {
    if day.year() < BANKING_DAYS_FROM {
        let problem = format!("is before {BANKING_DAYS_FROM}; the closing days of the banks were not found");
        return Err(Error::input("day", problem));
    }
    let closed = match (country, day.month(), day.day()) {
        (Country::Denmark, 6, 5) | (Country::Denmark, 12, 24 | 31) => true,
        (Country::Denmark, ..) => {
            day.pred_opt().and_then(|before| holiday(country, before)) == Some("Kristi himmelfartsdag")
        }
        (Country::Sweden, ..) => false,
    };
    Ok(is_weekday(country, day) && !closed)
}

/// The day, or the first banking day after it.
pub fn next_banking_day(country: Country, day: Day) -> Result<Day, Error> {
    for days in 0..SEARCH_DAYS_MAX {
        if let Some(later) = day.checked_add_days(Days::new(days))
            && is_banking_day(country, later)?
        {
            return Ok(later);
        }
    }
    Err(Error::input("day", "has no banking day after it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn easter_falls_as_published() {
        for published in [
            "2003-04-20",
            "2008-03-23",
            "2011-04-24",
            "2012-04-08",
            "2016-03-27",
            "2019-04-21",
            "2023-04-09",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
        ] {
            assert_eq!(easter(day(published).year()), Some(day(published)));
        }
    }

    /// The weekdays of a year on which the Danish banks are closed.
    fn closed(country: Country, year: i32) -> Vec<String> {
        let first = Day::from_ymd_opt(year, 1, 1).unwrap();
        let closed = |d: &Day| !is_banking_day(country, *d).unwrap();
        let weekdays = first.iter_days().take_while(|d| d.year() == year);
        let weekdays = weekdays.filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun));
        weekdays.filter(closed).map(|d| d.format("%m-%d").to_string()).collect()
    }

    #[test]
    fn the_danish_banks_are_closed_as_danmarks_nationalbank_publishes() {
        let published = [
            "01-01", "04-02", "04-03", "04-06", "05-14", "05-15", "05-25", "06-05", "12-24", "12-25", "12-31",
        ];
        assert_eq!(closed(Country::Denmark, 2026), published);
        let published = ["01-01", "03-25", "03-26", "03-29", "05-06", "05-07", "05-17", "12-24", "12-31"];
        assert_eq!(closed(Country::Denmark, 2027), published);
    }

    #[test]
    fn the_swedish_calendar_of_2024() {
        let expected = [
            "01-01", "03-29", "04-01", "05-01", "05-09", "06-06", "06-21", "12-24", "12-25", "12-26", "12-31",
        ];
        assert_eq!(closed(Country::Sweden, 2024), expected);
        assert_eq!(holiday(Country::Sweden, day("2024-06-22")), Some("midsommardagen"));
        assert_eq!(holiday(Country::Sweden, day("2024-11-02")), Some("alla helgons dag"));
        assert_eq!(holiday(Country::Sweden, day("2026-10-31")), Some("alla helgons dag"));
        assert_eq!(holiday(Country::Sweden, day("2024-01-06")), Some("trettondedag jul"));
    }

    #[test]
    fn what_laws_have_moved_counts_until_its_last_and_from_its_first_year() {
        assert_eq!(holiday(Country::Denmark, day("2023-05-05")), Some("store bededag"));
        assert_eq!(holiday(Country::Denmark, day("2024-04-26")), None);
        assert_eq!(holiday(Country::Sweden, day("2004-05-31")), Some("annandag pingst"));
        assert_eq!(holiday(Country::Sweden, day("2005-05-16")), None);
        assert_eq!(holiday(Country::Sweden, day("2004-06-06")), None);
        assert_eq!(holiday(Country::Sweden, day("2005-06-06")), Some("Sveriges nationaldag"));
        assert!(is_banking_day(Country::Denmark, day("2015-12-30")).is_err());
        assert!(is_banking_day(Country::Denmark, day("2016-05-06")).is_ok_and(|open| !open));
    }

    #[test]
    fn the_constitution_day_closes_the_banks_and_is_a_weekday() {
        let day = day("2024-06-05");
        assert!(is_weekday(Country::Denmark, day) && !is_banking_day(Country::Denmark, day).unwrap());
        assert_eq!(next_banking_day(Country::Denmark, day).unwrap().to_string(), "2024-06-06");
    }
}
