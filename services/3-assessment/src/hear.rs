//! Hears the citizen before a raise: opens hearings, ends them, and closes those that nothing calls for any more.

use crate::assess_case::{Round, horizon, own_percent_before};
use crate::facts::Touched;
use crate::hearing::{About, Hearing};
use crate::hearings::Opening;
use crate::letter::{self, Subject};
use crate::morning::Morning;
use crate::state::Answer;
use crate::state::Case;
use crate::target::{Proposal, Target};
use domain::{HearingId, LetterId, Period};
use messages::{Cause, HearingAnswer};
use runtime::Refusal;
use schemes::dk_daycare::hearing_deadline;
use schemes::dk_daycare::letter::{BegunMonths, Reason};
use std::collections::BTreeSet;

impl Case {
    /// Whether the citizen objects in a hearing that is open.
    pub fn is_objected_to(&self, id: &HearingId, hearing: &Hearing) -> bool {
        hearing.ended.is_none()
            && self.has_answer(id, |answer| {
                matches!(answer, Answer::Citizen { answer: HearingAnswer::Objects, .. })
            })
    }

    /// Whether staff have to rule on it, and have not.
    pub fn awaits_ruling(&self, id: &HearingId, hearing: &Hearing) -> bool {
        self.is_objected_to(id, hearing)
            && !self.has_answer(id, |answer| matches!(answer, Answer::Ruling { .. }))
    }

    /// What a decision after the hearing gives as its reason.
    pub fn reasons_of(&self, id: &HearingId) -> Vec<Reason> {
        let about = self.hearings.get(id).and_then(|hearing| hearing.about.reason());
        about.into_iter().chain(self.ruling(id).map(|reason| Reason::Ruling { reason })).collect()
    }

    /// Why staff have let a raise stand, or go, in their words.
    pub fn ruling_of(&self, id: &HearingId, stands: bool) -> Option<String> {
        let rulings = self.answers.get(id)?.iter().filter_map(|answer| match answer {
            Answer::Ruling { on, raise_stands, reason } if *raise_stands == stands => Some((*on, reason)),
            _ => None,
        });
        rulings.max().map(|(_, reason)| reason.clone()).filter(|reason| !reason.is_empty())
    }

    fn has_answer(&self, id: &HearingId, wanted: impl Fn(&Answer) -> bool) -> bool {
        self.answers.get(id).is_some_and(|answers| answers.iter().any(wanted))
    }
}

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
        let settings = &self.rules.settings;
        self.morning().end_hearings(case, |received_on| hearing_deadline(received_on, settings))
    }

    /// What is the same in every scheme.
    pub(crate) fn morning(&mut self) -> Morning<'_> {
        let Round { rules, opened, context, cause, because, .. } = *self;
        Morning { rules, opened, context, cause, because, effects: &mut *self.effects }
    }

    /// Closes the open hearings that no month calls for any more: the payer has stated otherwise, the register has been
    /// corrected, or another hearing takes their place. While a hearing is open, every month is assessed.
    pub fn supersede_hearings(&mut self, case: &mut Case, targets: &[(Period, Target)]) {
        let proposals = targets.iter().flat_map(|(_, target)| &target.proposals);
        let wanted: BTreeSet<HearingId> =
            proposals.map(|proposal| proposal.about.id(&self.opened.case)).collect();
        // A year is no month's: who asks about it closes it.
        let of_month = |hearing: &Hearing| !matches!(hearing.about, About::Year { .. });
        let unwanted =
            case.hearings.iter().filter(|(id, hearing)| of_month(hearing) && !wanted.contains(*id));
        let unwanted = unwanted.map(|(id, _)| id.clone()).collect();
        self.morning().supersede(case, unwanted);
    }

    /// Tells staff once of each hearing in which the citizen objects, until they have ruled.
    pub fn tell_objections(&mut self, case: &mut Case) {
        self.morning().tell_objections(case);
    }

    /// Opens the hearings of the raises in waiting, each for all months that it raises.
    pub fn open_hearings(&mut self, case: &mut Case, targets: &[(Period, Target)]) -> Result<(), Refusal> {
        for (first, target) in targets {
            for proposal in &target.proposals {
                let asks =
                    |target: &Target| target.proposals.iter().any(|other| other.about == proposal.about);
                let last = targets.iter().rfind(|(_, target)| asks(target)).map_or(*first, |(last, _)| *last);
                let risen = (*first, Some(last).filter(|last| *last < horizon(self.today())));
                let months = proposal.about.months().unwrap_or(risen);
                let raises = targets.iter().filter_map(|(period, target)| {
                    let raise = target.proposals.iter().find(|other| other.about == proposal.about)?;
                    Some((*period, raise.now, raise.assessment.total))
                });
                let begun = letter::begun(self.today(), months, raises)?;
                self.open_hearing(case, proposal, months, begun)?;
            }
        }
        Ok(())
    }

    fn open_hearing(
        &mut self,
        case: &mut Case,
        proposal: &Proposal,
        (from, to): (Period, Option<Period>),
        begun: Option<BegunMonths>,
    ) -> Result<(), Refusal> {
        let id = proposal.about.id(&self.opened.case);
        let attempt = match case.hearings.get(&id) {
            Some(known) if !known.is_superseded() => return Ok(()),
            Some(_) => "again",
            None => "first",
        };
        let letter_id = LetterId::derive(&[id.as_str(), attempt, &self.today().to_string()]);
        let deadline = hearing_deadline(self.today(), &self.rules.settings);
        let subject = Subject {
            letter: letter_id.clone(),
            payer: &proposal.payer,
            from,
            to,
            assessment: &proposal.assessment,
            source: proposal.source,
            previous: Some(proposal.now),
            own_percent_before: own_percent_before(case, from, &proposal.payer.person),
            new_scale: None,
            newly_applied: false,
            stated: false,
            begun,
            reasons: proposal.about.reason().into_iter().collect(),
            children: case.children_in_letters(),
            hearing: Some(&id),
        };
        let letter = letter::hearing(self.rules, self.opened, self.today(), &subject, deadline)?;
        let reason = match &proposal.about {
            About::Income { month, .. } => case.reasons.get(month).cloned(),
            About::MoveIn { .. }
            | About::Year { .. }
            | About::Register { .. }
            | About::Instalment { .. }
            | About::PastFees { .. } => None,
        };
        let because = reason.unwrap_or_else(|| self.since_yesterday()).with(proposal.evidence.clone());
        self.effects.send_late(&letter, because.clone());
        let cause = match proposal.about {
            About::Income { .. } => Cause::IncomeRecalculation,
            About::Year { .. } => Cause::YearlyControl,
            About::MoveIn { .. }
            | About::Register { .. }
            | About::Instalment { .. }
            | About::PastFees { .. } => Cause::HouseholdNotice,
        };
        let (about, letter, months) = (proposal.about.clone(), letter_id, (from, to));
        self.morning().open_hearing(case, id, Opening { about, letter, months, cause, deadline, because });
        Ok(())
    }
}
