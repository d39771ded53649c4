//! The month in parts: runs of days on which no fact of the household changes.

use super::{ChildInput, Settings};
use domain::{Day, Period};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Days in a row with the same facts, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub first: Day,
    pub last: Day,
}

impl Span {
    /// How many days it has.
    pub(super) fn days(self) -> u32 {
        u32::try_from((self.last - self.first).num_days() + 1).unwrap_or_default()
    }
}

/// The household's income from a day on, as kronor a year: twelve times a monthly one, or the year's own. `None`: not
/// known.
#[derive(Debug, Clone, Copy)]
pub(super) struct IncomeFrom {
    pub from: Day,
    pub yearly: Option<Decimal>,
    pub basis: Basis,
}

/// What an income is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// The custodian has declared it.
    Declared,
    /// The tax.
    Tax,
}

impl Basis {
    /// What a trace calls it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Declared => "declared income",
            Self::Tax => "income by the tax",
        }
    }
}

/// The runs of days of the month, in order.
pub(super) fn spans(
    month: Period,
    incomes: &[IncomeFrom],
    children: &[&ChildInput],
    settings: &Settings,
) -> Vec<Span> {
    let mut starts = BTreeSet::from([month.first_day()]);
    starts.extend(incomes.iter().map(|i| i.from));
    starts.extend(settings.later_caps.iter().map(|c| c.applied_from));
    for child in children {
        starts.extend(child.from);
        starts.extend(child.to.and_then(|to| to.succ_opt()));
        for reduction in &settings.reductions {
            starts.extend(reduction.turning_points(child, month.year()));
        }
    }
    let starts: Vec<Day> = starts.into_iter().filter(|day| month.contains(*day)).collect();
    let lasts = starts.iter().skip(1).filter_map(|day| day.pred_opt()).chain([month.last_day()]);
    starts.iter().zip(lasts).map(|(first, last)| Span { first: *first, last }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spans_of_a_month_follow_each_other_and_fill_it() {
        let month: Period = "2024-02".parse().unwrap();
        let day = |n| Day::from_ymd_opt(2024, 2, n).unwrap();
        let incomes =
            [day(1), day(10), day(29)].map(|from| IncomeFrom { from, yearly: None, basis: Basis::Declared });
        let found = spans(month, &incomes, &[], &Settings::default());
        let expected = [(1, 9), (10, 28), (29, 29)].map(|(a, b)| Span { first: day(a), last: day(b) });
        assert_eq!(found, expected);
        assert_eq!(found.iter().map(|s| s.days()).sum::<u32>(), 29);
    }
}
