//! Income of a month as the register holds it.

use crate::state::{Case, Person};
use domain::{Day, Period, PersonKey};
use messages::{Evidence, IncomeReport};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// From this year payments are recalculated monthly (BEK 599 of 30/4/2015).
pub const FIRST_RECALCULATION_YEAR: i32 = 2016;

/// How many days after the employers' reporting deadline a month is recalculated, so that the register's answer has come.
const DAYS_AFTER_DEADLINE: u64 = 2;

/// A person with reports in one of this many months before is expected to have one in a month without.
const EXPECTED_AFTER_MONTHS: u32 = 3;

/// What counts of a report towards personal income (PSL § 3, before tax, after labour-market contribution and the
/// employee's own ATP): fields 057 + 058 + 070 + 071 − 060 − 199.
pub fn counted(report: &IncomeReport) -> Decimal {
    let field = |number: &str| report.amount(number);
    let tax_free = report.income_type == "09";
    if tax_free {
        return Decimal::ZERO;
    }
    ["057", "058", "070", "071"].map(field).into_iter().sum::<Decimal>() - field("060") - field("199")
}

/// The day on which a month is recalculated: two days after the 10th of the next month (17 January for December).
pub fn recalculation_day(month: Period) -> Day {
    let next = month.next();
    let deadline = if next.month() == 1 { 17 } else { 10 };
    let first = next.first_day();
    first.checked_add_days(chrono::Days::new(deadline - 1 + DAYS_AFTER_DEADLINE)).unwrap_or(first)
}

impl Person {
    /// The sum of a month's reports that count, negatives included; none when nothing is reported.
    fn month(&self, month: Period) -> Option<Decimal> {
        let mut reports = self.income.counting_in(month).map(|kept| counted(&kept.fact)).peekable();
        reports.peek()?;
        Some(reports.sum())
    }

    /// Whether a report for the month is missing: there were some shortly before.
    fn is_missing(&self, month: Period) -> bool {
        self.month(month).is_none()
            && (1..=EXPECTED_AFTER_MONTHS).any(|back| self.month(month.minus_months(back)).is_some())
    }
}

/// The household's income of a month in the register.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterIncome {
    /// Kroner in the month; none when a report is missing or nobody has one.
    pub kroner: Option<Decimal>,
    /// Where the reports stand in the raw input.
    pub evidence: Vec<Evidence>,
}

impl Case {
    /// What the register holds for a person in a month; nothing where there is no report.
    pub fn registered(&self, person: &PersonKey, month: Period) -> Decimal {
        self.persons.get(person).and_then(|person| person.month(month)).unwrap_or_default()
    }

    /// The income of these adults in a month.
    pub fn register_income<'a>(
        &self,
        month: Period,
        adults: impl Iterator<Item = &'a PersonKey>,
    ) -> RegisterIncome {
        let persons: Vec<&Person> = adults.filter_map(|adult| self.persons.get(adult)).collect();
        let missing = persons.iter().any(|person| person.is_missing(month));
        let reported: Vec<Decimal> = persons.iter().filter_map(|person| person.month(month)).collect();
        let evidence: BTreeSet<Evidence> = persons
            .iter()
            .flat_map(|person| person.income.entries())
            .flat_map(|entry| entry.kept())
            .filter(|kept| kept.fact.disposition_month == month)
            .flat_map(|kept| kept.evidence.iter().cloned())
            .collect();
        let kroner = (!missing && !reported.is_empty()).then(|| reported.into_iter().sum());
        RegisterIncome { kroner, evidence: evidence.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use messages::{Kept, ReportKind};

    fn keep(person: &mut Person, report: &IncomeReport) {
        let fact = report.clone();
        person.income.keep(Kept { recorded_on: Day::MIN, evidence: Vec::new(), fact });
    }

    fn report(id: &str, month: &str, kroner: &str, kind: ReportKind) -> IncomeReport {
        let month: Period = month.parse().unwrap();
        IncomeReport {
            report: id.to_owned(),
            employer: "19552101".to_owned(),
            period_from: month.first_day(),
            period_to: month.last_day(),
            disposition_month: month,
            kind,
            income_type: "00".to_owned(),
            correction: false,
            amounts: [("057".to_owned(), kroner.to_owned()), ("060".to_owned(), "100".to_owned())].into(),
        }
    }

    fn month() -> Period {
        "2023-02".parse().unwrap()
    }

    #[test]
    fn a_month_is_the_sum_of_its_reports_in_any_order_once_each() {
        let reports = [
            report("r1", "2023-02", "20100", ReportKind::Report),
            report("r2", "2023-02", "-900", ReportKind::Report),
            report("r1", "2023-02", "20100", ReportKind::Report),
            report("r3", "2023-02", "5000", ReportKind::Report),
            report("r3", "2023-02", "5000", ReportKind::Reversal),
        ];
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 0, 4, 2, 1]] {
            let mut person = Person::default();
            for n in order {
                keep(&mut person, &reports[n]);
            }
            assert_eq!(person.month(month()), Some(Decimal::from(20_000 - 1_000)));
        }
    }

    #[test]
    fn a_month_without_report_after_months_with_one_is_missing_and_not_nothing() {
        let mut person = Person::default();
        keep(&mut person, &report("r1", "2022-12", "20000", ReportKind::Report));
        assert!(person.is_missing(month()));
        assert!(!person.is_missing("2022-11".parse().unwrap()));
        assert!(!person.is_missing("2023-04".parse().unwrap()));
    }

    #[test]
    fn december_is_recalculated_after_its_later_deadline() {
        assert_eq!(recalculation_day(month()), Day::from_ymd_opt(2023, 3, 12).unwrap());
        assert_eq!(recalculation_day("2022-12".parse().unwrap()), Day::from_ymd_opt(2023, 1, 19).unwrap());
    }
}
