//! What the population register says of a person and what would raise a payment counts only after a hearing about that
//! person (R34): until then, and after a hearing in which the raise does not stand, a month is owed as before.

use crate::Rules;
use crate::assess_case::horizon;
use crate::hearing::{About, Hearing};
use crate::residence::Residences;
use crate::state::{Case, Known, Opened};
use crate::target::{Proposal, Target};
use domain::{Day, Period, PersonKey};
use rust_decimal::Decimal;
use schemes::Error;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person of whom the register says something that raises a payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unheard {
    /// What the register says without it: a month that rises by it is owed by this.
    pub was: Known,
    /// Which hearing about this person asks, counted from 0.
    pub number: u32,
}

/// How far the hearings about what the register says of a person have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// None has been opened, or nothing called for it any more.
    NotAsked,
    /// A citizen is being asked.
    Open,
    /// The raise stands.
    Heard,
    /// Staff have ruled that it does not, whoever pays.
    Dropped,
}

impl Case {
    /// What is owed for a month from all that is known and that the citizen need not be heard about, or has been; none
    /// when no place was ever held by then or nobody is there to pay. What lowers the month always counts.
    pub fn target(
        &self,
        rules: &Rules,
        opened: &Opened,
        period: Period,
        today: Day,
    ) -> Result<Option<Target>, Error> {
        // What came since the morning is told apart in the next one.
        let since_morning =
            self.touched.before.iter().filter(|(person, _)| !self.unheard.contains_key(*person));
        let unheard = self.unheard.iter().map(|(person, unheard)| (person, &unheard.was));
        let was: BTreeMap<PersonKey, Known> =
            unheard.chain(since_morning).map(|(person, was)| (person.clone(), was.clone())).collect();
        if was.is_empty() {
            return self.target_as_registered(rules, opened, period, today);
        }
        let mut view = self.clone();
        let said = view.exchange(was);
        let mut owed = view.target_as_registered(rules, opened, period, today)?;
        let (mut proposals, mut heard) = (Vec::new(), Vec::new());
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
        for (person, said) in raising {
            let was = view.exchange([(person.clone(), said)].into());
            let with = view.target_as_registered(rules, opened, period, today)?;
            if !rises(&owed, &with) {
                owed = with;
                continue;
            }
            if let (Some(number), Some(with)) = (self.to_be_heard(&person), with) {
                let about = About::Register { person, payer: with.payer.person.clone(), number };
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
            target.heard.extend(heard);
            target.proposals.extend(proposals);
            target
        }))
    }

    /// Takes in what the register has said of persons since the last morning; `before` is what it had said of them until
    /// then. What raises nothing counts from now on.
    pub fn weigh_register(
        &mut self,
        rules: &Rules,
        opened: &Opened,
        mut before: BTreeMap<PersonKey, Known>,
        today: Day,
    ) -> Result<(), Error> {
        self.leave_what_was_ruled_out(&mut before);
        let Some(first) = self.first_month() else { return Ok(()) };
        let months: Vec<Period> = first.through(horizon(today)).collect();
        let weigh = Weigh { rules, opened, months: &months, today };
        for (person, before) in &before {
            let number = self.hearings_about(person).map(|(number, _)| number + 1).max().unwrap_or_default();
            match self.progress(person) {
                // Whatever has been heard counts, and only what came after it is asked about.
                None | Some(Progress::Heard) => {
                    self.unheard.insert(person.clone(), Unheard { was: before.clone(), number });
                }
                Some(Progress::Open) if weigh.differ(self, person, before)? => {
                    self.unheard.entry(person.clone()).and_modify(|unheard| unheard.number = number);
                }
                _ => {}
            }
        }
        for person in self.unheard.keys().cloned().collect::<Vec<_>>() {
            let never_asked = self.hearings_now(&person).next().is_none();
            let said = self.known(&person);
            let new = match before.get(&person) {
                Some(before) if !never_asked => said.residences.without(&before.residences),
                None if !never_asked => continue,
                _ => said.residences.without(&self.unheard[&person].was.residences),
            };
            self.count_what_raises_nothing(weigh, &person, &said, new)?;
        }
        Ok(())
    }

    /// Lets each statement about a person count that raises no month that has been decided, nor can when its day comes.
    fn count_what_raises_nothing(
        &mut self,
        weigh: Weigh<'_>,
        person: &PersonKey,
        said: &Known,
        new: Residences,
    ) -> Result<(), Error> {
        let Some(unheard) = self.unheard.get(person) else { return Ok(()) };
        let mut was = unheard.was.clone();
        let vital = Known { vital: said.vital, newcomer: said.newcomer.clone(), ..was.clone() };
        if !weigh.raises(self, person, &was, &vital)? {
            was = vital;
        }
        for residence in new.into_each() {
            let too_early = weigh.months.last().is_some_and(|last| residence.since > last.last_day());
            if too_early && !residence.is_outside(&weigh.opened.authority) {
                continue;
            }
            let with = Known { residences: was.residences.with(residence), ..was.clone() };
            if !weigh.raises(self, person, &was, &with)? {
                was = with;
            }
        }
        let all_counts = (was.vital, &was.newcomer) == (said.vital, &said.newcomer)
            && said.residences.without(&was.residences).is_empty();
        if all_counts {
            self.unheard.remove(person);
        } else {
            self.unheard.entry(person.clone()).and_modify(|unheard| unheard.was = was);
        }
        Ok(())
    }

    /// Takes out of the register's statements what has been ruled out: it counts no more, also when it is repeated.
    fn leave_what_was_ruled_out(&mut self, before: &mut BTreeMap<PersonKey, Known>) {
        let dropped = |person: &&PersonKey| self.progress(person) == Some(Progress::Dropped);
        let dropped: Vec<PersonKey> = self.unheard.keys().filter(dropped).cloned().collect();
        for key in dropped {
            let Some(unheard) = self.unheard.remove(&key) else { continue };
            let ruled_out = before.get(&key).cloned().unwrap_or_else(|| self.known(&key));
            self.persons.entry(key.clone()).or_default().rule_out(&ruled_out, &unheard.was);
            if let Some(before) = before.get_mut(&key) {
                *before = unheard.was;
            }
        }
    }

    fn progress(&self, person: &PersonKey) -> Option<Progress> {
        self.unheard.get(person)?;
        let any = |of: fn(&Hearing) -> bool| self.hearings_now(person).any(of);
        Some(if any(Hearing::dropped) {
            Progress::Dropped
        } else if any(|hearing| hearing.ended.is_none()) {
            Progress::Open
        } else if any(|hearing| hearing.heard().is_some()) {
            Progress::Heard
        } else {
            Progress::NotAsked
        })
    }

    /// The number of the hearing that a raise by what the register says of this person needs; none where it has been ruled
    /// out, or has come since the morning.
    fn to_be_heard(&self, person: &PersonKey) -> Option<u32> {
        let ruled_out = self.progress(person) == Some(Progress::Dropped);
        self.unheard.get(person).filter(|_| !ruled_out).map(|unheard| unheard.number)
    }

    /// The hearings about what the register says of this person now.
    fn hearings_now<'a>(&'a self, person: &'a PersonKey) -> impl Iterator<Item = &'a Hearing> {
        let number = self.unheard.get(person).map(|unheard| unheard.number);
        self.hearings_about(person).filter(move |(of, _)| Some(*of) == number).map(|(_, hearing)| hearing)
    }

    fn hearings_about<'a>(&'a self, who: &'a PersonKey) -> impl Iterator<Item = (u32, &'a Hearing)> {
        self.hearings.values().filter_map(move |hearing| match &hearing.about {
            About::Register { person, number, .. } if person == who => Some((*number, hearing)),
            _ => None,
        })
    }
}

