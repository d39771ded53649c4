//! What the population register says of a person and what would raise a payment counts only after a hearing about it
//! (R34): until then, and after a hearing in which the raise does not stand, a month is owed as before.

use crate::Rules;
use crate::assess_case::horizon;
use crate::facts::Touched;
use crate::hearing::{About, Hearing};
use crate::residence::Residence;
use crate::state::{Case, Known, Opened};
use crate::target::{Proposal, Target};
use domain::{Day, HearingId, Period, PersonKey};
use messages::Cause;
use rust_decimal::Decimal;
use schemes::Error;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person of whom the register says something that does not count yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unheard {
    /// What counts of what the register says.
    pub was: Known,
    /// That, and what is being asked about; none while nothing is asked. What the register says beyond it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Known>,
    /// Tells this question from others about the same person.
    pub number: u32,
}

impl Unheard {
    fn was(&self) -> &Known {
        &self.was
    }

    fn as_asked(&self) -> &Known {
        self.asked.as_ref().unwrap_or(&self.was)
    }
}

/// How the hearings about what is being asked of a person stand.
#[derive(Default)]
struct Outcomes {
    open: bool,
    objected: bool,
    heard: bool,
    dropped: bool,
}

/// One thing that the register says of a person.
enum Statement {
    /// Whether the person lives, and whether it has moved to a payer's address.
    Person(Known),
    /// Where the person lives.
    Residence(Residence),
}

impl Case {
    /// What is owed for a month from all that the citizen need not be heard about, or has been; none when no place was
    /// ever held by then or nobody is there to pay. What lowers the month always counts.
    pub fn target(
        &self,
        rules: &Rules,
        opened: &Opened,
        period: Period,
        today: Day,
    ) -> Result<Option<Target>, Error> {
        // What came since the morning is told apart in the next one.
        let new = self.touched.before.iter().filter(|(person, _)| !self.unheard.contains_key(*person));
        let counting = self.unheard.iter().map(|(person, unheard)| (person, &unheard.was)).chain(new.clone());
        let counting: BTreeMap<_, _> = counting.map(|(person, was)| (person.clone(), was.clone())).collect();
        if counting.is_empty() {
            return self.target_as_registered(rules, opened, period, today);
        }
        let asked =
            self.unheard.iter().filter_map(|(person, unheard)| Some((person, unheard.asked.clone()?)));
        let said = asked.chain(new.map(|(person, _)| (person, self.known(person))));
        let mut view = self.clone();
        view.exchange(counting);
        let mut owed = view.target_as_registered(rules, opened, period, today)?;
        let mut raising = Vec::new();
        for (person, said) in said {
            let was = view.exchange([(person.clone(), said)].into());
            let with = view.target_as_registered(rules, opened, period, today)?;
            if rises(&owed, &with) {
                raising.extend(view.exchange(was));
            } else {
                owed = with;
            }
        }
        // What raises is judged with all that lowers in its place: the one who would pay is heard.
        let (mut proposals, mut heard) = (Vec::new(), Vec::new());
        for (person, said) in raising {
            let was = view.exchange([(person.clone(), said)].into());
            let with = view.target_as_registered(rules, opened, period, today)?;
            if !rises(&owed, &with) {
                owed = with;
                continue;
            }
            if let (Some(unheard), Some(with)) = (self.unheard.get(&person), with) {
                let payer = with.payer.person.clone();
                let about = About::Register { person: person.clone(), payer, number: unheard.number };
                let id = about.id(&opened.case);
                if let Some(proof) = self.hearings.get(&id).and_then(Hearing::heard) {
                    heard.push((id, proof));
                    owed = Some(with);
                    continue;
                }
                proposals.extend(owed.as_ref().map(|owed| Proposal {
                    about,
                    payer: with.payer,
                    assessment: with.assessment,
                    source: with.source,
                    now: owed.assessment.total,
                    evidence: with.evidence,
                }));
            }
            view.exchange(was);
        }
        Ok(owed.map(|mut target| {
            target.heard.splice(..0, heard);
            target.proposals.extend(proposals);
            target
        }))
    }

    /// Takes in what the register has said of persons since the last morning; `before` is what it had said of them until
    /// then. What raises nothing counts from now on. Whether anything is to be asked that was not before.
    pub fn weigh_register(
        &mut self,
        rules: &Rules,
        opened: &Opened,
        before: &BTreeMap<PersonKey, Known>,
        today: Day,
    ) -> Result<bool, Error> {
        let Some(first) = self.first_month() else { return Ok(false) };
        let months: Vec<Period> = first.through(horizon(today)).collect();
        let weigh = Weigh { rules, opened, months: &months, today };
        for (person, before) in before {
            let new = || Unheard { was: before.clone(), asked: None, number: 0 };
            self.unheard.entry(person.clone()).or_insert_with(new);
        }
        let mut asks = false;
        for person in self.unheard.keys().cloned().collect::<Vec<_>>() {
            self.leave_what_was_ruled_out(&person);
            asks |= self.weigh_person(weigh, &person)?;
        }
        Ok(asks)
    }

