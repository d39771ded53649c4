//! Every operation as `schemas/erp-claims.openapi.yaml` describes it.

use super::*;
use crate::http::PATHS;

fn openapi() -> Value {
    serde_saphyr::from_str(include_str!("../../../../schemas/erp-claims.openapi.yaml")).unwrap()
}

/// Asserts that a value is one of the contract's schema of this name.
fn assert_is(schema: &str, value: &Value) {
    let root =
        json!({ "$ref": format!("#/components/schemas/{schema}"), "components": openapi()["components"] });
    let validator = jsonschema::draft202012::new(&root).unwrap();
    if let Err(error) = validator.validate(value) {
        panic!("{schema}: {error} in {value}");
    }
}

/// The example body of an operation.
fn example(path: &str) -> Value {
    openapi()["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"].clone()
}

#[test]
fn the_openapi_file_names_every_route_of_the_server_and_no_other() {
    let openapi = openapi();
    let mut named: Vec<&str> = openapi["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut served = PATHS.to_vec();
    named.sort_unstable();
    served.sort_unstable();
    assert_eq!(named, served);
}

#[tokio::test]
async fn the_examples_of_the_contract_are_accepted_in_their_order() {
    let erp = Erp::start("").await;
    erp.day("2023-01-15").await;
    let subscription = example("/subscriptions")["subscription"].as_str().unwrap().to_owned();
    let bodies =
        ["Claim", "SubscriptionOpening", "SubscriptionChange", "SubscriptionRenewal", "SubscriptionClosure"];
    for (path, schema) in PATHS.into_iter().zip(bodies) {
        let body = example(path);
        assert_is(schema, &body);
        let answer = erp.accepted(&path.replace("{subscription}", &subscription), &body).await;
        assert_is("Acceptance", &answer);
        let (status, told) = erp.get(&format!("/commands/{}", body["command_id"].as_str().unwrap())).await;
        assert_eq!((status, &told["state"]), (StatusCode::OK, &json!("accepted")));
        assert_eq!(told["receipt"], answer["receipt"]);
        assert_is("CommandStatus", &told);
    }
    let (_, page) = erp.get("/ledger").await;
    assert_is("LedgerPage", &page);
    assert_eq!(page["entries"].as_array().unwrap().len(), 5 + 2 + 1, "receipts, documents, a state: {page}");
}

#[tokio::test]
async fn every_kind_of_ledger_entry_is_one_of_the_contract() {
    let erp = Erp::start("{kind: cancel, days: 1, cases: [C-1]}, {kind: unexpected, count: 1}").await;
    erp.day("2023-01-15").await;
    erp.accepted("/claims", &claim(1)).await;
    erp.accepted("/claims", &claim(2)).await;
    erp.accepted("/subscriptions", &opening(3, "2023-01", "2023-01")).await;
    erp.control(Method::POST, "day", &json!({ "date": "2023-05-01", "payments": true })).await;
    let ledger = erp.ledger().await;
    for kind in ["document", "cancellation", "receipt", "payment", "subscription_state"] {
        assert!(ledger.iter().any(|entry| entry["kind"] == kind), "{kind}");
    }
    for entry in &ledger {
        assert_is("LedgerEntry", entry);
        // Only the document that nobody ordered has no case; everything has a payer.
        assert!(
            entry["case"].is_string() || entry["kind"] == "document" || entry["kind"] == "payment",
            "{entry}"
        );
        assert!(entry["payer_key"].is_string(), "{entry}");
    }
    let cancelled = ledger.iter().find(|entry| entry["kind"] == "cancellation").unwrap();
    assert_eq!(cancelled["case"], "C-1");
    let numbers: Vec<i64> = ledger.iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=ledger.len() as i64).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_another_body_a_conflict() {
    let erp = Erp::start("").await;
    erp.day("2023-03-20").await;
    let first = erp.accepted("/claims", &claim(1)).await;
    erp.day("2023-03-21").await;
    assert_eq!(erp.post("/claims", &claim(1)).await, (StatusCode::OK, first));
    let mut other = claim(1);
    other["amount"]["amount"] = json!("2138.00");
    let (status, problem) = erp.post("/claims", &other).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("idempotency_conflict")));
    assert_is("Problem", &problem);
    assert_eq!(erp.documents().await.len(), 1);
}

#[tokio::test]
async fn a_body_that_is_wrong_is_told_by_its_pointer_and_records_nothing() {
    let erp = Erp::start("").await;
    erp.day("2023-03-20").await;
    for (pointer, value) in [
        ("/amount/amount", json!({ "amount": 2137.5, "currency": "DKK" })),
        ("/amount", json!({ "amount": "0.00", "currency": "DKK" })),
        ("/payer", json!("2105")),
        ("/payer", json!(2_105_440_645_u64)),
        ("/period", json!("2023-13")),
        ("/settles", json!("Ø")),
    ] {
        let mut body = claim(1);
        body[pointer.split('/').nth(1).unwrap()] = value;
        let (status, problem) = erp.post("/claims", &body).await;
        assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &json!("invalid_body")));
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert!(!problem.to_string().contains("2105440645"));
        assert_is("Problem", &problem);
    }
    let (status, problem) = erp.get("/commands/cmd_1").await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("unknown_command")));
    assert!(erp.ledger().await.is_empty());
}

