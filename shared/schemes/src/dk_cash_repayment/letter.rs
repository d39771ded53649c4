//! The letters of the scheme, in Danish: the notice before instalments, the decision, and what follows when an instalment is
//! not paid. Each states every figure that it rests on.

mod render;
mod render_missed;

#[cfg(test)]
mod letter_test;

use super::{Assessment, Outcome, TableRow};
use crate::Error;
use domain::{CaseId, Day, Money, Period};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use crate::letter::{Authority, RenderedLetter};

/// The instalment is a multiple of so many kroner.
const STEP: i64 = 50;

/// What a notice and a decision rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct LetterFacts {
    /// The case.
    pub case: CaseId,
    /// Who writes.
    pub authority: Authority,
    /// The day on the letter.
    pub written_on: Day,
    /// What was computed.
    pub assessment: Assessment,
    /// Whether the debtor is a provider.
    pub provider: bool,
    /// The benefit that gives deferral, as a letter names it.
    pub benefit: Option<String>,
    /// The income.
    pub income: IncomeBasis,
    /// Where income and provider duty were fetched from.
    pub source: String,
    /// When.
    pub fetched_on: Day,
    /// The row of the table, where one was read.
    pub row: Option<TableRow>,
    /// The claims that are covered.
    pub claims: Vec<LetterClaim>,
    /// The month of the first instalment, or the first without one.
    pub first_month: Period,
    /// When the instalment of that month is due.
    pub first_due: Day,
    /// Kroner a month until now; `None`: there was no plan.
    pub previous: Option<Decimal>,
    /// The version of the template.
    pub template: String,
}

/// The income that counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncomeBasis {
    /// The net income of the latest months.
    Months(Vec<(Period, Money)>),
    /// The net income of a tax statement.
    TaxYear(i32, Money),
    /// There is no information.
    NotFound,
}

/// A claim as a letter names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterClaim {
    /// Its id.
    pub claim: String,
    /// The month for which help was paid.
    pub month: Period,
    /// The rule by which it is paid back.
    pub ground: String,
    /// What is left of it.
    pub left: Money,
}

/// The days of the notice that a decision follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noticed {
    /// The day of the notice.
    pub written_on: Day,
    /// The last day for an objection.
    pub answer_by: Day,
    /// The day of the debtor's answer.
    pub answered_on: Option<Day>,
}

/// A notice (*varsel*) of instalments.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticeLetter {
    facts: LetterFacts,
    answer_by: Day,
    /// The shortest time for an objection, from receipt.
    days_at_least: u32,
}

/// A decision (*afgørelse*) on instalments, or that the claims are set aside.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionLetter {
    facts: LetterFacts,
    noticed: Option<Noticed>,
    /// Why an objection was not followed.
    ruling: Option<String>,
}

/// What follows when an instalment is not paid.
#[derive(Debug, Clone, PartialEq)]
pub struct MissedLetter {
    /// The case.
    pub case: CaseId,
    /// Who writes.
    pub authority: Authority,
    /// The day on the letter.
    pub written_on: Day,
    /// The instalment's month.
    pub month: Period,
    /// When it was due.
    pub due_on: Day,
    /// The instalment.
    pub amount: Money,
    /// The day on which it was said to be paid, where that payment was returned.
    pub returned: Option<Day>,
    /// Which step.
    pub step: MissedLetterStep,
}

/// What a step does, and what follows. The day is the earliest one: the days count from the receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissedLetterStep {
    /// A reminder (*rykker*).
    Reminder {
        /// Its fee, where it costs something.
        fee: Option<Money>,
        /// From this day on the repayment is determined.
        determined_on: Day,
        /// Days from the receipt until then.
        days: u32,
    },
    /// The repayment is determined (*fastsættelse*).
    Determination {
        /// From this day on it may go to recovery.
        transfer_from: Day,
        /// Days from the receipt in which it can still be paid.
        days: u32,
    },
    /// The claim may go to recovery (*underretning om overdragelse*).
    Transfer,
}

impl LetterFacts {
    /// What the claims come to.
    pub fn total(&self) -> Decimal {
        self.claims.iter().map(|claim| claim.left.amount()).sum()
    }

    fn instalment(&self) -> Decimal {
        self.assessment.monthly_instalment.amount()
    }

    fn rises(&self) -> bool {
        self.instalment() > self.previous.unwrap_or_default()
    }

    /// Reckons the figures once more, apart from what has computed them; a difference blocks the letter.
    fn check(&self, letter: &'static str) -> Result<(), Error> {
        let refuse = |problem: &str| Err(Error::BadLetter { letter, problem: problem.to_owned() });
        if self.claims.is_empty() || self.total() <= Decimal::ZERO {
            return refuse("it covers no claim of which anything is left");
        }
        let a = &self.assessment;
        let expected = a.net_yearly_income.zip(a.percent).map(|(net, percent)| {
            let steps = net * Decimal::from(percent) / Decimal::from(1_200) / Decimal::from(STEP);
            steps.floor() * Decimal::from(STEP)
        });
        if expected.is_some_and(|expected| expected != self.instalment()) {
            return refuse("the instalment is not the percentage of the net income, a twelfth, rounded down");
        }
        let used = match &self.income {
            IncomeBasis::Months(months) => {
                months.iter().map(|(_, net)| net.amount()).min().map(|net| net * Decimal::from(12))
            }
            IncomeBasis::TaxYear(_, net) => Some(net.amount()),
            IncomeBasis::NotFound => None,
        };
        if a.net_yearly_income.is_some_and(|net| used != Some(net)) {
            return refuse("the yearly net income is not that of the months or the year it names");
        }
        if a.percent.is_some_and(|percent| percent > 0) && self.row.is_none() {
            return refuse("it names no row of the table");
        }
        Ok(())
    }
}

impl NoticeLetter {
    /// Gives notice. Refused without an instalment that rises, without a deadline after the day of the letter, and with
    /// figures that do not add up.
    pub fn new(facts: LetterFacts, answer_by: Day, days_at_least: u32) -> Result<Self, Error> {
        const LETTER: &str = "notice of instalments";
        facts.check(LETTER)?;
        let problem = match () {
            () if facts.assessment.outcome != Outcome::Instalment => "there is no instalment",
            () if answer_by <= facts.written_on => "the deadline is not after the day of the letter",
            () => return Ok(Self { facts, answer_by, days_at_least }),
        };
        Err(Error::BadLetter { letter: LETTER, problem: problem.to_owned() })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        render::notice(&self.facts, self.answer_by, self.days_at_least)
    }
}

impl DecisionLetter {
    /// States a decision. Refused where an instalment rises without a notice, and with figures that do not add up.
    pub fn new(facts: LetterFacts, noticed: Option<Noticed>, ruling: Option<String>) -> Result<Self, Error> {
        const LETTER: &str = "decision on repayment";
        facts.check(LETTER)?;
        if facts.rises() && noticed.is_none() {
            let problem = "the instalment rises, and no notice was given".to_owned();
            return Err(Error::BadLetter { letter: LETTER, problem });
        }
        Ok(Self { facts, noticed, ruling })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        render::decision(&self.facts, self.noticed, self.ruling.as_deref())
    }
}

impl MissedLetter {
    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        render_missed::letter(self)
    }
}
