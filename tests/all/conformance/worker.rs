//! The same small stage on the embedded backends with one worker, and on Kafka and PostgreSQL with members that join,
//! leave and die: both end in the same states and tell the same things.

use super::log::all;
use super::log_place::{LogPlace, PARTITIONS};
use super::store_place::StorePlace;
use domain::Day;
use eventlog::Log;
use messages::{
    Alert, AlertState, Body, CalendarDay, Content, DeadLetter, Message, Phase, Record, Severity, Topic,
    header,
};
use runtime::{Context, DynStage, Effects, Input, NoCall, Refusal, Stage, Worker, WorkerConfig};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use store::{Counts, Store};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const KEYS: u32 = 60;
const ROUNDS: u32 = 30;
/// A key whose message of this round is refused; later ones wait behind it.
const POISON: (&str, u32) = ("key-07", 12);
const PATIENCE: Duration = Duration::from_secs(90);

/// Notes every number it is told, in order, and wakes up once.
struct Counting;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Noted {
    numbers: Vec<u32>,
    woken: u32,
}

impl Stage for Counting {
    type State = Noted;
    type Call = NoCall;
    type Outcome = NoCall;

    fn name(&self) -> &'static str {
        "counting"
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::Alerts]
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<Noted>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        let mut state = state.unwrap_or_default();
        let mut effects = Effects::none();
        let refusal = match input {
            Input::Message(Message::Alerts(body)) => {
                let number = body.data.count;
                if (context.key, number) == POISON {
                    return Err(Refusal::new("poison", "the twelfth is poison"));
                }
                state.numbers.push(number);
                if state.numbers.len() == 1 {
                    effects.wake("once", day(2));
                }
                format!("{number}")
            }
            Input::Timer(name) => {
                state.woken += 1;
                name.to_owned()
            }
            _ => return Err(Refusal::new("unexpected", "only messages and timers come")),
        };
        let outcome = format!("{} noted", state.numbers.len());
        effects.send(&DeadLetter::Settled {
            refusal,
            key: context.key.to_owned(),
            on: context.today,
            outcome,
        });
        effects.put(state);
        Ok(effects)
    }
}

fn day(of_month: u32) -> Day {
    Day::from_ymd_opt(2026, 2, of_month).unwrap()
}

fn key(n: u32) -> String {
    format!("key-{n:02}")
}

fn record<C: Content>(content: C, id: &str, on: Day) -> Record {
    let (key, kind) = (content.key(), content.kind());
    let headers = Record::cloud_event(id, kind, C::TOPIC, "feeder", on, &key);
    let body = serde_json::to_vec(&Body { causes: vec![], evidence: vec![], data: content }).unwrap();
    Record { topic: C::TOPIC, key, partition: None, headers, body }
}

/// One message to each key. Every second key gets messages of a foreign producer, which have no sequence.
fn round(round: u32) -> Vec<Record> {
    (0..KEYS)
        .map(|n| {
            let content = Alert {
                cause: key(n),
                state: AlertState::Raised,
                severity: Severity::Warning,
                raised_on: day(1),
                on: day(1),
                title: String::new(),
                count: round,
                amount: None,
                items: vec![],
            };
            let sequence = round * KEYS + n + 1;
            let mut record = record(content, &format!("id-{sequence}"), day(1));
            if n % 2 == 0 {
                record.headers.push((header::SENDER.to_owned(), "feeder/0".to_owned()));
                record.headers.push((header::SEQUENCE.to_owned(), sequence.to_string()));
            }
            record
        })
        .collect()
}

/// A worker with connections of its own, as in another process.
struct Member {
    stop: CancellationToken,
    running: JoinHandle<Result<(), runtime::Error>>,
}

impl Member {
    async fn start(logs: &LogPlace, stores: &StorePlace) -> Self {
        let config = WorkerConfig { batch_messages_max: 40, ..WorkerConfig::live() };
        let worker = Worker::new(DynStage::new(Counting), logs.open().await, stores.open().await, config);
        let stop = CancellationToken::new();
        Self { running: tokio::spawn(worker.run(stop.clone())), stop }
    }

    async fn leave(self) {
        self.stop.cancel();
        self.running.await.unwrap().unwrap();
    }

    /// Dies between two instructions.
    async fn die(self) {
        self.running.abort();
        assert!(self.running.await.unwrap_err().is_cancelled());
    }
}

async fn states(store: &dyn Store) -> BTreeMap<String, Noted> {
    let rows = store.states(None, 1_000).await.unwrap();
    rows.into_iter().map(|row| (row.key, serde_json::from_str(&row.doc).unwrap())).collect()
}

