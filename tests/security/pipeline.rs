//! The whole pipeline through secured pipes: every stage a process of its own, with its own user, its own role, and TLS to
//! Kafka, PostgreSQL, the ERP and the receiver of alerts.

mod stages;

use crate::erp::TlsFront;
use crate::kafka::{password, rights, settings, user};
use crate::servers::{Roles, certificate};
use messages::{Record, Topic};
use rettidig::erp::TrainingErp;
use rettidig::generate::{self, Profile};
use rettidig::stages::KEYED;
use stages::Stages;
pub use stages::receiver;
use std::path::{Path, PathBuf};

/// Half of the orders are accepted and never invoiced: a finding, and an alert of it.
const FAULTS: &str = "seed: 7\nfaults: [{kind: drop, share: 0.5}]";
/// What the gateway shows the ERP.
const TOKEN: &str = "token-of-the-erp";
/// Days that are lived through, at most.
const DAYS: [&str; 6] = ["2023-01-02", "2023-01-13", "2023-01-22", "2023-02-02", "2023-02-13", "2023-02-22"];

fn input(place: &Path) -> PathBuf {
    let out = place.join("input");
    generate::run(&generate::Options {
        profile: Profile::Small,
        households: 12,
        months: 2,
        from: "2023-01".parse().unwrap(),
        seed: 11,
        out: out.clone(),
        standing_share: 50,
    })
    .unwrap();
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_stage_does_its_work_with_its_own_user_and_role_over_tls() {
    rettidig::tls::choose_cryptography();
    let place = tempfile::tempdir().unwrap();
    let input = input(place.path());
    let prefix = tokio::task::block_in_place(rights);
    let roles = Roles::make();
    let faults = erp_sandbox::Faults::parse(FAULTS).unwrap();
    let erp = TrainingErp::start(place.path().join("erp"), faults, None).await.unwrap();
    let front = TlsFront::start(erp.url().strip_prefix("http://").unwrap(), true).await;
    let (webhook, told) = receiver().await;
    let webhook = TlsFront::start(&webhook, false).await;

    let common = common(place.path(), &front.url("127.0.0.1"), &webhook.url("127.0.0.1"));
    let of_stage = |stage: &str| {
        let file = place.path().join(format!("{stage}.role"));
        std::fs::write(&file, Roles::password(stage)).unwrap();
        let mut all = common.clone();
        all.extend(settings(place.path(), &user(stage), prefix));
        all.push(("POSTGRES_URL", roles.url(stage)));
        all.push(("POSTGRES_PASSWORD_FILE", file.display().to_string()));
        all.push(("POSTGRES_PREFIX", roles.prefix.clone()));
        all
    };
    let mut stages = Stages::start(place.path(), prefix, of_stage).await;
    stages.settle().await;

    // What no stage can read is refused, and staff are told.
    stages.log.publish(vec![junk()]).await.unwrap();
    let mut folders = intake::days(&input).unwrap().into_iter().peekable();
    for day in DAYS {
        erp.open_day(day.parse().unwrap()).await.unwrap();
        while let Some((_, folder)) = folders.next_if(|(of, _)| of.unwrap().to_string().as_str() <= day) {
            let folder = folder.display().to_string();
            stages.command(&of_stage("intake"), &["take", &folder, "--date", day]);
        }
        stages.settle().await;
        for phase in ["opened", "closing", "closed"] {
            stages.command(&of_stage("calendar"), &["tick", "--date", day, "--phase", phase]);
            stages.settle().await;
        }
        if stages.empty_topics().await.is_empty() {
            break;
        }
    }
    assert_eq!(stages.empty_topics().await, [""; 0], "every topic has been written by its stage");
    let listed = stages.command(&of_stage("operator"), &["dead-letters", "list"]);
    assert!(listed.contains(" parked ") && listed.contains(" assessment nothing "), "{listed}");
    assert!(stages.command(&of_stage("operator"), &["balance"]).contains("dk-daycare/parental-payment"));
    assert!(told.load(std::sync::atomic::Ordering::SeqCst) > 0, "staff are told over https");

    let logs = stages.stop();
    for stage in KEYED {
        for secret in [password(&user(stage)), Roles::password(stage), TOKEN.to_owned()] {
            assert!(!logs.contains(&secret), "a secret of {stage} stands in the log");
        }
    }
}

fn junk() -> Record {
    Record {
        topic: Topic::CaseCommands,
        key: "nothing".to_owned(),
        partition: None,
        headers: Vec::new(),
        body: b"nothing".to_vec(),
    }
}

/// What every process finds in its environment.
fn common(place: &Path, erp: &str, webhook: &str) -> Vec<(&'static str, String)> {
    let path = |name: &str| place.join(name).display().to_string();
    let pem = |name: &str| certificate(name).display().to_string();
    std::fs::write(place.join("persons"), "sixteen bytes and more for a test").unwrap();
    std::fs::write(place.join("token"), TOKEN).unwrap();
    vec![
        ("POSTGRES_CA_FILE", pem("ca.pem")),
        ("RETTIDIG_LETTERS_DIR", path("letters")),
        ("RETTIDIG_EVIDENCE_DIR", path("evidence")),
        ("RETTIDIG_PERSON_SECRET_FILE", path("persons")),
        ("RETTIDIG_MEASURE_EVERY_MS", "100".to_owned()),
        ("RETTIDIG_LOG", "debug".to_owned()),
        ("RETTIDIG_ALERT_WEBHOOK", webhook.to_owned()),
        // The receiver's authority, as a machine of production has it.
        ("SSL_CERT_FILE", pem("ca.pem")),
        ("ERP_URL", erp.to_owned()),
        ("ERP_TOKEN_FILE", path("token")),
        ("ERP_CA_FILE", pem("ca.pem")),
        ("ERP_CLIENT_CERT_FILE", pem("client.pem")),
        ("ERP_CLIENT_KEY_FILE", pem("client.key")),
        ("ERP_ASK_AFTER_MS", "50".to_owned()),
    ]
}
