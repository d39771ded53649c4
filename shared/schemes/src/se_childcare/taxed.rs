//! Whose income by the tax counts on which day: that of every adult who makes up the household on it, a twelfth of the year's
//! for a month.

use super::articles;
use super::input::check_income;
use super::spans::{Basis, IncomeFrom};
use crate::{Error, Step};
use domain::{Day, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An adult of the household (*vårdnadshavare*, *make*, *maka*, *sambo*) with the income of a year by the tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxedAdult {
    /// A name that is no personal datum. Whoever leaves and comes back has an entry for each time, with the same income.
    pub id: String,
    /// Kronor a year: the income by the tax (*taxerad inkomst*). Left out: not fetched yet.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub yearly_income: Option<Decimal>,
    /// The first day in the household; left out: before the year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day in the household; left out: after the year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
}

impl TaxedAdult {
    /// Whether the adult is in the household on a day.
    pub fn is_in(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    fn check(&self, others: &[Self], position: usize) -> Result<(), Error> {
        let field = |name: &str| format!("adults[{position}].{name}");
        check_income(&field("yearly_income"), self.yearly_income)?;
        if self.id.is_empty() {
            return Err(Error::input(field("id"), "is empty"));
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| to < from) {
            return Err(Error::input(field("to"), "is before `from`"));
        }
        for other in others.iter().filter(|other| other.id == self.id) {
            if other.yearly_income != self.yearly_income {
                return Err(Error::input(field("yearly_income"), "differs from the adult's other entry"));
            }
            let apart = |a: &Self, b: &Self| a.to.zip(b.from).is_some_and(|(to, from)| to < from);
            if !apart(self, other) && !apart(other, self) {
                return Err(Error::input(
                    field("from"),
                    "the adult has another entry for some of these days",
                ));
            }
        }
        Ok(())
    }
}

/// Refuses adults that cannot be meant.
pub(super) fn check_adults(adults: &[TaxedAdult]) -> Result<(), Error> {
    for (n, adult) in adults.iter().enumerate() {
        adult.check(&adults[..n], n + 1)?;
    }
    Ok(())
}

/// The incomes of a month, on each day on which who makes up the household changes, and how each came to be. An income that is
/// not known for any of the adults is none. Refuses a day on which nobody makes up the household.
pub(super) fn incomes(month: Period, adults: &[TaxedAdult]) -> Result<(Vec<IncomeFrom>, Vec<Step>), Error> {
    let mut days = BTreeSet::from([month.first_day()]);
    days.extend(adults.iter().filter_map(|adult| adult.from));
    days.extend(adults.iter().filter_map(|adult| adult.to?.succ_opt()));
    let (mut incomes, mut steps) = (Vec::new(), Vec::new());
    for from in days.into_iter().filter(|day| month.contains(*day)) {
        let title = format!("income by the tax of the adults in the household from {from}");
        let mut step = Step::new(title, articles::YEARLY_CHECK);
        let mut yearly = Some(Decimal::ZERO);
        let present: Vec<&TaxedAdult> = adults.iter().filter(|adult| adult.is_in(from)).collect();
        if present.is_empty() {
            let problem = format!("nobody makes up the household on {from}; send the adults of every day");
            return Err(Error::input("adults", problem));
        }
        for adult in present {
            match adult.yearly_income {
                Some(income) => drop(step.input(&format!("income of {}, a year", adult.id), income)),
                None => step.input_text(&format!("income of {}, a year", adult.id), "not known"),
            }
            yearly = yearly.zip(adult.yearly_income).map(|(sum, income)| sum + income);
        }
        if let Some(sum) = yearly {
            step.result("income of the household, a year", sum);
        }
        steps.push(step);
        incomes.push(IncomeFrom { from, yearly, basis: Basis::Tax });
    }
    Ok((incomes, steps))
}
