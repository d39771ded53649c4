//! A disk that is full in the middle of a run: the run ends and says why; with more room it goes on, and ends as if there
//! had always been enough.

use super::place::Place;
use super::restart::{FAULTS, UNTIL, undisturbed, written};
use crate::program::program;
use crate::small_disk::SmallDisk;
use std::process::{Command, Output};

/// What the disk has at first: less than the empty files take with the first days.
const KIB_FIRST: u32 = 2_500;
/// How much more it has after each end, in percent: little, so that it is full at many moments and in many files.
const GROWTH_PERCENT: u32 = 15;
/// How often it is full at least.
const FULL_MIN: u32 = 8;

fn run(place: &Place) -> Output {
    Command::new(program()).args(place.arguments(UNTIL, FAULTS)).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_fills_its_disk_says_so_and_goes_on_when_there_is_room() {
    let (undisturbed, _) = undisturbed().await;
    let place = written();
    let disk = SmallDisk::mount(&place.data(), KIB_FIRST);
    let (mut kib, mut full) = (KIB_FIRST, 0);
    loop {
        let ended = run(&place);
        if ended.status.success() {
            break;
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains("full") || said.contains("No space left"), "why is not said: {said}");
        full += 1;
        kib += kib * GROWTH_PERCENT / 100;
        disk.grow(kib);
    }
    assert!(full >= FULL_MIN, "the disk was full {full} times");
    place.left().await.assert_same(undisturbed);
    drop(disk);
}
