//! What staff were asked to look at and nobody has seen to yet.

use crate::household::{CHILD_OUTSIDE, PAYER_OUTSIDE, child_outside};
use crate::housing::{EXPIRED_COSTS, about_expired_costs};
use crate::state::Case;
use domain::{Day, Period};

/// A month that nobody pays, among the reviews.
pub const NOBODY_TO_PAY: &str = "nobody_to_pay/";

/// A month that could not be recalculated, among the reviews.
pub const MISSING_INCOME: &str = "missing_income_month/";

/// The code of its review.
pub const MISSING_INCOME_MONTH: &str = "missing_income_month";

/// A year whose payer has died, among the reviews.
pub const YEAR_OF_THE_DEAD: &str = "year_of_a_dead_payer/";

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// From when on it matters.
    pub from: Day,
    /// As in the event that asked for it.
    pub code: &'static str,
    /// What to do.
    pub about: String,
}

impl Case {
    /// The reviews that were asked for and whose reason still stands.
    pub fn open_reviews(&self) -> Vec<Review> {
        let if_open = |open: bool, from, code, about: String| open.then_some(Review { from, code, about });
        let open = self.reviews.iter().filter_map(|review| {
            if let Some(month) = month_of(review, NOBODY_TO_PAY) {
                let waits = self.payer(month).is_none_or(|(_, can_pay)| !can_pay);
                let about = format!("nobody is there to pay for {month}: order change_payer");
                return if_open(waits, month.first_day(), "nobody_to_pay", about);
            }
            if let Some(month) = month_of(review, MISSING_INCOME) {
                let adults =
                    self.household(month).map(|household| household.adults.iter()).into_iter().flatten();
                let missing = self.register_income(month, adults.map(|adult| &adult.person)).kroner.is_none();
                let about =
                    format!("the income register lacks a report for {month}: the month stands as decided");
                return if_open(missing, month.first_day(), MISSING_INCOME_MONTH, about);
            }
            if let Some((year, _)) = review.strip_prefix(YEAR_OF_THE_DEAD).and_then(|of| of.split_once('/')) {
                let year: i32 = year.parse().ok()?;
                let waits = self.open_years().iter().any(|open| open.year == year);
                let about =
                    format!("the payer of {year} has died: settle the year with the estate, and close_year");
                let from = Period::new(year, 12).ok()?.last_day();
                return if_open(waits, from, "year_of_a_dead_payer", about);
            }
            if let Some((ended, facility)) =
                review.strip_prefix(EXPIRED_COSTS).and_then(|of| of.split_once('/'))
            {
                let ended: Day = ended.parse().ok()?;
                let about = about_expired_costs(facility, ended);
                return if_open(self.costs_still_expired(facility, ended), ended, "expired_costs", about);
            }
            if let Some((place, child)) = review.strip_prefix(CHILD_OUTSIDE).and_then(|of| of.split_once('/'))
            {
                let (from, waits) = self.is_placed_outside(place, child)?;
                let about = child_outside(place);
                return if_open(waits, from, "child_outside_household", about);
            }
            let payer = review.strip_prefix(PAYER_OUTSIDE)?;
            let (from, stated) = self.payers.iter().next_back()?;
            let waits = stated.what.person.as_str() == payer && self.is_stranger(&stated.what.person);
            let about =
                "whoever pays is no adult of the household: order set_household if they are".to_owned();
            if_open(waits, *from, "payer_outside_household", about)
        });
        open.chain(self.childcare_reviews()).collect()
    }
}

fn month_of(review: &str, kind: &str) -> Option<Period> {
    review.strip_prefix(kind)?.parse().ok()
}
