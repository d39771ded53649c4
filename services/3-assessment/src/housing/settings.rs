//! What the authority chooses.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use schemes::{Error, dk_temporary_housing};
use serde::{Deserialize, Serialize};

/// How long a resident may wait for a decision before it is a matter of the management. No law says; the audit that found
/// eighty residents without one found no limit either.
const DECIDE_WITHIN_DAYS: u32 = 30;

/// The longest that a limit can be: a year.
const DECIDE_WITHIN_DAYS_MAX: u32 = 366;

/// The council's choices for temporary housing. What is left out has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HousingSettings {
    /// Days within which a resident's payment is to be decided, from the first day without a decision; after them it is an
    /// alert until it is decided. Default 30: the law sets no limit, and nothing of the time until then is ever charged.
    #[schemars(range(min = 1, max = 366))]
    pub decide_within_days: u32,
    /// Kroner a day: the amount for personal needs (*beløb til personlige fornødenheder*) of a resident without income. No
    /// national figure exists; without the council's the amount is due and not computed.
    #[serde(with = "schemes::exact::option")]
    #[schemars(with = "Option<String>")]
    pub personal_needs_daily: Option<Decimal>,
}

impl Default for HousingSettings {
    fn default() -> Self {
        Self { decide_within_days: DECIDE_WITHIN_DAYS, personal_needs_daily: None }
    }
}

impl HousingSettings {
    /// The choices by which a month is computed.
    pub(crate) fn of_scheme(&self) -> dk_temporary_housing::Settings {
        dk_temporary_housing::Settings { personal_needs_daily: self.personal_needs_daily }
    }

    /// Fails on values out of range.
    pub fn check(&self) -> Result<(), Error> {
        if !(1..=DECIDE_WITHIN_DAYS_MAX).contains(&self.decide_within_days) {
            let problem = format!("is 1 to {DECIDE_WITHIN_DAYS_MAX} days");
            return Err(Error::BadInput { field: "decide_within_days".to_owned(), problem });
        }
        self.of_scheme().faults().into_iter().next().map_or(Ok(()), Err)
    }
}
