//! Decisions (*afgørelser*): an amount that binds from its communication.

use domain::{CaseId, Day, DecisionId, HearingId, LetterId, Money, Period};
use messages::{Cause, DecisionMade, DecisionParts, Evidence, Heard, Party, RaiseError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An amount for one month, or for every month from one on. There is no way to one that raises a payment from what the
/// authority has learnt elsewhere but through the basis `Raise`; reading one goes the same way ([`DecisionMade`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    made: DecisionMade,
    own_percent: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    register_income: Option<Decimal>,
    payer: Party,
    written_on: Day,
    communicated_on: Option<Day>,
    causes: Vec<String>,
    evidence: Vec<Evidence>,
}

/// What is decided.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Its id.
    pub decision: DecisionId,
    /// The letter that communicates it.
    pub letter: LetterId,
    /// The first month.
    pub from: Period,
    /// The last month; open-ended when absent.
    pub to: Option<Period>,
    /// Kroner a month.
    pub amount: Money,
    /// The lowest amount that a decision stated for this payer in one of the months until now.
    pub previous: Option<Money>,
    /// Percent of the rate that the parents pay by their income, 0-100.
    pub own_percent: u32,
    /// The income register's income that the amount rests on, kroner a year.
    pub register_income: Option<Decimal>,
    /// Who pays.
    pub payer: Party,
    /// Why.
    pub cause: Cause,
    /// The day it is written.
    pub written_on: Day,
    /// The messages it follows from.
    pub causes: Vec<String>,
    /// The raw records it follows from.
    pub evidence: Vec<Evidence>,
}

/// What entitles the authority to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The citizen's own statements, a place, a price, or a payment that does not rise: no hearing is due.
    NoHearingDue,
    /// A raise from what the authority learnt elsewhere, after the citizen was heard.
    Raise(HearingId, Heard),
}

/// A decision that has reached the citizen, and a month it covers: without one there is no charge (R54, R141).
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The decision.
    pub decision: &'a Decision,
    /// When it reached the citizen.
    pub communicated_on: Day,
    /// The month.
    pub period: Period,
}

impl Decision {
    /// Makes a decision. Refuses a raise for a cause that needs a hearing on any basis but a heard one.
    pub fn new(terms: Terms, basis: Basis) -> Result<Self, RaiseError> {
        let (hearing, heard) = match basis {
            Basis::NoHearingDue => (None, None),
            Basis::Raise(hearing, heard) => (Some(hearing), Some(heard)),
        };
        let made = DecisionMade::try_from(DecisionParts {
            decision: terms.decision,
            letter: terms.letter,
            from: terms.from,
            to: terms.to,
            monthly_amount: terms.amount,
            previous: terms.previous,
            cause: terms.cause,
            hearing,
            heard,
        })?;
        Ok(Self {
            made,
            own_percent: terms.own_percent,
            register_income: terms.register_income,
            payer: terms.payer,
            written_on: terms.written_on,
            communicated_on: None,
            causes: terms.causes,
            evidence: terms.evidence,
        })
    }

    /// As it is told.
    pub fn made(&self) -> &DecisionMade {
        &self.made
    }

    /// Its id.
    pub fn decision(&self) -> &DecisionId {
        self.made.decision()
    }

    /// Whether it states this month's amount.
    pub fn covers(&self, period: Period) -> bool {
        self.made.covers(period)
    }

    /// Kroner a month.
    pub fn amount(&self) -> Money {
        self.made.monthly_amount()
    }

    /// Why.
    pub fn cause(&self) -> Cause {
        self.made.cause()
    }

    /// Percent of the rate that the parents pay by their income, 0-100.
    pub fn own_percent(&self) -> u32 {
        self.own_percent
    }

    /// The income register's income that the amount rests on, kroner a year; none where it rests on what was stated.
    pub fn register_income(&self) -> Option<Decimal> {
        self.register_income
    }

    /// Who pays.
    pub fn payer(&self) -> &Party {
        &self.payer
    }

    /// The day it was written.
    pub fn written_on(&self) -> Day {
        self.written_on
    }

    /// The messages it follows from.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// The raw records it follows from.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// Whether it has reached the citizen.
    pub fn is_communicated(&self) -> bool {
        self.communicated_on.is_some()
    }

    /// It has reached the citizen; the first day counts.
    pub fn communicate(&mut self, on: Day) {
        self.communicated_on.get_or_insert(on);
    }

    /// The decision as what makes a charge for a month binding: once it has reached the citizen, where it covers the month.
    pub fn binding(&self, period: Period) -> Option<Binding<'_>> {
        let communicated_on = self.communicated_on.filter(|_| self.covers(period))?;
        Some(Binding { decision: self, communicated_on, period })
    }

    /// The id of the `number`th decision of a case.
    pub fn id(case: &CaseId, number: usize) -> DecisionId {
        DecisionId::derive(&[case.as_str(), &number.to_string()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use messages::HeardParts;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn raise(cause: Cause) -> Terms {
        Terms {
            decision: DecisionId::derive(&["d"]),
            letter: LetterId::derive(&["l"]),
            from: "2023-02".parse().unwrap(),
            to: Some("2023-02".parse().unwrap()),
            amount: Money::dkk(1_290),
            previous: Some(Money::dkk(870)),
            own_percent: 43,
            register_income: None,
            payer: crate::tests::party(crate::tests::PAYER),
            cause,
            written_on: day("2023-03-21"),
            causes: Vec::new(),
            evidence: Vec::new(),
        }
    }

    #[test]
    fn a_raise_from_a_register_is_neither_made_nor_read_without_an_ended_hearing() {
        let days = HeardParts {
            heard_on: day("2023-03-12"),
            answer_by: day("2023-03-20"),
            answered_on: None,
            ended_on: day("2023-03-21"),
        };
        let basis = Basis::Raise(HearingId::derive(&["h"]), Heard::try_from(days).unwrap());
        let made = Decision::new(raise(Cause::IncomeRecalculation), basis).unwrap();
        for cause in [Cause::IncomeRecalculation, Cause::HouseholdNotice] {
            assert_eq!(Decision::new(raise(cause), Basis::NoHearingDue), Err(RaiseError::NotHeard));
        }
        let mut kept = serde_json::to_value(&made).unwrap();
        assert_eq!(serde_json::from_value::<Decision>(kept.clone()).unwrap(), made);
        kept["made"]["heard"] = serde_json::Value::Null;
        assert!(serde_json::from_value::<Decision>(kept).is_err());
    }

    #[test]
    fn nothing_is_binding_before_its_communication_nor_for_a_month_that_is_not_covered() {
        let mut decision = Decision::new(raise(Cause::Rates), Basis::NoHearingDue).unwrap();
        let (covered, later) = ("2023-02".parse().unwrap(), "2023-03".parse().unwrap());
        assert!(decision.binding(covered).is_none());
        decision.communicate(day("2023-03-22"));
        assert!(decision.binding(covered).is_some() && decision.binding(later).is_none());
    }
}
