//! The letter of the scheme, in Danish: the decision on the resident's own payment, with every figure it rests on.

mod render;

#[cfg(test)]
mod letter_test;

use super::{Budget, CostFigures, Paragraph, Proposal, ServiceInput};
use crate::Error;
use domain::{CaseId, Day};
use rust_decimal::Decimal;

pub use crate::letter::{Authority, RenderedLetter};

/// What a letter is about.
#[derive(Debug, Clone, PartialEq)]
pub struct LetterFacts {
    /// The case.
    pub case: CaseId,
    /// Who writes.
    pub authority: Authority,
    /// The day on the letter.
    pub written_on: Day,
    /// The paragraph of the stay.
    pub paragraph: Paragraph,
    /// The facility, by the name that the resident knows.
    pub facility: String,
    /// The facility's costs, under § 107.
    pub costs: Option<CostFigures>,
    /// Services beside the stay.
    pub services: Vec<ServiceInput>,
    /// Whether the resident keeps an own home.
    pub own_home_kept: bool,
    /// The resident's month.
    pub budget: Option<Budget>,
    /// Kroner a month: the rent of a comparable dwelling less housing benefit.
    pub comparable_rent: Option<Decimal>,
    /// The amount and what it was held against.
    pub proposal: Proposal,
    /// Kroner a day that a decision has stated until now, services included; `None`: there was none.
    pub previous: Option<Decimal>,
    /// The version of the calculation template.
    pub template: String,
    /// Why it is decided.
    pub ground: Ground,
}

/// Why it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Of the stay nothing has been decided, or it is decided anew by the caseworker.
    Stay,
    /// The law's rate of another year.
    Year(i32),
}

/// A decision on the own payment (*afgørelse om egenbetaling*): states a concrete amount, and works only forward.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionLetter {
    facts: LetterFacts,
}

impl DecisionLetter {
    /// States a decision. Refused under § 107 without the costs and the budget that the amount rests on, unless an own home
    /// is kept; and with an amount above what it was held against.
    pub fn new(facts: LetterFacts) -> Result<Self, Error> {
        let refuse = |problem: &str| {
            Err(Error::BadLetter { letter: "decision on own payment", problem: problem.to_owned() })
        };
        let free_housing = facts.own_home_kept && facts.budget.is_none();
        let documented = facts.costs.is_some() && facts.budget.is_some();
        if facts.paragraph == Paragraph::P107 && !free_housing && !documented {
            return refuse("the costs of the facility and the resident's budget are its documented basis");
        }
        if facts.proposal.daily_rate > facts.proposal.full_rate
            || facts.proposal.daily_rate.is_sign_negative()
        {
            return refuse("the amount is above what the rules give");
        }
        Ok(Self { facts })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        render::decision(&self.facts)
    }
}
