//! What other parameters would change.

use super::{CHILDCARE, Desk, HOUSING, PLACEMENT, REPAYMENT_JSON, lines, stderr, stdout};
use serde_json::{Value, json};
use std::process::Output;

/// What the parameters in `params` would change for this population: the command's output and its report.
fn compared(desk: &Desk, population: &[String]) -> (Output, Value) {
    desk.file("population.jsonl", &population.join("\n"));
    let output =
        desk.assess(&["--population", "population.jsonl", "--compare", "params", "--out", "report.json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report = std::fs::read_to_string(desk.folder.path().join("report.json")).unwrap();
    (output, serde_json::from_str(&report).unwrap())
}

#[test]
fn a_dry_run_shows_what_a_changed_threshold_does_to_everybody() {
    let desk = Desk::new();
    let parameters = include_str!("../../../../shared/schemes/parameters/dk-placement.yaml");
    // A wrong threshold: a digit lost. One of 15.590 makes everybody pay.
    let changed = parameters.replacen("value: 155900", "value: 15590", 1);
    assert_ne!(changed, parameters);
    desk.file("params/dk-placement.yaml", &changed);
    let case = |base: &str| PLACEMENT.replace("400000", base);
    let population = [
        case("155900"),
        case("900000"),
        REPAYMENT_JSON.to_owned(),
        case("200000"),
        PLACEMENT.replace("2024", "2022"),
    ];
    let (output, report) = compared(&desk, &population);
    // 155.900: 18 percent of 140.310 are 25.255,80 a year, 2.104,65 a month. 200.000: from 661,50 to 2.673,08, for
    // 9 percent are paid of what is above 187.590. 900.000 pays the highest total before and after.
    let placement = json!({"cases": 3, "changed": 2, "raised": 2, "raised_by": "4116.23", "lowered": 0,
        "lowered_by": "0.00"});
    assert_eq!(report["schemes"]["dk-placement"], placement);
    assert_eq!(report["schemes"]["dk-cash-repayment"]["changed"], 0);
    assert_eq!((&report["cases"], &report["refused_by_both"]), (&json!(5), &json!(1)));
    assert_eq!(report["largest"][0]["line"], 1);
    assert_eq!(report["largest"][0]["difference"], "2104.65");
    assert_eq!(
        report["largest"][1],
        json!({"line": 4, "scheme": "dk-placement", "before": "661.50",
        "after": "2673.08", "difference": "2011.58"})
    );
    let table = stdout(&output);
    assert!(
        table.contains("dk-placement") && table.contains("4116.23") && table.contains("2104.65"),
        "{table}"
    );
    assert!(table.contains("5 cases; cannot be assessed: 1 under both"), "{table}");
}

#[test]
fn a_dry_run_refuses_parameters_that_would_change_nothing_or_do_not_load() {
    let desk = Desk::new();
    desk.file("population.jsonl", PLACEMENT);
    desk.file("typo/dk-placment.yaml", "scheme: dk-placement\n");
    desk.file("broken/dk-placement.yaml", "scheme: dk-placement\nparameters: {threshold: []}\n");
    desk.file("other/dk-placement.yaml", "scheme: dk-daycare\nparameters: {}\n");
    desk.file("half/dk-cash-repayment.yaml", "scheme: dk-cash-repayment\nparameters: {}\n");
    std::fs::create_dir(desk.folder.path().join("empty")).unwrap();
    for (directory, expected) in [
        ("typo", "dk-placment.yaml is no parameter file"),
        ("broken", "parameter `threshold`"),
        ("other", "dk-placement.yaml is of the scheme dk-daycare"),
        ("half", "belong together"),
        ("empty", "holds no parameter file"),
        ("absent", "absent: "),
    ] {
        let output = desk.assess(&["--population", "population.jsonl", "--compare", directory]);
        assert_eq!(output.status.code(), Some(2), "{directory}");
        assert!(stderr(&output).contains(expected), "{directory}: {}", stderr(&output));
    }
}

#[test]
fn a_dry_run_shows_what_a_changed_rate_does_to_residents_and_a_changed_cap_to_swedish_households() {
    let desk = Desk::new();
    let changed = |text: &str, from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        changed
    };
    let rates = include_str!("../../../../shared/schemes/parameters/dk-temporary-housing.yaml");
    desk.file("params/dk-temporary-housing.yaml", &changed(rates, "value: 96.71", "value: 100"));
    let caps = include_str!("../../../../shared/schemes/parameters/se-childcare.yaml");
    desk.file("params/se-childcare.yaml", &changed(caps, "value: 56250", "value: 50000"));
    let line = |yaml: &str| {
        let case: Value = serde_saphyr::from_str(yaml).unwrap();
        case.to_string()
    };
    let population = [
        line(HOUSING),
        line(&HOUSING.replace("2023-04-20", "2023-06-01")),
        line(CHILDCARE),
        line(&CHILDCARE.replace("monthly_income: \"30000\"\n", "")),
        line(&HOUSING.replace("2023", "2022")),
    ];
    let (_, report) = compared(&desk, &population);
    // 31 days at 3,29 more; 3 percent of 50.000 in place of 1.688.
    let housing = json!({"cases": 2, "changed": 1, "raised": 1, "raised_by": "101.99", "lowered": 0,
        "lowered_by": "0.00"});
    let childcare = json!({"cases": 2, "changed": 1, "raised": 0, "raised_by": "0.00", "lowered": 1,
        "lowered_by": "188.00"});
    assert_eq!(report["schemes"]["dk-temporary-housing"], housing);
    assert_eq!(report["schemes"]["se-childcare"], childcare);
    assert_eq!(report["refused_by_both"], 1);
    assert_eq!(report["largest"][0]["scheme"], "se-childcare");
    let answers = desk.assess(&["--population", "population.jsonl", "--out", "answers.jsonl"]);
    assert_eq!(answers.status.code(), Some(2));
    let answers = lines(&std::fs::read_to_string(desk.folder.path().join("answers.jsonl")).unwrap());
    let payable: Vec<&Value> = answers.iter().map(|answer| &answer["payable"]).collect();
    assert_eq!(
        payable,
        [&json!("2998.01"), &json!("0.00"), &json!("900.00"), &json!("1688.00"), &Value::Null]
    );
    assert_eq!(answers[4]["errors"][0]["path"], "month");
}
