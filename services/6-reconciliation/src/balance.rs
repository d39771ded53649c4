//! The equation: expected = confirmed + credited + exempt + open.

use crate::Error;
use crate::matching::{Key, Matching};
use crate::standing::Standing;
use crate::state::State;
use crate::view::zero;
use domain::{AuthorityId, ChargeType, Money, Period};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A number of obligations and their kroner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many obligations.
    pub count: u64,
    /// How much.
    pub amount: Money,
}

/// The equation of one authority, charge type and month, for one case. Both `count` and `amount` satisfy
/// `expected = confirmed + credited + exempt + open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceLine {
    /// Whose claims.
    pub authority: AuthorityId,
    /// What is charged.
    pub charge_type: ChargeType,
    /// The month.
    pub period: Period,
    /// What was determined, exempted or not.
    pub expected: Share,
    /// Billed: the sum of the charges posted; the obligations that charges alone settle (or that owe nothing).
    pub confirmed: Share,
    /// Credited: the sum of the credits posted, below zero; the obligations settled with a credit among the documents.
    pub credited: Share,
    /// Lawfully not charged.
    pub exempt: Share,
    /// Not billed yet (above zero) or billed too much (below zero).
    pub open: Share,
}

/// The equation of a case, by charge type and month. A month that is billed and was never determined has no obligation:
/// its count is zero and its kroner are open below zero.
pub fn balance(state: &State) -> Result<Vec<BalanceLine>, Error> {
    let Some(authority) = &state.authority else { return Ok(Vec::new()) };
    let zero = zero(state);
    let standings = Standing::all(state);
    let matching = Matching::of(state, &standings, zero)?;
    let mut keys: BTreeSet<Key<'_>> = matching.slots.keys().copied().collect();
    for (payer, types) in &state.obligations {
        for (charge_type, months) in types {
            keys.extend(months.keys().map(|period| (payer, charge_type, *period)));
        }
    }
    let mut lines: BTreeMap<(&ChargeType, Period), BalanceLine> = BTreeMap::new();
    for key in keys {
        let nothing = Share { count: 0, amount: zero };
        let line = lines.entry((key.1, key.2)).or_insert_with(|| BalanceLine {
            authority: authority.clone(),
            charge_type: key.1.clone(),
            period: key.2,
            expected: nothing,
            confirmed: nothing,
            credited: nothing,
            exempt: nothing,
            open: nothing,
        });
        line.add(state, &matching, key, zero)?;
    }
    Ok(lines.into_values().collect())
}

impl BalanceLine {
    /// The five shares, in the order of the equation.
    pub fn shares(&self) -> [Share; 5] {
        [self.expected, self.confirmed, self.credited, self.exempt, self.open]
    }

    /// Adds the line of another case.
    pub fn plus(&mut self, other: &Self) -> Result<(), Error> {
        let all =
            [&mut self.expected, &mut self.confirmed, &mut self.credited, &mut self.exempt, &mut self.open];
        all.into_iter().zip(other.shares()).try_for_each(|(sum, share)| sum.put(share.count, share.amount))
    }

    fn add(
        &mut self,
        state: &State,
        matching: &Matching<'_>,
        key: Key<'_>,
        zero: Money,
    ) -> Result<(), Error> {
        let obligation = state.obligations.get(key.0).and_then(|types| types.get(key.1)?.get(&key.2));
        let expected = obligation.and_then(|one| one.determined()).unwrap_or(zero);
        let target = obligation.map_or(zero, |one| one.target(zero));
        let (mut charged, mut credited) = (zero, zero);
        for document in matching.confirming(key) {
            let sum = if document.amount.is_negative() { &mut credited } else { &mut charged };
            *sum = sum.plus(document.amount)?;
        }
        let billed = charged.plus(credited)?;
        let open = target.minus(billed)?;
        let count = u64::from(obligation.is_some());
        self.expected.put(count, expected)?;
        self.confirmed.put(0, charged)?;
        self.credited.put(0, credited)?;
        self.exempt.put(0, expected.minus(target)?)?;
        self.open.put(0, open)?;
        let share = if !open.is_zero() {
            &mut self.open
        } else if obligation.is_some_and(|one| one.is_exempt()) {
            &mut self.exempt
        } else if credited.is_zero() {
            &mut self.confirmed
        } else {
            &mut self.credited
        };
        share.put(count, zero)
    }
}

impl Share {
    fn put(&mut self, count: u64, amount: Money) -> Result<(), Error> {
        self.count += count;
        self.amount = self.amount.plus(amount)?;
        Ok(())
    }
}
