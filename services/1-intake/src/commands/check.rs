//! What the type of a command does not say.

mod childcare;
mod housing;
mod repayment;
mod yearly;

use super::parse::CommandFault;
use chrono::Months;
use domain::{Cpr, Currency, Day, Money, Personnummer};
use messages::{CaseCommand, CaseOrder, PlaceTerms, Scheme};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// The longest id, role or channel, in characters.
const WORD_CHARACTERS_MAX: usize = 100;

/// The longest reason or outcome, in characters.
const TEXT_CHARACTERS_MAX: usize = 2_000;

/// How long before its order a place may begin, in months: the limitation of claims (*forældelse*, forældelsesloven § 3).
const MONTHS_BACK_MAX: u32 = 36;

/// The most persons of one kind in a household.
const PERSONS_MAX: usize = 50;

/// Every fault of meaning of a command that came on this day. Empty: the command is good.
pub(crate) fn faults(command: &CaseCommand<Cpr, Personnummer>, came_on: Day) -> Vec<CommandFault> {
    let mut check = Check { issued_on: command.issued_on, base: "", faults: Vec::new() };
    check.word("/id", &command.id);
    check.word("/issued_by", &command.issued_by);
    check.word("/case", command.case.as_str());
    check.day("/issued_on", command.issued_on);
    // The later order of two holds: one from the future would beat every order until then.
    if command.issued_on > came_on {
        check.fault(
            "/issued_on",
            format!("it lies after the day on which the order came ({came_on}): write the day on which it is given; from when \
                     it holds stands in the order"),
        );
    }
    if matches!(command.order, CaseOrder::Childcare(_)) {
        let CaseCommand { id, issued_by, case, .. } = command;
        check.swedish_names([("/id", id), ("/issued_by", issued_by), ("/case", case.as_str())]);
    }
    check.order(&command.order);
    check.faults
}

struct Check {
    issued_on: Day,
    /// The pointer to the order.
    base: &'static str,
    faults: Vec<CommandFault>,
}

impl Check {
    fn fault(&mut self, at: &str, detail: impl Into<String>) {
        self.faults.push(CommandFault::new(format!("{}{at}", self.base), detail));
    }

    /// An id, a role or a channel.
    fn word(&mut self, at: &str, text: &str) {
        if text.trim() != text || text.chars().any(char::is_control) {
            self.fault(at, "it has blanks around it or control characters");
        } else if text.is_empty() || text.chars().count() > WORD_CHARACTERS_MAX {
            self.fault(at, format!("it has 1 to {WORD_CHARACTERS_MAX} characters"));
        } else if Cpr::stands_in(text) {
            // Only a part of its own: the digits of a UUID may look like anything.
            self.fault(at, "it holds what reads as a CPR number (ten digits, or ddmmyy-nnnn), which an id does not, also by chance");
        }
    }

    fn text(&mut self, at: &str, text: &str) {
        if text.trim().is_empty() || text.chars().count() > TEXT_CHARACTERS_MAX {
            self.fault(at, format!("it has 1 to {TEXT_CHARACTERS_MAX} characters, not only blanks"));
        }
    }

    /// A day outside of these years is a slip of the keyboard.
    fn day(&mut self, at: &str, day: Day) {
        use chrono::Datelike;
        if !(1900..=2199).contains(&day.year()) {
            self.fault(at, "the year lies between 1900 and 2199");
        }
    }

    /// The first day of a child's place.
    fn first_day(&mut self, child: &Cpr, from: Day) {
        if child.birth_date().is_some_and(|born| born > from) {
            self.fault("/from", "it lies before the child was born, by the number");
        }
        let lapsed = self.issued_on.checked_sub_months(Months::new(MONTHS_BACK_MAX));
        if lapsed.is_some_and(|lapsed| from < lapsed) {
            self.fault(
                "/from",
                "it lies more than three years before the order, and what is that old has lapsed \
                 (forældelsesloven section 3): begin with the first day that is to be billed",
            );
        }
    }

    fn amount(&mut self, at: &str, money: Money) {
        if money.is_negative() {
            self.fault(at, "the amount is negative");
        }
        if money.currency() != Currency::DKK {
            self.fault(at, "the currency of this scheme is DKK");
        }
    }

    fn terms(&mut self, terms: &PlaceTerms) {
        self.amount("/terms/monthly_rate", terms.monthly_rate);
        self.amount("/terms/gross_cost", terms.gross_cost);
        let text = &terms.social_percent;
        let plain = text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let percent: Option<Decimal> = plain.then(|| text.parse().ok()).flatten();
        if percent.is_none_or(|percent| percent > Decimal::ONE_HUNDRED) {
            self.fault("/terms/social_percent", "a percentage is decimal text from 0 to 100");
        }
    }

