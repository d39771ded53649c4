//! The whole pipeline on Apache Kafka and PostgreSQL ends like the same pipeline on files.
//!
//! Three months of a few families, some days of each month announced: days in between may be left out, because what is
//! due is found by state.

mod bounds;
mod dead_erp;
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

use crate::on_servers::OnServers;
use alerting::AlertConfig;
use domain::Day;
use erp_sandbox::Faults;
use messages::{Finding, Phase};
use rettidig::erp::TrainingErp;
use rettidig::generate::{self, Profile};
use rettidig::pipeline::{Plant, PlantConfig, training_erp};
use rettidig::report::Report;
use rettidig::settings::Settings;
use runtime::Ended;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// More than one, so that the stages' messages cross partitions.
const PARTITIONS: u32 = 2;
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
        settings: Settings::default(),
        person_secret_file: None,
        alerts: AlertConfig::default(),
        erp_calls_in_flight: 1,
        done_dir: None,
    }
}

/// Lets the stages work until nothing is left to do.
async fn settle(plant: &mut Plant) {
    assert_eq!(plant.settle(&CancellationToken::new()).await.unwrap(), Ended::Idle);
}

/// The days that are announced in so many months.
fn days(months: u32) -> impl Iterator<Item = Day> {
    (1..=months).flat_map(|month| DAYS.map(|day| Day::from_ymd_opt(2023, month, day).unwrap()))
}

/// A folder of each day, as `intake::days` lists them.
type Folders = std::iter::Peekable<std::vec::IntoIter<(Option<Day>, PathBuf)>>;

/// One announced day: the files of all days up to it, then its phases.
async fn live_day(plant: &mut Plant, erp: &TrainingErp, folders: &mut Folders, day: Day) {
    erp.open_day(day).await.unwrap();
    while let Some((_, folder)) = folders.next_if(|(of, _)| of.unwrap() <= day) {
        plant.take_files(&folder, day).await.unwrap();
    }
    settle(plant).await;
    for phase in Phase::ALL {
        plant.announce(day, phase).await.unwrap();
        settle(plant).await;
    }
}

/// All days. The stages join their groups before the first files come, so that all of them begin at the same time.
async fn live_through(
    plant: &mut Plant,
    erp: &TrainingErp,
    (input, months): (&Path, u32),
) -> (Report, Vec<Finding>) {
    let mut folders = intake::days(input).unwrap().into_iter().peekable();
    settle(plant).await;
    for day in days(months) {
        live_day(plant, erp, &mut folders, day).await;
    }
    plant.report(days(months).last().unwrap()).await.unwrap()
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
    let (expected, _) = live_through(&mut on_files, &files_erp, (&input, MONTHS)).await;
    assert!(
        expected.determinations > 20 && expected.documents > 10,
        "the comparison has something to compare"
    );

    let servers_erp = erp("erp-servers").await.unwrap();
    let data = place.path().join("servers");
    let mut on_servers = OnServers::new().await.plant(config(&data, &servers_erp.url())).await;
    let (report, _) = live_through(&mut on_servers, &servers_erp, (&input, MONTHS)).await;
    assert_eq!(report, expected);
}
