//! The letters of the scheme, in Danish.
//!
//! A hearing letter (*agterskrivelse*), a decision and a reduction are three types. Each is made from the same
//! [`LetterFacts`] by its own constructor, which refuses what the law does not allow: a hearing about a payment that
//! does not rise, a reduction that reduces nothing, a raise decided before its hearing is over.

mod begun;
mod release;
mod render;
mod year;

#[cfg(test)]
mod letter_test;

use super::Assessment;
use crate::Error;
use crate::letter::danish;
use domain::{CaseId, Day, Money, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use crate::letter::{Authority, RenderedLetter};
pub use begun::BegunMonths;
pub use release::ReleaseLetter;
pub use year::{HeardOn, Reckoned, YearFacts, YearLetter, YearMonth, YearRuling};

/// What every letter of the scheme is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterFacts {
    /// The case.
    pub case: CaseId,
    /// Who writes.
    pub authority: Authority,
    /// The day on the letter.
    #[schemars(with = "String")]
    pub written_on: Day,
    /// What the amount is for.
    pub scope: Scope,
    /// Where the income comes from.
    pub income_basis: IncomeBasis,
    /// The amounts and limits.
    pub assessment: Assessment,
    /// What the children are called, by the child of the input: a first name, or [`child_born`]. A child left out is "Barn 1"
    /// and so on.
    pub child_labels: BTreeMap<String, String>,
    /// What the places are called, by the place of the input. A place left out has its id.
    pub place_labels: BTreeMap<String, String>,
    /// What the household paid for the same time until now; `None`: nothing was decided before.
    pub previous: Option<Money>,
    /// The month whose bill settles the difference, where the letter is about a month already billed.
    pub settled_in: Option<Period>,
    /// The months that have begun, where the letter is about many.
    #[serde(default)]
    pub begun: Option<BegunMonths>,
    /// What is new, where it is not the income.
    #[serde(default)]
    pub reasons: Vec<Reason>,
}

/// What a letter calls a child of whom no name is known.
pub fn child_born(on: Day) -> String {
    format!("Barn født den {}", danish::day(on))
}

/// What a letter gives as its reason beside the figures (*begrundelse*, forvaltningsloven section 24; in a hearing the facts to
/// answer to, section 19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// By the population register, an adult has moved to the payer's address.
    MovedIn {
        /// Since when.
        #[schemars(with = "String")]
        since: Day,
    },
    /// The population register says something new of who belongs to the household.
    Household,
    /// Somebody else has paid until now.
    TakesOver,
    /// Staff have ruled that a raise stands that the citizen objected to.
    Ruling {
        /// Why, in their words.
        reason: String,
    },
}

/// What an amount is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One month only: a recalculation.
    Month(Period),
    /// Every month from this day on.
    From(#[schemars(with = "String")] Day),
}

/// Where the income comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncomeBasis {
    /// The household's own statement in its application.
    Application {
        /// The day it was received.
        #[schemars(with = "String")]
        received_on: Day,
    },
    /// The income register's figure for a month, times twelve.
    IncomeRegister {
        /// The month.
        month: Period,
    },
    /// The tax assessment of a year (*årsopgørelse*).
    TaxAssessment {
        /// The income year.
        year: i32,
    },
}

/// The announcement of a raise: the citizen's chance to answer. Decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "HearingParts")]
pub struct HearingLetter {
    facts: LetterFacts,
    answer_by: Day,
}

/// A decision (*afgørelse*) on the citizen's application, after a hearing, or on new prices and places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "DecisionParts")]
pub struct DecisionLetter {
    facts: LetterFacts,
    ground: Ground,
}

/// A decision that lowers the payment, which needs no hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "ReductionParts")]
pub struct ReductionLetter {
    facts: LetterFacts,
}

/// Why a decision is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The citizen applied.
    Application {
        /// When.
        #[schemars(with = "String")]
        applied_on: Day,
    },
    /// The payment rises, and the citizen has been heard.
    Hearing {
        /// The day of the hearing letter.
        #[schemars(with = "String")]
        heard_on: Day,
        /// The last day for an answer.
        #[schemars(with = "String")]
        answer_by: Day,
        /// The day the citizen answered.
        #[schemars(with = "Option<String>")]
        answered_on: Option<Day>,
    },
    /// What the payer has stated of the household raises a month whose income stays as it was decided. What one has stated
    /// oneself needs no hearing.
    Stated,
    /// A place not decided about before, or the place, its price or type, or the other subsidies changed. No income is regulated, so the percentage by
    /// income does not rise.
    NewTerms {
        /// The percentage that the parents paid by their income until now, 0-100.
        own_percent_before: u32,
    },
    /// The scale of another year holds for the same places, rates and income; the percentage does not rise.
    NewScale {
        /// The year.
        year: i32,
        /// The percentage that the parents paid by their income until now, 0-100.
        own_percent_before: u32,
    },
}

