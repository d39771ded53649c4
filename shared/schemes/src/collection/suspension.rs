//! Suspension from a place for debt (*avstängning*): decided, then executed or revoked. It is executed only after the unit
//! was asked about special needs, and not when all is paid before its effect.

use super::Payment;
use crate::Error;
use domain::{Day, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who runs the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Care {
    /// The municipality.
    Municipal,
    /// A private provider: it suspends by itself, the municipality does not.
    Private,
}

/// A decision to suspend, not executed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspensionDecision {
    effective_on: Day,
    to_pay: Money,
}

/// The unit's answer about special needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitContact {
    /// The day on which the unit answered.
    pub answered_on: Day,
    /// Its answer.
    pub answer: String,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// Everything was paid before the effect: the place is kept.
    Revoked {
        /// The day of the last payment needed.
        on: Day,
    },
    /// The place is suspended.
    Suspended {
        /// From this day.
        from: Day,
        /// What the unit answered before.
        unit: UnitContact,
    },
}

impl SuspensionDecision {
    /// Decides to suspend for a debt with its demand costs and interest. Refuses private care, a debt of nothing, and an
    /// effect before the day after the decision.
    pub fn new(
        care: Care,
        decided_on: Day,
        effective_on: Day,
        debt: Money,
        demand_costs: Money,
        interest: Money,
    ) -> Result<Self, Error> {
        if care == Care::Private {
            return Err(Error::input(
                "care",
                "is private; the municipality suspends from its own places only",
            ));
        }
        if effective_on <= decided_on {
            return Err(Error::input("effective_on", "is after the day of the decision"));
        }
        let parts = [("debt", debt), ("demand_costs", demand_costs), ("interest", interest)];
        if let Some((name, _)) = parts.iter().find(|(_, amount)| amount.is_negative()) {
            return Err(Error::input(*name, "is not below 0"));
        }
        if debt.is_zero() {
            return Err(Error::input("debt", "is above 0"));
        }
        let mixed = |e: domain::MoneyError| Error::input("debt", e.to_string());
        let to_pay = debt.plus(demand_costs).map_err(mixed)?.plus(interest).map_err(mixed)?;
        Ok(Self { effective_on, to_pay })
    }

    /// What must be paid before the effect for the decision to be revoked.
    pub fn to_pay(&self) -> Money {
        self.to_pay
    }

    /// The outcome on a day: revoked when all was paid before the effect, a part not; suspended from the effect on.
    /// Refuses to execute before the effect, and without the unit's answer.
    pub fn execute(self, payments: &[Payment], unit: Option<UnitContact>, on: Day) -> Result<Outcome, Error> {
        if let Some(on) = self.paid_in_time(payments)? {
            return Ok(Outcome::Revoked { on });
        }
        if on < self.effective_on {
            return Err(Error::input(
                "on",
                format!("is before the effect of the decision, {}", self.effective_on),
            ));
        }
        let unit = unit.filter(|u| u.answered_on <= on && !u.answer.trim().is_empty()).ok_or_else(|| {
            Error::input("unit", "has not answered on special needs; without that nobody is suspended")
        })?;
        Ok(Outcome::Suspended { from: on, unit })
    }

    /// The day on which all was paid, before the effect.
    fn paid_in_time(&self, payments: &[Payment]) -> Result<Option<Day>, Error> {
        let currency = self.to_pay.currency();
        if payments.iter().any(|p| p.amount.currency() != currency || p.amount.is_negative()) {
            return Err(Error::input("payments", "are in the currency of the debt and not below 0"));
        }
        let mut sorted: Vec<&Payment> = payments.iter().filter(|p| p.paid_on < self.effective_on).collect();
        sorted.sort_by_key(|p| p.paid_on);
        let mut paid = Decimal::ZERO;
        for payment in sorted {
            paid += payment.amount.amount();
            if paid >= self.to_pay.amount() {
                return Ok(Some(payment.paid_on));
            }
        }
        Ok(None)
    }
}

