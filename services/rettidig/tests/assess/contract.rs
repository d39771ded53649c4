//! The help and the schemas say what the command takes.

use super::{Desk, PLACEMENT, REPAYMENT_JSON, stdout};
use rettidig::assess::schema;
use serde_json::{Value, json};

const SCHEMES: [&str; 5] =
    ["dk-daycare", "dk-placement", "dk-temporary-housing", "dk-cash-repayment", "se-childcare"];

#[test]
fn the_help_names_every_key_of_every_schema() {
    let help = stdout(&Desk::new().assess(&["--help"]));
    for scheme in SCHEMES {
        let schema = schema::of(scheme).unwrap();
        let mut objects = vec![&schema];
        objects.extend(schema["$defs"].as_object().unwrap().values());
        assert!(help.contains(&format!("scheme: {scheme} ")), "{scheme} is not in the help");
        for key in
            objects.iter().filter_map(|object| object["properties"].as_object()).flat_map(|keys| keys.keys())
        {
            assert!(help.contains(key.as_str()), "{scheme}: {key} is not in the help");
        }
    }
}

#[test]
fn the_schema_takes_what_the_command_takes_and_refuses_what_it_refuses() {
    let daycare = json!({"scheme": "dk-daycare", "month": "2015-03", "yearly_income": "250000",
        "single_provider": false, "children_at_home": 1,
        "places": [{"child": "a", "monthly_rate": "3483", "gross_cost": "13932"}]});
    let placement: Value = serde_json::from_str(PLACEMENT).unwrap();
    let repayment: Value = serde_json::from_str(REPAYMENT_JSON).unwrap();
    let housing = json!({"scheme": "dk-temporary-housing", "month": "2023-05", "paragraph": "110", "days": 31,
        "income": true, "decision_communicated_on": "2023-04-20", "decided_daily_rate": null});
    let childcare = json!({"scheme": "se-childcare", "month": "2024-03", "monthly_income": "30000",
        "children": [{"id": "a", "born": "2022-05-01", "care": "preschool"}]});
    let cases = [daycare, placement, housing, repayment, childcare];
    assert_eq!(cases.each_ref().map(|case| case["scheme"].as_str().unwrap()), SCHEMES);
    let desk = Desk::new();
    for case in cases {
        desk.answer("case.json", &case.to_string());
        let schema = schema::of(case["scheme"].as_str().unwrap()).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        assert!(validator.is_valid(&case), "{case}");
        let mut unknown = case.clone();
        unknown["more"] = json!(1);
        assert!(!validator.is_valid(&unknown));
        for key in case
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| schema["required"].as_array().unwrap().contains(&json!(key)))
        {
            let mut without = case.clone();
            without.as_object_mut().unwrap().remove(key);
            assert!(!validator.is_valid(&without), "{key}");
        }
    }
}
