//! A restart continues where the sandbox was.

use super::*;

const FAULTS: &str = "{kind: lapse, count: 2, from: 2023-03}, {kind: drop, count: 3, share: 0.5}, {kind: late, share: 0.2}, \
     {kind: cancel, days: 40, share: 0.2}";

/// Some months of work; `restart` decides after which steps the sandbox is stopped and started again.
async fn months(restart: impl Fn(u32) -> bool) -> (Vec<Value>, Vec<Value>) {
    let mut erp = Erp::start(FAULTS).await;
    for (step, month) in (1..=6).enumerate() {
        erp.day(&format!("2023-{month:02}-01")).await;
        for number in 0..10 {
            let number = month * 100 + number;
            erp.accepted("/claims", &claim(number)).await;
            erp.accepted("/subscriptions", &opening(number, &format!("2023-{month:02}"), "2023-06")).await;
            erp.accepted(&format!("/subscriptions/sub_{number}/renewals"), &renewal(number, "2023-09")).await;
        }
        if restart(u32::try_from(step).unwrap()) {
            let dir = erp.stop().await;
            erp = Erp::start_in(dir, FAULTS).await;
        }
    }
    erp.day("2024-01-01").await;
    (erp.ledger().await, erp.log())
}

#[tokio::test]
async fn a_restart_leaves_the_ledger_and_the_faults_of_an_undisturbed_run() {
    let (undisturbed, faults) = months(|_| false).await;
    assert!(faults.len() > 10 && undisturbed.len() > 300, "{} {}", faults.len(), undisturbed.len());
    let (restarted, again) = months(|step| step % 2 == 0).await;
    assert_eq!(undisturbed, restarted);
    assert_eq!(faults, again);
}

#[tokio::test]
async fn a_faults_log_that_lost_lines_is_whole_after_a_restart() {
    let erp = Erp::start("{kind: drop}").await;
    erp.day("2023-03-20").await;
    erp.accepted("/claims", &claim(1)).await;
    erp.accepted("/claims", &claim(2)).await;
    let dir = erp.stop().await;
    std::fs::write(dir.path().join("faults.jsonl"), "{\"kind\":\"dr").unwrap();
    let erp = Erp::start_in(dir, "{kind: drop}").await;
    assert_eq!(field(&erp.log(), "command_id"), ["cmd_1", "cmd_2"]);
}

#[tokio::test]
async fn a_fault_that_the_next_start_leaves_out_no_longer_hits() {
    let erp = Erp::start("{kind: drop}").await;
    erp.day("2023-03-20").await;
    erp.accepted("/claims", &claim(1)).await;
    let erp = Erp::start_in(erp.stop().await, "").await;
    erp.accepted("/claims", &claim(2)).await;
    assert_eq!(field(&erp.documents().await, "command_id"), ["cmd_2"]);
}

#[tokio::test]
async fn what_was_answered_is_there_when_the_process_dies_at_once() {
    let erp = Erp::start("").await;
    erp.day("2023-03-20").await;
    let answer = erp.accepted("/claims", &claim(1)).await;
    // What a killed process leaves: the files as they are at this moment, without a clean close.
    let dead = tempfile::tempdir().unwrap();
    std::fs::create_dir(dead.path().join("erp")).unwrap();
    for file in std::fs::read_dir(erp.dir.path().join("erp")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), dead.path().join("erp").join(file.file_name())).unwrap();
    }
    let again = Erp::start_in(dead, "").await;
    assert_eq!(again.post("/claims", &claim(1)).await, (StatusCode::OK, answer));
    assert_eq!(again.documents().await.len(), 1);
}
