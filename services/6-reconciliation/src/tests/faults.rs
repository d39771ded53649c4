//! Each fault of the ERP, in a month of a subscription among months that go well: one finding, of its class, and none
//! when nothing goes wrong.

use super::world::{World, document, month, person, subscription};
use domain::Money;
use messages::BillingMode::Standing;
use messages::PostedDocument;

/// Bills January to June 2023; `june` bills June, otherwise than the others. Returns what is told to the end of August.
fn year(fault_in: &str, fault: fn(&mut World, PostedDocument)) -> Vec<String> {
    let mut world = World::new("2022-12-20");
    for period in month("2023-01").through(month("2023-08")) {
        world.determine(&period.to_string(), 1, 2137, Standing);
    }
    world.open("2023-01", "2024-03", 2137);
    for period in month("2023-01").through(month("2023-08")) {
        world.live_until(&period.first_day().to_string());
        let right = PostedDocument {
            subscription: Some(subscription()),
            ..document(&format!("D{}", period.month()), &period.to_string(), 2137, world.today)
        };
        if period == month(fault_in) { fault(&mut world, right) } else { world.post(right) }
    }
    world.live_until("2023-08-31");
    world.story()
}

#[test]
fn an_undisturbed_year_tells_nothing() {
    assert_eq!(year("2023-03", |world, right| world.post(right)), Vec::<String>::new());
}

#[test]
fn a_document_dropped_is_missing() {
    assert_eq!(year("2023-03", |_, _| {}), ["2023-03-06 missing_in_erp 2023-03 2137.00 opened"]);
}

#[test]
fn a_document_posted_late_is_missing_until_then() {
    let story = year("2023-03", |world, right| {
        world.live_until("2023-03-21");
        world.post(PostedDocument { posted_on: world.today, ..right });
    });
    assert_eq!(
        story,
        [
            "2023-03-06 missing_in_erp 2023-03 2137.00 opened",
            "2023-03-21 missing_in_erp 2023-03 2137.00 resolved"
        ]
    );
}

#[test]
fn a_document_posted_twice_is_a_duplicate() {
    let story = year("2023-03", |world, right| {
        world.post(right.clone());
        world.post(PostedDocument { document: "X".to_owned(), ..right });
    });
    assert_eq!(story, ["2023-03-01 duplicate 2023-03 -2137.00 opened"]);
}

#[test]
fn another_amount_month_or_payer_is_told_once() {
    let amount =
        year("2023-03", |world, right| world.post(PostedDocument { amount: Money::dkk(2200), ..right }));
    assert_eq!(amount, ["2023-03-01 amount 2023-03 -63.00 opened"]);
    let payer = year("2023-03", |world, right| {
        world.post(PostedDocument { payer: Some(person("2105440637")), ..right });
    });
    assert_eq!(payer, ["2023-03-01 payer 2023-03 2137.00 opened"]);
    // The month after is billed rightly later: the document of the wrong month must not be taken for it, before or after.
    let period =
        year("2023-03", |world, right| world.post(PostedDocument { period: month("2023-04"), ..right }));
    assert_eq!(period, ["2023-03-01 period 2023-03 2137.00 opened"]);
}

#[test]
fn the_wrong_month_of_the_last_month_known_is_told_once() {
    let period =
        year("2023-08", |world, right| world.post(PostedDocument { period: month("2023-09"), ..right }));
    assert_eq!(period, ["2023-08-01 period 2023-08 2137.00 opened"]);
}

#[test]
fn a_document_cancelled_is_told_on_that_day() {
    let story = year("2023-03", |world, right| {
        world.post(right);
        world.live_until("2023-03-06");
        world.cancel("D3");
    });
    assert_eq!(story, ["2023-03-06 cancelled_in_erp 2023-03 2137.00 opened"]);
}

#[test]
fn a_document_that_nobody_ordered_is_told_beside_the_right_one() {
    let story = year("2023-03", |world, right| {
        let extra = PostedDocument {
            subscription: None,
            amount: Money::dkk(456),
            document: "X".to_owned(),
            ..right.clone()
        };
        world.post(extra);
        world.post(right);
    });
    assert_eq!(story, ["2023-03-01 unexpected 2023-03 -456.00 opened"]);
}

#[test]
fn two_faults_of_one_case_are_two_findings_and_do_not_cure_each_other() {
    let mut world = World::new("2022-12-20");
    for period in month("2023-01").through(month("2023-04")) {
        world.determine(&period.to_string(), 1, 2137, Standing);
    }
    world.open("2023-01", "2024-03", 2137);
    world.live_until("2023-01-01");
    world.post_of_subscription("D1", "2023-01", 2137);
    world.post_of_subscription("D1b", "2023-01", 2137);
    world.live_until("2023-02-01");
    world.post_of_subscription("D2", "2023-02", 2137);
    // March is dropped.
    world.live_until("2023-04-01");
    world.post_of_subscription("D4", "2023-04", 2137);
    world.live_until("2023-04-30");
    assert_eq!(
        world.story(),
        ["2023-01-01 duplicate 2023-01 -2137.00 opened", "2023-03-06 missing_in_erp 2023-03 2137.00 opened"]
    );
}
