//! What is learnt of a resident's means lowers a payment by itself, and never raises one.

use super::*;

#[test]
fn the_loss_of_all_income_ends_the_charge_at_once_and_its_return_takes_another_decision() {
    let mut life = Life::at_the_shelter();
    life.decide("P-1", Vec::new());
    life.until("2023-03-10");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("2707.88"));
    life.states("2023-02-15", means(false));
    life.until("2023-03-12");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("1353.94"));
    life.states("2023-04-01", means(true));
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-04"), None);
    assert_eq!(life.awaited().last().unwrap(), "2023-05-01 30 Order");
    life.decide("P-1", Vec::new());
    life.until("2023-06-01");
    assert_eq!(life.owed_in("2023-05").as_deref(), Some("2804.59"));
}

#[test]
fn more_income_raises_nothing_before_it_is_decided() {
    let mut life = Life::at_the_shelter();
    life.states("2023-01-01", Means { budget: Some(budget()), ..means(true) });
    let poorer = MonthlyBudget { income: kroner("6430"), ..budget() };
    life.states("2023-01-02", Means { budget: Some(poorer), ..means(true) });
    life.decide("P-1", Vec::new());
    life.until("2023-02-02");
    // 930 kroner can be paid a month: 30 a day.
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("900.00"));
    life.states("2023-01-01", Means { budget: Some(budget()), ..means(true) });
    life.states("2023-01-02", Means { budget: Some(budget()), ..means(true) });
    life.until("2023-03-02");
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("900.00"));
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("840.00"));
    life.decide("P-1", Vec::new());
    life.until("2023-04-02");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("840.00"));
    // Two days at 30, the others at the rate of the law.
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("2864.59"));
}

#[test]
fn an_own_home_kept_pays_for_the_meals_alone() {
    let mut life = Life::begin("2023-01-01");
    life.resident();
    life.moves_in("P-1", HousingParagraph::P107, "2023-01-01");
    life.states("2023-01-01", Means { own_home_kept: true, ..means(true) });
    life.decide("P-1", vec![food("40")]);
    life.until("2023-02-01");
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("1200.00"));
    assert!(life.letters[0].text.contains("Du har beholdt din egen bolig"));
}

#[test]
fn a_death_ends_the_stay_and_its_notice_closes_by_itself() {
    let mut life = Life::at_the_shelter();
    life.decide("P-1", Vec::new());
    life.until("2023-03-03");
    life.message(&crate::tests::snapshot(PAYER, "2023-03-03", |snapshot| {
        snapshot.status = "90".to_owned();
        snapshot.status_since = Some(day("2023-02-10"));
    }));
    life.until("2023-05-01");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("967.10"));
    assert_eq!(life.owed_in("2023-03"), None);
}
