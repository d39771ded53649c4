//! Each class of finding from the shortest history that has it: when it opens, and what resolves it.

use super::world::{World, charge, charge_type, day, document, erp, month, person, subscription};
use crate::ReconciliationSettings;
use domain::{CaseId, Money};
use messages::BillingMode::{Monthly, Standing};
use messages::{
    ErpFact, Finding, FindingClass, FindingState, InvoiceOrder, PostedDocument, SubscriptionState,
};

#[test]
fn what_is_owed_and_never_ordered_is_found_three_days_before_it_is_due() {
    let mut world = World::new("2023-03-01");
    world.determine("2023-04", 1, 2137, Monthly);
    world.live_until("2023-03-28");
    assert!(world.told.is_empty());
    world.live_until("2023-04-10");
    assert_eq!(world.story(), ["2023-03-29 not_commanded 2023-04 2137.00 opened"]);
    world.charged("a", "2023-04", 2137);
    world.live_until("2023-04-11");
    assert_eq!(world.story()[1..], ["2023-04-10 not_commanded 2023-04 2137.00 resolved"]);
}

#[test]
fn an_order_refused_is_a_finding_at_once_until_another_is_accepted() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.order("a", charge("2023-04", 2137));
    world.reject("a", "unknown_debtor");
    world.live_until("2023-04-20");
    assert_eq!(world.story(), ["2023-03-21 rejected 2023-04 2137.00 opened"]);
    assert_eq!(world.told[0].cause, "rejected/0101/dk-daycare/parental-payment/unknown_debtor");
    world.order("b", charge("2023-04", 2137));
    world.live_until("2023-04-21");
    assert_eq!(world.open_findings().len(), 1, "an order without an answer is no evidence");
    world.accept("b");
    world.post_for("D1", "b", "2023-04", 2137);
    world.live_until("2023-05-20");
    assert_eq!(world.story()[1..], ["2023-04-21 rejected 2023-04 2137.00 resolved"]);
}

#[test]
fn an_order_without_an_answer_is_found_after_three_days_and_a_document_proves_it_done() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.order("a", charge("2023-04", 2137));
    world.erp(ErpFact::CommandUnknown { command: super::world::command_id("a") });
    world.live_until("2023-03-30");
    assert_eq!(world.story(), ["2023-03-24 unconfirmed 2023-04 2137.00 opened"]);
    world.post_for("D1", "a", "2023-04", 2137);
    world.live_until("2023-04-30");
    assert_eq!(world.story()[1..], ["2023-03-30 unconfirmed 2023-04 2137.00 resolved"]);
    let FindingState::Resolved { evidence, .. } = &world.told[1].state else { panic!("not resolved") };
    assert!(evidence.contains("D1"), "the evidence is named: {evidence}");
}

#[test]
fn an_accepted_order_without_a_document_is_missing_after_five_days() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.charged("a", "2023-04", 2137);
    world.live_until("2023-04-10");
    assert_eq!(world.story(), ["2023-03-26 missing_in_erp 2023-04 2137.00 opened"]);
    world.post_for("D1", "a", "2023-04", 2137);
    world.live_until("2023-04-11");
    assert!(world.open_findings().is_empty());
}

#[test]
fn a_document_cancelled_is_found_and_reopened_when_its_replacement_is_cancelled_too() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.charged("a", "2023-04", 2137);
    world.post_for("D1", "a", "2023-04", 2137);
    world.live_until("2023-03-30");
    assert!(world.told.is_empty());
    world.cancel("D1");
    world.live_until("2023-04-02");
    world.post_for("D2", "a", "2023-04", 2137);
    world.live_until("2023-04-05");
    world.cancel("D2");
    world.live_until("2023-04-06");
    assert_eq!(
        world.story(),
        [
            "2023-03-30 cancelled_in_erp 2023-04 2137.00 opened",
            "2023-04-02 cancelled_in_erp 2023-04 2137.00 resolved",
            "2023-04-05 cancelled_in_erp 2023-04 2137.00 reopened",
        ]
    );
    assert_eq!(world.told[2].opened_on, day("2023-03-30"));
}

