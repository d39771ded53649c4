//! What cannot be assessed, and how it is told.

use super::{DAYCARE, Desk, PLACEMENT, REPAYMENT, stderr};
use serde_json::json;

#[test]
fn every_fault_of_a_case_is_told_with_its_path_and_ends_with_2() {
    let desk = Desk::new();
    let case = DAYCARE
        .replace("month: 2015-03\n", "monht: 2015-03\n")
        .replace("single_provider: false", "single_provider: maybe")
        .replace("\"3483\"", "3483.5");
    let faults = desk.faults("case.yaml", &case);
    let paths: Vec<&str> = faults.iter().map(|fault| fault.split(": ").next().unwrap()).collect();
    assert_eq!(paths, ["monht", "month", "places[0].monthly_rate", "single_provider"], "{faults:?}");
}

#[test]
fn a_place_for_the_answers_of_many_is_refused_for_one_case_and_nothing_is_written() {
    let desk = Desk::new();
    desk.file("case.yaml", DAYCARE);
    let output = desk.assess(&["case.yaml", "--out", "answer.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--population"), "{}", stderr(&output));
    assert!(!desk.folder.path().join("answer.json").exists());
}

#[test]
fn a_year_without_a_scale_is_refused_with_the_years_that_have_one() {
    let desk = Desk::new();
    let faults = desk.faults("case.yaml", &DAYCARE.replace("month: 2015-03", "month: 2009-03"));
    assert!(faults.iter().any(|fault| fault.contains("(known: 20")), "{faults:?}");
}

#[test]
fn faults_of_the_facts_are_told_together_too() {
    let place =
        |child: &str, rate: &str| json!({"child": child, "monthly_rate": rate, "gross_cost": "10000"});
    let mut case = json!({"scheme": "dk-daycare", "month": "2015-03", "yearly_income": "250000",
        "single_provider": false, "children_at_home": 1, "places": [place("a", "-1"), place("", "1")]});
    let desk = Desk::new();
    let faults = desk.faults("facts.json", &case.to_string());
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("places[0].monthly_rate: is 0 to")
            && faults[1].starts_with("places[1].child: ")
    );
    case["places"] = json!([place("a", "2501"), place("b", "100"), place("c", "2502")]);
    let faults = desk.faults("rates.json", &case.to_string());
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("places[0].monthly_rate: ")
            && faults[1].starts_with("places[2].monthly_rate: ")
    );
    assert!(faults[1].contains("the rate 2502") && faults[1].contains("25 %"), "{}", faults[1]);
}

#[test]
fn a_year_that_no_source_tells_is_refused_by_scheme_parameter_and_date() {
    let desk = Desk::new();
    let faults = desk.faults("case.json", &PLACEMENT.replace("2024", "2022"));
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0]
            .starts_with("year: dk-placement: no value of the parameter `threshold` holds on 2022-01-01")
    );
    let faults = desk.faults("case.yaml", &REPAYMENT.replace("2026", "2025"));
    assert!(
        faults[0].starts_with("on: dk-cash-repayment: no value of the parameter `table` holds on 2025-02-01")
    );
}

#[test]
fn an_unknown_scheme_no_scheme_and_what_is_no_case_are_refused() {
    let desk = Desk::new();
    for (name, text, expected) in [
        ("unknown.json", r#"{"scheme": "dk-parking"}"#, "scheme: is unknown; one of dk-daycare"),
        ("none.json", r#"{"year": 2024}"#, "scheme: is missing; one of dk-daycare"),
        ("list.json", "[1]", ".: a case is keys and values"),
        ("broken.json", "{", ".: cannot be read"),
        (
            "twice.json",
            r#"{"scheme": "dk-placement", "year": 2021, "year": 2024}"#,
            ".: cannot be read: the key `year`",
        ),
        ("twice.yaml", "scheme: dk-placement\nyear: 2021\nyear: 2024\n", ".: cannot be read"),
        ("broken.yaml", "a: [", ".: cannot be read"),
    ] {
        let faults = desk.faults(name, text);
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{name}: {faults:?}");
    }
    desk.file("case.txt", PLACEMENT);
    for wrong in [&["case.txt"][..], &["absent.yaml"], &[], &["--population", "case.txt"]] {
        assert_eq!(desk.assess(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
