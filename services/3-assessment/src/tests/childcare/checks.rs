//! The yearly income check: its list, its corrections, and how far back they go.

use super::*;
use crate::{CheckState, childcare::Check};
use messages::{Heard, HeardParts};

pub fn heard(on: &str) -> Heard {
    let parts = HeardParts {
        heard_on: day("2024-02-01"),
        answer_by: day("2024-02-20"),
        answered_on: None,
        ended_on: day(on),
    };
    parts.try_into().unwrap()
}

/// A household that has declared 20,000 kronor a month and pays 600 from October 2022 on.
fn household(declared: Option<&str>) -> Life {
    let mut life = Life::of_household("2022-10-01", Settings::default());
    life.starts("P-1", "2021-05-03", "2022-10-01", CareForm::Preschool);
    if let Some(income) = declared {
        life.declares(day("2022-10-01"), income);
    }
    life.until("2024-01-01");
    life
}

fn taxed(life: &mut Life, by: &str, yearly_income: &str) {
    let order = ChildcareOrder::StateTax { year: 2022, adult: None, yearly_income: kronor(yearly_income) };
    life.ordered_by(by, order);
}

fn approve(life: &mut Life, by: &str, heard: Option<Heard>) {
    let childcare = life.case().childcare.as_ref().unwrap();
    let yearly_income = childcare.taxes.get(&2022).map_or(kronor("0"), |tax| tax.what.yearly_income);
    life.ordered_by(by, ChildcareOrder::ApproveCorrection { year: 2022, yearly_income, heard });
}

impl Life {
    fn ordered_by(&mut self, by: &str, order: ChildcareOrder<Party>) {
        let message = self.by(by, order);
        self.message(&message);
    }

    fn by(&mut self, by: &str, order: ChildcareOrder<Party>) -> messages::Message {
        let mut message = self.command(CaseOrder::Childcare(order));
        if let messages::Message::CaseCommands(command) = &mut message {
            command.data.issued_by = by.to_owned();
        }
        message
    }

    fn check_2022(&self) -> &CheckState {
        let Check { state, .. } = &self.case().childcare.as_ref().unwrap().checks[&2022];
        state
    }
}

#[test]
fn the_year_before_last_is_on_the_list_from_january_unless_it_paid_the_highest_fee() {
    let life = household(Some("20000"));
    assert_eq!(*life.check_2022(), CheckState::NotDone);
    let reviews = life.case().open_reviews();
    assert!(reviews[0].about.contains("inkomstkontroll för 2022 är inte gjord"), "{}", reviews[0].about);
    assert_eq!(life.case().income_checks()[&2022], [0, 1, 0]);
    let highest = household(None);
    assert_eq!(*highest.check_2022(), CheckState::NotNeeded);
    assert!(highest.case().open_reviews().is_empty());
    assert_eq!(highest.case().income_checks()[&2022], [0, 0, 1]);
}

#[test]
fn a_claim_takes_a_second_person_a_hearing_and_a_delivered_letter() {
    let mut life = household(Some("20000"));
    taxed(&mut life, "handläggare-1", "360000");
    life.next_day();
    let CheckState::Prepared { months, hear: true } = life.check_2022() else { panic!() };
    assert_eq!(months.len(), 3);
    let about = &life.case().open_reviews()[0].about;
    assert!(about.contains("kräva 900 kr för 3 månader") && about.contains("yttra sig"), "{about}");
    let yearly_income = kronor("360000");
    let approval = ChildcareOrder::ApproveCorrection { year: 2022, yearly_income, heard: None };
    let same = life.by("handläggare-1", approval);
    assert_eq!(life.try_input(runtime::Input::Message(&same)).unwrap_err().code, "same_person");
    life.until("2024-02-25");
    approve(&mut life, "handläggare-2", None);
    life.next_day();
    assert!(matches!(life.check_2022(), CheckState::Prepared { .. }), "the custodian has not been heard");
    life.letters_wait = true;
    approve(&mut life, "handläggare-2", Some(heard("2024-02-21")));
    life.next_day();
    assert!(matches!(life.check_2022(), CheckState::Corrected { .. }));
    assert_eq!(life.owed_in("2022-11").as_deref(), Some("600.00"), "not before it is communicated");
    let letter = life.letters.last().unwrap().clone();
    for figure in
        ["taxerad inkomst", "360\u{a0}000\u{a0}kr", "November 2022", "900\u{a0}kr", "faktureras för sig"]
    {
        assert!(letter.text.contains(figure), "{figure}: {}", letter.text);
    }
    life.delivers(letter.letter, "2024-03-01");
    for month in ["2022-10", "2022-11", "2022-12"] {
        assert_eq!(life.owed_in(month).as_deref(), Some("900.00"), "{month}");
    }
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("600.00"), "one year at a time");
    assert_eq!(life.case().income_checks()[&2022], [1, 0, 0]);
}

