//! Alerts on a real Alertmanager.

use alerting::{AlertConfig, Receiver, Receivers, Tell, Told};
use domain::Money;
use messages::{Alert, AlertState, Severity};
use runtime::Caller;
use serde_json::Value;
use std::time::Duration;

fn tell(cause: &str, state: AlertState) -> Tell {
    let day = "2023-04-03".parse().unwrap();
    let alert = Alert {
        cause: cause.to_owned(),
        state,
        severity: Severity::Critical,
        raised_on: day,
        on: day,
        title: "subscription_lapsed: 33 open, 33000.00 DKK".to_owned(),
        count: 33,
        amount: Some(Money::dkk(33_000)),
        items: vec!["K-1".to_owned(), "K-2".to_owned()],
    };
    Tell { receiver: Receiver::Alertmanager, alert, tries: 0 }
}

/// The alert of this cause as Alertmanager shows it, among its active ones.
async fn shown(url: &str, cause: &str) -> Option<Value> {
    let alerts: Vec<Value> =
        reqwest::get(format!("{url}/api/v2/alerts?active=true")).await.unwrap().json().await.unwrap();
    alerts.into_iter().find(|alert| alert["labels"]["cause"] == cause)
}

#[tokio::test]
async fn alertmanager_shows_an_alert_once_however_often_it_is_repeated_and_drops_it_when_it_is_resolved() {
    let url = tests::alertmanager_url();
    let cause = format!("subscription_lapsed/0101/test/{}", uuid::Uuid::new_v4());
    let config = AlertConfig { alertmanager: Some(url.clone()), ..AlertConfig::default() };
    let receivers = Receivers::new(&config).unwrap();
    for state in [AlertState::Raised, AlertState::Repeated] {
        assert_eq!(receivers.call(&cause, "id", tell(&cause, state)).await, Told::Accepted);
    }
    let alert = shown(&url, &cause).await.unwrap();
    assert_eq!(alert["labels"]["alertname"], "rettidig_subscription_lapsed");
    assert_eq!(alert["annotations"]["amount"], "33000.00 DKK");
    assert_eq!(alert["annotations"]["count"], "33");

    assert_eq!(receivers.call(&cause, "id", tell(&cause, AlertState::Resolved)).await, Told::Accepted);
    for _ in 0..50 {
        if shown(&url, &cause).await.is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the resolved alert is still active");
}
