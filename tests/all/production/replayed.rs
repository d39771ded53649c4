//! Every topic delivered twice, and every topic read again from its start: nothing that is left differs, no letter and no
//! byte of one.

use super::PARTITIONS;
use super::given::{Given, left};
use super::{DAYS, MONTHS, config, days, live_day};
use crate::left::Left;
use async_trait::async_trait;
use erp_sandbox::Faults;
use eventlog::embedded::EmbeddedLog;
use eventlog::{Around, Error, Log};
use messages::{Record, Topic};
use rettidig::data;
use rettidig::erp::TrainingErp;
use rettidig::pipeline::{Plant, parts};
use std::path::Path;
use std::sync::Arc;
use store::sqlite::SqliteStore;
use store::{Commit, Store};

/// Puts everything that is published into the log twice.
struct Twice(EmbeddedLog);

#[async_trait]
impl Around for Twice {
    fn log(&self) -> &dyn Log {
        &self.0
    }

    async fn publish(&self, records: Vec<Record>) -> Result<(), Error> {
        self.0.publish(records.clone()).await?;
        self.0.publish(records).await
    }
}

/// How the log of a run is disturbed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Delivery {
    Once,
    Twice,
    /// After each month every stage reads every topic from its start.
    FromTheStart,
}

/// Lets every partition of the stage be read from the start of every topic, as if its positions had been lost.
pub async fn forget_positions(store: &dyn Store, partitions: u32) -> usize {
    let mut forgotten = 0;
    for partition in 0..partitions {
        let claimed = store.claim(partition).await.unwrap();
        let Some(doc) = claimed.doc else { continue };
        let mut doc: serde_json::Value = serde_json::from_str(&doc).unwrap();
        for reading in doc["topics"].as_object_mut().unwrap().values_mut() {
            forgotten += usize::from(reading["next"] != 0);
            reading["next"] = 0.into();
        }
        let commit = Commit { doc: doc.to_string(), ..Commit::default() };
        store.commit(partition, claimed.version, &commit).await.unwrap();
    }
    forgotten
}

async fn plant(place: &Path, erp: &TrainingErp, given: &Given, delivery: Delivery) -> Plant {
    let mut config = config(place, &erp.url());
    config.person_secret_file = Some(given.secret.clone());
    let log = EmbeddedLog::open(data::log_file(place), PARTITIONS).await.unwrap();
    let log: Arc<dyn Log> = if delivery == Delivery::Twice { Arc::new(Twice(log)) } else { Arc::new(log) };
    let mut stores: Vec<Arc<dyn Store>> = Vec::new();
    for part in parts() {
        let store = SqliteStore::open(place, part).await.unwrap();
        if delivery == Delivery::FromTheStart {
            forget_positions(&store, PARTITIONS).await;
        }
        stores.push(Arc::new(store));
    }
    Plant::assemble(log, stores, config).await.unwrap()
}

/// Goes through all days; at the end of each month the plant is built anew.
async fn run(place: &Path, given: &Given, delivery: Delivery) -> (Left, i64) {
    let place = &place.join(format!("{delivery:?}"));
    std::fs::create_dir(place).unwrap();
    let (erp_data, faults_log) = (place.join("erp"), place.join("faults.jsonl"));
    let faults = Faults::parse(&std::fs::read_to_string(&given.faults).unwrap()).unwrap();
    let erp = TrainingErp::start(erp_data.clone(), faults, Some(faults_log.clone())).await.unwrap();
    let mut at_work = plant(place, &erp, given, delivery).await;
    let mut folders = intake::days(&given.input).unwrap().into_iter().peekable();
    for (number, day) in (1..).zip(days(given.months)) {
        live_day(&mut at_work, &erp, &mut folders, day).await;
        if number % DAYS.len() == 0 {
            drop(at_work);
            at_work = plant(place, &erp, given, delivery).await;
            super::settle(&mut at_work).await;
        }
    }
    let reported = at_work.report(days(given.months).last().unwrap()).await.unwrap();
    drop(at_work);
    erp.stop().await.unwrap();
    let log = EmbeddedLog::open(data::log_file(place), PARTITIONS).await.unwrap();
    let mut records = 0;
    for topic in Topic::ALL {
        for partition in 0..PARTITIONS {
            records += log.read(topic, partition, 0, usize::MAX >> 1).await.unwrap().len();
        }
    }
    let left = left(place, &log, reported, (&faults_log, &erp_data)).await;
    (left, i64::try_from(records).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_topic_delivered_twice_or_read_again_from_the_start_leaves_the_same_and_not_a_letter_more() {
    let place = tempfile::tempdir().unwrap();
    let given = Given::write(place.path(), PARTITIONS, MONTHS);
    let (once, twice, again) = tokio::join!(
        run(place.path(), &given, Delivery::Once),
        run(place.path(), &given, Delivery::Twice),
        run(place.path(), &given, Delivery::FromTheStart),
    );
    assert!(once.0.ledger.len() > 10 && once.0.assessed.len() > 20 && once.0.letters.len() > 10);
    assert_eq!(twice.1, 2 * once.1, "everything stands in the log twice");
    assert_eq!(again.1, once.1, "what is read again brings nothing new");
    twice.0.assert_same(&once.0);
    again.0.assert_same(&once.0);
}
