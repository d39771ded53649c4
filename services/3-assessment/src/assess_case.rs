//! Compares what is owed with what has been decided, and decides the difference: hearings, decisions, determinations.

use crate::decide::not_assessable;
use crate::decision::{Basis, Binding, Decision, Terms};
use crate::hearing::About;
use crate::household::{CHILD_OUTSIDE, child_outside, stranger_told};
use crate::letter::{self, Subject};
use crate::notices::event;
use crate::reviews::NOBODY_TO_PAY;
use crate::state::{Case, Known, Opened, Standing};
use crate::target::{Source, Target};
use crate::{Assessment, Rules};
use domain::{Day, DeterminationId, HearingId, LetterId, Money, Period, PersonKey};
use messages::{AssessmentFact, Cause, Determination, Scheme, Trace};
use runtime::{Because, Context, Effects, Refusal};
use schemes::dk_daycare::letter::Reason;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What daycare charges.
const CHARGE_TYPE: &str = Scheme::DkDaycare.charge_type();

/// One round of assessment.
pub struct Round<'a> {
    pub rules: &'a Rules,
    pub opened: &'a Opened,
    pub context: &'a Context<'a>,
    /// Why payments would change that do not change by the register's income.
    pub cause: Cause,
    /// What the population register had said until this morning of the persons of whom it says something else now.
    pub before: &'a BTreeMap<PersonKey, Known>,
    /// What has come since the last morning, other than income.
    pub because: Option<&'a Because>,
    pub effects: &'a mut Effects<Assessment>,
}

/// The last month that is determined today: the one after the current, so that it can be billed in advance.
pub fn horizon(today: Day) -> Period {
    Period::of(today).next()
}

