//! Runs the files of `cases/dk-temporary-housing/`.

use super::{Assessment, Input, PersonalNeeds, Settings, Status, assess, parameters};
use crate::case_files_test;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    title: String,
    source: String,
    input: Input,
    #[serde(default)]
    settings: Settings,
    expect: Option<Expect>,
    refused: Option<String>,
    /// Lines that the trace holds.
    #[serde(default)]
    explained_by: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    payable: String,
    status: Status,
    /// Of each line: its days times its rate.
    #[serde(default)]
    lines: Vec<String>,
    #[serde(default = "nothing")]
    paid_to_facility: String,
    #[serde(default = "nothing")]
    reduction: String,
    #[serde(default)]
    days_before_decision: u32,
    #[serde(default = "not_due")]
    personal_needs: String,
}

fn nothing() -> String {
    "0.00".to_owned()
}

fn not_due() -> String {
    "not_due".to_owned()
}

fn amounts(answer: &Assessment) -> Expect {
    Expect {
        payable: answer.payable.to_text(),
        status: answer.status,
        lines: answer
            .lines
            .iter()
            .map(|l| {
                let (from, to) = l.span();
                format!("{from} to {to}: {} x {} = {}", l.days(), l.daily_rate(), l.amount().to_text())
            })
            .collect(),
        paid_to_facility: answer.paid_to_facility.to_text(),
        reduction: answer.reduction.to_text(),
        days_before_decision: answer.days_before_decision,
        personal_needs: match &answer.personal_needs {
            PersonalNeeds::NotDue => not_due(),
            PersonalNeeds::Due(amount) => amount.to_text(),
            PersonalNeeds::DueNotSet => "due_not_set".to_owned(),
        },
    }
}

fn run(text: &str) -> Result<(), String> {
    let case: Case = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
    if case.title.is_empty() || case.source.is_empty() {
        return Err("a case has its title and its source".to_owned());
    }
    let answer = assess(&case.input, &parameters().unwrap(), &case.settings);
    if let Ok(answer) = &answer {
        let json = serde_json::to_string(answer).unwrap();
        assert_eq!(serde_json::from_str::<Assessment>(&json).unwrap(), *answer);
        let trace = answer.trace.to_string();
        if let Some(line) = case.explained_by.iter().find(|line| !trace.contains(line.as_str())) {
            return Err(format!("the trace does not hold `{line}`:\n{trace}"));
        }
    }
    case_files_test::compare(answer.map(|a| amounts(&a)), case.expect.as_ref(), case.refused.as_deref())
}

#[test]
fn every_case_comes_out_as_the_lawyer_says() {
    case_files_test::run_all("dk-temporary-housing", 60, run);
}

#[test]
fn a_service_granted_individually_cannot_even_be_written() {
    let json = r#"{"month": "2023-05", "paragraph": "107", "days": 31, "income": true,
        "decision_communicated_on": "2023-04-20", "decided_daily_rate": "100",
        "services": [{"service": "individual_support", "name": "contact person", "daily_rate": "50"}]}"#;
    assert!(serde_json::from_str::<Input>(json).is_err());
    assert!(serde_json::from_str::<Input>(&json.replace("individual_support", "laundry")).is_ok());
}
