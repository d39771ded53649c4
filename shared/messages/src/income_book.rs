//! Which reports to the income register count: one rule for every stage that adds up income.

mod compact;

use crate::{IncomeReport, Kept, ReportKind};
use domain::{Day, Period};
use serde_json::value::RawValue;
use std::sync::{Arc, OnceLock};

/// The reports of one person, in whatever order they came. Those of one name ([`IncomeReport::name`]) are one entry.
///
/// - Of two versions of a report (or of a reversal) the one that [supersedes](Kept::supersedes) the other counts.
/// - A reversal takes away the report of its name, whichever of the two comes first. It takes away what the register
///   produced up to its own day: a report that is made anew under the same name on a later day counts, until it is
///   reversed again.
// Ordered by name, and shared: a case is copied with each of its inputs, and of a year of income one entry changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IncomeBook(Arc<Vec<Arc<Shelved>>>);

/// An entry, and how it is written once it has been.
#[derive(Debug, Default)]
struct Shelved {
    entry: Entry,
    written: OnceLock<Box<RawValue>>,
}

impl Clone for Shelved {
    /// A copy is made to be changed.
    fn clone(&self) -> Self {
        Self { entry: self.entry.clone(), written: OnceLock::new() }
    }
}

impl PartialEq for Shelved {
    fn eq(&self, other: &Self) -> bool {
        self.entry == other.entry
    }
}

/// All that is known under one name: at least one of the two.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// The report.
    pub report: Option<Kept<IncomeReport>>,
    /// Its reversal (*tilbageførsel*).
    pub reversal: Option<Kept<IncomeReport>>,
}

/// What [`IncomeReport::name`] is made of.
type Name<'a> = (&'a str, Day, Day, Period, &'a str);

fn name(report: &IncomeReport) -> Name<'_> {
    (&report.employer, report.period_from, report.period_to, report.disposition_month, &report.report)
}

impl Entry {
    /// The report, where it counts.
    pub fn counting(&self) -> Option<&Kept<IncomeReport>> {
        let taken_back = |report: &Kept<IncomeReport>| {
            self.reversal.as_ref().is_some_and(|reversal| reversal.recorded_on >= report.recorded_on)
        };
        self.report.as_ref().filter(|report| !taken_back(report))
    }

    /// Report and reversal, as far as they are known.
    pub fn kept(&self) -> impl Iterator<Item = &Kept<IncomeReport>> {
        self.report.iter().chain(&self.reversal)
    }

    fn name(&self) -> Option<Name<'_>> {
        self.kept().next().map(|kept| name(&kept.fact))
    }
}

impl IncomeBook {
    /// Keeps a report or a reversal. Tells whether it is new or counts in place of what was known.
    pub fn keep(&mut self, new: Kept<IncomeReport>) -> bool {
        let place = self.place(&new.fact);
        let held = place.ok().and_then(|place| match new.fact.kind {
            ReportKind::Report => self.0[place].entry.report.as_ref(),
            ReportKind::Reversal => self.0[place].entry.reversal.as_ref(),
        });
        if held.is_some_and(|held| !new.supersedes(held)) {
            return false;
        }
        let entries = Arc::make_mut(&mut self.0);
        let place = place.unwrap_or_else(|place| {
            entries.insert(place, Arc::default());
            place
        });
        let Shelved { entry, written } = Arc::make_mut(&mut entries[place]);
        written.take();
        match new.fact.kind {
            ReportKind::Report => entry.report = Some(new),
            ReportKind::Reversal => entry.reversal = Some(new),
        }
        true
    }

    /// Where the entry of this report's name stands, or would stand.
    fn place(&self, report: &IncomeReport) -> Result<usize, usize> {
        self.0.binary_search_by(|shelved| shelved.entry.name().cmp(&Some(name(report))))
    }

    /// What is known under the name of this report.
    pub fn entry(&self, report: &IncomeReport) -> Option<&Entry> {
        self.place(report).ok().map(|place| &self.0[place].entry)
    }

