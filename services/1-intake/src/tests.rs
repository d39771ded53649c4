//! The ledger on the embedded log and store: once, held, released, replaced, interrupted.

use crate::*;
use domain::{Day, PersonSecret};
use eventlog::Log;
use eventlog::embedded::EmbeddedLog;
use messages::{DeadLetter, Message, Topic, header};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use store::sqlite::SqliteStore;
use tempfile::TempDir;

mod folders;
mod interrupted;

const SAMPLE: &str = "testdata/U12170-P-110901.txt";
const COMMAND: &str = r#"{"id":"o-NUMBER","case":"DAY-1","authority":"0101","issued_on":"2023-01-02","issued_by":"office","order":{"close_case":{"last_day":"2023-01-31"}}}"#;

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A deployment in a folder of its own.
pub(crate) struct Place {
    pub folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    async fn log(&self) -> Arc<dyn Log> {
        Arc::new(EmbeddedLog::open(self.folder.path().join("log.db"), 2).await.unwrap())
    }

    pub(crate) async fn intake(&self) -> Intake {
        self.intake_on(self.log().await).await
    }

    async fn intake_on(&self, log: Arc<dyn Log>) -> Intake {
        let config = IntakeConfig {
            evidence_dir: self.folder.path().join("evidence"),
            secret: PersonSecret::new(*b"a secret for the tests").unwrap(),
            done_dir: None,
        };
        log.create_topics(2).await.unwrap();
        let store = Arc::new(SqliteStore::open(self.folder.path(), STAGE).await.unwrap());
        Intake::open(config, log, store).await.unwrap()
    }

    /// Every message of a topic, as a receiver sees it: what comes again under the same sender and sequence is dropped.
    async fn messages(&self, topic: Topic) -> Vec<Message> {
        let log = self.log().await;
        let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
        for partition in 0..log.partitions() {
            for received in log.read(topic, partition, 0, 1_000_000).await.unwrap() {
                let header = |name: &str| {
                    received.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()).unwrap()
                };
                if seen.insert((header(header::SENDER), header(header::SEQUENCE))) {
                    all.push(Message::decode(topic, &received.body).unwrap());
                }
            }
        }
        all
    }

    pub(crate) async fn dead_letters(&self) -> Vec<DeadLetter> {
        let of = |message| if let Message::DeadLetters(body) = message { body.data } else { unreachable!() };
        self.messages(Topic::DeadLetters).await.into_iter().map(of).collect()
    }
}

/// A small extract of one person with these production dates.
fn extract(produced: &str, previous: &str) -> Vec<u8> {
    let (produced, previous) = (produced.replace('-', ""), previous.replace('-', ""));
    format!(
        "0000000000000110901{produced}{previous}\n\
         0012105440645          01000000000000 M1944-05-21 1944-05-21\n\
         0992105440645{produced}1200A01\n\
         999999999999900000002\n"
    )
    .into_bytes()
}

fn held(taken: &Taken) -> Option<&str> {
    match &taken.entry.state {
        FileState::Held(hold) => Some(hold.code.as_str()),
        _ => None,
    }
}

#[tokio::test]
async fn the_sample_gives_its_196_events_once_however_often_it_comes() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let first = intake.take_file(Path::new(SAMPLE), day("2001-11-19")).await.unwrap();
    assert_eq!((first.duplicate, first.entry.refused), (false, 0));
    let bytes = std::fs::read(SAMPLE).unwrap();
    let again = intake.take_bytes("another-name", &bytes, day("2001-11-20")).await.unwrap();
    assert!(again.duplicate);
    drop(intake);
    let events = place.messages(Topic::RegisterEvents).await;
    assert_eq!(events.len(), 80 + 116);
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    for event in &events {
        let [evidence] = event.evidence() else { panic!("one record each") };
        assert_eq!(evidence.sha256, first.entry.sha256);
        let line = lines[usize::try_from(evidence.record).unwrap() - 1];
        assert!(line.starts_with(b"001") || line.starts_with(b"099"));
    }
    let report = place.intake().await.report().await.unwrap();
    assert_eq!((report.accepted, report.held, report.messages["register.events"]), (1, 0, 196));
    assert_eq!(report.messages["register.moves"], place.messages(Topic::RegisterMoves).await.len() as u64);
}

