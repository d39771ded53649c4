//! What a subscription bills for a month, and what it has let lapse.

use crate::InvoicingSettings;
use crate::state::Subscription;
use chrono::Days;
use domain::{Agenda, Day, Money, Period};
use messages::SubscriptionState;

/// What a subscription does for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bills {
    /// It has nothing to do with the month.
    Not,
    /// It bills this, or has billed it.
    Amount(Money),
    /// It should have billed the month and has not, and may still do so: nobody else charges it meanwhile.
    Wait,
}

/// How a month stands that the ERP did not bill in time.
enum Gap {
    No,
    Open,
    ReopenedOn(Day),
}

impl Subscription {
    /// What it does for a month.
    pub(crate) fn bills(&self, period: Period, settings: &InvoicingSettings, agenda: &Agenda) -> Bills {
        let last = self.closed().map(|(_, last)| last);
        if self.is_refused() || period < self.from || last.is_some_and(|last| period > last) {
            return Bills::Not;
        }
        let Some(amount) = self.amount(period) else { return Bills::Not };
        if self.posted.contains(&period) {
            return Bills::Amount(amount);
        }
        let billed_by = match self.gap(period) {
            Gap::No if period <= self.valid_to() => return Bills::Amount(amount),
            Gap::No | Gap::Open => self.closed().map(|(issued_on, _)| issued_on),
            Gap::ReopenedOn(day) => Some(day),
        };
        // A closed subscription bills nothing more; one that runs again bills what it missed at once or never.
        match billed_by {
            Some(day) if agenda.has_come(day + Days::new(settings.back_bill_wait_days.into())) => Bills::Not,
            _ => Bills::Wait,
        }
    }

    /// Whether the ERP says that it has ended before its time.
    pub(crate) fn has_lapsed(&self) -> bool {
        let last = self.closed().map_or(self.valid_to(), |(_, last)| last.min(self.valid_to()));
        self.reports
            .last()
            .is_some_and(|report| report.state == SubscriptionState::Ended && report.valid_to < last)
    }

    fn gap(&self, period: Period) -> Gap {
        let mut gap = Gap::No;
        for report in &self.reports {
            match report.state {
                SubscriptionState::Ended if report.valid_to < period => gap = Gap::Open,
                SubscriptionState::Active if report.valid_to >= period => {
                    if matches!(gap, Gap::Open) {
                        // On the very first day the ERP may have been too late: then it is waited for as well.
                        let in_time = report.as_of < period.first_day();
                        gap = if in_time { Gap::No } else { Gap::ReopenedOn(report.as_of) };
                    }
                }
                SubscriptionState::Ended | SubscriptionState::Active => {}
            }
        }
        gap
    }
}
