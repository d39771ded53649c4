use super::*;
use domain::Money;
use messages::{AlertState, Severity};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn alert(state: AlertState) -> Alert {
    Alert {
        cause: "subscription_lapsed/0101/x/2023-04".to_owned(),
        state,
        severity: Severity::Critical,
        raised_on: "2023-04-03".parse().unwrap(),
        on: "2023-04-03".parse().unwrap(),
        title: "subscription_lapsed: 2 open, 2000.00 DKK".to_owned(),
        count: 2,
        amount: Some(Money::dkk(2000)),
        items: vec!["K-1".to_owned(), "K-2".to_owned()],
    }
}

#[tokio::test]
async fn the_webhook_gets_the_alert_and_a_refusal_is_no_delivery() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/hook"))
        .and(body_partial_json(serde_json::json!({"count": 2, "state": "raised"})))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    let config =
        AlertConfig { alert_webhook: Some(format!("{}/hook", server.uri())), ..AlertConfig::default() };
    let receivers = Receivers::new(&config).unwrap();
    assert_eq!(receivers.configured(), [Receiver::Webhook]);
    let tell = |state| Tell { receiver: Receiver::Webhook, alert: alert(state), tries: 0 };
    assert_eq!(receivers.call("k", "i", tell(AlertState::Raised)).await, Told::Accepted);
    assert_eq!(
        receivers.call("k", "i", tell(AlertState::Resolved)).await,
        Told::NotYet,
        "the server answers 404"
    );
    drop(server);
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_not_told() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let config = AlertConfig { alertmanager: Some(format!("http://{free}")), ..AlertConfig::default() };
    let receivers = Receivers::new(&config).unwrap();
    let tell = Tell { receiver: Receiver::Alertmanager, alert: alert(AlertState::Raised), tries: 0 };
    assert_eq!(receivers.call("k", "i", tell).await, Told::NotYet);
}

/// A mail server that takes one mail and keeps its lines.
async fn mail_server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut read = BufReader::new(read).lines();
        write.write_all(b"220 mail\r\n").await.unwrap();
        let mut in_body = false;
        while let Ok(Some(line)) = read.next_line().await {
            kept.lock().unwrap().push(line.clone());
            let answer: &[u8] = match line.as_str() {
                "." => {
                    in_body = false;
                    b"250 taken\r\n"
                }
                _ if in_body => continue,
                "DATA" => {
                    in_body = true;
                    b"354 go on\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            write.write_all(answer).await.unwrap();
        }
    });
    (address, lines)
}

#[tokio::test]
async fn the_mail_names_the_kroner_and_the_cases() {
    let (server, lines) = mail_server().await;
    let config = AlertConfig {
        alert_smtp: Some(server),
        alert_mail_from: Some("rettidig@example.dk".to_owned()),
        alert_mail_to: Some("billing@example.dk".to_owned()),
        ..AlertConfig::default()
    };
    let receivers = Receivers::new(&config).unwrap();
    let tell = Tell { receiver: Receiver::Mail, alert: alert(AlertState::Raised), tries: 0 };
    assert_eq!(receivers.call("k", "i", tell).await, Told::Accepted);
    let mail = lines.lock().unwrap().join("\n");
    for wanted in ["RCPT TO:<billing@example.dk>", "2000.00 DKK", "K-1", "K-2"] {
        assert!(mail.contains(wanted), "{wanted} in {mail}");
    }
}

#[test]
fn a_configuration_that_is_no_address_is_refused() {
    let webhook = AlertConfig { alert_webhook: Some("billing".to_owned()), ..AlertConfig::default() };
    assert!(matches!(Receivers::new(&webhook), Err(ReceiversError::Url { .. })));
    let smtp = AlertConfig {
        alert_smtp: Some("mail".to_owned()),
        alert_mail_from: Some("a@example.dk".to_owned()),
        alert_mail_to: Some("b@example.dk".to_owned()),
        ..AlertConfig::default()
    };
    assert!(matches!(Receivers::new(&smtp), Err(ReceiversError::Smtp)));
}

#[tokio::test]
async fn a_receiver_that_gives_no_answer_is_left_alone_and_the_others_are_told() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&other).await;
    let config = AlertConfig {
        alert_webhook: Some(format!("http://{}", silent.local_addr().unwrap())),
        alertmanager: Some(other.uri()),
        ..AlertConfig::default()
    };
    let mut receivers = Receivers::new(&config).unwrap();
    receivers.timeout = Duration::from_millis(200);
    receivers.http = reqwest::Client::builder().timeout(receivers.timeout).build().unwrap();
    let tell = |receiver| Tell { receiver, alert: alert(AlertState::Raised), tries: 0 };
    assert_eq!(receivers.call("k", "1", tell(Receiver::Webhook)).await, Told::NotYet);
    let begun = Instant::now();
    for _ in 0..100 {
        assert_eq!(receivers.call("k", "2", tell(Receiver::Webhook)).await, Told::NotYet);
    }
    assert!(begun.elapsed() < receivers.timeout, "a hundred alerts wait less than one timeout");
    assert_eq!(receivers.call("k", "3", tell(Receiver::Alertmanager)).await, Told::Accepted);
}
