//! A receiver of alerts that is down holds no run, and misses nothing that still matters when it is back.

use super::input::{Family, day, put};
use super::place::Place;
use super::registers::{Resident, extract};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A webhook that takes everything and keeps it in order.
async fn webhook() -> (String, Arc<Mutex<Vec<Value>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let alert = answered(stream).await;
            kept.lock().unwrap().push(alert);
        }
    });
    (url, taken)
}

async fn answered(mut stream: TcpStream) -> Value {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request);
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && let Ok(alert) = serde_json::from_str(body)
        {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            return alert;
        }
        assert!(read > 0, "a request without an alert");
    }
}

/// A held file is an alert every morning until somebody decides.
fn hold_a_file(place: &Place) {
    let family = Family::new(0, 1, 1);
    let resident = |on: &str| {
        let on = day(on);
        let (cpr, home) = (family.payer.clone(), Some(family.home()));
        Resident { produced_on: on, cpr, status: ("01", None), home, event: ("A01", on) }
    };
    for (on, previous) in [("2023-01-02", None), ("2023-01-05", Some(day("2023-01-04")))] {
        let text = extract(217_001, day(on), previous, &[&resident(on)]);
        let name = format!("d{}.l217001", day(on).format("%y%m%d"));
        put(&place.input(), day(on), &name, &text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_is_down_holds_no_run_and_is_told_in_order_when_it_is_back() {
    let place = Place::new();
    hold_a_file(&place);
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/hook", listener.local_addr().unwrap())
    };
    let down = ["--alert-webhook", nobody.as_str()];
    let run = place.run_with("2023-01-20", &down);
    let report = tokio::time::timeout(Duration::from_secs(120), run).await.unwrap();
    assert_eq!(report.calls_waiting["alerting"], 1, "one call for the cause, whatever waits behind it");

    let (url, taken) = webhook().await;
    let report = place.run_with("2023-01-22", &["--alert-webhook", url.as_str()]).await;
    assert_eq!(report.calls_waiting.len(), 0);
    let taken = taken.lock().unwrap();
    let told: Vec<(&str, &str)> =
        taken.iter().map(|alert| (alert["on"].as_str().unwrap(), alert["state"].as_str().unwrap())).collect();
    assert_eq!(told[0], ("2023-01-06", "raised"), "what it missed comes first");
    assert!(told.is_sorted() && told[1..].iter().all(|(_, state)| *state == "repeated"), "{told:?}");
    assert_eq!(told.last().unwrap().0, "2023-01-22");
    assert!(told.len() <= 4, "the repeats that nobody took are not told one by one: {told:?}");
}
