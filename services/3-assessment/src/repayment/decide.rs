//! Gives notice of what the rules give and decides it: at once where nothing rises, otherwise when the notice has ended.

use super::decision::{Made, PlanDecision, PlanTerms};
use super::letter::{self, Subject};
use super::rule::Waits;
use super::schedule::Schedule;
use super::{Noticed, Repayment};
use crate::hearing::{About, Hearing};
use crate::hearings::Opening;
use crate::morning::Morning;
use crate::state::Case;
use chrono::Days;
use domain::{Day, DecisionId, HearingId, LetterId, Money, Period};
use messages::{AssessmentFact, Cause, Heard};
use runtime::Refusal;
use schemes::dk_cash_repayment::notice_needed;
use std::sync::Arc;

/// How a notice of these terms stands.
enum Notice {
    /// None was given, or what was is spent.
    Missing,
    /// The debtor can still object, or staff have to rule.
    Open,
    /// It has ended so that it can be decided.
    Ended(HearingId, Heard),
    /// Staff have followed the debtor.
    Dropped,
}

impl Morning<'_> {
    /// Finds what the rules give today. What is in force stays where they give nothing, and where they would give something
    /// else for want of something newer about the debtor.
    pub fn rule(&mut self, case: &mut Case, schedule: &Schedule) -> Result<(), Waits> {
        let (rules, today) = (&self.rules.repayment, self.today());
        let terms = case.plan_terms(rules, today, schedule)?;
        let Some(repayment) = &mut case.repayment else { return Ok(()) };
        let Some(new) = terms else {
            repayment.ruled = None;
            return Ok(());
        };
        let stays = repayment.ruled.as_ref().is_some_and(|ruled| {
            let reviewed = ruled.review_on().is_none_or(|review_on| today < review_on);
            reviewed && ruled.decides_the_same_as(&new) && ruled.stated_by == new.stated_by
        });
        if stays && let Some(ruled) = &mut repayment.ruled {
            // What is left of the claims is today's; a review keeps its day.
            if new.is_instalment() {
                (ruled.assessment, ruled.row) = (new.assessment, new.row);
            }
            ruled.claims = new.claims;
            return Ok(());
        }
        if !Case::is_fresh(rules, &new.circumstances, today) {
            let detail = format!(
                "what is decided anew would rest on what was found on {}: send set_circumstances",
                new.circumstances.fetched_on
            );
            return Err(Waits { code: "circumstances_outdated", detail });
        }
        repayment.ruled = Some(new);
        Ok(())
    }

    /// Brings notices and decisions in line with what the rules give.
    pub fn decide_plan(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let Some(repayment) = &case.repayment else { return Ok(()) };
        let latest = repayment.plans.last().map(|plan| plan.terms().clone());
        let wanted = repayment.ruled.clone();
        let wanted =
            wanted.filter(|ruled| latest.as_ref().is_none_or(|latest| !latest.decides_the_same_as(ruled)));
        let Some(terms) = wanted else {
            self.supersede_notices(case, None);
            return Ok(());
        };
        let added = latest.as_ref().is_some_and(|latest| latest.lacks_claims_of(&terms));
        // What has not reached the debtor entitles to nothing.
        let before = repayment.told_last().map(|plan| plan.terms().assessment.clone());
        if !terms.is_instalment() || !notice_needed(before.as_ref(), &terms.assessment, added) {
            self.supersede_notices(case, None);
            return self.make_plan(case, terms, None);
        }
        // What the debtor objects to is not noticed otherwise before staff have ruled.
        if case.objects_to_a_notice() {
            return Ok(());
        }
        match notice_of(case, &terms) {
            Notice::Dropped => Ok(()),
            Notice::Open => {
                self.supersede_notices(case, Some(&terms));
                Ok(())
            }
            Notice::Ended(hearing, heard) => self.make_plan(case, terms, Some((hearing, heard))),
            Notice::Missing => {
                self.supersede_notices(case, None);
                self.give_notice(case, terms)
            }
        }
    }

    /// Closes the notices that are of other terms than these.
    fn supersede_notices(&mut self, case: &mut Case, keep: Option<&PlanTerms>) {
        let mut unwanted = Vec::new();
        for (id, notice) in case.repayment.iter_mut().flat_map(|repayment| &mut repayment.notices) {
            if !notice.spent && keep.is_none_or(|keep| !notice.terms.pays_the_same_as(keep)) {
                notice.spent = true;
                unwanted.push(id.clone());
            }
        }
        self.supersede(case, unwanted);
    }

    fn give_notice(&mut self, case: &mut Case, terms: PlanTerms) -> Result<(), Refusal> {
        let today = self.today();
        let debtor = case.payers.values().next().map(|debtor| debtor.what.clone());
        let (Some(debtor), Some(repayment)) = (debtor, &mut case.repayment) else { return Ok(()) };
        let number = u32::try_from(repayment.notices.len()).unwrap_or(u32::MAX);
        let about = About::Instalment { number };
        let id = about.id(&self.opened.case);
        let letter_id = LetterId::derive(&[id.as_str()]);
        let deadline = today + Days::new(self.rules.repayment.settings.notice_days.into());
        let first_month = self.first_month(deadline.succ_opt().unwrap_or(deadline), true);
        let subject = Subject {
            letter: letter_id.clone(),
            debtor: &debtor,
            terms: &terms,
            first: (first_month, self.rules.repayment.due_on(first_month)),
            previous: repayment.plans.last().map(|plan| plan.terms().instalment()),
        };
        let letter = letter::notice(self.rules, self.opened, today, &subject, (&id, deadline))?;
        let because = self.because();
        self.effects.send_late(&letter, because.clone());
        let cause = cause_of(repayment, &terms);
        repayment.notices.insert(id.clone(), Noticed { terms, spent: false });
        let months = (first_month, None);
        self.open_hearing(case, id, Opening { about, letter: letter_id, months, cause, deadline, because });
        Ok(())
    }

    /// Makes a decision and writes its letter.
    fn make_plan(
        &mut self,
        case: &mut Case,
        terms: PlanTerms,
        noticed: Option<(HearingId, Heard)>,
    ) -> Result<(), Refusal> {
        let today = self.today();
        let debtor = case.payers.values().next().map(|debtor| debtor.what.clone());
        let ruling = noticed.as_ref().and_then(|(hearing, _)| case.ruling(hearing));
        let (Some(debtor), Some(repayment)) = (debtor, &mut case.repayment) else { return Ok(()) };
        let told = repayment.told_last();
        let previous = told.map(|plan| plan.terms().instalment());
        let rises = previous.is_none_or(|previous| previous.amount() < terms.instalment().amount());
        let first_month = self.first_month(today, rises && terms.is_instalment());
        // A decision that is known and has not begun is lowered from its own first month: until then less is paid.
        let first_month = told.map_or(first_month, |told| {
            let paid = repayment.instalment_in(first_month);
            let lowers = paid.is_some_and(|paid| terms.instalment().amount() <= paid.amount());
            if lowers || !terms.is_instalment() { first_month } else { first_month.max(told.first_month()) }
        });
        let number = repayment.plans.len().to_string();
        let decision = DecisionId::derive(&[self.opened.case.as_str(), "repayment", &number]);
        let letter = LetterId::derive(&[decision.as_str()]);
        let subject = Subject {
            letter: letter.clone(),
            debtor: &debtor,
            terms: &terms,
            first: (first_month, self.rules.repayment.due_on(first_month)),
            previous,
        };
        let heard = noticed.as_ref().map(|(_, heard)| *heard);
        let written = letter::decision(self.rules, self.opened, today, &subject, (heard, ruling))?;
        let cause = cause_of(repayment, &terms);
        let of_notice = noticed.as_ref().and_then(|(id, _)| case.hearings.get(id)?.because.clone());
        let because = of_notice.unwrap_or_else(|| self.because());
        if let Some(notice) = noticed.as_ref().and_then(|(id, _)| repayment.notices.get_mut(id)) {
            notice.spent = true;
        }
        let (causes, evidence) = (because.causes().to_vec(), because.evidence().to_vec());
        let written_on = today;
        let made =
            Made { decision, letter, written_on, first_month, previous, cause, noticed, causes, evidence };
        let plan =
            PlanDecision::new(made, terms).map_err(|error| Refusal::new("not_heard", error.to_string()))?;
        self.effects.send_late(&written, because.clone());
        let fact = AssessmentFact::DecisionMade(Box::new(plan.issued().made().clone()));
        self.effects.send_late(&self.event(fact), because);
        repayment.plans.push(Arc::new(plan));
        Ok(())
    }

    /// The first month that a decision of this day works in: the next, or, where it raises, the first one far enough away.
    fn first_month(&self, decided_on: Day, raises: bool) -> Period {
        let days = if raises { self.rules.repayment.settings.first_instalment_days } else { 0 };
        let by = decided_on + Days::new(days.into());
        let month = Period::of(by);
        if month.first_day() == by && by > decided_on { month } else { month.next() }
    }

    /// Lets the decisions bind whose letters have been delivered. Whether any came to.
    pub fn communicate_plans(&mut self, case: &mut Case) -> bool {
        let mut told = Vec::new();
        for plan in case.repayment.iter_mut().flat_map(|repayment| &mut repayment.plans) {
            if plan.issued().is_delivered(&case.delivered) {
                told.extend(Arc::make_mut(plan).issued_mut().bind(&case.delivered));
            }
        }
        let any = !told.is_empty();
        told.into_iter().for_each(|fact| self.tell(fact));
        any
    }
}

