//! Whose income by the tax counts in which month of the yearly check.

use super::checks::heard;
use super::*;
use crate::CheckState;

const PARTNER: &str = "1986-07-08";

/// A household that has declared 20,000 kronor a month and pays 600, also while a partner belonged to it: from the 16th of
/// November 2022 to the end of that year.
fn household() -> Life {
    let mut life = Life::of_household("2022-10-01", Settings::default());
    life.starts("P-1", "2021-05-03", "2022-10-01", CareForm::Preschool);
    life.declares(day("2022-10-01"), "20000");
    life.until("2022-11-15");
    life.joins("2022-11-16", Some(PARTNER), "20000");
    life.until("2022-12-31");
    life.joins("2023-01-01", None, "20000");
    life.until("2024-01-01");
    assert_eq!(["2022-10", "2022-12"].map(|month| life.owed_in(month).unwrap()), ["600.00", "600.00"]);
    life
}

impl Life {
    fn joins(&mut self, from: &str, partner: Option<&str>, income: &str) {
        let (from, partner, monthly_income) = (day(from), partner.map(born), Some(kronor(income)));
        self.childcare(ChildcareOrder::SetChildcareHousehold { from, partner, monthly_income });
    }

    fn taxed(&mut self, adult: Option<&str>, yearly_income: &str) {
        let (adult, yearly_income) = (adult.map(born), kronor(yearly_income));
        self.childcare(ChildcareOrder::StateTax { year: 2022, adult, yearly_income });
    }

    fn check_of_2022(&self) -> &CheckState {
        &self.case().childcare.as_ref().unwrap().checks[&2022].state
    }

    fn to_do(&self) -> Vec<String> {
        self.case().open_reviews().into_iter().map(|review| review.about).collect()
    }

    fn approved(&mut self, yearly_income: &str) {
        let yearly_income = kronor(yearly_income);
        let heard = Some(heard("2024-02-21"));
        let order = ChildcareOrder::ApproveCorrection { year: 2022, yearly_income, heard };
        let mut message = self.command(CaseOrder::Childcare(order));
        if let messages::Message::CaseCommands(command) = &mut message {
            command.data.issued_by = "handläggare-2".to_owned();
        }
        self.message(&message);
    }
}

#[test]
fn a_month_is_checked_by_the_incomes_of_those_who_were_in_the_household_in_it() {
    let mut life = household();
    life.taxed(Some(CUSTODIAN), "240000");
    life.taxed(Some(PARTNER), "240000");
    life.until("2024-02-25");
    let CheckState::Prepared { months, hear: true } = life.check_of_2022() else {
        panic!("{:?}", life.check_of_2022())
    };
    // October: the custodian alone earned what was declared. November: 15 days at 600 and 15 at 1,200.
    let right: Vec<(String, String)> =
        months.iter().map(|(month, checked)| (month.to_string(), checked.right.to_text())).collect();
    let expected = [("2022-11", "900.00"), ("2022-12", "1200.00")];
    assert_eq!(right, expected.map(|(month, right)| (month.to_owned(), right.to_owned())));
    // Nobody has approved another sum of incomes.
    life.approved("240000");
    life.next_day();
    assert!(matches!(life.check_of_2022(), CheckState::Prepared { .. }));
    life.approved("480000");
    life.next_day();
    assert!(matches!(life.check_of_2022(), CheckState::Corrected { .. }));
    let owed = ["2022-10", "2022-11", "2022-12", "2023-01"].map(|month| life.owed_in(month).unwrap());
    assert_eq!(owed, ["600.00", "900.00", "1200.00", "600.00"]);
    let letter = life.letters.last().unwrap().text.replace(['\n', '\u{a0}'], " ");
    for told in [
        "Taxerad inkomst 2022, vårdnadshavaren",
        "make, maka eller sambo i hushållet 16 november 2022 till 31 december 2022",
        "en tolftedel av årsinkomsten",
        "240 000 kr",
        "Du ska betala 900 kr",
    ] {
        let plain = letter.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.contains(told), "{told}: {plain}");
    }
    assert!(!letter.contains("Oktober 2022"), "{letter}");
    let december =
        life.determinations().into_iter().rfind(|made| made.period.to_string() == "2022-12").unwrap();
    assert!(december.trace.json().contains("income by the tax of the adults in the household"));
}

#[test]
fn a_year_is_not_done_before_the_income_of_everybody_who_was_in_the_household_is_stated() {
    let mut life = household();
    let both = "ange taxerad inkomst för vårdnadshavaren och den som ingick i hushållet från 2022-11-16";
    assert!(life.to_do()[0].contains(both), "{:?}", life.to_do());
    life.taxed(Some(CUSTODIAN), "240000");
    life.next_day();
    assert_eq!(*life.check_of_2022(), CheckState::NotDone);
    let partner = "ange taxerad inkomst för den som ingick i hushållet från 2022-11-16";
    assert!(life.to_do()[0].contains(partner), "{:?}", life.to_do());
    life.taxed(Some(PARTNER), "0");
    life.next_day();
    assert_eq!(*life.check_of_2022(), CheckState::Right, "both together earned what was declared");
    assert!(life.to_do().is_empty());
}

#[test]
fn one_income_of_the_household_does_not_check_a_year_in_which_its_adults_changed() {
    let mut life = household();
    life.taxed(None, "480000");
    life.next_day();
    assert_eq!(*life.check_of_2022(), CheckState::NotDone);
    assert!(life.to_do()[0].contains("hushållet har ändrats under året"), "{:?}", life.to_do());
    // As soon as one adult's income is stated, it is those that count.
    life.taxed(Some(CUSTODIAN), "240000");
    life.taxed(Some(PARTNER), "240000");
    life.next_day();
    assert!(matches!(life.check_of_2022(), CheckState::Prepared { .. }));
}

#[test]
fn somebody_found_to_have_been_in_the_household_of_a_checked_year_takes_their_income() {
    let mut life = Life::of_household("2022-10-01", Settings::default());
    life.starts("P-1", "2021-05-03", "2022-10-01", CareForm::Preschool);
    life.declares(day("2022-10-01"), "20000");
    life.until("2024-02-01");
    life.taxed(Some(CUSTODIAN), "240000");
    life.next_day();
    assert_eq!(*life.check_of_2022(), CheckState::Right);
    life.joins("2022-11-01", Some(PARTNER), "20000");
    life.next_day();
    assert_eq!(*life.check_of_2022(), CheckState::NotDone);
}

#[test]
fn the_income_of_somebody_outside_the_household_counts_for_nothing_and_staff_are_told() {
    let mut life = household();
    life.taxed(Some("1991-01-02"), "900000");
    life.taxed(Some(CUSTODIAN), "240000");
    life.taxed(Some(PARTNER), "0");
    life.next_day();
    assert_eq!(*life.check_of_2022(), CheckState::Right);
    assert!(life.to_do()[0].contains("inte ingick i hushållet"), "{:?}", life.to_do());
}
