//! Households with children in Swedish childcare, day by day.

mod checks;
mod ends;
mod incomes;
mod letters;
mod model;
mod order;
mod past;
mod taxed;

use super::{Life, day};
use domain::{Day, LetterId, Money, PersonSecret, Personnummer, PlaceId};
use messages::{AssessmentFact, CareForm, CareTerms, CaseOrder, ChildcareOrder, Determination, Party};
use schemes::se_childcare::Settings;

pub fn kronor(text: &str) -> Money {
    Money::parse(text, domain::Currency::SEK).unwrap()
}

/// A fictive person: a coordination number with the digits that nobody is given.
pub fn born(on: &str) -> Party {
    let number = Personnummer::coordination(day(on), 0).unwrap();
    let person = PersonSecret::new(*b"0123456789abcdef").unwrap().swedish_person_key(&number);
    Party { person, cpr: number.into() }
}

pub fn terms(care: CareForm) -> CareTerms {
    CareTerms { care, weekly_hours: None, same_address: true }
}

pub fn place(id: &str) -> PlaceId {
    PlaceId::parse(id).unwrap()
}

/// A municipality that gives a fortnight for an answer.
pub fn hearing() -> Settings {
    Settings { answer_days: Some(14), ..Settings::default() }
}

/// The custodian's date of birth.
pub const CUSTODIAN: &str = "1985-04-02";

impl Life {
    /// A household whose case is open.
    pub fn of_household(on: &str, settings: Settings) -> Self {
        let mut life = Self::begin(on);
        life.stage = life.stage.clone().with_childcare(settings).unwrap();
        life.childcare(ChildcareOrder::OpenChildcare { custodian: born(CUSTODIAN) });
        life
    }

    pub fn childcare(&mut self, order: ChildcareOrder<Party>) {
        self.order(CaseOrder::Childcare(order));
    }

    pub fn starts(&mut self, id: &str, child: &str, first_day: &str, care: CareForm) {
        let (place, child, first_day) = (place(id), born(child), day(first_day));
        self.childcare(ChildcareOrder::StartChildcare { place, child, first_day, terms: terms(care) });
    }

    pub fn declares(&mut self, declared_on: Day, income: &str) {
        self.childcare(ChildcareOrder::DeclareIncome { declared_on, monthly_income: kronor(income) });
    }

    pub fn determinations(&self) -> Vec<&Determination> {
        let determined = self.events.iter().filter_map(|event| match &event.fact {
            AssessmentFact::Determined(determination) => Some(&**determination),
            _ => None,
        });
        determined.collect()
    }

    pub fn next_day(&mut self) {
        self.begin_day();
        self.morning();
    }

    pub fn delivers(&mut self, letter: LetterId, on: &str) {
        let (delivered_on, channel) = (day(on), "post".to_owned());
        self.order(CaseOrder::LetterDelivered { letter, delivered_on, channel });
    }
}

#[test]
fn a_month_is_determined_when_it_begins_and_owes_the_percent_of_the_income() {
    let mut life = Life::of_household("2024-02-20", Settings::default());
    life.starts("P-1", "2021-05-03", "2024-03-01", CareForm::Preschool);
    life.declares(day("2024-02-20"), "30000");
    life.until("2024-02-29");
    // The decision of the next month is written ahead; nothing is owed yet.
    assert_eq!((life.count("decision-communicated"), life.count("determined")), (1, 0));
    life.until("2024-03-01");
    assert_eq!(life.owed_in("2024-03").as_deref(), Some("900.00"));
    let march = life.determinations()[0];
    assert_eq!(march.charge_type.as_str(), "se-childcare/fee");
    // The last day of March 2024 is Easter Sunday, the day after it a holiday, too.
    assert_eq!(march.due_on, day("2024-04-02"));
    assert!(march.trace.json().contains("preschool_percent_1"));
    life.until("2024-05-01");
    assert_eq!(life.owed_in("2024-05").as_deref(), Some("900.00"));
    assert_eq!(life.letters.len(), 1, "nothing has changed");
    assert_eq!(life.count("review-needed"), 0);
}

#[test]
fn the_youngest_of_three_pays_most_each_by_its_own_form_of_care() {
    let mut life = Life::of_household("2024-01-01", Settings::default());
    life.starts("P-1", "2014-02-01", "2024-01-01", CareForm::AfterSchool);
    life.starts("P-2", "2016-02-01", "2024-01-01", CareForm::AfterSchool);
    life.starts("P-3", "2021-02-01", "2024-01-01", CareForm::Preschool);
    life.until("2024-01-02");
    // No income is declared: 3, 1 and 1 percent of the cap of 56,250.
    assert_eq!(life.owed_in("2024-01").as_deref(), Some("2814.00"));
    // A fourth child pays nothing; it is the oldest.
    life.starts("P-4", "2013-02-01", "2024-02-01", CareForm::AfterSchool);
    life.until("2024-02-01");
    assert_eq!(life.owed_in("2024-02").as_deref(), Some("2814.00"));
}

