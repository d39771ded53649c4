//! How a book is written in the document of a state: a year of income is most of what is kept of a case, so its names
//! of fields are left out.
//!
//! A book is a list of entries, an entry the pair of report and reversal, and each of them the list `[recorded on,
//! evidence as [sha256, record], report, employer, period from, period to, disposition month, income type, correction,
//! amounts]`.

use super::{Entry, IncomeBook, Shelved};
use crate::{Evidence, IncomeReport, Kept, ReportKind};
use domain::{Day, Period};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::to_raw_value;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

impl Serialize for IncomeBook {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(AsRef::as_ref))
    }
}

impl<'de> Deserialize<'de> for IncomeBook {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<Entry>::deserialize(deserializer)?;
        let shelved = entries.into_iter().map(|entry| Arc::new(Shelved { entry, written: OnceLock::new() }));
        Ok(Self(Arc::new(shelved.collect())))
    }
}

/// In JSON once: a case is written with each of its inputs, and its income stays as it is.
impl Serialize for Shelved {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self.written.get() {
            Some(written) => written,
            None => {
                let new = to_raw_value(&self.entry).map_err(S::Error::custom)?;
                self.written.get_or_init(|| new)
            }
        };
        written.serialize(serializer)
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.report.as_ref().map(Written), self.reversal.as_ref().map(Written)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (report, reversal) = <(Option<Read>, Option<Read>)>::deserialize(deserializer)?;
        Ok(Self {
            report: report.map(|read| kept(read, ReportKind::Report)),
            reversal: reversal.map(|read| kept(read, ReportKind::Reversal)),
        })
    }
}

struct Written<'a>(&'a Kept<IncomeReport>);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Kept { recorded_on, evidence, fact } = self.0;
        let evidence: Vec<(&str, u64)> =
            evidence.iter().map(|evidence| (evidence.sha256.as_str(), evidence.record)).collect();
        let IncomeReport {
            report,
            employer,
            period_from,
            period_to,
            disposition_month,
            kind: _,
            income_type,
            correction,
            amounts,
        } = fact;
        (
            recorded_on,
            evidence,
            report,
            employer,
            period_from,
            period_to,
            disposition_month,
            income_type,
            correction,
            amounts,
        )
            .serialize(serializer)
    }
}

type Read =
    (Day, Vec<(String, u64)>, String, String, Day, Day, Period, String, bool, BTreeMap<String, String>);

fn kept(read: Read, kind: ReportKind) -> Kept<IncomeReport> {
    let (
        recorded_on,
        evidence,
        report,
        employer,
        period_from,
        period_to,
        month,
        income_type,
        correction,
        amounts,
    ) = read;
    let evidence = evidence.into_iter().map(|(sha256, record)| Evidence { sha256, record }).collect();
    let fact = IncomeReport {
        report,
        employer,
        period_from,
        period_to,
        disposition_month: month,
        kind,
        income_type,
        correction,
        amounts,
    };
    Kept { recorded_on, evidence, fact }
}

#[cfg(test)]
mod tests {
    use super::super::tests::kept;
    use super::*;

    #[test]
    fn a_book_reads_back_as_it_was_written_and_is_a_third_shorter_than_with_names() {
        let kept = |report: &str, kind| {
            let mut kept = kept(report, 10, "21417.00", kind);
            kept.evidence = vec![Evidence { sha256: "ab".repeat(32), record: 7 }];
            kept.fact.correction = true;
            kept
        };
        let mut book = IncomeBook::default();
        let reports = [("r1", ReportKind::Report), ("r1", ReportKind::Reversal), ("r2", ReportKind::Report)]
            .map(|(report, kind)| kept(report, kind));
        for report in &reports {
            assert!(book.keep(report.clone()));
        }
        let written = serde_json::to_string(&book).unwrap();
        assert_eq!(serde_json::from_str::<IncomeBook>(&written).unwrap(), book);
        assert!(3 * written.len() < 2 * serde_json::to_string(&reports).unwrap().len());
    }
}
