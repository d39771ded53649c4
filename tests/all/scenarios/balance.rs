//! The equation month by month, as the user of `rettidig balance` sees it.

use super::input::{Family, Input, day};
use super::place::Place;
use crate::program;
use messages::BillingMode;
use serde_json::Value;
use std::path::Path;

fn balance(place: &Place, more: &[&str]) -> String {
    let data = place.data().display().to_string();
    let output = program::rettidig(&[&["balance", "--data", &data], more].concat(), Path::new("."));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
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

    let lines: Vec<Value> =
        balance(&place, &["--json"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let share = |line: &Value, name: &str| {
        let amount: rust_decimal::Decimal = line[name]["amount"]["amount"].as_str().unwrap().parse().unwrap();
        (line[name]["count"].as_u64().unwrap(), amount)
    };
    let mut sums = std::collections::BTreeMap::new();
    for line in &lines {
        let parts = ["confirmed", "credited", "exempt", "open"].map(|name| share(line, name));
        let sum = parts.iter().fold((0, 0.into()), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        assert_eq!(share(line, "expected"), sum, "{line}");
        for name in ["expected", "confirmed", "credited", "exempt", "open"] {
            let (count, amount) = share(line, name);
            let total = sums.entry(name).or_insert((0, rust_decimal::Decimal::ZERO));
            *total = (total.0 + count, total.1 + amount);
        }
    }
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(place.file("report.json")).unwrap()).unwrap();
    for (name, (count, amount)) in &sums {
        let reported = &report["obligations"][*name];
        assert_eq!(reported["count"], *count, "{name}");
        assert_eq!(reported["amount"].as_str().unwrap().parse(), Ok(*amount), "{name}");
    }
    assert!(sums["open"].1 > rust_decimal::Decimal::ZERO, "two documents are missing");
    let open = balance(&place, &["--open"]);
    assert!(
        open.lines().count() > 1 && open.lines().count() < balance(&place, &[]).lines().count(),
        "{open}"
    );
}
