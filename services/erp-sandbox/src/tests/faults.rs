//! Each fault leaves exactly what it says in ledger and faults log. `lapse` has a file of its own.

use super::*;

/// Two claims under one fault that hits the first; the ledger's documents and the only line of the log.
async fn hit_once(fault: &str) -> (Erp, Vec<Value>, Value) {
    let erp = Erp::start(&format!("{{{fault}, count: 1}}")).await;
    erp.day("2023-03-20").await;
    for number in 1..=2 {
        erp.accepted("/claims", &claim(number)).await;
    }
    let documents = erp.documents().await;
    let mut log = erp.log();
    assert_eq!(log.len(), 1, "{log:?}");
    let line = log.remove(0);
    for (name, value) in [("period", "2023-04"), ("opened_on", "2023-03-20"), ("payer", PAYER_KEY)] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(
        (&line["charge_type"], &line["currency"]),
        (&json!("dk-daycare/parental-payment"), &json!("DKK"))
    );
    assert!(!line.to_string().contains("2105440645"));
    (erp, documents, line)
}

#[tokio::test]
async fn drop_posts_nothing_although_the_command_is_accepted() {
    let (erp, documents, line) = hit_once("kind: drop").await;
    assert_eq!(field(&documents, "command_id"), ["cmd_2"]);
    assert_eq!(
        (&line["kind"], &line["case"], &line["amount"]),
        (&json!("drop"), &json!("C-1"), &json!("2137.00"))
    );
    assert_eq!((&line["command_id"], &line["document_no"]), (&json!("cmd_1"), &Value::Null));
    assert_eq!(erp.get("/commands/cmd_1").await.1["state"], "accepted");
    assert_eq!(erp.entries("receipt").await.len(), 2);
}

#[tokio::test]
async fn duplicate_posts_twice_under_two_numbers() {
    let (_erp, documents, line) = hit_once("kind: duplicate").await;
    assert_eq!(field(&documents, "command_id"), ["cmd_1", "cmd_1", "cmd_2"]);
    assert_ne!(documents[0]["document_no"], documents[1]["document_no"]);
    assert_eq!(line["document_no"], documents[1]["document_no"]);
}

#[tokio::test]
async fn amount_period_and_payer_change_only_that() {
    for (kind, path, posted) in [
        ("amount", "/amount/amount", "posted_amount"),
        ("period", "/period", "posted_period"),
        ("payer", "/payer_key", "posted_payer"),
    ] {
        let (_erp, documents, line) = hit_once(&format!("kind: {kind}")).await;
        let [wrong, right] = documents.as_slice() else { panic!("{documents:?}") };
        assert_ne!(wrong.pointer(path), right.pointer(path), "{kind}");
        assert_eq!(wrong.pointer(path), Some(&line[posted]));
        let (mut mended, mut other) = (wrong.clone(), right.clone());
        *mended.pointer_mut(path).unwrap() = right.pointer(path).unwrap().clone();
        for own in ["seq", "document_no", "command_id", "case"] {
            mended[own] = Value::Null;
            other[own] = Value::Null;
        }
        assert_eq!(mended, other, "{kind}");
        assert_eq!((&line["kind"], &line["amount"]), (&json!(kind), &json!("2137.00")));
    }
}

#[tokio::test]
async fn cancel_cancels_days_later_and_logs_it_then() {
    let erp = Erp::start("{kind: cancel, days: 3, count: 1}").await;
    erp.day("2023-03-20").await;
    erp.accepted("/claims", &claim(1)).await;
    erp.day("2023-03-22").await;
    assert!(erp.log().is_empty() && erp.entries("cancellation").await.is_empty());
    erp.day("2023-03-25").await;
    let cancelled = erp.entries("cancellation").await;
    assert_eq!((cancelled.len(), &cancelled[0]["cancelled_on"]), (1, &json!("2023-03-23")));
    assert_eq!(cancelled[0]["document_no"], erp.documents().await[0]["document_no"]);
    let log = erp.log();
    assert_eq!((log.len(), &log[0]["opened_on"]), (1, &json!("2023-03-23")));
    assert_eq!(log[0]["document_no"], cancelled[0]["document_no"]);
}

