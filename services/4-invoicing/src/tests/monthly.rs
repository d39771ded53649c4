use super::world::World;
use messages::BillingMode::Monthly;
use messages::InvoiceOrder;
use std::collections::BTreeMap;

#[test]
fn a_month_is_charged_eleven_days_before_it_begins_and_once() {
    let mut world = World::new("2023-03-01");
    world.determine("2023-04", 2137, Monthly);
    world.live_until("2023-03-20");
    assert!(world.commands.is_empty());
    world.live_until("2023-03-21");
    assert_eq!(world.billed(), BTreeMap::from([("2023-04".to_owned(), 2137)]));
    world.live_until("2023-08-01");
    assert_eq!(world.counts(), BTreeMap::from([("charge", 1)]));
}

#[test]
fn a_month_that_has_begun_is_charged_the_next_morning_and_due_later() {
    let mut world = World::new("2023-06-10");
    world.determine("2023-04", 2137, Monthly);
    world.live_until("2023-06-11");
    assert_eq!(world.billed()["2023-04"], 2137);
    let InvoiceOrder::Charge { due_on, .. } = world.commands[0].order else { panic!("no charge") };
    assert_eq!(due_on.to_string(), "2023-07-11");
}

#[test]
fn a_lower_amount_credits_the_difference_and_a_higher_one_charges_it() {
    let mut world = World::new("2023-04-02");
    for amount in [2137, 1811, 1900, 0, 0] {
        world.determine("2023-04", amount, Monthly);
        let next = world.today.succ_opt().unwrap().to_string();
        world.live_until(&next);
    }
    let amounts: Vec<String> = world.ledger.iter().map(|(_, amount, _)| amount.to_text()).collect();
    assert_eq!(amounts, ["2137.00", "-326.00", "89.00", "-1900.00"]);
}

#[test]
fn an_exempted_month_is_credited_and_stays_exempt_however_it_is_determined_anew() {
    let mut world = World::new("2023-04-02");
    world.determine("2023-04", 2137, Monthly);
    world.live_until("2023-04-03");
    world.exempt("2023-04");
    world.live_until("2023-04-04");
    assert!(world.billed().is_empty());
    world.determine("2023-04", 500, Monthly);
    world.live_until("2023-04-05");
    assert!(world.billed().is_empty());
}

#[test]
fn an_exemption_given_before_the_month_is_determined_holds() {
    let mut world = World::new("2023-02-02");
    world.exempt("2023-04");
    world.live_until("2023-03-01");
    world.determine("2023-04", 2137, Monthly);
    world.live_until("2023-04-05");
    assert!(world.billed().is_empty() && world.commands.is_empty());
}

#[test]
fn a_month_of_nothing_orders_nothing() {
    let mut world = World::new("2023-04-02");
    world.determine("2023-04", 0, Monthly);
    world.live_until("2023-06-01");
    assert!(world.commands.is_empty());
}

#[test]
fn a_refused_charge_is_tried_again_weekly_and_not_for_ever() {
    let mut world = World::new("2023-04-02");
    world.refuse_until = Some("2023-04-12".parse().unwrap());
    world.determine("2023-04", 2137, Monthly);
    world.live_until("2023-04-30");
    assert_eq!(world.counts(), BTreeMap::from([("charge", 3)]));
    assert_eq!(world.billed()["2023-04"], 2137);

    let mut world = World::new("2023-04-02");
    world.refuse_until = Some("2025-01-01".parse().unwrap());
    world.determine("2023-04", 2137, Monthly);
    world.live_until("2025-02-01");
    assert_eq!(world.counts(), BTreeMap::from([("charge", 8)]));
}
