//! What can be wrong.

use domain::MoneyError;
use runtime::Refusal;

/// Why the stage cannot be set up or cannot decide.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting has a value that the stage cannot work with.
    #[error("reconciliation setting {setting}: {rule}")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// Amounts of a case cannot be added.
    #[error("the amounts of a case cannot be added; see `money` in the README of the stage")]
    Money(#[from] MoneyError),
    /// An order or document comes again with other content.
    #[error("{what} {id} was told before with other content; see `changed` in the README of the stage")]
    Changed {
        /// Order or document.
        what: &'static str,
        /// Which.
        id: String,
    },
    /// A topic that the stage does not read.
    #[error("a message of a topic that the stage does not read; see `not_an_input` in its README")]
    NotAnInput,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let code = match error {
            Error::Setting { .. } => "setting",
            Error::Money(_) => "money",
            Error::Changed { .. } => "changed",
            Error::NotAnInput => "not_an_input",
        };
        Refusal::new(code, error.to_string())
    }
}
