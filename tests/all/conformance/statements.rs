//! How many statements PostgreSQL gets: as many for a thousand rows as for one.

use super::store_place::StorePlace;
use super::store_rows::{day, outbox, state};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{CallRow, Commit, DeadLetterRow, DeadLetterState, ParkedRow, SeenRow, Store, TimerRow};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// What sqlx tells of each statement.
const STATEMENT: &str = "sqlx::query";

/// The kinds of rows of [`commit`].
const KINDS: usize = 7;

#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == STATEMENT {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Statements {
    fn taken(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// So many rows of each kind, from this number on.
fn commit(from: i64, rows: i64) -> Commit {
    let numbers = || from..from + rows;
    let key = |number: i64| format!("k{number}");
    Commit {
        doc: "{}".into(),
        states_put: numbers().map(|number| state(&key(number), "{}")).collect(),
        timers_put: numbers()
            .map(|number| TimerRow { key: key(number), name: "n".into(), due: day(2) })
            .collect(),
        outbox: numbers().map(|number| outbox(number, "{}")).collect(),
        calls: numbers()
            .map(|number| CallRow {
                sequence: number,
                key: key(number),
                id: key(number),
                request: "{}".into(),
                not_before_ms: 0,
                started: false,
            })
            .collect(),
        parked: numbers().map(|number| ParkedRow { number, key: key(number), input: "{}".into() }).collect(),
        dead_letters: numbers()
            .map(|number| DeadLetterRow {
                refusal: key(number),
                partition: 0,
                key: key(number),
                input: "{}".into(),
                at: "{}".into(),
                code: "c".into(),
                detail: "d".into(),
                on: day(1),
                holds: true,
                state: DeadLetterState::Open,
            })
            .collect(),
        seen: numbers().map(|number| SeenRow { id: key(number), day: day(1) }).collect(),
        ..Commit::default()
    }
}

/// How many statements a commit and a read of so many rows take.
async fn statements(store: &dyn Store, counted: &Statements, from: i64, rows: i64) -> (usize, usize) {
    let version = store.claim(0).await.unwrap().version;
    counted.taken();
    store.commit(0, version, &commit(from, rows)).await.unwrap();
    let written = counted.taken();
    let keys: Vec<String> = (from..from + rows).map(|number| format!("k{number}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    assert_eq!(store.read(0, &keys).await.unwrap().len(), keys.len());
    (written, counted.taken())
}

// On one thread, which alone is listened to.
#[tokio::test]
async fn a_commit_is_one_statement_a_kind_and_a_read_is_one_whatever_the_number_of_rows() {
    let store = StorePlace::postgres().open().await;
    let counted = Statements::default();
    let _listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(counted.clone()));
    let of_one = statements(store.as_ref(), &counted, 1, 1).await;
    let of_many = statements(store.as_ref(), &counted, 10, 1_000).await;
    assert_eq!(of_many, of_one);
    // The fence before them, and the commit.
    assert_eq!(of_one, (1 + KINDS + 1, 1));
}
