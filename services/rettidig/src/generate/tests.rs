//! Whole directories: the same again, and read by those who will read them.

use super::read_back::{day_of, files, items};
use super::*;
use intake::Item;
use messages::{CaseOrder, ChildcareOrder, HousingOrder, RegisterFact, RepaymentOrder, ReportKind};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn options(out: &Path, seed: u64) -> Options {
    Options {
        profile: Profile::Small,
        households: 150,
        months: 14,
        from: "2022-11".parse().unwrap(),
        seed,
        out: out.to_owned(),
        standing_share: 50,
    }
}

/// A directory of files, made once.
fn made(seed: u64) -> (tempfile::TempDir, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let summary = run(&options(folder.path(), seed)).unwrap();
    (folder, summary)
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (first, again, other) = (made(7), made(7), made(8));
    assert_eq!(first.1, again.1);
    let (first, again, other) = (files(first.0.path()), files(again.0.path()), files(other.0.path()));
    assert!(first == again);
    let different = first.iter().filter(|(path, bytes)| other.get(*path) != Some(bytes)).count();
    assert!(different * 10 > first.len() * 9, "{different} of {}", first.len());
}

#[test]
fn a_directory_that_holds_something_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "mine").unwrap();
    assert!(run(&options(folder.path(), 1)).unwrap_err().to_string().contains("not empty"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn months_without_a_scale_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (from, months) in [("2012-12", 2), ("2026-12", 2)] {
        let options = Options { from: from.parse().unwrap(), months, ..options(&out, 1) };
        assert!(run(&options).is_err(), "{from}");
    }
    assert!(!out.exists());
}

#[test]
fn intake_reads_every_record_and_misses_none() {
    let (folder, summary) = made(7);
    let items = items(&files(folder.path()));
    let count = |wanted: fn(&RegisterFact) -> bool| {
        let found = items.iter().filter(|item| matches!(item, Item::Event(_, event) if wanted(&event.fact)));
        u64::try_from(found.count()).unwrap()
    };
    for item in &items {
        match item {
            Item::Refused(fault) | Item::Unreadable(fault) => panic!("{fault:?}"),
            Item::Remark(text) => assert!(text.ends_with("unknown code A36"), "{text}"),
            _ => {}
        }
    }
    assert_eq!(count(|fact| matches!(fact, RegisterFact::PersonSnapshot(_))), summary.snapshots);
    assert_eq!(
        count(|fact| matches!(fact, RegisterFact::CprEvent(_))),
        summary.register_events.values().sum::<u64>()
    );
    assert_eq!(count(|fact| matches!(fact, RegisterFact::IncomeReport(_))), summary.reports);
    let commands = items.iter().filter(|item| matches!(item, Item::Command(..))).count();
    assert_eq!(u64::try_from(commands).unwrap(), summary.commands.values().sum::<u64>());
    assert!(summary.corrections > summary.reversals && summary.reversals > 0);
    assert!(!summary.commands.contains_key("other"));
}

#[test]
fn extracts_follow_each_other_without_a_gap_and_count_their_records() {
    let (folder, _) = made(7);
    let mut previous = "00000000".to_owned();
    let mut extracts = 0;
    for (path, bytes) in files(folder.path()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with('d') {
            continue;
        }
        let (day, lines) = (day_of(&path), bytes.split(|b| *b == b'\n').collect::<Vec<_>>());
        assert_eq!(name, format!("d{}.l217001", day.format("%y%m%d")));
        let start = String::from_utf8(lines[0].to_vec()).unwrap();
        assert_eq!(&start[19..27], day.format("%Y%m%d").to_string());
        assert_eq!(&start[27..], previous);
        previous = day.format("%Y%m%d").to_string();
        let records = lines.len() - 3;
        assert_eq!(lines[lines.len() - 2], format!("9999999999999{records:08}").as_bytes());
        assert!(lines.iter().all(|line| line.last() != Some(&b' ')));
        assert!(super::calendar::is_bank_day(day));
        extracts += 1;
    }
    assert!(extracts > 50, "{extracts}");
}

#[test]
fn cases_name_only_persons_whom_the_register_has_told_of() {
    let (folder, _) = made(7);
    let (mut known, mut cases, mut places) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut last_day = BTreeMap::new();
    for item in items(&files(folder.path())) {
        match item {
            Item::Event(_, event) => {
                known.insert(event.person);
            }
            Item::Command(_, command) => {
                // Commands of a day are read before its extract, so a person told of on the same day is not known yet.
                let persons = match &command.order {
                    CaseOrder::OpenCase { adults, children, .. } => {
                        assert!(cases.insert(command.case.clone()));
                        [adults.clone(), children.clone()].concat()
                    }
                    CaseOrder::Repayment(RepaymentOrder::OpenRepayment { debtor }) => {
                        assert!(cases.insert(command.case.clone()));
                        vec![debtor.clone()]
                    }
                    CaseOrder::Housing(HousingOrder::OpenResidence { resident }) => {
                        assert!(cases.insert(command.case.clone()));
                        vec![resident.clone()]
                    }
                    // No register tells of a Swedish household.
                    CaseOrder::Childcare(ChildcareOrder::OpenChildcare { .. }) => {
                        assert!(cases.insert(command.case.clone()));
                        Vec::new()
                    }
                    CaseOrder::SetHousehold { adults, children, from, .. } => {
                        assert!(*from <= command.issued_on);
                        [adults.clone(), children.clone()].concat()
                    }
                    CaseOrder::PlaceChild { place, child, from, .. } => {
                        assert!(places.insert(place.clone()) && command.issued_on < *from);
                        vec![child.clone()]
                    }
                    CaseOrder::ChangePlace { place, .. } => {
                        assert!(places.contains(place));
                        Vec::new()
                    }
                    CaseOrder::EndPlace { place, last_day: day } => {
                        assert!(places.contains(place) && last_day.insert(place.clone(), *day).is_none());
                        Vec::new()
                    }
                    _ => Vec::new(),
                };
                assert!(cases.contains(&command.case));
                assert!(persons.iter().all(|party| known.contains(&party.person)), "{}", command.id);
            }
            _ => {}
        }
    }
    assert!(cases.len() > 130 && places.len() > cases.len());
}

#[test]
fn a_cohabitant_arrives_where_the_single_parent_lives_and_newborns_stand_in_their_parents_record() {
    let (folder, _) = made(7);
    let (mut homes, mut arrivals_to_known, mut born, mut mothers) =
        (BTreeMap::new(), 0, BTreeSet::new(), BTreeSet::new());
    for item in items(&files(folder.path())) {
        match item {
            Item::Arrival(_, arrival) => {
                let others = homes.values().filter(|home| **home == arrival.address).count();
                // The newcomer's own snapshot stands before the arrival.
                arrivals_to_known += usize::from(others == 2 || others == 3);
            }
            Item::Event(_, event) => match event.fact {
                RegisterFact::PersonSnapshot(snapshot) => {
                    mothers.extend(snapshot.children);
                    if let Some(home) = snapshot.home {
                        homes.insert(event.person, home.address);
                    }
                }
                RegisterFact::CprEvent(cpr) if cpr.code == "A14" => {
                    born.insert(event.person);
                }
                _ => {}
            },
            _ => {}
        }
    }
    assert!(arrivals_to_known > 0);
    assert!(!born.is_empty() && born.iter().all(|child| mothers.contains(child)));
}

#[test]
fn every_reversal_names_a_report_that_was_sent() {
    let (folder, _) = made(7);
    let (mut sent, mut reversed) = (BTreeSet::new(), 0);
    for item in items(&files(folder.path())) {
        let Item::Event(_, event) = item else { continue };
        let RegisterFact::IncomeReport(report) = event.fact else { continue };
        let name = (event.person, report.employer, report.report, report.disposition_month);
        match report.kind {
            ReportKind::Report => assert!(sent.insert(name), "an id is used once"),
            ReportKind::Reversal => {
                assert!(sent.contains(&name));
                reversed += 1;
            }
        }
    }
    assert!(reversed > 0);
}
