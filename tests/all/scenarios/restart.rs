//! `run` stopped or killed in its middle and started again ends as if nothing had happened. With the real binary.

use super::input::month;
use super::place::{Place, json_lines};
use super::year::Year;
use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Chosen by the key alone, so that the same ones are hit whoever is faster.
const FAULTS: &str = "{kind: timeout_after_post, share: 0.2}, {kind: drop, share: 0.05}, \
                      {kind: duplicate, share: 0.05}, {kind: reject, share: 0.05}, {kind: lapse, share: 0.5}";

/// The last day: after a lapse, raises heard and corrections ordered.
const UNTIL: &str = "2023-06-30";

/// Exit code of a run that a signal has stopped.
const STOPPED: i32 = 3;

/// The binary, built once beside these tests.
pub fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let tests = std::env::current_exe().unwrap();
        let folder = tests.ancestors().nth(2).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "rettidig", "--bin", "rettidig"]);
        cargo.arg("--target-dir").arg(folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().unwrap().success(), "rettidig is built");
        folder.join("rettidig")
    })
}

fn start(place: &Place) -> Child {
    Command::new(program())
        .args(place.arguments(UNTIL, FAULTS))
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// What a run leaves behind, without what depends on the clock or on who was faster.
#[derive(Debug, PartialEq)]
struct Left {
    report: Value,
    findings: Vec<String>,
    faults: Vec<String>,
    ledger: Vec<String>,
}

async fn finish(place: &Place) -> Left {
    let status = start(place).wait().unwrap();
    assert_eq!(status.code(), Some(0));
    let mut report: Value =
        serde_json::from_str(&std::fs::read_to_string(place.file("report.json")).unwrap()).unwrap();
    report.as_object_mut().unwrap().remove("elapsed_s").unwrap();
    let findings = json_lines(&place.file("findings.jsonl"));
    Left {
        report,
        findings: unnumbered(findings, &["finding", "documents"]),
        faults: unnumbered(place.faults(), &["document_no"]),
        ledger: unnumbered(place.ledger().await, &["seq", "document_no", "receipt"]),
    }
}

/// The entries without these fields and without document numbers in their text: the ERP numbers in the order of arrival.
fn unnumbered(entries: Vec<Value>, fields: &[&str]) -> Vec<String> {
    let mut plain: Vec<String> = entries
        .into_iter()
        .map(|mut entry| {
            let object = entry.as_object_mut().unwrap();
            for field in fields {
                object.remove(*field);
            }
            without_numbers(&entry.to_string())
        })
        .collect();
    plain.sort();
    plain
}

/// `D0000000017` becomes `D…`.
fn without_numbers(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("D0000") {
        let (before, number) = rest.split_at(at);
        plain.push_str(before);
        plain.push_str("D…");
        rest = number[1..].trim_start_matches(|sign: char| sign.is_ascii_digit());
    }
    plain + rest
}

fn assert_same(left: &Left, undisturbed: &Left) {
    assert_eq!(left.report, undisturbed.report);
    for (name, ours, theirs) in [
        ("findings", &left.findings, &undisturbed.findings),
        ("faults", &left.faults, &undisturbed.faults),
        ("ledger", &left.ledger, &undisturbed.ledger),
    ] {
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|line| !those.contains(line)).cloned().collect()
        };
        assert_eq!(only(ours, theirs), [""; 0], "{name}: only after the restarts");
        assert_eq!(only(theirs, ours), [""; 0], "{name}: only without restarts");
        assert_eq!(ours.len(), theirs.len(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_stopped_or_killed_and_started_again_ends_like_one_that_was_not() {
    let written = || {
        let place = Place::new();
        Year::to("2023-05").input.write(&place.input());
        place
    };
    program();
    let place = written();
    let begun = Instant::now();
    let undisturbed = finish(&place).await;
    let whole = begun.elapsed();
    assert!(!undisturbed.findings.is_empty() && undisturbed.ledger.len() > 100);
    assert_eq!(undisturbed.report["parked_keys"], 0);

    let place = written();
    let mut run = start(&place);
    sleep(whole.mul_f64(0.3));
    let signal = Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap();
    assert!(signal.success());
    assert_eq!(run.wait().unwrap().code(), Some(STOPPED));
    assert!(!place.file("report.json").exists(), "a run that was stopped has nothing to report yet");
    assert_same(&finish(&place).await, &undisturbed);

    let place = written();
    let mut random = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..3 {
        let mut run = start(&place);
        sleep(some_time(whole, &mut random));
        run.kill().unwrap();
        assert_eq!(run.wait().unwrap().code(), None, "killed in its middle");
    }
    assert_same(&finish(&place).await, &undisturbed);
    assert!(month("2023-06").contains(UNTIL.parse().unwrap()));
}

/// Between a twentieth and a quarter of the whole: three of them do not reach its end.
fn some_time(whole: Duration, random: &mut ChaCha8Rng) -> Duration {
    whole.mul_f64(random.random_range(0.05..0.25))
}

#[test]
fn a_document_number_is_taken_out_and_nothing_else() {
    assert_eq!(without_numbers("of D0000000012, D0000000013 and DAY-0001."), "of D…, D… and DAY-0001.");
}
