//! Decides the fees: as soon as the facts give other ones than the decisions until now state, a new decision is written about the
//! days that change. What it does not change it leaves out.

use super::check::Checked;
use super::decision::{About, Made};
use super::fees::{Fees, FeesFrom, on};
use super::letter::{FeeLetter, Shown};
use super::past::{PastRaises, open_from};
use super::{Childcare, FeeDecision, letter};
use crate::decide::not_assessable;
use crate::morning::Morning;
use crate::state::Case;
use domain::{Currency, Day, DecisionId, HearingId, LetterId, Money, Period};
use messages::{AssessmentFact, Cause, Heard};
use runtime::Refusal;
use rust_decimal::Decimal;
use schemes::se_childcare::letter::{Ground, HeardInLetter};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Kronor a month for the household.
pub fn total(fees: &Fees) -> Result<Money, Refusal> {
    let sum = fees.values().map(|fee| fee.monthly.amount()).sum();
    Money::new(sum, Currency::SEK).map_err(not_assessable)
}

/// The fees of these runs of days, for a letter; the last run may have no end.
pub fn shown(facts: &[FeesFrom], runs: impl IntoIterator<Item = (Day, Option<Day>)>) -> Vec<Shown> {
    let mut joined: Vec<(Day, Option<Day>)> = Vec::new();
    for (from, to) in runs {
        match joined.last_mut().filter(|(_, end)| end.and_then(|end| end.succ_opt()) == Some(from)) {
            Some((_, end)) => *end = to,
            None => joined.push((from, to)),
        }
    }
    let mut shown = Vec::new();
    for (from, to) in joined {
        let within = |day: Day| from < day && to.is_none_or(|to| day <= to);
        let later = facts.iter().filter(|step| within(step.from)).map(|step| step.from);
        for day in std::iter::once(from).chain(later) {
            let fees = on(facts, day).cloned().unwrap_or_default();
            shown.push(Shown { step: FeesFrom { from: day, fees }, to: None });
        }
        if let Some(last) = shown.last_mut() {
            last.to = to;
        }
    }
    shown
}

/// The days of whole months.
pub fn runs_of(months: impl IntoIterator<Item = Period>) -> impl Iterator<Item = (Day, Option<Day>)> {
    months.into_iter().map(|month| (month.first_day(), Some(month.last_day())))
}

impl Childcare {
    /// The days up to one, on which anything begins, whose fees by the facts are not those that the decisions state.
    pub fn differing(&self, facts: &[FeesFrom], known_to: Day) -> Vec<Day> {
        let steps = facts.iter().chain(self.decisions.iter().flat_map(|decision| decision.steps()));
        let mut days: BTreeSet<Day> = steps.map(|step| step.from).collect();
        // What one decision leaves out another may have decided, from the first of a month on.
        if let Some(first) = days.first() {
            days.extend(Period::of(*first).through(Period::of(known_to)).map(Period::first_day));
        }
        let nothing = Fees::new();
        let days = days.into_iter().filter(|day| *day <= known_to);
        days.filter(|day| on(facts, *day).unwrap_or(&nothing) != self.decided_on(*day).unwrap_or(&nothing))
            .collect()
    }
}

/// A decision ready to be made.
struct Decided {
    about: About,
    steps: Vec<FeesFrom>,
    shown: Vec<Shown>,
    /// The months that are over and change.
    past: BTreeMap<Period, Checked>,
    previous: Option<Money>,
    heard: Option<(HearingId, Heard)>,
}

