//! What a case is answered.

use super::{DAYCARE, Desk, PLACEMENT, REPAYMENT, stdout};
use serde_json::{Value, json};

#[test]
fn a_daycare_case_in_yaml_is_answered_with_its_subsidies_and_reasons() {
    let answer = Desk::new().answer("case.yaml", DAYCARE);
    // 250.000 is row 23 above 164.101 at 3.638 a row: 28 percent of 3.483.
    let line = json!({"child": "a", "place": "1", "payable": "975.24", "own_percent": 28,
        "economic_subsidy": "2507.76", "sibling_subsidy": "0.00", "treatment_subsidy": "0.00", "social_subsidy": "0.00"});
    assert_eq!(answer["scheme"], "dk-daycare");
    assert_eq!(answer["payable"], "975.24");
    assert_eq!(answer["lines"], json!([line]));
    assert_eq!(answer["trace"]["scheme"], "dk-daycare");
}

#[test]
fn a_placement_case_in_json_is_answered_with_its_amounts() {
    let mut answer = Desk::new().answer("case.json", PLACEMENT);
    assert_eq!(answer["trace"]["root"]["result"][0]["value"], "3120.75");
    answer.as_object_mut().unwrap().remove("trace");
    let expected = json!({"scheme": "dk-placement", "payable": "3120.75", "yearly_amount": "37449.00",
        "monthly_amount": "3120.75", "collected": true, "maintenance_to_be_fixed": false,
        "lines": [{"child": "1", "payable": "3120.75", "yearly_amount": "37449.00", "monthly_amount": "3120.75",
            "collected": true}]});
    assert_eq!(answer, expected);
}

#[test]
fn a_repayment_case_is_answered_with_percent_capacity_and_instalment() {
    let desk = Desk::new();
    let mut answer = desk.answer("case.yaml", REPAYMENT);
    answer.as_object_mut().unwrap().remove("trace");
    let expected = json!({"scheme": "dk-cash-repayment", "payable": "3950.00", "percent": 19,
        "monthly_capacity": "3958.33", "monthly_instalment": "3950.00", "outcome": {"kind": "instalment"}, "lines": []});
    assert_eq!(answer, expected);
    let months =
        "scheme: dk-cash-repayment\non: 2026-02-01\nlatest_months: [\"20000\", \"18000\"]\nprovider: false\n";
    assert_eq!(desk.answer("months.yaml", months)["payable"], "2150.00");
}

#[test]
fn lines_keep_the_order_of_the_case_and_not_that_of_the_names() {
    let case = json!({"scheme": "dk-placement", "year": 2024, "income_base": "400000",
        "children": [{"child": "b"}, {"child": "a", "continued_placement": true}]});
    let answer = Desk::new().answer("case.json", &case.to_string());
    let order: Vec<&str> =
        answer["lines"].as_array().unwrap().iter().map(|l| l["child"].as_str().unwrap()).collect();
    assert_eq!(order, ["b", "a"]);
    assert_eq!(answer["payable"], "3120.75");
}

#[test]
fn the_reasons_can_be_read_as_a_tree_or_left_out() {
    let desk = Desk::new();
    desk.file("case.json", PLACEMENT);
    let tree = stdout(&desk.assess(&["case.json", "--trace", "text"]));
    assert!(tree.starts_with("dk-placement\nparental payment"), "{tree}");
    assert!(tree.contains("  | threshold = 155900 DKK/year, from 2024-01-01 [barnets lov § 187"), "{tree}");
    assert!(tree.ends_with("> total payable a month = 3120.75\n"), "{tree}");
    let bare: Value = serde_json::from_slice(&desk.assess(&["case.json", "--trace", "none"]).stdout).unwrap();
    assert!(bare.get("trace").is_none() && bare["payable"] == "3120.75");
}
