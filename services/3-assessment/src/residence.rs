//! Where a person lived when, as far as the population register tells.

use domain::{AddressKey, AuthorityId, Day};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A stretch of days, both included; without end where the last is absent.
pub type Spell = (Day, Option<Day>);

/// What the register said on a day about where somebody lives. The order is that in which statements count: the one
/// recorded later, then the one of the later move.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Residence {
    /// When the register produced it.
    pub recorded_on: Day,
    /// Since when the person lives there.
    pub since: Day,
    /// Since when the person lives in the municipality.
    pub municipality_since: Day,
    /// Where.
    pub at: Whereabouts,
}

/// Where somebody lives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// In no municipality: emigrated or disappeared.
    Gone,
    /// At this address, of which only the key is known.
    Address(AddressKey),
    /// At this address in this municipality.
    Home(AuthorityId, AddressKey),
}

impl Whereabouts {
    fn address(&self) -> Option<&AddressKey> {
        match self {
            Self::Gone => None,
            Self::Address(address) | Self::Home(_, address) => Some(address),
        }
    }
}

impl Residence {
    /// Whether it is known to be outside the municipality.
    fn is_outside(&self, authority: &AuthorityId) -> bool {
        match &self.at {
            Whereabouts::Home(municipality, _) => municipality != authority,
            Whereabouts::Gone => true,
            Whereabouts::Address(_) => false,
        }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        (self.since, self.municipality_since, &self.at) == (other.since, other.municipality_since, &other.at)
    }
}

/// Everything the register has said about where a person lives, by valid time and recorded time. For a day counts what
/// was recorded last among what holds from that day or an earlier one; so a move leaves the months before it as they
/// were, a correction replaces them, and the order of arrival plays no part.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Residences(BTreeSet<Residence>);

impl Residences {
    /// Keeps a statement. Tells whether the person has lived anywhere else than was known.
    pub fn keep(&mut self, new: Residence) -> bool {
        let before = self.answers(&new);
        self.0.insert(new.clone());
        let after = self.answers(&new);
        // Of equal statements in a row the first and the last say all.
        let around: Vec<&Residence> = self.0.iter().collect();
        let mut idle = around.windows(3).filter(|w| w[0].says_the_same(w[1]) && w[1].says_the_same(w[2]));
        if let Some(idle) = idle.next().map(|w| w[1].clone()) {
            self.0.remove(&idle);
        }
        before != after
    }

    /// What is known for each day on which a statement, this one among them, begins to hold.
    fn answers(&self, with: &Residence) -> Vec<(Day, Option<Whereabouts>, Option<Whereabouts>)> {
        let own = [with.since, with.municipality_since];
        let days: BTreeSet<Day> =
            self.0.iter().flat_map(|known| [known.since, known.municipality_since]).chain(own).collect();
        let at = |known: Option<&Residence>| known.map(|known| known.at.clone());
        days.into_iter().map(|day| (day, at(self.on(day)), at(self.in_municipality_on(day)))).collect()
    }

    /// The statements that others do not hold.
    pub fn without(&self, others: &Self) -> Self {
        Self(self.0.difference(&others.0).cloned().collect())
    }

    /// Those that say nothing that others say.
    pub fn unlike(&self, others: &Self) -> Self {
        Self(self.0.iter().filter(|known| !others.say(known)).cloned().collect())
    }

    /// Each statement, in the order in which they count.
    pub fn into_each(self) -> impl Iterator<Item = Residence> {
        self.0.into_iter()
    }

    /// Whether one of them says the same as another.
    pub fn say(&self, other: &Residence) -> bool {
        self.0.iter().any(|known| known.says_the_same(other))
    }

    fn on(&self, day: Day) -> Option<&Residence> {
        self.0.iter().rev().find(|known| known.since <= day)
    }

    fn in_municipality_on(&self, day: Day) -> Option<&Residence> {
        let tells = |known: &&Residence| !matches!(known.at, Whereabouts::Address(_));
        self.0.iter().rev().filter(tells).find(|known| known.municipality_since <= day)
    }