impl Morning<'_> {
    /// Decides the fees up to the end of the next month, where they are not decided so.
    pub fn decide_fees(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let last = Period::of(self.today()).next();
        let (facts, Some(known_to)) = case.fees_by_facts(&self.rules.childcare, last) else { return Ok(()) };
        let raises = case.past_raises(&self.rules.childcare, &facts, known_to, self.today());
        let PastRaises { heard, waiting, mut left } = raises.map_err(not_assessable)?;
        for (hearing, months) in heard {
            self.decide_heard(case, &facts, hearing, months)?;
        }
        left.extend(waiting.keys());
        self.decide_rest(case, &facts, known_to, &left)?;
        self.hear_past(case, &facts, waiting)
    }

    /// Raises the months about which the custodian has been heard.
    fn decide_heard(
        &mut self,
        case: &mut Case,
        facts: &[FeesFrom],
        hearing: HearingId,
        past: BTreeMap<Period, Checked>,
    ) -> Result<(), Refusal> {
        let ends = past.keys().next().copied().zip(past.keys().next_back().copied());
        let heard = case.hearings.get(&hearing).and_then(|hearing| hearing.heard());
        let (Some((first, last)), Some(heard)) = (ends, heard) else { return Ok(()) };
        let left_out = first.through(last).filter(|month| !past.contains_key(month)).collect();
        let about = About { from: first.first_day(), to: Some(last), left_out };
        let shown = shown(facts, runs_of(past.keys().copied()));
        let steps = about.of(facts);
        let decided = Decided { about, steps, shown, past, previous: None, heard: Some((hearing, heard)) };
        self.decide(case, decided)
    }

    /// Decides every other day whose fees change, but of the months that are left as they are.
    fn decide_rest(
        &mut self,
        case: &mut Case,
        facts: &[FeesFrom],
        known_to: Day,
        left: &BTreeSet<Period>,
    ) -> Result<(), Refusal> {
        let Some(childcare) = &case.childcare else { return Ok(()) };
        let stays = |month: Period| left.contains(&month) || childcare.is_corrected(month);
        let days = childcare.differing(facts, known_to).into_iter();
        let days: Vec<Day> = days.filter(|day| !stays(Period::of(*day))).collect();
        let current = Period::of(self.today());
        let Some(from) = days.first().copied() else { return Ok(()) };
        let over: BTreeSet<Period> =
            days.iter().map(|day| Period::of(*day)).filter(|month| *month < current).collect();
        let changes_now = days.iter().any(|day| Period::of(*day) >= current);
        let to = if changes_now { None } else { over.last().copied() };
        let until = to.unwrap_or(current.minus_months(1));
        let left_out = Period::of(from).through(until).filter(|month| !over.contains(month)).collect();
        let about = About { from, to, left_out };
        let since = |(first, last): (Day, Option<Day>)| (first.max(from), last);
        let now = changes_now.then_some((current.first_day(), None));
        let shown = shown(facts, runs_of(over.iter().copied()).chain(now).map(since));
        let mut past = BTreeMap::new();
        for month in over {
            let change = childcare.change_of(&self.rules.childcare, facts, month).map_err(not_assessable)?;
            if !change.difference().is_zero() {
                past.insert(month, change);
            }
        }
        let previous = childcare.decided_on(from).map(total).transpose()?;
        let steps = about.of(facts);
        self.decide(case, Decided { about, steps, shown, past, previous, heard: None })
    }

    /// Makes a decision and writes its letter.
    fn decide(&mut self, case: &mut Case, decided: Decided) -> Result<(), Refusal> {
        let Decided { about, steps, shown, past, previous, heard } = decided;
        let custodian = case.payers.values().next().map(|payer| payer.what.clone());
        let (Some(childcare), Some(custodian)) = (&case.childcare, custodian) else { return Ok(()) };
        // What the law and the tariff change by themselves needs no order; nothing that an order states of days to come needs a
        // hearing.
        let cause = match self.cause {
            cause @ (Cause::OwnRequest | Cause::Place) => cause,
            _ => Cause::Rates,
        };
        let number = childcare.decisions.len().to_string();
        let decision = DecisionId::derive(&[self.opened.case.as_str(), "childcare", &number]);
        let letter = LetterId::derive(&[decision.as_str()]);
        let ground = match (&heard, cause) {
            (Some(_), _) => Ground::PastMonths,
            (None, Cause::OwnRequest) => Ground::Declared,
            (None, Cause::Place) => Ground::Place,
            (None, _) => Ground::Rules,
        };
        let told = heard.as_ref().map(|(hearing, heard)| HeardInLetter {
            written_on: heard.heard_on(),
            answer_by: heard.answer_by(),
            answered_on: heard.answered_on(),
            ruling: case.ruling(hearing),
        });
        let facts = FeeLetter { shown: &shown, past: &past, previous, ground, heard: told };
        let written = letter::decision(
            self.rules,
            self.opened,
            self.today(),
            (letter.clone(), &custodian),
            (case, facts),
        )?;
        let because = self.because();
        let open_from = open_from(self.today());
        let rises = |(month, change): &(&Period, &Checked)| {
            **month < open_from && change.difference() > Decimal::ZERO
        };
        let made = Made {
            decision,
            letter,
            monthly: steps.last().map_or_else(|| Ok(Money::zero(Currency::SEK)), |step| total(&step.fees))?,
            previous,
            raised: past.iter().filter(rises).map(|(_, change)| *change).max_by_key(Checked::difference),
            heard,
            written_on: self.today(),
            cause,
            causes: because.causes().to_vec(),
            evidence: because.evidence().to_vec(),
        };
        let decision = FeeDecision::new(made, about, steps)
            .map_err(|error| Refusal::new("not_heard", error.to_string()))?;
        self.effects.send_late(&written, because.clone());
        let fact = AssessmentFact::DecisionMade(Box::new(decision.issued().made().clone()));
        self.effects.send_late(&self.event(fact), because);
        if let Some(childcare) = &mut case.childcare {
            childcare.decisions.push(Arc::new(decision));
        }
        Ok(())
    }

    /// Lets the decisions and corrections bind whose letters have been delivered. Whether any came to.
    pub fn communicate_fees(&mut self, case: &mut Case) -> bool {
        let Some(childcare) = &mut case.childcare else { return false };
        let delivered = &case.delivered;
        let mut communicated = Vec::new();
        for decision in &mut childcare.decisions {
            if decision.issued().is_delivered(delivered) {
                communicated.extend(Arc::make_mut(decision).issued_mut().bind(delivered));
            }
        }
        for correction in &mut childcare.corrections {
            if correction.issued().is_delivered(delivered) {
                communicated.extend(Arc::make_mut(correction).issued_mut().bind(delivered));
            }
        }
        let any = !communicated.is_empty();
        communicated.into_iter().for_each(|fact| self.tell(fact));
        any
    }
}
