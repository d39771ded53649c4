//! The entries of the ledger and the documents before they are posted.

use chrono::Datelike;
use domain::{AuthorityId, CaseId, ChargeType, Day, Money, Period, PersonKey, SubscriptionId};
use serde::{Deserialize, Serialize};

/// One ledger entry, as the contract shows it but for its `seq`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Entry {
    /// A posted document.
    Document(Document),
    /// A document was cancelled.
    Cancellation {
        document_no: String,
        cancelled_on: Day,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<CaseId>,
        payer_key: PersonKey,
    },
    /// A command was accepted.
    Receipt {
        command_id: String,
        receipt: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<CaseId>,
        payer_key: PersonKey,
    },
    /// A document was paid.
    Payment {
        document_no: String,
        amount: Money,
        paid_on: Day,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<CaseId>,
        payer_key: PersonKey,
    },
    /// A subscription was opened, prolonged or has ended.
    SubscriptionState {
        subscription: SubscriptionId,
        case: CaseId,
        state: State,
        valid_to: Period,
        as_of: Day,
        payer_key: PersonKey,
    },
}

/// Whether a subscription invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It does.
    Active,
    /// It no longer does.
    Ended,
}

/// A posted document (*bilag*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub document_no: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<SubscriptionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    pub authority: AuthorityId,
    pub payer_key: PersonKey,
    pub charge_type: ChargeType,
    pub period: Period,
    pub amount: Money,
    pub posted_on: Day,
    pub due_on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settles: Option<String>,
}

/// A document that is to be posted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub command_id: Option<String>,
    pub subscription: Option<SubscriptionId>,
    pub case: Option<CaseId>,
    pub authority: AuthorityId,
    pub payer_key: PersonKey,
    pub charge_type: ChargeType,
    pub period: Period,
    pub amount: Money,
    pub due: Due,
    pub settles: Option<String>,
}

/// When a document falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Due {
    /// On the day that the claim states.
    On(Day),
    /// On this day of its month, or of the month after posting when that day is past.
    DayOfMonth(u32),
}

impl Draft {
    /// The document under this number, posted on this day.
    pub(crate) fn posted(self, document_no: String, posted_on: Day) -> Document {
        let due_on = match self.due {
            Due::On(day) => day,
            Due::DayOfMonth(number) => due_day(self.period, number, posted_on),
        };
        Document {
            document_no,
            command_id: self.command_id,
            subscription: self.subscription,
            case: self.case,
            authority: self.authority,
            payer_key: self.payer_key,
            charge_type: self.charge_type,
            period: self.period,
            amount: self.amount,
            posted_on,
            due_on,
            settles: self.settles,
        }
    }
}

fn due_day(period: Period, number: u32, posted_on: Day) -> Day {
    // Every month has the days 1 to 28, which is all that the contract allows, so the fall-backs are never taken.
    let regular = period.first_day().with_day(number).unwrap_or(period.first_day());
    let next = Period::of(posted_on).next().first_day();
    if regular < posted_on { next.with_day(number).unwrap_or(next) } else { regular }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_billed_late_falls_due_in_the_month_after_posting() {
        let day = |y, m, d| Day::from_ymd_opt(y, m, d).unwrap();
        let april = Period::new(2023, 4).unwrap();
        assert_eq!(due_day(april, 10, day(2023, 4, 1)), day(2023, 4, 10));
        assert_eq!(due_day(april, 1, day(2023, 4, 1)), day(2023, 4, 1));
        assert_eq!(due_day(april, 10, day(2024, 8, 1)), day(2024, 9, 10));
    }
}
