//! A register fact as a stage keeps it.

use crate::Evidence;
use domain::Day;
use serde::{Deserialize, Serialize};

/// A fact with the day the register produced it and where it stands in the raw input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept<T> {
    /// When the register produced it.
    pub recorded_on: Day,
    /// Where it stands.
    pub evidence: Vec<Evidence>,
    /// The fact.
    pub fact: T,
}

impl<T: Ord> Kept<T> {
    /// Whether this version of a fact counts in place of another: the register produced it later. Between two of one
    /// day their content decides, which says nothing about truth but is the same in every order of arrival.
    pub fn supersedes(&self, other: &Self) -> bool {
        (self.recorded_on, &self.fact) > (other.recorded_on, &other.fact)
    }
}
