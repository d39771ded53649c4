//! How long everybody has, until a difference is a finding.

use crate::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of reconciliation: days of grace. What is left out has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReconciliationSettings {
    /// Days before the due day by which the order must have been given. Default 3.
    #[schemars(range(min = 0, max = 92))]
    pub command_before_due_days: u32,
    /// Days that invoicing has after a determination, order or document of the month, if that is later. Default 3: a
    /// correction under way is no finding.
    #[schemars(range(min = 0, max = 92))]
    pub command_days: u32,
    /// Days that the ERP has to answer an order. Default 3.
    #[schemars(range(min = 0, max = 92))]
    pub answer_days: u32,
    /// Days that the ERP has to post a document, from its acceptance or the first day of the month that a subscription
    /// bills. Default 5.
    #[schemars(range(min = 0, max = 92))]
    pub post_days: u32,
    /// Days that a bill may stand without a determination that explains it. Default 3.
    #[schemars(range(min = 0, max = 92))]
    pub determination_days: u32,
    /// Days before the end of a subscription on which it is told that it expires, falling. Default 45, 15 and 1.
    #[schemars(length(max = 10), inner(range(min = 0, max = 92)))]
    pub expiring_days: Vec<u32>,
    /// Whether an accepted renewal counts as the new end of a subscription before the ERP's ledger shows it. Default
    /// true: its failure is then found as a lapse on the first day that is not billed. With false, an accepted renewal
    /// that the ledger does not show is already told as expiring, 45 days ahead.
    pub trust_accepted_renewals: bool,
}

impl Default for ReconciliationSettings {
    fn default() -> Self {
        Self {
            command_before_due_days: 3,
            command_days: 3,
            answer_days: 3,
            post_days: 5,
            determination_days: 3,
            expiring_days: vec![45, 15, 1],
            trust_accepted_renewals: true,
        }
    }
}

/// The longest grace, in days: beyond a quarter of a year a month is not found before three more are lost.
const DAYS_MAX: u32 = 92;

/// The most warnings ahead of one end.
const WARNINGS_MAX: usize = 10;

impl ReconciliationSettings {
    /// Refuses values that the stage cannot work with.
    pub fn check(&self) -> Result<(), Error> {
        let refuse = |setting, rule| Err(Error::Setting { setting, rule });
        for (setting, days) in [
            ("command_before_due_days", self.command_before_due_days),
            ("command_days", self.command_days),
            ("answer_days", self.answer_days),
            ("post_days", self.post_days),
            ("determination_days", self.determination_days),
        ] {
            if days > DAYS_MAX {
                return refuse(setting, "at most 92 days");
            }
        }
        let falling = self.expiring_days.windows(2).all(|pair| matches!(pair, [a, b] if a > b));
        if !falling
            || self.expiring_days.len() > WARNINGS_MAX
            || self.expiring_days.iter().any(|n| *n > DAYS_MAX)
        {
            return refuse("expiring_days", "at most 10 numbers of days, falling, none above 92");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let default = ReconciliationSettings::default();
        assert!(default.check().is_ok());
        assert!(ReconciliationSettings { expiring_days: vec![1, 15], ..default.clone() }.check().is_err());
        assert!(ReconciliationSettings { post_days: 93, ..default }.check().is_err());
        assert!(serde_json::from_str::<ReconciliationSettings>(r#"{"grace": 3}"#).is_err());
    }
}
