//! Stays charged at the full statutory rate although the resident's means do not allow it: listed for the correct
//! reduction.

use super::decision::Rate;
use super::{Input, Paragraph, Settings, assess, decision::decisions};
use crate::{Error, Parameters};
use domain::{Money, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stay whose decision is to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BeyondMeans {
    /// The case.
    pub resident: String,
    /// The month.
    pub month: Period,
    /// What the resident can pay.
    pub payable: Money,
    /// What the statutory rate takes beyond that.
    pub reduction: Money,
}

/// The stays under §§ 109 and 110 with the statutory rate as their latest decision in the month and a budget that does
/// not bear it, in the order given.
pub fn full_rate_beyond_means(
    stays: &[(String, Input)],
    parameters: &Parameters,
    settings: &Settings,
) -> Result<Vec<BeyondMeans>, Error> {
    let mut found = Vec::new();
    for (resident, input) in stays {
        let assessment = assess(input, parameters, settings)?;
        let last = input.month.last_day();
        let latest = decisions(input)?.into_iter().rev().find(|d| d.communicated_on() <= last);
        let full = input.paragraph != Paragraph::P107 && latest.is_some_and(|d| d.rate() == Rate::Statutory);
        if full && !assessment.reduction.is_zero() {
            found.push(BeyondMeans {
                resident: resident.clone(),
                month: input.month,
                payable: assessment.payable,
                reduction: assessment.reduction,
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dk_temporary_housing::parameters;

    fn stay(name: &str, rate: &str, income: &str) -> (String, Input) {
        let json = format!(
            r#"{{"month": "2023-05", "paragraph": "110", "days": 31, "income": true,
                "decision_communicated_on": "2023-04-20", "decided_daily_rate": {rate},
                "budget": {{"income": "{income}", "home_costs": "0", "obligations": "0", "personal_needs": "2000"}}}}"#
        );
        (name.to_owned(), serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn a_stay_at_the_full_rate_with_too_little_income_is_listed_and_a_reduced_one_is_not() {
        // The full rate of May 2023 is 2998.01.
        let stays = [
            stay("enough", "null", "4998.01"),
            stay("an øre too little", "null", "4998.00"),
            stay("reduced already", "\"40\"", "2500"),
        ];
        let found = full_rate_beyond_means(&stays, &parameters().unwrap(), &Settings::default()).unwrap();
        let listed: Vec<(&str, String)> =
            found.iter().map(|f| (f.resident.as_str(), f.reduction.to_text())).collect();
        assert_eq!(listed, [("an øre too little", "0.01".to_owned())]);
        assert_eq!(found[0].payable.to_text(), "2998.00");
    }
}