#[tokio::test]
async fn a_gap_holds_the_file_until_the_missing_one_comes() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let files = [
        ("2023-04-03", "2023-03-31"),
        ("2023-04-04", "2023-04-03"),
        ("2023-04-05", "2023-04-04"),
        ("2023-04-06", "2023-04-05"),
    ]
    .map(|(produced, previous)| extract(produced, previous));
    let today = day("2023-04-06");
    assert_eq!(held(&intake.take_bytes("d230403.l000001", &files[0], today).await.unwrap()), None);
    for later in [&files[3], &files[2]] {
        let taken = intake.take_bytes("d230405.l000001", later, today).await.unwrap();
        assert_eq!(held(&taken), Some("production_date_gap"));
    }
    assert_eq!(intake.held().await.unwrap().len(), 2);
    assert_eq!(intake.report().await.unwrap().messages["register.events"], 2);
    assert_eq!(held(&intake.take_bytes("d230404.l000001", &files[1], today).await.unwrap()), None);
    assert_eq!(intake.held().await.unwrap(), []);
    assert_eq!(intake.report().await.unwrap().messages["register.events"], 8);
    let older = extract("2023-04-05", "2023-04-03");
    let taken = intake.take_bytes("again", &older, today).await.unwrap();
    assert_eq!(held(&taken), Some("production_date_not_newer"));
    drop(intake);
    let kinds: Vec<&str> = place.dead_letters().await.iter().map(messages::Content::kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "file-held").count(), 3);
    assert_eq!(kinds.iter().filter(|kind| **kind == "file-released").count(), 2);
}

#[tokio::test]
async fn a_file_with_a_wrong_counter_is_released_as_it_is_or_replaced() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let whole = String::from_utf8(extract("2023-04-03", "2023-03-31")).unwrap();
    let cut = whole.replace("0992105440645202304031200A01\n", "");
    let today = day("2023-04-03");
    let first = intake.take_bytes("a.cpr", cut.as_bytes(), today).await.unwrap();
    assert_eq!(held(&first), Some("wrong_record_count"));
    assert_eq!(intake.report().await.unwrap(), Report { held: 1, ..Report::default() });
    let same = intake.take_bytes("a.cpr", cut.as_bytes(), today).await.unwrap();
    assert!(same.duplicate && held(&same).is_some());

    let good = place.folder.path().join("good.cpr");
    std::fs::write(&good, &whole).unwrap();
    let replaced = intake.replace(&first.entry.sha256, &good, today).await.unwrap();
    assert_eq!(replaced.entry.state, FileState::Accepted);
    assert!(matches!(intake.release(&first.entry.sha256, today).await, Err(Error::Replaced { .. })));
    assert!(intake.replace(&first.entry.sha256, &good, today).await.unwrap().duplicate);

    let next = extract("2023-04-04", "2023-04-03");
    let next = String::from_utf8(next).unwrap().replace("9900000002", "9900000005");
    let second = intake.take_bytes("b.cpr", next.as_bytes(), today).await.unwrap();
    let released = intake.release(&second.entry.sha256, day("2023-04-05")).await.unwrap();
    assert_eq!((released.entry.state, released.entry.day), (FileState::Accepted, day("2023-04-05")));
    assert!(intake.release(&second.entry.sha256, today).await.unwrap().duplicate);
    let report = intake.report().await.unwrap();
    assert_eq!((report.accepted, report.held, report.messages["register.events"]), (2, 0, 4));
}

#[tokio::test]
async fn a_file_with_a_wrong_counter_and_a_gap_is_released_from_the_one_and_held_for_the_other() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let today = day("2023-04-05");
    intake.take_bytes("a.cpr", &extract("2023-04-03", "2023-03-31"), today).await.unwrap();
    let both = String::from_utf8(extract("2023-04-05", "2023-04-04")).unwrap();
    let both = both.replace("999999999999900000002", "999999999999900000007");
    let taken = intake.take_bytes("c.cpr", both.as_bytes(), today).await.unwrap();
    assert_eq!(held(&taken), Some("wrong_record_count"));
    let released = intake.release(&taken.entry.sha256, today).await.unwrap();
    assert_eq!(held(&released), Some("production_date_gap"));
    let missing = intake.take_bytes("b.cpr", &extract("2023-04-04", "2023-04-03"), today).await.unwrap();
    assert_eq!(missing.entry.state, FileState::Accepted);
    assert_eq!(intake.held().await.unwrap(), [], "it goes on by itself once the gap is closed");
}

