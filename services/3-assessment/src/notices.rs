//! Notices (*adviser*): each is open until its outcome is recorded.

use crate::hearing::About;
use crate::state::{Awaits, Case, Notice, Opened};
use crate::{Assessment, Rules, for_staff};
use domain::{Day, NoticeId, Period};
use messages::{
    AssessmentEvent, AssessmentFact, CaseNotice, Cause, ClosedBy, NoticeOutcome, NoticeSubject, OpenNotice,
    RegisterFact,
};
use runtime::Effects;
use std::collections::BTreeMap;

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

/// The id of the refusal that tells of an overdue notice.
fn overdue(notice: &NoticeId) -> String {
    format!("notice_overdue/{notice}")
}

/// Who closed a notice before the strategy said so.
fn until_the_strategy_said(event_type: &str) -> ClosedBy {
    if ["new_number", "disappeared"].contains(&event_type) { ClosedBy::Staff } else { ClosedBy::Assessment }
}

/// No rule closes the notice.
pub fn left_to_staff(opened: &Opened, today: Day, open: &OpenNotice) -> AssessmentEvent {
    let code = open.event_type.clone();
    let detail = format!("{code}: close the notice when it has been dealt with");
    event(opened, today, AssessmentFact::ReviewNeeded { period: None, code, detail })
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
            let closed_by = open.closed_by.unwrap_or_else(|| until_the_strategy_said(&open.event_type));
            let awaits = match (closed_by, &notice.about) {
                (ClosedBy::Staff, _) => Awaits::Staff,
                (ClosedBy::SingleStatus, NoticeSubject::Register(event)) => {
                    Awaits::SingleStatus(event.recorded_on)
                }
                (ClosedBy::SingleStatus, NoticeSubject::Arrival(_)) => Awaits::Household,
                (ClosedBy::Assessment, NoticeSubject::Register(event)) => match &event.fact {
                    RegisterFact::IncomeReport(report) => Awaits::Income(report.disposition_month),
                    _ => Awaits::Household,
                },
                (ClosedBy::Assessment, NoticeSubject::Arrival(_)) => Awaits::Household,
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
                effects.send(&left_to_staff(opened, today, open));
            }
            let kept = Notice { open: open.clone(), since: today, awaits, overdue: false };
            self.notices.insert(open.notice.clone(), kept);
        }
    }

    /// Whether the payer of this month is stated to be a single provider and the register, at that day or since, does not
    /// say unmarried: what a marriage means for the household, only a person can find out.
    fn single_provider_may_have_married(&self, on: Day, today: Day) -> bool {
        let month = Period::of(today);
        let single = self.household(month).is_some_and(|household| household.single_provider);
        let payer = self.payer(month).and_then(|(payer, _)| self.persons.get(&payer.person));
        let known = payer.and_then(|payer| payer.married).filter(|married| married.recorded_on >= on);
        single && known.is_none_or(|married| married.is)
    }

    /// Tells once of each notice that staff have not closed by its deadline. It ends when they do.
    pub fn tell_overdue(&mut self, opened: &Opened, today: Day, effects: &mut Effects<Assessment>) {
        let late = |notice: &&mut Notice| {
            notice.awaits == Awaits::Staff && !notice.overdue && notice.open.deadline < today
        };
        for notice in self.notices.values_mut().filter(late) {
            notice.overdue = true;
            let OpenNotice { notice: id, event_type, deadline, owner, .. } = &notice.open;
            let detail = format!(
                "{owner} was to deal with the notice {id} ({event_type}) by {deadline}: close it with the order close_notice"
            );
            let key = opened.case.as_str();
            effects.send(&for_staff::waits(overdue(id), key, today, "notice_overdue", detail));
        }
    }

    /// Closes the notices by what has been assessed since they came: in the morning, when all facts that came with them
    /// are known.
    pub fn close_notices(
        &mut self,
        rules: &Rules,
        opened: &Opened,
        today: Day,
        effects: &mut Effects<Assessment>,
    ) {
        let due: Vec<NoticeId> = self.notices.keys().cloned().collect();
        for id in due {
            let Some(notice) = self.notices.get(&id) else { continue };
            let outcome = match notice.awaits {
                Awaits::Staff => continue,
                Awaits::SingleStatus(on) if self.single_provider_may_have_married(on, today) => {
                    effects.send(&left_to_staff(opened, today, &notice.open));
                    self.notices.entry(id).and_modify(|notice| notice.awaits = Awaits::Staff);
                    continue;
                }
                Awaits::SingleStatus(_) => self.household_outcome(notice.since),
                Awaits::Household => self.household_outcome(notice.since),
                Awaits::Income(month) => self.income_outcome(rules, month, notice.since),
            };
            self.close_notice(opened, today, &id, outcome, effects);
        }
    }

    fn household_outcome(&self, since: Day) -> NoticeOutcome {
        let heard = self.hearings.values().any(|hearing| {
            hearing.written_on >= since
                && hearing.ended.is_none()
                && !matches!(hearing.about, About::Income { .. })
        });
        match (heard, self.has_decided(Cause::HouseholdNotice, since, None)) {
            (true, _) => NoticeOutcome::HearingOpened,
            (_, true) => NoticeOutcome::PaymentChanged,
            _ => NoticeOutcome::NoChange,
        }
    }

    /// An income notice leads to the recalculation of its month, which is in the case's own calendar; a month that has
    /// been recalculated is recalculated again at once.
    fn income_outcome(&self, rules: &Rules, month: Period, since: Day) -> NoticeOutcome {
        let heard = self.hearings.values().any(|hearing| {
            hearing.written_on >= since
                && hearing.ended.is_none()
                && matches!(hearing.about, About::Income { month: of, .. } if of == month)
        });
        let over = self.recalculated_to.is_some_and(|to| month <= to);
        let before_the_first = self.first_month().is_none_or(|first| month < first);
        match self.application(month, &rules.settings) {
            _ if heard => NoticeOutcome::HearingOpened,
            _ if self.has_decided(Cause::IncomeRecalculation, since, Some(month)) => {
                NoticeOutcome::PaymentChanged
            }
            Some(application) if application.self_employed => NoticeOutcome::LeftToYearlyControl,
            Some(_) if !over && !before_the_first => NoticeOutcome::LeftToRecalculation,
            _ => NoticeOutcome::NoChange,
        }
    }

    fn has_decided(&self, cause: Cause, since: Day, month: Option<Period>) -> bool {
        self.decisions.iter().any(|decision| {
            decision.written_on() >= since
                && decision.cause() == cause
                && month.is_none_or(|month| decision.covers(month))
        })
    }

    /// Records the outcome of a notice and closes it, in one step. Whether it was open.
    pub fn close_notice(
        &mut self,
        opened: &Opened,
        today: Day,
        id: &NoticeId,
        outcome: NoticeOutcome,
        effects: &mut Effects<Assessment>,
    ) {
        let Some(notice) = self.notices.remove(id) else { return };
        self.closed_notices.insert(id.clone());
        if notice.overdue {
            effects.send(&for_staff::ended(overdue(id), opened.case.as_str(), today, "closed"));
        }
        let event_type = notice.open.event_type;
        effects.send(&event(
            opened,
            today,
            AssessmentFact::NoticeClosed { notice: id.clone(), event_type, outcome },
        ));
    }

    /// Closes the notices that staff have ordered to be closed, now that they are open.
    pub fn close_as_ordered(&mut self, opened: &Opened, today: Day, effects: &mut Effects<Assessment>) {
        let (known, unknown): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.closings).into_iter().partition(|(id, _)| self.notices.contains_key(id));
        self.closings = unknown;
        for (id, outcome) in known {
            self.close_notice(opened, today, &id, NoticeOutcome::ByStaff(outcome), effects);
        }
    }
}
