//! What was decided and not charged: every missed month by itself, with the amount of its own year. A valid decision
//! that was communicated is enough; neither a new decision nor a follow-up is asked for, and nothing is waived.

use super::{Assessment, SCHEME};
use crate::Error;
use domain::{Day, Money, Period};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// A decision on a payment, and the stay it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The day on which the parents were told; `None`: not told yet, so nothing is charged.
    pub communicated_on: Option<Day>,
    /// The first day that it covers: the placement's, or the one that the municipality decided.
    pub from: Day,
    /// The first day of the stay.
    pub placed_on: Day,
    /// The last day of the stay or of the decision; `None`: both go on.
    pub to: Option<Day>,
}

/// The months that a decision covers and no charge does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missed {
    /// Covered from the first day to the last.
    pub months: Vec<Period>,
    /// Covered for some of their days. No rule found says what a part of a month costs: a person decides.
    pub in_part: Vec<Period>,
}

/// A back-bill: one line a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackBill {
    /// In the order of the months.
    pub lines: Vec<BackBillLine>,
    /// Their sum.
    pub total: Money,
}

/// A month of a back-bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackBillLine {
    /// The month.
    pub month: Period,
    /// The year whose rates it has.
    pub rate_year: i32,
    /// The amount.
    pub amount: Money,
}

/// The months to `through` that the decision covers and `charged` does not name. Refuses a decision that begins
/// before the placement or ends before it begins.
pub fn missed_months(
    decision: &Decision,
    charged: &BTreeSet<Period>,
    through: Period,
) -> Result<Missed, Error> {
    if decision.from < decision.placed_on {
        return Err(Error::input("from", "a payment starts at the placement or later, not before it"));
    }
    if decision.to.is_some_and(|to| to < decision.from) {
        return Err(Error::input("to", "the last day is before the first day"));
    }
    if decision.communicated_on.is_none() {
        return Ok(Missed::default());
    }
    let last = decision.to.map_or(through, |to| Period::of(to).min(through));
    let uncharged = Period::of(decision.from).through(last).filter(|month| !charged.contains(month));
    let whole = |month: &Period| {
        decision.from <= month.first_day() && decision.to.is_none_or(|to| month.last_day() <= to)
    };
    let (months, in_part) = uncharged.partition(whole);
    Ok(Missed { months, in_part })
}

impl BackBill {
    /// Bills every month by the assessment of its own year. Refuses a year without one: no month is left out.
    pub fn of(months: &[Period], by_year: &BTreeMap<i32, Assessment>) -> Result<Self, Error> {
        let months: BTreeSet<Period> = months.iter().copied().collect();
        let lines = months
            .into_iter()
            .map(|month| match by_year.get(&month.year()) {
                Some(assessed) => {
                    Ok(BackBillLine { month, rate_year: assessed.year, amount: assessed.total })
                }
                None => Err(Error::NoParameter {
                    scheme: SCHEME.to_owned(),
                    parameter: format!("assessment of {}", month.year()),
                    on: month.first_day(),
                    known: crate::Spans::default(),
                }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let total: Decimal = lines.iter().map(|line| line.amount.amount()).sum();
        Ok(Self { lines, total: Money::dkk_half_up(total) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Input, Settings, assess, parameters};
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn month(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn decision() -> Decision {
        Decision {
            communicated_on: Some(day("2023-03-20")),
            from: day("2023-04-01"),
            placed_on: day("2023-03-15"),
            to: None,
        }
    }

    /// The case of the placed child in a year, by its base.
    fn assessed(year: i32, income_base: &str) -> Assessment {
        let json = format!(r#"{{"year": {year}, "income_base": "{income_base}"}}"#);
        let input: Input = serde_json::from_str(&json).unwrap();
        assess(&input, &parameters().unwrap(), &Settings::default()).unwrap()
    }

    #[test]
    fn sixteen_months_without_an_invoice_are_sixteen_missed_months() {
        let missed = missed_months(&decision(), &BTreeSet::new(), month("2024-07")).unwrap();
        assert_eq!((missed.months.len(), missed.in_part.len()), (16, 0));
        assert_eq!(missed.months.first(), Some(&month("2023-04")));
        let charged = BTreeSet::from([month("2023-05"), month("2024-07")]);
        let missed = missed_months(&decision(), &charged, month("2024-07")).unwrap();
        assert_eq!(missed.months.len(), 14);
        assert!(missed.months.iter().all(|missed| !charged.contains(missed)));
    }

    #[test]
    fn a_month_that_is_covered_in_part_is_left_to_a_person() {
        let decision = Decision { from: day("2023-04-02"), to: Some(day("2023-06-29")), ..decision() };
        let missed = missed_months(&decision, &BTreeSet::new(), month("2024-07")).unwrap();
        assert_eq!(missed.months, [month("2023-05")]);
        assert_eq!(missed.in_part, [month("2023-04"), month("2023-06")]);
        let to_the_end = Decision { to: Some(day("2023-06-30")), ..decision };
        let missed = missed_months(&to_the_end, &BTreeSet::new(), month("2024-07")).unwrap();
        assert_eq!(missed.months, [month("2023-05"), month("2023-06")]);
    }

    #[test]
    fn nothing_is_missed_before_the_parents_were_told() {
        let decision = Decision { communicated_on: None, ..decision() };
        assert_eq!(missed_months(&decision, &BTreeSet::new(), month("2024-07")).unwrap(), Missed::default());
    }

    #[test]
    fn a_payment_starts_at_the_placement_and_not_the_day_before() {
        let on_the_day = Decision { from: day("2023-03-15"), ..decision() };
        assert!(missed_months(&on_the_day, &BTreeSet::new(), month("2023-04")).is_ok());
        let before = Decision { from: day("2023-03-14"), ..decision() };
        assert!(missed_months(&before, &BTreeSet::new(), month("2023-04")).is_err());
        let backwards = Decision { to: Some(day("2023-03-31")), ..decision() };
        assert!(missed_months(&backwards, &BTreeSet::new(), month("2023-04")).is_err());
    }

    #[test]
    fn each_month_has_the_amount_of_its_own_year_and_the_total_is_their_sum() {
        let by_year = BTreeMap::from([(2021, assessed(2021, "400000")), (2024, assessed(2024, "400000"))]);
        let months = [month("2024-01"), month("2021-12"), month("2024-02"), month("2024-01")];
        let bill = BackBill::of(&months, &by_year).unwrap();
        let lines: Vec<(String, i32, String)> = bill
            .lines
            .iter()
            .map(|line| (line.month.to_string(), line.rate_year, line.amount.to_text()))
            .collect();
        let line = |month: &str, year, amount: &str| (month.to_owned(), year, amount.to_owned());
        assert_eq!(
            lines,
            [
                line("2021-12", 2021, "3112.00"),
                line("2024-01", 2024, "3120.75"),
                line("2024-02", 2024, "3120.75")
            ]
        );
        assert_eq!(bill.total.to_text(), "9353.50");
    }

    #[test]
    fn a_month_of_a_year_without_an_assessment_is_refused_and_not_left_out() {
        let by_year = BTreeMap::from([(2024, assessed(2024, "400000"))]);
        let error = BackBill::of(&[month("2024-01"), month("2025-01")], &by_year).unwrap_err().to_string();
        assert!(error.contains("dk-placement") && error.contains("assessment of 2025"), "{error}");
    }
}
