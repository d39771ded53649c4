//! Applications, and the notices that routing opens for the cases of a directory.

use super::super::Options;
use super::super::read_back::{day_of, items_of};
use assessment::{Assessment, Case};
use domain::{AuthorityId, Day, NoticeId, PersonKey};
use intake::Item;
use messages::{Body, CaseNotice, CaseOrder, Content, Message, NoticeSubject, RegisterFact, Topic};
use routing::{Routing, Strategy, Subject};
use runtime::{Change, Context, Input, Stage};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;

/// How many there were in the months that were generated.
#[derive(Debug, Default)]
pub struct Advices {
    /// Applications for the economic subsidy, without those with which the first cases were taken over.
    pub applications: u32,
    /// Notices from the population register, but for those of `moved_out`.
    pub population: u32,
    /// Notices about followed persons who live in another municipality or abroad from then on.
    pub moved_out: u32,
    /// Notices from the income register.
    pub income: u32,
}

/// Routing, and assessment as far as it says whom a case follows.
struct Stages {
    routing: Routing,
    assessment: Assessment,
    subjects: BTreeMap<String, Subject>,
    cases: BTreeMap<String, Case>,
    /// The municipality in which somebody lives; none abroad or dead.
    homes: BTreeMap<PersonKey, Option<AuthorityId>>,
    authority: AuthorityId,
    begun_on: Day,
    seen: BTreeSet<NoticeId>,
    counted: Advices,
}

impl Advices {
    /// Takes the directory file by file. Routing has read a file before assessment hears of what came of it, as in a run.
    pub fn of(options: &Options) -> Self {
        let mut stages = Stages {
            routing: Routing::new(Strategy::built_in().unwrap()),
            assessment: Assessment::new(Default::default(), BTreeMap::new()).unwrap(),
            subjects: BTreeMap::new(),
            cases: BTreeMap::new(),
            homes: BTreeMap::new(),
            authority: AuthorityId::parse(format!("{:04}", options.profile.authority())).unwrap(),
            begun_on: options.from.first_day(),
            seen: BTreeSet::new(),
            counted: Self::default(),
        };
        let layout = intake::cpr::Layout::load().unwrap();
        for (_, folder) in intake::days(&options.out).unwrap() {
            let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
            for path in entries.collect::<BTreeSet<_>>() {
                let within = path.strip_prefix(&options.out).unwrap();
                let items = items_of(&layout, within, &fs::read(&path).unwrap());
                let mut waiting: VecDeque<Message> =
                    items.into_iter().filter_map(|item| stages.message(item)).collect();
                while let Some(message) = waiting.pop_front() {
                    waiting.extend(stages.decide(day_of(within), &message));
                }
            }
        }
        stages.counted
    }
}

impl Stages {
    /// The message of an item. Of the orders only those count that say who belongs to a case.
    fn message(&mut self, item: Item) -> Option<Message> {
        match item {
            Item::Event(_, event) => {
                if let RegisterFact::PersonSnapshot(snapshot) = &event.fact {
                    let home = snapshot.home.as_ref().map(|home| home.municipality.clone());
                    self.homes.insert(event.person.clone(), home);
                }
                Some(Message::RegisterEvents(body(*event)))
            }
            Item::Arrival(_, arrival) => Some(Message::RegisterMoves(body(*arrival))),
            Item::Command(_, command) => match command.order {
                CaseOrder::ApplySubsidy { .. } => {
                    self.counted.applications += u32::from(command.issued_on >= self.begun_on);
                    None
                }
                CaseOrder::OpenCase { .. }
                | CaseOrder::SetHousehold { .. }
                | CaseOrder::ChangePayer { .. } => Some(Message::CaseCommands(body(*command))),
                _ => None,
            },
            _ => None,
        }
    }

    /// What routing or assessment sends the other because of a message.
    fn decide(&mut self, today: Day, message: &Message) -> Vec<Message> {
        let Self { routing, assessment, subjects, cases, .. } = self;
        match message {
            Message::RegisterEvents(body) => sent(routing, subjects, today, &body.data, message),
            Message::RegisterMoves(body) => sent(routing, subjects, today, &body.data, message),
            Message::CaseMemberships(body) => sent(routing, subjects, today, &body.data, message),
            Message::CaseCommands(body) => sent(assessment, cases, today, &body.data, message),
            Message::CaseNotices(body) => {
                let sent = sent(assessment, cases, today, &body.data, message);
                self.count(&body.data);
                sent
            }
            other => panic!("{}", other.topic()),
        }
    }

    fn count(&mut self, notice: &CaseNotice) {
        for open in &notice.notices {
            if !self.seen.insert(open.notice.clone()) {
                continue;
            }
            let person = match &notice.about {
                NoticeSubject::Register(event) => Some(&event.person),
                NoticeSubject::Arrival(_) => None,
            };
            let elsewhere =
                || person.is_some_and(|person| self.homes[person] != Some(self.authority.clone()));
            let of_kind = match open.event_type.as_str() {
                "move" | "emigration" if elsewhere() => &mut self.counted.moved_out,
                "income_started" | "income_changed" | "income_new_payer" => &mut self.counted.income,
                _ => &mut self.counted.population,
            };
            *of_kind += 1;
        }
    }
}

fn body<T>(data: T) -> Body<T> {
    Body { causes: Vec::new(), evidence: Vec::new(), data }
}

fn sent<S: Stage>(
    stage: &S,
    states: &mut BTreeMap<String, S::State>,
    today: Day,
    content: &impl Content,
    message: &Message,
) -> Vec<Message> {
    let key = content.key();
    let context = Context { key: &key, today, cause: "test", evidence: &[], trace: "" };
    let effects = stage.decide(&context, states.remove(&key), Input::Message(message)).unwrap();
    if let Change::Put(state) = effects.state() {
        states.insert(key.clone(), state.clone());
    }
    let sent = effects.messages().iter().filter_map(|sent| match sent.topic {
        Topic::CaseNotices => Some(Message::CaseNotices(body(sent.content().unwrap()))),
        Topic::CaseMemberships => Some(Message::CaseMemberships(body(sent.content().unwrap()))),
        _ => None,
    });
    sent.collect()
}
