//! A stage that has far to catch up, and a key with very many messages: how much memory it takes, and that it ends.

use super::given::{Given, Servers};
use super::processes::Processes;
use crate::scenarios::input::person;
use domain::{Day, PersonKey, PersonSecret};
use messages::{Body, Content, CprEvent, PersonSnapshot, Record, RegisterEvent, RegisterFact};
use std::time::{Duration, Instant};

/// Register events that wait for the stage, unless RETTIDIG_TEST_BACKLOG says otherwise.
const BACKLOG: usize = 100_000;
/// As many more of one person.
const OF_ONE_PERSON: usize = 100_000;
/// How many of the others are about each person.
const OF_EACH: usize = 10;
/// Records that are published at once.
const AT_ONCE: usize = 5_000;
/// What a stage may take, in KiB, however much waits: records fetched ahead (16 MiB, and what the client keeps of each), states
/// (48 MiB of documents, three times that in memory), and a batch.
const KIB_MAX: u64 = 320 * 1024;

fn record(number: usize, event: RegisterEvent) -> Record {
    let key = Content::key(&event);
    let kind = Content::kind(&event);
    let headers = Record::cloud_event(
        &format!("backlog-{number}"),
        kind,
        RegisterEvent::TOPIC,
        "test",
        event.recorded_on,
        &key,
    );
    let body = Body { causes: vec![], evidence: vec![], data: event };
    Record {
        topic: RegisterEvent::TOPIC,
        partition: None,
        key,
        headers,
        body: serde_json::to_vec(&body).unwrap(),
    }
}

fn moved(person: &PersonKey, number: usize) -> RegisterEvent {
    let on = Day::from_ymd_opt(2023, 1, 2).unwrap();
    let time = format!("{:02}:{:02}", number / 60 % 24, number % 60);
    let event = CprEvent { code: "A01".to_owned(), known: true, on, time, derived_mark: None };
    RegisterEvent { person: person.clone(), recorded_on: on, fact: RegisterFact::CprEvent(event) }
}

fn seen(person: &PersonKey, number: usize) -> RegisterEvent {
    let on = Day::from_ymd_opt(2023, 1, 2).unwrap();
    let born = Day::from_ymd_opt(1990, 1, 1).map(|day| day + chrono::Days::new(number as u64 % 10_000));
    let snapshot = PersonSnapshot { born, status: "01".to_owned(), ..PersonSnapshot::default() };
    RegisterEvent { person: person.clone(), recorded_on: on, fact: RegisterFact::PersonSnapshot(snapshot) }
}

/// The most memory that the process has had, in KiB.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_that_has_far_to_catch_up_stays_within_its_memory_and_comes_to_the_end() {
    let backlog = std::env::var("RETTIDIG_TEST_BACKLOG").map_or(BACKLOG, |number| number.parse().unwrap());
    let place = tempfile::tempdir().unwrap();
    let given = Given::write(place.path(), 1, 1);
    let mut processes = Processes::start(place.path(), &given, &Servers::shared()).await;
    processes.settle().await;
    let [routing] = processes.of("routing")[..] else { panic!("one process") };
    processes.leave(routing);

    let secret = PersonSecret::new(*b"0123456789abcdef").unwrap();
    let key = |number: usize, year| secret.person_key(&person(u32::try_from(number).unwrap(), year));
    let persons: Vec<PersonKey> = (0..backlog / OF_EACH).map(|number| key(number, 1980)).collect();
    let one = key(0, 1981);
    let waiting = (0..backlog).map(|number| seen(&persons[number % persons.len()], number / persons.len()));
    let all = waiting.chain((0..OF_ONE_PERSON).map(|number| moved(&one, number)));
    let mut records = all.enumerate().map(|(number, event)| record(number, event)).peekable();
    while records.peek().is_some() {
        let some: Vec<Record> = records.by_ref().take(AT_ONCE).collect();
        processes.log.publish(some).await.unwrap();
    }

    let begun = Instant::now();
    let routing = processes.add("routing");
    processes.settle().await;
    let (took, peak) = (begun.elapsed(), peak_kib(processes.process(routing).pid()));
    let count = backlog + OF_ONE_PERSON;
    println!(
        "{count} messages in {took:.1?} ({:.0} a second), {} MiB at most",
        rate(count, took),
        peak / 1024
    );
    assert!(peak < KIB_MAX, "{peak} KiB");
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
