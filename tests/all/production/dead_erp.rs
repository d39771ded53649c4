//! The ERP cannot be reached for a month.

use super::{MONTHS, config, days, input, live_day, live_through, settle};
use crate::scenarios::place::{ledger, live_documents, money, sum, text};
use domain::{Day, Money};
use erp_sandbox::Faults;
use messages::{FindingClass, FindingState, Phase};
use rettidig::erp::TrainingErp;
use rettidig::pipeline::Plant;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;

/// What each payer was charged for each month in all; months that come to nothing are left out.
fn net(ledger: &[Value]) -> BTreeMap<[String; 3], Money> {
    let mut of_month: BTreeMap<[String; 3], Vec<Money>> = BTreeMap::new();
    for document in live_documents(ledger) {
        let key = ["case", "payer_key", "period"].map(|field| text(&document, field));
        of_month.entry(key).or_default().push(money(&document));
    }
    let sums = of_month.into_iter().map(|(key, amounts)| (key, sum(amounts)));
    sums.filter(|(_, amount)| !amount.is_zero()).collect()
}

async fn undisturbed(place: &Path, input: &Path) -> Vec<Value> {
    let (data, erp_data) = (place.join("undisturbed"), place.join("erp-undisturbed"));
    std::fs::create_dir(&data).unwrap();
    let erp = TrainingErp::start(erp_data.clone(), Faults::default(), None).await.unwrap();
    let mut plant = Plant::embedded(config(&data, &erp.url())).await.unwrap();
    live_through(&mut plant, &erp, (input, MONTHS)).await;
    drop(plant);
    erp.stop().await.unwrap();
    ledger(&erp_data).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erp_that_is_dead_for_a_month_is_told_of_and_gets_every_order_once_when_it_is_back() {
    let place = tempfile::tempdir().unwrap();
    let input = input(place.path());
    let undisturbed = undisturbed(place.path(), &input).await;

    let (data, erp_data) = (place.path().join("data"), place.path().join("erp"));
    std::fs::create_dir(&data).unwrap();
    let erp = TrainingErp::start(erp_data.clone(), Faults::default(), None).await.unwrap();
    // Whoever connects here is refused.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let dead = format!("http://{nobody}");
    let mut folders = intake::days(&input).unwrap().into_iter().peekable();
    let all: Vec<Day> = days(MONTHS).collect();
    let (before, rest) = all.split_at(3);
    let (without, after) = rest.split_at(3);

    let mut plant = Plant::embedded(config(&data, &erp.url())).await.unwrap();
    settle(&mut plant).await;
    for day in before {
        live_day(&mut plant, &erp, &mut folders, *day).await;
    }
    drop(plant);
    let mut plant = Plant::embedded(config(&data, &dead)).await.unwrap();
    for day in without {
        live_day(&mut plant, &erp, &mut folders, *day).await;
    }
    let (report, findings) = plant.report(without[2]).await.unwrap();
    let waiting = report.calls_waiting["erp-gateway"];
    let open = |class| {
        findings
            .iter()
            .filter(|one| one.class == class && !matches!(one.state, FindingState::Resolved { .. }))
            .count()
    };
    assert!(waiting > 0 && open(FindingClass::Unconfirmed) > 0, "{waiting} wait, and billing staff are told");
    drop(plant);

    let mut plant = Plant::embedded(config(&data, &erp.url())).await.unwrap();
    for day in after {
        live_day(&mut plant, &erp, &mut folders, *day).await;
    }
    let last = Day::from_ymd_opt(2023, 3, 31).unwrap();
    erp.open_day(last).await.unwrap();
    for phase in Phase::ALL {
        plant.announce(last, phase).await.unwrap();
        settle(&mut plant).await;
    }
    let (report, findings) = plant.report(last).await.unwrap();
    assert!(report.calls_waiting.is_empty(), "{:?}", report.calls_waiting);
    drop(plant);
    erp.stop().await.unwrap();

    // A resident about whom nobody decides is none of the ERP's doing.
    let of_the_erp = findings.iter().filter(|one| one.class != FindingClass::Undecided);
    let open: Vec<_> = of_the_erp.filter(|one| !matches!(one.state, FindingState::Resolved { .. })).collect();
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(net(&ledger(&erp_data).await), net(&undisturbed), "as if the ERP had always been there");
}