#[test]
fn a_cancelled_document_of_what_is_no_longer_owed_is_no_finding() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.charged("a", "2023-04", 2137);
    world.post_for("D1", "a", "2023-04", 2137);
    world.determine("2023-04", 2, 0, Monthly);
    world.cancel("D1");
    world.live_until("2023-06-01");
    assert!(world.told.is_empty(), "{:?}", world.story());
}

#[test]
fn a_second_document_is_a_duplicate_until_it_is_cancelled_or_credited() {
    for cured_by_credit in [false, true] {
        let mut world = World::new("2023-03-21");
        world.determine("2023-04", 1, 2137, Monthly);
        world.charged("a", "2023-04", 2137);
        world.post_for("D1", "a", "2023-04", 2137);
        world.post_for("D2", "a", "2023-04", 2137);
        world.live_until("2023-04-10");
        assert_eq!(world.story(), ["2023-03-21 duplicate 2023-04 -2137.00 opened"]);
        assert_eq!(world.told[0].documents, ["D2"]);
        if cured_by_credit {
            world.post(document("D3", "2023-04", -2137, day("2023-04-10")));
        } else {
            world.cancel("D1");
        }
        world.live_until("2023-05-10");
        assert_eq!(world.story()[1..], ["2023-04-10 duplicate 2023-04 -2137.00 resolved"]);
    }
}

#[test]
fn another_amount_month_or_payer_is_its_own_class() {
    let wrong = |change: fn(&mut PostedDocument)| {
        let mut world = World::new("2023-03-21");
        world.determine("2023-04", 1, 2137, Monthly);
        world.charged("a", "2023-04", 2137);
        let mut posted = document("D1", "2023-04", 2137, world.today);
        posted.command = Some(super::world::command_id("a"));
        change(&mut posted);
        world.post(posted);
        world.live_until("2023-06-10");
        world.story()
    };
    assert_eq!(wrong(|_| {}), Vec::<String>::new());
    assert_eq!(wrong(|d| d.amount = Money::dkk(2000)), ["2023-03-21 amount 2023-04 137.00 opened"]);
    assert_eq!(wrong(|d| d.period = month("2023-05")), ["2023-03-21 period 2023-04 2137.00 opened"]);
    assert_eq!(wrong(|d| d.payer = Some(person("2105440637"))), ["2023-03-21 payer 2023-04 2137.00 opened"]);
    assert_eq!(wrong(|d| d.payer = None), ["2023-03-21 payer 2023-04 2137.00 opened"]);
}

#[test]
fn a_document_that_nobody_ordered_is_found_with_and_without_a_case() {
    let mut world = World::new("2023-04-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.charged("a", "2023-04", 2137);
    world.post_for("D1", "a", "2023-04", 2137);
    world.post(document("D2", "2023-04", 300, day("2023-04-21")));
    world.live_until("2023-05-21");
    assert_eq!(world.story(), ["2023-04-21 unexpected 2023-04 -300.00 opened"]);
    assert_eq!(world.told[0].case, CaseId::parse("DAY-1").ok());

    let mut world = World::with("2023-04-21", "document:D9", ReconciliationSettings::default());
    world.receive(&erp(
        None,
        ErpFact::DocumentPosted(document("D9", "2023-04", 300, day("2023-04-21"))),
        day("2023-04-21"),
    ));
    world.live_until("2023-05-21");
    assert_eq!(world.story(), ["2023-04-21 unexpected 2023-04 -300.00 opened"]);
    assert_eq!((world.told[0].case.clone(), world.told[0].authority.clone()), (None, None));
    world.receive(&erp(
        None,
        ErpFact::DocumentCancelled {
            document: "D9".to_owned(),
            cancelled_on: day("2023-05-21"),
            reason: String::new(),
        },
        day("2023-05-21"),
    ));
    world.live_until("2023-05-22");
    assert!(world.open_findings().is_empty());
}

#[test]
fn an_order_for_a_month_that_was_never_determined_is_unexpected_after_three_days() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.charged("a", "2023-04", 2137);
    world.post_for("D1", "a", "2023-04", 2137);
    world.charged("b", "2023-05", 2137);
    world.post_for("D2", "b", "2023-05", 2137);
    world.live_until("2023-05-21");
    assert_eq!(world.story(), ["2023-03-24 unexpected 2023-05 -2137.00 opened"]);
}

