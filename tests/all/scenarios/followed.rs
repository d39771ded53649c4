//! One fact of a register, followed through every stage by its trace, its causes and its raw record.

use super::input::{Family, Input, day};
use super::place::Place;
use super::registers::{Home, Resident};
use eventlog::embedded::EmbeddedLog;
use eventlog::{Log, Received};
use messages::{BillingMode, Topic, header};
use serde_json::Value;
use std::collections::BTreeSet;

/// Another municipality.
const ELSEWHERE: u32 = 147;

async fn records(place: &Place) -> Vec<Received> {
    let partitions = rettidig::data::partitions(&place.data()).unwrap();
    let log = EmbeddedLog::open(rettidig::data::log_file(&place.data()), partitions).await.unwrap();
    let mut all = Vec::new();
    for topic in Topic::ALL {
        for partition in 0..partitions {
            all.extend(log.read(topic, partition, 0, 100_000).await.unwrap());
        }
    }
    all
}

fn trace(record: &Received) -> &str {
    record.header(header::TRACE_PARENT).unwrap().split('-').nth(1).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_of_the_register_is_followed_to_the_document_of_the_erp_and_back_to_its_raw_record() {
    let (place, family) = (Place::new(), Family::new(0, 2, 1));
    let mut input = Input::default();
    input.open(day("2023-01-02"), &family, BillingMode::Monthly, day("2023-01-01"), &[3_000]);
    input.settled(day("2023-01-02"), &family);
    let (moved_on, cpr) = (day("2023-03-20"), family.children[0].clone());
    let since = day("2023-03-10");
    // Stands before it in the file, and changes nothing.
    for adult in &family.adults {
        let (cpr, home) = (adult.clone(), Some(family.home()));
        input.resident(Resident {
            produced_on: moved_on,
            cpr,
            status: ("01", None),
            home,
            event: ("A74", moved_on),
        });
    }
    let home = Some(Home { municipality: ELSEWHERE, house: 9, since, municipality_since: since });
    input.resident(Resident {
        produced_on: moved_on,
        cpr,
        status: ("01", None),
        home,
        event: ("A01", since),
    });
    input.write(&place.input());
    place.run("2023-05-03", "").await;

    let records = records(&place).await;
    let of_day = |record: &&Received| {
        record.topic == Topic::RegisterEvents
            && record.header(header::TIME).unwrap().starts_with("2023-03-20")
    };
    let moves: Vec<&Received> = records.iter().filter(of_day).collect();
    let reached = |topic: Topic| {
        let of = |one: &Received| {
            records.iter().any(|record| record.topic == topic && trace(record) == trace(one))
        };
        moves.iter().any(|one| of(one))
    };
    for topic in [
        Topic::CaseNotices,
        Topic::AssessmentEvents,
        Topic::Letters,
        Topic::CaseCommands,
        Topic::InvoiceCommands,
        Topic::ErpEvents,
    ] {
        assert!(reached(topic), "the trace does not reach {topic}");
    }

    // Nothing but the records of the child is behind the decision.
    let body = |record: &Received| serde_json::from_slice::<Value>(&record.body).unwrap();
    let evidence = |record: &Received| body(record)["evidence"].as_array().unwrap().clone();
    let moved = moves.iter().find(|one| body(one).to_string().contains("\"A01\"")).unwrap();
    let of_child = moves.iter().filter(|one| one.key == moved.key);
    let of_child: Vec<Value> = of_child.flat_map(|one| evidence(one)).collect();
    let letters: Vec<&Received> = records
        .iter()
        .filter(|record| record.topic == Topic::Letters && body(record)["data"]["written_on"] == "2023-03-20")
        .collect();
    assert!(!letters.is_empty());
    for letter in letters {
        let evidence = evidence(letter);
        assert!(!evidence.is_empty() && evidence.iter().all(|record| of_child.contains(record)));
    }

    // The credit for the half of March, back by its causes to the raw record of the move.
    let id = |record: &Received| record.header(header::ID).unwrap().to_owned();
    let causes = |record: &Received| {
        let body = body(record);
        let causes = body["causes"].as_array().unwrap().clone();
        causes.into_iter().map(|cause| cause.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let credits: Vec<&Received> = records
        .iter()
        .filter(|record| {
            record.topic == Topic::InvoiceCommands && body(record).to_string().contains("\"credit\"")
        })
        .collect();
    assert!(!credits.is_empty());
    for credit in credits {
        let (mut wanted, mut seen) = (causes(credit), BTreeSet::new());
        let mut topics = BTreeSet::new();
        while let Some(next) = wanted.pop() {
            let found = records.iter().find(|record| id(record) == next);
            if let Some(found) = found.filter(|_| seen.insert(next)) {
                topics.insert(found.topic);
                wanted.extend(causes(found));
            }
        }
        assert!(topics.contains(&Topic::RegisterEvents), "{topics:?}");
        assert!(!evidence(credit).is_empty(), "the raw record behind it");
    }
}
