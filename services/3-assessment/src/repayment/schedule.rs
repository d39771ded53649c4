//! Which decision counts in a month and what the month takes of the claims: from the first month on, each from what the ones
//! before have left, by all that is known now. Nothing of it is kept: told late and told in time give the same.

use super::{Missed, PlanDecision, Repayment, RepaymentRules, Settled};
use crate::state::Case;
use chrono::Datelike;
use domain::{ClaimId, Day, Period};
use messages::{CollectionStepKind, Settlement};
use rust_decimal::Decimal;
use schemes::Error;
use schemes::collection::{Country, due_date};
use schemes::dk_cash_repayment::{ClaimBalance, MonthAssessment, MonthInput, assess_month};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The months up to today's.
#[derive(Debug, Default)]
pub struct Schedule {
    /// By month: the number of the decision that counts, and what is paid.
    pub months: BTreeMap<Period, (usize, MonthAssessment)>,
    /// Kroner that the months take of each claim.
    pub charged: BTreeMap<ClaimId, Decimal>,
}

impl RepaymentRules {
    /// The day on which the instalment of a month is due.
    pub fn due_on(&self, month: Period) -> Day {
        let nominal = month.first_day().with_day(self.settings.due_day).unwrap_or(month.last_day());
        due_date(Country::Denmark, nominal)
    }
}

impl Settled {
    /// Whether a month's missed instalment has gone to recovery with it.
    fn takes(&self, month: Period, missed: &Missed) -> bool {
        let could_go = || {
            let since = missed.taken.get(&CollectionStepKind::Transfer);
            since.is_some_and(|since| *since <= self.on)
        };
        let named = self.instalments.as_ref().map(|named| named.contains(&month));
        self.by == Settlement::Transferred && named.unwrap_or_else(could_go)
    }
}

impl Repayment {
    /// The decision that counts in a month: of those that were communicated by its first day and work in it, the one made last.
    fn counting(&self, month: Period) -> Option<(usize, &Arc<PlanDecision>, Day)> {
        self.plans.iter().enumerate().rev().find_map(|(number, plan)| {
            let communicated_on = plan.issued().communicated_on()?;
            let counts = plan.first_month() <= month && communicated_on <= month.first_day();
            counts.then_some((number, plan, communicated_on))
        })
    }

    /// Whether the instalment of a month was missed in vain and has gone to recovery with a transfer that names it: a claim is in
    /// collection or in recovery, never in both. One that is paid after all has not.
    pub fn is_transferred(&self, month: Period) -> bool {
        self.transfers_of(month).next().is_some()
    }

    /// The transfers with which a month's missed instalment has gone.
    pub fn transfers_of(&self, month: Period) -> impl Iterator<Item = &Settled> {
        let missed = self.missed.get(&month).filter(|missed| missed.unpaid().is_some());
        let settled =
            missed.into_iter().flat_map(|missed| self.settlements.values().map(move |s| (missed, s)));
        settled.filter(move |(missed, settled)| settled.takes(month, missed)).map(|(_, settled)| settled)
    }

    /// Kroner of a claim that were settled otherwise than by instalments up to and including a day.
    pub fn settled_by(&self, claim: &ClaimId, day: Day) -> Decimal {
        let of_claim =
            self.settlements.values().filter(|settled| settled.claim == *claim && settled.on <= day);
        of_claim.map(|settled| settled.amount.amount()).sum()
    }

    /// What is left of a claim on a day, after these months; below zero where it is overpaid.
    pub fn left(&self, claim: &ClaimId, on: Day, charged: &BTreeMap<ClaimId, Decimal>) -> Decimal {
        let known = self.claims.get(claim).filter(|_| !self.withdrawn.contains_key(claim));
        let principal = known.map_or(Decimal::ZERO, |claim| claim.what.principal.amount());
        principal - self.settled_by(claim, on) - charged.get(claim).copied().unwrap_or_default()
    }
}

impl Case {
    /// The months from the first decision's up to today's.
    pub fn schedule(&self, rules: &RepaymentRules, today: Day) -> Result<Schedule, Error> {
        let mut schedule = Schedule::default();
        let Some(repayment) = &self.repayment else { return Ok(schedule) };
        let Some(first) = repayment.plans.iter().map(|plan| plan.first_month()).min() else {
            return Ok(schedule);
        };
        for month in first.through(Period::of(today)) {
            let Some((number, plan, communicated_on)) = repayment.counting(month) else { continue };
            let eve = month.first_day().pred_opt().unwrap_or(Day::MIN);
            let balance = |claim: ClaimId| {
                let known =
                    repayment.claims.get(&claim).filter(|_| !repayment.withdrawn.contains_key(&claim))?;
                Some(ClaimBalance {
                    principal: known.what.principal.amount(),
                    settled: repayment.settled_by(&claim, eve),
                    charged: schedule.charged.get(&claim).copied().unwrap_or_default(),
                    claim: claim.to_string(),
                })
            };
            let covered =
                plan.terms().claims.iter().filter_map(|claim| ClaimId::parse(claim.claim.clone()).ok());
            let input = MonthInput {
                month,
                due_on: rules.due_on(month),
                plan: &plan.terms().assessment,
                communicated_on,
                claims: covered.filter_map(balance).collect(),
                free: self.free_of_instalment(month),
            };
            let assessed = assess_month(&input)?;
            for (claim, share) in &assessed.shares {
                if let Ok(claim) = ClaimId::parse(claim.clone()) {
                    *schedule.charged.entry(claim).or_default() += share;
                }
            }
            schedule.months.insert(month, (number, assessed));
        }
        Ok(schedule)
    }

    /// Why no instalment is paid for a month, where none is: the debt stays.
    fn free_of_instalment(&self, month: Period) -> Option<String> {
        let first_day = month.first_day();
        let transferred = self.repayment.as_ref().is_some_and(|repayment| repayment.is_transferred(month));
        let closed = self.last_day.as_ref().is_some_and(|last| last.what < first_day);
        match (self.exempt.get(&month), self.debtor_died_on()) {
            (Some(reason), _) => Some(reason.clone()),
            (None, Some(died)) if died < first_day => Some(format!("the debtor has died on {died}")),
            _ if transferred => Some("it was not paid and has gone to recovery with its claims".to_owned()),
            _ if closed => Some("the case is closed".to_owned()),
            _ => None,
        }
    }

    /// The day of the debtor's death, as the register has it.
    pub fn debtor_died_on(&self) -> Option<Day> {
        let debtor = &self.payers.values().next()?.what.person;
        self.persons.get(debtor)?.died_on()
    }
}
