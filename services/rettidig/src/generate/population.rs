//! How a family is made up when it is first seen.

use super::calendar::{day_of, plus_days};
use super::draw::Draw;
use super::household::{Adult, Child, Household};
use super::income::Work;
use super::person::{Civil, Home, Person, Registry};
use super::profile::{Living, Profile};
use anyhow::{Context, Result};
use domain::{Day, Period};

/// Months of age at which a child begins, least and most.
const START_MONTHS: (u32, u32) = (9, 14);

/// Percent of children who stay at home until school.
const AT_HOME_PERCENT: u32 = 3;

/// Percent of places that begin on the 15th instead of the 1st.
const MID_MONTH_PERCENT: u32 = 12;

/// The oldest child below school age, in months.
const YOUNGEST_MONTHS_MAX: u32 = 71;

/// A child is an adult after so many months.
const ADULT_MONTHS: u32 = 216;

/// Mothers are so many days old when the first child is born, least and most; fathers may be older.
const MOTHER_DAYS: (u32, u32) = (7_400, 12_800);
const FATHER_OLDER_DAYS_MAX: u32 = 2_200;

/// Percent of couples who are married.
const MARRIED_PERCENT: u32 = 58;

/// A new family.
pub struct Founding<'a> {
    pub profile: Profile,
    pub registry: &'a mut Registry,
    /// The month in which it is first seen.
    pub month: Period,
    /// The day it moved to the municipality; absent for those who have lived there.
    pub moved_in: Option<Day>,
}

impl Founding<'_> {
    /// Makes the family up.
    pub fn family(&mut self, id: u32, draw: &mut Draw) -> Result<Household> {
        let families = self.profile.families();
        let home = self.home(draw);
        let births = self.births(draw);
        let eldest = births.last().copied().unwrap_or(self.month.first_day());
        let mut children = Vec::new();
        for born in births {
            let female = draw.percent(49);
            let person = self.registry.person(draw, born, female, at_home(home, born))?;
            children.push(self.child(person, draw));
        }
        let single = draw.percent(families.single_percent);
        let mother_days = i64::from(draw.between(MOTHER_DAYS.0, MOTHER_DAYS.1));
        let mother_born = plus_days(eldest, -mother_days);
        let father_born = plus_days(mother_born, -i64::from(draw.between(0, FATHER_OLDER_DAYS_MAX)));
        let mother = |female: bool| (if female { mother_born } else { father_born }, female);
        let payer_is_mother = draw.percent(if single { 85 } else { 65 });
        let mut adults = vec![self.adult(mother(payer_is_mother), home, single, 0, draw)?];
        if !single {
            adults.push(self.adult(mother(!payer_is_mother), home, single, 1, draw)?);
        }
        for adult in &mut adults {
            adult.person.children = children.iter().map(|child| child.person.cpr.clone()).collect();
        }
        let mut household = Household { id, slots: 2, adults, children, case: None };
        if !single && draw.percent(MARRIED_PERCENT) {
            let since = plus_days(eldest, -i64::from(draw.between(30, 1_500)));
            marry(&mut household, since);
        }
        Ok(household)
    }

    fn home(&mut self, draw: &mut Draw) -> Home {
        let first = self.month.first_day();
        let municipality_since = plus_days(first, -i64::from(draw.between(100, 4_000)));
        let since = plus_days(municipality_since, i64::from(draw.between(0, 90)));
        let here = Home {
            municipality: self.profile.authority(),
            dwelling: self.registry.dwelling(),
            since,
            municipality_since,
        };
        match self.moved_in {
            Some(day) => Home { since: day, municipality_since: day, ..here },
            None => here,
        }
    }

    /// Dates of birth, the youngest first.
    fn births(&self, draw: &mut Draw) -> Vec<Day> {
        let families = self.profile.families();
        let count: usize = draw.weighted(&families.children).unwrap_or(1);
        let mut months = draw.between(0, YOUNGEST_MONTHS_MAX);
        let mut births = Vec::new();
        while births.len() < count && months < ADULT_MONTHS {
            births.push(day_of(self.month.minus_months(months + 1), draw.between(1, 28)));
            months += draw.between(families.spacing_months.0, families.spacing_months.1);
        }
        births
    }

    /// A child, and when its place begins. Whoever is old enough has it from the first month on, and in a family that
    /// has moved in from the next.
    pub fn child(&self, person: Person, draw: &mut Draw) -> Child {
        let childminder = draw.percent(self.profile.families().childminder_percent);
        let months = draw.between(START_MONTHS.0, START_MONTHS.1);
        let stays_at_home = draw.percent(AT_HOME_PERCENT);
        let day = if draw.percent(MID_MONTH_PERCENT) { 15 } else { 1 };
        let wanted = day_of(Period::of(person.born).plus_months(months), day);
        let earliest = match self.moved_in {
            Some(_) => self.month.next().first_day(),
            None => self.month.first_day(),
        };
        let child = Child { person, childminder, place: None, starts: None };
        let starts = wanted.max(earliest);
        let goes = !stays_at_home && starts <= child.school_eve();
        Child { starts: goes.then_some(starts), ..child }
    }

    /// An adult of the family.
    pub fn adult(
        &mut self,
        (born, female): (Day, bool),
        home: Home,
        alone: bool,
        slot: u32,
        draw: &mut Draw,
    ) -> Result<Adult> {
        let families = self.profile.families();
        let [couple, single] = &families.living;
        let living = draw.weighted(if alone { single } else { couple }).unwrap_or(Living::Job);
        let person = self.registry.person(draw, born, female, at_home(home, born))?;
        let work = Work::of(living, families, alone, self.month.year(), draw);
        Ok(Adult { person, work, slot, stated: true })
    }
}

/// The home of somebody who was perhaps born into it.
fn at_home(home: Home, born: Day) -> Home {
    Home { since: home.since.max(born), municipality_since: home.municipality_since.max(born), ..home }
}

/// Marries the first two adults.
pub fn marry(household: &mut Household, since: Day) {
    if let [one, other, ..] = household.adults.as_mut_slice() {
        let status = |spouse: &Adult| Civil { code: 'G', since, spouse: Some(spouse.person.cpr.clone()) };
        let (first, second) = (status(other), status(one));
        one.person.civil = first;
        other.person.civil = second;
    }
}

/// The payer.
pub fn payer(household: &Household) -> Result<&Adult> {
    household.adults.first().context("a household has lost its last adult; this is a fault of the generator")
}
