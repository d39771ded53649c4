//! The letter that communicates a decision.

use super::decision::PaymentTerms;
use crate::Rules;
use crate::letter::{authority, letter_of};
use crate::state::Opened;
use domain::{Day, LetterId};
use messages::{Letter, LetterKind, Party, Stay};
use runtime::Refusal;
use rust_decimal::Decimal;
use schemes::dk_temporary_housing::CostFigures;
use schemes::dk_temporary_housing::letter::{Authority, DecisionLetter, Ground, LetterFacts};

/// What contact a letter names where the authority's settings name none.
const CONTACT: &str = "Egenbetaling for botilbud";

/// What a letter is about.
pub struct Subject<'a> {
    /// Its id.
    pub letter: LetterId,
    /// The resident.
    pub resident: &'a Party,
    /// Where.
    pub stay: &'a Stay,
    /// What is decided.
    pub terms: &'a PaymentTerms,
    /// The facility's costs, under § 107.
    pub costs: Option<CostFigures>,
    /// Kroner a day until now.
    pub previous: Option<Decimal>,
    /// Why.
    pub ground: Ground,
}

/// The authority as it signs.
pub fn signs(rules: &Rules, opened: &Opened) -> Authority {
    authority(rules, opened, CONTACT)
}

/// The decision's letter.
pub fn decision(rules: &Rules, opened: &Opened, today: Day, subject: Subject<'_>) -> Result<Letter, Refusal> {
    let terms = subject.terms.clone();
    let facts = LetterFacts {
        case: opened.case.clone(),
        authority: signs(rules, opened),
        written_on: today,
        paragraph: terms.paragraph,
        facility: subject.stay.facility.to_string(),
        costs: subject.costs,
        services: terms.services,
        own_home_kept: terms.own_home_kept,
        budget: terms.budget,
        comparable_rent: terms.comparable_rent,
        proposal: terms.proposal,
        previous: subject.previous,
        template: terms.template,
        ground: subject.ground,
    };
    let letter =
        DecisionLetter::new(facts).map_err(|error| Refusal::new("letter_refused", error.to_string()))?;
    let addressed = (subject.letter, subject.resident, None);
    Ok(letter_of(opened, today, addressed, LetterKind::Decision, letter.render()))
}
