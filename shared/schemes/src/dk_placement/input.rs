//! The facts of one family in one charge year.

use super::SCHEME;
use crate::Error;
use domain::Day;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One family in one charge year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The charge year (*opkrævningsår*).
    pub year: i32,
    /// Kroner a year: the income base (*indtægtsgrundlag*) of those who pay, as BEK § 2 counts and uprates it. Send
    /// this or `parents`.
    #[serde(default, with = "crate::exact::option", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub income_base: Option<Decimal>,
    /// The income year of the base. Left out: the one that has effect in the charge year, the second before it. Any
    /// other is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub income_year: Option<i32>,
    /// The parents' incomes in the income year, from which the base is computed. Needs `rate_adjustments`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<ParentIncome>,
    /// Percent: the *satsreguleringsprocent* of 1 January in the income year and of 1 January in the following year,
    /// which uprate the personal incomes. Facts of the case: no source read has the series.
    #[serde(default, with = "crate::exact::list", skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub rate_adjustments: Vec<Decimal>,
    /// The placed children, in any order. Left out: one child, named `1`, without exemption.
    #[serde(default = "one_child")]
    pub children: Vec<ChildInput>,
}

/// A parent's income in the income year, kroner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParentIncome {
    /// Whether the child lived with this parent just before the stay. Who did pays: both on their combined base.
    pub lived_with_child: bool,
    /// Personal income (*personlig indkomst*), personskatteloven § 7. May be negative.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub personal_income: Decimal,
    /// Net capital income (*nettokapitalindkomst*), personskatteloven § 7. Counts when positive.
    #[serde(default, with = "crate::exact")]
    #[schemars(with = "String")]
    pub capital_income: Decimal,
    /// Share income (*aktieindkomst*), personskatteloven § 8 a, stk. 1-2, with the dividends.
    #[serde(default, with = "crate::exact")]
    #[schemars(with = "String")]
    pub share_income: Decimal,
    /// The dividends (*udbytte*) in the share income.
    #[serde(default, with = "crate::exact")]
    #[schemars(with = "String")]
    pub dividends: Decimal,
    /// Whether maintenance (*børnebidrag*) is fixed against this parent. Plays a part where the child did not live
    /// with it: without, the municipality may have it fixed.
    #[serde(default)]
    pub maintenance_fixed: bool,
}

/// A placed child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildInput {
    /// A name for the child that is no personal datum.
    pub child: String,
    /// Whether the placement is continued under barnets lov § 67 (*videreførelse af en anbringelse*): no payment.
    #[serde(default)]
    pub continued_placement: bool,
    /// What the municipality has decided to exempt from payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<Exemption>,
}

/// An exemption (*fritagelse*) after a concrete and individual assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// Why.
    pub reason: ExemptionReason,
    /// Above 0 to 100: the part of the payment that is exempt.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub percent: Decimal,
}

/// The reasons for which a municipality may exempt. There are no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExemptionReason {
    /// The stay has a pronounced treatment purpose (*udpræget behandlingssigte*).
    TreatmentPurpose,
    /// It promotes the parents' cooperation.
    Cooperation,
    /// Keeping contact with the child costs especially much.
    ContactCosts,
}

impl ExemptionReason {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::TreatmentPurpose => "pronounced treatment purpose (udpræget behandlingssigte)",
            Self::Cooperation => "promotes the parents' cooperation",
            Self::ContactCosts => "especially large costs of contact",
        }
    }
}

/// The most children of a family: far above any, small enough to stop a loop in a file.
const CHILDREN_MAX: usize = 40;
/// A child has at most two parents who pay.
const PARENTS_MAX: usize = 2;
/// The largest income either way, kroner a year.
const INCOME_MAX: i64 = 1_000_000_000;
/// The highest rate adjustment, percent a year: above any that there was.
const RATE_ADJUSTMENT_MAX: i64 = 20;
/// The longest name of a child, characters.
const NAME_MAX: usize = 80;
/// The first year under barnets lov, which knows the continued placement.
const BARNETS_LOV: i32 = 2024;

