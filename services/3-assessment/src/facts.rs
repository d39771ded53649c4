//! Orders and register facts become facts of the case. Nothing is decided here.

use crate::state::{Answer, Application, Arrival, Case, Held, Household, Opened, Person, PersonHome, Stated};
use domain::{Day, Period, PersonKey};
use messages::{
    AddressArrival, CaseCommand, CaseOrder, Cause, Evidence, Party, PersonSnapshot, RegisterEvent,
    RegisterFact, Role,
};
use runtime::Refusal;

/// How many orders a case can have in its life: a guard against a sender in a loop.
const ORDERS_MAX: usize = 5_000;

/// Which months must be assessed anew, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// None.
    Nothing,
    /// All, for this cause.
    All(Cause),
    /// One month's income.
    Month(Period),
}

impl Case {
    /// Applies an order. The same id has effect once.
    pub fn apply(&mut self, command: &CaseCommand) -> Result<Touched, Refusal> {
        if self.orders.contains(&command.id) {
            return Ok(Touched::Nothing);
        }
        if self.orders.len() >= ORDERS_MAX {
            return Err(Refusal::new("too_many_orders", format!("a case has at most {ORDERS_MAX} orders")));
        }
        if let Some(opened) = &self.opened
            && opened.authority != command.authority
        {
            return Err(Refusal::new(
                "other_authority",
                "the case belongs to another authority; it alone can change it",
            ));
        }
        let touched = self.order(command)?;
        self.orders.insert(command.id.clone());
        Ok(touched)
    }

    /// Notes what the morning has to assess anew. The payer's own request names the cause when several things change.
    pub fn touch(&mut self, touched: Touched) {
        match touched {
            Touched::Nothing => {}
            Touched::All(cause) => {
                let first = self.touched.cause.unwrap_or(cause);
                self.touched.cause = Some(if cause == Cause::OwnRequest { cause } else { first });
            }
            Touched::Month(month) => {
                self.touched.income.insert(month);
            }
        }
    }

    fn order(&mut self, command: &CaseCommand) -> Result<Touched, Refusal> {
        let own = Touched::All(Cause::OwnRequest);
        let place_changed = Touched::All(Cause::Place);
        Ok(match &command.order {
            CaseOrder::OpenCase { scheme, billing, payer, from, adults, children, single_provider } => {
                if self.opened.is_some() {
                    return Err(Refusal::new(
                        "opened_twice",
                        "the case is open; change it with set_household or change_payer",
                    ));
                }
                let (case, authority) = (command.case.clone(), command.authority.clone());
                self.opened = Some(Opened { case, authority, scheme: *scheme, billing: *billing });
                Stated::keep(&mut self.payers, *from, stated(command, payer.clone()));
                self.state_household(
                    *from,
                    stated(command, household(adults, children, *single_provider, true)),
                );
                own
            }
            CaseOrder::SetHousehold { from, adults, children, single_provider } => {
                self.state_household(
                    *from,
                    stated(command, household(adults, children, *single_provider, false)),
                );
                own
            }
            CaseOrder::ChangePayer { from, payer } => {
                Stated::keep(&mut self.payers, *from, stated(command, payer.clone()));
                own
            }
            CaseOrder::PlaceChild { place, child, from, to, terms } => {
                let held = Held { child: child.clone(), from: *from, to: *to };
                let kept = self.places.entry(place.clone()).or_default();
                if kept.held.is_some() {
                    return Err(Refusal::new(
                        "place_taken",
                        "the place is held already; use another place id",
                    ));
                }
                kept.held = Some(stated(command, held));
                Stated::keep(&mut kept.terms, *from, stated(command, terms.clone()));
                place_changed
            }
            CaseOrder::ChangePlace { place, from, terms } => {
                let kept = self.places.entry(place.clone()).or_default();
                Stated::keep(&mut kept.terms, *from, stated(command, terms.clone()));
                Touched::All(Cause::Rates)
            }
            CaseOrder::EndPlace { place, last_day } => {
                let ended = &mut self.places.entry(place.clone()).or_default().ended;
                *ended = Some(ended.map_or(*last_day, |before| before.min(*last_day)));
                place_changed
            }
            CaseOrder::ApplySubsidy { applied_on, yearly_income, self_employed, admitted_on } => {
                let application = Application {
                    applied_on: *applied_on,
                    yearly_income: *yearly_income,
                    self_employed: *self_employed,
                    admitted_on: *admitted_on,
                };
                self.applications.insert(command.id.clone(), application);
                own
            }
            CaseOrder::EndSubsidy { from } => {
                self.subsidy_ends.insert(*from);
                own
            }
            CaseOrder::AnswerHearing { hearing, answered_on, answer } => {
                let answer = Answer::Citizen { on: *answered_on, answer: *answer };
                self.answers.entry(hearing.clone()).or_default().push(answer);
                own
            }
            CaseOrder::DecideHearing { hearing, decided_on, raise_stands, .. } => {
                let answer = Answer::Ruling { on: *decided_on, raise_stands: *raise_stands };
                self.answers.entry(hearing.clone()).or_default().push(answer);
                own
            }
            CaseOrder::LetterDelivered { letter, delivered_on, .. } => {
                self.delivered.insert(letter.clone(), *delivered_on);
                Touched::Nothing
            }
            // The case's own file of notices and exemptions is kept by `decide`.
            CaseOrder::CloseNotice { .. } => Touched::Nothing,
            CaseOrder::Exempt { period, reason, .. } => {
                self.exempt.insert(*period, reason.clone());
                Touched::Nothing
            }
            CaseOrder::CloseCase { last_day } => {
                self.last_day = Some(self.last_day.map_or(*last_day, |before| before.min(*last_day)));
                place_changed
            }
        })
    }

