//! The equation month by month, as the user of `rettidig balance` sees it.

use super::input::{Family, Input, day, month};
use super::place::Place;
use crate::program;
use domain::Money;
use messages::{BillingMode, CaseOrder};
use rust_decimal::Decimal;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn ask(command: &str, place: &Place, more: &[&str]) -> String {
    let data = place.data().display().to_string();
    let output = program::rettidig(&[&[command, "--data", &data], more].concat(), Path::new("."));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn balance(place: &Place, more: &[&str]) -> String {
    ask("balance", place, more)
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The number and the kroner of a share.
fn share(line: &Value, name: &str) -> (u64, Decimal) {
    (line[name]["count"].as_u64().unwrap(), line[name]["amount"]["amount"].as_str().unwrap().parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_month_satisfies_the_equation_and_all_of_them_are_the_report() {
    let (place, mut input) = (Place::new(), Input::default());
    for number in 0..6 {
        let family = Family::new(number, 2, 1);
        let billing = if number < 3 { BillingMode::Monthly } else { BillingMode::Standing };
        input.open(day("2023-01-02"), &family, billing, day("2023-01-01"), &[3_000 + i64::from(number)]);
    }
    input.write(&place.input());
    place.run("2023-04-03", "{kind: drop, count: 2, from: 2023-02}, {kind: amount, count: 1}").await;

    let lines = json_lines(&balance(&place, &["--json"]));
    let mut sums = std::collections::BTreeMap::new();
    for line in &lines {
        let parts = ["confirmed", "credited", "exempt", "open"].map(|name| share(line, name));
        let sum = parts.iter().fold((0, 0.into()), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        assert_eq!(share(line, "expected"), sum, "{line}");
        for name in ["expected", "confirmed", "credited", "exempt", "open"] {
            let (count, amount) = share(line, name);
            let total = sums.entry(name).or_insert((0, Decimal::ZERO));
            *total = (total.0 + count, total.1 + amount);
        }
    }
    let report: Value =
        serde_json::from_str(&fs::read_to_string(place.file("report.json")).unwrap()).unwrap();
    for (name, (count, amount)) in &sums {
        let reported = &report["obligations"][*name];
        assert_eq!(reported["count"], *count, "{name}");
        assert_eq!(reported["amount"].as_str().unwrap().parse(), Ok(*amount), "{name}");
    }
    assert!(sums["open"].1 > Decimal::ZERO, "two documents are missing");
    let open = balance(&place, &["--open"]);
    assert!(
        open.lines().count() > 1 && open.lines().count() < balance(&place, &[]).lines().count(),
        "{open}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_amount_leads_to_its_cases_and_they_to_what_was_found() {
    let (place, mut input) = (Place::new(), Input::default());
    for number in 0..4 {
        let family = Family::new(number, 2, 1);
        input.open(day("2023-01-02"), &family, BillingMode::Monthly, day("2023-01-01"), &[3_000]);
    }
    input.write(&place.input());
    place.run("2023-03-31", "{kind: drop, count: 1, from: 2023-02}").await;

    let by_case = json_lines(&balance(&place, &["--by-case", "--json"]));
    for line in json_lines(&balance(&place, &["--json"])) {
        let of_month = by_case.iter().filter(|one| one["period"] == line["period"]);
        let sum = of_month.fold((0, Decimal::ZERO), |sum, one| {
            let (count, amount) = share(one, "open");
            (sum.0 + count, sum.1 + amount)
        });
        assert_eq!(share(&line, "open"), sum, "{line}");
    }
    let of_february = |line: &&Value| line["period"] == "2023-02" && share(line, "open").0 > 0;
    let open: Vec<&Value> = by_case.iter().filter(of_february).collect();
    let [missing] = open[..] else { panic!("{open:?}") };
    let case = missing["case"].as_str().unwrap();

    let found = json_lines(&ask("findings", &place, &["--json", "--case", case]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["class"], &found[0]["case"]), (&"missing_in_erp".into(), &missing["case"]));
    assert_eq!(found[0]["amount"].as_str().unwrap().parse(), Ok(share(missing, "open").1));
    let told = ask("findings", &place, &[]);
    assert!(told.contains(&format!(" missing_in_erp {case} ")) && told.lines().count() == 1, "{told}");
    assert_eq!(ask("findings", &place, &["--case", "DAY-9999"]), "");
}

#[test]
fn the_example_of_the_page_is_billed_as_it_stands() {
    let page = include_str!("../../../services/rettidig/README.md");
    let orders = page.split_once("```jsonl\n").unwrap().1.split_once("```").unwrap().0;
    let folder = tempfile::tempdir().unwrap();
    let day = folder.path().join("input/2023-01-02");
    fs::create_dir_all(&day).unwrap();
    fs::write(day.join("orders.jsonl"), orders).unwrap();
    for line in ["run --input input --data data/one --until 2023-03-31", "balance --data data/one"] {
        assert!(page.contains(&format!("rettidig {line}\n")), "the page says {line}");
    }
    let arguments = ["run", "--input", "input", "--data", "data/one", "--until", "2023-03-31"];
    let output = program::rettidig(&arguments, folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = program::rettidig(&["balance", "--data", "data/one", "--json"], folder.path());
    let february = json_lines(&String::from_utf8(output.stdout).unwrap()).remove(0);
    assert_eq!((&february["period"], share(&february, "open")), (&"2023-02".into(), (0, Decimal::ZERO)));
    assert_eq!(share(&february, "confirmed"), share(&february, "expected"));
    assert!(share(&february, "confirmed").1 > Decimal::ZERO);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_that_is_taken_over_is_billed_from_its_first_day_here_and_no_earlier() {
    let (place, family, mut input) = (Place::new(), Family::new(0, 2, 1), Input::default());
    input.open(day("2023-06-20"), &family, BillingMode::Monthly, day("2023-07-01"), &[3_000]);
    let granted = CaseOrder::ApplySubsidy {
        applied_on: day("2023-01-10"),
        yearly_income: Money::dkk(300_000),
        self_employed: false,
        admitted_on: None,
    };
    input.order(day("2023-06-20"), &family, granted);
    input.settled(day("2023-06-20"), &family);
    for month in ["2023-04", "2023-05", "2023-06"] {
        input.pay(&family, &family.payer.clone(), self::month(month), 60_000);
    }
    input.write(&place.input());
    place.run("2023-08-20", "").await;
    let lines = json_lines(&balance(&place, &["--json"]));
    let months: Vec<&str> = lines.iter().map(|line| line["period"].as_str().unwrap()).collect();
    assert_eq!(months, ["2023-07", "2023-08", "2023-09"]);
    for line in &lines {
        let owed = share(line, "expected").1;
        assert!(owed > Decimal::ZERO && owed < Decimal::from(3_000), "the subsidy counts: {line}");
    }
    assert_eq!(ask("findings", &place, &[]), "");
    let tasks = ask("tasks", &place, &[]);
    assert!(!tasks.contains("income of"), "what was earned before is nobody's question here: {tasks}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_at_a_standstill_is_told_beside_the_balance_with_what_it_owes_a_month() {
    let (place, family, mut input) = (Place::new(), Family::new(0, 2, 1), Input::default());
    input.open(day("2026-10-02"), &family, BillingMode::Monthly, day("2026-10-01"), &[3_000]);
    input.apply(day("2026-10-02"), &family, 25_000, day("2026-10-01"));
    input.write(&place.input());
    // The law's figures end with the year, and the month to come cannot be determined.
    place.run("2026-12-03", "").await;
    let data = place.data().display().to_string();
    let output = program::rettidig(&["balance", "--data", &data], Path::new("."));
    let told = String::from_utf8(output.stderr).unwrap();
    let expected = format!("{} stands still since 2026-12-01", family.case);
    assert!(told.contains(&expected) && told.contains("about 630.00 kr. a month"), "{told}");
}
