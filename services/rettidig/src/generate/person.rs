//! Fictive persons and where they live.

use super::draw::Draw;
use anyhow::{Context, Result, bail};
use chrono::Datelike;
use domain::{Cpr, Day, Period};
use std::collections::BTreeMap;

/// How many numbers of one sex can be given for one date of birth: half of those that state the 1900s.
const NUMBERS_A_DAY_MAX: u32 = 1_999;

/// Dwellings of one street: 120 houses of five floors with two doors each.
const STREET_DWELLINGS: u32 = 1_200;

/// The first street code in use.
const STREET_FIRST: u32 = 100;

/// A person as the population register knows him or her.
#[derive(Debug, Clone)]
pub struct Person {
    pub cpr: Cpr,
    pub born: Day,
    pub female: bool,
    /// Which of the fictive names.
    pub name: (u32, u32),
    pub status: Status,
    /// Absent once dead or abroad.
    pub home: Option<Home>,
    pub civil: Civil,
    /// Since when separated.
    pub separated: Option<Day>,
    pub children: Vec<Cpr>,
    /// Since when name and address are protected.
    pub protected: Option<Day>,
}

/// What has become of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Lives in Denmark (01).
    Here,
    /// Emigrated to this country of the register's list (80).
    Emigrated(Day, u16),
    /// Dead (90).
    Dead(Day),
}

/// Civil status (*civilstand*).
#[derive(Debug, Clone)]
pub struct Civil {
    /// U unmarried, G married, E widowed, F divorced, D dead.
    pub code: char,
    pub since: Day,
    pub spouse: Option<Cpr>,
}

/// A dwelling, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    pub municipality: u16,
    pub dwelling: u32,
    pub since: Day,
    pub municipality_since: Day,
}

impl Home {
    /// Street code, house, floor (0: the ground floor) and door.
    pub fn address(&self) -> (u32, u32, u32, &'static str) {
        let (street, in_street) = (self.dwelling / STREET_DWELLINGS, self.dwelling % STREET_DWELLINGS);
        let (house, in_house) = (in_street / 10, in_street % 10);
        (STREET_FIRST + street, house + 1, in_house / 2, if in_house.is_multiple_of(2) { "tv" } else { "th" })
    }
}

impl Person {
    /// Full years on a day.
    pub fn age(&self, on: Day) -> u32 {
        on.years_since(self.born).unwrap_or_default()
    }

    /// The day on which the person becomes so many years old; a child of 29 February has it on 1 March.
    pub fn birthday(&self, years: i32) -> Day {
        let year = self.born.year() + years;
        let after = Day::from_ymd_opt(year, 3, 1);
        self.born.with_year(year).or(after).unwrap_or(self.born)
    }

    /// The month in which the person becomes so many years old.
    pub fn birthday_month(&self, years: i32) -> Period {
        Period::of(self.birthday(years))
    }
}

/// Gives unique numbers and dwellings.
#[derive(Debug, Default)]
pub struct Registry {
    given: BTreeMap<(Day, bool), u32>,
    /// How many numbers of a day are left to others.
    first_number: u32,
    dwellings: u32,
    /// How many persons there are.
    pub persons: u64,
}

impl Registry {
    /// One whose persons and homes are none of the families': of each day it gives the numbers from this one on.
    pub fn apart(first_number: u32, first_dwelling: u32) -> Self {
        Self { first_number, dwellings: first_dwelling, ..Self::default() }
    }

    /// A new unmarried person.
    pub fn person(&mut self, draw: &mut Draw, born: Day, female: bool, home: Home) -> Result<Person> {
        let given = self.given.entry((born, female)).or_insert(self.first_number);
        *given += 1;
        if *given > NUMBERS_A_DAY_MAX {
            bail!(
                "more than {NUMBERS_A_DAY_MAX} persons share a day of birth: ask for fewer households or months"
            );
        }
        self.persons += 1;
        let name = (draw.between(0, u32::MAX), draw.between(0, u32::MAX));
        let civil = Civil { code: 'U', since: born, spouse: None };
        Ok(Person {
            cpr: number(born, female, *given)?,
            born,
            female,
            name,
            status: Status::Here,
            home: Some(home),
            civil,
            separated: None,
            children: Vec::new(),
            protected: None,
        })
    }

    /// A dwelling that nobody has lived in.
    pub fn dwelling(&mut self) -> u32 {
        self.dwellings += 1;
        self.dwellings
    }
}

/// A replacement number: day of birth + 60, a serial that states the century, even for women. Check digits are not
/// looked after: since 2007 numbers are given without.
fn number(born: Day, female: bool, nth: u32) -> Result<Cpr> {
    let first = if born.year() < 2000 { 0 } else { 4_000 };
    let serial = first + 2 * nth + u32::from(!female);
    let (day, month, year) = (born.day() + 60, born.month(), born.year().rem_euclid(100));
    Cpr::parse(&format!("{day:02}{month:02}{year:02}{serial:04}"))
        .context("a fictive number could not be formed; this is a fault of the generator")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> Home {
        Home { municipality: 101, dwelling: 1, since: Day::MIN, municipality_since: Day::MIN }
    }

    #[test]
    fn every_number_is_a_replacement_number_that_states_the_date_of_birth() {
        for text in ["1967-02-28", "1999-12-31", "2000-01-01", "2014-06-30", "2026-12-01"] {
            let born: Day = text.parse().unwrap();
            for nth in [1, NUMBERS_A_DAY_MAX] {
                let cpr = number(born, nth == 1, nth).unwrap();
                assert!(cpr.is_replacement());
                assert_eq!(cpr.birth_date(), Some(born));
            }
        }
    }

    #[test]
    fn no_number_is_given_twice_and_too_many_are_refused() {
        let (mut registry, mut draw) = (Registry::default(), Draw::of(1, 1, 0));
        let born = "2014-06-30".parse().unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for nth in 0..2 * NUMBERS_A_DAY_MAX {
            let person = registry.person(&mut draw, born, nth.is_multiple_of(2), home()).unwrap();
            assert!(seen.insert(person.cpr));
        }
        assert!(registry.person(&mut draw, born, true, home()).is_err());
    }

    #[test]
    fn different_dwellings_have_different_addresses() {
        let addresses: std::collections::BTreeSet<_> =
            (0..5_000).map(|dwelling| Home { dwelling, ..home() }.address()).collect();
        assert_eq!(addresses.len(), 5_000);
    }
}
