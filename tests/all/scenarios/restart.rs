//! `run` stopped or killed in its middle and started again ends as if nothing had happened. With the real binary.

use super::input::month;
use super::place::Place;
use super::year::Year;
use crate::kills::Kills;
use crate::left::Left;
use crate::program::program;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

/// Chosen by the key alone, so that the same ones are hit whoever is faster.
pub const FAULTS: &str = "{kind: timeout_after_post, share: 0.2}, {kind: drop, share: 0.05}, \
                      {kind: duplicate, share: 0.05}, {kind: reject, share: 0.05}, {kind: lapse, share: 0.5}";

/// The last day: after a lapse, raises heard and corrections ordered.
pub const UNTIL: &str = "2023-06-30";

/// How long a run lives before it is killed, at most, as a part of the time that a run takes: it is killed while it
/// starts as well as far from there.
const LIFE_MAX: f64 = 0.2;

/// Exit code of a run that a signal has stopped.
const STOPPED: i32 = 3;

fn start(place: &Place) -> Child {
    Command::new(program())
        .args(place.arguments(UNTIL, FAULTS))
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

async fn finish(place: &Place) -> Left {
    let status = start(place).wait().unwrap();
    assert_eq!(status.code(), Some(0));
    place.left().await
}

/// A run without a break, and how long it took.
pub async fn undisturbed() -> &'static (Left, Duration) {
    static DONE: OnceCell<(Left, Duration)> = OnceCell::const_new();
    DONE.get_or_init(|| async {
        program();
        let place = written();
        let begun = Instant::now();
        let left = finish(&place).await;
        assert!(!left.findings.is_empty() && left.ledger.len() > 100 && left.assessed.len() > 100);
        assert_eq!(left.report["parked_keys"], 0);
        assert!(month("2023-06").contains(UNTIL.parse().unwrap()));
        (left, begun.elapsed())
    })
    .await
}

pub fn written() -> Place {
    let place = Place::new();
    Year::to("2023-05").input.write(&place.input());
    place
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_stopped_and_started_again_ends_like_one_that_was_not() {
    let (undisturbed, whole) = undisturbed().await;
    // On a machine that had much else to do before, the whole took longer than it does now.
    let stopped = [0.3, 0.1, 0.03].into_iter().find_map(|share| {
        let place = written();
        let mut run = start(&place);
        sleep(whole.mul_f64(share));
        // One that has ended cannot be signalled.
        let _signalled = Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap();
        let ended = run.wait().unwrap().code();
        assert!([Some(0), Some(STOPPED)].contains(&ended), "{ended:?}");
        (ended == Some(STOPPED)).then_some(place)
    });
    let place = stopped.expect("a run is stopped in its middle");
    assert!(!place.file("report.json").exists(), "a run that was stopped has nothing to report yet");
    finish(&place).await.assert_same(undisturbed);
}

/// `kill -9` again and again, in as many runs as it takes until all kills are done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_killed_again_and_again_ends_like_one_that_was_not() {
    let (undisturbed, whole) = undisturbed().await;
    let mut kills = Kills::embedded();
    while kills.left > 0 {
        let place = written();
        while kills.left > 0 {
            let mut run = start(&place);
            sleep(kills.moment(whole.mul_f64(LIFE_MAX)));
            run.kill().unwrap();
            match run.wait().unwrap().code() {
                // Killed in its middle.
                None => kills.done(),
                Some(code) => {
                    assert_eq!(code, 0, "it was at its end before the moment had come");
                    break;
                }
            }
        }
        finish(&place).await.assert_same(undisturbed);
    }
}
