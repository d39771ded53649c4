//! What an operator does on the servers, while the stages run.

use super::process::{Process, run};
use crate::on_servers::stores;
use crate::program::program;
use eventlog::kafka::{self, KafkaConfig};
use messages::{Record, Topic};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long the stage may take to join its group and to do what it is asked for.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a command says to its user, of both outputs.
fn said(settings: &[(&'static str, String)], arguments: &[&str]) -> String {
    let output = Command::new(program())
        .args(arguments)
        .envs(settings.iter().cloned())
        .env("RETTIDIG_LOG", "error")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

/// Asks until the answer holds this.
async fn until(settings: &[(&'static str, String)], arguments: &[&str], expected: &str) -> String {
    let begun = Instant::now();
    loop {
        let said = said(settings, arguments);
        if said.contains(expected) {
            return said;
        }
        assert!(begun.elapsed() < PATIENCE, "{arguments:?} never says {expected}: {said}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn what_is_refused_on_the_servers_is_listed_and_discarded_while_the_stage_runs() {
    let place = tempfile::tempdir().unwrap();
    let name = uuid::Uuid::new_v4().simple().to_string();
    let settings = [
        ("KAFKA_BOOTSTRAP", tests::kafka_bootstrap()),
        ("KAFKA_PREFIX", format!("{name}.")),
        ("POSTGRES_URL", tests::postgres_url()),
        ("POSTGRES_PREFIX", format!("o{}_", &name[..12])),
    ];
    let topics = ["topics", "apply", "--partitions", "2"].map(str::to_owned);
    assert!(run(&topics, &settings).wait().unwrap().success());
    let list = ["dead-letters", "list"];
    let early = Command::new(program()).args(list).envs(settings.iter().cloned()).output().unwrap();
    assert_eq!(early.status.code(), Some(2), "a list of nothing would be believed");
    assert!(String::from_utf8_lossy(&early.stderr).contains("there is no schema o"));
    drop(stores(&settings[2].1, &settings[3].1).await);
    assert!(said(&settings, &list).contains("Nothing is refused"));
    assert!(said(&settings, &["files", "list"]).contains("No input file has come yet"));
    assert!(said(&settings, &["alerts"]).contains("No alert is open"));

    let mut kafka = KafkaConfig::new(tests::kafka_bootstrap());
    kafka.prefix = format!("{name}.");
    let log = kafka::open(kafka).await.unwrap();
    let record = |body: &str| Record {
        topic: Topic::CaseCommands,
        key: "K-1".to_owned(),
        partition: None,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    log.publish(vec![record("{}"), record("[]")]).await.unwrap();
    let mut assessment = Process::serve("assessment", None, place.path());
    assessment.start(&settings);

    let listed = until(&settings, &list, "1 messages wait behind what is parked").await;
    assert!(listed.contains(" parked ") && listed.contains(" assessment K-1 case.commands/"), "{listed}");
    for _ in 0..2 {
        let listed = until(&settings, &list, " parked ").await;
        let refusal = listed.split_whitespace().find(|word| word.starts_with("ref_")).unwrap().to_owned();
        assert!(said(&settings, &["dead-letters", "discard", &refusal]).contains("1 noted"));
        let begun = Instant::now();
        while said(&settings, &list).contains(&refusal) {
            assert!(begun.elapsed() < PATIENCE, "{refusal} is not discarded");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    assert!(said(&settings, &list).contains("Nothing is refused"));
    assessment.stop();
}
