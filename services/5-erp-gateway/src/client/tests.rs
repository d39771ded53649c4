//! The client against an HTTP server that answers as it is told.

use super::{ANSWER_BYTES_MAX, Connection, ErpClient};
use crate::Tls;
use crate::call::{ErpCall, ErpOutcome, Trouble};
use crate::decide::fixture::{change, charge, command, open, subscription};
use runtime::Caller;
use secrecy::SecretString;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn connection(url: &str) -> Connection {
    Connection {
        url: url.parse().unwrap(),
        token: SecretString::from("s3cret"),
        tls: Tls::default(),
        connect_timeout: Duration::from_millis(200),
        timeout: Duration::from_millis(400),
        rate_per_second: 10_000,
        rate_burst: 100,
        breaker_failures: 100,
        breaker_open: Duration::from_secs(30),
        page_entries: 500,
        due_day: 1,
    }
}

fn post() -> ErpCall {
    ErpCall::Post(Box::new(command(1, charge(4, 100))))
}

fn query() -> ErpCall {
    ErpCall::Query(command(1, open()).command)
}

async fn made(client: &ErpClient, call: ErpCall) -> ErpOutcome {
    client.call("DAY-1", "call-1", call).await
}

async fn answer_to(call: ErpCall, response: ResponseTemplate) -> ErpOutcome {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(response).mount(&server).await;
    made(&ErpClient::new(connection(&server.uri())).unwrap(), call).await
}

fn json(status: u16, body: &str) -> ResponseTemplate {
    let id = command(1, open()).command;
    ResponseTemplate::new(status).set_body_string(body.replace("COMMAND", id.as_str()))
}

const ACCEPTANCE: &str = r#"{"command_id":"COMMAND","receipt":"R1","received_at":"2023-03-20"}"#;
const PROBLEM: &str =
    r#"{"type":"about:blank","title":"t","status":0,"code":"some_code","detail":"of 2105440645"}"#;

fn accepted() -> ErpOutcome {
    ErpOutcome::Accepted { receipt: "R1".to_owned() }
}

fn rejected() -> ErpOutcome {
    ErpOutcome::Rejected { code: "some_code".to_owned(), detail: "of [number withheld]".to_owned() }
}

fn unknown(trouble: Trouble) -> ErpOutcome {
    ErpOutcome::Unknown { trouble, after_ms: None }
}

fn not_taken(trouble: Trouble, after_ms: Option<u64>) -> ErpOutcome {
    ErpOutcome::NotTaken { trouble, after_ms }
}

#[tokio::test]
async fn each_answer_to_an_order_means_what_the_contract_says() {
    let retry = |response: ResponseTemplate| response.insert_header("retry-after", "7");
    let cases = [
        (json(201, ACCEPTANCE), accepted()),
        (json(200, ACCEPTANCE), accepted()),
        (json(201, &ACCEPTANCE.replace("COMMAND", "cmd_other")), unknown(Trouble::UnreadableAnswer)),
        (json(201, &ACCEPTANCE.replace("R1", "")), unknown(Trouble::UnreadableAnswer)),
        (json(201, "<html>"), unknown(Trouble::UnreadableAnswer)),
        (json(204, ""), unknown(Trouble::Status(204))),
        (json(302, "").insert_header("location", "http://127.0.0.1:1/"), unknown(Trouble::Status(302))),
        (json(400, PROBLEM), rejected()),
        (json(409, PROBLEM), rejected()),
        (json(413, PROBLEM), rejected()),
        (json(415, PROBLEM), rejected()),
        (json(422, PROBLEM), rejected()),
        (json(422, "no"), unknown(Trouble::Status(422))),
        (json(401, PROBLEM), not_taken(Trouble::Unauthorized, None)),
        (json(404, PROBLEM), unknown(Trouble::Status(404))),
        (retry(json(429, PROBLEM)), not_taken(Trouble::Status(429), Some(7_000))),
        (retry(json(503, PROBLEM)), not_taken(Trouble::Status(503), Some(7_000))),
        (json(429, "").insert_header("retry-after", "86400"), not_taken(Trouble::Status(429), Some(900_000))),
        (json(503, "a proxy's"), unknown(Trouble::Status(503))),
        (json(500, PROBLEM), unknown(Trouble::Status(500))),
        (json(502, ""), unknown(Trouble::Status(502))),
    ];
    for (n, (response, expected)) in cases.into_iter().enumerate() {
        assert_eq!(answer_to(post(), response).await, expected, "case {n}");
    }
}