    /// Everything that is known, by name.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter().map(|shelved| &shelved.entry)
    }

    /// The reports whose income is of this month and that count.
    pub fn counting_in(&self, month: Period) -> impl Iterator<Item = &Kept<IncomeReport>> {
        self.entries().filter_map(Entry::counting).filter(move |kept| kept.fact.disposition_month == month)
    }

    /// Drops what is of a month before this one.
    pub fn forget_before(&mut self, month: Period) {
        let is_old = |entry: &Entry| entry.kept().all(|kept| kept.fact.disposition_month < month);
        if self.entries().any(is_old) {
            Arc::make_mut(&mut self.0).retain(|shelved| !is_old(&shelved.entry));
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn kept(id: &str, day: u32, kroner: &str, kind: ReportKind) -> Kept<IncomeReport> {
        let month: Period = "2023-02".parse().unwrap();
        let fact = IncomeReport {
            report: id.to_owned(),
            employer: "19552101".to_owned(),
            period_from: month.first_day(),
            period_to: month.last_day(),
            disposition_month: month,
            kind,
            income_type: "00".to_owned(),
            correction: false,
            amounts: [("057".to_owned(), kroner.to_owned())].into(),
        };
        Kept { recorded_on: Day::from_ymd_opt(2023, 3, day).unwrap(), evidence: Vec::new(), fact }
    }

    fn report(id: &str, day: u32, kroner: &str) -> Kept<IncomeReport> {
        kept(id, day, kroner, ReportKind::Report)
    }

    fn reversal(id: &str, day: u32) -> Kept<IncomeReport> {
        kept(id, day, "20000", ReportKind::Reversal)
    }

    /// The amounts that count, which must be the same in every order of arrival and with everything delivered twice.
    fn counting(all: &[Kept<IncomeReport>]) -> Vec<String> {
        let amounts = |order: &[usize]| {
            let mut book = IncomeBook::default();
            for n in order {
                book.keep(all[*n].clone());
            }
            let month = "2023-02".parse().unwrap();
            book.counting_in(month).map(|kept| kept.fact.amounts["057"].clone()).collect::<Vec<_>>()
        };
        let mut orders = vec![Vec::new()];
        for n in 0..all.len() {
            orders = orders
                .into_iter()
                .flat_map(|order: Vec<usize>| {
                    (0..=order.len()).map(move |at| {
                        let mut longer = order.clone();
                        longer.insert(at, n);
                        longer
                    })
                })
                .collect();
        }
        let expected = amounts(&orders[0]);
        for order in &orders {
            assert_eq!(amounts(order), expected, "{order:?}");
            let twice: Vec<usize> = order.iter().chain(order).copied().collect();
            assert_eq!(amounts(&twice), expected, "{order:?} and again");
        }
        expected
    }

    #[test]
    fn a_reversal_takes_its_report_away_also_when_it_comes_before_it_and_twice() {
        assert!(counting(&[report("r1", 10, "20000"), reversal("r1", 12)]).is_empty());
        assert!(counting(&[report("r1", 10, "20000"), reversal("r1", 10)]).is_empty());
        assert!(counting(&[report("r1", 10, "20000"), reversal("r1", 12), reversal("r1", 15)]).is_empty());
        assert_eq!(counting(&[reversal("r1", 12), report("r2", 10, "5000")]), ["5000"]);
    }

    #[test]
    fn a_corrected_correction_counts_as_it_was_last_reported() {
        let by_another_id = [
            report("r1", 10, "20000"),
            reversal("r1", 12),
            report("r2", 12, "19000"),
            reversal("r2", 15),
            report("r3", 15, "18000"),
        ];
        assert_eq!(counting(&by_another_id), ["18000"]);
        let by_the_same_id = [report("r1", 10, "20000"), reversal("r1", 12), report("r1", 15, "18000")];
        assert_eq!(counting(&by_the_same_id), ["18000"]);
        let reversed_again =
            [report("r1", 10, "20000"), reversal("r1", 12), report("r1", 15, "18000"), reversal("r1", 16)];
        assert!(counting(&reversed_again).is_empty());
    }

    #[test]
    fn of_two_versions_the_later_produced_counts_and_of_one_day_the_same_one_in_any_order() {
        assert_eq!(counting(&[report("r1", 10, "20000"), report("r1", 12, "19000")]), ["19000"]);
        assert_eq!(counting(&[report("r1", 10, "20000"), report("r1", 10, "19000")]), ["20000"]);
    }

    #[test]
    fn a_reversal_leaves_the_same_id_of_another_month_or_employer_alone() {
        let mut of_march = report("r1", 10, "21000");
        of_march.fact.disposition_month = "2023-03".parse().unwrap();
        let mut of_another = report("r1", 10, "7000");
        of_another.fact.employer = "10000000".to_owned();
        let mut book = IncomeBook::default();
        for kept in [of_march, of_another, report("r1", 10, "20000"), reversal("r1", 12)] {
            book.keep(kept);
        }
        let of = |month: &str| -> Vec<String> {
            let month = month.parse().unwrap();
            book.counting_in(month).map(|kept| kept.fact.amounts["057"].clone()).collect()
        };
        assert_eq!(of("2023-02"), ["7000"]);
        assert_eq!(of("2023-03"), ["21000"]);
    }
}
