//! What a resident can pay: income less what has to be paid first.

use super::input::check_amount;
use crate::Error;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A resident's month in kroner, as obtained from the resident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The income after tax.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub income: Decimal,
    /// The costs of the own home.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub home_costs: Decimal,
    /// Earlier obligations and other fixed expenses.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub obligations: Decimal,
    /// The amount for personal needs (*rådighedsbeløb*) that the resident keeps.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub personal_needs: Decimal,
}

impl Budget {
    /// Everything that makes it no budget.
    pub(super) fn faults(&self) -> Vec<Error> {
        let amounts = [
            ("budget.income", self.income),
            ("budget.home_costs", self.home_costs),
            ("budget.obligations", self.obligations),
            ("budget.personal_needs", self.personal_needs),
        ];
        amounts.iter().filter_map(|(name, amount)| check_amount(name, Some(*amount)).err()).collect()
    }

    /// Kroner a month that can be paid so that the amount for personal needs is left; never below nothing.
    pub fn room(&self) -> Decimal {
        (self.income - self.home_costs - self.obligations - self.personal_needs).max(Decimal::ZERO)
    }

    /// Whether the resident can afford a payment: part of whether the offer is suitable, so asked before it is made.
    pub fn affords(&self, monthly: Decimal) -> bool {
        monthly <= self.room()
    }
}
