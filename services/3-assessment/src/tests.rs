//! A case driven day by day with real orders and register facts, its letters delivered at once.

mod anything;
mod childcare;
mod hearings;
mod households;
mod housing;
mod income_raises;
mod notices;
mod order;
mod orders;
mod register_raises;
mod register_random;
mod repayment;
mod situations;
mod yearly;

use crate::{Assessment, Case};
use domain::{AuthorityId, CaseId, Cpr, Day, Money, Period, PersonKey, PersonSecret, PlaceId};
use messages::{
    AssessmentEvent, AssessmentFact, BillingMode, Body, CaseCommand, CaseNotice, CaseOrder, DeadLetter,
    IncomeReport, Letter, Message, NoticeSubject, Party, PersonSnapshot, PlaceKind, PlaceTerms,
    RegisterEvent, RegisterFact, ReportKind, Role, Scheme, Topic,
};
use runtime::{Change, Context, Effects, Input, Refusal, Stage};
use schemes::dk_daycare::Settings;
use std::collections::BTreeMap;

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn month(text: &str) -> Period {
    text.parse().unwrap()
}

/// A fictive person: day of birth + 60.
pub fn party(number: u32) -> Party {
    let cpr = Cpr::parse(&format!("610185{number:04}")).unwrap();
    Party { person: PersonSecret::new(*b"0123456789abcdef").unwrap().person_key(&cpr), cpr: cpr.into() }
}

pub const PAYER: u32 = 1;
pub const PARTNER: u32 = 2;
pub const CHILD: u32 = 11;
pub const SIBLING: u32 = 12;
pub const NEWCOMER: u32 = 3;

/// A case and everything it has sent.
pub struct Life {
    stage: Assessment,
    state: Option<Case>,
    timers: BTreeMap<String, Day>,
    today: Day,
    orders: u32,
    /// Letters are not delivered by themselves.
    pub letters_wait: bool,
    pub events: Vec<AssessmentEvent>,
    pub letters: Vec<Letter>,
    pub dead_letters: Vec<DeadLetter>,
}

impl Life {
    pub fn begin(on: &str) -> Self {
        Self::under(Settings::default(), on)
    }

    pub fn under(settings: Settings, on: &str) -> Self {
        let stage = Assessment::new(settings, BTreeMap::new()).unwrap();
        let (timers, events, letters, dead_letters) = Default::default();
        let today = day(on);
        Self {
            stage,
            state: None,
            timers,
            today,
            orders: 0,
            letters_wait: false,
            events,
            letters,
            dead_letters,
        }
    }

    pub fn try_input(&mut self, input: Input<'_, Assessment>) -> Result<(), Refusal> {
        let context = Context { key: "K-1", today: self.today, cause: "test", evidence: &[], trace: "" };
        let effects: Effects<Assessment> = self.stage.decide(&context, self.state.clone(), input)?;
        if let Change::Put(case) = effects.state() {
            // What is kept must survive the store.
            let json = serde_json::to_string(case).unwrap();
            self.state = Some(serde_json::from_str(&json).unwrap());
            assert_eq!(self.state.as_ref(), Some(case));
        }
        for (name, due) in effects.timers() {
            match due {
                Some(due) => self.timers.insert(name.clone(), *due),
                None => self.timers.remove(name),
            };
        }
        let mut delivered = Vec::new();
        for message in effects.messages() {
            match message.topic {
                Topic::DeadLetters => self.dead_letters.push(message.content().unwrap()),
                Topic::AssessmentEvents => self.events.push(message.content().unwrap()),
                Topic::Letters => {
                    let letter: Letter = message.content().unwrap();
                    delivered.extend((!self.letters_wait).then(|| letter.letter.clone()));
                    self.letters.push(letter);
                }
                _ => {}
            }
        }
        for letter in delivered {
            let (id, delivered_on) = (letter.to_string(), self.today);
            let order = CaseOrder::LetterDelivered { letter, delivered_on, channel: "directory".to_owned() };
            let message = self.command_with(id, order);
            self.message(&message);
        }
        Ok(())
    }

    pub fn message(&mut self, message: &Message) {
        self.try_input(Input::Message(message)).unwrap();
    }

    /// Orders as on an earlier or a later day than today.
    pub fn order_issued(&mut self, issued_on: &str, order: CaseOrder) {
        let Message::CaseCommands(mut command) = self.command(order) else { unreachable!() };
        command.data.issued_on = day(issued_on);
        self.message(&Message::CaseCommands(command));
    }

    pub fn command(&mut self, order: CaseOrder) -> Message {
        self.orders += 1;
        self.command_with(format!("o{}", self.orders), order)
    }

    fn command_with(&self, id: String, order: CaseOrder) -> Message {
        Message::CaseCommands(body(CaseCommand {
            id,
            case: CaseId::parse("K-1").unwrap(),
            authority: authority(),
            issued_on: self.today,
            issued_by: "test".to_owned(),
            order,
        }))
    }

