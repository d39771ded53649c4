//! Cases of dk-temporary-housing.

use super::{Desk, HOUSING, stdout};
use serde_json::{Value, json};

/// A stay under § 107 in the costs of whose facility nothing is missing.
fn of_107() -> Value {
    json!({"scheme": "dk-temporary-housing", "month": "2023-05", "paragraph": "107", "days": 31, "income": true,
        "decision_communicated_on": "2023-04-20", "decided_daily_rate": "90",
        "services": [{"service": "food", "name": "breakfast", "daily_rate": "20", "opted_out_days": 11}],
        "budget": {"income": "9000", "home_costs": "3000", "obligations": "1000", "personal_needs": "2000"},
        "cost_basis": {"facility": "north", "valid_from": "2023-01-01", "valid_to": "2023-12-31", "rent": "300000",
            "electricity": "40000", "heat": "25000", "place_days": 3650, "provisional": false, "owner": "team-1"}})
}

fn without_trace(mut answer: Value) -> Value {
    answer.as_object_mut().unwrap().remove("trace");
    answer
}

#[test]
fn a_stay_in_a_shelter_is_answered_with_its_days_at_the_statutory_rate() {
    let desk = Desk::new();
    // 31 days at 96,71.
    let charge = json!({"from": "2023-05-01", "to": "2023-05-31", "days": 31, "daily_rate": "96.71",
        "amount": "2998.01", "decision_communicated_on": "2023-04-20"});
    let expected = json!({"scheme": "dk-temporary-housing", "payable": "2998.01", "status": "charged",
        "days_before_decision": 0, "reduction": "0.00", "paid_to_facility": "0.00", "personal_needs_due": false,
        "personal_needs": null,
        "lines": [{"paragraph": "110", "payable": "2998.01", "charges": [charge], "services": []}]});
    assert_eq!(without_trace(desk.answer("case.yaml", HOUSING)), expected);
    let number = HOUSING.replace("\"110\"", "110");
    assert_eq!(without_trace(desk.answer("number.yaml", &number)), expected);
}

#[test]
fn nothing_is_charged_without_a_communicated_decision_and_the_reasons_say_so() {
    let desk = Desk::new();
    for (name, case) in [
        (
            "null.yaml",
            HOUSING.replace("decision_communicated_on: 2023-04-20", "decision_communicated_on: null"),
        ),
        ("absent.yaml", HOUSING.replace("decision_communicated_on: 2023-04-20\n", "")),
        ("later.yaml", HOUSING.replace("2023-04-20", "2023-06-01")),
        ("no_amount.yaml", HOUSING.replace("110", "107")),
    ] {
        let answer = desk.answer(name, &case);
        assert_eq!(answer["payable"], "0.00", "{name}");
        assert_eq!(answer["status"], "awaiting_decision", "{name}");
        assert_eq!(answer["days_before_decision"], 31, "{name}");
        assert_eq!(answer["lines"][0]["payable"], "0.00", "{name}");
        assert_eq!(answer["lines"][0]["charges"], json!([]), "{name}");
        let tree = stdout(&desk.assess(&[name, "--trace", "text"]));
        assert!(
            tree.contains("> nothing is charged = no decision with a concrete amount was communicated"),
            "{name}: {tree}"
        );
    }
}

#[test]
fn a_decision_works_only_forward_from_its_communication() {
    let desk = Desk::new();
    let answer = desk.answer("within.yaml", &HOUSING.replace("2023-04-20", "2023-05-20"));
    // 12 days at 96,71.
    assert_eq!(answer["payable"], "1160.52");
    assert_eq!(answer["days_before_decision"], 19);
    let more = "further_decisions: [{communicated_on: 2023-05-21, daily_rate: 50}]\n";
    let answer = desk.answer("lowered.yaml", &(HOUSING.replace("2023-04-20", "2023-05-20") + more));
    // A day at 96,71 and 11 at 50.
    assert_eq!(answer["payable"], "646.71");
    assert_eq!(answer["lines"][0]["charges"][1]["daily_rate"], "50.00");
}

#[test]
fn services_opt_outs_and_the_budget_of_section_107_are_counted() {
    let answer = without_trace(Desk::new().answer("case.json", &of_107().to_string()));
    // 31 days at 90 and 20 breakfasts at 20 are 3.190; the budget has room for 3.000. A day costs 365.000 / 3.650, and
    // the resident can bear 3.000 / 31 less the breakfast of 20.
    let charge = json!({"from": "2023-05-01", "to": "2023-05-31", "days": 31, "daily_rate": "90.00",
        "amount": "2790.00", "decision_communicated_on": "2023-04-20"});
    let expected = json!({"scheme": "dk-temporary-housing", "payable": "3000.00", "status": "charged",
        "days_before_decision": 0, "reduction": "190.00", "paid_to_facility": "0.00", "personal_needs_due": false,
        "personal_needs": null,
        "calculation": {"stay_daily_rate": "100.00", "services_daily_rate": "20.00",
            "proposed_daily_rate": "76.77", "affordable": false},
        "lines": [{"paragraph": "107", "payable": "3000.00", "charges": [charge],
            "services": [{"name": "breakfast", "days": 20, "amount": "400.00"}]}]});
    assert_eq!(answer, expected);
}

