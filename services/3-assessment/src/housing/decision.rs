//! Decisions on the own payment (*afgørelser om egenbetaling*): a concrete amount a day that binds from its communication.

use crate::decided::Issued;
use domain::{Day, DecisionId, LetterId, Money, Period, PlaceId};
use messages::{Cause, DecisionMade, DecisionParts, Evidence, RaiseError};
use rust_decimal::Decimal;
use schemes::dk_temporary_housing::{Budget, Paragraph, Proposal, ServiceInput};
use serde::{Deserialize, Serialize};

/// A concrete amount a day for one stay, with all that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentDecision {
    #[serde(flatten)]
    issued: Issued,
    place: PlaceId,
    terms: PaymentTerms,
}

/// What is decided, and on which grounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentTerms {
    /// The paragraph of the stay.
    pub paragraph: Paragraph,
    /// The amount.
    pub proposal: Proposal,
    /// Services beside the stay.
    pub services: Vec<ServiceInput>,
    /// Whether the resident kept an own home.
    pub own_home_kept: bool,
    /// The resident's month.
    pub budget: Option<Budget>,
    /// Kroner a month: the rent of a comparable dwelling.
    #[serde(with = "schemes::exact::option")]
    pub comparable_rent: Option<Decimal>,
    /// The version of the template.
    pub template: String,
    /// Who calculated.
    pub made_by: String,
}

impl PaymentTerms {
    /// Kroner a day that the authority charges: under § 107 with the services, otherwise they are the facility's to charge.
    pub fn daily_rate(&self) -> Decimal {
        let of_services: Decimal = self.services.iter().map(|service| service.daily_rate).sum();
        self.proposal.daily_rate + if self.paragraph == Paragraph::P107 { of_services } else { Decimal::ZERO }
    }
}

/// Which decision is made, when and why.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its id.
    pub decision: DecisionId,
    /// The letter that communicates it.
    pub letter: LetterId,
    /// The stay.
    pub place: PlaceId,
    /// The day it is written.
    pub written_on: Day,
    /// Kroner a day that the decision before it states.
    pub previous: Option<Decimal>,
    /// Why.
    pub cause: Cause,
    /// The messages it follows from.
    pub causes: Vec<String>,
    /// The raw records it follows from.
    pub evidence: Vec<Evidence>,
}

impl PaymentDecision {
    /// Makes a decision. It is told by the month in which it is written, as if that were lived in whole.
    pub fn new(made: Made, terms: PaymentTerms) -> Result<Self, RaiseError> {
        let from = Period::of(made.written_on);
        let monthly = |daily: Decimal| Money::dkk_half_up(daily * Decimal::from(from.days()));
        let told = DecisionMade::try_from(DecisionParts {
            decision: made.decision,
            letter: made.letter,
            from,
            to: None,
            monthly_amount: monthly(terms.daily_rate()),
            previous: made.previous.map(monthly),
            cause: made.cause,
            hearing: None,
            heard: None,
        })?;
        Ok(Self {
            issued: Issued::new(told, made.written_on, made.causes, made.evidence),
            place: made.place,
            terms,
        })
    }

    /// The stay.
    pub fn place(&self) -> &PlaceId {
        &self.place
    }

    /// What is decided.
    pub fn terms(&self) -> &PaymentTerms {
        &self.terms
    }

    /// That it is written, and whether it binds.
    pub fn issued(&self) -> &Issued {
        &self.issued
    }

    /// The same, to let it bind.
    pub fn issued_mut(&mut self) -> &mut Issued {
        &mut self.issued
    }

    /// As it is told.
    pub fn made(&self) -> &DecisionMade {
        self.issued.made()
    }

    /// The day it was written.
    pub fn written_on(&self) -> Day {
        self.issued.written_on()
    }

    /// The day on which it reached the resident; it works from then on and never before.
    pub fn communicated_on(&self) -> Option<Day> {
        self.issued.communicated_on()
    }
}