    pub fn order(&mut self, order: CaseOrder) {
        let message = self.command(order);
        self.message(&message);
    }

    /// Lets the days pass up to and including this one.
    pub fn until(&mut self, last: &str) {
        while self.today < day(last) {
            self.begin_day();
            self.morning();
        }
    }

    /// It is tomorrow, and what is due has not been done yet.
    pub fn begin_day(&mut self) {
        self.today = self.today.succ_opt().unwrap();
    }

    /// Does what is due.
    pub fn morning(&mut self) {
        loop {
            let due = self.timers.iter().find(|(_, due)| **due <= self.today).map(|(name, _)| name.clone());
            let Some(name) = due else { break };
            self.timers.remove(&name);
            self.try_input(Input::Timer(&name)).unwrap();
        }
    }

    pub fn household(&mut self, adults: &[u32], children: &[u32], single_provider: bool) {
        let from = self.today;
        self.order(CaseOrder::OpenCase {
            scheme: Scheme::DkDaycare,
            billing: BillingMode::Monthly,
            payer: party(PAYER),
            from,
            adults: adults.iter().map(|n| party(*n)).collect(),
            children: children.iter().map(|n| party(*n)).collect(),
            single_provider,
        });
    }

    pub fn place(&mut self, id: &str, child: u32, from: &str, rate: i64) {
        self.order(CaseOrder::PlaceChild {
            place: PlaceId::parse(id).unwrap(),
            child: party(child),
            from: day(from),
            to: None,
            terms: terms(rate),
        });
    }

    pub fn apply(&mut self, yearly_income: i64) {
        let (applied_on, yearly_income) = (self.today, Money::dkk(yearly_income));
        let order =
            CaseOrder::ApplySubsidy { applied_on, yearly_income, self_employed: false, admitted_on: None };
        self.order(order);
    }

    pub fn income(&mut self, person: u32, id: &str, of: &str, kroner: &str) {
        self.message(&income(person, id, of, kroner, ReportKind::Report));
    }

    /// The latest determined amount of each month, over all payers.
    pub fn owed(&self) -> BTreeMap<(Period, PersonKey), Money> {
        let mut owed = BTreeMap::new();
        for event in &self.events {
            if let AssessmentFact::Determined(determination) = &event.fact {
                owed.insert((determination.period, determination.payer.clone()), determination.amount);
            }
        }
        owed
    }

    pub fn owed_in(&self, of: &str) -> Option<String> {
        let owed = self.owed();
        let of_month: Vec<_> = owed.iter().filter(|((period, _), _)| *period == month(of)).collect();
        (!of_month.is_empty()).then(|| {
            of_month.iter().map(|(_, amount)| **amount).reduce(|a, b| a.plus(b).unwrap()).unwrap().to_text()
        })
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        self.events.iter().map(messages::Content::kind).collect()
    }

    pub fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|k| **k == kind).count()
    }

    pub fn rules(&self) -> &crate::Rules {
        &self.stage.rules
    }

    pub fn case(&self) -> &Case {
        self.state.as_ref().unwrap()
    }
}

pub fn terms(rate: i64) -> PlaceTerms {
    PlaceTerms {
        kind: PlaceKind::Nursery,
        monthly_rate: Money::dkk(rate),
        gross_cost: Money::dkk(rate * 4),
        treatment: false,
        social_percent: "0".to_owned(),
    }
}

pub fn authority() -> AuthorityId {
    AuthorityId::parse("0101").unwrap()
}

pub fn body<T>(data: T) -> Body<T> {
    Body { causes: Vec::new(), evidence: Vec::new(), data }
}

pub fn income(person: u32, id: &str, of: &str, kroner: &str, kind: ReportKind) -> Message {
    let of = month(of);
    register(
        person,
        of.last_day(),
        RegisterFact::IncomeReport(IncomeReport {
            report: id.to_owned(),
            employer: "19552101".to_owned(),
            period_from: of.first_day(),
            period_to: of.last_day(),
            disposition_month: of,
            kind,
            income_type: "00".to_owned(),
            correction: false,
            amounts: [("057".to_owned(), kroner.to_owned())].into(),
        }),
    )
}

pub fn snapshot(person: u32, on: &str, change: impl Fn(&mut PersonSnapshot)) -> Message {
    let mut snapshot = PersonSnapshot { status: "01".to_owned(), ..PersonSnapshot::default() };
    change(&mut snapshot);
    register(person, day(on), RegisterFact::PersonSnapshot(snapshot))
}

fn register(person: u32, recorded_on: Day, fact: RegisterFact) -> Message {
    Message::CaseNotices(body(CaseNotice {
        case: CaseId::parse("K-1").unwrap(),
        role: Role::Payer,
        about: NoticeSubject::Register(Box::new(RegisterEvent {
            person: party(person).person,
            recorded_on,
            fact,
        })),
        notices: Vec::new(),
    }))
}
