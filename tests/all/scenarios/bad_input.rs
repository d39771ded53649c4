//! Input that is not as it should be: nothing is skipped silently, and what is good goes on.

use super::input::{Family, Input, day, put};
use super::place::Place;
use super::registers::{Resident, extract};
use messages::{Alert, AlertState, BillingMode, DeadLetter, RefusedAt};

/// The register's own sample of fictive test persons.
const SAMPLE: &[u8] = include_bytes!("../../../services/1-intake/testdata/U12170-P-110901.txt");

fn resident(produced_on: &str, family: &Family) -> Resident {
    let produced_on = day(produced_on);
    let (cpr, home) = (family.payer.clone(), Some(family.home()));
    Resident { produced_on, cpr, status: ("01", None), home, event: ("A01", produced_on) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_registers_own_sample_gives_eighty_persons_and_a_hundred_and_sixteen_events() {
    let place = Place::new();
    let folder = place.input().join("2023-01-02");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("U12170-P-110901.txt"), SAMPLE).unwrap();
    let report = place.run("2023-01-02", "").await;
    assert_eq!(report.register_events, 80 + 116);
    assert_eq!((report.files.accepted, report.files.held), (1, 0));
    assert_eq!((report.dead_letters, report.parked_keys), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extract_after_a_gap_is_held_alerted_once_and_taken_when_released() {
    let place = Place::new();
    let family = Family::new(0, 1, 1);
    let first = resident("2023-01-02", &family);
    put(
        &place.input(),
        day("2023-01-02"),
        "d230102.l217001",
        &extract(217_001, day("2023-01-02"), None, &[&first]),
    );
    let after_gap = resident("2023-01-05", &family);
    let previous = Some(day("2023-01-04"));
    let text = extract(217_001, day("2023-01-05"), previous, &[&after_gap]);
    put(&place.input(), day("2023-01-05"), "d230105.l217001", &text);

    let report = place.run("2023-01-08", "").await;
    assert_eq!((report.files.accepted, report.files.held), (1, 1));
    assert_eq!(report.register_events, 2, "of the first file: a person and an event");
    let letters = place.messages::<DeadLetter>().await;
    let [DeadLetter::FileHeld { sha256, file, code, .. }] = letters.as_slice() else {
        panic!("one held file, not {letters:?}")
    };
    assert_eq!((file.as_str(), code.as_str()), ("d230105.l217001", "production_date_gap"));
    let raised = |alerts: &[Alert], state| alerts.iter().filter(|alert| alert.state == state).count();
    let alerts = place.messages::<Alert>().await;
    assert_eq!(raised(&alerts, AlertState::Raised), 1);
    assert!(alerts[0].items[0].contains("production_date_gap"));

    let mut intake = rettidig::pipeline::embedded_intake(&place.data(), None).await.unwrap();
    intake.release(sha256, day("2023-01-08")).await.unwrap();
    drop(intake);
    let report = place.run("2023-01-10", "").await;
    assert_eq!((report.files.accepted, report.files.held), (2, 0));
    assert_eq!(report.register_events, 4);
    let alerts = place.messages::<Alert>().await;
    assert_eq!((raised(&alerts, AlertState::Raised), raised(&alerts, AlertState::Resolved)), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_line_is_a_dead_letter_with_its_place_and_the_lines_after_it_have_effect() {
    let place = Place::new();
    let (before, after) = (Family::new(0, 1, 1), Family::new(1, 1, 1));
    let mut input = Input::default();
    let on = day("2023-01-02");
    input.open(on, &before, BillingMode::Monthly, day("2023-02-01"), &[3_000]);
    input.open(on, &after, BillingMode::Monthly, day("2023-02-01"), &[3_000]);
    input.write(&place.input());
    let path = place.input().join("2023-01-02/commands.jsonl");
    let mut lines: Vec<String> = std::fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 4);
    // The second line's place gets a JSON number for money.
    let bad = lines[1].replace("\"amount\":\"3000.00\"", "\"amount\":3000");
    assert_ne!(bad, lines[1]);
    lines[1] = bad;
    std::fs::write(&path, lines.join("\n")).unwrap();

    let report = place.run("2023-02-05", "").await;
    assert_eq!(report.dead_letters, 1);
    assert_eq!((report.files.accepted, report.files.held, report.parked_keys), (1, 0, 0));
    let letters = place.messages::<DeadLetter>().await;
    let [DeadLetter::Refused(refused)] = letters.as_slice() else { panic!("one refusal, not {letters:?}") };
    let RefusedAt::File { file, line, field, .. } = &refused.at else { panic!("{:?}", refused.at) };
    assert_eq!((file.as_str(), *line), ("commands.jsonl", 2));
    assert!(field.as_deref().unwrap().starts_with("/order/place_child/terms/monthly_rate"), "{field:?}");
    assert!(!refused.code.is_empty() && !refused.detail.is_empty());
    let billed: Vec<String> = place.billed().await.into_keys().map(|(case, _, _)| case).collect();
    assert!(billed.contains(&after.case.to_string()), "the lines after the bad one have effect");
    assert!(!billed.contains(&before.case.to_string()), "the case without its place pays nothing");
    let alerts = place.messages::<Alert>().await;
    assert!(alerts.iter().any(|alert| alert.state == AlertState::Raised && alert.cause == alerts[0].cause));
}