    /// Lets each statement about a person count that raises no month that has been decided; asks about the others.
    fn weigh_person(&mut self, weigh: Weigh<'_>, person: &PersonKey) -> Result<bool, Error> {
        let Some(Unheard { mut was, mut asked, mut number }) = self.unheard.get(person).cloned() else {
            return Ok(false);
        };
        let said = self.known(person);
        let news =
            said.beyond(&was, asked.as_ref()).filter(|new| !weigh.is_too_early(new)).collect::<Vec<_>>();
        let with_all = |known: &Known, news: &[Statement]| news.iter().fold(known.clone(), Known::with);
        let mut raising = Vec::new();
        // A move and its annulment in one delivery change nothing, though the first lowers and the second raises.
        let all = with_all(&was, &news);
        if weigh.raises(self, person, &was, &all)? {
            for new in news {
                let with = was.clone().with(&new);
                if weigh.raises(self, person, &was, &with)? {
                    raising.push(new);
                } else {
                    was = with;
                    asked = asked.map(|asked| asked.with(&new));
                }
            }
        } else {
            asked = asked.map(|asked| with_all(&asked, &news));
            was = all;
        }
        let mut asks = false;
        // What a payer has been heard about, or objects to, stays as it was asked; what came since is asked about after it.
        let so_far = self.outcomes(person);
        if !raising.is_empty() && !so_far.heard && !so_far.objected {
            let question = with_all(asked.as_ref().unwrap_or(&was), &raising);
            // What adds nothing to what is being asked waits for its end.
            asks = match &asked {
                None => true,
                Some(asked) => weigh.differ(self, person, asked, &question)?,
            };
            if asks {
                asked = Some(question);
                number = self.hearings_about(person).map(|(number, ..)| number + 1).max().unwrap_or_default();
            }
        }
        if let Some(question) = &asked
            && weigh.says_the_same(question, &was)
            && !weigh.differ(self, person, question, &was)?
        {
            was = asked.take().unwrap_or(was);
        }
        if asked.is_none() && said.beyond(&was, None).next().is_none() {
            self.unheard.remove(person);
        } else {
            self.unheard.insert(person.clone(), Unheard { was, asked, number });
        }
        Ok(asks)
    }

    /// Lets what has been heard count for good, once it has been decided.
    pub fn settle_heard(&mut self) {
        let heard: Vec<PersonKey> =
            self.unheard.keys().filter(|person| self.is_heard(person)).cloned().collect();
        for person in heard {
            let said = self.known(&person);
            let Some(unheard) = self.unheard.get_mut(&person) else { continue };
            let Some(asked) = unheard.asked.take() else { continue };
            unheard.was = asked;
            if said.beyond(&unheard.was, None).next().is_none() {
                self.unheard.remove(&person);
            } else {
                self.touch(Touched::All(Cause::HouseholdNotice));
            }
        }
    }

    /// Takes out of the register's statements what has been asked about and ruled out: it counts no more, also when it is
    /// repeated. A ruling is about what the register says, so it stands for whoever was asked.
    fn leave_what_was_ruled_out(&mut self, person: &PersonKey) {
        if self.outcomes(person).dropped
            && let Some(unheard) = self.unheard.get_mut(person)
            && let Some(asked) = unheard.asked.take()
        {
            let was = unheard.was.clone();
            self.persons.entry(person.clone()).or_default().rule_out(&asked, &was);
        }
    }

    /// Whether all who were asked about this person have been heard, and the raise stands.
    fn is_heard(&self, person: &PersonKey) -> bool {
        matches!(self.outcomes(person), Outcomes { open: false, heard: true, .. })
    }

    fn outcomes(&self, person: &PersonKey) -> Outcomes {
        self.hearings_now(person).fold(Outcomes::default(), |all, (id, hearing)| Outcomes {
            open: all.open || hearing.ended.is_none(),
            objected: all.objected || self.is_objected_to(id, hearing),
            heard: all.heard || hearing.heard().is_some(),
            dropped: all.dropped || hearing.dropped(),
        })
    }

    /// The hearings about what is being asked of this person.
    fn hearings_now<'a>(
        &'a self,
        person: &'a PersonKey,
    ) -> impl Iterator<Item = (&'a HearingId, &'a Hearing)> {
        let asked = self.unheard.get(person).filter(|unheard| unheard.asked.is_some());
        let number = asked.map(|unheard| unheard.number);
        let now = move |(of, ..): &(u32, &HearingId, &Hearing)| Some(*of) == number;
        self.hearings_about(person).filter(now).map(|(_, id, hearing)| (id, hearing))
    }

    fn hearings_about<'a>(
        &'a self,
        who: &'a PersonKey,
    ) -> impl Iterator<Item = (u32, &'a HearingId, &'a Hearing)> {
        self.hearings.iter().filter_map(move |(id, hearing)| match &hearing.about {
            About::Register { person, number, .. } if person == who => Some((*number, id, hearing)),
            _ => None,
        })
    }

    /// Whether the citizen has been told what a month costs: by a decision about it, or as the one before it.
    fn has_been_decided(&self, period: Period) -> bool {
        self.decisions.iter().any(|decision| decision.covers(period))
            || self.determined.range(..=period).next().is_some()
    }
}