#[tokio::test]
async fn unexpected_posts_a_document_without_a_case_beside_the_ordered_one() {
    let (erp, documents, line) = hit_once("kind: unexpected").await;
    assert_eq!(documents.len(), 3);
    let extra = &documents[1];
    assert!(extra.get("case").is_none() && extra.get("subscription").is_none());
    let reference = extra["command_id"].as_str().unwrap();
    assert_eq!(erp.get(&format!("/commands/{reference}")).await.0, StatusCode::NOT_FOUND);
    assert_eq!((&line["case"], &line["document_no"]), (&Value::Null, &extra["document_no"]));
    assert_eq!((&line["amount"], &line["command_id"]), (&extra["amount"]["amount"], &json!(reference)));
}

#[tokio::test]
async fn late_posts_days_later_once() {
    let (erp, documents, line) = hit_once("kind: late").await;
    assert_eq!(field(&documents, "command_id"), ["cmd_2"]);
    assert_eq!((&line["command_id"], &line["days"]), (&json!("cmd_1"), &json!(20)));
    erp.day("2023-04-08").await;
    assert_eq!(erp.documents().await.len(), 1);
    erp.day("2023-04-30").await;
    let documents = erp.documents().await;
    assert_eq!(documents.len(), 2);
    assert_eq!(
        (&documents[1]["posted_on"], &documents[1]["due_on"]),
        (&json!("2023-04-09"), &json!("2023-04-01"))
    );
}

#[tokio::test]
async fn reject_rejects_and_stays_so() {
    let erp = Erp::start("{kind: reject, count: 1}").await;
    erp.day("2023-03-20").await;
    for _ in 0..2 {
        let (status, problem) = erp.post("/claims", &claim(1)).await;
        assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("rejected")));
    }
    assert_eq!(erp.get("/commands/cmd_1").await.1["state"], "rejected");
    erp.accepted("/claims", &claim(2)).await;
    assert_eq!((erp.documents().await.len(), erp.log().len()), (1, 1));
    assert_eq!(erp.log()[0]["command_id"], "cmd_1");
}

#[tokio::test]
async fn timeout_after_post_posts_and_breaks_the_connection() {
    let erp = Erp::start("{kind: timeout_after_post, count: 1}").await;
    erp.day("2023-03-20").await;
    let post = || erp.request(Method::POST, "/claims").header("Idempotency-Key", "cmd_1").json(&claim(1));
    let error = post().send().await.unwrap_err();
    assert!(!error.is_timeout() && error.status().is_none(), "{error:?}");
    let (_, told) = erp.get("/commands/cmd_1").await;
    assert_eq!(told["state"], "accepted");
    let (status, answer) = erp.send(post()).await;
    assert_eq!((status, &answer["receipt"]), (StatusCode::OK, &told["receipt"]));
    assert_eq!((erp.documents().await.len(), erp.log().len()), (1, 1));
    assert_eq!(erp.log()[0]["kind"], "timeout_after_post");
}

#[tokio::test]
async fn a_document_of_a_subscription_is_hit_like_a_claim() {
    let erp =
        Erp::start("{kind: drop, from: 2023-02, count: 1}, {kind: duplicate, from: 2023-03, to: 2023-03}")
            .await;
    erp.day("2023-01-01").await;
    erp.accepted("/subscriptions", &opening(1, "2023-01", "2023-04")).await;
    erp.day("2023-05-01").await;
    assert_eq!(field(&erp.documents().await, "period"), ["2023-01", "2023-03", "2023-03", "2023-04"]);
    let log = erp.log();
    assert_eq!(
        (field(&log, "kind"), field(&log, "period")),
        (vec!["drop", "duplicate"], vec!["2023-02", "2023-03"])
    );
    assert_eq!((&log[0]["subscription"], &log[0]["opened_on"]), (&json!("sub_1"), &json!("2023-02-01")));
}