#[test]
fn without_a_delivered_letter_nothing_is_owed_and_staff_are_told_in_swedish() {
    let mut life = Life::of_household("2024-01-01", Settings::default());
    life.letters_wait = true;
    life.starts("P-1", "2021-02-01", "2024-01-01", CareForm::Preschool);
    life.until("2024-03-10");
    assert_eq!((life.letters.len(), life.count("determined")), (1, 0));
    let waits = life.case().open_reviews();
    assert_eq!(waits.iter().map(|review| review.code).collect::<Vec<_>>(), ["fee_decision_not_delivered"]);
    assert!(waits[0].about.contains("inte delgivet"), "{}", waits[0].about);
    let letter = life.letters[0].letter.clone();
    life.delivers(letter, "2024-03-10");
    // It binds from the day it names; the months that are over come on an invoice of their own.
    for month in ["2024-01", "2024-02", "2024-03"] {
        assert_eq!(life.owed_in(month).as_deref(), Some("1688.00"), "{month}");
    }
    assert!(life.case().open_reviews().is_empty());
}

#[test]
fn a_raise_counts_from_its_letter_and_what_lowers_a_fee_by_itself() {
    let mut life = Life::of_household("2024-01-01", Settings::default());
    life.starts("P-1", "2021-02-01", "2024-01-01", CareForm::Preschool);
    life.declares(day("2024-01-01"), "30000");
    life.until("2024-02-01");
    life.letters_wait = true;
    life.declares(day("2024-02-01"), "40000");
    life.until("2024-03-01");
    assert_eq!(life.owed_in("2024-03").as_deref(), Some("900.00"));
    life.declares(day("2024-03-01"), "20000");
    life.until("2024-03-02");
    assert_eq!(life.owed_in("2024-03").as_deref(), Some("600.00"));
    // The letters of both have come, the later one first.
    for nth in [2, 1] {
        let letter = life.letters[nth].letter.clone();
        life.delivers(letter, "2024-03-05");
    }
    assert_eq!(life.owed_in("2024-02").as_deref(), Some("1200.00"));
    assert_eq!(life.owed_in("2024-03").as_deref(), Some("600.00"));
}

#[test]
fn a_year_without_a_cap_is_told_a_month_ahead_and_not_charged() {
    let mut life = Life::of_household("2025-11-01", Settings::default());
    life.starts("P-1", "2023-02-01", "2025-11-01", CareForm::Preschool);
    life.until("2026-02-01");
    assert_eq!(life.owed_in("2025-12").as_deref(), Some("1783.00"));
    assert_eq!(life.owed_in("2026-01"), None);
    let told: Vec<String> = life.dead_letters.iter().map(|letter| format!("{letter:?}")).collect();
    assert_eq!(told.len(), 3, "January, February, March 2026: {told:?}");
    assert!(
        told[0].contains("2025-12-01") && told[0].contains("parametern income_cap saknas för 2026-01-01")
    );
    assert!(told[0].contains("(finns för 2002-01-01 till 2025-12-31)"), "{}", told[0]);
}

#[test]
fn an_order_of_another_scheme_and_a_case_opened_otherwise_are_refused() {
    let mut life = Life::of_household("2024-01-01", Settings::default());
    let end = CaseOrder::EndSubsidy { from: day("2024-02-01") };
    let message = life.command(end);
    let refusal = life.try_input(runtime::Input::Message(&message)).unwrap_err();
    assert_eq!(refusal.code, "other_scheme");
    let again = CaseOrder::Childcare(ChildcareOrder::OpenChildcare { custodian: born(CUSTODIAN) });
    let message = life.command(again);
    assert_eq!(life.try_input(runtime::Input::Message(&message)).unwrap_err().code, "opened_twice");
}

#[test]
fn an_order_about_a_place_nobody_has_is_told_in_swedish_and_forgotten_on_request() {
    let mut life = Life::of_household("2024-01-01", Settings::default());
    let (place, given_on) = (place("P-9"), Some(day("2024-01-01")));
    life.childcare(ChildcareOrder::GiveNotice { place, given_on });
    life.until("2024-01-02");
    let told = format!("{:?}", life.dead_letters[0]);
    assert!(told.contains("unknown_place") && told.contains("som inte finns i ärendet"), "{told}");
    life.order(CaseOrder::ForgetUnknown { named: "P-9".to_owned() });
    assert_eq!(life.dead_letters.len(), 2);
}
