//! The letters of the scheme, in Swedish: the decision on the fee, and the correction that a yearly income check leads to,
//! each with every figure it rests on.

mod correction;
mod decision;

#[cfg(test)]
mod letter_test;

pub use crate::letter::{Authority, RenderedLetter};
pub use correction::{CorrectedMonth, CorrectionFacts, CorrectionLetter, TaxedIncome, Whose};

use super::Care;
use crate::{Error, Parameter};
use domain::{CaseId, Day, Money};
use rust_decimal::Decimal;

/// What a letter about the fee says.
#[derive(Debug, Clone, PartialEq)]
pub struct LetterFacts {
    /// The case.
    pub case: CaseId,
    /// Who writes.
    pub authority: Authority,
    /// The day on the letter.
    pub written_on: Day,
    /// The fees from each day on which they change; the first is the day from which the decision holds.
    pub steps: Vec<FeeStep>,
    /// Kronor a month for the household that a decision has stated until then; `None`: there was none.
    pub previous: Option<Money>,
    /// Why it is decided.
    pub ground: Ground,
    /// Months from a notice to the end of the fee.
    pub notice_months: u32,
    /// Whether parts of a month are reckoned in thirtieths and not by the days of the month.
    pub thirtieths: bool,
}

/// The fees of a household from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct FeeStep {
    /// The first day.
    pub from: Day,
    /// Kronor a month before tax, as declared; `None`: none is declared, so the highest fee is due.
    pub income: Option<Decimal>,
    /// The income above which the fee rises no more.
    pub cap: Parameter,
    /// The children with a place, the youngest first.
    pub children: Vec<ChildFee>,
}

/// A child's fee.
#[derive(Debug, Clone, PartialEq)]
pub struct ChildFee {
    /// Date of birth: the program knows no names.
    pub born: Day,
    /// The form of care.
    pub care: Care,
    /// Its place among the siblings, the youngest first; `None`: not in fee-charged care.
    pub order: Option<u32>,
    /// Percent of the income; `None`: free.
    pub percent: Option<Decimal>,
    /// The municipality's reduction.
    pub reduction: Option<String>,
    /// Kronor a month.
    pub monthly_fee: Money,
}

/// Why it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A place begins, changes or ends.
    Place,
    /// The custodian has declared an income or another household.
    Declared,
    /// The year's highest fee, or a child's age.
    Rules,
}

/// A decision on the fee (*beslut om avgift*).
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionLetter {
    facts: LetterFacts,
}

impl DecisionLetter {
    /// States a decision. Refuses one without a day from which it holds, and fees above what was owed without a percentage.
    pub fn new(facts: LetterFacts) -> Result<Self, Error> {
        let refuse = |problem: &str| {
            Err(Error::BadLetter { letter: "decision on the childcare fee", problem: problem.to_owned() })
        };
        if facts.steps.is_empty() {
            return refuse("it states no fee from any day on");
        }
        if facts.steps.windows(2).any(|two| two[1].from <= two[0].from) {
            return refuse("its days do not follow each other");
        }
        let unfounded = |child: &ChildFee| child.percent.is_none() && !child.monthly_fee.is_zero();
        if facts.steps.iter().flat_map(|step| &step.children).any(unfounded) {
            return refuse("it states a fee without the percentage it rests on");
        }
        Ok(Self { facts })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        decision::write(&self.facts)
    }
}

/// What a letter calls a child.
fn child_born(on: Day) -> String {
    format!("Barn fött den {}", crate::letter::swedish::day(on))
}
