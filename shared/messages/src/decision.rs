//! A decision as it is told, and the hearing without which it cannot raise a payment.

use crate::Cause;
use domain::{Day, DecisionId, HearingId, LetterId, Money, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why something is no lawful decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RaiseError {
    /// The citizen could still answer.
    #[error("the hearing has not ended: no answer has come and the last day for one has not passed")]
    HearingRuns,
    /// The days of the hearing cannot be.
    #[error("the days of the hearing contradict each other")]
    HearingDays,
    /// A raise without hearing.
    #[error(
        "the payment rises by what the authority has learnt elsewhere; hear the citizen first (partshøring)"
    )]
    NotHeard,
    /// A hearing without its days, or days without their hearing.
    #[error("a decision names a hearing together with the days of it, or neither")]
    HearingInPart,
    /// Two currencies.
    #[error("the amount and the one before are of two currencies")]
    Currency,
    /// The last month is before the first.
    #[error("the last month is before the first")]
    EndsBeforeItStarts,
}

/// Proof that the citizen has been heard: an answer has come, or the last day for one had passed when the hearing ended.
/// There is no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "HeardParts")]
pub struct Heard {
    heard_on: Day,
    answer_by: Day,
    answered_on: Option<Day>,
    ended_on: Day,
}

/// The days of a hearing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeardParts {
    /// The day of the hearing letter.
    pub heard_on: Day,
    /// The last day for an answer.
    pub answer_by: Day,
    /// The day of the answer.
    pub answered_on: Option<Day>,
    /// The day the hearing ended.
    pub ended_on: Day,
}

impl TryFrom<HeardParts> for Heard {
    type Error = RaiseError;
    fn try_from(parts: HeardParts) -> Result<Self, RaiseError> {
        let HeardParts { heard_on, answer_by, answered_on, ended_on } = parts;
        let in_time = |day: Day| heard_on <= day && day <= ended_on;
        match answered_on {
            _ if answer_by <= heard_on || ended_on < heard_on => Err(RaiseError::HearingDays),
            Some(day) if !in_time(day) => Err(RaiseError::HearingDays),
            None if ended_on <= answer_by => Err(RaiseError::HearingRuns),
            _ => Ok(Self { heard_on, answer_by, answered_on, ended_on }),
        }
    }
}

impl Heard {
    /// The day of the hearing letter.
    pub fn heard_on(&self) -> Day {
        self.heard_on
    }

    /// The last day for an answer.
    pub fn answer_by(&self) -> Day {
        self.answer_by
    }

    /// The day of the answer.
    pub fn answered_on(&self) -> Option<Day> {
        self.answered_on
    }

    /// The day the hearing ended.
    pub fn ended_on(&self) -> Day {
        self.ended_on
    }
}

/// A decision (*afgørelse*) that has been made; it binds from its communication. One that raises a payment for a cause
/// that [needs a hearing](Cause::needs_hearing) cannot be made or read without [`Heard`] (R34).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "DecisionParts")]
pub struct DecisionMade {
    decision: DecisionId,
    letter: LetterId,
    from: Period,
    to: Option<Period>,
    monthly_amount: Money,
    previous: Option<Money>,
    cause: Cause,
    hearing: Option<HearingId>,
    heard: Option<Heard>,
}

/// What a decision says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionParts {
    /// Which.
    pub decision: DecisionId,
    /// The letter that communicates it.
    pub letter: LetterId,
    /// The first period it covers.
    pub from: Period,
    /// The last, open-ended when absent.
    pub to: Option<Period>,
    /// The amount per full period it states.
    pub monthly_amount: Money,
    /// The lowest amount that a decision stated for the same payer in one of these periods until now; absent where none
    /// did, and in messages older than this field.
    pub previous: Option<Money>,
    /// Why it was made.
    pub cause: Cause,
    /// The hearing it rests on, where one was due.
    pub hearing: Option<HearingId>,
    /// The days of that hearing; absent in messages older than this field.
    pub heard: Option<Heard>,
}

impl TryFrom<DecisionParts> for DecisionMade {
    type Error = RaiseError;
    fn try_from(parts: DecisionParts) -> Result<Self, RaiseError> {
        let DecisionParts { decision, letter, from, to, monthly_amount, previous, cause, hearing, heard } =
            parts;
        if to.is_some_and(|to| to < from) {
            return Err(RaiseError::EndsBeforeItStarts);
        }
        if previous.is_some_and(|before| before.currency() != monthly_amount.currency()) {
            return Err(RaiseError::Currency);
        }
        // Messages that name a hearing without its days are older than both fields.
        let older = previous.is_none() && heard.is_none();
        if hearing.is_some() != heard.is_some() && !older {
            return Err(RaiseError::HearingInPart);
        }
        let rises = previous.is_some_and(|before| before.amount() < monthly_amount.amount());
        if rises && cause.needs_hearing() && heard.is_none() {
            return Err(RaiseError::NotHeard);
        }
        Ok(Self { decision, letter, from, to, monthly_amount, previous, cause, hearing, heard })
    }
}