#[tokio::test]
async fn a_held_extract_is_replaced_by_a_copy_of_itself_only_and_a_mistake_can_be_undone() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let today = day("2023-04-05");
    intake.take_bytes("a.cpr", &extract("2023-04-03", "2023-03-31"), today).await.unwrap();
    let later = intake.take_bytes("c.cpr", &extract("2023-04-05", "2023-04-04"), today).await.unwrap();
    assert_eq!(held(&later), Some("production_date_gap"));
    let missing = place.folder.path().join("b.cpr");
    std::fs::write(&missing, extract("2023-04-04", "2023-04-03")).unwrap();
    let refused = intake.replace(&later.entry.sha256, &missing, today).await.unwrap_err();
    assert!(matches!(&refused, Error::OtherExtract { .. }), "{refused}");
    let copy = place.folder.path().join("copy.cpr");
    let text = String::from_utf8(extract("2023-04-05", "2023-04-04")).unwrap();
    std::fs::write(&copy, text.replace("1200A01", "1300A01")).unwrap();
    let replaced = intake.replace(&later.entry.sha256, &copy, today).await.unwrap();
    assert_eq!(held(&replaced), Some("production_date_gap"), "it waits, too");
    intake.discard(&replaced.entry.sha256, today).await.unwrap();
    intake.take_file(&missing, today).await.unwrap();
    let undone = intake.release(&later.entry.sha256, today).await.unwrap();
    assert_eq!(undone.entry.state, FileState::Accepted);
}

#[tokio::test]
async fn of_files_that_replaced_each_other_only_one_counts() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let today = day("2023-04-05");
    intake.take_bytes("a.cpr", &extract("2023-04-03", "2023-03-31"), today).await.unwrap();
    let copies: Vec<Vec<u8>> = ["1200A01", "1300A01", "1400A01"]
        .map(|time| {
            let text = String::from_utf8(extract("2023-04-05", "2023-04-04")).unwrap();
            text.replace("1200A01", time).into_bytes()
        })
        .into();
    let first = intake.take_bytes("1.cpr", &copies[0], today).await.unwrap().entry.sha256;
    // The right copies came by the ordinary way, too.
    let second = intake.take_bytes("2.cpr", &copies[1], today).await.unwrap().entry.sha256;
    for (held, number) in [(&first, 1), (&second, 2)] {
        let file = place.folder.path().join(format!("copy-{number}"));
        std::fs::write(&file, &copies[number]).unwrap();
        let replaced = intake.replace(held, &file, today).await.unwrap();
        assert_eq!(self::held(&replaced), Some("production_date_gap"));
    }
    let refused = intake.release(&first, today).await.unwrap_err().to_string();
    assert!(refused.contains("was replaced by"), "{refused}");
    intake.take_bytes("b.cpr", &extract("2023-04-04", "2023-04-03"), today).await.unwrap();
    assert!(matches!(intake.release(&first, today).await, Err(Error::Replaced { .. })));
    assert!(matches!(intake.release(&second, today).await, Err(Error::Replaced { .. })));
    let states = intake.files(None, 10).await.unwrap();
    let accepted = states.iter().filter(|entry| entry.state == FileState::Accepted).count();
    assert_eq!(accepted, 3, "the first, the missing one, and one of the copies");
}

#[tokio::test]
async fn of_files_that_replaced_each_other_one_is_released_once_the_last_was_discarded_and_the_others_never_again()
 {
    let place = Place::new();
    let mut intake = place.intake().await;
    let today = day("2023-04-05");
    intake.take_bytes("a.cpr", &extract("2023-04-03", "2023-03-31"), today).await.unwrap();
    let text = String::from_utf8(extract("2023-04-05", "2023-04-04")).unwrap();
    let first = intake.take_bytes("1.cpr", text.as_bytes(), today).await.unwrap().entry.sha256;
    let mut all = vec![first];
    for time in ["1300A01", "1400A01"] {
        let file = place.folder.path().join(time);
        std::fs::write(&file, text.replace("1200A01", time)).unwrap();
        let held = all.last().unwrap().clone();
        all.push(intake.replace(&held, &file, today).await.unwrap().entry.sha256);
    }
    intake.discard(&all[2], today).await.unwrap();
    let released = intake.release(&all[0], today).await.unwrap();
    assert_eq!(held(&released), Some("production_date_gap"), "one is still missing");
    assert!(matches!(intake.release(&all[1], today).await, Err(Error::Replaced { .. })));
    assert_eq!(intake.release(&all[0], today).await.unwrap().entry.state, FileState::Accepted);
    for later in &all[1..] {
        assert!(matches!(intake.release(later, today).await, Err(Error::Replaced { .. })), "{all:?} {later}");
    }
}