impl Repayment {
    /// The latest decision that has reached the debtor.
    fn told_last(&self) -> Option<&PlanDecision> {
        self.plans.iter().rev().find(|plan| plan.issued().communicated_on().is_some()).map(|plan| &**plan)
    }

    /// What is paid in a month by the decisions that have reached the debtor.
    fn instalment_in(&self, month: Period) -> Option<Money> {
        let mut told = self.plans.iter().filter(|plan| plan.issued().communicated_on().is_some());
        told.rfind(|plan| plan.first_month() <= month).map(|plan| plan.terms().instalment())
    }
}

impl Case {
    /// Whether the debtor objects to a notice on which staff have not ruled.
    fn objects_to_a_notice(&self) -> bool {
        let notices = self.repayment.iter().flat_map(|repayment| &repayment.notices);
        let mut open = notices.filter(|(_, notice)| !notice.spent);
        open.any(|(id, _)| self.hearings.get(id).is_some_and(|hearing| self.is_objected_to(id, hearing)))
    }
}

/// How the notice of such an instalment stands. What staff have dropped stays dropped until the debtor's circumstances are
/// stated anew.
fn notice_of(case: &Case, terms: &PlanTerms) -> Notice {
    let notices = || case.repayment.iter().flat_map(|repayment| &repayment.notices);
    let hearing_of = |id: &HearingId| case.hearings.get(id);
    let dropped = |id: &HearingId| hearing_of(id).is_some_and(Hearing::dropped);
    if notices().any(|(id, notice)| dropped(id) && notice.terms.stated_by == terms.stated_by) {
        return Notice::Dropped;
    }
    let mut of_terms = notices()
        .filter(|(id, notice)| !notice.spent && !dropped(id) && notice.terms.pays_the_same_as(terms));
    let Some((id, hearing)) = of_terms.find_map(|(id, _)| Some((id, hearing_of(id)?))) else {
        return Notice::Missing;
    };
    match hearing.heard() {
        Some(heard) => Notice::Ended(id.clone(), heard),
        None if hearing.ended.is_none() => Notice::Open,
        None => Notice::Missing,
    }
}

/// Why these terms differ from the latest decision.
fn cause_of(repayment: &Repayment, terms: &PlanTerms) -> Cause {
    match repayment.plans.last().map(|plan| plan.terms()) {
        Some(before) if before.circumstances != terms.circumstances => Cause::IncomeRecalculation,
        Some(before) if !before.lacks_claims_of(terms) => Cause::Rates,
        _ => Cause::Claims,
    }
}
