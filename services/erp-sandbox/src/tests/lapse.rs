//! The Kvantum story: renewals are accepted and ignored.

use super::*;
use std::collections::BTreeSet;

const CASES: u32 = 60;

/// Opens subscriptions to March 2023, and renews each at once to June 2023; in April the next day's run is done.
async fn opened_and_renewed(erp: &Erp, order: impl Iterator<Item = u32>) {
    erp.day("2023-01-01").await;
    for number in order {
        erp.accepted("/subscriptions", &opening(number, "2023-01", "2023-03")).await;
        erp.accepted(&format!("/subscriptions/sub_{number}/renewals"), &renewal(number, "2023-06")).await;
    }
    erp.day("2023-04-01").await;
}

fn cases(log: &[Value]) -> BTreeSet<&str> {
    field(log, "case").into_iter().collect()
}

#[tokio::test]
async fn thirty_three_renewals_are_accepted_and_ignored_and_the_rest_work() {
    let erp = Erp::start("{kind: lapse, count: 33, from: 2023-04}").await;
    opened_and_renewed(&erp, 0..CASES).await;
    let log = erp.log();
    assert_eq!((log.len(), cases(&log).len()), (33, 33));
    assert!(
        log.iter().all(|line| line["kind"] == "lapse"
            && line["period"] == "2023-04"
            && line["amount"] == "1000.00")
    );
    let documents = erp.documents().await;
    let april: BTreeSet<&str> =
        documents.iter().filter(|d| d["period"] == "2023-04").map(|d| d["case"].as_str().unwrap()).collect();
    assert_eq!(april.len(), CASES as usize - 33);
    assert!(april.is_disjoint(&cases(&log)));
    let states = erp.entries("subscription_state").await;
    let ended: BTreeSet<&str> =
        states.iter().filter(|s| s["state"] == "ended").map(|s| s["case"].as_str().unwrap()).collect();
    assert_eq!(ended, cases(&log));
    assert!(
        states
            .iter()
            .filter(|s| s["state"] == "ended")
            .all(|s| s["valid_to"] == "2023-03" && s["as_of"] == "2023-04-01")
    );
}

#[tokio::test]
async fn the_same_cases_lapse_in_whatever_order_their_renewals_come() {
    let forward = Erp::start("{kind: lapse, count: 33, from: 2023-04}").await;
    opened_and_renewed(&forward, 0..CASES).await;
    let backward = Erp::start("{kind: lapse, count: 33, from: 2023-04}").await;
    opened_and_renewed(&backward, (0..CASES).rev()).await;
    assert_eq!(cases(&forward.log()), cases(&backward.log()));
}

#[tokio::test]
async fn sixteen_lapsed_months_are_invoiced_one_by_one_when_the_fault_is_lifted() {
    let erp = Erp::start("{kind: lapse, count: 1, from: 2023-04}").await;
    opened_and_renewed(&erp, 1..=1).await;
    assert_eq!(erp.documents().await.len(), 3);
    for (day, valid_to) in [("2023-06-15", "2023-12"), ("2023-12-15", "2024-06"), ("2024-06-15", "2024-12")] {
        erp.day(day).await;
        erp.accepted("/subscriptions/sub_1/renewals", &renewal(1, valid_to)).await;
    }
    let change = json!({ "command_id": "cmd_c", "from": "2024-01", "amount": { "amount": "1100.00", "currency": "DKK" } });
    erp.accepted("/subscriptions/sub_1/changes", &change).await;
    erp.day("2024-07-20").await;
    assert_eq!((erp.documents().await.len(), erp.log().len()), (3, 1));
    erp.control(Method::DELETE, "faults/lapse", &json!({})).await;
    erp.day("2024-07-21").await;
    assert_eq!(erp.documents().await.len(), 3, "an ended subscription stays ended until it is renewed");
    let mut again = renewal(1, "2024-12");
    again["command_id"] = json!("cmd_after-the-fault");
    erp.accepted("/subscriptions/sub_1/renewals", &again).await;
    erp.day("2024-07-22").await;
    let documents = erp.documents().await;
    let back = &documents[3..];
    assert_eq!(
        (back.len(), back[0]["period"].as_str(), back[15]["period"].as_str()),
        (16, Some("2023-04"), Some("2024-07"))
    );
    assert!(back.iter().all(|d| d["posted_on"] == "2024-07-22" && d["due_on"] == "2024-08-01"));
    assert_eq!(amounts(back), [["1000.00"; 9].as_slice(), ["1100.00"; 7].as_slice()].concat());
}
