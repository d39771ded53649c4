//! How each claim stands, and that it is told.

use super::schedule::Schedule;
use super::{Repayment, RepaymentRules};
use crate::morning::Morning;
use crate::state::{Case, Stated};
use domain::{ClaimId, Day};
use messages::{AssessmentFact, ClaimStanding, ClaimState, RepayableClaim};
use rust_decimal::Decimal;
use schemes::Error;
use schemes::dk_cash_repayment::{ClaimInput, Outcome, lapse_window, lapses_on, time_barred};

/// A claim of which something is left and that can be demanded.
pub struct Live<'a> {
    pub claim: &'a RepayableClaim,
    /// Kroner.
    pub left: Decimal,
}

impl Repayment {
    /// The last day on which a claim could be demanded, where that lay before its registration.
    pub fn barred(
        &self,
        rules: &RepaymentRules,
        known: &Stated<RepayableClaim>,
    ) -> Result<Option<Day>, Error> {
        let RepayableClaim { claim, demanded_by, .. } = &known.what;
        time_barred(claim.as_str(), *demanded_by, known.on, &rules.collection)
    }

    /// The claim as the law's computation takes it, with a day of economic possibility that keeps it, where there was one within
    /// its three years: one that the benefit system knows, or the first by what is known of the debtor's income.
    pub fn input_of(
        &self,
        rules: &RepaymentRules,
        claim: &RepayableClaim,
        left: Decimal,
        on: Day,
    ) -> Result<ClaimInput, Error> {
        let mut input = ClaimInput {
            claim: claim.claim.to_string(),
            amount: left,
            help_ended_on: claim.help_ended_on,
            learned_on: claim.learned_on,
            could_pay_on: None,
        };
        let (first, last) = lapse_window(&input, on, &rules.parameters)?;
        input.could_pay_on = match claim.could_pay_on.filter(|day| (first..=last).contains(day)) {
            Some(day) => Some(day),
            None => self.could_pay(rules, first, last.min(on))?,
        };
        Ok(input)
    }

    /// The first day on which a claim is no more for want of economic possibility.
    pub fn lapses_on(
        &self,
        rules: &RepaymentRules,
        claim: &RepayableClaim,
        on: Day,
    ) -> Result<Option<Day>, Error> {
        lapses_on(&self.input_of(rules, claim, Decimal::ZERO, on)?, on, &rules.parameters)
    }

    /// The claims that can be demanded on a day and of which something is left, in the order in which they are paid: the oldest
    /// month first.
    pub fn live(&self, rules: &RepaymentRules, on: Day, schedule: &Schedule) -> Result<Vec<Live<'_>>, Error> {
        let mut live = Vec::new();
        for (id, known) in &self.claims {
            let left = self.left(id, on, &schedule.charged);
            if left <= Decimal::ZERO || self.barred(rules, known)?.is_some() {
                continue;
            }
            let lapsed = self.lapses_on(rules, &known.what, on)?.is_some_and(|lapses| lapses <= on);
            if !lapsed {
                live.push(Live { claim: &known.what, left });
            }
        }
        live.sort_by(|a, b| (a.claim.month, &a.claim.claim).cmp(&(b.claim.month, &b.claim.claim)));
        Ok(live)
    }

    /// How a claim stands.
    fn standing(
        &self,
        rules: &RepaymentRules,
        known: &Stated<RepayableClaim>,
        on: Day,
        schedule: &Schedule,
    ) -> Result<ClaimState, Error> {
        let id = &known.what.claim;
        if self.withdrawn.contains_key(id) {
            return Ok(ClaimState::Withdrawn);
        }
        if self.left(id, on, &schedule.charged) <= Decimal::ZERO {
            return Ok(ClaimState::Settled);
        }
        if let Some(last_day) = self.barred(rules, known)? {
            return Ok(ClaimState::TimeBarred { last_day });
        }
        let lapses = self.lapses_on(rules, &known.what, on)?;
        if let Some(lapsed_on) = lapses.filter(|lapses| *lapses <= on) {
            return Ok(ClaimState::Lapsed { on: lapsed_on });
        }
        let covered = self.plans.last().filter(|plan| plan.terms().covers(id.as_str()));
        if covered.is_some_and(|plan| plan.terms().is_instalment()) {
            return Ok(ClaimState::Instalments);
        }
        let ruled = self.ruled.as_ref().filter(|ruled| ruled.covers(id.as_str()));
        Ok(match ruled.map(|ruled| &ruled.assessment.outcome) {
            Some(Outcome::SetAside { review_on, .. }) => {
                let last = lapses.and_then(|lapses| lapses.pred_opt()).unwrap_or(Day::MAX);
                ClaimState::SetAside { review_on: last.min(*review_on) }
            }
            Some(Outcome::Instalment)
                if self.notices.values().any(|notice| !notice.spent && notice.terms.covers(id.as_str())) =>
            {
                ClaimState::Notified
            }
            _ => ClaimState::Waits,
        })
    }
}

impl Case {
    /// How each claim stands on a day.
    pub fn claim_standings(
        &self,
        rules: &RepaymentRules,
        on: Day,
        schedule: &Schedule,
    ) -> Result<Vec<(ClaimId, ClaimState)>, Error> {
        let Some(repayment) = &self.repayment else { return Ok(Vec::new()) };
        let standing = |(id, known): (&ClaimId, &Stated<RepayableClaim>)| {
            Ok((id.clone(), repayment.standing(rules, known, on, schedule)?))
        };
        repayment.claims.iter().map(standing).collect()
    }
}

impl Morning<'_> {
    /// Tells of every claim that stands otherwise than was told.
    pub fn tell_claims(&mut self, case: &mut Case, standings: &[(ClaimId, ClaimState)]) {
        let Some(repayment) = &mut case.repayment else { return };
        let mut told = Vec::new();
        for (id, state) in standings {
            let known = repayment.told.get(id);
            let Some(claim) =
                repayment.claims.get(id).filter(|_| known.is_none_or(|(_, known)| known != state))
            else {
                continue;
            };
            let version = known.map_or(1, |(version, _)| version + 1);
            repayment.told.insert(id.clone(), (version, *state));
            let principal = claim.what.principal;
            told.push(ClaimStanding { claim: id.clone(), version, principal, state: *state });
        }
        told.into_iter().for_each(|standing| self.tell(AssessmentFact::ClaimAssessed(standing)));
    }
}
