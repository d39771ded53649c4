//! Kvantum: renewals that the ERP accepts and ignores.

use super::world::{World, month};
use crate::ReconciliationSettings;
use messages::BillingMode::Standing;
use messages::{FindingClass, FindingState, SubscriptionState};

/// A case whose subscription ends with March 2023 although its renewal was accepted.
fn lapsed_case(key: &str) -> World {
    let mut world = World::with("2022-12-20", key, ReconciliationSettings::default());
    for period in month("2023-01").through(month("2024-12")) {
        world.determine(&period.to_string(), 1, 2137, Standing);
    }
    world.open("2023-01", "2023-03", 2137);
    world.renew("renewal", "2024-03");
    for (number, period) in [("D1", "2023-01"), ("D2", "2023-02"), ("D3", "2023-03")] {
        world.live_until(&format!("{period}-01"));
        world.post_of_subscription(number, period, 2137);
    }
    world.live_until("2023-03-31");
    world.today = world.today.succ_opt().unwrap();
    world.report(SubscriptionState::Ended, "2023-03");
    world
}

#[test]
fn thirty_three_lapses_are_found_on_the_first_day_under_one_cause() {
    let mut causes = std::collections::BTreeSet::new();
    let mut ids = std::collections::BTreeSet::new();
    for number in 1..=33 {
        let mut world = lapsed_case(&format!("DAY-{number}"));
        world.live_until("2023-04-01");
        assert_eq!(world.story(), ["2023-04-01 subscription_lapsed 2023-04 2137.00 opened"]);
        causes.insert(world.told[0].cause.clone());
        ids.insert(world.told[0].finding.clone());
    }
    assert_eq!(ids.len(), 33);
    assert_eq!(Vec::from_iter(causes), ["subscription_lapsed/0101/dk-daycare/parental-payment/2023-04"]);
}

#[test]
fn a_lapse_nobody_acts_on_is_told_daily_and_lists_every_month() {
    let mut world = lapsed_case("DAY-1");
    world.live_until("2024-07-31");
    assert!(world.told.iter().all(|finding| finding.class == FindingClass::SubscriptionLapsed));
    assert_eq!(world.told.len(), 488, "once a day from 2023-04-01 to 2024-07-31");
    let last = world.told.last().unwrap();
    assert_eq!(last.amount.to_text(), "34192.00");
    for period in month("2023-04").through(month("2024-07")) {
        assert!(
            last.detail.contains(&format!("{period} 2137.00")),
            "{period} is not listed: {}",
            last.detail
        );
    }
    assert!(last.detail.starts_with("16 months"));
}

#[test]
fn a_lapse_is_resolved_month_by_month_by_the_documents_of_the_back_bill() {
    for by_command in [false, true] {
        let mut world = lapsed_case("DAY-1");
        world.live_until("2023-06-14");
        world.today = world.today.succ_opt().unwrap();
        world.renew("second", "2024-03");
        world.report(SubscriptionState::Active, "2024-03");
        for (number, period) in [("D4", "2023-04"), ("D5", "2023-05"), ("D6", "2023-06")] {
            if by_command {
                world.charged(number, period, 2137);
                world.post_for(number, number, period, 2137);
            } else {
                world.post_of_subscription(number, period, 2137);
            }
            if number == "D4" {
                world.live_until("2023-06-15");
                assert_eq!(world.told.last().unwrap().amount.to_text(), "4274.00");
                assert!(world.told.last().unwrap().detail.starts_with("2 months"));
            }
        }
        world.live_until("2023-06-16");
        let last = world.told.last().unwrap();
        assert!(matches!(last.state, FindingState::Resolved { .. }), "{:?}", world.story().last());
        // From then on the subscription bills again, and nothing more is told.
        world.live_until("2023-07-01");
        world.post_of_subscription("D7", "2023-07", 2137);
        world.live_until("2023-07-31");
        assert!(world.open_findings().is_empty(), "{:?}", world.open_findings());
    }
}

#[test]
fn a_month_billed_by_the_erp_and_by_command_after_a_lapse_is_a_duplicate_or_more_than_owed() {
    let mut world = lapsed_case("DAY-1");
    world.today = "2023-04-15".parse().unwrap();
    world.renew("second", "2024-03");
    world.report(SubscriptionState::Active, "2024-03");
    world.post_of_subscription("D4", "2023-04", 2137);
    world.charged("a", "2023-04", 2137);
    world.post_for("D5", "a", "2023-04", 2137);
    world.live_until("2023-04-20");
    let open = world.open_findings();
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].class, open[0].amount.to_text()),
        (FindingClass::NotCommanded, "-2137.00".to_owned())
    );
}

#[test]
fn a_subscription_that_runs_out_silently_is_a_lapse_on_the_first_day_not_covered() {
    let mut world = World::new("2022-12-20");
    for period in month("2023-01").through(month("2023-06")) {
        world.determine(&period.to_string(), 1, 2137, Standing);
    }
    world.open("2023-01", "2023-01", 2137);
    world.live_until("2023-01-01");
    world.post_of_subscription("D1", "2023-01", 2137);
    world.live_until("2023-02-01");
    let open: Vec<&str> = world.open_findings().iter().map(|finding| finding.class.name()).collect();
    assert_eq!(open, ["subscription_lapsed"]);
    world.live_until("2023-03-20");
    assert_eq!(world.open_findings().len(), 1);
    assert_eq!(world.open_findings()[0].amount.to_text(), "4274.00");
}

#[test]
fn a_subscription_closed_with_the_right_is_no_lapse() {
    let mut world = World::new("2022-12-20");
    for period in month("2023-01").through(month("2023-03")) {
        world.determine(&period.to_string(), 1, 2137, Standing);
    }
    world.determine("2023-04", 1, 0, Standing);
    world.open("2023-01", "2023-12", 2137);
    let subscription = super::world::subscription();
    world.order("close", messages::InvoiceOrder::CloseSubscription { subscription, last: month("2023-03") });
    world.accept("close");
    for (number, period) in [("D1", "2023-01"), ("D2", "2023-02"), ("D3", "2023-03")] {
        world.live_until(&format!("{period}-01"));
        world.post_of_subscription(number, period, 2137);
    }
    world.live_until("2023-03-31");
    world.today = world.today.succ_opt().unwrap();
    world.report(SubscriptionState::Ended, "2023-03");
    world.live_until("2023-12-31");
    assert!(world.told.is_empty(), "{:?}", world.story());
}