/// What is needed to tell whether something raises a payment.
#[derive(Clone, Copy)]
struct Weigh<'a> {
    rules: &'a Rules,
    opened: &'a Opened,
    months: &'a [Period],
    today: Day,
}

impl Weigh<'_> {
    /// Whether a month that has been decided costs more when the register says this of a person than when it says that,
    /// with what counts of the others.
    fn raises(self, case: &Case, person: &PersonKey, was: &Known, with: &Known) -> Result<bool, Error> {
        if was == with {
            return Ok(false);
        }
        let mut view = case.clone();
        let counting = case.unheard.iter().map(|(person, unheard)| (person.clone(), unheard.was.clone()));
        view.exchange(counting.collect());
        view.exchange([(person.clone(), was.clone())].into());
        let before = self.amounts(&view)?;
        view.exchange([(person.clone(), with.clone())].into());
        let both = self.months.iter().zip(before.into_iter().zip(self.amounts(&view)?));
        Ok(both.into_iter().any(|(period, (before, after))| after > before && case.has_been_decided(*period)))
    }

    /// Whether the months cost something else than when the register says this of a person.
    fn differ(self, case: &Case, person: &PersonKey, said: &Known) -> Result<bool, Error> {
        let mut view = case.clone();
        view.exchange([(person.clone(), said.clone())].into());
        Ok(self.amounts(case)? != self.amounts(&view)?)
    }

    fn amounts(self, case: &Case) -> Result<Vec<Option<Decimal>>, Error> {
        let of = |period: &Period| case.target_as_registered(self.rules, self.opened, *period, self.today);
        self.months.iter().map(|period| of(period).map(|target| amount(target.as_ref()))).collect()
    }
}

impl Case {
    /// Whether the citizen has been told what a month costs: by a decision about it, or as the one before it.
    fn has_been_decided(&self, period: Period) -> bool {
        self.decisions.iter().any(|decision| decision.covers(period))
            || self.determined.range(..=period).next().is_some()
    }
}

fn rises(owed: &Option<Target>, with: &Option<Target>) -> bool {
    amount(with.as_ref()) > amount(owed.as_ref())
}

fn amount(target: Option<&Target>) -> Option<Decimal> {
    target.map(|target| target.assessment.total.amount())
}
