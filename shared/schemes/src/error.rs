//! Every way in which a scheme refuses to answer.

use crate::Spans;
use domain::{Day, Period};
use rust_decimal::Decimal;

/// A refusal. Names schemes, parameters, fields, places and days; never a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No value of the parameter holds on the day.
    #[error(
        "{scheme}: no value of the parameter `{parameter}` holds on {on} (known: {known}); add one with its article and \
         source, or take a day that is known"
    )]
    NoParameter {
        /// The scheme, `dk-daycare`.
        scheme: String,
        /// The parameter's name.
        parameter: String,
        /// The day asked for.
        on: Day,
        /// The days on which one holds.
        known: Spans,
    },
    /// A value in a parameter file is incomplete or contradicts its neighbour.
    #[error("{scheme}: parameter `{parameter}`, value valid from {on}: {problem}")]
    BadParameter {
        /// The scheme.
        scheme: String,
        /// The parameter's name.
        parameter: String,
        /// The value's first day as written, or where it stands in the list.
        on: String,
        /// What is wrong and what to write.
        problem: String,
    },
    /// A text that should hold parameters or settings is not the YAML it should be.
    #[error("{what} cannot be read: {problem}")]
    Unreadable {
        /// Parameters or settings of which scheme.
        what: String,
        /// The reader's message with line and column.
        problem: String,
    },
    /// A fact of the case lies outside what the law or this scheme knows.
    #[error("{field}: {problem}")]
    BadInput {
        /// The field, with the place's position where there are several.
        field: String,
        /// What is wrong and what to send.
        problem: String,
    },
    /// The council's rate takes more of the gross cost than the law lets parents pay.
    #[error(
        "{month}: the rate {rate} of place {place} is above {share} % of its gross operating cost, at most {limit}; \
         correct the rate or the budgeted cost ({article})"
    )]
    RateAboveShare {
        /// The place.
        place: String,
        /// The month that is refused.
        month: Period,
        /// Kroner a month.
        rate: Decimal,
        /// Kroner a month: the highest rate.
        limit: Decimal,
        /// Percent.
        share: Decimal,
        /// The article of the limit.
        article: String,
    },
    /// A letter that would say something the law does not allow.
    #[error("{letter}: {problem}")]
    BadLetter {
        /// The kind of letter.
        letter: &'static str,
        /// Why it cannot be written.
        problem: String,
    },
}

impl Error {
    pub(crate) fn input(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::BadInput { field: field.into(), problem: problem.into() }
    }

    /// Refuses with the first of these, where there are any.
    pub(crate) fn first(faults: Vec<Self>) -> Result<(), Self> {
        faults.into_iter().next().map_or(Ok(()), Err)
    }

    /// The fields that these name.
    #[cfg(test)]
    pub(crate) fn fields(faults: &[Self]) -> Vec<String> {
        faults.iter().map(|fault| fault.to_string().split(": ").next().unwrap().to_owned()).collect()
    }
}
