//! The yearly income check (*inkomstkontroll*): every household that has paid less than the highest fee in a year is checked
//! against the tax of its adults, each day by those who were in the household on it. None is left out of the list: it is done, not done or not needed. What differs is corrected only when a
//! second person has approved it, and claimed only when the custodian has been heard.

use super::correction::{CorrectionDecision, Made};
use super::taxed::TaxBasis;
use super::{due, letter};
use crate::morning::Morning;
use crate::state::Case;
use chrono::Datelike;
use domain::{Currency, DecisionId, HearingId, LetterId, Money, Period};
use messages::{AssessmentFact, Heard};
use runtime::Refusal;
use rust_decimal::Decimal;
use schemes::Error;
use schemes::letter::swedish;
use schemes::se_childcare::{Household, MonthCharged, Settlement, State, check, year_to_check};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How far the check of a year is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Since when.
    pub since: domain::Day,
    /// How far.
    pub state: CheckState,
}

/// How far the check of a year is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Every month has paid the highest fee.
    NotNeeded,
    /// The income by the tax is not stated of everybody who was in the household.
    NotDone,
    /// Checked: nothing is to be corrected.
    Right,
    /// Checked: these months differ, and a second person has to approve.
    Prepared {
        /// The months, those left out that it is too late to correct.
        months: BTreeMap<Period, Checked>,
        /// The custodian has to be heard before it can be approved: a month rises.
        hear: bool,
    },
    /// Corrected.
    Corrected {
        /// By this decision.
        decision: DecisionId,
        /// Kronor a year: the income of the tax, of all adults together.
        yearly_income: Money,
    },
}

/// A month that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// What was charged.
    pub charged: Money,
    /// What is owed by the income of the tax.
    pub right: Money,
}

impl Checked {
    /// What is owed more (above 0) or less.
    pub fn difference(&self) -> Decimal {
        self.right.amount() - self.charged.amount()
    }
}

impl Case {
    /// What the household was charged in a year, on which facts.
    fn charged_in(&self, rules: &super::ChildcareRules, year: i32) -> Result<Vec<MonthCharged>, Error> {
        let of_year =
            self.determined.keys().filter(|month| month.year() == year && !self.exempt.contains_key(month));
        let mut months = Vec::new();
        for month in of_year {
            let Some((charged, _)) = self.standing_fee(*month) else { continue };
            if let Some(facts) = self.month_facts(rules, *month)? {
                months.push(MonthCharged { facts, charged: charged.amount() });
            }
        }
        Ok(months)
    }

    /// The years that are to be checked: those whose tax is settled, and those whose tax is stated.
    fn years_to_check(&self, today: domain::Day) -> BTreeSet<i32> {
        let last = year_to_check(today);
        let charged = self.determined.keys().map(|month| month.year()).filter(|year| *year <= last);
        let stated = self
            .childcare
            .iter()
            .flat_map(|childcare| childcare.taxes.keys().chain(childcare.incomes.keys()).copied());
        charged.chain(stated.filter(|year| *year < today.year())).collect()
    }

    /// The check of a year as it stands by all that is known.
    fn check_of(
        &self,
        rules: &super::ChildcareRules,
        year: i32,
        today: domain::Day,
    ) -> Result<CheckState, Error> {
        let household = Household {
            household: self.opened.as_ref().map(|opened| opened.case.to_string()).unwrap_or_default(),
            year,
            adults: self.taxed_adults(year),
            months: self.charged_in(rules, year)?,
        };
        let charged: BTreeMap<Period, Decimal> =
            household.months.iter().map(|month| (month.facts.month, month.charged)).collect();
        let checked = check(&household, today, &rules.parameters, &rules.settings)?;
        let (difference, differing) = match checked.state {
            State::NotNeeded => return Ok(CheckState::NotNeeded),
            State::NotDone => return Ok(CheckState::NotDone),
            State::Done { difference, months } => (difference, months),
        };
        let in_kronor = |amount| {
            Money::new(amount, Currency::SEK)
                .map_err(|error| Error::BadInput { field: "charged".to_owned(), problem: error.to_string() })
        };
        let mut months = BTreeMap::new();
        for month in differing.into_iter().filter(|month| month.correctable) {
            let charged = charged.get(&month.month).copied().unwrap_or_default();
            let right = in_kronor(charged + month.difference.amount())?;
            months.insert(month.month, Checked { charged: in_kronor(charged)?, right });
        }
        if difference.is_zero() || months.is_empty() {
            return Ok(CheckState::Right);
        }
        let hear = months.values().any(|month| month.difference() > Decimal::ZERO);
        Ok(CheckState::Prepared { months, hear })
    }
}

