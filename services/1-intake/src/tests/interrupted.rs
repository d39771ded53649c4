//! The process dies between the saving and the publishing of a page, or between that and the next page.

use super::*;
use eventlog::{Around, Error};
use messages::Record;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Where the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dies {
    BeforePublishing,
    AfterPublishing,
}

/// A log with which the process dies at a publication: what waits for it never goes on.
struct Fatal {
    log: Arc<dyn Log>,
    publications_left: AtomicUsize,
    dies: Dies,
    died: Notify,
}

#[async_trait::async_trait]
impl Around for Fatal {
    fn log(&self) -> &dyn Log {
        &*self.log
    }

    async fn publish(&self, records: Vec<Record>) -> Result<(), Error> {
        let lives =
            self.publications_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if lives.is_ok() || self.dies == Dies::AfterPublishing {
            self.log.publish(records).await?;
        }
        if lives.is_err() {
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_file_interrupted_anywhere_gives_each_message_once() {
    let lines = 2 * RECORDS_PER_COMMIT_MAX + 500;
    let text: Vec<String> = (0..lines).map(|n| COMMAND.replace("NUMBER", &n.to_string())).collect();
    let text = text.join("\n");
    for dies in [Dies::BeforePublishing, Dies::AfterPublishing] {
        let mut died = 0;
        for publications in 0..3 {
            let place = Place::new();
            let publications_left = AtomicUsize::new(publications);
            let log = place.log().await;
            let fatal = Arc::new(Fatal { log, publications_left, dies, died: Notify::new() });
            let mut intake = place.intake_on(Arc::clone(&fatal) as Arc<dyn Log>).await;
            tokio::select! {
                taken = intake.take_bytes("a.jsonl", text.as_bytes(), day("2023-01-02")) => drop(taken.unwrap()),
                () = fatal.died.notified() => died += 1,
            }
            drop(intake);
            let mut intake = place.intake().await;
            intake.resume(day("2023-01-03")).await.unwrap();
            let taken = intake.take_bytes("a.jsonl", text.as_bytes(), day("2023-01-03")).await.unwrap();
            assert_eq!(taken.entry.state, FileState::Accepted);
            drop(intake);
            let mut times: BTreeMap<u64, usize> = BTreeMap::new();
            for message in place.messages(Topic::CaseCommands).await {
                *times.entry(message.evidence()[0].record).or_default() += 1;
            }
            assert_eq!(times.len(), lines, "{dies:?} {publications}");
            assert!(times.values().all(|n| *n == 1), "{dies:?} {publications}");
        }
        assert_eq!(died, 3, "{dies:?}");
    }
}

#[tokio::test]
async fn a_replacement_interrupted_before_it_is_taken_is_taken_afterwards() {
    for dies in [Dies::BeforePublishing, Dies::AfterPublishing] {
        let place = Place::new();
        let log = place.log().await;
        let publications_left = AtomicUsize::new(1);
        let fatal = Arc::new(Fatal { log, publications_left, dies, died: Notify::new() });
        let mut intake = place.intake_on(Arc::clone(&fatal) as Arc<dyn Log>).await;
        let (today, whole) = (day("2023-04-03"), extract("2023-04-03", "2023-03-31"));
        let short = String::from_utf8(whole.clone()).unwrap().replace("900000002", "900000005");
        let wrong = intake.take_bytes("1.cpr", short.as_bytes(), today).await.unwrap();
        assert!(held(&wrong).is_some());
        let right = place.folder.path().join("right.cpr");
        std::fs::write(&right, whole).unwrap();
        tokio::select! {
            taken = intake.replace(&wrong.entry.sha256, &right, today) => panic!("{taken:?}"),
            () = fatal.died.notified() => {}
        }
        drop(intake);
        let mut intake = place.intake().await;
        assert_eq!(intake.files(None, 9).await.unwrap().len(), 1, "the other is not known yet");
        intake.resume(today).await.unwrap();
        let files = intake.files(None, 9).await.unwrap();
        assert!(files.iter().any(|entry| entry.state == FileState::Accepted), "{dies:?} {files:?}");
        assert!(intake.resume(today).await.unwrap().is_empty());
    }
}