/// Whether a household may get a new place in municipal care: not while any debt of care remains, also one of private
/// care.
pub fn may_get_municipal_place(debts: &[(Care, Money)]) -> bool {
    debts.iter().all(|(_, debt)| debt.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Currency;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn kronor(text: &str) -> Money {
        Money::parse(text, Currency::SEK).unwrap()
    }

    fn decision() -> SuspensionDecision {
        let (decided, effective) = (day("2012-04-10"), day("2012-05-01"));
        let (debt, costs, interest) = (kronor("1260"), kronor("160"), kronor("12.50"));
        SuspensionDecision::new(Care::Municipal, decided, effective, debt, costs, interest).unwrap()
    }

    fn answer() -> Option<UnitContact> {
        Some(UnitContact { answered_on: day("2012-04-25"), answer: "no special needs".into() })
    }

    fn paid(on: &str, amount: &str) -> Payment {
        Payment { paid_on: day(on), amount: kronor(amount) }
    }

    #[test]
    fn all_paid_the_day_before_the_effect_revokes_and_on_the_day_does_not() {
        assert_eq!(decision().to_pay().to_text(), "1432.50");
        let outcome =
            |payments: &[Payment]| decision().execute(payments, answer(), day("2012-05-01")).unwrap();
        assert_eq!(outcome(&[paid("2012-04-30", "1432.50")]), Outcome::Revoked { on: day("2012-04-30") });
        let parts = [paid("2012-04-28", "32.50"), paid("2012-04-20", "1400")];
        assert_eq!(outcome(&parts), Outcome::Revoked { on: day("2012-04-28") });
        let suspended = Outcome::Suspended { from: day("2012-05-01"), unit: answer().unwrap() };
        assert_eq!(outcome(&[paid("2012-05-01", "1432.50")]), suspended);
    }

    #[test]
    fn the_debt_without_the_costs_and_the_interest_does_not_revoke() {
        let outcome =
            |amount: &str| decision().execute(&[paid("2012-04-30", amount)], answer(), day("2012-05-01"));
        assert!(matches!(outcome("1260"), Ok(Outcome::Suspended { .. })));
        assert!(matches!(outcome("1432.49"), Ok(Outcome::Suspended { .. })));
    }

    #[test]
    fn nobody_is_suspended_before_the_effect_or_without_the_units_answer() {
        assert!(decision().execute(&[], answer(), day("2012-04-30")).is_err());
        assert!(decision().execute(&[], None, day("2012-05-01")).is_err());
        let empty = Some(UnitContact { answered_on: day("2012-04-25"), answer: " ".into() });
        assert!(decision().execute(&[], empty, day("2012-05-01")).is_err());
        let later = Some(UnitContact { answered_on: day("2012-05-02"), answer: "none".into() });
        assert!(decision().execute(&[], later, day("2012-05-01")).is_err());
        assert!(decision().execute(&[], answer(), day("2012-05-01")).is_ok());
    }

    #[test]
    fn a_decision_about_private_care_or_no_debt_or_without_time_cannot_be_made() {
        let (zero, debt) = (kronor("0"), kronor("1260"));
        let new = |care, decided: &str, debt, costs| {
            SuspensionDecision::new(care, day(decided), day("2012-05-01"), debt, costs, zero)
        };
        assert!(new(Care::Private, "2012-04-10", debt, zero).is_err());
        assert!(new(Care::Municipal, "2012-05-01", debt, zero).is_err());
        assert!(new(Care::Municipal, "2012-04-30", debt, zero).is_ok());
        assert!(new(Care::Municipal, "2012-04-10", zero, zero).is_err());
        assert!(new(Care::Municipal, "2012-04-10", debt, kronor("-1")).is_err());
        assert!(new(Care::Municipal, "2012-04-10", debt, Money::dkk(0)).is_err());
        assert!(
            decision()
                .execute(
                    &[Payment { amount: Money::dkk(1), ..paid("2012-04-30", "1") }],
                    None,
                    day("2012-05-01")
                )
                .is_err()
        );
    }

    #[test]
    fn a_debt_of_private_care_keeps_from_a_new_municipal_place() {
        assert!(!may_get_municipal_place(&[(Care::Private, kronor("1"))]));
        assert!(may_get_municipal_place(&[(Care::Private, kronor("0")), (Care::Municipal, kronor("0"))]));
    }
}
