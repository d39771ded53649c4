//! Limitation (*forældelse*, *preskription*): the last day on which a claim can be demanded is computed and watched, not
//! left to whoever handles the claim.

use super::calendar::{Country, due_date};
use super::{DANISH, SWEDISH, articles};
use crate::{Error, Parameters, Step, Trace};
use chrono::Months;
use domain::Day;
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which limitation a claim has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitationRule {
    /// Denmark, ordinary: three years from the last timely payment date.
    DanishOrdinary,
    /// Denmark, after a judgment or a written settlement: ten years.
    DanishJudgment,
    /// Sweden, general: ten years.
    SwedishGeneral,
    /// Sweden, a trader's claim on a consumer: three years. Whether a childcare fee is one is disputed, so it is chosen.
    SwedishConsumer,
}

/// A claim as limitation sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its id; no personal datum.
    pub claim: String,
    /// Its rule.
    pub rule: LimitationRule,
    /// When it starts: the last timely payment date (Denmark), the origin of the claim (Sweden).
    pub starts_on: Day,
    /// Days that start it anew: an acknowledgment, a written demand (Sweden), a court.
    #[serde(default)]
    pub interrupted_on: Vec<Day>,
}

/// A claim on the watch list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// Its id.
    pub claim: String,
    /// The last day on which it can be demanded.
    pub last_day: Day,
    /// Days left; below 0: it is lost.
    pub days_left: i64,
}

impl LimitationRule {
    fn terms(self) -> (&'static str, &'static str, &'static str, Country) {
        match self {
            Self::DanishOrdinary => ("limitation_years", articles::DK_LIMITATION, DANISH, Country::Denmark),
            Self::DanishJudgment => {
                ("limitation_years_judgment", articles::DK_LIMITATION, DANISH, Country::Denmark)
            }
            Self::SwedishGeneral => {
                ("limitation_years_general", articles::SE_LIMITATION, SWEDISH, Country::Sweden)
            }
            Self::SwedishConsumer => {
                ("limitation_years_consumer", articles::SE_LIMITATION, SWEDISH, Country::Sweden)
            }
        }
    }
}

/// The last day on which a claim can be demanded, and why. An interruption after that day starts nothing. `parameters`:
/// of the country of the rule.
pub fn limitation(claim: &Claim, parameters: &Parameters) -> Result<(Day, Trace), Error> {
    let (name, article, scheme, country) = claim.rule.terms();
    let mut step = Step::new("last day before limitation", article);
    let years = step.parameter(parameters.get(name, claim.starts_on)?);
    let months = years.to_u32().and_then(|years| years.checked_mul(12)).map(Months::new);
    let after = |start: Day| {
        let end = months.and_then(|months| start.checked_add_months(months));
        end.ok_or_else(|| Error::input("starts_on", "is beyond the calendar"))
    };
    step.input_text("starts on", claim.starts_on.to_string());
    let mut interruptions = claim.interrupted_on.clone();
    interruptions.sort_unstable();
    let mut last = moved(country, after(claim.starts_on)?);
    for day in interruptions {
        let counts = claim.starts_on <= day && day <= last;
        step.input_text(
            "interrupted on",
            format!("{day}{}", if counts { "" } else { ": not within the time" }),
        );
        if counts {
            last = moved(country, after(day)?);
        }
    }
    step.result_text("last day", last.to_string());
    Ok((last, Trace { scheme: scheme.to_owned(), root: step }))
}

/// In Denmark a last day on a weekend or holiday moves to the next weekday (§ 27, stk. 2).
fn moved(country: Country, last: Day) -> Day {
    match country {
        Country::Denmark => due_date(country, last),
        Country::Sweden => last,
    }
}

/// The claims whose last day is at most so many days away, and those already lost; the most urgent first. `parameters`
/// gives those of a rule's country.
pub fn watch<'a>(
    claims: &[Claim],
    on: Day,
    within_days: i64,
    parameters: impl Fn(LimitationRule) -> &'a Parameters,
) -> Result<Vec<Watched>, Error> {
    let mut watched = Vec::new();
    for claim in claims {
        let (last_day, _) = limitation(claim, parameters(claim.rule))?;
        let days_left = (last_day - on).num_days();
        if days_left <= within_days {
            watched.push(Watched { claim: claim.claim.clone(), last_day, days_left });
        }
    }
    watched.sort_by(|a, b| (a.days_left, &a.claim).cmp(&(b.days_left, &b.claim)));
    Ok(watched)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::{danish_parameters, swedish_parameters};

    #[test]
    fn a_claim_is_shown_before_it_is_lost_and_the_most_urgent_first() {
        let (danish, swedish) = (danish_parameters().unwrap(), swedish_parameters().unwrap());
        let claim = |name: &str, rule, starts_on: &str| Claim {
            claim: name.into(),
            rule,
            starts_on: starts_on.parse().unwrap(),
            interrupted_on: vec![],
        };
        let claims = [
            claim("late", LimitationRule::DanishOrdinary, "2021-06-30"),
            claim("soon", LimitationRule::SwedishConsumer, "2021-06-10"),
            claim("lost", LimitationRule::DanishOrdinary, "2021-05-31"),
            claim("far", LimitationRule::SwedishGeneral, "2021-06-10"),
        ];
        let parameters = |rule| match rule {
            LimitationRule::DanishOrdinary | LimitationRule::DanishJudgment => &danish,
            LimitationRule::SwedishGeneral | LimitationRule::SwedishConsumer => &swedish,
        };
        let list = |within| {
            let found = watch(&claims, "2024-06-01".parse().unwrap(), within, parameters).unwrap();
            found.iter().map(|w| format!("{} {}", w.claim, w.days_left)).collect::<Vec<_>>()
        };
        // 30 June 2024 is a Sunday: 1 July.
        assert_eq!(list(30), ["lost -1", "soon 9", "late 30"]);
        assert_eq!(list(29), ["lost -1", "soon 9"]);
        assert_eq!(list(8), ["lost -1"]);
    }
}