#[tokio::test]
async fn requests_against_the_contract_are_refused_with_their_code() {
    let erp = Erp::start("").await;
    erp.day("2023-03-20").await;
    let post = |path: &str| erp.request(Method::POST, path);
    let big = format!("\"{}\"", "x".repeat(70_000));
    let json_type = ("content-type", "application/json");
    for (request, status, code) in [
        (post("/claims").json(&claim(1)), 400, "idempotency_key_missing"),
        (post("/claims").header("Idempotency-Key", "cmd_2").json(&claim(1)), 400, "idempotency_key_differs"),
        (post("/claims").body("{}"), 415, "not_json"),
        (post("/claims").header(json_type.0, json_type.1).body(big), 413, "body_too_large"),
        (post("/subscriptions/x/changes").json(&json!({})), 400, "invalid_body"),
        (post("/subscriptions/x/renewals").json(&renewal(1, "2023-05")), 400, "invalid_path"),
        (erp.request(Method::GET, "/claims"), 405, "method_not_allowed"),
        (erp.request(Method::GET, "/ledger?limit=1001"), 400, "invalid_query"),
        (erp.request(Method::GET, "/ledger?from=1"), 400, "invalid_query"),
        (erp.request(Method::GET, "/nothing"), 404, "not_found"),
    ] {
        let request =
            if code == "invalid_path" { request.header("Idempotency-Key", "cmd_x") } else { request };
        let (got, problem) = erp.send(request).await;
        assert_eq!((got.as_u16(), problem["code"].as_str().unwrap()), (status, code), "{problem}");
    }
}

#[tokio::test]
async fn without_the_token_nothing_is_shown_and_without_a_day_nothing_is_taken() {
    let erp = Erp::start("").await;
    let url = format!("{}/ledger", erp.running.base_url());
    for request in [erp.client.get(&url), erp.client.get(&url).bearer_auth("wrong")] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "unauthorized");
    }
    let request = erp.request(Method::POST, "/claims").header("Idempotency-Key", "cmd_1").json(&claim(1));
    let answer = request.send().await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"1".parse().unwrap())
    );
    erp.day("2023-03-20").await;
    erp.accepted("/claims", &claim(1)).await;
}

#[tokio::test]
async fn what_a_rule_rejects_is_recorded_and_rejected_again() {
    let erp = Erp::start("").await;
    erp.day("2023-03-20").await;
    erp.accepted("/subscriptions", &opening(1, "2023-01", "2023-06")).await;
    let change = |n: u32, from: &str, currency: &str| json!({ "command_id": format!("cmd_c{n}"), "from": from, "amount": { "amount": "1", "currency": currency } });
    let mut again = opening(1, "2023-08", "2023-12");
    again["command_id"] = json!("cmd_again");
    for (path, body, code) in [
        ("/subscriptions", again, "subscription_exists"),
        ("/subscriptions/sub_9/renewals", renewal(9, "2023-09"), "unknown_subscription"),
        ("/subscriptions/sub_1/renewals", renewal(1, "2023-06"), "valid_to_not_later"),
        ("/subscriptions/sub_1/changes", change(1, "2023-03", "DKK"), "period_invoiced"),
        ("/subscriptions/sub_1/changes", change(2, "2023-05", "SEK"), "currency_differs"),
    ] {
        let (status, problem) = erp.post(path, &body).await;
        assert_eq!((status.as_u16(), problem["code"].as_str().unwrap()), (422, code));
        assert_eq!(erp.post(path, &body).await, (status, problem.clone()));
        let (_, told) = erp.get(&format!("/commands/{}", body["command_id"].as_str().unwrap())).await;
        assert_eq!((&told["state"], &told["code"]), (&json!("rejected"), &problem["code"]));
        assert_is("CommandStatus", &told);
    }
    assert_eq!(erp.entries("receipt").await.len(), 1);
}

#[tokio::test]
async fn many_claims_at_once_are_each_posted_once() {
    let erp = Erp::start("").await;
    erp.day("2023-03-20").await;
    let claims: Vec<Value> = (0..300).map(claim).collect();
    let twice = claims.iter().chain(&claims);
    futures::future::join_all(twice.map(|claim| erp.post("/claims", claim))).await;
    let documents = erp.documents().await;
    let mut ids = field(&documents, "command_id");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((documents.len(), ids.len()), (300, 300));
}