#[test]
fn a_correction_under_way_is_no_finding_and_nets_to_none() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.charged("a", "2023-04", 2137);
    world.post_for("D1", "a", "2023-04", 2137);
    world.live_until("2023-06-10");
    world.determine("2023-04", 2, 1811, Monthly);
    world.live_until("2023-06-11");
    world.charged("b", "2023-04", -326);
    world.live_until("2023-06-12");
    world.post_for("D2", "b", "2023-04", -326);
    world.live_until("2023-12-31");
    assert!(world.told.is_empty(), "{:?}", world.story());
}

#[test]
fn a_correction_that_nobody_orders_is_a_finding_below_zero() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-04", 1, 2137, Monthly);
    world.charged("a", "2023-04", 2137);
    world.post_for("D1", "a", "2023-04", 2137);
    world.live_until("2023-06-10");
    world.determine("2023-04", 2, 1811, Monthly);
    world.live_until("2023-12-31");
    assert_eq!(world.story(), ["2023-06-13 not_commanded 2023-04 -326.00 opened"]);
}

#[test]
fn an_exempted_month_that_is_billed_is_found() {
    let mut world = World::new("2023-03-21");
    world.determine("2023-07", 1, 2137, Monthly);
    let fact = messages::AssessmentFact::Exempted {
        payer: super::world::payer(),
        charge_type: charge_type(),
        period: month("2023-07"),
        reason: "free month".to_owned(),
    };
    world.receive(&super::world::assessment("DAY-1", fact, day("2023-03-21")));
    world.live_until("2023-07-10");
    assert!(world.told.is_empty());
    world.charged("a", "2023-07", 2137);
    world.live_until("2023-07-14");
    assert_eq!(world.story(), ["2023-07-13 not_commanded 2023-07 -2137.00 opened"]);
}

/// A subscription to March that has billed each of its months; the right runs on.
fn billed_to_march(settings: ReconciliationSettings) -> World {
    let mut world = World::with("2022-12-20", "DAY-1", settings);
    for period in month("2023-01").through(month("2023-05")) {
        world.determine(&period.to_string(), 1, 2137, Standing);
    }
    world.open("2023-01", "2023-03", 2137);
    for (number, period) in [("D1", "2023-01"), ("D2", "2023-02"), ("D3", "2023-03")] {
        world.live_until(&format!("{period}-01"));
        world.post_of_subscription(number, period, 2137);
    }
    world
}

#[test]
fn an_end_ahead_is_told_45_15_and_1_days_before_until_it_is_renewed() {
    let history = |renewed_on: Option<&str>, settings: ReconciliationSettings| {
        let mut world = billed_to_march(settings);
        if let Some(day) = renewed_on {
            world.live_until(day);
            world.renew("renewal", "2024-03");
        }
        world.live_until("2023-03-31");
        world.story()
    };
    let told = [
        "2023-02-14 subscription_expiring 2023-04 2137.00 opened",
        "2023-03-16 subscription_expiring 2023-04 2137.00 repeated",
        "2023-03-30 subscription_expiring 2023-04 2137.00 repeated",
    ];
    let default = ReconciliationSettings::default();
    assert_eq!(history(None, default.clone())[..3], told);
    assert_eq!(
        history(Some("2023-03-20"), default.clone()),
        [told[0], told[1], "2023-03-20 subscription_expiring 2023-04 2137.00 resolved"]
    );
    let wary = ReconciliationSettings { trust_accepted_renewals: false, ..default };
    assert_eq!(history(Some("2023-03-05"), wary), told, "the ledger does not show the renewal");
}

