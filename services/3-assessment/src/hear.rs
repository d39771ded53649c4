//! Hears the citizen before a raise: opens hearings, ends them, and closes those that nothing calls for any more.

use crate::assess_case::{Round, own_percent_before};
use crate::decision::Decision;
use crate::facts::Touched;
use crate::hearing::{About, Ended, Hearing};
use crate::letter::{self, Subject};
use crate::state::Case;
use crate::target::{Proposal, Source, Target};
use domain::{DecisionId, HearingId, LetterId, Period};
use messages::{AssessmentFact, Cause, HearingOutcome};
use runtime::Refusal;
use schemes::dk_daycare::hearing_deadline;
use std::collections::BTreeSet;

impl Round<'_> {
    /// A letter has reached the citizen: a hearing's time to answer begins, or a decision binds.
    pub fn deliver(&mut self, case: &mut Case) -> Result<(), Refusal> {
        if self.end_hearings(case) {
            case.touch(Touched::All(Cause::HouseholdNotice));
        }
        self.communicate(case)
    }

    /// Ends the hearings that have their answer or whose deadline has passed.
    pub fn end_hearings(&mut self, case: &mut Case) -> bool {
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

    /// Closes the open hearings that no month calls for any more: the payer has stated otherwise, the register has been
    /// corrected, or another hearing takes their place. While a hearing is open, every month is assessed.
    pub fn supersede_hearings(&mut self, case: &mut Case, targets: &[(Period, Target)]) {
        let proposals = targets.iter().filter_map(|(_, target)| target.proposal.as_ref());
        let wanted: BTreeSet<HearingId> =
            proposals.map(|proposal| proposal.about.id(&self.opened.case)).collect();
        let open = case.hearings.iter_mut().filter(|(_, hearing)| hearing.ended.is_none());
        let outcome = HearingOutcome::Superseded;
        let mut closed = Vec::new();
        for (id, hearing) in open.filter(|(id, _)| !wanted.contains(*id)) {
            hearing.ended = Some(Ended { on: self.today(), outcome, answered_on: None });
            closed.push(id.clone());
        }
        for hearing in closed {
            self.tell(AssessmentFact::HearingClosed { hearing, outcome });
        }
    }

    /// Opens the hearing of a raise in waiting.
    pub fn open_hearing(&mut self, case: &mut Case, target: &Target) -> Result<(), Refusal> {
        let Some(proposal) = &target.proposal else { return Ok(()) };
        let id = proposal.about.id(&self.opened.case);
        let attempt = match case.hearings.get(&id) {
            Some(known) if !known.is_superseded() => return Ok(()),
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
        self.tell(AssessmentFact::HearingOpened {
            hearing: id.clone(),
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

    /// A month for which a decision stands and that a register now raises above it: the citizen is heard first, also where
    /// nothing rises above what was once granted, and pays what was decided until then.
    pub fn hear_before_raising_again(&self, case: &Case, period: Period, target: &mut Target) {
        let Some(about) = self.raised_by_register(case, period, target) else { return };
        let Some((standing, _)) = standing(case, period) else { return };
        let id = about.id(&self.opened.case);
        let hearing = case.hearings.get(&id);
        if let Some(proof) = hearing.and_then(Hearing::heard) {
            target.heard = Some((id, proof));
            return;
        }
        if target.proposal.is_none() && !hearing.is_some_and(Hearing::dropped) {
            target.proposal = Some(Proposal {
                about,
                assessment: target.assessment.clone(),
                source: target.source,
                now: standing.amount(),
                evidence: target.evidence.clone(),
            });
        }
        if standing.payer().person == target.payer.person {
            target.waits = true;
        } else {
            // Somebody else pays what was decided, and is heard about the rest.
            *target = target.clone().at_decided_amount(standing);
        }
    }

    /// What the citizen is to be heard about where a register, and nothing that was stated or ordered, raises a month
    /// above the decision that stands for it.
    fn raised_by_register(&self, case: &Case, period: Period, target: &Target) -> Option<About> {
        let (standing, to) = standing(case, period)?;
        if target.heard.is_some() || standing.amount().amount() >= target.assessment.total.amount() {
            return None;
        }
        if standing.cause() == Cause::IncomeRecalculation && *standing.payer() == target.payer {
            return Some(About::Income { month: period, yearly: target.assessment.yearly_income });
        }
        // While a raise above this decision waits, nothing else that happens takes it along; nor while one waits above
        // the same amount that another payer owed until now.
        let says_the_same = |id: &DecisionId| {
            let other = |known: &Decision| {
                known.amount() == standing.amount() && known.payer().person != standing.payer().person
            };
            id == standing.decision() || case.decisions.iter().any(|d| d.decision() == id && other(d))
        };
        let before = case.hearings.values().find_map(|hearing| match &hearing.about {
            About::Register { decision, .. } if says_the_same(decision) && !hearing.is_superseded() => {
                Some((decision, hearing.dropped()))
            }
            _ => None,
        });
        let raised = self.raised.is_some_and(|raised| raised.contains(&period));
        let decision = match before {
            // What staff have ruled out is not asked again because somebody else pays.
            Some((decision, true)) => decision,
            Some((_, false)) => standing.decision(),
            None if raised => standing.decision(),
            None => return None,
        };
        let (decision, amount) = (decision.clone(), target.assessment.total);
        Some(About::Register { decision, amount, from: period, to })
    }
}

/// The decision that says what is paid for a month, and the last month for which it does. A month that is not determined
/// goes on as the one before: where a register has lowered that one since a decision for all months was made, the lower
/// amount stands.
pub(crate) fn standing(case: &Case, period: Period) -> Option<(&Decision, Option<Period>)> {
    let latest = |period| case.decisions.iter().rposition(|decision| decision.covers(period));
    let covering = latest(period);
    let last_determined = case.determined.range(..=period).next_back().map(|(month, _)| *month);
    let lowered = last_determined.and_then(latest).filter(|number| {
        Some(*number) > covering && case.decisions[*number].cause() == Cause::HouseholdNotice
    });
    let decision = &case.decisions[lowered.or(covering)?];
    Some((decision, decision.made().to().filter(|_| lowered.is_none())))
}