impl Input {
    /// Everything that makes it no family in a charge year; nothing when it can be assessed.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, problem: String| faults.push(Error::input(field, problem));
        if self.first_day().is_none() {
            fault("year", "is a year from 1900 to 2199".to_owned());
        }
        match (self.income_base, self.parents.len()) {
            (None, 0) => fault("income_base", "send the income base, or the `parents`".to_owned()),
            (Some(_), 1..) => fault("parents", "send the income base or the parents, not both".to_owned()),
            _ => {}
        }
        if self.income_base.is_some_and(|base| !is_income(base)) {
            fault("income_base", income_range());
        }
        if self.parents.len() > PARENTS_MAX {
            fault("parents", format!("has {}; send at most {PARENTS_MAX}", self.parents.len()));
        }
        if !self.parents.is_empty() && !self.parents.iter().any(|p| p.lived_with_child) {
            let problem =
                "the child lived with none of them just before the stay: no rule found says who pays";
            fault("parents", problem.to_owned());
        }
        let adjustments = if self.parents.is_empty() { 0 } else { 2 };
        if self.rate_adjustments.len() != adjustments {
            let problem = format!("has {}; send {adjustments}", self.rate_adjustments.len());
            fault("rate_adjustments", problem);
        }
        for (n, percent) in self.rate_adjustments.iter().enumerate() {
            if percent.abs() > Decimal::from(RATE_ADJUSTMENT_MAX) {
                fault(&format!("rate_adjustments[{n}]"), format!("is beyond {RATE_ADJUSTMENT_MAX} percent"));
            }
        }
        if self.children.is_empty() || self.children.len() > CHILDREN_MAX {
            fault("children", format!("has {}; send 1 to {CHILDREN_MAX}", self.children.len()));
        }
        for (n, parent) in self.parents.iter().enumerate() {
            parent.faults(&format!("parents[{n}]"), &mut faults);
        }
        let mut seen = BTreeSet::new();
        for (n, child) in self.children.iter().enumerate() {
            child.faults(&format!("children[{n}]"), self.year, &mut faults);
            if !seen.insert(&child.child) {
                faults.push(Error::input(format!("children[{n}].child"), "is there twice; send it once"));
            }
        }
        faults
    }

    /// The first day of the charge year, on which its parameters are read.
    pub(super) fn first_day(&self) -> Option<Day> {
        (1900..=2199).contains(&self.year).then(|| Day::from_ymd_opt(self.year, 1, 1)).flatten()
    }
}

impl ParentIncome {
    fn faults(&self, path: &str, faults: &mut Vec<Error>) {
        for (name, amount) in [
            ("personal_income", self.personal_income),
            ("capital_income", self.capital_income),
            ("share_income", self.share_income),
            ("dividends", self.dividends),
        ] {
            if !is_income(amount) {
                faults.push(Error::input(format!("{path}.{name}"), income_range()));
            }
        }
        if self.dividends < Decimal::ZERO || self.dividends > self.share_income.max(Decimal::ZERO) {
            let problem = "is a part of the share income: from 0 to all of it";
            faults.push(Error::input(format!("{path}.dividends"), problem));
        }
    }
}

impl ChildInput {
    fn faults(&self, path: &str, year: i32, faults: &mut Vec<Error>) {
        if self.child.is_empty() || self.child.chars().count() > NAME_MAX {
            faults.push(Error::input(format!("{path}.child"), format!("has 1 to {NAME_MAX} characters")));
        }
        if self.continued_placement && year < BARNETS_LOV {
            let problem =
                format!("barnets lov § 67 holds from {BARNETS_LOV}: {SCHEME} knows no rule before it");
            faults.push(Error::input(format!("{path}.continued_placement"), problem));
        }
        let share = self.exemption.as_ref().map(|exemption| exemption.percent);
        if share.is_some_and(|percent| percent <= Decimal::ZERO || percent > Decimal::ONE_HUNDRED) {
            let problem = "is a percentage above 0, to 100";
            faults.push(Error::input(format!("{path}.exemption.percent"), problem));
        }
    }
}

fn is_income(amount: Decimal) -> bool {
    amount.abs() <= Decimal::from(INCOME_MAX) && amount.normalize().scale() <= 2
}

fn income_range() -> String {
    format!("is at most {INCOME_MAX} kroner either way, with at most two decimals")
}

fn one_child() -> Vec<ChildInput> {
    vec![ChildInput { child: "1".to_owned(), continued_placement: false, exemption: None }]
}
