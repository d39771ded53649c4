//! Compares what is owed with what has been decided, and decides the difference: hearings, decisions, determinations.

use crate::decision::{Basis, Decision};
use crate::facts::Touched;
use crate::hearing::{About, Ended, Hearing};
use crate::letter::{self, Subject};
use crate::notices::event;
use crate::state::{Case, Opened, Standing};
use crate::target::{Proposal, Source, Target};
use crate::{Assessment, Rules};
use domain::{ChargeType, Day, DeterminationId, LetterId, Money, Period};
use messages::{AssessmentFact, Cause, Determination, HearingOutcome, Trace};
use runtime::{Context, Effects, Refusal};
use schemes::dk_daycare::hearing_deadline;

/// What daycare charges.
pub const CHARGE_TYPE: &str = "dk-daycare/parental-payment";

/// One round of assessment.
pub struct Round<'a> {
    pub rules: &'a Rules,
    pub opened: &'a Opened,
    pub context: &'a Context<'a>,
    /// Why payments would change that do not change by the register's income.
    pub cause: Cause,
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
        let mut changed: Vec<(Period, Target)> = Vec::new();
        for period in months {
            let Some(mut target) = self.target(case, period)? else { continue };
            self.ask_who_pays(case, period, &target);
            self.hear_before_raising_again(case, period, &mut target);
            self.open_hearing(case, period, &target)?;
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

    /// A letter has reached the citizen: a hearing's time to answer begins, or a decision binds.
    pub fn deliver(&mut self, case: &mut Case) -> Result<(), Refusal> {
        if self.end_hearings(case) {
            case.touch(Touched::All(Cause::HouseholdNotice));
        }
        self.communicate(case)
    }

    fn today(&self) -> Day {
        self.context.today
    }

    fn target(&self, case: &Case, period: Period) -> Result<Option<Target>, Refusal> {
        let refused = |error: schemes::Error| Refusal::new("not_assessable", error.to_string());
        case.target(self.rules, self.opened, period, self.today()).map_err(refused)
    }

    fn tell(&mut self, fact: AssessmentFact) {
        self.effects.send(&event(self.opened, self.today(), fact));
    }

    /// Ends the hearings that have their answer or whose deadline has passed.
    fn end_hearings(&mut self, case: &mut Case) -> bool {
        let today = self.today();
        let mut ended = Vec::new();
        for (id, hearing) in case.hearings.iter_mut().filter(|(_, hearing)| hearing.ended.is_none()) {
            if let (false, Some(delivered_on)) = (hearing.delivered, case.delivered.get(&hearing.letter)) {
                hearing.delivered = true;
                hearing.deadline =
                    hearing.deadline.max(hearing_deadline(*delivered_on, &self.rules.settings));
            }
            let answers = case.answers.get(id).map(Vec::as_slice).unwrap_or_default();
            hearing.ended = hearing.end_on(today, answers);
            if let Some(Ended { outcome, .. }) = hearing.ended {
                ended.push((id.clone(), outcome));
            }
        }
        let any = !ended.is_empty();
        for (hearing, outcome) in ended {
            self.tell(AssessmentFact::HearingClosed { hearing, outcome });
        }
        any
    }

    /// Opens the hearing of a raise in waiting, and ends those that this month no longer needs.
    fn open_hearing(&mut self, case: &mut Case, period: Period, target: &Target) -> Result<(), Refusal> {
        let wanted = target.proposal.as_ref().map(|proposal| proposal.about.id(&self.opened.case));
        let outdated: Vec<_> = case
            .hearings
            .iter()
            .filter(|(id, hearing)| {
                let (from, to) = hearing.about.months();
                hearing.ended.is_none()
                    && Some(*id) != wanted.as_ref()
                    && from == period
                    && to == Some(period)
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in outdated {
            let outcome = HearingOutcome::Superseded;
            if let Some(hearing) = case.hearings.get_mut(&id) {
                hearing.ended = Some(Ended { on: self.today(), outcome, answered_on: None });
            }
            self.tell(AssessmentFact::HearingClosed { hearing: id, outcome });
        }
        let (Some(proposal), Some(id)) = (&target.proposal, wanted) else { return Ok(()) };
        let superseded =
            |hearing: &Hearing| hearing.ended.is_some_and(|e| e.outcome == HearingOutcome::Superseded);
        let attempt = match case.hearings.get(&id) {
            Some(known) if !superseded(known) => return Ok(()),
            Some(_) => "again",
            None => "first",
        };
        let letter_id = LetterId::derive(&[id.as_str(), attempt, &self.today().to_string()]);
        let deadline = hearing_deadline(self.today(), &self.rules.settings);
        let (from, to) = proposal.about.months();
        let subject = Subject {
            letter: letter_id.clone(),
            payer: &target.payer,
            from,
            to,
            assessment: &proposal.assessment,
            source: proposal.source,
            previous: Some(proposal.now),
            own_percent_before: own_percent_before(case, from),
        };
        let letter = letter::hearing(self.rules, self.opened, self.today(), &subject, deadline)?;
        let evidence = proposal.evidence.clone();
        self.effects.send_because(&letter, Vec::new(), evidence);
        let cause = match proposal.source {
            Source::Register => Cause::IncomeRecalculation,
            _ => Cause::HouseholdNotice,
        };
        let hearing = id.clone();
        self.tell(AssessmentFact::HearingOpened {
            hearing,
            letter: letter_id.clone(),
            from,
            to,
            cause,
            deadline,
        });
        let hearing = Hearing {
            about: proposal.about.clone(),
            letter: letter_id,
            written_on: self.today(),
            deadline,
            delivered: false,
            ended: None,
        };
        case.hearings.insert(id, hearing);
        Ok(())
    }

    /// A month in which a place is held and nobody is alive to pay, or no one person follows from the facts: staff decide.
    fn ask_who_pays(&mut self, case: &mut Case, period: Period, target: &Target) {
        if target.nobody_pays && case.reviews.insert(format!("nobody_to_pay/{period}")) {
            let code = "nobody_to_pay".to_owned();
            let detail =
                "the payer has died and no one other adult takes the place; order change_payer".to_owned();
            self.tell(AssessmentFact::ReviewNeeded { period: Some(period), code, detail });
        }
    }

    /// A month that the register once lowered and now raises again, though not above what was granted: that is a raise
    /// too, and the citizen is heard first.
    fn hear_before_raising_again(&self, case: &Case, period: Period, target: &mut Target) {
        let Some(lowered) = case.decisions.iter().rev().find(|decision| decision.covers(period)) else {
            return;
        };
        let rises = lowered.amount.amount() < target.assessment.total.amount();
        let by_register = lowered.cause == Cause::IncomeRecalculation && lowered.payer == target.payer;
        if !rises || !by_register || target.heard.is_some() {
            return;
        }
        let about = About::Income { month: period, yearly: target.assessment.yearly_income };
        let id = about.id(&self.opened.case);
        let hearing = case.hearings.get(&id);
        if let Some(proof) = hearing.and_then(Hearing::heard) {
            target.heard = Some((id, proof));
        } else if target.proposal.is_none() && !hearing.is_some_and(Hearing::dropped) {
            target.proposal = Some(Proposal {
                about,
                assessment: target.assessment.clone(),
                source: target.source,
                now: lowered.amount,
                evidence: target.evidence.clone(),
            });
            target.waits = true;
        } else {
            target.waits = true;
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
        if target.waits || (nothing_held && amount.is_zero() && never_owed && !follows_paid) {
            return Ok(true);
        }
        let others_zero = standing.is_none_or(|payers| {
            payers.iter().all(|(payer, s)| *payer == target.payer.person || s.amount.is_zero())
        });
        let owed = standing.and_then(|payers| payers.get(&target.payer.person)).map(|s| s.amount);
        let latest = case.decisions.iter().rposition(|decision| decision.covers(period));
        if let Some(number) = latest {
            let decision = &case.decisions[number];
            let says_so = decision.amount == amount && decision.payer.person == target.payer.person;
            if says_so && decision.communicated_on.is_none() {
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

    /// Makes one decision for a run of months with the same amount, and writes its letter.
    fn decide(&mut self, case: &mut Case, run: &[(Period, Target)]) -> Result<(), Refusal> {
        let (Some((from, _)), Some((last, target))) = (run.first(), run.last()) else { return Ok(()) };
        let open_ended = *last >= horizon(self.today()) && target.whole && target.source != Source::Register;
        let to = (!open_ended).then_some(*last);
        let previous = previous(case, *from, target);
        let heard = target.heard.as_ref();
        let cause = match (target.source, heard) {
            (Source::Register, _) => Cause::IncomeRecalculation,
            (_, Some(_)) => Cause::HouseholdNotice,
            _ => self.cause,
        };
        let basis = match (heard, previous) {
            (Some((_, proof)), Some(before)) if before.amount() < target.assessment.total.amount() => {
                Basis::Raise(*proof)
            }
            _ => Basis::NoHearingDue,
        };
        let number = case.decisions.len();
        let decision = Decision::id(&self.opened.case, number);
        let letter_id = LetterId::derive(&[decision.as_str()]);
        let subject = Subject {
            letter: letter_id.clone(),
            payer: &target.payer,
            from: *from,
            to,
            assessment: &target.assessment,
            source: target.source,
            previous,
            own_percent_before: own_percent_before(case, *from),
        };
        let proof = match basis {
            Basis::Raise(proof) => Some(proof),
            Basis::NoHearingDue => None,
        };
        let letter = letter::decision(self.rules, self.opened, self.today(), &subject, proof)?;
        let evidence =
            if target.evidence.is_empty() { self.context.evidence.to_vec() } else { target.evidence.clone() };
        self.effects.send_because(&letter, Vec::new(), evidence.clone());
        let hearing = proof.and(heard.map(|(id, _)| id.clone()));
        let monthly_amount = target.assessment.total;
        self.tell(AssessmentFact::DecisionMade {
            decision: decision.clone(),
            letter: letter_id.clone(),
            from: *from,
            to,
            monthly_amount,
            cause,
            hearing: hearing.clone(),
        });
        case.decisions.push(Decision {
            decision,
            letter: letter_id,
            from: *from,
            to,
            amount: monthly_amount,
            own_percent: letter::own_percent(&target.assessment),
            payer: target.payer.clone(),
            cause,
            hearing,
            written_on: self.today(),
            communicated_on: None,
            causes: vec![self.context.cause.to_owned()],
            evidence,
        });
        Ok(())
    }

    /// Lets the decisions bind whose letters have been delivered, and determines their months.
    fn communicate(&mut self, case: &mut Case) -> Result<(), Refusal> {
        for number in 0..case.decisions.len() {
            let decision = &case.decisions[number];
            let (None, Some(delivered_on)) = (decision.communicated_on, case.delivered.get(&decision.letter))
            else {
                continue;
            };
            let (delivered_on, from, to) = (*delivered_on, decision.from, decision.to);
            let fact = AssessmentFact::DecisionCommunicated {
                decision: decision.decision.clone(),
                communicated_on: delivered_on,
            };
            case.decisions[number].communicated_on = Some(delivered_on);
            self.tell(fact);
            let last = horizon(self.today()).max(case.assessed_to.unwrap_or(from));
            for period in from.through(to.unwrap_or(last)) {
                let latest = case.decisions.iter().rposition(|decision| decision.covers(period));
                if latest == Some(number)
                    && let Some(mut target) = self.target(case, period)?
                {
                    self.hear_before_raising_again(case, period, &mut target);
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
        let Some(communicated_on) = decision.communicated_on else { return Ok(()) };
        let standing = case.determined.get(&period).cloned().unwrap_or_default();
        // A payer of the month before is told once that this one is free: a standing order runs on until it is.
        let month_before = case.determined.get(&period.minus_months(1)).cloned().unwrap_or_default();
        let leaving = month_before.iter().filter(|(payer, _)| !standing.contains_key(*payer));
        let released = standing
            .iter()
            .chain(leaving)
            .filter(|(payer, s)| **payer != target.payer.person && !s.amount.is_zero());
        for (payer, _) in released {
            // Whoever owes was named by the decision that made it so, whatever has been stated since.
            let made = case.decisions.iter().find(|made| made.payer.person == *payer);
            let Some(party) = made.map(|made| made.payer.clone()) else {
                return Err(Refusal::new(
                    "payer_unknown",
                    "a determined month names a payer without a decision",
                ));
            };
            let zero = Money::zero(target.assessment.total.currency());
            self.publish(case, (&decision, communicated_on), period, (party, zero), target)?;
        }
        let owed = (target.payer.clone(), target.assessment.total);
        self.publish(case, (&decision, communicated_on), period, owed, target)
    }

    fn publish(
        &mut self,
        case: &mut Case,
        (decision, communicated_on): (&Decision, Day),
        period: Period,
        (payer, amount): (messages::Party, Money),
        target: &Target,
    ) -> Result<(), Refusal> {
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
            charge_type: charge_type()?,
            billing: self.opened.billing,
            period,
            amount,
            due_on: period.first_day().max(Period::of(communicated_on).next().first_day()),
            decision: decision.decision.clone(),
            communicated_on,
            cause: decision.cause,
            trace: Trace::of(&target.assessment.trace)
                .map_err(|error| Refusal::new("trace_unwritable", format!("{:?}", error.classify())))?,
        };
        // The 1st of the month itself is a day to pay in advance on: only what came later moves.
        let in_time = communicated_on <= period.first_day();
        let due_on = if in_time { period.first_day() } else { determination.due_on };
        let determination = Determination { due_on, ..determination };
        let made = Standing { version, amount, decision: decision.decision.clone() };
        standing.insert(payer.person, made);
        let fact = AssessmentFact::Determined(Box::new(determination));
        let causes = decision.causes.clone();
        self.effects.send_because(&event(self.opened, self.today(), fact), causes, decision.evidence.clone());
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

/// What the same time cost until now: what has been determined for the first month, or decided for it.
fn previous(case: &Case, from: Period, target: &Target) -> Option<Money> {
    let determined = case.determined.get(&from).and_then(|payers| payers.get(&target.payer.person));
    let decided = case.decisions.iter().rev().find(|decision| decision.covers(from));
    determined.map(|standing| standing.amount).or_else(|| decided.map(|decision| decision.amount))
}

fn own_percent_before(case: &Case, from: Period) -> u32 {
    case.decisions
        .iter()
        .rev()
        .find(|decision| decision.covers(from))
        .map_or(100, |decision| decision.own_percent)
}

fn is_same_decision(first: &Target, other: &Target) -> bool {
    first.assessment.total == other.assessment.total
        && first.payer == other.payer
        && first.source == other.source
        && first.source != Source::Register
        && first.whole == other.whole
        && first.heard == other.heard
}

fn charge_type() -> Result<ChargeType, Refusal> {
    ChargeType::parse(CHARGE_TYPE).map_err(|error| Refusal::new("charge_type", error.to_string()))
}
