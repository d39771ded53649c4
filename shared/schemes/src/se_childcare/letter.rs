//! The letters of the scheme, in Swedish: the decision on the fee, the hearing before months that are over rise, and the
//! correction that a yearly income check leads to, each with every figure it rests on.

mod correction;
mod decision;
mod hearing;
mod past;

#[cfg(test)]
mod letter_test;

pub use crate::letter::{Authority, RenderedLetter};
pub use correction::{CorrectedMonth, CorrectionFacts, CorrectionLetter, TaxedIncome, Whose};
pub use hearing::HearingLetter;
pub use past::PastMonths;

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
    /// The fees from each day on which they change; the first is the day from which the decision holds. Days whose fee stays as
    /// it was are left out.
    pub steps: Vec<FeeStep>,
    /// The months that are over and whose fee changes; `None`: none does.
    pub past: Option<PastMonths>,
    /// The hearing that a raise of past months rests on.
    pub heard: Option<HeardInLetter>,
    /// Kronor a month for the household that a decision has stated until then; `None`: there was none.
    pub previous: Option<Money>,
    /// Why it is decided.
    pub ground: Ground,
    /// Months from a notice to the end of the fee.
    pub notice_months: u32,
    /// Whether parts of a month are reckoned in thirtieths and not by the days of the month.
    pub thirtieths: bool,
}

/// A hearing, as the letter that follows it tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardInLetter {
    /// The day of its letter.
    pub written_on: Day,
    /// The last day for an answer.
    pub answer_by: Day,
    /// The day of the answer.
    pub answered_on: Option<Day>,
    /// Why staff let the raise stand although the custodian objected, in their words.
    pub ruling: Option<String>,
}

/// The fees of a household from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct FeeStep {
    /// The first day.
    pub from: Day,
    /// The last day, where the days after it are left out.
    pub to: Option<Day>,
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
    /// Months that are over were too low; the custodian has been heard.
    PastMonths,
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
        if facts.past.as_ref().is_some_and(|past| past.months.is_empty()) {
            return refuse("it states a sum of no month");
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
