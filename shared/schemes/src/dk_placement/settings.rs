//! What the law leaves open. The defaults are those of the published practice, or say that there is none.

use crate::Error;
use crate::dk_daycare::PaymentRounding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The authority's choices. In YAML; a key left out has its default, an unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// To what a month's payment is rounded. No rule found; the default keeps øre, as in daycare.
    pub payment_rounding: PaymentRounding,
    /// Months from one follow-up of a case to the next. The municipality's own guideline (Copenhagen: 6), not statute.
    pub follow_up_months: u32,
}

/// The longest time between two follow-ups: two years. More is a typing error.
const FOLLOW_UP_MONTHS_MAX: u32 = 24;

impl Default for Settings {
    fn default() -> Self {
        Self { payment_rounding: PaymentRounding::OereHalfUp, follow_up_months: 6 }
    }
}

impl Settings {
    /// Reads settings in YAML. Fails on an unknown key or choice and on numbers out of range.
    pub fn load(yaml: &str) -> Result<Self, Error> {
        let settings: Self = serde_saphyr::from_str(yaml).map_err(|e| Error::Unreadable {
            what: "the dk-placement settings".to_owned(),
            problem: e.to_string(),
        })?;
        if !(1..=FOLLOW_UP_MONTHS_MAX).contains(&settings.follow_up_months) {
            let problem = format!("is {}; write 1 to {FOLLOW_UP_MONTHS_MAX}", settings.follow_up_months);
            return Err(Error::input("follow_up_months", problem));
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_left_out_has_its_default_and_what_is_unknown_or_out_of_range_is_refused() {
        let settings = Settings::load("follow_up_months: 12\n").unwrap();
        assert_eq!(settings, Settings { follow_up_months: 12, ..Settings::default() });
        for wrong in ["follow_up_months: 0", "follow_up_months: 25", "follow_up: 6", "payment_rounding: down"]
        {
            assert!(Settings::load(wrong).is_err(), "{wrong}");
        }
    }
}