/// Any letter of the scheme. Rendering is the only thing the kinds share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterInput {
    /// A decision.
    Decision(DecisionLetter),
    /// The announcement of a raise.
    HearingRaise(HearingLetter),
    /// A decision that lowers the payment.
    Reduction(ReductionLetter),
}

impl HearingLetter {
    /// Announces a raise. Refused when the payment does not rise or the time to answer is over when it is written.
    pub fn new(facts: LetterFacts, answer_by: Day) -> Result<Self, Error> {
        let refuse =
            |problem: &str| Err(Error::BadLetter { letter: "hearing letter", problem: problem.to_owned() });
        if facts.previous.is_none_or(|old| old.amount() >= facts.assessment.total.amount()) {
            return refuse("the payment does not rise; a lower one is decided without hearing");
        }
        if answer_by <= facts.written_on {
            return refuse("the last day for an answer is not after the day of the letter");
        }
        Ok(Self { facts, answer_by })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        render::hearing(&self.facts, self.answer_by)
    }
}

impl DecisionLetter {
    /// States a decision. After a hearing: refused before the citizen has answered or the last day has passed. On new
    /// terms: refused when the percentage by income rises, because that needs a hearing.
    pub fn new(facts: LetterFacts, ground: Ground) -> Result<Self, Error> {
        let refuse =
            |problem: &str| Err(Error::BadLetter { letter: "decision", problem: problem.to_owned() });
        if let Ground::Hearing { heard_on, answer_by, answered_on } = ground {
            if answer_by <= heard_on
                || answered_on.is_some_and(|day| day < heard_on || day > facts.written_on)
            {
                return refuse("the days of the hearing contradict each other");
            }
            if answered_on.is_none() && facts.written_on <= answer_by {
                return refuse("the citizen has not answered and the last day for it has not passed");
            }
        }
        let own_percent = facts.assessment.scale.as_ref().map_or(100, |s| s.own_percent);
        if matches!(ground, Ground::NewTerms { own_percent_before } | Ground::NewScale { own_percent_before, .. } if own_percent > own_percent_before)
        {
            return refuse("the payment rises by the income, not by new terms alone; hear the citizen first");
        }
        Ok(Self { facts, ground })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        render::decision(&self.facts, self.ground)
    }
}

impl ReductionLetter {
    /// States a lower payment. Refused when it is not lower.
    pub fn new(facts: LetterFacts) -> Result<Self, Error> {
        if facts.previous.is_none_or(|old| old.amount() <= facts.assessment.total.amount()) {
            let problem = "the payment does not fall; a raise needs a hearing first".to_owned();
            return Err(Error::BadLetter { letter: "reduction", problem });
        }
        Ok(Self { facts })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        render::reduction(&self.facts)
    }
}

impl LetterInput {
    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        match self {
            Self::Decision(letter) => letter.render(),
            Self::HearingRaise(letter) => letter.render(),
            Self::Reduction(letter) => letter.render(),
        }
    }
}

// Read letters go through the same constructors as made ones.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HearingParts {
    facts: LetterFacts,
    #[schemars(with = "String")]
    answer_by: Day,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DecisionParts {
    facts: LetterFacts,
    ground: Ground,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReductionParts {
    facts: LetterFacts,
}

impl TryFrom<HearingParts> for HearingLetter {
    type Error = Error;
    fn try_from(parts: HearingParts) -> Result<Self, Error> {
        Self::new(parts.facts, parts.answer_by)
    }
}

impl TryFrom<DecisionParts> for DecisionLetter {
    type Error = Error;
    fn try_from(parts: DecisionParts) -> Result<Self, Error> {
        Self::new(parts.facts, parts.ground)
    }
}

impl TryFrom<ReductionParts> for ReductionLetter {
    type Error = Error;
    fn try_from(parts: ReductionParts) -> Result<Self, Error> {
        Self::new(parts.facts)
    }
}
