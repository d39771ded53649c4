//! A decision that has been written: it binds once its letter has been delivered, and never before.

use domain::{Day, LetterId};
use messages::{AssessmentFact, DecisionMade, Evidence};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A written decision, whatever it decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    made: DecisionMade,
    written_on: Day,
    communicated_on: Option<Day>,
    causes: Vec<String>,
    evidence: Vec<Evidence>,
}

impl Issued {
    /// Written on a day, following from these messages and raw records.
    pub fn new(made: DecisionMade, written_on: Day, causes: Vec<String>, evidence: Vec<Evidence>) -> Self {
        Self { made, written_on, communicated_on: None, causes, evidence }
    }

    /// As it is told.
    pub fn made(&self) -> &DecisionMade {
        &self.made
    }

    /// The day it was written.
    pub fn written_on(&self) -> Day {
        self.written_on
    }

    /// The day on which it was communicated; it works from then on and never before.
    pub fn communicated_on(&self) -> Option<Day> {
        self.communicated_on
    }

    /// The messages it follows from.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// The raw records it follows from.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// Whether its letter has been delivered and it does not know yet.
    pub fn is_delivered(&self, delivered: &BTreeMap<LetterId, Day>) -> bool {
        self.communicated_on.is_none() && delivered.contains_key(self.made.letter())
    }

    /// Binds by the delivery of its letter; the first day counts. What to tell, where it came to bind.
    pub fn bind(&mut self, delivered: &BTreeMap<LetterId, Day>) -> Option<AssessmentFact> {
        let communicated_on = delivered.get(self.made.letter()).copied()?;
        if self.communicated_on.is_some() {
            return None;
        }
        self.communicated_on = Some(communicated_on);
        let decision = self.made.decision().clone();
        Some(AssessmentFact::DecisionCommunicated { decision, communicated_on })
    }
}
