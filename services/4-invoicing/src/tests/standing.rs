use super::world::{World, month};
use messages::BillingMode::{Monthly, Standing};
use std::collections::BTreeMap;

fn months(from: &str, to: &str, amount: i64) -> BTreeMap<String, i64> {
    month(from).through(month(to)).map(|period| (period.to_string(), amount)).collect()
}

#[test]
fn a_subscription_bills_every_month_and_is_renewed_before_it_ends() {
    let mut world = World::new("2022-06-10");
    world.determine_through("2022-07", "2024-12", 2000, Standing);
    world.live_until("2024-12-31");
    assert_eq!(world.billed(), months("2022-07", "2024-12", 2000));
    assert_eq!(world.counts(), BTreeMap::from([("open_subscription", 1), ("renew_subscription", 2)]));
}

#[test]
fn a_right_that_is_determined_month_by_month_is_renewed_too() {
    let mut world = World::new("2022-06-10");
    for period in month("2022-07").through(month("2023-09")) {
        let before = period.minus_months(1).first_day().max(world.today).to_string();
        world.live_until(&before);
        world.determine(&period.to_string(), 2000, Standing);
    }
    world.live_until("2023-09-30");
    assert_eq!(world.billed(), months("2022-07", "2023-09", 2000));
    assert_eq!(world.counts()["renew_subscription"], 1);
}

#[test]
fn amounts_that_differ_by_month_are_changes_and_months_begun_are_differences() {
    let mut world = World::new("2022-06-10");
    world.determine_through("2022-07", "2023-02", 2000, Standing);
    world.determine("2022-07", 900, Standing);
    world.live_until("2022-10-15");
    assert_eq!(world.counts(), BTreeMap::from([("open_subscription", 1), ("change_subscription", 1)]));
    // A fall from September on, decided in October: two months credited, the rest changed.
    world.determine_through("2022-09", "2023-02", 1500, Standing);
    world.live_until("2023-02-28");
    let mut expected = months("2022-07", "2023-02", 1500);
    expected.insert("2022-07".to_owned(), 900);
    expected.insert("2022-08".to_owned(), 2000);
    assert_eq!(world.billed(), expected);
    assert_eq!((world.counts()["credit"], world.counts()["change_subscription"]), (2, 2));
}

#[test]
fn months_begun_before_the_opening_are_billed_in_their_own_amounts() {
    let mut world = World::new("2022-10-10");
    world.determine_through("2022-07", "2022-08", 900, Standing);
    world.determine_through("2022-09", "2023-02", 2000, Standing);
    world.live_until("2023-02-28");
    let mut expected = months("2022-07", "2022-08", 900);
    expected.extend(months("2022-09", "2023-02", 2000));
    assert_eq!(world.billed(), expected);
    assert_eq!(world.counts()["charge"], 2);
}

#[test]
fn a_free_month_closes_nothing_and_an_ended_place_does() {
    let mut world = World::new("2022-03-10");
    world.determine_through("2022-04", "2022-06", 2000, Standing);
    world.determine("2022-07", 0, Standing);
    world.live_until("2022-07-10");
    world.determine_through("2022-08", "2022-12", 2000, Standing);
    world.live_until("2022-11-10");
    assert!(!world.counts().contains_key("close_subscription"));
    // The place has ended with October.
    world.determine_through("2022-11", "2022-12", 0, Standing);
    world.live_until("2023-06-01");
    let mut expected = months("2022-04", "2022-10", 2000);
    expected.remove("2022-07");
    assert_eq!(world.billed(), expected);
    assert_eq!((world.counts()["close_subscription"], world.counts().get("renew_subscription")), (1, None));
    // A new place begins: a new subscription.
    world.determine_through("2023-08", "2023-12", 1000, Standing);
    world.live_until("2023-12-31");
    expected.extend(months("2023-08", "2023-12", 1000));
    assert_eq!(world.billed(), expected);
    assert_eq!(world.counts()["open_subscription"], 2);
}

#[test]
fn a_line_that_goes_over_to_monthly_commands_is_not_billed_twice() {
    let mut world = World::new("2022-06-10");
    world.determine_through("2022-07", "2022-12", 2000, Standing);
    world.live_until("2022-09-10");
    world.determine_through("2022-11", "2023-02", 2000, Monthly);
    world.live_until("2023-04-30");
    assert_eq!(world.billed(), months("2022-07", "2023-02", 2000));
}

/// Kvantum: renewals from April 2023 are accepted and ignored until the fault is lifted after 16 months.
fn kvantum(forgets: bool) -> World {
    let mut world = World::new("2022-06-10");
    world.lapse_until = Some("2024-07-15".parse().unwrap());
    world.forgets_missed_months = forgets;
    world.determine_through("2022-07", "2024-12", 2137, Standing);
    world.live_until("2024-07-14");
    assert_eq!(
        world.billed(),
        months("2022-07", "2023-03", 2137),
        "nothing else is billed while the fault lasts"
    );
    assert!(world.counts()["renew_subscription"] <= 18, "the ERP is asked once a month");
    world.live_until("2024-12-31");
    assert_eq!(world.billed(), months("2022-07", "2024-12", 2137), "each month once and in full");
    world
}

#[test]
fn missed_months_of_a_lapse_are_billed_by_the_erp_itself_once() {
    let world = kvantum(false);
    assert_eq!(world.counts().get("charge"), None);
}

#[test]
fn missed_months_that_the_erp_forgets_are_charged_one_by_one() {
    let world = kvantum(true);
    assert!((15..=17).contains(&world.counts()["charge"]), "{:?}", world.counts());
    let back_billed = world.ledger.iter().filter(|(_, _, by_subscription)| !by_subscription);
    assert!(back_billed.clone().all(|(_, amount, _)| amount.to_text() == "2137.00"));
}

#[test]
fn a_lapse_of_a_right_that_ends_is_still_billed() {
    let mut world = World::new("2022-06-10");
    world.lapse_until = Some("2030-01-01".parse().unwrap());
    world.determine_through("2022-07", "2023-05", 2137, Standing);
    world.live_until("2023-05-10");
    world.determine_through("2023-06", "2023-08", 0, Standing);
    world.live_until("2023-12-31");
    assert_eq!(world.billed(), months("2022-07", "2023-05", 2137));
}

#[test]
fn a_refused_opening_is_made_up_for() {
    let mut world = World::new("2022-06-10");
    world.refuse_until = Some("2022-06-20".parse().unwrap());
    world.determine_through("2022-07", "2022-12", 2000, Standing);
    world.live_until("2022-12-31");
    assert_eq!(world.billed(), months("2022-07", "2022-12", 2000));
}
