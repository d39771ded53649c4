//! Secrets are in files and in the environment, and nowhere that somebody could read them by chance.

use crate::program::program;
use crate::servers::{certificate, port};
use std::path::Path;
use std::process::{Command, Output};

const SECRET: &str = "hunter2-hunter2-hunter2";

/// Every secret that a command can be given in its environment.
const SECRETS: [(&str, &str); 5] = [
    ("ERP_TOKEN", "hunter2-hunter2-hunter2"),
    ("RETTIDIG_PUSH_TOKEN", "hunter2-hunter2-hunter2"),
    ("RETTIDIG_ERP_TOKEN", "hunter2-hunter2-hunter2"),
    ("KAFKA_PROPERTIES", "security.protocol=SASL_SSL;sasl.password=hunter2-hunter2-hunter2"),
    ("POSTGRES_URL", "postgres://nobody:hunter2-hunter2-hunter2@127.0.0.1:1/none"),
];

fn run(arguments: &[&str], place: &Path) -> Output {
    let mut command = Command::new(program());
    command.args(arguments).envs(SECRETS).current_dir(place).env("RETTIDIG_LOG", "trace");
    command.env("KAFKA_BOOTSTRAP", format!("127.0.0.1:{}", port("kafka"))).output().unwrap()
}

/// What the command says, without the secret in it.
fn said(arguments: &[&str], output: &Output) -> String {
    let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said)).concat();
    assert!(!said.contains("hunter2"), "{arguments:?}: {said}");
    said
}

const COMMANDS: [&[&str]; 15] = [
    &["demo"],
    &["generate"],
    &["run"],
    &["up"],
    &["serve"],
    &["topics", "apply"],
    &["access", "kafka"],
    &["access", "postgres"],
    &["tick"],
    &["assess"],
    &["bench"],
    &["take"],
    &["schemas"],
    &["sandbox-erp"],
    &["dead-letters", "list"],
];

#[test]
fn the_help_of_a_command_shows_no_secret_of_the_environment() {
    let place = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let arguments = [command, &["--help"]].concat();
        let output = run(&arguments, place.path());
        assert!(output.status.success(), "{arguments:?}");
        assert!(said(&arguments, &output).contains("Usage:"));
    }
}

#[test]
fn a_command_that_fails_shows_no_secret() {
    let place = tempfile::tempdir().unwrap();
    let token = place.path().join("token");
    std::fs::write(&token, format!("{SECRET}\n{SECRET}\n")).unwrap();
    let token = token.display().to_string();
    let (folder, ca) = (place.path().display().to_string(), certificate("ca.pem").display().to_string());
    for arguments in [
        // A property is missing for SASL, so that these fail at the brokers without waiting for them.
        &["serve", "routing"][..],
        &["serve", "erp-gateway", "--erp-url", "http://127.0.0.1:1"],
        &["topics", "apply"],
        &["tick", "--date", "2023-01-02", "--phase", "opened"],
        &["take", &folder, "--date", "2023-01-02", "--person-secret-file", &token, "--evidence-dir", &folder],
        &["bench", "--households", "1", "--months", "1"],
        &["serve", "routing", "--postgres-password-file", &token],
        &[
            "serve",
            "routing",
            "--kafka-security-protocol",
            "SASL_SSL",
            "--kafka-user",
            "u",
            "--kafka-password-file",
            &token,
        ],
        &["serve", "routing", "--kafka-ca-file", &ca],
        &["up", "--data", "/proc/none"],
        &["sandbox-erp", "--data", "/proc/none"],
        &["serve", "nothing"],
    ] {
        let output = run(arguments, place.path());
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said(arguments, &output).len() > 20, "{arguments:?} says why");
    }
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let place = tempfile::tempdir().unwrap();
    for (arguments, belongs) in [
        (&["serve", "erp-gateway", "--erp-token", SECRET][..], "ERP_TOKEN_FILE"),
        (&["up", "--data", ".", "--push-token", SECRET], "RETTIDIG_PUSH_TOKEN"),
        (&["sandbox-erp", "--data", ".", "--token", SECRET], "RETTIDIG_ERP_TOKEN"),
        (&["serve", "routing", "--kafka-property", "sasl.password=hunter2"], "KAFKA_PASSWORD_FILE"),
        (
            &["serve", "routing", "--postgres-url", "postgres://u:hunter2@127.0.0.1/d"],
            "POSTGRES_PASSWORD_FILE",
        ),
    ] {
        let output = run(arguments, place.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = said(arguments, &output);
        assert!(said.contains("holds a secret") && said.contains(belongs), "{arguments:?}: {said}");
    }
}