    fn household(&mut self, payer: Option<&Cpr>, adults: &[Cpr], children: &[Cpr]) {
        for (at, persons) in [("/adults", adults), ("/children", children)] {
            if persons.len() > PERSONS_MAX {
                self.fault(at, format!("there are at most {PERSONS_MAX}"));
            }
            if persons.iter().collect::<BTreeSet<_>>().len() != persons.len() {
                self.fault(at, "a person stands twice");
            }
        }
        if adults.is_empty() {
            self.fault("/adults", "there is no adult");
        }
        if payer.is_some_and(|payer| !adults.contains(payer)) {
            self.fault("/adults", "the payer is not among the adults");
        }
        if children.iter().any(|child| adults.contains(child)) {
            self.fault("/children", "a person is both an adult and a child");
        }
    }

    fn order(&mut self, order: &CaseOrder<Cpr, Personnummer>) {
        match order {
            CaseOrder::OpenCase { payer, from, adults, children, .. } => {
                self.base = "/order/open_case";
                self.day("/from", *from);
                self.household(Some(payer), adults, children);
            }
            CaseOrder::SetHousehold { from, adults, children, .. } => {
                self.base = "/order/set_household";
                self.day("/from", *from);
                self.household(None, adults, children);
            }
            CaseOrder::ChangePayer { from, .. } => {
                self.base = "/order/change_payer";
                self.day("/from", *from);
            }
            CaseOrder::PlaceChild { place, child, from, to, terms } => {
                self.base = "/order/place_child";
                self.word("/place", place.as_str());
                self.day("/from", *from);
                if to.is_some_and(|to| to < *from) {
                    self.fault("/to", "the last day lies before the first");
                }
                self.first_day(child, *from);
                self.terms(terms);
            }
            CaseOrder::ChangePlace { place, from, terms } => {
                self.base = "/order/change_place";
                self.word("/place", place.as_str());
                self.day("/from", *from);
                self.terms(terms);
            }
            CaseOrder::EndPlace { place, last_day } => {
                self.base = "/order/end_place";
                self.word("/place", place.as_str());
                self.day("/last_day", *last_day);
            }
            _ => self.order_about_case(order),
        }
    }

    fn order_about_case(&mut self, order: &CaseOrder<Cpr, Personnummer>) {
        match order {
            CaseOrder::ApplySubsidy { applied_on, yearly_income, admitted_on, .. } => {
                self.base = "/order/apply_subsidy";
                self.day("/applied_on", *applied_on);
                if *applied_on > self.issued_on {
                    self.fault("/applied_on", "it lies after the day of the order");
                }
                self.amount("/yearly_income", *yearly_income);
                if let Some(day) = admitted_on {
                    self.day("/admitted_on", *day);
                }
            }
            CaseOrder::EndSubsidy { from } => {
                self.base = "/order/end_subsidy";
                self.day("/from", *from);
            }
            CaseOrder::StateYearlyIncome { year, income, knowingly_since, .. } => {
                self.base = "/order/state_yearly_income";
                self.income_of_year(*year, *income, *knowingly_since);
            }
            CaseOrder::PostponeYear { year, .. } => {
                self.base = "/order/postpone_year";
                self.year(*year);
            }
            CaseOrder::CloseYear { year, reason } => {
                self.base = "/order/close_year";
                self.year(*year);
                self.text("/reason", reason);
            }
            CaseOrder::AnswerHearing { answered_on, .. } => {
                self.base = "/order/answer_hearing";
                self.day("/answered_on", *answered_on);
            }
            CaseOrder::DecideHearing { decided_on, reason, .. } => {
                self.base = "/order/decide_hearing";
                self.day("/decided_on", *decided_on);
                self.text("/reason", reason);
            }
            CaseOrder::LetterDelivered { delivered_on, channel, .. } => {
                self.base = "/order/letter_delivered";
                self.day("/delivered_on", *delivered_on);
                self.word("/channel", channel);
            }
            CaseOrder::CloseNotice { outcome, .. } => {
                self.base = "/order/close_notice";
                self.text("/outcome", outcome);
            }
            CaseOrder::ForgetUnknown { named } => {
                self.base = "/order/forget_unknown";
                self.word("/named", named);
            }
            CaseOrder::Exempt { charge_type, reason, .. } => {
                self.base = "/order/exempt";
                self.text("/reason", reason);
                let known = Scheme::ALL.map(Scheme::charge_type);
                if !known.contains(&charge_type.as_str()) {
                    self.fault("/charge_type", format!("it is none of {}", known.join(", ")));
                }
            }
            CaseOrder::Housing(order) => self.housing(order),
            CaseOrder::Repayment(order) => self.repayment(order),
            CaseOrder::Childcare(order) => self.childcare(order),
            CaseOrder::CloseCase { last_day } => {
                self.base = "/order/close_case";
                self.day("/last_day", *last_day);
            }
            // Every order that concerns persons or places is checked in `order`.
            CaseOrder::OpenCase { .. }
            | CaseOrder::SetHousehold { .. }
            | CaseOrder::ChangePayer { .. }
            | CaseOrder::PlaceChild { .. }
            | CaseOrder::ChangePlace { .. }
            | CaseOrder::EndPlace { .. } => {}
        }
    }
}
