//! Register facts become facts of the case, and the case says whom and what it follows. Nothing is decided here.

use crate::facts::Touched;
use crate::residence::{Residence, Whereabouts};
use crate::state::{Case, Known, Married, Person, RuledOut, Vital};
use domain::{Day, Period, PersonKey};
use messages::{AddressArrival, Cause, Evidence, Kept, PersonSnapshot, RegisterEvent, RegisterFact, Role};
use std::collections::BTreeMap;

impl Case {
    /// Keeps a register fact about a person of the case.
    pub fn learn(&mut self, event: &RegisterEvent, evidence: &[Evidence]) -> Touched {
        match &event.fact {
            RegisterFact::PersonSnapshot(snapshot) => {
                let before = self.known(&event.person);
                let person = self.persons.entry(event.person.clone()).or_default();
                let changed = person.snapshot(event.recorded_on, snapshot);
                self.touched_by_register(&event.person, before, changed)
            }
            RegisterFact::IncomeReport(report) => {
                let person = self.persons.entry(event.person.clone()).or_default();
                let (recorded_on, evidence) = (event.recorded_on, evidence.to_vec());
                let new = person.income.keep(Kept { recorded_on, evidence, fact: report.clone() });
                // A month that is still to be recalculated waits for its own day.
                let month = report.disposition_month;
                let over = self.recalculated_to.is_some_and(|to| month <= to);
                if new && over { Touched::Month(month) } else { Touched::Nothing }
            }
            RegisterFact::CprEvent(_) => Touched::Nothing,
        }
    }

    /// Keeps that somebody has moved to an address of a payer's.
    pub fn arrive(&mut self, arrival: &AddressArrival, evidence: &[Evidence]) -> Touched {
        let known = self.known(&arrival.person);
        let newcomer = self.newcomers.entry(arrival.person.clone()).or_default();
        let before = newcomer.clone();
        newcomer.born = newcomer.born.max(arrival.born);
        newcomer.evidence.extend(evidence.iter().cloned());
        let known_better = *newcomer != before;
        let moved = self.persons.entry(arrival.person.clone()).or_default().lives(Residence {
            recorded_on: arrival.recorded_on,
            since: arrival.since,
            municipality_since: arrival.since,
            at: Whereabouts::Address(arrival.address.clone()),
        });
        self.touched_by_register(&arrival.person, known, moved || known_better)
    }

    /// What the population register says of a person.
    pub fn known(&self, key: &PersonKey) -> Known {
        let newcomer = self.newcomers.get(key).cloned();
        let person = self.persons.get(key);
        let (vital, residences) =
            person.map(|person| (person.vital, person.residences.clone())).unwrap_or_default();
        Known { vital, residences, newcomer }
    }

    fn touched_by_register(&mut self, key: &PersonKey, before: Known, changed: bool) -> Touched {
        // What changes nothing of all that is said may change what counts of it.
        if !changed && !self.unheard.contains_key(key) {
            return Touched::Nothing;
        }
        self.touched.before.entry(key.clone()).or_insert(before);
        Touched::All(Cause::HouseholdNotice)
    }

    /// Puts these facts of the population register in the place of the present ones; gives the present ones.
    pub fn exchange(&mut self, others: BTreeMap<PersonKey, Known>) -> BTreeMap<PersonKey, Known> {
        let mut present = BTreeMap::new();
        for (key, other) in others {
            present.insert(key.clone(), self.known(&key));
            match other.newcomer {
                Some(newcomer) => self.newcomers.insert(key.clone(), newcomer),
                None => self.newcomers.remove(&key),
            };
            let person = self.persons.entry(key).or_default();
            (person.vital, person.residences) = (other.vital, other.residences);
        }
        present
    }