    /// Whether the person is known to live outside the municipality on this day.
    fn is_elsewhere(&self, authority: &AuthorityId, day: Day) -> bool {
        self.in_municipality_on(day).is_some_and(|known| known.is_outside(authority))
    }

    /// The parts of a spell in which the person is not known to live outside the municipality.
    pub fn spells_in(&self, authority: &AuthorityId, (from, to): Spell) -> Vec<Spell> {
        if to.is_some_and(|to| to < from) {
            return Vec::new();
        }
        let within = |day: &Day| *day > from && to.is_none_or(|to| *day <= to);
        let changes: BTreeSet<Day> =
            self.0.iter().map(|known| known.municipality_since).filter(within).chain([from]).collect();
        let starts: Vec<Day> = changes.into_iter().collect();
        let mut spells: Vec<Spell> = Vec::new();
        for (n, start) in starts.iter().enumerate() {
            if self.is_elsewhere(authority, *start) {
                continue;
            }
            let last = starts.get(n + 1).map_or(to, |next| next.pred_opt());
            match spells.last_mut() {
                Some((_, end)) if end.is_some() && *end == start.pred_opt() => *end = last,
                _ => spells.push((*start, last)),
            }
        }
        spells
    }

    /// The addresses at which the person has lived since a day.
    pub fn addresses_since(&self, day: Day) -> BTreeSet<&AddressKey> {
        let later = self.0.iter().map(|known| known.since).filter(|since| *since > day);
        later.chain([day]).filter_map(|day| self.on(day)?.at.address()).collect()
    }

