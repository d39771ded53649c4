//! What is kept about a person or an address.

use domain::{AuthorityId, CaseId, Period};
use messages::{AddressArrival, IncomeBook, IncomeReport, Kept, PersonSnapshot, Role};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who follows the subject, and the facts a new follower must learn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// The following cases with the subject's roles in them.
    pub followers: BTreeMap<CaseId, Follower>,
    /// What the population register has said of the person, in the order in which it said so: where somebody lived in an
    /// earlier month stands only in an earlier snapshot. Of equal ones in a row only the first and the last are kept.
    pub snapshots: Vec<Kept<PersonSnapshot>>,
    /// Income reports; those older than [`INCOME_MONTHS_KEPT`] before the newest are dropped.
    pub income: IncomeBook,
    /// Who has moved to the address, the latest move last; at most [`ARRIVALS_KEPT`].
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

/// How far back reports are kept for a case that begins to follow later, in months: corrections older than this are no
/// longer made (income years are closed by the yearly control within two years).
pub const INCOME_MONTHS_KEPT: u32 = 36;

/// How many arrivals at one address are kept: a household's worth, not a hostel's.
pub const ARRIVALS_KEPT: usize = 50;

impl Subject {
    /// Kroner of income by month: what the advis thresholds look at (A- and B-income, fields 057, 058, 070, 071).
    pub fn income_of(&self, month: Period) -> Decimal {
        self.income
            .counting_in(month)
            .flat_map(|kept| ["057", "058", "070", "071"].map(|field| kept.fact.amount(field)))
            .sum()
    }

    /// Keeps a report. Tells what a case that follows the person must hear of because of it: nothing where the same was
    /// known before; report and reversal together where both are known, because which of them counts is decided by their
    /// days.
    pub fn keep_income(&mut self, kept: Kept<IncomeReport>) -> Vec<Kept<IncomeReport>> {
        let report = kept.fact.clone();
        let before = self.income.entry(&report).cloned().unwrap_or_default();
        if !self.income.keep(kept) {
            return Vec::new();
        }
        let now = self.income.entry(&report).cloned().unwrap_or_default();
        let newest = self.income.entries().flat_map(|entry| entry.kept());
        if let Some(newest) = newest.map(|kept| kept.fact.disposition_month).max() {
            self.income.forget_before(newest.minus_months(INCOME_MONTHS_KEPT));
        }
        let both = now.report.is_some() && now.reversal.is_some();
        let same = |known: &Kept<IncomeReport>| before.kept().any(|before| before.fact == known.fact);
        now.kept().filter(|known| both || !same(known)).cloned().collect()
    }

    /// Keeps a snapshot. Tells whether it says anything new: one between two that say the same does not.
    pub fn keep_snapshot(&mut self, new: Kept<PersonSnapshot>) -> bool {
        let known =
            |kept: &Kept<PersonSnapshot>| kept.recorded_on == new.recorded_on && kept.fact == new.fact;
        if self.snapshots.iter().any(known) {
            return false;
        }
        let at = self.snapshots.partition_point(|kept| !kept.supersedes(&new));
        self.snapshots.insert(at, new);
        let same = |a: usize, b: usize| {
            let fact = |n: usize| self.snapshots.get(n).map(|kept| &kept.fact);
            fact(a).is_some() && fact(a) == fact(b)
        };
        let between_equals = |n: usize| n > 0 && same(n - 1, n) && same(n, n + 1);
        let is_news = !between_equals(at);
        if let Some(idle) = [at.saturating_sub(1), at, at + 1].into_iter().find(|n| between_equals(*n)) {
            self.snapshots.remove(idle);
        }
        is_news
    }

    /// Keeps an arrival. Tells whether it says something new about the person's move of this day.
    pub fn keep_arrival(&mut self, new: Kept<AddressArrival>) -> bool {
        let same_move = |kept: &&mut Kept<AddressArrival>| {
            kept.fact.person == new.fact.person && kept.fact.since == new.fact.since
        };
        if let Some(held) = self.arrivals.iter_mut().find(same_move) {
            let changed = new.supersedes(held) && held.fact.born != new.fact.born;
            if new.supersedes(held) {
                *held = new;
            }
            return changed;
        }
        self.arrivals.push(new);
        self.arrivals.sort_by(|a, b| (a.fact.since, &a.fact.person).cmp(&(b.fact.since, &b.fact.person)));
        let too_many = self.arrivals.len().saturating_sub(ARRIVALS_KEPT);
        self.arrivals.drain(..too_many);
        true
    }
}
