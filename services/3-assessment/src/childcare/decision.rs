//! Decisions on the fee (*beslut om avgift*): concrete amounts that bind from their communication.

use super::fees::FeesFrom;
use crate::morning::Binds;
use domain::{Day, DecisionId, LetterId, Money, Period};
use messages::{Cause, DecisionMade, DecisionParts, Evidence, RaiseError};
use serde::{Deserialize, Serialize};

/// The household's fees from a day on, with each later day on which they change as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeeDecision {
    made: DecisionMade,
    from: Day,
    steps: Vec<FeesFrom>,
    written_on: Day,
    communicated_on: Option<Day>,
    causes: Vec<String>,
    evidence: Vec<Evidence>,
}

/// Which decision is made, when and why.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its id.
    pub decision: DecisionId,
    /// The letter that communicates it.
    pub letter: LetterId,
    /// The first day.
    pub from: Day,
    /// Kronor a month for the household at the end of its days.
    pub monthly: Money,
    /// The same by the decision before it.
    pub previous: Option<Money>,
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
    /// Makes a decision of these fees.
    pub fn new(made: Made, steps: Vec<FeesFrom>) -> Result<Self, RaiseError> {
        let told = DecisionMade::try_from(DecisionParts {
            decision: made.decision,
            letter: made.letter,
            from: Period::of(made.from),
            to: None,
            monthly_amount: made.monthly,
            previous: made.previous,
            cause: made.cause,
            hearing: None,
            heard: None,
        })?;
        let (from, written_on, causes, evidence) = (made.from, made.written_on, made.causes, made.evidence);
        Ok(Self { made: told, from, steps, written_on, communicated_on: None, causes, evidence })
    }

    /// The first day whose fee it states.
    pub fn from(&self) -> Day {
        self.from
    }

    /// The fees, from each day on which they change.
    pub fn steps(&self) -> &[FeesFrom] {
        &self.steps
    }

    /// The day it was written.
    pub fn written_on(&self) -> Day {
        self.written_on
    }

    /// The messages it follows from.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// The raw records it follows from.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}

/// No day is charged by it before it is communicated; then every day since its first.
impl Binds for FeeDecision {
    fn made(&self) -> &DecisionMade {
        &self.made
    }

    fn communicated_on(&self) -> Option<Day> {
        self.communicated_on
    }

    fn communicate(&mut self, on: Day) {
        self.communicated_on.get_or_insert(on);
    }
}
