//! Receivers of alerts over https.

use crate::erp::TlsFront;
use crate::pipeline::receiver;
use alerting::{AlertConfig, Receiver, Receivers, Tell, Told};
use messages::{Alert, AlertState, Severity};
use runtime::Caller;
use std::sync::atomic::Ordering;

fn tell() -> Tell {
    let day = "2023-04-03".parse().unwrap();
    let alert = Alert {
        cause: "a cause".to_owned(),
        state: AlertState::Raised,
        severity: Severity::Critical,
        raised_on: day,
        on: day,
        title: "a title".to_owned(),
        count: 1,
        amount: None,
        items: Vec::new(),
    };
    Tell { receiver: Receiver::Webhook, alert, tries: 0 }
}

/// That one which the machine believes is told, every run of the whole pipeline shows.
#[tokio::test]
async fn a_receiver_that_the_machine_does_not_believe_is_told_nothing() {
    let (plain, told) = receiver().await;
    let front = TlsFront::start(&plain, false).await;
    for (url, expected) in [
        (format!("http://{plain}"), Told::Accepted),
        (front.url("127.0.0.1"), Told::NotYet),
        (front.url("localhost"), Told::NotYet),
    ] {
        let config = AlertConfig { alert_webhook: Some(url.clone()), ..AlertConfig::default() };
        let receivers = Receivers::new(&config).unwrap();
        assert_eq!(receivers.call("a cause", "id", tell()).await, expected, "{url}");
    }
    assert_eq!(told.load(Ordering::SeqCst), 1, "only the plain one was told");
}
