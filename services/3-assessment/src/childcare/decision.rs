//! Decisions on the fee (*beslut om avgift*): concrete amounts that bind from their communication.

use super::check::Checked;
use super::fees::{FeesFrom, on};
use crate::decided::Issued;
use domain::{Day, DecisionId, HearingId, LetterId, Money, Period};
use messages::{Cause, DecisionMade, DecisionParts, Evidence, Heard, RaiseError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The household's fees from a day on, with each later day on which they change as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeeDecision {
    #[serde(flatten)]
    issued: Issued,
    #[serde(flatten)]
    about: About,
    steps: Vec<FeesFrom>,
}

/// The days that a decision is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The first.
    pub from: Day,
    /// The last month; none: every day from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Period>,
    /// Months between that stay as they are.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub left_out: BTreeSet<Period>,
}

impl About {
    /// Whether a day is among them.
    pub fn holds(&self, day: Day) -> bool {
        let month = Period::of(day);
        self.from <= day && self.to.is_none_or(|to| month <= to) && !self.left_out.contains(&month)
    }

    /// The fees of these days.
    pub fn of(&self, facts: &[FeesFrom]) -> Vec<FeesFrom> {
        let first = FeesFrom { from: self.from, fees: on(facts, self.from).cloned().unwrap_or_default() };
        let until = |day: Day| self.to.is_none_or(|to| day <= to.last_day());
        let later = facts.iter().filter(|step| step.from > self.from && until(step.from)).cloned();
        std::iter::once(first).chain(later).collect()
    }
}

/// Which decision is made, when and why.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its id.
    pub decision: DecisionId,
    /// The letter that communicates it.
    pub letter: LetterId,
    /// Kronor a month for the household at the end of its days.
    pub monthly: Money,
    /// The same by the decision before it.
    pub previous: Option<Money>,
    /// Of the months that are over the one that rises most, where one does.
    pub raised: Option<Checked>,
    /// The hearing, where the custodian was heard.
    pub heard: Option<(HearingId, Heard)>,
    /// The day it is written.
    pub written_on: Day,
    /// Why.
    pub cause: Cause,
    /// The messages it follows from.
    pub causes: Vec<String>,
    /// The raw records it follows from.
    pub evidence: Vec<Evidence>,
}

impl FeeDecision {
    /// Makes a decision of these fees. Where a month that is over rises, it is told by that, and cannot be made without a hearing.
    pub fn new(made: Made, about: About, steps: Vec<FeesFrom>) -> Result<Self, RaiseError> {
        let (monthly_amount, previous, cause) = match made.raised {
            Some(month) => (month.right, Some(month.charged), Cause::Correction),
            None => (made.monthly, made.previous, made.cause),
        };
        let (hearing, heard) = made.heard.unzip();
        let told = DecisionMade::try_from(DecisionParts {
            decision: made.decision,
            letter: made.letter,
            from: Period::of(about.from),
            to: about.to,
            monthly_amount,
            previous,
            cause,
            hearing,
            heard,
        })?;
        let issued = Issued::new(told, made.written_on, made.causes, made.evidence);
        Ok(Self { issued, about, steps })
    }

    /// The first day whose fee it states.
    pub fn from(&self) -> Day {
        self.about.from
    }

    /// Whether it states the fee of a day.
    pub fn is_about(&self, day: Day) -> bool {
        self.about.holds(day)
    }

    /// Whether it states the fees of all days from its first one on.
    pub fn is_open(&self) -> bool {
        self.about.to.is_none()
    }

    /// The fees, from each day on which they change.
    pub fn steps(&self) -> &[FeesFrom] {
        &self.steps
    }

    /// That it is written, and whether it binds: no day is charged by it before, then every day since its first.
    pub fn issued(&self) -> &Issued {
        &self.issued
    }

    /// The same, to let it bind.
    pub fn issued_mut(&mut self) -> &mut Issued {
        &mut self.issued
    }
}
