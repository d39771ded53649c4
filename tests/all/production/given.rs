//! What every installation of these tests is given, and what one on files that nobody has disturbed makes of it.

use super::{config, input, live_through};
use crate::left::{Left, assessed, letters};
use crate::scenarios::place::{json_lines, ledger};
use erp_sandbox::Faults;
use eventlog::Log;
use messages::Finding;
use rettidig::erp::TrainingErp;
use rettidig::pipeline::Plant;
use rettidig::report::{Report, write_findings};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Chosen by the key alone, so that the same ones are hit whoever is faster.
const FAULTS: &str = "{seed: 7, faults: [{kind: timeout_after_post, share: 0.2}, {kind: drop, share: 0.05}, \
                      {kind: duplicate, share: 0.05}, {kind: reject, share: 0.05}, {kind: lapse, share: 0.5}]}";

/// Where the servers answer.
pub struct Servers {
    /// Host and port.
    pub kafka: String,
    /// URL.
    pub postgres: String,
}

impl Servers {
    /// Those of all tests.
    pub fn shared() -> Self {
        Self { kafka: tests::kafka_bootstrap(), postgres: tests::postgres_url() }
    }
}

/// Where the input and the secrets lie.
pub struct Given {
    pub input: PathBuf,
    pub secret: PathBuf,
    pub faults: PathBuf,
    /// Partitions of every topic.
    pub partitions: u32,
    /// How many months are lived through.
    pub months: u32,
}

impl Given {
    /// Writes everything.
    pub fn write(place: &Path, partitions: u32, months: u32) -> Self {
        let (secret, faults) = (place.join("secret"), place.join("faults.yaml"));
        std::fs::write(&secret, "a secret of these tests, known to all").unwrap();
        std::fs::write(&faults, FAULTS).unwrap();
        Self { input: input(place), secret, faults, partitions, months }
    }
}

/// What both kinds of runs have at their end.
pub async fn left(
    place: &Path,
    log: &dyn Log,
    (report, findings): (Report, Vec<Finding>),
    (faults, erp): (&Path, &Path),
) -> Left {
    let path = place.join("findings.jsonl");
    write_findings(&mut File::create(&path).unwrap(), &findings).unwrap();
    let report = serde_json::to_value(&report).unwrap();
    let letters = letters(&rettidig::data::letters(place));
    let (findings, faults) = (json_lines(&path), json_lines(faults));
    Left::of(report, findings, faults, ledger(erp).await, assessed(log).await, letters)
}

/// A run on files that nobody disturbs.
pub async fn undisturbed(place: &Path, given: &Given) -> Left {
    let place = &place.join("undisturbed");
    std::fs::create_dir(place).unwrap();
    let (erp_data, faults_log) = (place.join("erp"), place.join("faults.jsonl"));
    let faults = Faults::parse(FAULTS).unwrap();
    let erp = TrainingErp::start(erp_data.clone(), faults, Some(faults_log.clone())).await.unwrap();
    let mut config = config(place, &erp.url());
    config.person_secret_file = Some(given.secret.clone());
    config.partitions = given.partitions;
    let mut plant = Plant::embedded(config).await.unwrap();
    let reported = live_through(&mut plant, &erp, (&given.input, given.months)).await;
    drop(plant);
    erp.stop().await.unwrap();
    let log = eventlog::embedded::EmbeddedLog::open(rettidig::data::log_file(place), given.partitions)
        .await
        .unwrap();
    let left = left(place, &log, reported, (&faults_log, &erp_data)).await;
    assert!(left.ledger.len() > 10 && left.assessed.len() > 20, "there is something to compare");
    left
}
