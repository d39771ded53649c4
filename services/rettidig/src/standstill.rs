//! Cases at a standstill: what is parked is neither determined nor ordered, and so stands in no balance.

use crate::place::Place;
use crate::states;
use anyhow::Result;
use domain::{Currency, Day, Money};
use reconciliation::State;
use std::collections::{BTreeMap, BTreeSet};

/// The stages that know of what is owed.
const STAGES: [&str; 2] = [assessment::STAGE_NAME, invoicing::STAGE_NAME];

/// A case that waits for a person.
pub struct Standstill {
    /// Which.
    pub case: String,
    /// Since when.
    pub since: Day,
    /// What its last determined month came to.
    pub last_month: Option<Money>,
}

/// Orders that had no effect: what they would change stands in no balance either.
#[derive(Default)]
pub struct WithoutEffect {
    /// How many.
    pub orders: u64,
    /// The cases they are for.
    pub cases: BTreeSet<String>,
}

/// Every case at a standstill, and the orders without effect in others.
pub async fn all(place: &Place) -> Result<(Vec<Standstill>, WithoutEffect)> {
    let mut since: BTreeMap<String, Day> = BTreeMap::new();
    let mut without_effect = WithoutEffect::default();
    for stage in STAGES {
        states::each_open(&*place.store(stage).await?, |row| {
            if !row.holds {
                without_effect.orders += 1;
                without_effect.cases.insert(row.key.clone());
                return;
            }
            let known = since.entry(row.key.clone()).or_insert(row.on);
            *known = row.on.min(*known);
        })
        .await?;
    }
    let mut last_months = BTreeMap::new();
    if !since.is_empty() {
        states::each(&*place.store(reconciliation::STAGE_NAME).await?, |key, state: State| {
            if since.contains_key(key)
                && let Some(amount) = last_month(&state)?
            {
                last_months.insert(key.to_owned(), amount);
            }
            Ok(())
        })
        .await?;
    }
    let standstills = since.into_iter().map(|(case, since)| {
        let last_month = last_months.remove(&case);
        Standstill { case, since, last_month }
    });
    Ok((standstills.collect(), without_effect))
}

fn last_month(state: &State) -> Result<Option<Money>> {
    let mut months: BTreeMap<domain::Period, Money> = BTreeMap::new();
    for (period, obligation) in state.obligations.values().flat_map(BTreeMap::values).flatten() {
        if let Some(amount) = obligation.determined() {
            let zero = Money::zero(state.currency.unwrap_or(Currency::DKK));
            let sum = months.entry(*period).or_insert(zero);
            *sum = sum.plus(amount)?;
        }
    }
    Ok(months.into_values().next_back())
}
