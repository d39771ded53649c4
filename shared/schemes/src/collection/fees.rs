//! Fees of reminders and demands. Each is a highest amount of the law; a council may take less or none.

use super::{Addition, DANISH, SWEDISH, articles};
use crate::{Error, Parameters, Step, Trace};
use domain::{Currency, Day, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of claim a Danish reminder is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// A public claim with a right of execution (*udpantningsret*).
    Public,
    /// A civil claim.
    Civil,
}

/// The most reminders with a fee of one civil claim.
const CIVIL_REMINDERS_MAX: usize = 3;
/// The days between two of them.
const CIVIL_REMINDER_DAYS: i64 = 10;

/// The fee of a Danish reminder sent on a day. `earlier`: the reminders with a fee before it, in order. `plan_kept`: an
/// instalment plan runs and is kept, which has no fee. Refuses a civil reminder too many or too soon.
pub fn danish_reminder_fee(
    kind: ClaimKind,
    sent_on: Day,
    earlier: &[Day],
    plan_kept: bool,
    parameters: &Parameters,
) -> Result<Addition, Error> {
    let (name, article) = match kind {
        ClaimKind::Public => ("reminder_fee", articles::DK_REMINDER),
        ClaimKind::Civil => ("reminder_fee_civil", articles::DK_CIVIL_REMINDER),
    };
    if kind == ClaimKind::Civil && earlier.len() >= CIVIL_REMINDERS_MAX {
        let problem =
            format!("a civil claim has at most {CIVIL_REMINDERS_MAX} reminders with a fee ({article})");
        return Err(Error::input("earlier", problem));
    }
    let since = earlier.last().map(|last| (sent_on - *last).num_days());
    if kind == ClaimKind::Civil && since.is_some_and(|days| days < CIVIL_REMINDER_DAYS) {
        let problem =
            format!("is less than {CIVIL_REMINDER_DAYS} days after the reminder before it ({article})");
        return Err(Error::input("sent_on", problem));
    }
    let mut step = Step::new("reminder fee (rykkergebyr)", article);
    step.input_text("sent on", sent_on.to_string());
    let fee = match plan_kept {
        true => {
            step.input_text("instalment plan", "kept: no fee");
            Decimal::ZERO
        }
        false => step.parameter(parameters.get(name, sent_on)?),
    };
    addition(DANISH, Currency::DKK, fee, step)
}

/// The fee of a Danish distraint (*udlæg*).
pub fn danish_distraint_fee(on: Day, parameters: &Parameters) -> Result<Addition, Error> {
    let mut step = Step::new("distraint fee (udlægsgebyr)", articles::DK_DISTRAINT);
    let fee = step.parameter(parameters.get("distraint_fee", on)?);
    addition(DANISH, Currency::DKK, fee, step)
}

/// The fee of a Swedish written reminder (*betalningspåminnelse*): only if agreed when the debt arose.
pub fn swedish_reminder_fee(sent_on: Day, agreed: bool, parameters: &Parameters) -> Result<Addition, Error> {
    let mut step = Step::new("reminder fee (påminnelseavgift)", articles::SE_FEES);
    step.input_text("sent on", sent_on.to_string());
    step.input_text("agreed when the debt arose", if agreed { "yes" } else { "no: no fee" });
    let fee = match agreed {
        true => step.parameter(parameters.get("reminder_fee", sent_on)?),
        false => Decimal::ZERO,
    };
    addition(SWEDISH, Currency::SEK, fee, step)
}

/// The fee of a Swedish demand (*inkassokrav*).
pub fn swedish_demand_fee(sent_on: Day, parameters: &Parameters) -> Result<Addition, Error> {
    let mut step = Step::new("demand fee (inkassokrav)", articles::SE_FEES);
    step.input_text("sent on", sent_on.to_string());
    let fee = step.parameter(parameters.get("demand_fee", sent_on)?);
    addition(SWEDISH, Currency::SEK, fee, step)
}

/// The fee of a Swedish instalment plan (*amorteringsplan*).
pub fn swedish_plan_fee(made_on: Day, parameters: &Parameters) -> Result<Addition, Error> {
    let mut step = Step::new("instalment plan fee (amorteringsplan)", articles::SE_FEES);
    step.input_text("made on", made_on.to_string());
    let fee = step.parameter(parameters.get("plan_fee", made_on)?);
    addition(SWEDISH, Currency::SEK, fee, step)
}

/// Ends the computation of an addition.
pub(super) fn addition(
    scheme: &str,
    currency: Currency,
    amount: Decimal,
    mut step: Step,
) -> Result<Addition, Error> {
    step.result("amount", amount);
    let amount = Money::new(amount, currency).map_err(|e| Error::input("amount", e.to_string()))?;
    Ok(Addition { amount, trace: Trace { scheme: scheme.to_owned(), root: step } })
}