#[test]
fn meals_in_a_shelter_are_paid_to_the_facility_and_not_to_the_municipality() {
    let more = "services: [{service: food, name: dinner, daily_rate: 36}]\n";
    let answer = Desk::new().answer("case.yaml", &format!("{HOUSING}{more}"));
    assert_eq!(answer["payable"], "2998.01");
    assert_eq!(answer["paid_to_facility"], "1116.00");
}

#[test]
fn without_income_nothing_is_charged_and_the_amount_for_personal_needs_is_due() {
    let desk = Desk::new();
    let case = HOUSING.replace("income: true", "income: false");
    let answer = desk.answer("not_set.yaml", &case);
    assert_eq!((&answer["payable"], &answer["status"]), (&json!("0.00"), &json!("no_income")));
    assert_eq!((&answer["personal_needs_due"], &answer["personal_needs"]), (&json!(true), &Value::Null));
    let answer = desk.answer("set.yaml", &(case + "settings: {personal_needs_daily: \"45.50\"}\n"));
    assert_eq!(answer["personal_needs"], "1410.50");
}

#[test]
fn an_own_home_is_kept_free_of_payment_and_a_dispensation_takes_its_days_out() {
    let desk = Desk::new();
    let mut case = of_107();
    for key in ["services", "budget", "cost_basis"] {
        case.as_object_mut().unwrap().remove(key);
    }
    case["dispensations"] = json!([{"from": "2023-05-10", "to": "2023-05-19", "reason": "hospital"}]);
    assert_eq!(desk.answer("dispensed.json", &case.to_string())["payable"], "1890.00");
    case["own_home_kept"] = json!(true);
    let answer = desk.answer("own_home.json", &case.to_string());
    assert_eq!((&answer["payable"], &answer["status"]), (&json!("0.00"), &json!("own_home_kept")));
}

#[test]
fn a_facility_without_valid_costs_leaves_the_resident_waiting_and_says_what_is_missing() {
    let desk = Desk::new();
    let mut case = of_107();
    case["cost_basis"]["heat"] = Value::Null;
    case["cost_basis"]["provisional"] = json!(true);
    let answer = desk.answer("missing.json", &case.to_string());
    assert_eq!((&answer["payable"], &answer["status"]), (&json!("0.00"), &json!("awaiting_decision")));
    assert_eq!(
        answer["missing_basis"],
        json!({"facility": "north", "missing": ["heat is not measured", "the figures are provisional"],
            "owner": "team-1"})
    );
    let tree = stdout(&desk.assess(&["missing.json", "--trace", "text"]));
    assert!(tree.contains("< missing = heat is not measured"), "{tree}");
}

#[test]
fn the_faults_of_a_stay_are_told_together_with_their_paths() {
    let desk = Desk::new();
    let mut case = of_107();
    case["days"] = json!(32);
    case["services"][0]["daily_rate"] = json!("-1");
    case["cost_basis"]["heat"] = json!("-1");
    case["settings"] = json!({"personal_needs_daily": "-1"});
    let paths = |faults: &[String]| -> Vec<String> {
        faults.iter().map(|fault| fault.split(": ").next().unwrap().to_owned()).collect()
    };
    let faults = desk.faults("facts.json", &case.to_string());
    let expected = ["cost_basis.heat", "days", "services[0].daily_rate", "settings.personal_needs_daily"];
    assert_eq!(paths(&faults), expected);
    let case = json!({"scheme": "dk-temporary-housing", "month": "2023-05", "paragraph": "110", "days": 31,
        "income": true, "decision_communicated_on": "2023-04-20", "decided_daily_rate": "97",
        "further_decisions": [{"communicated_on": "2023-05-10", "daily_rate": "98"}],
        "services": [{"service": "food", "name": "dinner", "daily_rate": "36", "opted_out_days": 32}]});
    let faults = desk.faults("rules.json", &case.to_string());
    assert_eq!(
        paths(&faults),
        ["decided_daily_rate", "further_decisions[0].daily_rate", "services[0].opted_out_days"]
    );
    assert!(faults[0].contains("97, above the statutory rate of 96.71"), "{faults:?}");
    let mut case = of_107();
    case["paragraph"] = json!("109");
    let faults = desk.faults("basis.json", &case.to_string());
    assert_eq!(faults, ["cost_basis: is of § 107; the rate of §§ 109 and 110 is statutory (BEK 1244 § 2)"]);
    let mut case = of_107();
    case["cost_basis"]["valid_from"] = json!("2023-04-21");
    let faults = desk.faults("early.json", &case.to_string());
    assert_eq!(
        faults,
        ["cost_basis: of facility north holds from 2023-04-21 to 2023-12-31, not on 2023-04-20"]
    );
}

#[test]
fn a_year_whose_rate_was_not_found_is_refused_by_scheme_parameter_and_date() {
    let faults = Desk::new().faults("case.yaml", &HOUSING.replace("2023", "2022"));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].starts_with(
            "month: dk-temporary-housing: no value of the parameter `daily_rate_110` holds on 2022-05-01"
        ),
        "{faults:?}"
    );
}
