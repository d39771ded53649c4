//! Which household, payer, application and places count in a month.

use crate::residence::{Residences, Spell};
use crate::state::{Application, Case, Held, Household, Person, Place, Stated};
use domain::{AuthorityId, Day, Period, PersonKey, PlaceId};
use messages::{Party, PlaceTerms};
use schemes::dk_daycare::{Settings, effect_of_application};

/// A payer who is a stranger to the household, among the reviews.
pub const PAYER_OUTSIDE: &str = "payer_outside/";

/// A child in a place that no household states, among the reviews.
pub const CHILD_OUTSIDE: &str = "child_outside/";

/// What to do about one.
pub fn child_outside(place: &str) -> String {
    format!(
        "the child in {place} is none of the household as stated: correct the place, or order set_household with the child"
    )
}

/// The name of the review by which staff are told of a payer from outside.
pub fn stranger_told(payer: &PersonKey) -> String {
    format!("{PAYER_OUTSIDE}{payer}")
}

impl Case {
    /// The household that counts in a month. The one stated at the opening counts from its day, and for the months before
    /// any: a place held then is paid for. A later one counts
    /// from the 1st after it was stated, or, where it raises the payment (an adult more, a child less), already from the
    /// 1st after the change: the payer had the duty to report it at once.
    pub fn household(&self, period: Period) -> Option<&Household> {
        let mut counting: Option<&Household> = None;
        for (from, stated) in &self.households {
            let household = &stated.what;
            let raises = counting.is_some_and(|before| {
                (before.single_provider && !household.single_provider)
                    || household.children.len() < before.children.len()
            });
            let effect = match (household.opening, raises) {
                (true, _) => Period::of(*from),
                (false, true) => first_whole_month(*from),
                (false, false) => first_whole_month(*from).max(Period::of(stated.on).next()),
            };
            if effect <= period {
                counting = Some(household);
            }
        }
        let opening =
            || self.households.values().map(|stated| &stated.what).find(|household| household.opening);
        counting.or_else(opening)
    }

    /// Who pays in a month, and whether anybody can. When the payer has died before it, the other adult of the household,
    /// if there is exactly one; otherwise nobody pays and the payer is named for what ends.
    pub fn payer(&self, period: Period) -> Option<(&Party, bool)> {
        let payer =
            self.payers.range(..=period.first_day()).next_back().or_else(|| self.payers.first_key_value())?;
        let payer = &payer.1.what;
        if self.alive(&payer.person, period.first_day()) {
            return Some((payer, true));
        }
        let adults = &self.household(period)?.adults;
        let mut others = adults
            .iter()
            .filter(|adult| adult.person != payer.person && self.alive(&adult.person, period.first_day()));
        match (others.next(), others.next()) {
            (Some(other), None) => Some((other, true)),
            _ => Some((payer, false)),
        }
    }

    /// The application whose income counts in a month; none when no subsidy is granted then.
    pub fn application(&self, period: Period, settings: &Settings) -> Option<&Application> {
        let effect = |application: &Application| {
            Period::of(effect_of_application(application.applied_on, application.admitted_on, settings))
        };
        let (_, latest) =
            self.applications
                .iter()
                .filter(|(_, application)| effect(application) <= period)
                .max_by_key(|(order, application)| (effect(application), application.applied_on, *order))?;
        let ended = self
            .subsidy_ends
            .iter()
            .any(|end| *end >= effect(latest).first_day() && first_whole_month(*end) <= period);
        (!ended).then_some(latest)
    }

    /// The days on which a place is paid for here: its own, cut by the case's end and the child's death, without those on
    /// which the child lives outside the municipality (another one collects for them).
    pub fn place_spells<'a>(
        &'a self,
        place: &'a Place,
        authority: &AuthorityId,
    ) -> Option<(&'a Held, Vec<Spell>)> {
        let held = &place.held.as_ref()?.what;
        let child = self.persons.get(&held.child.person);
        let died = child.and_then(Person::died_on);
        let own = place.ended.as_ref().map(|ended| ended.what).or(held.to);
        let closed = self.last_day.as_ref().map(|last| last.what);
        let last = [own, closed, died].into_iter().flatten().min();
        let nobody = Residences::default();
        let residences = child.map_or(&nobody, |child| &child.residences);
        Some((held, residences.spells_in(authority, (held.from, last))))
    }

    /// The first month in which anything can be owed.
    pub fn first_month(&self) -> Option<Period> {
        self.places
            .values()
            .filter_map(|place| place.held.as_ref())
            .map(|held| Period::of(held.what.from))
            .min()
    }

    /// Whether this payer is no adult of any household that was stated. Whom an earlier version charged as if they were, stays.
    pub fn is_stranger(&self, payer: &PersonKey) -> bool {
        let belongs = self
            .households
            .values()
            .any(|known| known.what.adults.iter().any(|adult| adult.person == *payer));
        let told = self.reviews.contains(&stranger_told(payer));
        !belongs && (told || self.determined.values().all(|payers| !payers.contains_key(payer)))
    }

    /// Places held in a month by a child that no household has ever stated: most likely a slip in its number.
    pub fn placed_outside(&self, period: Period) -> impl Iterator<Item = (&PlaceId, &PersonKey)> {
        let held = self.places.iter().filter_map(|(id, place)| Some((id, &place.held.as_ref()?.what)));
        let in_month = held.filter(move |(_, held)| Period::of(held.from) <= period);
        in_month.map(|(id, held)| (id, &held.child.person)).filter(|(_, child)| !self.states_child(child))
    }

    fn states_child(&self, child: &PersonKey) -> bool {
        let stated = |known: &Stated<Household>| known.what.children.iter().any(|one| one.person == *child);
        self.households.values().any(stated)
    }

    /// Whether the child in this place is still outside of every household, and since when.
    pub fn is_placed_outside(&self, place: &str, child: &str) -> Option<(Day, bool)> {
        let (_, held) = self.places.iter().find(|(id, _)| id.as_str() == place)?;
        let held = &held.held.as_ref()?.what;
        let same = held.child.person.as_str() == child;
        Some((held.from, same && !self.states_child(&held.child.person)))
    }

    /// Whether a person lives, as far as the register says.
    pub fn alive(&self, person: &PersonKey, on: Day) -> bool {
        self.persons.get(person).and_then(Person::died_on).is_none_or(|died| died >= on)
    }
}

impl Place {
    /// Rate, cost and subsidies in a month: those in force on its first day, or on the place's first day. A change
    /// inside a month counts from the next.
    pub fn terms(&self, period: Period, first_day: Day) -> Option<&PlaceTerms> {
        let on = period.first_day().max(first_day);
        let in_force = self.terms.range(..=on).next_back().or_else(|| self.terms.first_key_value());
        in_force.map(|(_, stated): (&Day, &Stated<PlaceTerms>)| &stated.what)
    }
}

/// The month of a day that is a 1st, otherwise the month after.
pub fn first_whole_month(day: Day) -> Period {
    let period = Period::of(day);
    if period.first_day() == day { period } else { period.next() }
}
