//! A charge line: days of a stay under one decision. It can only be made from a [`Decision`], and only for days on or
//! after its communication; a line that is read goes through the same gate.

use super::{Decision, articles};
use crate::Error;
use domain::{Day, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// So many days at so much a day, under a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Raw", into = "Raw")]
#[schemars(with = "Raw")]
pub struct ChargeLine {
    raw: Raw,
}

/// A line as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Raw {
    /// The earliest of its days.
    from: Day,
    /// The latest of its days.
    to: Day,
    /// How many days between them are charged.
    days: u32,
    /// Kroner a day.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    daily_rate: Decimal,
    /// The days times the rate.
    amount: Money,
    /// The day on which the decision behind it was communicated.
    decision_communicated_on: Day,
}

impl ChargeLine {
    /// `days` days between `from` and `to` at `daily_rate`, under a decision. Refuses days before its communication.
    pub fn under(
        decision: &Decision,
        from: Day,
        to: Day,
        days: u32,
        daily_rate: Decimal,
    ) -> Result<Self, Error> {
        Self::checked(Raw {
            from,
            to,
            days,
            daily_rate,
            amount: amount(days, daily_rate)?,
            decision_communicated_on: decision.communicated_on(),
        })
    }

    fn checked(raw: Raw) -> Result<Self, Error> {
        let refuse = |field: &str, problem: String| Err(Error::input(field, problem));
        if raw.from < raw.decision_communicated_on {
            let problem = format!(
                "is before {}, when the decision was communicated; it works only forward ({})",
                raw.decision_communicated_on,
                articles::DECISION.on(raw.from)
            );
            return refuse("from", problem);
        }
        let span = (raw.to - raw.from).num_days() + 1;
        if raw.days == 0 || i64::from(raw.days) > span {
            return refuse("days", format!("is 1 to the {span} days from {} to {}", raw.from, raw.to));
        }
        if raw.daily_rate.is_sign_negative() || raw.amount != amount(raw.days, raw.daily_rate)? {
            return refuse("amount", "is the days times the daily rate, never negative".to_owned());
        }
        Ok(Self { raw })
    }

    /// The earliest and the latest of its days.
    pub fn span(&self) -> (Day, Day) {
        (self.raw.from, self.raw.to)
    }

    /// How many days it charges.
    pub fn days(&self) -> u32 {
        self.raw.days
    }

    /// Kroner a day.
    pub fn daily_rate(&self) -> Decimal {
        self.raw.daily_rate
    }

    /// The amount.
    pub fn amount(&self) -> Money {
        self.raw.amount
    }

    /// The day on which the decision behind it was communicated.
    pub fn decision_communicated_on(&self) -> Day {
        self.raw.decision_communicated_on
    }
}

fn amount(days: u32, daily_rate: Decimal) -> Result<Money, Error> {
    kroner(Decimal::from(days) * daily_rate)
}

/// Danish kroner, exact: a rate in øre times days needs no rounding.
pub(super) fn kroner(amount: Decimal) -> Result<Money, Error> {
    Money::new(amount, domain::Currency::DKK).map_err(|e| Error::input("amount", e.to_string()))
}

impl TryFrom<Raw> for ChargeLine {
    type Error = Error;
    fn try_from(raw: Raw) -> Result<Self, Error> {
        Self::checked(raw)
    }
}

impl From<ChargeLine> for Raw {
    fn from(line: ChargeLine) -> Self {
        line.raw
    }
}
