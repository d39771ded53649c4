//! What a run leaves behind, and whether two runs have left the same.

use domain::{ChargeType, NoticeId, Period, PersonKey};
use eventlog::Log;
use messages::{AssessmentEvent, AssessmentFact, Body, Content, header};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Records read at a time.
const PAGE: usize = 1_000;

/// What a run leaves behind, without what depends on the clock or on who was faster.
#[derive(Debug, PartialEq)]
pub struct Left {
    /// The report.
    pub report: Value,
    /// Every finding as it stands.
    pub findings: Vec<String>,
    /// The faults that the ERP has injected.
    pub faults: Vec<String>,
    /// The ERP's ledger.
    pub ledger: Vec<String>,
    /// What stands of the assessment: see [`assessed`].
    pub assessed: Vec<String>,
    /// Every letter with its bytes.
    pub letters: BTreeMap<PathBuf, Vec<u8>>,
}

impl Left {
    /// Of the run in this directory, from the files that it has written.
    pub fn of(
        mut report: Value,
        findings: Vec<Value>,
        faults: Vec<Value>,
        ledger: Vec<Value>,
        assessed: Vec<String>,
        letters: BTreeMap<PathBuf, Vec<u8>>,
    ) -> Self {
        report.as_object_mut().unwrap().remove("elapsed_s").unwrap();
        Self {
            report,
            findings: unnumbered(findings, &["finding", "documents"]),
            faults: unnumbered(faults, &["document_no"]),
            ledger: unnumbered(ledger, &["seq", "document_no", "receipt"]),
            assessed,
            letters,
        }
    }

    /// Stops at the first difference and shows only that.
    pub fn assert_same(&self, undisturbed: &Self) {
        for (name, ours, theirs) in [
            ("assessed", &self.assessed, &undisturbed.assessed),
            ("ledger", &self.ledger, &undisturbed.ledger),
            ("faults", &self.faults, &undisturbed.faults),
            ("findings", &self.findings, &undisturbed.findings),
        ] {
            let only = |these: &[String], those: &[String]| -> Vec<String> {
                these.iter().filter(|line| !those.contains(line)).cloned().collect()
            };
            assert_eq!(only(ours, theirs), [""; 0], "{name}: only after the restarts");
            assert_eq!(only(theirs, ours), [""; 0], "{name}: only without restarts");
            assert_eq!(ours.len(), theirs.len(), "{name}");
        }
        let names = |left: &Self| left.letters.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(self), names(undisturbed), "the letters");
        for (name, letter) in &self.letters {
            assert!(undisturbed.letters.get(name) == Some(letter), "the letter {}", name.display());
        }
        assert_eq!(self.report, undisturbed.report);
    }
}

/// Every letter in this folder with its bytes; what is not whole yet has a name with a dot before it and is none.
pub fn letters(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut letters = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if !entry.file_name().to_string_lossy().starts_with('.') {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                letters.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    letters
}

/// The entries without these fields and without document numbers in their text: the ERP numbers in the order of arrival.
fn unnumbered(entries: Vec<Value>, fields: &[&str]) -> Vec<String> {
    let mut plain: Vec<String> = entries
        .into_iter()
        .map(|mut entry| {
            let object = entry.as_object_mut().unwrap();
            for field in fields {
                object.remove(*field);
            }
            without_numbers(&entry.to_string())
        })
        .collect();
    plain.sort();
    plain
}

/// `D0000000017` becomes `D…`.
fn without_numbers(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("D0000") {
        let (before, number) = rest.split_at(at);
        plain.push_str(before);
        plain.push_str("D…");
        rest = number[1..].trim_start_matches(|sign: char| sign.is_ascii_digit());
    }
    plain + rest
}

/// Every message of a topic: by partition, in order. One that stands there again, because its sender was stopped before
/// it had noted it as sent, counts once, as for every stage.
pub async fn messages<T: Content>(log: &dyn Log) -> Vec<T> {
    let mut messages = Vec::new();
    let mut seen = BTreeSet::new();
    for partition in 0..log.partitions() {
        let mut offset = 0;
        loop {
            let records = log.read(T::TOPIC, partition, offset, PAGE).await.unwrap();
            let Some(last) = records.last() else { break };
            offset = last.offset + 1;
            for record in &records {
                if !seen.insert(record.header(header::ID).unwrap().to_owned()) {
                    continue;
                }
                let body: Body<T> = serde_json::from_slice(&record.body).unwrap();
                messages.push(body.data);
            }
        }
    }
    messages
}

/// A line for what stands of each case: the amount of the last determination of each payer, charge type and month, every
/// exemption, every decision with its communication, and the outcome of every notice and every hearing.
pub async fn assessed(log: &dyn Log) -> Vec<String> {
    let mut owed: BTreeMap<(String, PersonKey, ChargeType, Period), (u32, String)> = BTreeMap::new();
    let mut notices: BTreeMap<NoticeId, String> = BTreeMap::new();
    let mut lines = Vec::new();
    for AssessmentEvent { case, recorded_on, fact, .. } in messages::<AssessmentEvent>(log).await {
        match fact {
            AssessmentFact::Determined(latest) => {
                let line = format!(
                    "{} due {} of {:?}, communicated {}, because of {:?}",
                    latest.amount.to_text(),
                    latest.due_on,
                    latest.billing,
                    latest.communicated_on,
                    latest.cause
                );
                let key = (case.to_string(), latest.payer, latest.charge_type, latest.period);
                let known = owed.entry(key).or_insert((latest.version, line.clone()));
                if known.0 <= latest.version {
                    *known = (latest.version, line);
                }
            }
            AssessmentFact::NoticeOpened { notice, event_type, deadline, .. } => {
                notices
                    .entry(notice)
                    .or_insert_with(|| format!("{case}: {event_type} until {deadline} is open"));
            }
            AssessmentFact::NoticeClosed { notice, event_type, outcome } => {
                notices.insert(notice, format!("{case}: {event_type} came to {outcome:?}"));
            }
            fact => lines.push(format!("{case} on {recorded_on}: {}", serde_json::to_string(&fact).unwrap())),
        }
    }
    lines.extend(notices.into_iter().map(|(notice, line)| format!("{notice} of {line}")));
    lines.extend(owed.into_iter().map(|((case, payer, charge, period), (version, line))| {
        format!("{case} of {payer}, {charge} in {period}: {line} (version {version})")
    }));
    lines.sort();
    lines
}

#[test]
fn a_document_number_is_taken_out_and_nothing_else() {
    assert_eq!(without_numbers("of D0000000012, D0000000013 and DAY-0001."), "of D…, D… and DAY-0001.");
}