impl DecisionMade {
    /// Which.
    pub fn decision(&self) -> &DecisionId {
        &self.decision
    }

    /// The letter that communicates it.
    pub fn letter(&self) -> &LetterId {
        &self.letter
    }

    /// The first period it covers.
    pub fn from(&self) -> Period {
        self.from
    }

    /// The last, open-ended when absent.
    pub fn to(&self) -> Option<Period> {
        self.to
    }

    /// Whether it states this period's amount.
    pub fn covers(&self, period: Period) -> bool {
        self.from <= period && self.to.is_none_or(|to| period <= to)
    }

    /// The amount per full period it states.
    pub fn monthly_amount(&self) -> Money {
        self.monthly_amount
    }

    /// The lowest amount that a decision stated for the same payer in one of these periods until now.
    pub fn previous(&self) -> Option<Money> {
        self.previous
    }

    /// Why it was made.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// The hearing it rests on, where one was due.
    pub fn hearing(&self) -> Option<&HearingId> {
        self.hearing.as_ref()
    }

    /// The days of that hearing.
    pub fn heard(&self) -> Option<Heard> {
        self.heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn hearing(answered_on: Option<&str>, ended_on: &str) -> Result<Heard, RaiseError> {
        let (heard_on, answer_by) = (day("2023-03-12"), day("2023-03-20"));
        HeardParts { heard_on, answer_by, answered_on: answered_on.map(day), ended_on: day(ended_on) }
            .try_into()
    }

    fn raise(cause: Cause, heard: Option<Heard>) -> DecisionParts {
        DecisionParts {
            decision: DecisionId::derive(&["d"]),
            letter: LetterId::derive(&["l"]),
            from: "2023-02".parse().unwrap(),
            to: None,
            monthly_amount: Money::dkk(1_290),
            previous: Some(Money::dkk(870)),
            cause,
            hearing: heard.map(|_| HearingId::derive(&["h"])),
            heard,
        }
    }

    #[test]
    fn a_hearing_proves_something_only_once_it_was_answered_or_its_last_day_has_passed() {
        assert_eq!(hearing(None, "2023-03-20"), Err(RaiseError::HearingRuns));
        assert!(hearing(None, "2023-03-21").is_ok());
        assert!(hearing(Some("2023-03-14"), "2023-03-14").is_ok());
        assert_eq!(hearing(Some("2023-03-11"), "2023-03-21"), Err(RaiseError::HearingDays));
        assert_eq!(hearing(Some("2023-03-22"), "2023-03-21"), Err(RaiseError::HearingDays));
        let text = json!({
            "heard_on": "2023-03-12", "answer_by": "2023-03-20", "answered_on": null, "ended_on": "2023-03-20"
        });
        assert!(serde_json::from_value::<Heard>(text).is_err());
    }

    #[test]
    fn a_raise_from_a_register_cannot_be_made_without_an_ended_hearing() {
        let heard = hearing(None, "2023-03-21").unwrap();
        for cause in
            [Cause::IncomeRecalculation, Cause::HouseholdNotice, Cause::YearlyControl, Cause::Correction]
        {
            assert_eq!(DecisionMade::try_from(raise(cause, None)), Err(RaiseError::NotHeard));
            assert!(DecisionMade::try_from(raise(cause, Some(heard))).is_ok());
            let falls = DecisionParts { previous: Some(Money::dkk(1_300)), ..raise(cause, None) };
            assert!(DecisionMade::try_from(falls).is_ok());
        }
        for cause in [Cause::OwnRequest, Cause::Place, Cause::Rates] {
            assert!(DecisionMade::try_from(raise(cause, None)).is_ok());
        }
    }

    #[test]
    fn a_raise_from_a_register_cannot_be_read_without_an_ended_hearing() {
        let heard = hearing(None, "2023-03-21").unwrap();
        let made = DecisionMade::try_from(raise(Cause::IncomeRecalculation, Some(heard))).unwrap();
        let json = serde_json::to_value(&made).unwrap();
        assert_eq!(serde_json::from_value::<DecisionMade>(json.clone()).unwrap(), made);
        let without = |change: fn(&mut serde_json::Value)| {
            let mut json = json.clone();
            change(&mut json);
            serde_json::from_value::<DecisionMade>(json)
        };
        assert!(without(|json| json["heard"] = serde_json::Value::Null).is_err());
        assert!(without(|json| json["hearing"] = serde_json::Value::Null).is_err());
        assert!(without(|json| json["heard"]["ended_on"] = "2023-03-20".into()).is_err());
        assert!(without(|json| json["surprise"] = true.into()).is_err());
    }

    #[test]
    fn a_decision_of_before_the_proof_was_told_is_still_read() {
        let older = json!({
            "decision": DecisionId::derive(&["d"]), "letter": LetterId::derive(&["l"]),
            "from": "2023-02", "to": "2023-02", "monthly_amount": {"amount": "1290.00", "currency": "DKK"},
            "cause": "income_recalculation", "hearing": HearingId::derive(&["h"]),
        });
        let read: DecisionMade = serde_json::from_value(older).unwrap();
        assert!(read.hearing().is_some() && read.heard().is_none());
    }
}