#[tokio::test]
async fn a_held_file_that_does_not_belong_here_is_discarded_and_never_has_effect() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let today = day("2023-04-03");
    let stray = intake.take_bytes("notes.txt", b"hello", today).await.unwrap();
    assert_eq!(held(&stray), Some("unknown_kind"));
    let sha256 = stray.entry.sha256;
    assert!(!intake.discard(&sha256, today).await.unwrap().duplicate);
    assert!(intake.discard(&sha256, today).await.unwrap().duplicate);
    let again = intake.take_bytes("notes.txt", b"hello", today).await.unwrap();
    assert!(again.duplicate && again.entry.state == FileState::Discarded);
    assert!(matches!(intake.release(&sha256, today).await, Err(Error::NotReleasable(_))));
    let accepted = intake.take_bytes("a.cpr", &extract("2023-04-03", "2023-03-31"), today).await.unwrap();
    assert!(matches!(intake.discard(&accepted.entry.sha256, today).await, Err(Error::NotHeld(_))));
    let other = intake.take_bytes("more.txt", b"more", today).await.unwrap();
    let taken = place.folder.path().join("taken.cpr");
    std::fs::write(&taken, extract("2023-04-03", "2023-03-31")).unwrap();
    let replaced = intake.replace(&other.entry.sha256, &taken, today).await;
    assert!(matches!(replaced, Err(Error::TakenAlready(_))), "what has had effect replaces nothing");
    let of_next_day = intake.take_bytes("b.cpr", &extract("2023-04-05", "2023-04-04"), today).await.unwrap();
    let commands = place.folder.path().join("orders.jsonl");
    std::fs::write(&commands, COMMAND).unwrap();
    let replaced = intake.replace(&of_next_day.entry.sha256, &commands, today).await.unwrap_err().to_string();
    assert!(
        replaced.contains("an extract of the population register, the other is case commands"),
        "{replaced}"
    );
    drop(intake);
    let kinds: Vec<&str> = place.dead_letters().await.iter().map(messages::Content::kind).collect();
    assert_eq!(kinds, ["file-held", "file-released", "file-held", "file-held"]);
}

#[tokio::test]
async fn what_has_no_date_or_no_kind_is_held_and_cannot_be_released() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let today = day("2023-04-03");
    for (name, bytes, code) in
        [("x.cpr", &b"001"[..], "no_start_record"), ("x.bin", b"hello", "unknown_kind")]
    {
        let taken = intake.take_bytes(name, bytes, today).await.unwrap();
        assert_eq!(held(&taken), Some(code));
        assert!(matches!(intake.release(&taken.entry.sha256, today).await, Err(Error::NotReleasable(_))));
    }
    assert!(
        matches!(intake.release("2105440645", today).await, Err(Error::NoFile(name)) if !name.contains('2'))
    );
}

#[tokio::test]
async fn a_cut_answer_is_held_and_released_up_to_the_fault() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let answer = std::fs::read_to_string("testdata/eindkomst-response.xml").unwrap();
    let cut = answer.replace("</soap:Envelope>", "");
    let taken = intake.take_bytes("a.xml", cut.as_bytes(), day("2016-03-11")).await.unwrap();
    assert_eq!(held(&taken), Some("unreadable"));
    let released = intake.release(&taken.entry.sha256, day("2016-03-12")).await.unwrap();
    assert_eq!((released.entry.accepted(), released.entry.refused), (1, 1));
}

#[tokio::test]
async fn a_bad_line_becomes_a_dead_letter_with_file_line_field_and_reason() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let text = format!("{COMMAND}\n{}\n", COMMAND.replace("2023-01-31", "2023-13-31"));
    let taken = intake.take_bytes("PNR_2105440645.jsonl", text.as_bytes(), day("2023-01-02")).await.unwrap();
    assert_eq!((taken.entry.accepted(), taken.entry.refused), (1, 1));
    drop(intake);
    let [DeadLetter::Refused(refused)] = &place.dead_letters().await[..] else { panic!() };
    let messages::RefusedAt::File { sha256, file, line, field } = &refused.at else { panic!() };
    assert_eq!((sha256, file.as_str(), *line), (&taken.entry.sha256, "PNR_….jsonl", 2));
    assert_eq!(field.as_deref(), Some("/order/close_case/last_day"));
    assert_eq!((refused.code.as_str(), refused.parked), ("bad_command", false));
}