#[tokio::test]
async fn each_answer_to_a_question_means_what_the_contract_says() {
    let accepted_status =
        r#"{"command_id":"COMMAND","state":"accepted","receipt":"R1","received_at":"2023-03-20"}"#;
    let rejected_status = r#"{"command_id":"COMMAND","state":"rejected","code":"some_code","detail":"of 2105440645","received_at":"2023-03-20"}"#;
    let cases = [
        (json(200, accepted_status), accepted()),
        (json(200, rejected_status), rejected()),
        (json(200, &accepted_status.replace("COMMAND", "cmd_other")), unknown(Trouble::UnreadableAnswer)),
        (json(200, &accepted_status.replace("accepted", "pending")), unknown(Trouble::UnreadableAnswer)),
        (json(404, &PROBLEM.replace("some_code", "unknown_command")), ErpOutcome::NotKnown),
        (json(404, PROBLEM), unknown(Trouble::Status(404))),
        (json(404, "not found"), unknown(Trouble::Status(404))),
        (json(401, PROBLEM), not_taken(Trouble::Unauthorized, None)),
        (json(500, PROBLEM), unknown(Trouble::Status(500))),
    ];
    for (n, (response, expected)) in cases.into_iter().enumerate() {
        assert_eq!(answer_to(query(), response).await, expected, "case {n}");
    }
}

