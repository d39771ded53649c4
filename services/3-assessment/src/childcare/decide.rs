//! Decides the fees: as soon as the facts give other ones than the decisions until now state, a new decision is written.

use super::decision::Made;
use super::fees::{Fees, FeesFrom, on};
use super::{Childcare, FeeDecision, letter};
use crate::decide::not_assessable;
use crate::morning::Morning;
use crate::state::Case;
use domain::{Currency, Day, DecisionId, LetterId, Money, Period};
use messages::{AssessmentFact, Cause};
use runtime::Refusal;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Kronor a month for the household.
pub fn total(fees: &Fees) -> Result<Money, Refusal> {
    let sum = fees.values().map(|fee| fee.monthly.amount()).sum();
    Money::new(sum, Currency::SEK).map_err(not_assessable)
}

/// The first day up to one on which the facts give other fees than the decisions state.
fn first_difference(childcare: &Childcare, facts: &[FeesFrom], known_to: Day) -> Option<Day> {
    let decided = childcare.decisions.iter().flat_map(|decision| decision.steps());
    let days: BTreeSet<Day> = facts.iter().chain(decided).map(|step| step.from).collect();
    let nothing = Fees::new();
    days.into_iter()
        .filter(|day| *day <= known_to)
        .find(|day| on(facts, *day).unwrap_or(&nothing) != childcare.decided_on(*day).unwrap_or(&nothing))
}

impl Morning<'_> {
    /// Decides the fees up to the end of the next month, where they are not decided so.
    pub fn decide_fees(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let last = Period::of(self.today()).next();
        let (facts, Some(known_to)) = case.fees_by_facts(&self.rules.childcare, last) else { return Ok(()) };
        let custodian = case.payers.values().next().map(|payer| payer.what.clone());
        let (Some(childcare), Some(custodian)) = (&case.childcare, custodian) else { return Ok(()) };
        let Some(from) = first_difference(childcare, &facts, known_to) else { return Ok(()) };
        let mut steps = vec![FeesFrom { from, fees: on(&facts, from).cloned().unwrap_or_default() }];
        steps.extend(facts.into_iter().filter(|step| step.from > from));
        // What the law and the tariff change by themselves needs no order; nothing that an order states needs a hearing.
        let cause = match self.cause {
            cause @ (Cause::OwnRequest | Cause::Place) => cause,
            _ => Cause::Rates,
        };
        let previous = childcare.decided_on(from).map(total).transpose()?;
        let number = childcare.decisions.len().to_string();
        let decision = DecisionId::derive(&[self.opened.case.as_str(), "childcare", &number]);
        let letter = LetterId::derive(&[decision.as_str()]);
        let facts = (childcare, steps.as_slice(), previous, cause);
        let addressed = (letter.clone(), &custodian);
        let written = letter::decision(self.rules, self.opened, self.today(), addressed, facts)?;
        let because = self.because();
        let made = Made {
            decision,
            letter,
            from,
            monthly: steps.last().map_or_else(|| Ok(Money::zero(Currency::SEK)), |step| total(&step.fees))?,
            previous,
            written_on: self.today(),
            cause,
            causes: because.causes().to_vec(),
            evidence: because.evidence().to_vec(),
        };
        let decision =
            FeeDecision::new(made, steps).map_err(|error| Refusal::new("not_heard", error.to_string()))?;
        self.effects.send_late(&written, because.clone());
        let fact = AssessmentFact::DecisionMade(Box::new(decision.issued().made().clone()));
        self.effects.send_late(&self.event(fact), because);
        if let Some(childcare) = &mut case.childcare {
            childcare.decisions.push(Arc::new(decision));
        }
        Ok(())
    }

    /// Lets the decisions and corrections bind whose letters have been delivered. Whether any came to.
    pub fn communicate_fees(&mut self, case: &mut Case) -> bool {
        let Some(childcare) = &mut case.childcare else { return false };
        let delivered = &case.delivered;
        let mut communicated = Vec::new();
        for decision in &mut childcare.decisions {
            if decision.issued().is_delivered(delivered) {
                communicated.extend(Arc::make_mut(decision).issued_mut().bind(delivered));
            }
        }
        for correction in &mut childcare.corrections {
            if correction.issued().is_delivered(delivered) {
                communicated.extend(Arc::make_mut(correction).issued_mut().bind(delivered));
            }
        }
        let any = !communicated.is_empty();
        communicated.into_iter().for_each(|fact| self.tell(fact));
        any
    }
}
