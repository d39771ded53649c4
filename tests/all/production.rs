//! The whole pipeline on Apache Kafka and PostgreSQL ends like the same pipeline on files.
//!
//! Three months of a few families, some days of each month announced: days in between may be left out, because what is
//! due is found by state.

mod given;
mod killed;
mod network;
mod operators;
mod outage;
mod owners;
mod process;
mod processes;
mod replayed;
mod slow;
mod steps;

use alerting::AlertConfig;
use domain::Day;
use erp_sandbox::Faults;
use eventlog::Log;
use eventlog::kafka::{KafkaConfig, KafkaLog};
use messages::{Finding, Phase};
use rettidig::erp::TrainingErp;
use rettidig::generate::{self, Profile};
use rettidig::pipeline::{Plant, PlantConfig, parts, training_erp};
use rettidig::report::Report;
use runtime::Ended;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use store::postgres::PostgresStore;
use tokio_util::sync::CancellationToken;

/// More than one, so that the stages' messages cross partitions.
const PARTITIONS: u32 = 2;
/// How long nothing must happen before a phase counts as settled: longer than a fetch or a rebalance takes.
const QUIET: Duration = Duration::from_millis(1200);
/// How long the first phase is given, in which every stage joins its group.
const JOINING: Duration = Duration::from_secs(12);
/// How long a run lasts that is not told otherwise.
const MONTHS: u32 = 3;
/// The days of each month that are announced.
const DAYS: [u32; 3] = [2, 13, 22];

fn config(data: &Path, erp_url: &str) -> PlantConfig {
    PlantConfig {
        durability: store::sqlite::Durability::Full,
        data: data.to_owned(),
        partitions: PARTITIONS,
        erp: training_erp(erp_url).unwrap(),
        settings: None,
        person_secret_file: None,
        alerts: AlertConfig::default(),
        erp_calls_in_flight: 1,
        done_dir: None,
    }
}

/// Lets the stages work until nothing has happened for a while.
async fn settle(plant: &mut Plant, at_least: Duration, quiet: Duration) {
    let begun = Instant::now();
    let mut still_since = Instant::now();
    loop {
        let before = plant.inputs();
        assert_eq!(plant.settle(&CancellationToken::new()).await.unwrap(), Ended::Idle);
        if plant.inputs() != before {
            still_since = Instant::now();
        }
        if still_since.elapsed() >= quiet && begun.elapsed() >= at_least {
            return;
        }
        tokio::time::sleep(quiet / 20).await;
    }
}

/// The days that are announced in so many months.
fn days(months: u32) -> impl Iterator<Item = Day> {
    (1..=months).flat_map(|month| DAYS.map(|day| Day::from_ymd_opt(2023, month, day).unwrap()))
}

/// A folder of each day, as `intake::days` lists them.
type Folders = std::iter::Peekable<std::vec::IntoIter<(Option<Day>, PathBuf)>>;

/// One announced day: the files of all days up to it, then its phases.
async fn live_day(
    plant: &mut Plant,
    erp: &TrainingErp,
    folders: &mut Folders,
    day: Day,
    (at_first, quiet): (Duration, Duration),
) {
    erp.open_day(day).await.unwrap();
    while let Some((_, folder)) = folders.next_if(|(of, _)| of.unwrap() <= day) {
        plant.take_files(&folder, day).await.unwrap();
    }
    settle(plant, at_first, quiet).await;
    for phase in Phase::ALL {
        plant.announce(day, phase).await.unwrap();
        settle(plant, Duration::ZERO, quiet).await;
    }
}

/// All days.
async fn live_through(
    plant: &mut Plant,
    erp: &TrainingErp,
    (input, months): (&Path, u32),
    waits: (Duration, Duration),
) -> (Report, Vec<Finding>) {
    let mut folders = intake::days(input).unwrap().into_iter().peekable();
    let (mut joining, quiet) = waits;
    for day in days(months) {
        live_day(plant, erp, &mut folders, day, (joining, quiet)).await;
        joining = Duration::ZERO;
    }
    plant.report(days(months).last().unwrap()).await.unwrap()
}

/// Each part's store on PostgreSQL.
async fn stores(url: &str, prefix: &str) -> Vec<Arc<dyn Store>> {
    let mut stores: Vec<Arc<dyn Store>> = Vec::new();
    for part in parts() {
        stores.push(Arc::new(PostgresStore::open(url, prefix, part).await.unwrap()));
    }
    stores
}

fn input(place: &Path) -> PathBuf {
    let out = place.join("input");
    generate::run(&generate::Options {
        profile: Profile::Small,
        households: 12,
        months: 3,
        from: "2023-01".parse().unwrap(),
        seed: 11,
        out: out.clone(),
        standing_share: 50,
    })
    .unwrap();
    out
}

#[tokio::test]
async fn the_pipeline_on_kafka_and_postgresql_ends_like_the_one_on_files() {
    let place = tempfile::tempdir().unwrap();
    let input = input(place.path());
    let erp = |name: &str| TrainingErp::start(place.path().join(name), Faults::default(), None);

    let files_erp = erp("erp-files").await.unwrap();
    let data = place.path().join("files");
    std::fs::create_dir(&data).unwrap();
    let mut on_files = Plant::embedded(config(&data, &files_erp.url())).await.unwrap();
    let (expected, _) =
        live_through(&mut on_files, &files_erp, (&input, MONTHS), (Duration::ZERO, Duration::ZERO)).await;
    assert!(
        expected.determinations > 20 && expected.documents > 10,
        "the comparison has something to compare"
    );

    let name = uuid::Uuid::new_v4().simple().to_string();
    let mut kafka = KafkaConfig::new(tests::kafka_bootstrap());
    kafka.prefix = format!("{name}.");
    let log: Arc<dyn Log> = Arc::new(KafkaLog::open(kafka).await.unwrap());
    log.create_topics(PARTITIONS).await.unwrap();
    let stores = stores(&tests::postgres_url(), &format!("p{}_", &name[..12])).await;
    let servers_erp = erp("erp-servers").await.unwrap();
    let data = place.path().join("servers");
    let mut on_servers = Plant::assemble(log, stores, config(&data, &servers_erp.url())).await.unwrap();
    let (report, _) = live_through(&mut on_servers, &servers_erp, (&input, MONTHS), (JOINING, QUIET)).await;
    assert_eq!(report, expected);
}
