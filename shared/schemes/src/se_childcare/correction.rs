//! Corrections of fees: how far back, in both directions, and how they are settled.

use super::Settings;
use super::assess::kronor;
use crate::{Error, Parameters};
use domain::{Day, Money, Period};
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The earliest month that is corrected on a day: for the custodian and for the municipality.
pub fn correction_window(on: Day, parameters: &Parameters) -> Result<(Period, Period), Error> {
    let back = |name: &str| {
        let years = parameters.get(name, on)?.value.to_u32().unwrap_or_default();
        Ok::<_, Error>(Period::of(on).minus_months(12 * years))
    };
    Ok((back("custodian_correction_years")?, back("municipality_correction_years")?))
}

/// Whether the municipality may still claim more for a month: until three years after the last day of the month.
pub fn claim_allowed(month: Period, on: Day, parameters: &Parameters) -> Result<bool, Error> {
    Ok(month >= correction_window(on, parameters)?.1)
}

/// Whether the custodian can still have too much paid for a month back: until ten years after the last day of it.
pub fn refund_allowed(month: Period, on: Day, parameters: &Parameters) -> Result<bool, Error> {
    Ok(month >= correction_window(on, parameters)?.0)
}

/// How a correction is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Settlement {
    /// Nothing to correct.
    Nothing,
    /// A tiny claim on the next invoice.
    OnNextInvoice {
        /// Added to it.
        added: Money,
    },
    /// A claim on an invoice of its own.
    SeparateInvoice {
        /// Its amount.
        amount: Money,
    },
    /// A claim in instalments (*avbetalningsplan*): it cannot be paid at once.
    InstalmentPlan {
        /// Its amount.
        amount: Money,
    },
    /// Too much was paid: taken off the next fee as far as that allows, the rest repaid.
    Refund {
        /// Taken off the next fee.
        deducted: Money,
        /// Repaid.
        repaid: Money,
    },
}

/// Settles a correction: `difference` above 0 is claimed, below 0 given back. `next_fee`: the fee of the next invoice.
/// `payable_at_once`: whether the household can pay a claim at once.
pub fn settle(
    difference: Money,
    next_fee: Money,
    payable_at_once: bool,
    settings: &Settings,
) -> Result<Settlement, Error> {
    let amount = kronor(difference.amount().abs())?;
    let mixed = |e: domain::MoneyError| Error::input("difference", e.to_string());
    difference.plus(next_fee).map_err(mixed)?;
    if next_fee.is_negative() {
        return Err(Error::input("next_fee", "is not negative"));
    }
    if difference.is_zero() {
        return Ok(Settlement::Nothing);
    }
    if difference.is_negative() {
        let deducted = if amount.amount() < next_fee.amount() { amount } else { next_fee };
        return Ok(Settlement::Refund { deducted, repaid: amount.minus(deducted).map_err(mixed)? });
    }
    let tiny = settings.tiny_claim_below.is_some_and(|limit| amount.amount() < limit);
    Ok(match (tiny, payable_at_once) {
        (true, _) => Settlement::OnNextInvoice { added: amount },
        (false, true) => Settlement::SeparateInvoice { amount },
        (false, false) => Settlement::InstalmentPlan { amount },
    })
}

/// A retroactive adjustment (*retroaktiv justering*) that one person has prepared. It moves no money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    settlement: Settlement,
    basis: String,
    prepared_by: String,
}

/// An adjustment that a second person has approved: the only form that may be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    adjustment: Adjustment,
    approved_by: String,
}

impl Adjustment {
    /// Prepares an adjustment. `basis`: where its evidence is kept; `prepared_by`: the user. Refuses one without either.
    pub fn prepare(settlement: Settlement, basis: &str, prepared_by: &str) -> Result<Self, Error> {
        let parts = [("basis", basis), ("prepared_by", prepared_by)];
        if let Some((name, _)) = parts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(Error::input(*name, "is empty; a correction without it cannot be approved"));
        }
        Ok(Self { settlement, basis: basis.to_owned(), prepared_by: prepared_by.to_owned() })
    }

    /// Approves it. Refuses the user who prepared it.
    pub fn approve(self, approved_by: &str) -> Result<Approved, Error> {
        if approved_by.trim().is_empty() || approved_by == self.prepared_by {
            let problem = "a retroactive adjustment is approved by another user than the one who prepared it";
            return Err(Error::input("approved_by", problem));
        }
        Ok(Approved { adjustment: self, approved_by: approved_by.to_owned() })
    }
}

impl Approved {
    /// What is to be carried out.
    pub fn settlement(&self) -> &Settlement {
        &self.adjustment.settlement
    }

    /// Where its evidence is kept.
    pub fn basis(&self) -> &str {
        &self.adjustment.basis
    }

    /// Who prepared and who approved it.
    pub fn users(&self) -> (&str, &str) {
        (&self.adjustment.prepared_by, &self.approved_by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    #[test]
    fn an_adjustment_takes_two_persons_and_its_basis() {
        let prepared = || Adjustment::prepare(Settlement::Nothing, "tax statement 2022", "user-1").unwrap();
        assert!(prepared().approve("user-1").is_err() && prepared().approve(" ").is_err());
        let approved = prepared().approve("user-2").unwrap();
        assert_eq!(approved.users(), ("user-1", "user-2"));
        assert_eq!((approved.settlement(), approved.basis()), (&Settlement::Nothing, "tax statement 2022"));
        assert!(Adjustment::prepare(Settlement::Nothing, "", "user-1").is_err());
        assert!(Adjustment::prepare(Settlement::Nothing, "basis", "").is_err());
    }

    #[test]
    fn a_correction_in_another_currency_is_refused() {
        let fee = kronor(Decimal::ONE_HUNDRED).unwrap();
        assert!(settle(Money::dkk(5), fee, true, &Settings::default()).is_err());
    }
}
