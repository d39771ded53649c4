//! What is kept about a person or an address.

use domain::{AuthorityId, CaseId, Period};
use messages::{AddressArrival, Evidence, IncomeReport, PersonSnapshot, ReportKind, Role};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who follows the subject, and the facts a new follower must learn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// The following cases with the subject's roles in them.
    pub followers: BTreeMap<CaseId, Follower>,
    /// The last snapshot, with its day and evidence.
    pub snapshot: Option<Kept<PersonSnapshot>>,
    /// Income reports by their key; those older than [`INCOME_MONTHS_KEPT`] before the newest are dropped.
    pub income: BTreeMap<String, Kept<IncomeReport>>,
    /// Who has moved to the address, newest last; at most [`ARRIVALS_KEPT`].
    pub arrivals: Vec<Kept<AddressArrival>>,
}

/// A following case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Follower {
    /// Whose case it is.
    pub authority: AuthorityId,
    /// What the subject is to it.
    pub roles: BTreeSet<Role>,
}

/// A fact with the day the register produced it and where it stands in the raw input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept<T> {
    /// When the register produced it.
    pub recorded_on: domain::Day,
    /// Where it stands.
    pub evidence: Vec<Evidence>,
    /// The fact.
    pub fact: T,
}

/// How far back reports are kept for a case that begins to follow later, in months: corrections older than this are no
/// longer made (income years are closed by the yearly control within two years).
pub const INCOME_MONTHS_KEPT: u32 = 36;

/// How many arrivals at one address are kept: a household's worth, not a hostel's.
pub const ARRIVALS_KEPT: usize = 50;

impl Subject {
    /// Kroner of income by month: what the advis thresholds look at (A- and B-income, fields 057, 058, 070, 071).
    pub fn income_of(&self, month: Period) -> Decimal {
        let reversed: BTreeSet<(&str, &str)> = self
            .income
            .values()
            .filter(|kept| kept.fact.kind == ReportKind::Reversal)
            .map(|kept| (kept.fact.employer.as_str(), kept.fact.report.as_str()))
            .collect();
        self.income
            .values()
            .map(|kept| &kept.fact)
            .filter(|report| report.disposition_month == month && report.kind == ReportKind::Report)
            .filter(|report| !reversed.contains(&(report.employer.as_str(), report.report.as_str())))
            .flat_map(|report| ["057", "058", "070", "071"].map(|field| amount(report, field)))
            .sum()
    }

    /// Keeps a report; of two with the same key the one the register produced later counts. Whether anything changed.
    pub fn keep_income(&mut self, kept: Kept<IncomeReport>) -> bool {
        let key = kept.fact.key();
        if self.income.get(&key).is_some_and(|held| held.recorded_on >= kept.recorded_on) {
            return false;
        }
        let changed = self.income.get(&key).is_none_or(|held| held.fact != kept.fact);
        self.income.insert(key, kept);
        let newest = self.income.values().map(|kept| kept.fact.disposition_month).max();
        if let Some(newest) = newest {
            let oldest = newest.minus_months(INCOME_MONTHS_KEPT);
            self.income.retain(|_, kept| kept.fact.disposition_month >= oldest);
        }
        changed
    }
}

/// The decimal value of a field; intake lets only decimals through.
fn amount(report: &IncomeReport, field: &str) -> Decimal {
    report.amounts.get(field).and_then(|text| Decimal::from_str_exact(text).ok()).unwrap_or_default()
}
