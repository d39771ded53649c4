//! A personal number of either country, as it travels in the bodies of messages.

use crate::{Cpr, CprError, Day, Personnummer, PersonnummerError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A personal number that knows its country: a Danish one has ten digits, a Swedish one twelve, so none is read as the other.
/// Each is checked by its own country's rule. Serialisation gives the digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", untagged)]
#[schemars(with = "String", extend("pattern" = "^([0-9]{10}|[0-9]{12})$"))]
pub enum PersonalNumber {
    /// *CPR-nummer.*
    Danish(Cpr),
    /// *Personnummer* or *samordningsnummer*.
    Swedish(Personnummer),
}

/// Why a text is a personal number of neither country. Never holds the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonalNumberError {
    /// It is none of Denmark.
    #[error(transparent)]
    Danish(CprError),
    /// It has the length of a Swedish one and is none.
    #[error(transparent)]
    Swedish(PersonnummerError),
}

/// The digits of a Swedish number.
const SWEDISH_DIGITS: usize = 12;

impl PersonalNumber {
    /// Reads ten or twelve digits.
    pub fn parse(text: &str) -> Result<Self, PersonalNumberError> {
        if text.len() == SWEDISH_DIGITS {
            return Personnummer::parse(text).map(Self::Swedish).map_err(PersonalNumberError::Swedish);
        }
        Cpr::parse(text).map(Self::Danish).map_err(PersonalNumberError::Danish)
    }

    /// Whether a number of either country stands in a text as a part of its own.
    pub fn stands_in(text: &str) -> bool {
        Cpr::stands_in(text) || Personnummer::stands_in(text)
    }

    /// The digits. Call it only where the receiver needs them.
    pub fn reveal_digits(&self) -> &str {
        match self {
            Self::Danish(cpr) => cpr.reveal_digits(),
            Self::Swedish(number) => number.reveal_digits(),
        }
    }

    /// The date of birth the number states.
    pub fn birth_date(&self) -> Option<Day> {
        match self {
            Self::Danish(cpr) => cpr.birth_date(),
            Self::Swedish(number) => number.birth_date(),
        }
    }
}

impl fmt::Display for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Danish(cpr) => cpr.fmt(f),
            Self::Swedish(number) => number.fmt(f),
        }
    }
}

impl fmt::Debug for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Danish(cpr) => cpr.fmt(f),
            Self::Swedish(number) => number.fmt(f),
        }
    }
}

impl From<Cpr> for PersonalNumber {
    fn from(cpr: Cpr) -> Self {
        Self::Danish(cpr)
    }
}

impl From<Personnummer> for PersonalNumber {
    fn from(number: Personnummer) -> Self {
        Self::Swedish(number)
    }
}

impl TryFrom<String> for PersonalNumber {
    type Error = PersonalNumberError;
    fn try_from(text: String) -> Result<Self, PersonalNumberError> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_read_as_that_of_its_country_and_written_as_it_was() {
        for (digits, danish) in [("2105440645", true), ("196408233234", false)] {
            let number: PersonalNumber = serde_json::from_str(&format!("\"{digits}\"")).unwrap();
            assert_eq!(matches!(number, PersonalNumber::Danish(_)), danish);
            assert_eq!(serde_json::to_string(&number).unwrap(), format!("\"{digits}\""));
            assert!(!format!("{number} {number:?}").contains(&digits[..6]));
        }
    }

    #[test]
    fn the_check_of_one_country_is_not_weakened_by_the_other() {
        // A Danish number has no check digit; a Swedish one has, and its ten digits alone are none.
        for wrong in ["196408233235", "9913440645", "19640823323", "1964082332344", ""] {
            let error = PersonalNumber::parse(wrong).unwrap_err().to_string();
            assert!(wrong.is_empty() || !error.contains(wrong));
        }
        assert!(Cpr::parse("196408233234").is_err());
    }
}
