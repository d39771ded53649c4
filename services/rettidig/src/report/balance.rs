//! The equation by authority, charge type and month.

use super::{Obligations, Share};
use crate::states;
use anyhow::Result;
use domain::{AuthorityId, ChargeType, Currency, Day, Money, Period};
use reconciliation::BalanceLine;
use std::collections::BTreeMap;
use store::Store;

/// Of every authority, charge type and month: expected = confirmed + credited + exempt + open.
pub type Balance = BTreeMap<(AuthorityId, ChargeType, Period), BalanceLine>;

/// Adds up what reconciliation keeps of every case.
pub async fn balance(store: &dyn Store) -> Result<Balance> {
    let mut balance = Balance::new();
    states::each(store, |_, state: reconciliation::State| {
        for line in reconciliation::balance(&state)? {
            let key = (line.authority.clone(), line.charge_type.clone(), line.period);
            match balance.get_mut(&key) {
                Some(sum) => sum.plus(&line)?,
                None => drop(balance.insert(key, line)),
            }
        }
        Ok(())
    })
    .await?;
    Ok(balance)
}

/// The balance over everything of each charge type, in its own currency.
pub fn by_charge_type(balance: &Balance, as_of: Day) -> Result<BTreeMap<String, Obligations>> {
    let mut lines: BTreeMap<String, Vec<&BalanceLine>> = BTreeMap::new();
    for line in balance.values() {
        lines.entry(line.charge_type.to_string()).or_default().push(line);
    }
    let in_its_currency = |(name, lines): (String, Vec<&BalanceLine>)| {
        let currency = lines.first().map_or(Currency::DKK, |line| currency(line));
        Ok((name, total(lines.into_iter(), currency, as_of)?.0))
    };
    lines.into_iter().map(in_its_currency).collect()
}

/// What a line is charged in.
fn currency(line: &BalanceLine) -> Currency {
    line.expected.amount.currency()
}

/// The balance over everything that is charged in a currency, and what of it is open beyond `as_of`.
pub fn in_currency(balance: &Balance, of: Currency, as_of: Day) -> Result<(Obligations, Share)> {
    total(balance.values().filter(|line| currency(line) == of), of, as_of)
}

/// The balance over everything that is charged in each other currency than Danish kroner.
pub fn in_others(balance: &Balance, as_of: Day) -> Result<BTreeMap<String, Obligations>> {
    let others = balance.values().map(currency).filter(|currency| *currency != Currency::DKK);
    let others: BTreeMap<String, Currency> = others.map(|other| (other.to_string(), other)).collect();
    others.into_iter().map(|(name, other)| Ok((name, in_currency(balance, other, as_of)?.0))).collect()
}

/// The balance over these lines of one currency, and what of it is open beyond `as_of`.
fn total<'a>(
    lines: impl Iterator<Item = &'a BalanceLine>,
    currency: Currency,
    as_of: Day,
) -> Result<(Obligations, Share)> {
    let mut sum: [(u64, Money); 6] = [(0, Money::zero(currency)); 6];
    for line in lines {
        let in_advance = (line.period.first_day() > as_of).then_some(line.open);
        for (total, share) in sum.iter_mut().zip(line.shares().into_iter().chain(in_advance)) {
            *total = (total.0 + share.count, total.1.plus(share.amount)?);
        }
    }
    let [expected, confirmed, credited, exempt, open, in_advance] =
        sum.map(|(count, amount)| Share { count, amount: amount.to_text() });
    Ok((Obligations { currency, expected, confirmed, credited, exempt, open }, in_advance))
}
