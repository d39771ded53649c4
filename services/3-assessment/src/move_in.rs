//! Whether somebody who has moved in ends the status of single provider.

use crate::Rules;
use crate::hearing::About;
use crate::household::first_whole_month;
use crate::state::{Case, Household, Newcomer};
use domain::{Day, Period, PersonKey};
use schemes::dk_daycare::effect_of_move_in;

/// Full age (*myndighedsalder*), in months.
const ADULT_MONTHS: u32 = 18 * 12;

impl Case {
    /// Everybody who, as far as the register tells, lives with the payer on the first day of the month, is an adult and
    /// is not in the household as it was stated; whoever came first stands first.
    pub fn moved_in(
        &self,
        rules: &Rules,
        household: &Household,
        payer: &PersonKey,
        period: Period,
    ) -> Vec<(About, &Newcomer)> {
        let payers = self.persons.get(payer).map(|payer| &payer.residences);
        let mut all: Vec<(Day, PersonKey, Period, &Newcomer)> = Vec::new();
        for (person, newcomer) in &self.newcomers {
            let stated = household.adults.iter().chain(&household.children);
            let known = person == payer || stated.into_iter().any(|known| known.person == *person);
            let theirs = self.persons.get(person).map(|person| &person.residences);
            let since = theirs.and_then(|theirs| theirs.together_since(payers, period.first_day()));
            let Some(since) = since.filter(|since| !known && newcomer.is_adult_on(*since)) else { continue };
            let from = first_whole_month(effect_of_move_in(since, &rules.settings));
            if from <= period && !self.is_stated_otherwise(since, period) {
                all.push((since, person.clone(), from, newcomer));
            }
        }
        all.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let about = |(since, person, from, newcomer)| {
            (About::MoveIn { person, payer: payer.clone(), since, from }, newcomer)
        };
        all.into_iter().map(about).collect()
    }

    /// Whether the payer has stated the household of this month since somebody moved in: then the statement counts, also
    /// that the two do not form a household.
    fn is_stated_otherwise(&self, since: Day, period: Period) -> bool {
        let statement = self.households.range(..=period.first_day()).next_back();
        statement.is_some_and(|(_, household)| household.what.stated && household.on >= since)
    }
}

impl Newcomer {
    fn is_adult_on(&self, day: Day) -> bool {
        let of_age = |born: Day| born.checked_add_months(chrono::Months::new(ADULT_MONTHS));
        self.born.and_then(of_age).is_none_or(|of_age| of_age <= day)
    }
}
