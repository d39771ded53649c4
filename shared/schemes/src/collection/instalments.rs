//! Instalment plans (*afdragsordning*, *avbetalningsplan*): free of interest and fees as long as they are kept.

use super::calendar::{Country, due_date};
use crate::{Error, rounding};
use chrono::Months;
use domain::{Day, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A plan: instalments that come to the debt exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InstalmentPlan {
    instalments: Vec<Instalment>,
}

/// One instalment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// The last day for it: a weekday.
    pub due: Day,
    /// Its amount.
    pub amount: Money,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The day it came.
    pub paid_on: Day,
    /// Its amount.
    pub amount: Money,
}

/// How a plan stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlanState {
    /// Every instalment due so far was paid in time: no interest and no fee.
    Kept,
    /// All is paid.
    Paid,
    /// An instalment was not paid in time: interest and fees run from this day.
    Broken {
        /// The day after its due date.
        on: Day,
    },
}

/// The most instalments: ten years of months.
const INSTALMENTS_MAX: u32 = 120;

impl InstalmentPlan {
    /// `count` monthly instalments of a debt, the first due on `first` or the first weekday after it. They are equal to
    /// the øre, and what is left over is in the first.
    pub fn new(debt: Money, count: u32, first: Day, country: Country) -> Result<Self, Error> {
        if debt.amount() <= Decimal::ZERO {
            return Err(Error::input("debt", "is above 0"));
        }
        if count == 0 || count > INSTALMENTS_MAX {
            return Err(Error::input("count", format!("is 1 to {INSTALMENTS_MAX}")));
        }
        let equal = rounding::equal_instalment(debt.amount() / Decimal::from(count));
        if equal.is_zero() {
            return Err(Error::input("count", "leaves instalments of nothing"));
        }
        let first_amount = debt.amount() - equal * Decimal::from(count - 1);
        let instalment = |n: u32| {
            let nominal = first.checked_add_months(Months::new(n));
            let nominal = nominal.ok_or_else(|| Error::input("first", "is beyond the calendar"))?;
            let amount = Money::new(if n == 0 { first_amount } else { equal }, debt.currency());
            let amount = amount.map_err(|e| Error::input("debt", e.to_string()))?;
            Ok(Instalment { due: due_date(country, nominal), amount })
        };
        Ok(Self { instalments: (0..count).map(instalment).collect::<Result<_, Error>>()? })
    }

    /// The instalments, in order.
    pub fn instalments(&self) -> &[Instalment] {
        &self.instalments
    }

    /// How it stands at the end of a day. A payment before its instalment is due counts for it.
    pub fn state(&self, payments: &[Payment], on: Day) -> Result<PlanState, Error> {
        let currency = self.instalments.first().map(|i| i.amount.currency());
        if payments.iter().any(|p| Some(p.amount.currency()) != currency || p.amount.is_negative()) {
            return Err(Error::input("payments", "are in the currency of the plan and not below 0"));
        }
        let paid_by = |day: Day| -> Decimal {
            payments.iter().filter(|p| p.paid_on <= day).map(|p| p.amount.amount()).sum()
        };
        let mut owed = Decimal::ZERO;
        for instalment in &self.instalments {
            owed += instalment.amount.amount();
            if instalment.due < on && paid_by(instalment.due) < owed {
                return Ok(PlanState::Broken { on: instalment.due.succ_opt().unwrap_or(instalment.due) });
            }
        }
        let all: Decimal = self.instalments.iter().map(|i| i.amount.amount()).sum();
        Ok(if paid_by(on) >= all { PlanState::Paid } else { PlanState::Kept })
    }

    /// Whether interest and fees run on a day.
    pub fn is_free_of_interest_and_fees(&self, payments: &[Payment], on: Day) -> Result<bool, Error> {
        Ok(!matches!(self.state(payments, on)?, PlanState::Broken { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn plan() -> InstalmentPlan {
        InstalmentPlan::new(Money::dkk(1000), 3, day("2024-01-31"), Country::Denmark).unwrap()
    }

    fn paid(on: &str, amount: &str) -> Payment {
        Payment { paid_on: day(on), amount: Money::parse(amount, domain::Currency::DKK).unwrap() }
    }

    #[test]
    fn the_instalments_come_to_the_debt_and_fall_due_on_weekdays() {
        let plan = plan();
        let found: Vec<String> =
            plan.instalments().iter().map(|i| format!("{} {}", i.due, i.amount.to_text())).collect();
        // 31 March 2024 is Easter Sunday, and the 1st of April a holiday.
        assert_eq!(found, ["2024-01-31 333.34", "2024-02-29 333.33", "2024-04-02 333.33"]);
    }

    #[test]
    fn a_plan_is_kept_until_the_due_date_and_broken_the_day_after() {
        let plan = plan();
        let state = |payments: &[Payment], on: &str| plan.state(payments, day(on)).unwrap();
        assert_eq!(state(&[], "2024-01-31"), PlanState::Kept);
        let broken = PlanState::Broken { on: day("2024-02-01") };
        assert_eq!(state(&[], "2024-02-01"), broken);
        assert_eq!(state(&[paid("2024-02-01", "333.34")], "2024-02-01"), broken);
        assert_eq!(state(&[paid("2024-01-31", "333.33")], "2024-02-01"), broken);
        let first = paid("2024-01-31", "333.34");
        assert_eq!(state(std::slice::from_ref(&first), "2024-02-29"), PlanState::Kept);
        assert!(plan.is_free_of_interest_and_fees(std::slice::from_ref(&first), day("2024-02-29")).unwrap());
        assert!(!plan.is_free_of_interest_and_fees(&[first], day("2024-03-01")).unwrap());
    }

    #[test]
    fn all_paid_early_is_paid_and_a_krone_less_is_not() {
        let plan = plan();
        assert_eq!(plan.state(&[paid("2024-01-05", "1000")], day("2024-06-01")).unwrap(), PlanState::Paid);
        let less = plan.state(&[paid("2024-01-05", "999")], day("2024-06-01")).unwrap();
        assert_eq!(less, PlanState::Broken { on: day("2024-04-03") });
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        let new =
            |debt, count| InstalmentPlan::new(Money::dkk(debt), count, day("2024-01-31"), Country::Denmark);
        assert!(new(0, 3).is_err() && new(100, 0).is_err() && new(100, 121).is_err());
        let tiny = Money::parse("0.02", domain::Currency::DKK).unwrap();
        assert!(InstalmentPlan::new(tiny, 3, day("2024-01-31"), Country::Denmark).is_err());
        let kronor = Payment { amount: Money::zero(domain::Currency::SEK), ..paid("2024-01-05", "1") };
        assert!(plan().state(&[kronor], day("2024-01-05")).is_err());
    }
}