#[test]
fn what_was_paid_too_much_is_given_back_with_the_next_fee_and_the_rest_repaid() {
    let mut life = household(Some("40000"));
    taxed(&mut life, "handläggare-1", "120000");
    approve(&mut life, "handläggare-2", None);
    life.next_day();
    // 900 too much in each of three months; the next fee is 1,200.
    let letter = life.letters.last().unwrap();
    for figure in
        ["2\u{a0}700\u{a0}kr", "1\u{a0}200\u{a0}kr dras av på nästa faktura", "1\u{a0}500\u{a0}kr betalas ut"]
    {
        assert!(letter.text.replace('\n', " ").contains(figure), "{figure}: {}", letter.text);
    }
    assert_eq!(life.owed_in("2022-11").as_deref(), Some("300.00"));
    let december =
        life.determinations().into_iter().rfind(|made| made.period.to_string() == "2022-12").unwrap();
    assert_eq!((december.version, december.due_on), (2, day("2024-02-29")));
    assert!(december.trace.json().contains("income by the tax, a year"));
    let told = life.events.iter().any(|event| {
        matches!(&event.fact, AssessmentFact::ReviewNeeded { code, detail, .. }
            if code == "repay_beyond_next_fee" && detail.contains("1\u{a0}500\u{a0}kr"))
    });
    assert!(told);
}

#[test]
fn a_claim_older_than_three_years_is_not_made_and_what_was_overpaid_is_given_back_for_ten() {
    // In December 2025 October and November 2022 cannot be claimed any more; a year later nothing of 2022 can.
    for (on, income, corrected) in
        [("2025-12-01", "360000", 1), ("2026-12-01", "360000", 0), ("2025-12-01", "120000", 3)]
    {
        let mut life = household(Some("20000"));
        // The years from 2026 have no cap yet, so their months stand still; 2022 is checked all the same.
        life.until(on);
        taxed(&mut life, "handläggare-1", income);
        life.next_day();
        let count = match life.check_2022() {
            CheckState::Prepared { months, .. } => months.len(),
            CheckState::Right => 0,
            other => panic!("{other:?}"),
        };
        assert_eq!(count, corrected, "{on} {income}");
    }
}

#[test]
fn a_difference_below_the_tariffs_threshold_is_left() {
    let settings =
        Settings { check_threshold: Some(rust_decimal::Decimal::from(901)), ..Settings::default() };
    let mut life = Life::of_household("2022-10-01", settings);
    life.starts("P-1", "2021-05-03", "2022-10-01", CareForm::Preschool);
    life.declares(day("2022-10-01"), "20000");
    life.until("2024-01-01");
    taxed(&mut life, "handläggare-1", "360000");
    life.next_day();
    assert_eq!(*life.check_2022(), CheckState::Right);
}

#[test]
fn an_approval_is_of_the_income_that_it_names_and_of_a_hearing_after_it_was_known() {
    let mut life = household(Some("20000"));
    taxed(&mut life, "handläggare-1", "240000");
    life.next_day();
    approve(&mut life, "handläggare-2", None);
    taxed(&mut life, "handläggare-1", "10000");
    life.next_day();
    assert!(matches!(life.check_2022(), CheckState::Prepared { .. }), "nobody has approved this income");
    life.until("2024-03-01");
    taxed(&mut life, "handläggare-1", "360000");
    life.next_day();
    approve(&mut life, "handläggare-2", Some(heard("2024-02-21")));
    life.next_day();
    assert!(matches!(life.check_2022(), CheckState::Prepared { .. }), "nobody was heard about it");
}

#[test]
fn whoever_paid_the_highest_fee_for_want_of_an_income_gets_back_what_was_too_much() {
    let mut life = household(None);
    taxed(&mut life, "handläggare-1", "240000");
    life.next_day();
    let CheckState::Prepared { hear: false, .. } = life.check_2022() else {
        panic!("{:?}", life.check_2022())
    };
    approve(&mut life, "handläggare-2", None);
    life.next_day();
    assert_eq!(life.owed_in("2022-11").as_deref(), Some("600.00"));
}
