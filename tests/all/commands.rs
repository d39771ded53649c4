//! What the user of a command is told.

use crate::program::{program, rettidig};
use std::fs;
use std::process::{Command, Output};

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A folder with the input of one day: this line of a command file.
fn with_line(line: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let day = folder.path().join("input/2023-01-02");
    fs::create_dir_all(&day).unwrap();
    fs::write(day.join("commands-2023-01-02.jsonl"), line).unwrap();
    folder
}

#[test]
fn a_refused_line_is_warned_of_and_listed_with_its_place() {
    let folder = with_line("{\"id\": 7}\n");
    let run = ["run", "--input", "input", "--until", "2023-01-03", "--data", "data"];
    let run = rettidig(&run, folder.path());
    assert!(run.status.success(), "{}", told(&run));
    assert!(told(&run).contains("1 lines or messages are refused"), "{}", told(&run));
    let list = rettidig(&["dead-letters", "list", "--data", "data"], folder.path());
    let listed = told(&list);
    assert!(list.status.success() && listed.contains("commands-2023-01-02.jsonl line 1"), "{listed}");
    let alerts = || told(&rettidig(&["alerts", "--data", "data"], folder.path()));
    assert!(alerts().contains("bad_command commands-2023-01-02.jsonl, line 1"), "{}", alerts());
    let refusal = listed.split_whitespace().find(|word| word.starts_with("ref_")).unwrap();
    let discard = ["dead-letters", "discard", refusal, "--data", "data"];
    assert!(told(&rettidig(&discard, folder.path())).contains("1 discarded"));
    assert_eq!(rettidig(&discard, folder.path()).status.code(), Some(2), "it is open no more");
    let list = told(&rettidig(&["dead-letters", "list", "--data", "data"], folder.path()));
    assert!(list.contains("Nothing is refused"), "{list}");
    let run = ["run", "--input", "input", "--until", "2023-01-04", "--data", "data"];
    let run = told(&rettidig(&run, folder.path()));
    assert!(!run.contains("refused") && run.contains("--report FILE writes"), "{run}");
    assert!(alerts().contains("No alert is open"), "{}", alerts());
}

#[test]
fn files_are_listed_with_what_became_of_them_and_a_held_one_is_named_by_its_first_letters() {
    let folder = with_line("{\"id\": 7}\n");
    fs::write(folder.path().join("input/2023-01-02/stray.bin"), "hello").unwrap();
    let run = ["run", "--input", "input", "--until", "2023-01-03", "--data", "data"];
    assert!(rettidig(&run, folder.path()).status.success());
    let list = told(&rettidig(&["files", "list", "--data", "data"], folder.path()));
    assert!(list.contains(" 2023-01-02 accepted 1 commands-2023-01-02.jsonl\n"), "{list}");
    let held = list.lines().find(|line| line.contains(" held 0 stray.bin unknown_kind: ")).unwrap();
    let discard =
        |on: &str| rettidig(&["files", "discard", &held[..8], "--on", on, "--data", "data"], folder.path());
    let early = discard("2022-12-31");
    assert_eq!(early.status.code(), Some(2));
    assert!(told(&early).contains("has come to 2023-01-03"), "{}", told(&early));
    assert!(told(&discard("2023-01-03")).contains("Discarded."));
}

#[test]
fn where_things_are_kept_is_a_directory_or_the_servers_and_never_both() {
    let folder = tempfile::tempdir().unwrap();
    for (more, expected) in [
        (&[][..], "name a data directory with --data, or the servers"),
        (&["--kafka-bootstrap", "127.0.0.1:1"], "name a data directory with --data, or the servers"),
        (&["--data", "data", "--kafka-bootstrap", "127.0.0.1:1"], "name no servers beside it"),
    ] {
        let mut command = Command::new(program());
        command.args([&["dead-letters", "list"], more].concat()).current_dir(folder.path());
        let output = command.env_remove("KAFKA_BOOTSTRAP").env_remove("POSTGRES_URL").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(told(&output).contains(expected), "{}", told(&output));
    }
}

#[test]
fn a_fault_that_hits_nothing_is_named_at_the_end() {
    let folder = with_line("");
    fs::write(
        folder.path().join("faults.yaml"),
        "seed: 7\nfaults: [{kind: drop, charge_type: dk-daycare/nothing}]\n",
    )
    .unwrap();
    let run =
        ["run", "--input", "input", "--until", "2023-01-03", "--data", "data", "--erp-faults", "faults.yaml"];
    let run = rettidig(&run, folder.path());
    assert!(run.status.success(), "{}", told(&run));
    assert!(told(&run).contains("dk-daycare/nothing"), "{}", told(&run));
}

#[test]
fn a_run_to_a_day_that_has_passed_says_so() {
    let folder = with_line("");
    for (until, expected) in [("2023-01-05", false), ("2023-01-03", true)] {
        let run = rettidig(&["run", "--input", "input", "--until", until, "--data", "data"], folder.path());
        assert_eq!(told(&run).contains("has come to 2023-01-05 already"), expected, "{}", told(&run));
    }
}

#[test]
fn what_the_user_has_to_correct_is_told_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let wrong: [&[&str]; 3] = [
        &["up", "--data", "data", "--person-secret-file", "none"],
        &["generate", "--from", "2012-01", "--out", "data"],
        &["demo", "--households", "0", "--data", "data"],
    ];
    for arguments in wrong {
        let output = rettidig(arguments, folder.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
        assert!(!folder.path().join("data").exists(), "{arguments:?}");
    }
}

#[test]
fn a_demonstration_leaves_a_directory_with_something_else_alone_also_somebodys_input() {
    let folder = with_line("x");
    let demo = rettidig(&["demo", "--households", "1", "--data", "."], folder.path());
    assert_eq!(demo.status.code(), Some(2), "{}", told(&demo));
    assert!(folder.path().join("input/2023-01-02/commands-2023-01-02.jsonl").exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
