//! What the writer keeps when it is interrupted.

use super::*;
use crate::decide::Outcome;
use serde_json::{Value, json};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn open(dir: &Path, faults: &str) -> Writer {
    let faults = Faults::parse(&format!("seed: 7\nfaults: [{faults}]")).unwrap();
    Writer::open(dir, &faults, None).unwrap()
}

fn opening(number: u32) -> Order {
    let body = json!({
        "command_id": format!("cmd_open-{number}"), "subscription": format!("sub_{number}"), "case": format!("C-{number}"),
        "authority": "0101", "charge_type": "dk-daycare/parental-payment", "payer": "2105440645",
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
    writer.commit_commands(&mut vec![CommandJob { order, fingerprint, reply }]);
    answer.await.unwrap()
}

fn ledger(writer: &Writer) -> Vec<Value> {
    let page = writer.database.run(|connection| store::page(connection, 0, 1_000)).unwrap();
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page["more"], false);
    page["entries"].as_array().unwrap().clone()
}

fn sql(writer: &Writer, sql: &str) {
    writer.database.run(|connection| connection.execute_batch(sql)).unwrap();
}

/// Three renewed subscriptions and the run of 1 April, broken off after so many of its transactions.
async fn april(broken_off_after: usize) -> Vec<Value> {
    let dir = tempfile::tempdir().unwrap();
    let faults = "{kind: lapse, count: 1}, {kind: drop, count: 1, from: 2023-04}";
    let mut writer = open(dir.path(), faults);
    writer.set_day(day("2023-03-31"), false).await.unwrap();
    for number in 1..=3 {
        answer(&mut writer, opening(number)).await;
        answer(&mut writer, renewal(number)).await;
    }
    for _ in 0..broken_off_after {
        writer.day_page(day("2023-04-01"), false).unwrap();
    }
    drop(writer);
    let mut writer = open(dir.path(), faults);
    writer.set_day(day("2023-04-01"), false).await.unwrap();
    ledger(&writer)
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
    let mut writer = open(dir.path(), "{kind: reject, count: 1}");
    writer.set_day(day("2023-03-31"), false).await.unwrap();
    let trigger =
        "CREATE TRIGGER full BEFORE INSERT ON fault_lines BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    sql(&writer, trigger);
    assert_eq!(answer(&mut writer, opening(1)).await, Answer::Failed);
    sql(&writer, "DROP TRIGGER full");
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

#[tokio::test]
async fn a_day_that_the_database_does_not_take_is_refused_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path(), "");
    writer.set_day(day("2023-03-31"), false).await.unwrap();
    answer(&mut writer, opening(1)).await;
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    sql(&writer, trigger);
    let (reply, refused) = oneshot::channel();
    writer.other(Job::Day { date: day("2023-04-01"), payments: false, reply }).await;
    let refused = refused.await.unwrap();
    assert!(matches!(&refused, DayAnswer::Failed { why } if why.contains("disk full")), "{refused:?}");
}

#[test]
fn a_ledger_of_another_layout_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    sql(&open(dir.path(), ""), "PRAGMA user_version = 7");
    for _ in 0..2 {
        let refused = Writer::open(dir.path(), &Faults::default(), None);
        assert!(matches!(refused, Err(Error::Layout { found: 7, known: 1 })));
    }
}
