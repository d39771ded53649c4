//! Decisions on repayment (*afgørelser om afdrag eller henstand*): an instalment that rises cannot be decided without an ended
//! notice.

use crate::decided::Issued;
use domain::{Day, DecisionId, HearingId, LetterId, Money, Period};
use messages::{Cause, Circumstances, DecisionMade, DecisionParts, Evidence, Heard, RaiseError};
use schemes::dk_cash_repayment::letter::LetterClaim;
use schemes::dk_cash_repayment::{Assessment, Outcome, TableRow};
use serde::{Deserialize, Serialize};

/// What the rules give on a day, with all that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanTerms {
    /// The instalment or the deferral.
    pub assessment: Assessment,
    /// What was found about the debtor.
    pub circumstances: Circumstances,
    /// The order that stated it.
    pub stated_by: String,
    /// The row of the table that was read, where one was.
    pub row: Option<TableRow>,
    /// The claims that are covered, in the order in which they are paid.
    pub claims: Vec<LetterClaim>,
}

impl PlanTerms {
    /// The instalment a month.
    pub fn instalment(&self) -> Money {
        self.assessment.monthly_instalment
    }

    /// Whether instalments are paid.
    pub fn is_instalment(&self) -> bool {
        self.assessment.outcome == Outcome::Instalment
    }

    /// The day on which the claims are looked at again, where they are set aside.
    pub fn review_on(&self) -> Option<Day> {
        match self.assessment.outcome {
            Outcome::Instalment => None,
            Outcome::SetAside { review_on, .. } => Some(review_on),
        }
    }

    /// Whether a claim is covered.
    pub fn covers(&self, claim: &str) -> bool {
        self.claims.iter().any(|covered| covered.claim == claim)
    }

    /// Whether other terms cover a claim that these do not.
    pub fn lacks_claims_of(&self, other: &Self) -> bool {
        other.claims.iter().any(|claim| !self.covers(&claim.claim))
    }

    /// Whether other terms would decide nothing else: the same outcome, instalment and percentage, and no claim more.
    pub fn decides_the_same_as(&self, other: &Self) -> bool {
        self.pays_the_same_as(other) && !self.lacks_claims_of(other)
    }

    /// Whether other terms have the same outcome, instalment and percentage: a claim that is added to such needs no notice of
    /// its own (BEK 1110 af 25/10/2024 § 11, stk. 9).
    pub fn pays_the_same_as(&self, other: &Self) -> bool {
        let reason = |terms: &Self| match terms.assessment.outcome {
            Outcome::Instalment => None,
            Outcome::SetAside { reason, .. } => Some(reason),
        };
        let says = |terms: &Self| (reason(terms), terms.instalment(), terms.assessment.percent);
        says(self) == says(other)
    }
}

/// A decision on a debtor's claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanDecision {
    issued: Issued,
    terms: PlanTerms,
    first_month: Period,
}

/// Which decision is made, when and why.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its id.
    pub decision: DecisionId,
    /// The letter that communicates it.
    pub letter: LetterId,
    /// The day it is written.
    pub written_on: Day,
    /// The first month it works in.
    pub first_month: Period,
    /// The instalment until now; absent where there was no decision.
    pub previous: Option<Money>,
    /// Why.
    pub cause: Cause,
    /// The notice that it follows, with the proof that it has ended.
    pub noticed: Option<(HearingId, Heard)>,
    /// The messages it follows from.
    pub causes: Vec<String>,
    /// The raw records it follows from.
    pub evidence: Vec<Evidence>,
}

impl PlanDecision {
    /// Makes a decision. Also the first instalment is a raise: it is refused without an ended notice.
    pub fn new(made: Made, terms: PlanTerms) -> Result<Self, RaiseError> {
        let until_now = made.previous.unwrap_or(Money::zero(terms.instalment().currency()));
        if terms.instalment().amount() > until_now.amount() && made.noticed.is_none() {
            return Err(RaiseError::NotHeard);
        }
        let (hearing, heard) = made.noticed.unzip();
        let told = DecisionMade::try_from(DecisionParts {
            decision: made.decision,
            letter: made.letter,
            from: made.first_month,
            to: None,
            monthly_amount: terms.instalment(),
            previous: made.previous,
            cause: made.cause,
            hearing,
            heard,
        })?;
        let issued = Issued::new(told, made.written_on, made.causes, made.evidence);
        Ok(Self { issued, terms, first_month: made.first_month })
    }

    /// What is decided.
    pub fn terms(&self) -> &PlanTerms {
        &self.terms
    }

    /// The first month it works in, where it is communicated by its 1st.
    pub fn first_month(&self) -> Period {
        self.first_month
    }

    /// That it is written, and whether it binds.
    pub fn issued(&self) -> &Issued {
        &self.issued
    }

    /// The same, to let it bind.
    pub fn issued_mut(&mut self) -> &mut Issued {
        &mut self.issued
    }
}
