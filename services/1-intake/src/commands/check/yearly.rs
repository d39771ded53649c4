//! What a yearly reconciliation is ordered with.

use super::Check;
use chrono::Datelike;
use domain::{Day, Money};
use messages::KNOWINGLY_TO_YEAR;
use rust_decimal::Decimal;

/// The first income year whose scale is known.
const FIRST_YEAR: i32 = 2013;

/// The largest income of a year either way, kroner.
const INCOME_MAX: i64 = 100_000_000;

impl Check {
    /// An income year that is over.
    pub(super) fn year(&mut self, year: i32) {
        let last = self.issued_on.year() - 1;
        if !(FIRST_YEAR..=last).contains(&year) {
            self.fault(
                "/year",
                format!(
                    "an income year that is over when it is ordered lies between {FIRST_YEAR} and {last}"
                ),
            );
        }
    }

    /// One adult's income of a year, either way, and against better knowledge: that is asked of some years alone.
    pub(super) fn income_of_year(&mut self, year: i32, income: Money, knowingly_since: Option<Day>) {
        self.year(year);
        self.amount("/income", income.abs());
        if income.abs().amount() > Decimal::from(INCOME_MAX) {
            self.fault("/income", format!("it lies beyond {INCOME_MAX} kroner either way"));
        }
        let Some(since) = knowingly_since else { return };
        if year > KNOWINGLY_TO_YEAR {
            self.fault(
                "/knowingly_since",
                format!("after the income year {KNOWINGLY_TO_YEAR} it plays no part what was received knowingly: leave it out"),
            );
        } else if since.year() != year {
            self.fault("/knowingly_since", "it lies outside the income year");
        }
    }
}
