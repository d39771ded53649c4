//! What happens to a family, at most one thing a month. Chances are per 100,000 households and month; how often families
//! move stands in `chances.rs`.

use super::calendar::{day_of, plus_days};
use super::cpr_file::REQUISITION;
use super::household::Household;
use super::person::{Civil, Home, Status};
use super::plan::{OFFICE, PARENTS, Plan};
use super::population::{Founding, marry, payer};
use anyhow::Result;
use domain::Day;
use messages::CaseOrder;

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Nothing,
    MoveWithin,
    MoveOut,
    Emigration,
    Separation,
    Cohabitant,
    Birth,
    Marriage,
    AdultDeath,
    ChildDeath,
    /// A code that the project's list does not hold.
    Unknown,
    NewName,
    Protection,
}

/// All households.
const EMIGRATION: u32 = 60;
const CHILD_DEATH: u32 = 2;
const UNKNOWN: u32 = 600;
const NEW_NAME: u32 = 200;
const PROTECTION: u32 = 60;
/// Couples only.
const SEPARATION: u32 = 150;
const BIRTH: u32 = 1_000;
const MARRIAGE: u32 = 500;
const ADULT_DEATH: u32 = 10;
/// Single parents only.
const COHABITANT: u32 = 1_000;

/// Register events happen up to this day, so that the extract tells them within the month.
const LAST_EVENT_DAY: u32 = 25;

/// Percent of parents who state a birth, and a cohabitant.
const STATES_BIRTH_PERCENT: u32 = 95;
const STATES_COHABITANT_PERCENT: u32 = 60;

/// The most children of a family.
const CHILDREN_MAX: usize = 5;

/// No child follows another sooner, in months.
const NEXT_CHILD_MONTHS: u32 = 12;

/// Mothers of newborn children are younger than this.
const MOTHER_AGE_MAX: u32 = 46;