    /// Keeps a household. One that replaces the opening's takes its place: it holds from its day, too.
    fn state_household(&mut self, from: Day, new: Stated<Household>) {
        let opening = new.what.opening || self.households.get(&from).is_some_and(|known| known.what.opening);
        Stated::keep(&mut self.households, from, new);
        if let Some(kept) = self.households.get_mut(&from) {
            kept.what.opening = opening;
        }
    }

    /// Keeps a register fact about a person of the case.
    pub fn learn(&mut self, event: &RegisterEvent, evidence: &[Evidence]) -> Touched {
        let person = self.persons.entry(event.person.clone()).or_default();
        match &event.fact {
            RegisterFact::PersonSnapshot(snapshot) => person.snapshot(event, snapshot),
            RegisterFact::IncomeReport(report) => {
                let new = person.keep_income(report, event.recorded_on, evidence);
                if new { Touched::Month(report.disposition_month) } else { Touched::Nothing }
            }
            RegisterFact::CprEvent(_) => Touched::Nothing,
        }
    }

    /// Keeps that an adult has moved to the household's address.
    pub fn arrive(&mut self, arrival: &AddressArrival, evidence: &[Evidence]) -> Touched {
        let adult = arrival.born.is_none_or(|born| {
            born.checked_add_months(chrono::Months::new(ADULT_MONTHS))
                .is_none_or(|of_age| of_age <= arrival.since)
        });
        if !adult || self.arrivals.get(&arrival.person).is_some_and(|known| known.since >= arrival.since) {
            return Touched::Nothing;
        }
        let arrival_fact = Arrival { since: arrival.since, evidence: evidence.to_vec() };
        self.arrivals.insert(arrival.person.clone(), arrival_fact);
        Touched::All(Cause::HouseholdNotice)
    }

    /// What the case follows now: its persons, and the address where its payer lives.
    pub fn subjects(&self) -> Vec<(domain::Subject, Role)> {
        let person = |key: &PersonKey, role| (domain::Subject::Person(key.clone()), role);
        let mut all = Vec::new();
        for payer in self.payers.values() {
            all.push(person(&payer.what.person, Role::Payer));
            let home = self.persons.get(&payer.what.person).and_then(|payer| payer.home.as_ref());
            all.extend(home.map(|home| (domain::Subject::Address(home.address.clone()), Role::Address)));
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

/// Full age (*myndighedsalder*), in months.
const ADULT_MONTHS: u32 = 18 * 12;

impl Person {
    fn snapshot(&mut self, event: &RegisterEvent, snapshot: &PersonSnapshot) -> Touched {
        if self.recorded_on.is_some_and(|known| known > event.recorded_on) {
            return Touched::Nothing;
        }
        let before = self.clone();
        self.recorded_on = Some(event.recorded_on);
        let since = snapshot.status_since.unwrap_or(event.recorded_on);
        let gone = snapshot.departure.as_ref().map(|departure| departure.on.unwrap_or(event.recorded_on));
        self.died_on = (snapshot.status == "90").then_some(since);
        self.left_on = match snapshot.status.as_str() {
            "70" | "80" => Some(gone.unwrap_or(since)),
            _ => None,
        };
        self.home = snapshot.home.as_ref().map(|home| PersonHome {
            municipality: home.municipality.clone(),
            address: home.address.clone(),
            municipality_since: home.municipality_since.or(home.since),
        });
        self.children = snapshot.children.iter().cloned().collect();
        let unchanged = Self { recorded_on: before.recorded_on, ..self.clone() } == before;
        if unchanged { Touched::Nothing } else { Touched::All(Cause::HouseholdNotice) }
    }
}

fn stated<T>(command: &CaseCommand, what: T) -> Stated<T> {
    Stated { on: command.issued_on, order: command.id.clone(), what }
}

fn household(adults: &[Party], children: &[Party], single_provider: bool, opening: bool) -> Household {
    Household { adults: adults.to_vec(), children: children.to_vec(), single_provider, opening }
}
