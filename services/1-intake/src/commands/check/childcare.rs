//! What the type of an order about a Swedish household does not say.

use super::{Check, MONTHS_BACK_MAX};
use chrono::{Datelike, Months};
use domain::{Currency, Day, Money, Personnummer, PlaceId};
use messages::{CareTerms, ChildcareOrder};
use rust_decimal::Decimal;

/// The first year with maxtaxa.
const FIRST_YEAR: i32 = 2002;

/// How long before its order a change may begin, in months: ten years, in which the custodian can have a fee corrected (S3;
/// preskriptionslagen (1981:130) 2 §).
const CORRECTED_MONTHS_BACK_MAX: u32 = 120;

/// The hours of a week.
const WEEK_HOURS: i64 = 168;

/// The longest text of a number of hours: `168.00`.
const HOURS_CHARACTERS_MAX: usize = 6;

impl Check {
    pub(super) fn childcare(&mut self, order: &ChildcareOrder<Personnummer>) {
        match order {
            ChildcareOrder::OpenChildcare { .. } => {}
            ChildcareOrder::SetChildcareHousehold { from, monthly_income, .. } => {
                self.base = "/order/childcare/set_childcare_household";
                self.corrected_from("/from", *from);
                if let Some(income) = monthly_income {
                    self.kronor("/monthly_income", *income);
                }
            }
            ChildcareOrder::DeclareIncome { declared_on, monthly_income } => {
                self.base = "/order/childcare/declare_income";
                self.corrected_from("/declared_on", *declared_on);
                if *declared_on > self.issued_on {
                    self.fault("/declared_on", "it lies after the day of the order");
                }
                self.kronor("/monthly_income", *monthly_income);
            }
            ChildcareOrder::StartChildcare { place, child, first_day, terms } => {
                self.base = "/order/childcare/start_childcare";
                self.place(place);
                self.claimed_from("/first_day", *first_day);
                if child.birth_date().is_some_and(|born| born > *first_day) {
                    self.fault("/first_day", "it lies before the child was born, by the number");
                }
                self.care(terms);
            }
            ChildcareOrder::ChangeChildcare { place, from, terms } => {
                self.base = "/order/childcare/change_childcare";
                self.place(place);
                self.corrected_from("/from", *from);
                self.care(terms);
            }
            ChildcareOrder::GiveNotice { place, given_on } => {
                self.base = "/order/childcare/give_notice";
                self.place(place);
                if let Some(given_on) = given_on {
                    self.corrected_from("/given_on", *given_on);
                    if *given_on > self.issued_on {
                        self.fault(
                            "/given_on",
                            "it lies after the day of the order: a notice counts from its day",
                        );
                    }
                }
            }
            ChildcareOrder::MoveAway { place, moved_on } => {
                self.base = "/order/childcare/move_away";
                self.place(place);
                if let Some(moved_on) = moved_on {
                    self.corrected_from("/moved_on", *moved_on);
                }
            }
            ChildcareOrder::StateTax { year, yearly_income, .. } => {
                self.base = "/order/childcare/state_tax";
                self.tax_year(*year);
                self.kronor("/yearly_income", *yearly_income);
            }
            ChildcareOrder::ApproveCorrection { year, yearly_income, .. } => {
                self.base = "/order/childcare/approve_correction";
                self.tax_year(*year);
                self.kronor("/yearly_income", *yearly_income);
            }
        }
    }

    /// What a Swedish case is named by: no Swedish number either. Only of these orders: a Danish id may hold digits that
    /// look like one by chance.
    pub(super) fn swedish_names(&mut self, names: [(&str, &str); 3]) {
        for (at, text) in names {
            if Personnummer::stands_in(text) {
                self.fault(
                    at,
                    "it holds what reads as a Swedish personal number, which an id does not, also by chance",
                );
            }
        }
    }

    fn place(&mut self, place: &PlaceId) {
        self.word("/place", place.as_str());
        if Personnummer::stands_in(place.as_str()) {
            self.fault("/place", "it holds what reads as a Swedish personal number, which an id does not");
        }
    }

    /// A day from which a new place is claimed: no claim is older than three years.
    fn claimed_from(&mut self, at: &str, day: Day) {
        self.day(at, day);
        if self.lies_before(day, MONTHS_BACK_MAX) {
            self.fault(
                at,
                "it lies more than three years before the order, and what is that old is not claimed any more \
                 (preskriptionslagen section 2): begin with the first day that is to be billed",
            );
        }
    }

    /// A day from which a fee may have become less as well as more: what was paid too much is given back for ten years. What
    /// becomes more is limited to three years where it is known to.
    fn corrected_from(&mut self, at: &str, day: Day) {
        self.day(at, day);
        if self.lies_before(day, CORRECTED_MONTHS_BACK_MAX) {
            self.fault(
                at,
                "it lies more than ten years before the order, and what is that old is neither claimed nor given back any \
                 more (preskriptionslagen section 2): begin with the first day that is to be corrected",
            );
        }
    }

    fn lies_before(&self, day: Day, months: u32) -> bool {
        self.issued_on.checked_sub_months(Months::new(months)).is_some_and(|earliest| day < earliest)
    }

    fn kronor(&mut self, at: &str, money: Money) {
        if money.is_negative() {
            self.fault(at, "the amount is negative; a loss is an income of 0");
        }
        if money.currency() != Currency::SEK {
            self.fault(at, "the currency of this scheme is SEK");
        }
    }

    fn tax_year(&mut self, year: i32) {
        if !(FIRST_YEAR..self.issued_on.year()).contains(&year) {
            self.fault("/year", "an income year is one from 2002 to the year before the order");
        }
    }

    fn care(&mut self, terms: &CareTerms) {
        let Some(text) = &terms.weekly_hours else { return };
        let plain =
            text.len() <= HOURS_CHARACTERS_MAX && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let hours: Option<Decimal> = plain.then(|| Decimal::from_str_exact(text).ok()).flatten();
        if hours.is_none_or(|hours| hours > Decimal::from(WEEK_HOURS)) {
            self.fault("/terms/weekly_hours", "hours a week are decimal text from 0 to 168");
        }
    }
}
