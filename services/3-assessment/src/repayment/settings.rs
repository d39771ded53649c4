//! What the authority chooses.

use schemars::JsonSchema;
use schemes::Error;
use schemes::dk_cash_repayment::{AtOldLimit, Parameters, Settings};
use serde::{Deserialize, Serialize};

/// The authority's choices for the repayment of cash assistance. What is left out has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RepaymentSettings {
    /// What a net income exactly at the lowest limit of an old table means. Default `first_band`: the table starts at it,
    /// though its text says that who does not exceed it pays nothing.
    pub old_lower_limit: AtOldLimit,
    /// Months until claims that were set aside (*henlagt*) are looked at again. Default 12: the limits change every year.
    #[schemars(range(min = 1, max = 12))]
    pub review_months: u32,
    /// Months for which what was found about a debtor may be decided on. Default 3: the register's latest month must be one of
    /// the three months before.
    #[schemars(range(min = 1, max = 12))]
    pub circumstances_months: u32,
    /// Days that a debtor has to object to a notice (*varsel*), and to pay after a determination (*fastsættelse*), from its
    /// receipt. Default 14, the least that the law allows a notice.
    #[schemars(range(min = 14, max = 92))]
    pub notice_days: u32,
    /// Days from a decision to the 1st of the month of its first instalment, at least. Default 14: no source says, and the
    /// letter must have come by then.
    #[schemars(range(min = 0, max = 92))]
    pub first_instalment_days: u32,
    /// The day of the month on which an instalment is due, moved to the next weekday. Default 20: no source says.
    #[schemars(range(min = 1, max = 28))]
    pub due_day: u32,
    /// Days from the due date to the reminder. Default 5: no source says.
    #[schemars(range(min = 1, max = 92))]
    pub reminder_days: u32,
    /// Whether a reminder costs the debtor the law's fee (*rykkergebyr*), as it mostly does. Default yes.
    pub reminder_fee: bool,
    /// Days from the reminder until the repayment is determined (*fastsættelse*). Default 10, the shortest time between
    /// reminders of civil claims.
    #[schemars(range(min = 1, max = 92))]
    pub determination_days: u32,
    /// Whether claims that have lapsed or were time-barred are written off (*afskrevet*) without a person. Default no.
    pub automatic_write_off: bool,
}

impl Default for RepaymentSettings {
    fn default() -> Self {
        let of_scheme = Settings::default();
        Self {
            old_lower_limit: of_scheme.old_lower_limit,
            review_months: of_scheme.review_months,
            circumstances_months: 3,
            notice_days: of_scheme.notice_days,
            first_instalment_days: 14,
            due_day: 20,
            reminder_days: of_scheme.reminder_days,
            reminder_fee: true,
            determination_days: of_scheme.determination_days,
            automatic_write_off: false,
        }
    }
}

impl RepaymentSettings {
    /// The choices by which an instalment is computed.
    pub(crate) fn of_scheme(&self) -> Settings {
        Settings {
            old_lower_limit: self.old_lower_limit,
            review_months: self.review_months,
            reminder_days: self.reminder_days,
            determination_days: self.determination_days,
            notice_days: self.notice_days,
        }
    }

    /// Fails on values out of range, and on fewer days of notice than the law gives.
    pub fn check(&self, parameters: &Parameters) -> Result<(), Error> {
        let ranges = [
            ("circumstances_months", self.circumstances_months, 1, 12),
            ("first_instalment_days", self.first_instalment_days, 0, 92),
            ("due_day", self.due_day, 1, 28),
        ];
        let wrong = ranges.into_iter().find(|(_, value, min, max)| !(*min..=*max).contains(value));
        if let Some((field, value, min, max)) = wrong {
            let problem = format!("is {value}; write {min} to {max}");
            return Err(Error::BadInput { field: field.to_owned(), problem });
        }
        self.of_scheme().check(parameters)
    }
}
