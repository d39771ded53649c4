//! What the writer keeps when it is interrupted.

use super::*;
use crate::decide::Outcome;
use serde_json::{Value, json};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

async fn open(dir: &Path, faults: &str) -> Writer {
    let faults = Faults::parse(&format!("seed: 7\nfaults: [{faults}]")).unwrap();
    Writer::open(dir, &faults, None).await.unwrap()
}

fn opening(number: u32) -> Order {
    let body = json!({
        "command_id": format!("cmd_open-{number}"), "subscription": format!("sub_{number}"), "case": format!("C-{number}"),
        "authority": "0101", "charge_type": "daycare/place", "payer": "2105440645",
        "payer_key": "per_0123456789abcdef0123456789abcdef", "from": "2023-03", "valid_to": "2023-03",
        "amount": { "amount": "100.00", "currency": "DKK" }, "due_day": 1,
    });
    Order::Open(serde_json::from_value(body).unwrap())
}

fn renewal(number: u32) -> Order {
    let body = json!({ "command_id": format!("cmd_renew-{number}"), "valid_to": "2023-12" });
    let id = domain::SubscriptionId::parse(format!("sub_{number}")).unwrap();
    Order::Renew(id, serde_json::from_value(body).unwrap())
}

async fn answer(writer: &mut Writer, order: Order) -> Answer {
    let (reply, answer) = oneshot::channel();
    let fingerprint = order.fingerprint().unwrap();
    writer.commit_commands(&mut vec![CommandJob { order, fingerprint, reply }]).await;
    answer.await.unwrap()
}

async fn ledger(writer: &mut Writer) -> Vec<Value> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT body FROM ledger ORDER BY seq").fetch_all(&mut writer.conn).await.unwrap();
    rows.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

/// Three renewed subscriptions and the run of 1 April, broken off after so many of its transactions.
async fn april(broken_off_after: usize) -> Vec<Value> {
    let dir = tempfile::tempdir().unwrap();
    let faults = "{kind: lapse, count: 1}, {kind: drop, count: 1, from: 2023-04}";
    let mut writer = open(dir.path(), faults).await;
    writer.set_day(day("2023-03-31"), false).await.unwrap();
    for number in 1..=3 {
        answer(&mut writer, opening(number)).await;
        answer(&mut writer, renewal(number)).await;
    }
    for _ in 0..broken_off_after {
        writer.day_page(day("2023-04-01"), false).await.unwrap();
    }
    drop(writer);
    let mut writer = open(dir.path(), faults).await;
    writer.set_day(day("2023-04-01"), false).await.unwrap();
    ledger(&mut writer).await
}

#[tokio::test]
async fn a_run_that_was_broken_off_is_finished_when_the_day_is_set_again() {
    let whole = april(0).await;
    let count = |name: &str, value: &str| whole.iter().filter(|entry| entry[name] == value).count();
    assert_eq!((count("state", "ended"), count("state", "active"), count("period", "2023-04")), (1, 5, 1));
    for transactions in 1..=3 {
        assert_eq!(april(transactions).await, whole, "after {transactions}");
    }
}

#[tokio::test]
async fn what_a_failed_commit_has_begun_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path(), "{kind: reject, count: 1}").await;
    writer.set_day(day("2023-03-31"), false).await.unwrap();
    let trigger =
        "CREATE TRIGGER full BEFORE INSERT ON fault_lines BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    sqlx::raw_sql(trigger).execute(&mut writer.conn).await.unwrap();
    assert_eq!(answer(&mut writer, opening(1)).await, Answer::Failed);
    sqlx::raw_sql("DROP TRIGGER full").execute(&mut writer.conn).await.unwrap();
    let Answer::Recorded { record, before: false, .. } = answer(&mut writer, opening(1)).await else {
        panic!()
    };
    assert!(
        matches!(record.outcome, Outcome::Rejected { .. }),
        "the fault was not used up by the failed commit"
    );
    let Answer::Recorded { record, .. } = answer(&mut writer, opening(2)).await else { panic!() };
    assert!(matches!(record.outcome, Outcome::Accepted { .. }));
}
