//! The cases of `cases/dk-placement/`.

use super::{Input, SCHEME, Settings, assess, parameters};
use crate::case_files_test::run_scheme;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    children: BTreeMap<String, Lines>,
    total: String,
    #[serde(default)]
    maintenance_to_be_fixed: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    yearly: String,
    monthly: String,
    collected: bool,
    payable: String,
}

#[test]
fn every_case_comes_out_as_the_lawyer_says() {
    let parameters = parameters().unwrap();
    run_scheme(SCHEME, 50, |input: &Input, settings: &Settings| {
        let answer = assess(input, &parameters, settings)?;
        let lines = answer.children.iter().map(|child| {
            let lines = Lines {
                yearly: child.yearly_amount.to_text(),
                monthly: child.monthly_amount.to_text(),
                collected: child.collected,
                payable: child.payable.to_text(),
            };
            (child.child.clone(), lines)
        });
        let expect = Expect {
            children: lines.collect(),
            total: answer.total.to_text(),
            maintenance_to_be_fixed: answer.maintenance_to_be_fixed,
        };
        Ok((expect, answer.trace))
    });
}