#[test]
fn an_end_that_has_come_stays_told_until_the_ledger_shows_what_became_of_it() {
    for lapsed in [true, false] {
        let settings = ReconciliationSettings { trust_accepted_renewals: false, ..Default::default() };
        let mut world = billed_to_march(settings);
        world.renew("renewal", "2024-03");
        world.live_until("2023-04-03");
        let expiring = |world: &World| {
            let of = |one: &&Finding| one.class == FindingClass::SubscriptionExpiring;
            world.told.iter().rfind(of).unwrap().state.clone()
        };
        assert!(!matches!(expiring(&world), FindingState::Resolved { .. }));
        let (state, to) = if lapsed {
            (SubscriptionState::Ended, "2023-03")
        } else {
            (SubscriptionState::Active, "2024-03")
        };
        world.report(state, to);
        world.live_until("2023-04-04");
        let FindingState::Resolved { evidence, .. } = expiring(&world) else { panic!("the ledger tells") };
        assert!(evidence.contains(&format!("{state:?} to {to}")), "{evidence}");
        assert_eq!(evidence.contains("told as subscription_lapsed"), lapsed, "{evidence}");
    }
}

#[test]
fn a_refused_renewal_is_a_finding_instead_of_an_end_ahead() {
    let mut world = World::new("2023-01-20");
    for period in month("2023-02").through(month("2023-05")) {
        world.determine(&period.to_string(), 1, 2137, Standing);
    }
    world.open("2023-02", "2023-03", 2137);
    world.order(
        "r",
        InvoiceOrder::RenewSubscription { subscription: subscription(), valid_to: month("2024-03") },
    );
    world.reject("r", "locked");
    world.live_until("2023-02-01");
    world.post_of_subscription("D1", "2023-02", 2137);
    world.live_until("2023-03-01");
    world.post_of_subscription("D2", "2023-03", 2137);
    world.live_until("2023-03-31");
    assert_eq!(world.story(), ["2023-01-20 rejected 2023-04 2137.00 opened"]);
    world.report(SubscriptionState::Ended, "2023-03");
    world.live_until("2023-04-01");
    let open: Vec<&str> = world.open_findings().iter().map(|finding| finding.class.name()).collect();
    assert_eq!(open, ["subscription_lapsed"]);
}

#[test]
fn a_refused_opening_is_one_finding_for_all_its_months() {
    let mut world = World::new("2022-12-20");
    for period in month("2023-01").through(month("2023-03")) {
        world.determine(&period.to_string(), 1, 2137, Standing);
    }
    let order = InvoiceOrder::OpenSubscription {
        subscription: subscription(),
        from: month("2023-01"),
        valid_to: month("2023-03"),
        amount: Money::dkk(2137),
    };
    world.order("open", order);
    world.reject("open", "locked");
    world.live_until("2023-03-31");
    assert_eq!(world.story(), ["2022-12-20 rejected 2023-01 6411.00 opened"]);
}

#[test]
fn a_document_that_comes_again_with_other_content_is_refused() {
    let mut world = World::new("2023-04-21");
    world.post(document("D1", "2023-04", 300, day("2023-04-21")));
    let changed = erp(
        Some("DAY-1"),
        ErpFact::DocumentPosted(document("D1", "2023-04", 301, day("2023-04-21"))),
        world.today,
    );
    let messages::Message::ErpEvents(event) = &changed else { panic!("an ERP event") };
    let mut state = world.state.clone().unwrap();
    assert!(state.record_erp(&event.data).is_err());
}
