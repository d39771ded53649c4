//! What an authority can choose.

use crate::Error;
use domain::Period;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of invoicing. What is left out has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InvoicingSettings {
    /// Days before the first day of a month on which its command is due. Default 11: daycare is paid in advance, so
    /// the orders for a month go out about the 20th of the month before.
    #[schemars(range(min = 0, max = 366))]
    pub command_lead_days: u32,
    /// The last month (1-12) of a subscription's year. Default 3: opened until the end of next March, renewed a year at
    /// a time from April.
    #[schemars(range(min = 1, max = 12))]
    pub renewal_month: u32,
    /// Days before the end of a subscription on which its renewal is due. Default 60: the answer is there before
    /// reconciliation warns, 45 days ahead.
    #[schemars(range(min = 0, max = 366))]
    pub renewal_lead_days: u32,
    /// Days between two renewal attempts of a subscription that the ERP has let lapse. Default 30.
    #[schemars(range(min = 1, max = 366))]
    pub renewal_retry_days: u32,
    /// Days after which a rejected order is tried again with a new number, if it is still due. Default 7.
    #[schemars(range(min = 1, max = 366))]
    pub rejected_retry_days: u32,
    /// How many rejections of one month's orders, or of one subscription's, end the attempts. Default 8; then only
    /// staff can help, and the finding stays open.
    #[schemars(range(min = 0, max = 100))]
    pub rejections_max: usize,
    /// Days that the ERP is given to bill the months of a lapse by itself, once its subscription runs again. Default 5;
    /// then the months it has not billed are charged one by one.
    #[schemars(range(min = 0, max = 366))]
    pub back_bill_wait_days: u32,
    /// Months that nothing is owed before a subscription is closed. Default 1: a free month in July changes the amount
    /// to zero and closes nothing.
    #[schemars(range(min = 0, max = 366))]
    pub close_after_zero_months: u32,
    /// Days until an order falls due whose own due day has passed. Default 30.
    #[schemars(range(min = 0, max = 366))]
    pub late_due_days: u32,
}

impl Default for InvoicingSettings {
    fn default() -> Self {
        Self {
            command_lead_days: 11,
            renewal_month: 3,
            renewal_lead_days: 60,
            renewal_retry_days: 30,
            rejected_retry_days: 7,
            rejections_max: 8,
            back_bill_wait_days: 5,
            close_after_zero_months: 1,
            late_due_days: 30,
        }
    }
}

/// The most attempts that a setting can allow.
const REJECTIONS_MAX: usize = 100;

/// The longest time that a setting can name, in days: a year.
const DAYS_MAX: u32 = 366;

impl InvoicingSettings {
    /// Refuses values that the stage cannot work with.
    pub fn check(&self) -> Result<(), Error> {
        let refuse = |setting, rule| Err(Error::Setting { setting, rule });
        if !(1..=12).contains(&self.renewal_month) {
            return refuse("renewal_month", "a month has a number from 1 to 12");
        }
        for (setting, days) in [
            ("command_lead_days", self.command_lead_days),
            ("renewal_lead_days", self.renewal_lead_days),
            ("back_bill_wait_days", self.back_bill_wait_days),
            ("late_due_days", self.late_due_days),
            ("close_after_zero_months", self.close_after_zero_months),
        ] {
            if days > DAYS_MAX {
                return refuse(setting, "at most 366");
            }
        }
        if self.rejections_max > REJECTIONS_MAX {
            return refuse("rejections_max", "at most 100");
        }
        for (setting, days) in [
            ("renewal_retry_days", self.renewal_retry_days),
            ("rejected_retry_days", self.rejected_retry_days),
        ] {
            if !(1..=DAYS_MAX).contains(&days) {
                return refuse(setting, "from 1 to 366: the ERP must not be flooded");
            }
        }
        Ok(())
    }

    /// The first last-month of a subscription year that is not before `period`.
    pub(crate) fn year_end(&self, period: Period) -> Period {
        let ahead = (self.renewal_month + 12 - period.month()) % 12;
        period.plus_months(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_year_ends_in_the_coming_march() {
        let settings = InvoicingSettings::default();
        for (from, end) in [("2022-04", "2023-03"), ("2023-03", "2023-03"), ("2023-01", "2023-03")] {
            assert_eq!(settings.year_end(from.parse().unwrap()).to_string(), end);
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let default = InvoicingSettings::default();
        assert!(default.check().is_ok());
        assert!(InvoicingSettings { renewal_month: 13, ..default.clone() }.check().is_err());
        assert!(InvoicingSettings { renewal_retry_days: 0, ..default.clone() }.check().is_err());
        assert!(InvoicingSettings { command_lead_days: 400, ..default }.check().is_err());
        assert!(serde_json::from_str::<InvoicingSettings>(r#"{"lead": 3}"#).is_err());
    }
}