impl Morning<'_> {
    /// Brings the checks of all years in line with the facts, and makes the corrections that are approved.
    pub fn check_incomes(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let today = self.today();
        for year in case.years_to_check(today) {
            let Some(childcare) = &case.childcare else { return Ok(()) };
            let basis = case.tax_basis(year);
            let known = childcare.checks.get(&year).map(|check| check.state.clone());
            if let (Some(CheckState::Corrected { decision, .. }), Ok(basis)) = (&known, &basis)
                && childcare.corrections.iter().any(|made| made.is_of(decision, basis))
            {
                continue;
            }
            // A month that cannot be computed is told with the month.
            let Ok(mut state) = case.check_of(&self.rules.childcare, year, today) else { continue };
            if let (CheckState::Prepared { months, hear }, Ok(basis)) = (&state, basis)
                && let Some(heard) = approved(case, year, &basis, *hear)
            {
                let yearly_income = basis.sum;
                let decision = self.correct(case, year, basis, months.clone(), heard)?;
                state = CheckState::Corrected { decision, yearly_income };
            }
            if known.as_ref() == Some(&state) {
                continue;
            }
            self.tell_check(case, year, &state);
            if let Some(childcare) = &mut case.childcare {
                childcare.checks.insert(year, Check { since: today, state });
            }
        }
        Ok(())
    }

    fn tell_check(&mut self, case: &Case, year: i32, state: &CheckState) {
        let (code, detail) = match state {
            CheckState::NotDone => ("income_check_not_done", super::reviews::not_done(case, year)),
            CheckState::Prepared { months, hear } => {
                ("income_check_to_approve", super::reviews::to_approve(year, months, *hear))
            }
            CheckState::NotNeeded | CheckState::Right | CheckState::Corrected { .. } => return,
        };
        self.tell(AssessmentFact::ReviewNeeded { period: None, code: code.to_owned(), detail });
    }

    /// Corrects the months of a year.
    fn correct(
        &mut self,
        case: &mut Case,
        year: i32,
        basis: TaxBasis,
        months: BTreeMap<Period, Checked>,
        heard: Option<Heard>,
    ) -> Result<DecisionId, Refusal> {
        let refused = |error: String| Refusal::new("letter_refused", error);
        let custodian = case.payers.values().next().map(|payer| payer.what.clone());
        let (Some(custodian), Some(childcare)) = (custodian, &case.childcare) else {
            return Err(refused("the case has no custodian".to_owned()));
        };
        let number = childcare.corrections.len().to_string();
        let case_id = self.opened.case.as_str();
        let decision = DecisionId::derive(&[case_id, "childcare-check", &year.to_string(), &number]);
        let letter = LetterId::derive(&[decision.as_str()]);
        let changes = months.iter().map(|(month, checked)| (*month, checked.difference())).collect();
        let settlement =
            due::settlement(&changes, case.next_fee(self.today()), &self.rules.childcare.settings)
                .map_err(|error| refused(error.to_string()))?;
        if let Settlement::Refund { repaid, .. } = &settlement
            && !repaid.is_zero()
        {
            let repaid = swedish::kronor(*repaid);
            let detail = format!("{repaid} överstiger nästa avgift och betalas ut till vårdnadshavaren");
            let code = "repay_beyond_next_fee".to_owned();
            self.tell(AssessmentFact::ReviewNeeded { period: None, code, detail });
        }
        let addressed = (letter.clone(), &custodian);
        let incomes = case.incomes_in_letter(year, &basis);
        let facts = letter::Correction { year, incomes, months: &months, settlement, heard };
        let written = letter::correction(self.rules, self.opened, self.today(), addressed, facts)?;
        let because = self.because();
        let hearing = HearingId::derive(&[case_id, "childcare-check", &year.to_string()]);
        let made = Made {
            decision: decision.clone(),
            letter,
            written_on: self.today(),
            basis,
            heard: heard.map(|heard| (hearing, heard)),
            causes: because.causes().to_vec(),
            evidence: because.evidence().to_vec(),
        };
        let correction = CorrectionDecision::new(made, months)
            .map_err(|error| Refusal::new("not_heard", error.to_string()))?;
        self.effects.send_late(&written, because.clone());
        let fact = AssessmentFact::DecisionMade(Box::new(correction.issued().made().clone()));
        self.effects.send_late(&self.event(fact), because);
        if let Some(childcare) = &mut case.childcare {
            childcare.corrections.push(Arc::new(correction));
        }
        Ok(decision)
    }
}

/// The hearing of the approval that counts for a year's correction; none where nobody has approved it, where it is a person who
/// has stated one of the incomes or older than what it is about, and where a hearing is due that was not held.
fn approved(case: &Case, year: i32, basis: &TaxBasis, hear: bool) -> Option<Option<Heard>> {
    let approval = case.childcare.as_ref()?.approvals.get(&year)?;
    // Nobody can be heard about what is not known yet.
    let of_this = approval.what.heard.is_none_or(|heard| heard.heard_on() >= basis.known_on);
    let of_this = of_this && approval.what.yearly_income == basis.sum;
    let counts = of_this && approval.on >= basis.known_on && !basis.by.contains(&approval.what.by);
    (counts && (!hear || approval.what.heard.is_some())).then_some(approval.what.heard)
}