impl Known {
    /// What it says beyond what counts and what is being asked about.
    fn beyond(&self, was: &Self, asked: Option<&Self>) -> impl Iterator<Item = Statement> {
        let known = asked.unwrap_or(was);
        let differs = (self.vital, &self.newcomer) != (known.vital, &known.newcomer);
        let person = differs.then(|| Statement::Person(self.clone()));
        let residences = self.residences.without(&was.residences).without(&known.residences);
        person.into_iter().chain(residences.into_each().map(Statement::Residence))
    }

    fn with(mut self, new: &Statement) -> Self {
        match new {
            Statement::Person(said) => {
                self.vital = said.vital;
                self.newcomer.clone_from(&said.newcomer);
            }
            Statement::Residence(residence) => {
                self.residences.keep(residence.clone());
            }
        }
        self
    }
}

/// What a month costs, when the register says the one and when it says the other.
type Both = (Option<Decimal>, Option<Decimal>);

/// What is needed to tell whether something raises a payment.
#[derive(Clone, Copy)]
struct Weigh<'a> {
    rules: &'a Rules,
    opened: &'a Opened,
    months: &'a [Period],
    today: Day,
}

impl Weigh<'_> {
    /// Whether it changes no month before those that are still to be determined: all that is announced is weighed then.
    fn is_too_early(self, new: &Statement) -> bool {
        let Statement::Residence(residence) = new else { return false };
        self.months.last().is_some_and(|last| residence.since > last.last_day())
    }

    /// Whether a month that has been decided costs more when the register says this of a person than when it says that,
    /// with what counts of the others, or with what is being asked of them.
    fn raises(self, case: &Case, person: &PersonKey, was: &Known, with: &Known) -> Result<bool, Error> {
        let nobody_asked = case.unheard.values().all(|unheard| unheard.asked.is_none());
        let views: &[fn(&Unheard) -> &Known] =
            if nobody_asked { &[Unheard::was] } else { &[Unheard::was, Unheard::as_asked] };
        for others in views {
            let both = self.both(case, *others, person, (was, with))?;
            let mut both = self.months.iter().zip(both).filter(|(period, _)| case.has_been_decided(**period));
            if both.any(|(_, (was, with))| with > was) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn differ(self, case: &Case, person: &PersonKey, one: &Known, other: &Known) -> Result<bool, Error> {
        let both = self.both(case, Unheard::was, person, (one, other))?;
        Ok(both.into_iter().any(|(one, other)| one != other))
    }

    /// What each month costs when the register says the one or the other, with this of the others.
    fn both(
        self,
        case: &Case,
        others: fn(&Unheard) -> &Known,
        person: &PersonKey,
        (one, other): (&Known, &Known),
    ) -> Result<Vec<Both>, Error> {
        // Where nobody has moved to a payer's address, it plays no part at which one somebody lives.
        if one == other || case.newcomers.is_empty() && self.says_the_same(one, other) {
            return Ok(Vec::new());
        }
        let mut view = case.clone();
        let counting = case.unheard.iter().map(|(person, unheard)| (person.clone(), others(unheard).clone()));
        view.exchange(counting.collect());
        let mut amounts = |known: &Known| {
            view.exchange([(person.clone(), known.clone())].into());
            let of =
                |period: &Period| view.target_as_registered(self.rules, self.opened, *period, self.today);
            let amounts = self.months.iter().map(|period| Ok(of(period)?.as_ref().map(amount)));
            amounts.collect::<Result<Vec<_>, Error>>()
        };
        Ok(amounts(one)?.into_iter().zip(amounts(other)?).collect())
    }

    /// Whether both say the same of when the person lives, and in the municipality.
    fn says_the_same(self, one: &Known, other: &Known) -> bool {
        let from = self.months.first().map_or(self.today, |first| first.first_day());
        let days = |known: &Known| known.residences.spells_in(&self.opened.authority, (from, None));
        let died = |known: &Known| known.vital.and_then(|vital| vital.died_on);
        days(one) == days(other) && died(one) == died(other)
    }
}

fn rises(owed: &Option<Target>, with: &Option<Target>) -> bool {
    with.as_ref().map(amount) > owed.as_ref().map(amount)
}

fn amount(target: &Target) -> Decimal {
    target.assessment.total.amount()
}
