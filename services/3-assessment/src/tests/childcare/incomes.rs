//! What counts as the household's income, from when.

use super::*;
use schemes::se_childcare::DeclarationEffect;

fn household(settings: Settings) -> Life {
    let mut life = Life::of_household("2024-01-01", settings);
    life.starts("P-1", "2022-02-01", "2024-01-01", CareForm::Preschool);
    life
}

#[test]
fn without_a_declaration_the_highest_fee_is_due_and_a_later_one_counts_forward() {
    let mut life = household(Settings::default());
    life.until("2024-03-20");
    assert_eq!(life.owed_in("2024-02").as_deref(), Some("1688.00"));
    assert!(life.letters[0].text.contains("Ingen inkomst är anmäld"));
    life.declares(day("2024-03-11"), "30000");
    life.until("2024-04-01");
    // Ten days at 1,688 and 21 at 900 of 31: 1,154.19. February stays.
    let months = ["2024-02", "2024-03", "2024-04"].map(|month| life.owed_in(month).unwrap());
    assert_eq!(months, ["1688.00", "1154.00", "900.00"]);
}

#[test]
fn a_municipality_may_let_a_declaration_count_from_the_next_first() {
    let settings = Settings { declaration_effect: DeclarationEffect::NextFirst, ..Settings::default() };
    let mut life = household(settings);
    life.until("2024-03-11");
    life.declares(day("2024-03-11"), "30000");
    life.until("2024-04-01");
    assert_eq!(["2024-03", "2024-04"].map(|month| life.owed_in(month).unwrap()), ["1688.00", "900.00"]);
}

#[test]
fn another_household_counts_from_its_day_and_the_income_of_the_one_before_no_longer() {
    let mut life = household(Settings::default());
    life.declares(day("2024-01-01"), "20000");
    life.until("2024-03-20");
    let partner = Some(born("1986-07-08"));
    let household =
        ChildcareOrder::SetChildcareHousehold { from: day("2024-03-16"), partner, monthly_income: None };
    life.childcare(household);
    life.until("2024-04-01");
    // 15 days at 600 and 16 at 1,688 of 31: 1,161.55.
    assert_eq!(["2024-03", "2024-04"].map(|month| life.owed_in(month).unwrap()), ["1162.00", "1688.00"]);
    life.declares(day("2024-04-01"), "50000");
    life.until("2024-04-02");
    assert_eq!(life.owed_in("2024-04").as_deref(), Some("1500.00"));
}

#[test]
fn a_household_stated_late_is_recalculated_from_its_day_and_the_claim_settled_as_the_tariff_says() {
    for (tiny, instalments, due) in [
        // 890 more for three months: on an invoice of its own.
        (None, 1, ["2024-05-31", "2024-05-31", "2024-05-31"]),
        // With the next invoice.
        (Some(1_000), 1, ["2024-05-31", "2024-05-31", "2024-05-31"]),
        // In two parts.
        (None, 2, ["2024-05-31", "2024-05-31", "2024-07-01"]),
    ] {
        let tiny_claim_below = tiny.map(rust_decimal::Decimal::from);
        let settings = Settings { tiny_claim_below, claim_instalments: instalments, ..hearing() };
        let mut life = household(settings);
        life.declares(day("2024-01-01"), "20000");
        life.until("2024-04-10");
        life.childcare(ChildcareOrder::SetChildcareHousehold {
            from: day("2024-01-02"),
            partner: None,
            monthly_income: Some(kronor("30000")),
        });
        life.until("2024-04-26");
        let again: Vec<&Determination> =
            life.determinations().into_iter().filter(|made| made.version == 2).collect();
        // One day of January at 600 and 30 at 900 of 31: 890.32.
        let amounts: Vec<String> = again.iter().map(|made| made.amount.to_text()).collect();
        assert_eq!(amounts, ["900.00", "890.00", "900.00", "900.00"], "April at once, the others heard");
        let over: Vec<Day> = again.iter().skip(1).map(|made| made.due_on).collect();
        assert_eq!(over, due.map(day), "{tiny:?} {instalments}");
    }
}

#[test]
fn a_household_that_pays_the_highest_fee_for_want_of_an_income_is_listed_since_when_until_one_is_declared() {
    let mut life = household(Settings::default());
    let since = |life: &Life| life.case().undeclared().map(|undeclared| undeclared.since.to_string());
    life.until("2024-03-10");
    let undeclared = life.case().undeclared().unwrap();
    assert_eq!((undeclared.since, undeclared.monthly), (day("2024-01-01"), kronor("1688")));
    let about = undeclared.about(life.today).replace('\u{a0}', " ");
    assert!(about.starts_with("högsta avgift, 1 688 kr i månaden, sedan 69 dagar"), "{about}");
    life.declares(day("2024-03-10"), "30000");
    life.next_day();
    assert_eq!(since(&life), None);
    // Another household, for which nothing is declared.
    let partner = Some(born("1986-07-08"));
    let order =
        ChildcareOrder::SetChildcareHousehold { from: day("2024-04-05"), partner, monthly_income: None };
    life.until("2024-04-05");
    life.childcare(order);
    life.next_day();
    assert_eq!(since(&life).as_deref(), Some("2024-04-05"));
    // Who holds no place pays nothing.
    life.childcare(ChildcareOrder::MoveAway { place: place("P-1"), moved_on: Some(day("2024-04-10")) });
    life.next_day();
    assert_eq!(since(&life), None);
}
