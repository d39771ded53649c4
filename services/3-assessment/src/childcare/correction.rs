//! Decisions that correct the months of a year after its income check (*beslut om rättad avgift*).

use super::Childcare;
use super::check::Checked;
use super::taxed::TaxBasis;
use crate::decided::Issued;
use domain::{Currency, Day, DecisionId, HearingId, LetterId, Money, Period, PersonKey};
use messages::{Cause, DecisionMade, DecisionParts, Evidence, Heard, RaiseError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the months of a year cost by the income of the tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrectionDecision {
    #[serde(flatten)]
    issued: Issued,
    yearly_income: Money,
    /// By adult; none where the income was stated of the whole household.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    incomes: BTreeMap<PersonKey, Money>,
    months: BTreeMap<Period, Checked>,
}

/// Which correction is made and why.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its id.
    pub decision: DecisionId,
    /// The letter that communicates it.
    pub letter: LetterId,
    /// The day it is written.
    pub written_on: Day,
    /// The incomes of the tax.
    pub basis: TaxBasis,
    /// The hearing, where the custodian was heard.
    pub heard: Option<(HearingId, Heard)>,
    /// The messages it follows from.
    pub causes: Vec<String>,
    /// The raw records it follows from.
    pub evidence: Vec<Evidence>,
}

impl CorrectionDecision {
    /// Corrects these months. It is told by the month that rises most, or else by the one that falls most: where one rises, it
    /// cannot be made without a hearing.
    pub fn new(made: Made, months: BTreeMap<Period, Checked>) -> Result<Self, RaiseError> {
        let zero = Money::zero(Currency::SEK);
        let rises = months.values().max_by_key(|month| month.difference()).copied();
        let falls = months.values().min_by_key(|month| month.difference()).copied();
        let told_by = rises.filter(|month| month.difference().is_sign_positive()).or(falls);
        let (charged, right) = told_by.map_or((zero, zero), |month| (month.charged, month.right));
        let (hearing, heard) = made.heard.unzip();
        let (first, last) = (months.keys().next().copied(), months.keys().next_back().copied());
        let told = DecisionMade::try_from(DecisionParts {
            decision: made.decision,
            letter: made.letter,
            from: first.ok_or(RaiseError::EndsBeforeItStarts)?,
            to: last,
            monthly_amount: right,
            previous: Some(charged),
            cause: Cause::YearlyControl,
            hearing,
            heard,
        })?;
        let issued = Issued::new(told, made.written_on, made.causes, made.evidence);
        let TaxBasis { incomes, sum: yearly_income, .. } = made.basis;
        Ok(Self { issued, yearly_income, incomes, months })
    }

    /// Kronor a year: the income of the tax, of all adults together.
    pub fn yearly_income(&self) -> Money {
        self.yearly_income
    }

    /// The same by adult; none where it was stated of the whole household.
    pub fn incomes(&self) -> &BTreeMap<PersonKey, Money> {
        &self.incomes
    }

    /// Whether it is this decision, made by these incomes.
    pub fn is_of(&self, decision: &DecisionId, basis: &TaxBasis) -> bool {
        self.issued.made().decision() == decision
            && self.yearly_income == basis.sum
            && self.incomes == basis.incomes
    }

    /// What a month costs by it.
    pub fn right(&self, month: Period) -> Option<Money> {
        self.months.get(&month).map(|month| month.right)
    }

    /// That it is written, and whether it binds: no month is corrected by it before.
    pub fn issued(&self) -> &Issued {
        &self.issued
    }

    /// The same, to let it bind.
    pub fn issued_mut(&mut self) -> &mut Issued {
        &mut self.issued
    }
}

impl Childcare {
    /// The correction that binds for a month, and since when.
    pub fn corrected(&self, month: Period) -> Option<(&CorrectionDecision, Day)> {
        let binds =
            |made: &CorrectionDecision| made.issued.communicated_on().filter(|_| made.right(month).is_some());
        self.corrections.iter().rev().find_map(|made| Some((&**made, binds(made)?)))
    }
}
