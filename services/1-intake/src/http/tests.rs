//! The routes, over a real connection.

use super::*;
use crate::tests::{Place, day};
use serde_json::Value;

const COMMAND: &str = r#"{"id":"o-1","case":"DAY-1","authority":"0101","issued_on":"2023-01-02","issued_by":"office","order":{"close_case":{"last_day":"2023-01-31"}}}"#;
const TOKEN: &str = "a token for the tests";

/// A server on a port of its own, and the folder it keeps.
async fn serve(place: &Place) -> String {
    let config = HttpConfig {
        intake: Arc::new(Mutex::new(place.intake().await)),
        token: TOKEN.to_owned().into(),
        today: Arc::new(|| day("2023-01-02")),
        body_bytes_max: 200_000,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(config).unwrap()).await.unwrap() });
    address
}

async fn post(url: &str, kind: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
    let request = reqwest::Client::new().post(url).bearer_auth(TOKEN).header("content-type", kind).body(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_pushed_file_is_taken_once_and_stands_in_the_ledger() {
    let place = Place::new();
    let url = serve(&place).await;
    let sample = std::fs::read("testdata/U12170-P-110901.txt").unwrap();
    let (status, first) = post(&format!("{url}/cpr"), "text/plain; charset=iso-8859-1", sample.clone()).await;
    assert_eq!((status, &first["state"], &first["duplicate"]), (202, &"accepted".into(), &false.into()));
    assert_eq!(first["refused"], 0);
    let (status, second) = post(&format!("{url}/cpr"), "application/octet-stream", sample).await;
    assert_eq!((status, &second["duplicate"], &second["accepted"]), (202, &true.into(), &first["accepted"]));
    let ledger = reqwest::Client::new().get(format!("{url}/files")).bearer_auth(TOKEN).send().await.unwrap();
    let ledger: Value = ledger.json().await.unwrap();
    assert_eq!(ledger["files"][0]["sha256"], first["sha256"]);
    assert_eq!(ledger["files"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_held_file_is_released_or_replaced_over_http() {
    let place = Place::new();
    let url = serve(&place).await;
    let one = std::fs::read("testdata/PNR_0701614011.txt").unwrap();
    let (status, held) = post(&format!("{url}/cpr"), "text/plain", one).await;
    assert_eq!((status, &held["held"]["code"]), (202, &"wrong_record_count".into()));
    let sha256 = held["sha256"].as_str().unwrap();
    let (status, released) = post(&format!("{url}/files/{sha256}/release"), "text/plain", "").await;
    assert_eq!((status, &released["state"]), (200, &"accepted".into()));
    let (status, problem) = post(&format!("{url}/cpr?replaces={sha256}"), "text/plain", "000").await;
    assert_eq!((status, &problem["status"]), (409, &409.into()));
    let (status, _) = post(&format!("{url}/files/{}/release", "0".repeat(64)), "text/plain", "").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_refused_record_that_has_been_seen_to_is_discarded_over_http_once() {
    let place = Place::new();
    let url = serve(&place).await;
    let unreadable = "x".repeat(64) + "\n";
    let one = String::from_utf8_lossy(&std::fs::read("testdata/PNR_0701614011.txt").unwrap()).into_owned()
        + &unreadable;
    let (_, held) = post(&format!("{url}/cpr"), "text/plain", one).await;
    let release = format!("{url}/files/{}/release", held["sha256"].as_str().unwrap());
    assert_eq!(post(&release, "text/plain", "").await.1["refused"], 2);
    let letters = messages::Refusals::of(place.dead_letters().await);
    let refusal = &letters.open().next().unwrap().refusal;
    let discard = reqwest::Client::new().post(format!("{url}/dead-letters/{refusal}/discard"));
    let discard = || discard.try_clone().unwrap().bearer_auth(TOKEN).send();
    assert_eq!(discard().await.unwrap().status(), 204);
    assert_eq!(discard().await.unwrap().status(), 404);
}

#[tokio::test]
async fn faults_of_commands_are_told_with_pointers_and_nothing_has_effect() {
    let place = Place::new();
    let url = format!("{}/case-commands", serve(&place).await);
    let bad = COMMAND.replace("2023-01-31", "2105440645");
    let (status, problem) = post(&url, "application/json", bad.clone()).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &"/order/close_case/last_day".into()));
    assert!(!problem.to_string().contains("2105440645"));
    let (status, problem) = post(&url, "application/x-ndjson", format!("{COMMAND}\n{bad}\n")).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &"/1/order/close_case/last_day".into()));
    assert_eq!(post(&url, "application/x-ndjson", "\n").await.0, 422);
    let (status, problem) = post(&url, "application/x-ndjson", "x\n".repeat(90_000)).await;
    assert_eq!((status, problem["errors"].as_array().unwrap().len()), (422, 100));
    assert!(problem["detail"].as_str().unwrap().starts_with("90000 faults"), "counted, and not all kept");
    let pretty = COMMAND.replace(',', ",\n  ");
    let (status, receipt) = post(&url, "application/json", pretty).await;
    assert_eq!((status, &receipt["accepted"], &receipt["refused"]), (202, &1.into(), &0.into()));
}

#[tokio::test]
async fn strangers_large_bodies_and_other_types_are_refused() {
    let place = Place::new();
    let url = format!("{}/case-commands", serve(&place).await);
    let client = reqwest::Client::new();
    let response = client.post(&url).body(COMMAND).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 401);
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let response = client.post(&url).bearer_auth("a token for the test").body(COMMAND).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 403);
    assert_eq!(post(&url, "text/csv", COMMAND).await.0, 415);
    assert_eq!(post(&url, "application/x-ndjson", "x".repeat(300_000)).await.0, 413);
    assert_eq!(post(&url.replace("case-commands", "other"), "text/plain", "").await.0, 404);
}

#[tokio::test]
async fn a_query_or_a_path_that_cannot_be_read_is_a_problem_too() {
    let place = Place::new();
    let url = serve(&place).await;
    let kind = "text/plain";
    for path in ["cpr?replaces=2105440645&replaces=b", "files/%ff/release", "dead-letters/%ff/discard"] {
        let (status, problem) = post(&format!("{url}/{path}"), kind, "000").await;
        assert_eq!((status, &problem["status"]), (400, &400.into()), "{path}");
        assert!(!problem.to_string().contains("2105440645"));
    }
}

#[tokio::test]
async fn a_short_token_is_refused_at_the_start() {
    let place = Place::new();
    let config = HttpConfig {
        intake: Arc::new(Mutex::new(place.intake().await)),
        token: "short".to_owned().into(),
        today: Arc::new(|| day("2023-01-02")),
        body_bytes_max: BODY_BYTES_MAX,
    };
    assert_eq!(router(config).unwrap_err(), WeakToken);
}
