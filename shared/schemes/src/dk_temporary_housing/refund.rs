//! Charged without a decision: the charge is stopped, and what was charged is listed for a refund assessment.

use super::charge::kroner;
use super::{Input, Settings, Status, assess};
use crate::{Error, Parameters};
use domain::{Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A month of a resident and what was charged for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargedMonth {
    /// The facts of the month.
    pub facts: Input,
    /// Kroner charged.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub charged: Decimal,
}

/// A month charged above what a decision covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundLine {
    /// The month.
    pub month: Period,
    /// What was charged.
    pub charged: Money,
    /// What a communicated decision covers.
    pub covered: Money,
    /// The rest, to be examined for refund.
    pub to_examine: Money,
}

/// The assessment of one resident's earlier payments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundAssessment {
    /// Whether charging goes on without a decision and is stopped at once.
    pub stop: bool,
    /// The months, in order.
    pub lines: Vec<RefundLine>,
    /// The sum to be examined.
    pub to_examine: Money,
    /// The result.
    pub result: RefundResult,
}

/// The result of the examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RefundResult {
    /// Nothing was charged beyond a decision.
    NothingToExamine,
    /// Not yet examined.
    Open,
    /// Refunded.
    Refund {
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
    },
    /// Not refunded.
    NoRefund {
        /// Why.
        reason: String,
    },
}

/// Lists a resident's earlier charges that no decision covers. `months`: of one resident, each once.
pub fn refund_assessment(
    months: &[ChargedMonth],
    parameters: &Parameters,
    settings: &Settings,
) -> Result<RefundAssessment, Error> {
    let mut sorted: Vec<&ChargedMonth> = months.iter().collect();
    sorted.sort_by_key(|m| m.facts.month);
    if sorted.windows(2).any(|pair| pair[0].facts.month == pair[1].facts.month) {
        return Err(Error::input("months", "a month stands twice; send each once"));
    }
    let (mut stop, mut sum, mut lines) = (false, Decimal::ZERO, Vec::new());
    for month in sorted {
        super::input::check_amount("charged", Some(month.charged))?;
        let lawful = assess(&month.facts, parameters, settings)?;
        let beyond = month.charged - lawful.payable.amount();
        stop = month.charged > Decimal::ZERO && lawful.status == Status::AwaitingDecision;
        if beyond > Decimal::ZERO {
            sum += beyond;
            lines.push(RefundLine {
                month: month.facts.month,
                charged: kroner(month.charged)?,
                covered: lawful.payable,
                to_examine: kroner(beyond)?,
            });
        }
    }
    let result = if lines.is_empty() { RefundResult::NothingToExamine } else { RefundResult::Open };
    Ok(RefundAssessment { stop, lines, to_examine: kroner(sum)?, result })
}

impl RefundAssessment {
    /// Ends the examination with a refund. Refuses one without a reason, one of nothing, one above what was charged
    /// beyond a decision, and one that is ended already.
    pub fn refund(self, amount: Money, reason: &str) -> Result<Self, Error> {
        let most = self.to_examine.amount();
        if amount.currency() != self.to_examine.currency()
            || amount.amount() <= Decimal::ZERO
            || amount.amount() > most
        {
            return Err(Error::input("amount", format!("is above 0 and at most {most} kroner")));
        }
        let reason = reason.to_owned();
        self.ended(RefundResult::Refund { amount, reason: reason.clone() }, &reason)
    }

    /// Ends the examination without a refund. Refuses one without a reason and one that is ended already.
    pub fn no_refund(self, reason: &str) -> Result<Self, Error> {
        self.ended(RefundResult::NoRefund { reason: reason.to_owned() }, reason)
    }

    fn ended(self, result: RefundResult, reason: &str) -> Result<Self, Error> {
        if self.result != RefundResult::Open {
            return Err(Error::input("result", "there is nothing open to examine"));
        }
        if reason.trim().is_empty() {
            return Err(Error::input("reason", "is empty; the result of an examination has its reason"));
        }
        Ok(Self { result, ..self })
    }
}