    /// What the case follows now: its persons, and the addresses where its payers have lived since it began.
    pub fn subjects(&self) -> Vec<(domain::Subject, Role)> {
        let person = |key: &PersonKey, role| (domain::Subject::Person(key.clone()), role);
        let mut all = Vec::new();
        let first_day = self.households.keys().next().map(|first| Period::of(*first).first_day());
        for payer in self.payers.values() {
            all.push(person(&payer.what.person, Role::Payer));
            let homes = self.persons.get(&payer.what.person).zip(first_day);
            let addresses = homes.map(|(payer, first)| payer.residences.addresses_since(first));
            let address = |key: &domain::AddressKey| (domain::Subject::Address(key.clone()), Role::Address);
            all.extend(addresses.into_iter().flatten().map(address));
        }
        for household in self.households.values() {
            all.extend(household.what.adults.iter().map(|adult| person(&adult.person, Role::Adult)));
            all.extend(household.what.children.iter().map(|child| person(&child.person, Role::Child)));
        }
        for held in self.places.values().filter_map(|place| place.held.as_ref()) {
            all.push(person(&held.what.child.person, Role::Child));
        }
        // Only once the citizen has been heard does the newcomer belong to the household.
        for hearing in self.hearings.values().filter(|hearing| hearing.heard().is_some()) {
            if let crate::About::MoveIn { person: newcomer, .. } = &hearing.about {
                all.push(person(newcomer, Role::Adult));
            }
        }
        all
    }
}

impl Person {
    /// Keeps a snapshot. Tells whether it says anything of the person's life or home that was not known.
    fn snapshot(&mut self, recorded_on: Day, snapshot: &PersonSnapshot) -> bool {
        if let Some(civil) = &snapshot.civil_status {
            let is = matches!(civil.code.as_str(), "G" | "P");
            self.married = self.married.max(Some(Married { recorded_on, is }));
        }
        let since = snapshot.status_since.unwrap_or(recorded_on);
        let died_on = (snapshot.status == "90").then_some(since);
        let before = self.died_on();
        let ruled_out = self.ruled_out.as_ref().and_then(|ruled_out| ruled_out.vital);
        if ruled_out.is_none_or(|ruled_out| ruled_out.died_on != died_on) {
            self.vital = self.vital.max(Some(Vital { recorded_on, died_on }));
        }
        let moved = residence(recorded_on, snapshot).is_some_and(|residence| self.lives(residence));
        if before != self.died_on() {
            self.ruled_out = None;
        }
        moved || before != self.died_on()
    }

    /// Keeps where the person lives, unless it only repeats what was ruled out. Tells whether that was not known.
    fn lives(&mut self, residence: Residence) -> bool {
        if self.ruled_out.as_ref().is_some_and(|ruled_out| ruled_out.residences.say(&residence)) {
            return false;
        }
        let moved = self.residences.keep(residence);
        if moved {
            self.ruled_out = None;
        }
        moved
    }

    /// Takes out what was asked about beyond what counts.
    pub fn rule_out(&mut self, asked: &Known, was: &Known) {
        let residences = asked.residences.without(&was.residences);
        let vital = asked.vital.filter(|_| asked.vital != was.vital);
        // Also where it was repeated meanwhile; what counts anyway stays.
        let counting = was.residences.clone();
        let others = self.residences.without(&counting).unlike(&residences);
        self.residences = others.into_each().fold(counting, |mut all, other| {
            all.keep(other);
            all
        });
        if vital.is_some_and(|ruled_out| self.died_on() == ruled_out.died_on) {
            self.vital = was.vital;
        }
        self.ruled_out = Some(RuledOut { vital, residences });
    }

    /// Day of death.
    pub fn died_on(&self) -> Option<Day> {
        self.vital.and_then(|vital| vital.died_on)
    }
}

/// Where the snapshot says that the person lives; none where it says nothing of it. A day that the register does not
/// know is the day on which it said so.
fn residence(recorded_on: Day, snapshot: &PersonSnapshot) -> Option<Residence> {
    if matches!(snapshot.status.as_str(), "70" | "80") {
        let gone = snapshot.departure.as_ref().map(|departure| departure.on.unwrap_or(recorded_on));
        let since = gone.or(snapshot.status_since).unwrap_or(recorded_on);
        return Some(Residence { recorded_on, since, municipality_since: since, at: Whereabouts::Gone });
    }
    let home = snapshot.home.as_ref()?;
    Some(Residence {
        recorded_on,
        since: home.since.or(home.municipality_since).unwrap_or(recorded_on),
        municipality_since: home.municipality_since.or(home.since).unwrap_or(recorded_on),
        at: Whereabouts::Home(home.municipality.clone(), home.address.clone()),
    })
}