#[tokio::test]
async fn a_page_is_read_and_one_that_does_not_fit_is_not() {
    let entry = r#"{"seq":8,"kind":"receipt","command_id":"COMMAND","receipt":"R1"}"#;
    let page = format!(r#"{{"entries":[{entry}],"next":8,"more":false}}"#);
    let read = ErpCall::ReadLedger { after: 7 };
    assert!(
        matches!(answer_to(read.clone(), json(200, &page)).await, ErpOutcome::Page(page) if page.next == 8)
    );
    for wrong in
        [page.replace("receipt\",", "reminder\","), page.replace("\"seq\":8", "\"seq\":7"), "[]".to_owned()]
    {
        assert_eq!(answer_to(read.clone(), json(200, &wrong)).await, unknown(Trouble::UnreadableAnswer));
    }
    assert_eq!(answer_to(read, json(500, PROBLEM)).await, unknown(Trouble::Status(500)));
}

#[tokio::test]
async fn an_order_goes_to_its_place_with_key_and_token_and_its_number_in_the_body_only() {
    let server = MockServer::start().await;
    let order = command(1, charge(4, 100));
    Mock::given(method("POST"))
        .and(path("/api/claims"))
        .and(header("authorization", "Bearer s3cret"))
        .and(header("idempotency-key", order.command.as_str()))
        .and(header("content-type", "application/json"))
        .and(body_string_contains("2105440645"))
        .respond_with(json(201, ACCEPTANCE))
        .expect(1)
        .mount(&server)
        .await;
    let client = ErpClient::new(connection(&format!("{}/api/", server.uri()))).unwrap();
    assert_eq!(made(&client, post()).await, accepted());
    let request = &server.received_requests().await.unwrap()[0];
    assert!(!format!("{} {:?}", request.url, request.headers).contains("2105440645"));
}

#[tokio::test]
async fn questions_changes_and_reads_go_to_their_places() {
    let server = MockServer::start().await;
    let id = command(1, open()).command;
    for (verb, place) in
        [("GET", format!("/commands/{id}")), ("POST", format!("/subscriptions/{}/changes", subscription()))]
    {
        Mock::given(method(verb)).and(path(place)).respond_with(json(500, "")).expect(1).mount(&server).await;
    }
    Mock::given(path("/ledger"))
        .and(query_param("after", "41"))
        .and(query_param("limit", "500"))
        .respond_with(json(500, ""))
        .expect(1)
        .mount(&server)
        .await;
    let client = ErpClient::new(connection(&server.uri())).unwrap();
    for call in [query(), ErpCall::Post(Box::new(command(1, change()))), ErpCall::ReadLedger { after: 41 }] {
        assert_eq!(made(&client, call).await, unknown(Trouble::Status(500)));
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_the_order_unknown() {
    let late = json(201, ACCEPTANCE).set_delay(Duration::from_secs(5));
    assert_eq!(answer_to(post(), late).await, unknown(Trouble::Timeout));
}

#[tokio::test]
async fn an_answer_above_the_limit_is_not_read() {
    let huge = json(201, &" ".repeat(ANSWER_BYTES_MAX + 1));
    assert_eq!(answer_to(post(), huge).await, unknown(Trouble::AnswerTooLarge));
}

#[tokio::test]
async fn a_refused_connection_is_certainly_not_taken() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = ErpClient::new(connection(&format!("http://{free}"))).unwrap();
    assert_eq!(made(&client, post()).await, not_taken(Trouble::NotConnected, None));
}

/// A server that takes the request and then breaks the connection, after this much of an answer.
async fn breaking(answer: &'static str) -> ErpOutcome {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4_096];
        let read = stream.read(&mut request).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        read
    });
    let outcome = made(&ErpClient::new(connection(&url)).unwrap(), post()).await;
    assert!(server.await.unwrap() > 0, "the order was sent");
    outcome
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_order_was_sent_leaves_it_unknown() {
    assert_eq!(breaking("").await, unknown(Trouble::BrokenConnection));
    assert_eq!(
        breaking("HTTP/1.1 201 Created\r\ncontent-length: 90\r\n\r\n{\"comm").await,
        unknown(Trouble::BrokenConnection)
    );
    assert_eq!(breaking("SMTP ready\r\n\r\n").await, unknown(Trouble::BrokenConnection));
}

#[tokio::test]
async fn after_failures_in_a_row_nothing_is_sent_for_a_while() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(json(500, "")).expect(2).mount(&server).await;
    let client = ErpClient::new(Connection { breaker_failures: 2, ..connection(&server.uri()) }).unwrap();
    for _ in 0..2 {
        assert_eq!(made(&client, post()).await, unknown(Trouble::Status(500)));
    }
    for call in [post(), query()] {
        let outcome = made(&client, call).await;
        assert!(
            matches!(outcome, ErpOutcome::NotTaken { trouble: Trouble::BreakerOpen, after_ms: Some(ms) } if ms > 25_000),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn rejections_and_clear_refusals_do_not_open_the_circuit() {
    for response in [json(422, PROBLEM), json(503, PROBLEM), json(429, ""), json(404, "")] {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(response).expect(3).mount(&server).await;
        let client = ErpClient::new(Connection { breaker_failures: 1, ..connection(&server.uri()) }).unwrap();
        for _ in 0..3 {
            made(&client, post()).await;
        }
    }
}

#[tokio::test]
async fn who_would_wait_longer_than_a_call_may_take_is_turned_away_unsent() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(json(201, ACCEPTANCE)).expect(1).mount(&server).await;
    let client =
        ErpClient::new(Connection { rate_per_second: 1, rate_burst: 1, ..connection(&server.uri()) })
            .unwrap();
    assert_eq!(made(&client, post()).await, accepted());
    let outcome = made(&client, post()).await;
    assert!(
        matches!(outcome, ErpOutcome::NotTaken { trouble: Trouble::RateLimited, after_ms: Some(1..) }),
        "{outcome:?}"
    );
}
