//! What becomes of each claim: paid in instalments, set aside until a day, or lapsed.

use super::{ClaimInput, Outcome, Parameters, articles};
use crate::{Error, Step};
use chrono::Months;
use domain::{Day, Money};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A claim and what becomes of it. What is still owed is paid in instalments or set aside with a day: nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimAssessment {
    /// The claim.
    pub claim: String,
    /// What is left of it.
    pub amount: Money,
    /// What becomes of it.
    pub state: ClaimState,
}

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ClaimState {
    /// It is paid with the others by the instalment.
    Instalment,
    /// It is set aside (*henlagt*) and looked at again.
    SetAside {
        /// The day of the review: never later than the last day before the claim lapses.
        #[schemars(with = "String", extend("format" = "date"))]
        review_on: Day,
    },
    /// Nothing is left of it.
    Paid,
    /// It has lapsed (*bortfaldet*): three years without economic possibility.
    Lapsed {
        /// The first day on which it was no more.
        #[schemars(with = "String", extend("format" = "date"))]
        lapsed_on: Day,
    },
}

/// A claim and the first day on which it is lapsed; `None`: it does not lapse by this rule.
pub(super) struct Standing<'a> {
    pub(super) claim: &'a ClaimInput,
    lapses_on: Option<Day>,
    on: Day,
}

/// The first day on which a claim is lapsed; `None`: there was economic possibility, and it does not lapse by this rule.
pub fn lapses_on(claim: &ClaimInput, on: Day, parameters: &Parameters) -> Result<Option<Day>, Error> {
    let mut apart = Step::new("lapse", articles::LAPSE);
    Ok(Standing::of(claim, on, parameters, &mut apart)?.lapses_on)
}

/// The first and the last day of the three years in which one day with economic possibility keeps a claim. They run from the end
/// of the help, or from the day on which the municipality learned of the claim, where that is later.
pub fn lapse_window(claim: &ClaimInput, on: Day, parameters: &Parameters) -> Result<(Day, Day), Error> {
    let years = parameters.get("lapse_years", on)?.value.to_u32().unwrap_or_default();
    let start = claim.learned_on.map_or(claim.help_ended_on, |learned| learned.max(claim.help_ended_on));
    Ok((start, start.checked_add_months(Months::new(years * 12)).unwrap_or(Day::MAX)))
}

/// Where each claim stands, in the order of their ids.
pub(super) fn standings<'a>(
    claims: &'a [ClaimInput],
    on: Day,
    parameters: &Parameters,
    trace: &mut Step,
) -> Result<Vec<Standing<'a>>, Error> {
    let mut claims: Vec<&ClaimInput> = claims.iter().collect();
    claims.sort_by(|a, b| a.claim.cmp(&b.claim));
    claims.into_iter().map(|claim| Standing::of(claim, on, parameters, trace)).collect()
}

impl<'a> Standing<'a> {
    /// The claim is no more on the day after the last of its three years. One day with economic possibility in them is enough
    /// to keep it.
    fn of(claim: &'a ClaimInput, on: Day, parameters: &Parameters, trace: &mut Step) -> Result<Self, Error> {
        let years = parameters.get("lapse_years", on)?;
        let mut step = Step::new(format!("lapse of claim {}", claim.claim), years.article.clone());
        step.input_text("help ended on", claim.help_ended_on.to_string());
        if let Some(learned) = claim.learned_on {
            step.input_text("the municipality learned of it on", learned.to_string());
        }
        step.parameter(years);
        let (start, last) = lapse_window(claim, on, parameters)?;
        let possibility = claim.could_pay_on.filter(|day| (start..=last).contains(day));
        let lapses_on = match possibility {
            Some(day) => {
                step.input_text("economic possibility on", day.to_string());
                step.result_text("lapses", "no: there was economic possibility");
                None
            }
            None => {
                let first = last.succ_opt().unwrap_or(Day::MAX);
                step.result_text("lapses without economic possibility on", first.to_string());
                Some(first)
            }
        };
        trace.steps.push(step);
        Ok(Self { claim, lapses_on, on })
    }

    fn lapsed(&self) -> Option<Day> {
        self.lapses_on.filter(|lapses| *lapses <= self.on)
    }

    /// What is still owed of it.
    pub(super) fn owed(&self) -> Decimal {
        if self.lapsed().is_some() { Decimal::ZERO } else { self.claim.amount }
    }

    /// What becomes of it under the debtor's outcome.
    pub(super) fn assessed(&self, outcome: &Outcome) -> ClaimAssessment {
        let state = match (self.lapsed(), outcome) {
            _ if self.claim.amount.is_zero() => ClaimState::Paid,
            (Some(lapsed_on), _) => ClaimState::Lapsed { lapsed_on },
            (None, Outcome::Instalment) => ClaimState::Instalment,
            (None, Outcome::SetAside { review_on, .. }) => {
                let last = self.lapses_on.and_then(|lapses| lapses.pred_opt()).unwrap_or(Day::MAX);
                ClaimState::SetAside { review_on: last.min(*review_on) }
            }
        };
        ClaimAssessment {
            claim: self.claim.claim.clone(),
            amount: Money::dkk_half_up(self.claim.amount),
            state,
        }
    }
}
