//! The exit codes that `rettidig --help` names, each with the real binary. 3 is tried in [`super::restart`].

use super::input::{Family, Input, day};
use super::place::Place;
use crate::program;
use messages::BillingMode;
use std::path::Path;

/// Exit code and error text.
fn rettidig(arguments: &[&str]) -> (Option<i32>, String) {
    let output = program::rettidig(arguments, Path::new("."));
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn ends(arguments: &[&str], code: i32, told: &str) {
    let (ended, text) = rettidig(arguments);
    assert_eq!(ended, Some(code), "{arguments:?}: {text}");
    assert!(text.contains(told), "{arguments:?}: {text}");
}

/// A place with one family and a run of three days under a secret of its own.
async fn made(place: &Place) -> String {
    let mut input = Input::default();
    input.open(day("2023-01-02"), &Family::new(0, 1, 1), BillingMode::Monthly, day("2023-02-01"), &[3_000]);
    input.write(&place.input());
    std::fs::write(place.input().join("2023-01-02/held.bin"), "neither name nor content says what it is")
        .unwrap();
    let secret = place.file("secret");
    std::fs::write(&secret, "a secret of this place alone").unwrap();
    let secret = secret.display().to_string();
    place.run_with("2023-01-04", &["--person-secret-file", &secret]).await;
    secret
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_directory_refuses_every_other_secret_with_2() {
    let place = Place::new();
    let secret = made(&place).await;
    let data = place.data().display().to_string();
    let input = place.input().display().to_string();
    let other = place.file("other");
    std::fs::write(&other, "another secret of another place").unwrap();
    let other = other.display().to_string();
    let sha256 = "0".repeat(64);
    let run = ["run", "--input", &input, "--data", &data, "--until", "2023-01-06", "--partitions", "2"];
    let release = ["files", "release", &sha256, "--on", "2023-01-04", "--data", &data];
    let by = place.input().join("2023-01-02/held.bin").display().to_string();
    let replace = ["files", "replace", &sha256, "--on", "2023-01-04", "--data", &data, "--by", &by];
    for command in [&run[..], &release, &replace] {
        ends(command, 2, "another person secret");
        ends(&[command, &["--person-secret-file", &other]].concat(), 2, "another person secret");
    }
    let right = [&release[..], &["--person-secret-file", &secret]].concat();
    ends(&right, 2, "is in the ledger");
    let right = [&run[..], &["--person-secret-file", &secret]].concat();
    ends(&right, 0, "");
    ends(&["files", "list", "--data", &data], 0, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_user_has_to_correct_ends_with_2() {
    let place = Place::new();
    let secret = made(&place).await;
    let data = place.data().display().to_string();
    let input = place.input().display().to_string();
    let nothing = place.file("nothing").display().to_string();
    let short = place.file("short");
    std::fs::write(&short, "short").unwrap();
    let short = short.display().to_string();
    let run = ["run", "--input", &input, "--data", &data, "--until"];
    let new = place.file("new").display().to_string();
    for (arguments, told) in [
        (vec!["run"], "required"),
        (vec!["--no-such-option"], "unexpected argument"),
        ([&run[..], &["yesterday"]].concat(), "invalid value"),
        ([&run[..], &["2022-12-31"]].concat(), "before the first input day"),
        ([&run[..], &["2023-01-06"]].concat(), "partitions"),
        (vec!["run", "--input", &nothing, "--data", &new, "--until", "2023-01-06"], "cannot be read"),
        (vec!["run", "--input", &input, "--data", &input, "--until", "2023-01-06"], "something else"),
        (
            vec!["run", "--input", &input, "--data", &new, "--until", "2023-01-06", "--erp-faults", &nothing],
            "cannot be read",
        ),
        (vec!["files", "list", "--data", &nothing], "no data directory"),
        (vec!["dead-letters", "list", "--data", &nothing], "no data directory"),
        (vec!["dead-letters", "requeue", "ref_0", "--data", &data], "no open refusal"),
        (vec!["up", "--data", &new], "--person-secret-file"),
        (vec!["up", "--data", &new, "--person-secret-file", &short], "too short"),
        (
            vec!["up", "--data", &new, "--person-secret-file", &secret, "--drop-dir", &nothing],
            "is no directory",
        ),
        (
            vec!["up", "--data", &new, "--person-secret-file", &secret, "--push-bind", "127.0.0.1:0"],
            "RETTIDIG_PUSH_TOKEN",
        ),
        (vec!["up", "--data", &new, "--push-token", "short"], "holds a secret"),
        (
            vec!["up", "--data", &new, "--person-secret-file", &secret, "--alert-webhook", "billing"],
            "is not an http URL",
        ),
        (vec!["generate", "--out", &input], "not empty"),
    ] {
        ends(&arguments, 2, told);
    }
}

#[test]
fn a_short_token_for_http_push_ends_with_2() {
    let place = Place::new();
    let secret = place.file("secret");
    std::fs::write(&secret, "sixteen bytes and more").unwrap();
    let mut up = std::process::Command::new(program::program());
    up.arg("up").arg("--data").arg(place.file("new")).arg("--person-secret-file").arg(secret);
    let output =
        up.args(["--push-bind", "127.0.0.1:0"]).env("RETTIDIG_PUSH_TOKEN", "short").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("fewer than 16 characters"));
}

#[test]
fn what_fails_for_another_reason_ends_with_1() {
    let place = Place::new();
    std::fs::create_dir(place.input().join("2023-01-02")).unwrap();
    let input = place.input().display().to_string();
    let blocked = place.file("file");
    std::fs::write(&blocked, "x").unwrap();
    let below = blocked.join("data").display().to_string();
    ends(&["run", "--input", &input, "--data", &below, "--until", "2023-01-03"], 1, "cannot be made");
}

#[test]
fn help_and_version_end_with_0_and_help_names_every_code() {
    ends(&["--version"], 0, "");
    let output = program::rettidig(&["--help"], Path::new("."));
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).unwrap();
    for code in ["0 done", "1 failed", "2 the command line", "3 `run` or"] {
        assert!(help.split_whitespace().collect::<Vec<_>>().join(" ").contains(code), "{help}");
    }
}
