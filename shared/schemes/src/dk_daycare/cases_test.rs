//! Runs every file of `cases/`: the law as situations that a lawyer can read and add to. The file's name says the
//! situation; its amounts are exact.

use super::{
    Input, PartialMonth, Settings, assess, effect_of_application, parameters, part_of_month,
    recalculation_due,
};
use crate::{Error, Part};
use domain::{Day, Period};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    situation: String,
    law: String,
    assess: Option<Input>,
    recalculation: Option<Recalculation>,
    application: Option<Application>,
    part: Option<PartQuestion>,
    #[serde(default)]
    settings: Settings,
    expect: Option<Expect>,
    /// A part of the refusal's text.
    refused: Option<String>,
    /// Lines that the trace holds.
    #[serde(default)]
    explained_by: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recalculation {
    month: Period,
    #[serde(with = "crate::exact")]
    register_month_income: Decimal,
    #[serde(with = "crate::exact")]
    granted_yearly_income: Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    applied_on: Day,
    admission: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartQuestion {
    month: Period,
    from: Day,
    to: Option<Day>,
    setting: PartialMonth,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Expect {
    own_percent: Option<u32>,
    places: Option<BTreeMap<String, Lines>>,
    total: Option<String>,
    deviation_yearly: Option<String>,
    threshold: Option<String>,
    due: Option<bool>,
    effect: Option<Day>,
    part: Option<Part>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    full: String,
    economic: String,
    sibling: String,
    treatment: String,
    social: String,
    payable: String,
}

/// The answer in the words of `expect`, and the trace.
fn answer(case: &Case) -> Result<(Expect, String), Error> {
    let parameters = parameters()?;
    if let Some(input) = &case.assess {
        let answer = assess(input, &parameters, &case.settings)?;
        let lines = answer.places.iter().map(|p| {
            let lines = Lines {
                full: p.full.to_text(),
                economic: p.economic_subsidy.to_text(),
                sibling: p.sibling_subsidy.to_text(),
                treatment: p.treatment_subsidy.to_text(),
                social: p.social_subsidy.to_text(),
                payable: p.payable.to_text(),
            };
            (format!("{}/{}", p.child, p.place), lines)
        });
        let expect = Expect {
            own_percent: Some(answer.scale.as_ref().map_or(100, |s| s.own_percent)),
            places: Some(lines.collect()),
            total: Some(answer.total.to_text()),
            ..Expect::default()
        };
        return Ok((expect, answer.trace.to_string()));
    }
    if let Some(r) = &case.recalculation {
        let test = recalculation_due(r.register_month_income, r.granted_yearly_income, r.month, &parameters)?;
        let expect = Expect {
            deviation_yearly: Some(test.deviation_yearly.to_string()),
            threshold: Some(test.threshold.to_string()),
            due: Some(test.due),
            ..Expect::default()
        };
        return Ok((expect, test.trace.to_string()));
    }
    if let Some(a) = &case.application {
        let effect = Some(effect_of_application(a.applied_on, a.admission, &case.settings));
        return Ok((Expect { effect, ..Expect::default() }, String::new()));
    }
    let p = case.part.as_ref().expect("a case asks for assess, recalculation, application or part");
    let part = Some(part_of_month(p.month, p.from, p.to, p.setting)?);
    Ok((Expect { part, ..Expect::default() }, String::new()))
}

fn run(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let case: Case = serde_saphyr::from_str(&text).map_err(|e| e.to_string())?;
    if case.situation.is_empty() || case.law.is_empty() {
        return Err("a case tells its situation and its law".to_owned());
    }
    match (answer(&case), &case.expect, &case.refused) {
        (Ok((answer, trace)), Some(expected), None) => {
            if answer != *expected {
                return Err(format!("expected {expected:#?}\nbut got {answer:#?}\n{trace}"));
            }
            let missing = case.explained_by.iter().find(|line| !trace.contains(line.as_str()));
            missing.map_or(Ok(()), |line| Err(format!("the trace does not hold `{line}`:\n{trace}")))
        }
        (Err(error), None, Some(refusal)) if error.to_string().contains(refusal.as_str()) => Ok(()),
        (Err(error), ..) => Err(format!("refused: {error}")),
        (Ok((answer, _)), ..) => Err(format!("not refused, or both `expect` and `refused`: {answer:?}")),
    }
}

#[test]
fn every_case_comes_out_as_the_lawyer_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    // The folders beside the files hold the cases of the other schemes.
    paths.retain(|path| path.is_file());
    paths.sort();
    assert!(paths.len() >= 91, "cases were lost: {}", paths.len());
    let failed: Vec<String> = paths
        .iter()
        .filter_map(|path| run(path).err().map(|e| format!("{}: {e}", path.file_name().unwrap().display())))
        .collect();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), paths.len(), failed.join("\n\n"));
}
