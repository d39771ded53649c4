//! What a subscription invoices.

use super::*;

#[tokio::test]
async fn sixteen_months_with_monthly_renewals_are_invoiced_once_each() {
    let erp = Erp::start("").await;
    erp.day("2023-03-20").await;
    erp.accepted("/subscriptions", &opening(1, "2023-04", "2023-04")).await;
    let months = [
        "2023-04", "2023-05", "2023-06", "2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12",
        "2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06", "2024-07",
    ];
    for pair in months.windows(2) {
        erp.day(&format!("{}-01", pair[0])).await;
        erp.day(&format!("{}-20", pair[0])).await;
        erp.accepted("/subscriptions/sub_1/renewals", &renewal(1, pair[1])).await;
    }
    erp.day("2024-09-01").await;
    let documents = erp.documents().await;
    assert_eq!(field(&documents, "period"), months);
    assert_eq!(documents[5]["posted_on"], "2023-09-01");
    assert!(documents.iter().all(|d| d["subscription"] == "sub_1" && d.get("command_id").is_none()));
    let states = erp.entries("subscription_state").await;
    let last = states.last().unwrap();
    assert_eq!(
        (&last["state"], &last["valid_to"], &last["as_of"]),
        (&json!("ended"), &json!("2024-07"), &json!("2024-08-01"))
    );
    assert_eq!(states.len(), 1 + 15 + 1);
}

#[tokio::test]
async fn a_day_is_run_once_in_order_and_never_goes_back() {
    let erp = Erp::start("").await;
    erp.day("2023-01-01").await;
    for number in 1..=3 {
        erp.accepted("/subscriptions", &opening(number, "2023-01", "2023-12")).await;
    }
    let answer = erp.day("2023-03-15").await;
    assert_eq!(answer["entries"], 6);
    assert_eq!(erp.day("2023-03-15").await["entries"], 0);
    let posted = erp.documents().await;
    assert_eq!(
        field(&posted, "posted_on"),
        [
            "2023-01-01",
            "2023-01-01",
            "2023-01-01",
            "2023-02-01",
            "2023-02-01",
            "2023-02-01",
            "2023-03-01",
            "2023-03-01",
            "2023-03-01"
        ]
    );
    let (status, problem) = erp.control(Method::POST, "day", &json!({ "date": "2023-03-14" })).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("day_back")));
    let (status, problem) = erp.control(Method::POST, "day", &json!({ "date": "2123-03-14" })).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("day_too_far")));
}

#[tokio::test]
async fn more_subscriptions_than_a_page_are_all_invoiced() {
    let erp = Erp::start("").await;
    erp.day("2023-01-01").await;
    let bodies: Vec<Value> = (0..1_100).map(|number| opening(number, "2023-02", "2023-12")).collect();
    for some in bodies.chunks(200) {
        futures::future::join_all(some.iter().map(|body| erp.accepted("/subscriptions", body))).await;
    }
    assert_eq!(erp.day("2023-03-01").await["entries"], 2_200);
}

#[tokio::test]
async fn a_change_and_a_closure_hold_from_their_month() {
    let erp = Erp::start("").await;
    erp.day("2023-01-10").await;
    erp.accepted("/subscriptions", &opening(1, "2023-01", "2023-12")).await;
    let change = json!({ "command_id": "cmd_c", "from": "2023-03", "amount": { "amount": "800.50", "currency": "DKK" } });
    erp.accepted("/subscriptions/sub_1/changes", &change).await;
    erp.accepted("/subscriptions/sub_1/closure", &json!({ "command_id": "cmd_x", "last_period": "2023-03" }))
        .await;
    erp.day("2024-01-01").await;
    assert_eq!(amounts(&erp.documents().await), ["1000.00", "1000.00", "800.50"]);
    assert_eq!(erp.entries("subscription_state").await[1]["as_of"], "2023-04-01");
    let (_, problem) = erp.post("/subscriptions/sub_1/renewals", &renewal(1, "2024-06")).await;
    assert_eq!(problem["code"], "subscription_closed");
    let mut again = opening(1, "2024-01", "2024-02");
    again["command_id"] = json!("cmd_again");
    erp.accepted("/subscriptions", &again).await;
    assert_eq!(erp.documents().await.len(), 4);
}

#[tokio::test]
async fn payments_come_when_wanted_once_and_not_for_cancelled_documents() {
    let erp = Erp::start("{kind: cancel, days: 1, cases: [C-1]}").await;
    erp.day("2023-03-20").await;
    for number in 1..=2 {
        erp.accepted("/claims", &claim(number)).await;
    }
    erp.day("2023-04-10").await;
    assert!(erp.entries("payment").await.is_empty());
    for date in ["2023-04-11", "2023-04-12"] {
        erp.control(Method::POST, "day", &json!({ "date": date, "payments": true })).await;
    }
    let payments = erp.entries("payment").await;
    assert_eq!(amounts(&payments), ["2137.00"]);
    assert_eq!(payments[0]["document_no"], erp.documents().await[1]["document_no"]);
}

#[tokio::test]
async fn of_two_renewals_of_one_day_the_further_one_holds_and_a_closure_beats_both() {
    let erp = Erp::start("").await;
    erp.day("2023-01-10").await;
    for number in 1..=2 {
        erp.accepted("/subscriptions", &opening(number, "2023-01", "2023-01")).await;
        for valid_to in ["2023-04", "2023-03"] {
            erp.accepted(&format!("/subscriptions/sub_{number}/renewals"), &renewal(number, valid_to)).await;
        }
    }
    let closure = json!({ "command_id": "cmd_x", "last_period": "2022-12" });
    erp.accepted("/subscriptions/sub_2/closure", &closure).await;
    erp.day("2023-07-01").await;
    let documents = erp.documents().await;
    assert_eq!(field(&documents, "subscription"), ["sub_1", "sub_2", "sub_1", "sub_1", "sub_1"]);
    let states = erp.entries("subscription_state").await;
    assert_eq!(states.iter().filter(|s| s["subscription"] == "sub_2" && s["state"] == "active").count(), 1);
    assert_eq!(states.last().unwrap()["valid_to"], "2023-04");
}