    /// The first day of the time, with this day in it, in which this person has lived with another without break; none
    /// when they do not live together on it. Where nothing at all is known of the other, the address at which this person
    /// has arrived is the other's: the case follows no other.
    pub fn together_since(&self, other: Option<&Self>, day: Day) -> Option<Day> {
        let other = other.filter(|other| !other.0.is_empty());
        let together = |day: Day| {
            let own = self.on(day).and_then(|known| known.at.address());
            own.is_some()
                && other.is_none_or(|other| other.on(day).and_then(|known| known.at.address()) == own)
        };
        let days = self.0.iter().chain(other.into_iter().flat_map(|other| &other.0)).map(|known| known.since);
        let changes: BTreeSet<Day> = days.filter(|since| *since <= day).collect();
        changes.into_iter().rev().take_while(|change| together(*change)).last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::PersonSecret;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn authority(code: &str) -> AuthorityId {
        AuthorityId::parse(code).unwrap()
    }

    fn home(municipality: &str, house: &str, since: &str, recorded_on: &str) -> Residence {
        let address = PersonSecret::new(*b"0123456789abcdef").unwrap().address_key(house);
        let at = Whereabouts::Home(authority(municipality), address);
        Residence { recorded_on: day(recorded_on), since: day(since), municipality_since: day(since), at }
    }

    fn gone(since: &str, recorded_on: &str) -> Residence {
        let at = Whereabouts::Gone;
        Residence { recorded_on: day(recorded_on), since: day(since), municipality_since: day(since), at }
    }

    /// Keeps the statements in every order; the answer must be the same.
    fn in_any_order<T: PartialEq + std::fmt::Debug>(all: &[Residence], ask: impl Fn(&Residences) -> T) -> T {
        let asked = |order: &[Residence]| {
            let mut known = Residences::default();
            order.iter().chain(order).for_each(|residence| {
                known.keep(residence.clone());
            });
            ask(&known)
        };
        let expected = asked(all);
        for turn in 0..all.len() {
            let mut order = all.to_vec();
            order.rotate_left(turn);
            assert_eq!(asked(&order), expected);
            order.reverse();
            assert_eq!(asked(&order), expected);
        }
        expected
    }

    fn spells(all: &[Residence]) -> Vec<Spell> {
        in_any_order(all, |known| known.spells_in(&authority("0101"), (day("2023-01-01"), None)))
    }

    #[test]
    fn a_second_move_leaves_the_first_as_it_was() {
        let out_and_on = [
            home("0101", "a", "2020-01-01", "2023-01-02"),
            home("0147", "b", "2023-03-15", "2023-03-16"),
            home("0151", "c", "2023-05-01", "2023-05-02"),
        ];
        assert_eq!(spells(&out_and_on), [(day("2023-01-01"), Some(day("2023-03-14")))]);
        let out_and_back = [
            home("0101", "a", "2020-01-01", "2023-01-02"),
            home("0147", "b", "2023-03-15", "2023-03-16"),
            home("0101", "a", "2023-06-10", "2023-06-11"),
        ];
        let expected = [(day("2023-01-01"), Some(day("2023-03-14"))), (day("2023-06-10"), None)];
        assert_eq!(spells(&out_and_back), expected);
        let abroad_and_back = [
            home("0101", "a", "2020-01-01", "2023-01-02"),
            gone("2023-03-15", "2023-03-16"),
            home("0101", "a", "2023-06-10", "2023-06-11"),
        ];
        assert_eq!(spells(&abroad_and_back), expected);
    }

    #[test]
    fn an_annulled_move_has_never_been_and_a_move_inside_the_municipality_is_none() {
        let annulled = [
            home("0101", "a", "2020-01-01", "2023-01-02"),
            home("0147", "b", "2023-03-15", "2023-03-16"),
            home("0101", "a", "2020-01-01", "2023-04-01"),
        ];
        assert_eq!(spells(&annulled), [(day("2023-01-01"), None)]);
        let inside =
            [home("0101", "a", "2020-01-01", "2023-01-02"), home("0101", "b", "2023-03-15", "2023-03-16")];
        assert_eq!(spells(&inside), [(day("2023-01-01"), None)]);
    }

    #[test]
    fn two_statements_of_one_day_count_alike_in_any_order() {
        let same_day =
            [home("0101", "a", "2020-01-01", "2023-03-16"), home("0147", "b", "2023-03-15", "2023-03-16")];
        assert_eq!(spells(&same_day), [(day("2023-01-01"), Some(day("2023-03-14")))]);
    }

    #[test]
    fn a_statement_repeated_again_and_again_is_kept_twice_and_changes_nothing() {
        let mut known = Residences::default();
        assert!(known.keep(home("0101", "a", "2020-01-01", "2023-01-02")));
        for recorded_on in ["2023-02-02", "2023-05-02", "2023-04-02", "2023-03-02"] {
            assert!(!known.keep(home("0101", "a", "2020-01-01", recorded_on)));
        }
        assert_eq!(known.0.len(), 2);
        // It still stands against what was recorded before the repetition.
        known.keep(home("0147", "b", "2023-03-15", "2023-03-16"));
        assert_eq!(known.spells_in(&authority("0101"), (day("2023-01-01"), None)).len(), 1);
    }

    #[test]
    fn two_persons_live_together_from_the_later_move_until_the_first_one_out() {
        let payer =
            [home("0101", "a", "2020-01-01", "2023-01-02"), home("0101", "b", "2023-06-10", "2023-06-11")];
        let newcomer =
            [home("0101", "a", "2023-03-15", "2023-03-16"), home("0101", "b", "2023-08-01", "2023-08-02")];
        let mut theirs = Residences::default();
        newcomer.iter().for_each(|known| {
            theirs.keep(known.clone());
        });
        let together = |on: &str| in_any_order(&payer, |payers| theirs.together_since(Some(payers), day(on)));
        assert_eq!(together("2023-03-14"), None);
        assert_eq!(together("2023-04-01"), Some(day("2023-03-15")));
        assert_eq!(together("2023-07-01"), None);
        assert_eq!(together("2023-09-01"), Some(day("2023-08-01")));
        assert_eq!(theirs.together_since(None, day("2023-07-01")), Some(day("2023-03-15")));
    }
}
