//! Runs the files of `cases/se-childcare/`.

use super::{
    Assessment, Household, Input, PlacementEnd, Settings, Settlement, State, assess, check,
    correction_window, effect_of_declaration, last_day_with_fee, parameters, settle,
};
use crate::{Error, case_files_test};
use domain::{Currency, Day, Money, Period};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    title: String,
    source: String,
    input: Option<Input>,
    end: Option<PlacementEnd>,
    declared_on: Option<Day>,
    correct_on: Option<Day>,
    check: Option<Check>,
    correction: Option<Correction>,
    #[serde(default)]
    settings: Settings,
    expect: Option<Expect>,
    refused: Option<String>,
    /// Lines that the trace holds.
    #[serde(default)]
    explained_by: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    on: Day,
    case: Household,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    difference: String,
    next_fee: String,
    payable_at_once: bool,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Expect {
    payable: Option<String>,
    lines: Option<BTreeMap<String, String>>,
    last_day_with_fee: Option<Day>,
    counts_from: Option<Day>,
    custodian_back_to: Option<Period>,
    municipality_back_to: Option<Period>,
    state: Option<String>,
    difference: Option<String>,
    not_correctable: Option<Vec<Period>>,
    settlement: Option<BTreeMap<String, String>>,
}

fn amounts(answer: &Assessment) -> Expect {
    let lines = answer.lines.iter().map(|l| (l.child.clone(), l.payable.to_text()));
    Expect { payable: Some(answer.payable.to_text()), lines: Some(lines.collect()), ..Expect::default() }
}

fn checked(state: &State) -> Expect {
    let named = |name: &str| Expect { state: Some(name.to_owned()), ..Expect::default() };
    match state {
        State::NotNeeded => named("not_needed"),
        State::NotDone => named("not_done"),
        State::Done { difference, months } => Expect {
            difference: Some(difference.to_text()),
            not_correctable: Some(months.iter().filter(|m| !m.correctable).map(|m| m.month).collect()),
            ..named("done")
        },
    }
}

fn settled(settlement: &Settlement) -> Expect {
    let (name, amounts) = match settlement {
        Settlement::Nothing => ("nothing", vec![]),
        Settlement::OnNextInvoice { added } => ("on_next_invoice", vec![("added", added)]),
        Settlement::SeparateInvoice { amount } => ("separate_invoice", vec![("amount", amount)]),
        Settlement::InstalmentPlan { amount } => ("instalment_plan", vec![("amount", amount)]),
        Settlement::Refund { deducted, repaid } => {
            ("refund", vec![("deducted", deducted), ("repaid", repaid)])
        }
    };
    let texts = amounts.into_iter().map(|(name, amount)| (name.to_owned(), amount.to_text()));
    let settlement = texts.chain([("kind".to_owned(), name.to_owned())]).collect();
    Expect { settlement: Some(settlement), ..Expect::default() }
}

fn answer(case: &Case) -> Result<(Expect, String), Error> {
    let parameters = parameters()?;
    let mut trace = String::new();
    let sek = |text: &str| Money::parse(text, Currency::SEK).unwrap();
    let expect = if let Some(input) = &case.input {
        let answer = assess(input, &parameters, &case.settings)?;
        trace = answer.trace.to_string();
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<Assessment>(&json).unwrap(), answer);
        amounts(&answer)
    } else if let Some(end) = case.end {
        Expect { last_day_with_fee: Some(last_day_with_fee(end, &case.settings)), ..Expect::default() }
    } else if let Some(day) = case.declared_on {
        Expect { counts_from: Some(effect_of_declaration(day, &case.settings)), ..Expect::default() }
    } else if let Some(day) = case.correct_on {
        let (custodian, municipality) = correction_window(day, &parameters)?;
        let (custodian_back_to, municipality_back_to) = (Some(custodian), Some(municipality));
        Expect { custodian_back_to, municipality_back_to, ..Expect::default() }
    } else if let Some(c) = &case.check {
        checked(&check(&c.case, c.on, &parameters, &case.settings)?.state)
    } else {
        let c = case.correction.as_ref().expect("a case asks one question");
        settled(&settle(sek(&c.difference), sek(&c.next_fee), c.payable_at_once, &case.settings)?)
    };
    Ok((expect, trace))
}

fn run(text: &str) -> Result<(), String> {
    let case: Case = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
    if case.title.is_empty() || case.source.is_empty() {
        return Err("a case has its title and its source".to_owned());
    }
    let answer = answer(&case);
    if let Ok((_, trace)) = &answer
        && let Some(line) = case.explained_by.iter().find(|line| !trace.contains(line.as_str()))
    {
        return Err(format!("the trace does not hold `{line}`:\n{trace}"));
    }
    case_files_test::compare(answer.map(|(expect, _)| expect), case.expect.as_ref(), case.refused.as_deref())
}

#[test]
fn every_case_comes_out_as_the_lawyer_says() {
    case_files_test::run_all("se-childcare", 80, run);
}
