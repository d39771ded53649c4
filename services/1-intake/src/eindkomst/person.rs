//! The reports of one person in one answer.

use super::fields::{BadReport, text_of};
use messages::IncomeReport;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The most reports of one person in one answer: a hundred employers, fifty months, twice.
const PERSON_REPORTS_MAX: usize = 10_000;

/// The reports read so far, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    list: Vec<Entry>,
    places: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct Entry {
    record: u64,
    report: IncomeReport,
    /// The parts it is the sum of, with the employment each is about.
    parts: Vec<(String, BTreeMap<String, String>)>,
}

impl Reports {
    /// Adds a report of an employment (*ansættelsesforhold*). One report of an employer may hold several employments of
    /// a person; they are parts of the same report and their amounts add up. The very same part twice counts once and
    /// gives `true`.
    pub(crate) fn add(
        &mut self,
        record: u64,
        employment: String,
        report: IncomeReport,
    ) -> Result<bool, BadReport> {
        if self.list.len() >= PERSON_REPORTS_MAX {
            return Err(bad("too_many_reports", "the person has more than 10,000 reports in one answer"));
        }
        let Some(entry) = self.places.get(&report.key()).and_then(|at| self.list.get_mut(*at)) else {
            self.places.insert(report.key(), self.list.len());
            let parts = vec![(employment, report.amounts.clone())];
            self.list.push(Entry { record, report, parts });
            return Ok(false);
        };
        let part = (employment, report.amounts);
        if entry.parts.contains(&part) {
            return Ok(true);
        }
        if entry.parts.iter().any(|(employment, _)| *employment == part.0) {
            return Err(bad("report_twice", "the same report stands twice with different amounts"));
        }
        if entry.report.income_type != report.income_type || entry.report.correction != report.correction {
            return Err(bad(
                "report_twice",
                "the same report stands twice with different income types or marks",
            ));
        }
        for (number, text) in &part.1 {
            let sum = decimal(entry.report.amounts.get(number).map(String::as_str).unwrap_or("0"))?;
            let sum = sum.checked_add(decimal(text)?).ok_or_else(too_large)?;
            entry.report.amounts.insert(number.clone(), text_of(sum));
        }
        entry.parts.push(part);
        Ok(false)
    }

    /// All reports with the number of the record they began in.
    pub(crate) fn finish(self) -> impl Iterator<Item = (u64, IncomeReport)> {
        self.list.into_iter().map(|entry| (entry.record, entry.report))
    }
}

fn bad(code: &'static str, detail: &'static str) -> BadReport {
    BadReport { field: "LoenPeriodeOplysningStruktur", code, detail }
}

fn too_large() -> BadReport {
    bad("bad_amount", "an amount is too large to be added")
}

fn decimal(text: &str) -> Result<Decimal, BadReport> {
    text.parse().map_err(|_| too_large())
}
