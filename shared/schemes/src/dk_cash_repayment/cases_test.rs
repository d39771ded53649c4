//! The cases of `cases/dk-cash-repayment/`.

use super::{ClaimState, Input, Outcome, Regime, SCHEME, SetAsideReason, Settings, assess, parameters};
use crate::case_files_test::run_scheme;
use domain::Day;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    percent: Option<u32>,
    capacity: String,
    instalment: String,
    payable: String,
    set_aside: Option<SetAsideReason>,
    review_on: Option<Day>,
    #[serde(default)]
    claims: BTreeMap<String, ClaimState>,
}

#[test]
fn every_case_comes_out_as_the_lawyer_says() {
    let parameters = parameters().unwrap();
    run_scheme(SCHEME, 100, |input: &Input, settings: &Settings| {
        let answer = assess(input, &parameters, settings)?;
        let (set_aside, review_on) = match answer.outcome {
            Outcome::Instalment => (None, None),
            Outcome::SetAside { reason, review_on } => (Some(reason), Some(review_on)),
        };
        let expect = Expect {
            percent: answer.percent,
            capacity: answer.monthly_capacity.to_text(),
            instalment: answer.monthly_instalment.to_text(),
            payable: answer.payable.to_text(),
            set_aside,
            review_on,
            claims: answer.claims.iter().map(|claim| (claim.claim.clone(), claim.state)).collect(),
        };
        Ok((expect, answer.trace))
    });
}

#[test]
fn the_old_regime_ends_with_september_2023_and_every_later_table_is_of_the_new_one() {
    let parameters = parameters().unwrap();
    let day = |text: &str| text.parse::<Day>().unwrap();
    for (on, regime) in [
        ("2011-01-01", Regime::Old),
        ("2022-12-31", Regime::Old),
        ("2023-10-01", Regime::New),
        ("2024-12-31", Regime::New),
        ("2026-12-31", Regime::New),
    ] {
        assert_eq!(parameters.tables().regime(day(on)), Ok(regime), "{on}");
    }
    for on in ["2010-12-31", "2012-01-01", "2019-12-31", "2023-09-30", "2025-06-01", "2027-01-01"] {
        let error = parameters.tables().regime(day(on)).unwrap_err().to_string();
        assert!(
            error.contains("dk-cash-repayment") && error.contains("`table`") && error.contains(on),
            "{error}"
        );
    }
}
