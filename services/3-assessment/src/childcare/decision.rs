//! Decisions on the fee (*beslut om avgift*): concrete amounts that bind from their communication.

use super::fees::FeesFrom;
use crate::decided::Issued;
use domain::{Day, DecisionId, LetterId, Money, Period};
use messages::{Cause, DecisionMade, DecisionParts, Evidence, RaiseError};
use serde::{Deserialize, Serialize};

/// The household's fees from a day on, with each later day on which they change as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeeDecision {
    #[serde(flatten)]
    issued: Issued,
    from: Day,
    steps: Vec<FeesFrom>,
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
        let issued = Issued::new(told, made.written_on, made.causes, made.evidence);
        Ok(Self { issued, from: made.from, steps })
    }

    /// The first day whose fee it states.
    pub fn from(&self) -> Day {
        self.from
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
