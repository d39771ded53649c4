//! Notices (*adviser*): each is open until its outcome is recorded.

use crate::Assessment;
use crate::state::{Awaits, Case, Notice, Opened};
use crate::target::Source;
use domain::{Day, NoticeId, Period};
use messages::{
    AssessmentEvent, AssessmentFact, CaseNotice, Cause, NoticeOutcome, NoticeSubject, RegisterFact,
};
use runtime::Effects;

/// Event types that a rule cannot close: a new number must be merged by a person, a disappeared person be looked for.
const FOR_STAFF: [&str; 2] = ["new_number", "disappeared"];

/// The timer that closes the notices of the day before.
pub const NOTICES_TIMER: &str = "notices";

/// An event about the case.
pub fn event(opened: &Opened, today: Day, fact: AssessmentFact) -> AssessmentEvent {
    AssessmentEvent {
        case: opened.case.clone(),
        authority: opened.authority.clone(),
        scheme: opened.scheme,
        recorded_on: today,
        fact,
    }
}

impl Case {
    /// Opens the notices of a fact.
    pub fn open_notices(
        &mut self,
        opened: &Opened,
        today: Day,
        notice: &CaseNotice,
        effects: &mut Effects<Assessment>,
    ) {
        for open in &notice.notices {
            if self.notices.contains_key(&open.notice) || self.closed_notices.contains(&open.notice) {
                continue;
            }
            let awaits = match &notice.about {
                _ if FOR_STAFF.contains(&open.event_type.as_str()) => Awaits::Staff,
                NoticeSubject::Register(event) => match &event.fact {
                    RegisterFact::IncomeReport(report) => Awaits::Recalculation(report.disposition_month),
                    _ => Awaits::NextDay,
                },
                NoticeSubject::Arrival(_) => Awaits::NextDay,
            };
            effects.send(&event(
                opened,
                today,
                AssessmentFact::NoticeOpened {
                    notice: open.notice.clone(),
                    event_type: open.event_type.clone(),
                    deadline: open.deadline,
                    owner: open.owner.clone(),
                },
            ));
            if awaits == Awaits::Staff {
                let detail = format!("{}: close the notice when it has been dealt with", open.event_type);
                let code = open.event_type.clone();
                effects.send(&event(
                    opened,
                    today,
                    AssessmentFact::ReviewNeeded { period: None, code, detail },
                ));
            }
            self.notices.insert(open.notice.clone(), Notice { open: open.clone(), since: today, awaits });
        }
        if self.notices.values().any(|notice| notice.awaits == Awaits::NextDay) {
            effects.wake(NOTICES_TIMER, today.succ_opt().unwrap_or(today));
        }
    }

    /// Closes the notices of days before, by what has been assessed since.
    pub fn close_yesterdays_notices(
        &mut self,
        opened: &Opened,
        today: Day,
        effects: &mut Effects<Assessment>,
    ) {
        let due = |notice: &Notice| notice.awaits == Awaits::NextDay && notice.since < today;
        for (id, since) in self.notices_where(due) {
            let heard = self.hearings.values().any(|hearing| {
                hearing.written_on >= since
                    && hearing.ended.is_none()
                    && matches!(hearing.about, crate::About::MoveIn { .. })
            });
            let decided = self
                .decisions
                .iter()
                .any(|decision| decision.written_on >= since && decision.cause == Cause::HouseholdNotice);
            let outcome = match (heard, decided) {
                (true, _) => NoticeOutcome::HearingOpened,
                (_, true) => NoticeOutcome::PaymentChanged,
                _ => NoticeOutcome::NoChange,
            };
            self.close_notice(opened, today, &id, outcome, effects);
        }
        if self.notices.values().any(|notice| notice.awaits == Awaits::NextDay) {
            effects.wake(NOTICES_TIMER, today.succ_opt().unwrap_or(today));
        }
    }

    /// Closes the income notices of a month that has been recalculated. `source` and `missing` tell how.
    pub fn close_income_notices(
        &mut self,
        opened: &Opened,
        today: Day,
        month: Period,
        (source, missing): (Source, bool),
        effects: &mut Effects<Assessment>,
    ) {
        let hearing = self.hearings.values().any(|hearing| {
            hearing.ended.is_none()
                && matches!(hearing.about, crate::About::Income { month: of, .. } if of == month)
        });
        let granted = source != Source::NoGrant;
        let left = missing || self.application_is_self_employed(month);
        let outcome = match (hearing, source) {
            (true, _) => NoticeOutcome::HearingOpened,
            (_, Source::Register) => NoticeOutcome::PaymentChanged,
            _ if granted && left => NoticeOutcome::LeftToYearlyControl,
            _ => NoticeOutcome::NoChange,
        };
        for (id, _) in self.notices_where(|notice| notice.awaits == Awaits::Recalculation(month)) {
            self.close_notice(opened, today, &id, outcome.clone(), effects);
        }
    }

    /// Records the outcome of a notice and closes it, in one step. Whether it was open.
    pub fn close_notice(
        &mut self,
        opened: &Opened,
        today: Day,
        id: &NoticeId,
        outcome: NoticeOutcome,
        effects: &mut Effects<Assessment>,
    ) -> bool {
        let Some(notice) = self.notices.remove(id) else { return false };
        self.closed_notices.insert(id.clone());
        let event_type = notice.open.event_type;
        effects.send(&event(
            opened,
            today,
            AssessmentFact::NoticeClosed { notice: id.clone(), event_type, outcome },
        ));
        true
    }

    fn notices_where(&self, wanted: impl Fn(&Notice) -> bool) -> Vec<(NoticeId, Day)> {
        self.notices
            .iter()
            .filter(|(_, notice)| wanted(notice))
            .map(|(id, notice)| (id.clone(), notice.since))
            .collect()
    }

    fn application_is_self_employed(&self, month: Period) -> bool {
        self.applications
            .values()
            .filter(|application| Period::of(application.applied_on) <= month)
            .max_by_key(|application| application.applied_on)
            .is_some_and(|application| application.self_employed)
    }
}
