//! What the council decides.

use crate::{Error, exact};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The council's figures. In YAML; a key left out has its default, an unknown key is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Kroner a day: the amount for personal needs (*beløb til personlige fornødenheder*) of a resident without income.
    /// No national figure exists; without the council's the amount is due and not computed.
    #[serde(with = "exact::option")]
    #[schemars(with = "Option<String>")]
    pub personal_needs_daily: Option<Decimal>,
}

impl Settings {
    /// Reads settings in YAML. Fails on an unknown key and on a negative amount.
    pub fn load(yaml: &str) -> Result<Self, Error> {
        let settings: Self = serde_saphyr::from_str(yaml).map_err(|e| Error::Unreadable {
            what: "the dk-temporary-housing settings".to_owned(),
            problem: e.to_string(),
        })?;
        settings.check()?;
        Ok(settings)
    }

    /// Everything in them that cannot be meant.
    pub fn faults(&self) -> Vec<Error> {
        let wrong = |a: Decimal| a.is_sign_negative() || a.normalize().scale() > 2;
        match self.personal_needs_daily.is_some_and(wrong) {
            true => {
                vec![Error::input("personal_needs_daily", "is kroner a day with at most two decimals")]
            }
            false => Vec::new(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        Error::first(self.faults())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_and_a_negative_amount_are_refused() {
        assert!(Settings::load("personal_needs_daily: 45.50").unwrap().personal_needs_daily.is_some());
        assert!(Settings::load("personal_needs: 45").is_err());
        assert!(Settings::load("personal_needs_daily: -1").is_err());
    }
}