impl Plan<'_> {
    /// Lets one thing happen, or nothing. False: the household has left the municipality.
    pub fn live(&mut self, household: &mut Household) -> Result<bool> {
        let turn = self.turn(household)?;
        let day = day_of(self.month, self.draw.between(1, LAST_EVENT_DAY));
        match turn {
            Turn::Nothing => {}
            Turn::MoveWithin => self.move_all(household, day, false),
            Turn::MoveOut => self.move_all(household, day, true),
            Turn::Emigration => self.emigrate(household, day),
            Turn::Separation => self.separate(household, day),
            Turn::Cohabitant => self.cohabit(household, day)?,
            Turn::Birth => self.birth(household, day)?,
            Turn::Marriage => {
                marry(household, day);
                for adult in household.adults.iter().take(2) {
                    self.tell(&adult.person, "A24", day);
                }
            }
            Turn::AdultDeath => self.adult_dies(household, day)?,
            Turn::ChildDeath => self.child_dies(household, day),
            Turn::Unknown => self.tell(&payer(household)?.person, "A36", day),
            Turn::NewName => {
                if let Some(adult) = household.adults.last_mut() {
                    adult.person.name.1 = self.draw.between(0, u32::MAX);
                    self.tell(&adult.person, "A13", day);
                }
            }
            Turn::Protection => {
                for person in household.persons_mut() {
                    person.protected = Some(day);
                    self.tell(person, "A33", day);
                }
            }
        }
        Ok(!matches!(turn, Turn::MoveOut | Turn::Emigration))
    }

    fn turn(&mut self, household: &Household) -> Result<Turn> {
        let own = self.profile.chances();
        let couple = household.adults.len() == 2;
        let unmarried = payer(household)?.person.civil.code == 'U';
        let youngest = household.children.iter().map(|child| child.person.born).max();
        let spaced =
            youngest.is_none_or(|born| domain::Period::of(born).plus_months(NEXT_CHILD_MONTHS) <= self.month);
        let first_day = self.month.first_day();
        let mother = household
            .adults
            .iter()
            .any(|adult| adult.person.female && adult.person.age(first_day) < MOTHER_AGE_MAX);
        let when = |possible: bool, chances: u32| if possible { chances } else { 0 };
        let fertile = couple && spaced && mother && household.children.len() < CHILDREN_MAX;
        let chances = [
            (own.move_within, Turn::MoveWithin),
            (own.move_out, Turn::MoveOut),
            (EMIGRATION, Turn::Emigration),
            (when(couple, SEPARATION), Turn::Separation),
            (when(household.adults.len() == 1, COHABITANT), Turn::Cohabitant),
            (when(fertile, BIRTH), Turn::Birth),
            (when(couple && unmarried, MARRIAGE), Turn::Marriage),
            (when(couple, ADULT_DEATH), Turn::AdultDeath),
            (when(household.children.len() > 1, CHILD_DEATH), Turn::ChildDeath),
            (UNKNOWN, Turn::Unknown),
            (NEW_NAME, Turn::NewName),
            (PROTECTION, Turn::Protection),
        ];
        let some: u32 = chances.iter().map(|(chance, _)| chance).sum();
        let happens = self.draw.per_100k(some);
        Ok(if happens { self.draw.weighted(&chances).unwrap_or(Turn::Nothing) } else { Turn::Nothing })
    }

    fn move_all(&mut self, household: &mut Household, day: Day, out: bool) {
        let dwelling = self.registry.dwelling();
        let elsewhere = self.elsewhere();
        for person in household.persons_mut() {
            if let Some(home) = &mut person.home {
                *home = Home { dwelling, since: day, ..*home };
                if out {
                    *home = Home { municipality: elsewhere, municipality_since: day, ..*home };
                }
            }
            self.tell(person, "A01", day);
        }
        if out {
            let told = plus_days(day, i64::from(self.draw.between(0, 20)));
            self.end_places(household, plus_days(day, -1), told);
        }
    }

    /// Another municipality's code.
    fn elsewhere(&mut self) -> u16 {
        let others = [147_u16, 159, 167, 173, 185, 265, 461, 561, 751, 851];
        let at = usize::try_from(self.draw.between(0, 9)).unwrap_or_default();
        others.get(at).copied().unwrap_or(851)
    }

    fn emigrate(&mut self, household: &mut Household, day: Day) {
        // Sweden, Norway, Germany and Great Britain in the register's list of countries.
        let countries = [(40, 5_120), (25, 5_110), (20, 5_180), (15, 5_170)];
        let country = self.draw.weighted(&countries).unwrap_or(5_120);
        for person in household.persons_mut() {
            person.status = Status::Emigrated(day, country);
            person.home = None;
            self.tell(person, "A06", day);
        }
        let told = plus_days(day, i64::from(self.draw.between(0, 15)));
        self.end_places(household, plus_days(day, -1), told);
    }

    fn separate(&mut self, household: &mut Household, day: Day) {
        let Some(mut leaver) = household.adults.pop() else { return };
        let dwelling = self.registry.dwelling();
        let out = self.draw.percent(30).then(|| self.elsewhere());
        if let Some(home) = &mut leaver.person.home {
            *home = Home { dwelling, since: day, ..*home };
            if let Some(municipality) = out {
                *home = Home { municipality, municipality_since: day, ..*home };
            }
        }
        if leaver.person.civil.code == 'G' {
            leaver.person.separated = Some(day);
            if let Some(stayer) = household.adults.first_mut() {
                stayer.person.separated = Some(day);
                self.tell(&stayer.person, "A24", day);
            }
        }
        self.tell(&leaver.person, "A01", day);
        let told = plus_days(day, i64::from(self.draw.between(3, 25)));
        self.state_household(household, day, told);
        self.apply(household, told, None);
    }

    fn cohabit(&mut self, household: &mut Household, day: Day) -> Result<()> {
        let Some(stayer) = household.adults.first() else { return Ok(()) };
        let Some(home) = stayer.person.home else { return Ok(()) };
        let (born, female) = (stayer.person.born, stayer.person.female);
        let moved = Home { since: day, ..home };
        let born = plus_days(born, -i64::from(self.draw.between(0, 1_500)));
        let slot = household.slots;
        household.slots += 1;
        let (profile, month) = (self.profile, self.month);
        let mut founding = Founding { profile, registry: self.registry, month, moved_in: Some(day) };
        let mut adult = founding.adult((born, !female), moved, false, slot, &mut self.draw)?;
        adult.stated = false;
        self.tell(&adult.person, "A01", day);
        household.adults.push(adult);
        if self.draw.percent(STATES_COHABITANT_PERCENT) {
            let told = plus_days(day, i64::from(self.draw.between(5, 30)));
            self.state_household(household, day, told);
            self.apply(household, told, None);
        }
        Ok(())
    }

    fn birth(&mut self, household: &mut Household, day: Day) -> Result<()> {
        let Some(home) = payer(household)?.person.home else { return Ok(()) };
        let female = self.draw.percent(49);
        let home = Home { since: day, municipality_since: day, ..home };
        let (profile, month) = (self.profile, self.month);
        let founding = Founding { profile, registry: self.registry, month, moved_in: None };
        let person = founding.registry.person(&mut self.draw, day, female, home)?;
        let child = founding.child(person, &mut self.draw);
        for adult in household.adults.iter_mut().filter(|adult| adult.stated) {
            adult.person.children.insert(0, child.person.cpr.clone());
            self.tell(&adult.person, REQUISITION, day);
        }
        self.tell(&child.person, "A14", day);
        household.children.insert(0, child);
        if self.draw.percent(STATES_BIRTH_PERCENT) {
            let told = plus_days(day, i64::from(self.draw.between(5, 40)));
            self.state_household(household, day, told);
        }
        Ok(())
    }

    fn adult_dies(&mut self, household: &mut Household, day: Day) -> Result<()> {
        let payer_dies = self.draw.percent(50);
        let mut dead = household.adults.remove(usize::from(!payer_dies));
        dead.person.status = Status::Dead(day);
        dead.person.home = None;
        dead.person.civil = Civil { code: 'D', since: day, spouse: None };
        self.tell(&dead.person, "A21", day);
        let Some(widowed) = household.adults.first_mut() else { return Ok(()) };
        if widowed.person.civil.code == 'G' {
            widowed.person.civil = Civil { code: 'E', since: day, spouse: None };
            self.tell(&widowed.person, "A24", day);
        }
        let payer = widowed.person.cpr.clone();
        let told = plus_days(day, i64::from(self.draw.between(5, 30)));
        if let (true, Some(case)) = (payer_dies, &mut household.case) {
            let from = self.month.next().first_day();
            self.order(case, told, OFFICE, CaseOrder::ChangePayer { from, payer });
        }
        self.state_household(household, day, told);
        self.apply(household, told, None);
        Ok(())
    }

    fn child_dies(&mut self, household: &mut Household, day: Day) {
        let mut child = household.children.remove(0);
        child.person.status = Status::Dead(day);
        child.person.home = None;
        child.person.civil = Civil { code: 'D', since: day, spouse: None };
        self.tell(&child.person, "A21", day);
        let told = plus_days(day, 10);
        if let (Some(case), Some(place)) = (&mut household.case, child.place) {
            let last_day = day.max(plus_days(place.from, -1));
            self.order(case, told, PARENTS, CaseOrder::EndPlace { place: place.id, last_day });
        }
        self.state_household(household, day, told);
    }

    /// A child that becomes 18 is no longer a child at home.
    pub fn come_of_age(&mut self, household: &mut Household) {
        let month = self.month;
        let adult = household.children.iter().position(|child| child.person.birthday_month(18) == month);
        if let Some(at) = adult {
            let birthday = household.children.remove(at).person.birthday(18);
            if household.case.is_some() {
                self.state_household(household, birthday, birthday);
            }
        }
    }
}
