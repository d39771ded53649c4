//! How debtors of repayments stand, over all cases.

use super::{Report, Share};
use anyhow::Result;
use assessment::Case;
use domain::{Currency, Money};
use std::collections::BTreeMap;

/// What is counted of each kind: how many, and kroner.
type Sums = BTreeMap<&'static str, (u64, Option<Money>)>;

/// The figures so far.
#[derive(Default)]
pub struct Debtors {
    claims: Sums,
    agreements: BTreeMap<&'static str, u64>,
    arrears: Sums,
}

fn add(sums: &mut Sums, kind: &'static str, amount: Money) -> Result<()> {
    let (count, sum) = sums.entry(kind).or_default();
    *count += 1;
    *sum = Some(sum.map_or(Ok(amount), |sum| sum.plus(amount))?);
    Ok(())
}

fn shares(sums: Sums) -> BTreeMap<String, Share> {
    let share = |(kind, (count, sum)): (&str, (u64, Option<Money>))| {
        let amount = sum.unwrap_or(Money::zero(Currency::DKK)).to_text();
        (kind.to_owned(), Share { count, amount })
    };
    sums.into_iter().map(share).collect()
}

impl Debtors {
    /// Adds a case.
    pub fn count(&mut self, case: &Case) -> Result<()> {
        for (state, principal) in case.repayment.iter().flat_map(|repayment| repayment.standings()) {
            add(&mut self.claims, state.in_words(), principal)?;
        }
        if let Some(state) = case.repayment.as_ref().and_then(|repayment| repayment.agreement()) {
            *self.agreements.entry(state.in_words()).or_default() += 1;
        }
        case.arrears().try_for_each(|(how_far, amount)| add(&mut self.arrears, how_far, amount))
    }

    /// Puts the figures into the report.
    pub fn into_report(self, report: &mut Report) {
        let Self { claims, agreements, arrears } = self;
        (report.claims, report.arrears) = (shares(claims), shares(arrears));
        report.agreements = agreements.into_iter().map(|(state, count)| (state.to_owned(), count)).collect();
    }
}