impl Round<'_> {
    /// Brings hearings, decisions and determinations of these months in line with the facts.
    pub fn assess(&mut self, case: &mut Case, months: impl Iterator<Item = Period>) -> Result<(), Refusal> {
        self.end_hearings(case);
        let mut targets: Vec<(Period, Target)> = Vec::new();
        for period in months {
            targets.extend(self.target(case, period)?.map(|target| (period, target)));
        }
        self.supersede_hearings(case, &targets);
        self.open_hearings(case, &targets)?;
        let mut changed: Vec<(Period, Target)> = Vec::new();
        for (period, target) in targets {
            self.ask_who_pays(case, period, &target);
            let follows_paid = follows_paid(case, period, &changed);
            if self.is_settled(case, period, &target, follows_paid)? {
                continue;
            }
            changed.push((period, target));
        }
        let mut rest = changed.as_slice();
        while let Some((first, others)) = rest.split_first() {
            let same = others
                .iter()
                .zip(std::iter::successors(Some(first.0.next()), |period| Some(period.next())))
                .take_while(|((period, target), next)| period == next && is_same_decision(&first.1, target))
                .count();
            let (run, later) = rest.split_at(1 + same);
            self.decide(case, run)?;
            rest = later;
        }
        self.communicate(case)
    }

    pub(crate) fn today(&self) -> Day {
        self.context.today
    }

    pub(crate) fn target(&self, case: &Case, period: Period) -> Result<Option<Target>, Refusal> {
        case.target(self.rules, self.opened, period, self.today()).map_err(not_assessable)
    }

    pub(crate) fn tell(&mut self, fact: AssessmentFact) {
        self.effects.send(&event(self.opened, self.today(), fact));
    }

    /// A month in which a place is held and nobody is alive to pay, or no one person follows from the facts: staff decide.
    fn ask_who_pays(&mut self, case: &mut Case, period: Period, target: &Target) {
        if target.nobody_pays && case.reviews.insert(format!("{NOBODY_TO_PAY}{period}")) {
            let code = "nobody_to_pay".to_owned();
            let detail =
                "the payer has died and no one other adult takes the place; order change_payer".to_owned();
            self.tell(AssessmentFact::ReviewNeeded { period: Some(period), code, detail });
        }
        let outside: Vec<_> = case
            .placed_outside(period)
            .map(|(place, child)| (place.clone(), format!("{CHILD_OUTSIDE}{place}/{child}")))
            .collect();
        for (place, review) in outside {
            if case.reviews.insert(review) {
                let code = "child_outside_household".to_owned();
                let detail = child_outside(place.as_str());
                self.tell(AssessmentFact::ReviewNeeded { period: Some(period), code, detail });
            }
        }
        let payer = &target.payer.person;
        if case.is_stranger(payer) && case.reviews.insert(stranger_told(payer)) {
            let code = "payer_outside_household".to_owned();
            let detail =
                "whoever pays is no adult of any household as stated, so no subsidy by income counts; \
                          order set_household if they are, and apply_subsidy for them"
                    .to_owned();
            self.tell(AssessmentFact::ReviewNeeded { period: Some(period), code, detail });
        }
    }

    /// Whether the month needs no new decision: it is determined so, or a decision that says so is on its way or in
    /// force.
    fn is_settled(
        &mut self,
        case: &mut Case,
        period: Period,
        target: &Target,
        follows_paid: bool,
    ) -> Result<bool, Refusal> {
        let amount = target.assessment.total;
        let standing = case.determined.get(&period);
        let nothing_held = target.assessment.places.iter().all(|place| place.part.is_none());
        let never_owed =
            standing.is_none_or(|payers| payers.values().all(|standing| standing.amount.is_zero()));
        // No letter about nothing: the place has ended before the month was ever determined. The first month after paid
        // ones is said to be free all the same, because a standing order runs on until it is told otherwise.
        if nothing_held && amount.is_zero() && never_owed && !follows_paid {
            return Ok(true);
        }
        let others_zero = standing.is_none_or(|payers| {
            payers.iter().all(|(payer, s)| *payer == target.payer.person || s.amount.is_zero())
        });
        let owed = standing.and_then(|payers| payers.get(&target.payer.person)).map(|s| s.amount);
        let latest = case.decisions.iter().rposition(|decision| decision.covers(period));
        if let Some(number) = latest {
            let decision = &case.decisions[number];
            let says_so = decision.amount() == amount && decision.payer().person == target.payer.person;
            if says_so && !decision.is_communicated() {
                return Ok(true);
            }
            if says_so && others_zero && owed == Some(amount) {
                return Ok(true);
            }
            if says_so {
                self.determine(case, number, period, target)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether these months would cost no less if the register still said what it said until this morning.
    fn rises_anyway(&self, case: &Case, run: &[(Period, Target)]) -> Result<bool, Refusal> {
        let mut view = case.clone();
        let count = |person: &PersonKey| !case.unheard.contains_key(person);
        let before = self.before.iter().filter(|(person, _)| count(person));
        view.exchange(before.map(|(person, before)| (person.clone(), before.clone())).collect());
        for (period, target) in run {
            let without = self.target(&view, *period)?.map(|without| without.assessment.total.amount());
            if without < Some(target.assessment.total.amount()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What a decision follows from: what the citizen was heard about, the income report of the month that is recalculated, or
    /// else what has come since the last morning.
    fn reason(
        &self,
        case: &Case,
        (from, to): (Period, Option<Period>),
        target: &Target,
        heard: Option<&HearingId>,
    ) -> Because {
        let of_hearing = heard.and_then(|id| case.hearings.get(id)?.because.clone());
        let recalculated = target.source == Source::Register && to == Some(from);
        let of_report = || case.reasons.get(&from).filter(|_| recalculated).cloned();
        of_hearing.or_else(of_report).unwrap_or_else(|| self.since_yesterday())
    }

    /// What has come since the last morning, or else the day by which rates and months change.
    pub(crate) fn since_yesterday(&self) -> Because {
        self.because.cloned().unwrap_or_else(|| self.context.into())
    }

    /// Makes one decision for a run of months with the same amount, and writes its letter.
    fn decide(&mut self, case: &mut Case, run: &[(Period, Target)]) -> Result<(), Refusal> {
        let (Some((from, _)), Some((last, target))) = (run.first(), run.last()) else { return Ok(()) };
        let open_ended = *last >= horizon(self.today()) && target.whole && target.source != Source::Register;
        let to = (!open_ended).then_some(*last);
        let amount = target.assessment.total;
        let decided = run
            .iter()
            .filter_map(|(period, _)| decided_before(case, *period, target))
            .min_by_key(|before| before.amount());
        let rises = decided.is_some_and(|before| before.amount() < amount.amount());
        let heard = target.heard.iter().find(|(id, _)| !has_risen(case, id, run));
        let cause = match (target.source, heard) {
            // What rises unheard rises by what was stated or ordered, also where the register's income counts.
            (Source::Register, heard) if heard.is_some() || !rises => Cause::IncomeRecalculation,
            (_, Some(_)) => Cause::HouseholdNotice,
            // What rises without what the register says now rises by the year's rates or scale.
            _ if rises && self.cause.needs_hearing() && self.rises_anyway(case, run)? => Cause::Rates,
            _ => self.cause,
        };
        let basis = match heard {
            Some((hearing, heard)) if rises || decided.is_none() => Basis::Raise(hearing.clone(), *heard),
            _ => Basis::NoHearingDue,
        };
        let proof = match basis {
            Basis::Raise(_, heard) => Some(heard),
            Basis::NoHearingDue => None,
        };
        let decision = Decision::id(&self.opened.case, case.decisions.len());
        let letter_id = LetterId::derive(&[decision.as_str()]);
        let zero = Money::zero(amount.currency());
        let until_now = |period| determined(case, period, &target.payer.person).unwrap_or(zero);
        let months =
            run.iter().map(|(period, target)| (*period, until_now(*period), target.assessment.total));
        let begun = letter::begun(self.today(), (*from, to), months)?;
        let subject = Subject {
            letter: letter_id.clone(),
            payer: &target.payer,
            from: *from,
            to,
            assessment: &target.assessment,
            source: target.source,
            previous: previous(case, *from, target),
            own_percent_before: own_percent_before(case, *from, &target.payer.person),
            new_scale: self.new_scale(case, *from, target)?,
            newly_applied: matches!(target.source, Source::Application(on)
            if case.decisions.iter().all(|decision| {
                decision.written_on() < on || decision.written_on() == self.today()
            })),
            stated: cause == Cause::OwnRequest,
            begun,
            reasons: heard
                .map_or_else(Vec::new, |(id, _)| case.reasons_of(id))
                .into_iter()
                .chain(takes_over(case, *from, target).then_some(Reason::TakesOver))
                .collect(),
            children: case.children_in_letters(),
            hearing: None,
        };
        let letter = letter::decision(self.rules, self.opened, self.today(), &subject, proof)?;
        let because = self.reason(case, (*from, to), target, heard.map(|(id, _)| id));
        let because = because.with(target.evidence.clone());
        let terms = Terms {
            decision,
            letter: letter_id,
            from: *from,
            to,
            amount,
            previous: decided,
            own_percent: letter::own_percent(&target.assessment),
            register_income: (target.source == Source::Register).then_some(target.assessment.yearly_income),
            payer: target.payer.clone(),
            cause,
            written_on: self.today(),
            causes: because.causes().to_vec(),
            evidence: because.evidence().to_vec(),
        };
        let decision =
            Decision::new(terms, basis).map_err(|error| Refusal::new("not_heard", error.to_string()))?;
        self.effects.send_late(&letter, because.clone());
        let fact = AssessmentFact::DecisionMade(Box::new(decision.made().clone()));
        self.effects.send_late(&event(self.opened, self.today(), fact), because);
        case.decisions.push(Arc::new(decision));
        Ok(())
    }

    /// The year that begins with this month, where its scale is all that is new against the month before.
    fn new_scale(&self, case: &Case, from: Period, target: &Target) -> Result<Option<i32>, Refusal> {
        if from.month() != 1 {
            return Ok(None);
        }
        let Some(before) = self.target(case, from.minus_months(1))? else { return Ok(None) };
        let same_payer = before.payer.person == target.payer.person;
        let only_scale = same_payer && target.assessment.differs_by_scale_only(&before.assessment);
        Ok(only_scale.then_some(from.year()))
    }

    /// Lets the decisions bind whose letters have been delivered, and determines their months.
    pub(crate) fn communicate(&mut self, case: &mut Case) -> Result<(), Refusal> {
        for number in 0..case.decisions.len() {
            let decision = &case.decisions[number];
            let delivered_on = case.delivered.get(decision.made().letter()).copied();
            let Some(delivered_on) = delivered_on.filter(|_| !decision.is_communicated()) else { continue };
            let (from, to) = (decision.made().from(), decision.made().to());
            let fact = AssessmentFact::DecisionCommunicated {
                decision: decision.decision().clone(),
                communicated_on: delivered_on,
            };
            Arc::make_mut(&mut case.decisions[number]).communicate(delivered_on);
            self.tell(fact);
            let last = horizon(self.today()).max(case.assessed_to.unwrap_or(from));
            for period in from.through(to.unwrap_or(last)) {
                let latest = case.decisions.iter().rposition(|decision| decision.covers(period));
                if latest == Some(number)
                    && let Some(target) = self.target(case, period)?
                {
                    let follows_paid = follows_paid(case, period, &[]);
                    self.is_settled(case, period, &target, follows_paid)?;
                }
            }
        }
        Ok(())
    }

    /// Determines a month by a communicated decision. Another payer's amount for it goes to nothing.
    fn determine(
        &mut self,
        case: &mut Case,
        number: usize,
        period: Period,
        target: &Target,
    ) -> Result<(), Refusal> {
        let decision = case.decisions[number].clone();
        let Some(binding) = decision.binding(period) else { return Ok(()) };
        let standing = case.determined.get(&period).cloned().unwrap_or_default();
        // A payer of the month before is told once that this one is free: a standing order runs on until it is.
        let month_before = case.determined.get(&period.minus_months(1)).cloned().unwrap_or_default();
        let leaving = month_before.iter().filter(|(payer, _)| !standing.contains_key(*payer));
        let released = standing
            .iter()
            .chain(leaving)
            .filter(|(payer, s)| **payer != target.payer.person && !s.amount.is_zero());
        for (payer, paid) in released {
            // Whoever owes was named by the decision that made it so, whatever has been stated since.
            let made = case.decisions.iter().find(|made| made.payer().person == *payer);
            let Some(party) = made.map(|made| made.payer().clone()) else {
                return Err(Refusal::new(
                    "payer_unknown",
                    "a determined month names a payer without a decision",
                ));
            };
            self.release(case, &decision, &party, (period, paid.amount))?;
            let zero = Money::zero(target.assessment.total.currency());
            self.publish(case, binding, (party, zero), target)?;
        }
        let owed = (target.payer.clone(), target.assessment.total);
        self.publish(case, binding, owed, target)
    }

    /// Writes to a payer whom a decision frees and who lives, once.
    fn release(
        &mut self,
        case: &mut Case,
        decision: &Decision,
        payer: &messages::Party,
        paid: (Period, Money),
    ) -> Result<(), Refusal> {
        let letter = LetterId::derive(&[decision.decision().as_str(), "release", payer.person.as_str()]);
        let lives = case.alive(&payer.person, self.today());
        if lives && case.reviews.insert(format!("released/{letter}")) {
            let zero = Money::zero(paid.1.currency());
            // The months of this decision alone: a later one of another payer frees, or does not, by itself.
            let of_decision = |period: &Period| {
                case.latest_decision(*period).is_some_and(|latest| latest.decision() == decision.decision())
            };
            let months = case.determined.range(paid.0..).filter(|(period, _)| of_decision(period));
            let months = months
                .filter_map(|(period, payers)| Some((*period, payers.get(&payer.person)?.amount, zero)));
            let begun = letter::begun(self.today(), (paid.0, None), months)?;
            let paid = (paid, decision.made().to());
            let letter =
                letter::release(self.rules, self.opened, self.today(), (letter, payer), paid, begun)?;
            let (causes, evidence) = (decision.causes().to_vec(), decision.evidence().to_vec());
            self.effects.send_because(&letter, causes, evidence);
        }
        Ok(())
    }

    fn publish(
        &mut self,
        case: &mut Case,
        Binding { decision, communicated_on, period }: Binding<'_>,
        (payer, amount): (messages::Party, Money),
        target: &Target,
    ) -> Result<(), Refusal> {
        // The 1st of the month itself is a day to pay in advance on: only what came later moves.
        let in_time = communicated_on <= period.first_day();
        let due = if in_time { period } else { Period::of(communicated_on).next() };
        let months = (decision.made().from(), decision.made().to());
        let settled = letter::settled_in(
            months,
            decision.register_income().is_some(),
            decision.written_on(),
            &self.rules.settings,
        );
        let due_on = settled.map_or(due, |settled| settled.max(due)).first_day();
        let standing = case.determined.entry(period).or_default();
        let version = standing.get(&payer.person).map_or(1, |standing| standing.version + 1);
        let determination = Determination {
            determination: DeterminationId::derive(&[
                self.opened.case.as_str(),
                payer.person.as_str(),
                CHARGE_TYPE,
                &period.to_string(),
                &version.to_string(),
            ]),
            version,
            payer: payer.person.clone(),
            payer_cpr: payer.cpr,
            charge_type: self.opened.charge_type()?,
            billing: self.opened.billing,
            period,
            amount,
            due_on,
            decision: decision.decision().clone(),
            communicated_on,
            cause: decision.cause(),
            trace: Trace::of(&target.assessment.trace)
                .map_err(|error| Refusal::new("trace_unwritable", format!("{:?}", error.classify())))?,
        };
        let made = Standing { version, amount, decision: decision.decision().clone() };
        standing.insert(payer.person, made);
        let fact = AssessmentFact::Determined(Box::new(determination));
        let (causes, evidence) = (decision.causes().to_vec(), decision.evidence().to_vec());
        self.effects.send_because(&event(self.opened, self.today(), fact), causes, evidence);
        Ok(())
    }
}

/// Whether something is owed for the month before, as determined or as about to be decided.
fn follows_paid(case: &Case, period: Period, changed: &[(Period, Target)]) -> bool {
    let before = period.minus_months(1);
    match changed.last() {
        Some((changing, target)) if *changing == before => !target.assessment.total.is_zero(),
        _ => case
            .determined
            .get(&before)
            .is_some_and(|payers| payers.values().any(|standing| !standing.amount.is_zero())),
    }
}

/// Whether these months have been raised after this hearing about the household: what rises now rises by something else.
fn has_risen(case: &Case, hearing: &HearingId, run: &[(Period, Target)]) -> bool {
    let about = case.hearings.get(hearing).map(|hearing| &hearing.about);
    let raised = |period: Period| {
        case.decisions.iter().any(|made| made.covers(period) && made.made().hearing() == Some(hearing))
    };
    !matches!(about, Some(About::Income { .. })) && run.iter().all(|(period, _)| raised(*period))
}

/// What the latest decision about a month states for this payer, whether it has reached the payer or not.
fn decided_before(case: &Case, period: Period, target: &Target) -> Option<Money> {
    latest_of(case, period, &target.payer.person).map(|decision| decision.amount())
}

/// The latest decision about a month, if it is about this payer.
fn latest_of<'a>(case: &'a Case, period: Period, payer: &PersonKey) -> Option<&'a Decision> {
    case.latest_decision(period).filter(|latest| latest.payer().person == *payer)
}

/// Whether somebody else was to pay for this month until now.
fn takes_over(case: &Case, from: Period, target: &Target) -> bool {
    case.latest_decision(from).is_some_and(|decision| decision.payer().person != target.payer.person)
}

/// What the same time cost until now: what has been determined for the first month, or decided for it.
fn previous(case: &Case, from: Period, target: &Target) -> Option<Money> {
    let decided = || latest_of(case, from, &target.payer.person).map(|decision| decision.amount());
    determined(case, from, &target.payer.person).or_else(decided)
}

/// What has been determined for a month and this payer.
fn determined(case: &Case, period: Period, payer: &PersonKey) -> Option<Money> {
    Some(case.determined.get(&period)?.get(payer)?.amount)
}

/// The percentage by income that this payer was told for the month; 100 before anything was.
pub(crate) fn own_percent_before(case: &Case, from: Period, payer: &PersonKey) -> u32 {
    latest_of(case, from, payer).map_or(100, Decision::own_percent)
}

fn is_same_decision(first: &Target, other: &Target) -> bool {
    first.assessment.total == other.assessment.total
        && first.payer == other.payer
        && first.source == other.source
        && first.source != Source::Register
        && first.whole == other.whole
        && first.heard == other.heard
}