async fn until(store: &dyn Store, what: &str, holds: impl Fn(&BTreeMap<String, Noted>) -> bool) {
    let begun = Instant::now();
    loop {
        let states = states(store).await;
        if holds(&states) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}; {states:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What a receiver takes from the topic that the stage writes to, by key: repetitions dropped by sender and sequence.
async fn told(log: &dyn Log) -> BTreeMap<String, Vec<String>> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for partition in 0..PARTITIONS {
        let mut highest: BTreeMap<String, i64> = BTreeMap::new();
        for record in all(log, Topic::DeadLetters, partition).await {
            let sender = record.header(header::SENDER).unwrap().to_owned();
            let sequence: i64 = record.header(header::SEQUENCE).unwrap().parse().unwrap();
            let highest = highest.entry(sender).or_insert(0);
            if sequence <= *highest {
                continue;
            }
            *highest = sequence;
            let Message::DeadLetters(body) = Message::decode(Topic::DeadLetters, &record.body).unwrap()
            else {
                unreachable!()
            };
            let (key, text) = match body.data {
                DeadLetter::Refused(refused) => (refused.key, format!("refused: {}", refused.code)),
                DeadLetter::Settled { key, refusal, outcome, .. } => (key, format!("{refusal}: {outcome}")),
                other => panic!("nobody has sent {other:?}"),
            };
            told.entry(key).or_default().push(text);
        }
    }
    told
}

type End = (BTreeMap<String, Noted>, BTreeMap<String, Vec<String>>, Counts);

/// Feeds the stage, every message twice, and gives what has come of it.
async fn run(logs: LogPlace, stores: StorePlace, disturbed: bool) -> End {
    let log = logs.open().await;
    let store = stores.open().await;
    let first = Member::start(&logs, &stores).await;
    let (mut second, mut third) = (None, None);
    for n in 0..ROUNDS {
        log.publish(round(n)).await.unwrap();
        log.publish(round(n)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        if disturbed && n == 8 {
            second = Some(Member::start(&logs, &stores).await);
            tokio::time::sleep(Duration::from_secs(6)).await;
        }
        if disturbed && n == 16 {
            third = Some(Member::start(&logs, &stores).await);
            tokio::time::sleep(Duration::from_secs(6)).await;
        }
        if n == 24
            && let Some(member) = second.take()
        {
            member.die().await;
        }
    }
    let noted = |states: &BTreeMap<String, Noted>| {
        (0..KEYS).all(|n| {
            let expected = if key(n) == POISON.0 { POISON.1 } else { ROUNDS };
            states.get(&key(n)).is_some_and(|noted| noted.numbers.len() >= expected as usize)
        })
    };
    until(store.as_ref(), "all numbers are noted", noted).await;
    if let Some(member) = third.take() {
        member.leave().await;
    }
    let calendar = (0..PARTITIONS).map(|partition| {
        let content = CalendarDay { date: day(2), phase: Phase::Opened };
        Record { partition: Some(partition), ..record(content, "day-2", day(2)) }
    });
    log.publish(calendar.collect()).await.unwrap();
    until(store.as_ref(), "all keys but the parked one have woken up", |states| {
        states.values().filter(|noted| noted.woken == 1).count() == KEYS as usize - 1
    })
    .await;
    first.leave().await;
    // Rows that are in the log already may wait for the next owner to delete them.
    let counts = Counts { outbox: 0, ..store.counts(None).await.unwrap() };
    (states(store.as_ref()).await, told(log.as_ref()).await, counts)
}

fn check((states, told, counts): &End) {
    for n in 0..KEYS {
        let (expected, woken) = if key(n) == POISON.0 { (POISON.1, 0) } else { (ROUNDS, 1) };
        let noted = &states[&key(n)];
        assert_eq!(noted.numbers, (0..expected).collect::<Vec<_>>(), "once each and in order: {}", key(n));
        assert_eq!(noted.woken, woken, "{}", key(n));
        assert_eq!(told[&key(n)].len(), expected as usize + 1, "each effect once: {:?}", told[&key(n)]);
    }
    assert_eq!(counts.dead_letters, 1);
    assert_eq!(counts.parked_keys, 1);
    // The rounds behind the poison, and the timer.
    assert_eq!(counts.parked_inputs, u64::from(ROUNDS - POISON.1 - 1) + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_that_join_leave_and_die_on_the_servers_end_as_one_worker_on_files_does() {
    let (files, servers) = tokio::join!(
        run(LogPlace::embedded(), StorePlace::sqlite(), false),
        run(LogPlace::kafka("members"), StorePlace::postgres(), true),
    );
    check(&files);
    check(&servers);
    assert!(files == servers, "{:?} and {:?}", files.2, servers.2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_ends_when_a_newer_version_has_taken_over_its_store() {
    let (logs, stores) = (LogPlace::embedded(), StorePlace::postgres());
    let (log, store) = (logs.open().await, stores.open().await);
    log.create_topics(PARTITIONS).await.unwrap();
    super::postgres::newer_comes(&stores).await;
    let worker = Worker::new(DynStage::new(Counting), log, store, WorkerConfig::live());
    let ended = tokio::time::timeout(PATIENCE, worker.run(CancellationToken::new())).await.unwrap();
    let error = ended.unwrap_err();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("newer"), "{error}: {why}");
}
