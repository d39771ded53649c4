//! Determines the months that are over: each from all that is known today, and again when that changes it.

use super::PaymentDecision;
use crate::morning::{Morning, Owed};
use crate::state::{Case, Standing};
use domain::{Day, Period};
use runtime::Refusal;
use schemes::Error;
use schemes::dk_temporary_housing::{MonthAssessment, assess_month};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Case {
    /// What is owed for a month and why. Refuses a month without a rate that it needs.
    pub fn month_owed(&self, rules: &super::HousingRules, month: Period) -> Result<MonthAssessment, Error> {
        let parts = self.parts(rules, month)?;
        assess_month(month, &parts, &rules.parameters, &rules.settings.of_scheme())
    }

    /// The decision that a month is told by, and when it was communicated: the one that counts last in it, or, where none does
    /// any more, the one until now. Without one there is no charge, so nothing is told.
    fn deciding(&self, month: Period, standing: Option<&Standing>) -> Option<(&PaymentDecision, Day)> {
        let housing = self.housing.as_ref()?;
        let days = month.first_day().iter_days().take_while(|day| month.contains(*day));
        let counting = days.filter_map(|day| housing.decided(self.lives_in(day)?.0, day)).last();
        let until_now = |made: &&Arc<PaymentDecision>| {
            standing.is_some_and(|standing| standing.decision == *made.made().decision())
        };
        let decision = match counting {
            Some(number) => housing.decisions.get(number),
            None => housing.decisions.iter().find(until_now),
        };
        decision.and_then(|made| Some((&**made, made.communicated_on()?)))
    }
}

impl Morning<'_> {
    /// Brings the determinations of these months in line with the facts. A month that cannot be computed is told, and tried
    /// again; that it cannot be is told as soon as it has begun.
    pub fn determine(&mut self, case: &mut Case, months: &BTreeSet<Period>) -> Result<(), Refusal> {
        for month in months {
            let owed = case.month_owed(&self.rules.housing, *month);
            let problem = owed.as_ref().err().map(ToString::to_string);
            if let Some(housing) = &mut case.housing {
                let detail = |problem: &str| {
                    format!("{month} is not determined, and nothing of it is charged: {problem}")
                };
                self.tell_unassessable(&mut housing.unassessable, *month, problem, detail);
            }
            if let (Ok(owed), true) = (owed, month.last_day() < self.today()) {
                self.determine_month(case, *month, &owed)?;
            }
        }
        Ok(())
    }

    fn determine_month(
        &mut self,
        case: &mut Case,
        month: Period,
        owed: &MonthAssessment,
    ) -> Result<(), Refusal> {
        let Some(resident) = case.payers.values().next().map(|resident| resident.what.person.clone()) else {
            return Ok(());
        };
        let standing = case.determined.get(&month).and_then(|payers| payers.get(&resident));
        let Some((decision, communicated_on)) = case.deciding(month, standing) else { return Ok(()) };
        let decision = decision.issued().clone();
        let owed = Owed {
            month,
            amount: owed.payable,
            // The month after the one in which it is determined: it is billed when it is over.
            due_on: Period::of(self.today()).next().first_day(),
            decision: &decision,
            communicated_on,
            trace: &owed.trace,
        };
        self.determine_owed(case, &owed)
    }
}