#[tokio::test]
async fn a_refused_line_is_open_until_somebody_has_seen_to_it() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let bad = COMMAND.replace("2023-01-31", "2023-13-31");
    intake.take_bytes("orders.jsonl", format!("{bad}\n{bad}\n").as_bytes(), day("2023-01-02")).await.unwrap();
    let open = || async {
        let letters = messages::Refusals::of(place.dead_letters().await);
        letters.open().cloned().collect::<Vec<_>>()
    };
    let [first, second] = &open().await[..] else { panic!("one for each line") };
    assert!(intake.discard_refused(&first.refusal, day("2023-01-03")).await.unwrap());
    assert!(!intake.discard_refused(&first.refusal, day("2023-01-03")).await.unwrap(), "seen to already");
    assert_eq!(open().await, std::slice::from_ref(second));
    drop(intake);
    let store = Arc::new(SqliteStore::open(place.folder.path(), STAGE).await.unwrap());
    discard_refused(place.log().await, store, std::slice::from_ref(second), day("2023-01-04")).await.unwrap();
    assert!(open().await.is_empty());
}

#[tokio::test]
async fn the_lines_of_a_file_are_one_alert_and_are_discarded_together() {
    let place = Place::new();
    let mut intake = place.intake().await;
    let bad = COMMAND.replace("2023-01-31", "2023-13-31");
    let of_case = |number: u32| bad.replace("DAY-1", &format!("DAY-{number}")) + "\n";
    let lines: String = (1..=300).map(of_case).collect();
    let taken = intake.take_bytes("orders.jsonl", lines.as_bytes(), day("2023-01-02")).await.unwrap();
    let other = intake.take_bytes("other.jsonl", of_case(1).as_bytes(), day("2023-01-02")).await.unwrap();
    assert_eq!((taken.entry.refused, other.entry.refused), (300, 1));
    assert!(intake.discard_refused(&taken.entry.sha256, day("2023-01-03")).await.unwrap());
    assert!(!intake.discard_refused(&taken.entry.sha256, day("2023-01-03")).await.unwrap());
    let letters = place.dead_letters().await;
    let refused = letters.iter().filter(|letter| matches!(letter, DeadLetter::Refused(_)));
    let keys: std::collections::BTreeSet<String> = refused.map(messages::Content::key).collect();
    let of = |taken: &Taken| format!("lines/{}", taken.entry.sha256);
    assert_eq!(keys, [of(&taken), of(&other)].into());
    let open: Vec<_> = messages::Refusals::of(letters).open().cloned().collect();
    assert!(matches!(&open[..], [one] if one.is_of_file(&other.entry.sha256)), "{open:?}");
}

#[tokio::test]
async fn a_directory_is_taken_in_the_order_of_names_and_moved_where_wanted() {
    let place = Place::new();
    let drop_folder = place.folder.path().join("drop");
    std::fs::create_dir(&drop_folder).unwrap();
    std::fs::write(drop_folder.join("d230404.l000001"), extract("2023-04-04", "2023-04-03")).unwrap();
    std::fs::write(drop_folder.join("d230403.l000001"), extract("2023-04-03", "2023-03-31")).unwrap();
    std::fs::write(drop_folder.join("z.jsonl.part"), COMMAND).unwrap();
    let mut intake = place.intake().await;
    intake.config.done_dir = Some(place.folder.path().join("done"));
    let taken = intake.take_directory(&drop_folder, day("2023-04-04")).await.unwrap();
    assert!(taken.iter().all(|taken| taken.entry.state == FileState::Accepted) && taken.len() == 2);
    assert_eq!(std::fs::read_dir(&drop_folder).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(place.folder.path().join("done")).unwrap().count(), 2);
}

#[tokio::test]
async fn a_ledger_is_opened_with_the_secret_it_was_made_with_and_with_no_other() {
    let place = Place::new();
    drop(place.intake().await);
    let config = |secret: &[u8]| IntakeConfig {
        evidence_dir: place.folder.path().join("evidence"),
        secret: PersonSecret::new(secret).unwrap(),
        done_dir: None,
    };
    let store = || async { Arc::new(SqliteStore::open(place.folder.path(), STAGE).await.unwrap()) };
    let mut working = place.intake().await;
    let refused =
        Intake::open(config(b"another secret for it"), place.log().await, store().await).await.map(drop);
    assert!(matches!(refused, Err(Error::OtherSecret)));
    working.take_bytes("a.jsonl", COMMAND.as_bytes(), day("2023-04-03")).await.unwrap();
    Intake::open(config(b"a secret for the tests"), place.log().await, store().await)
        .await
        .map(drop)
        .unwrap();
}
