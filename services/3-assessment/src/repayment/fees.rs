//! Fees of reminders: charged once the reminder has come, and given back where it should not have gone out.

use super::Settled;
use super::missed::Missed;
use crate::decide::not_assessable;
use crate::morning::{Morning, Owed};
use crate::state::Case;
use domain::{ChargeType, Period};
use messages::REMINDER_FEE;
use runtime::Refusal;
use schemes::dk_cash_repayment::reminder_fee;
use std::collections::BTreeSet;

impl Morning<'_> {
    /// Determines the fees of reminders that have come, and gives back those that should not have gone out.
    pub fn determine_fees(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let law = &self.rules.repayment;
        let Some(debtor) = case.payers.values().next().map(|debtor| debtor.what.clone()) else {
            return Ok(());
        };
        let charge_type = ChargeType::parse(REMINDER_FEE)
            .map_err(|error| Refusal::new("charge_type", error.to_string()))?;
        let owed = case.months_to_be_paid();
        let Some(repayment) = &mut case.repayment else { return Ok(()) };
        for (month, missed) in &mut repayment.missed {
            let Some(reminded) = &mut missed.reminded else { continue };
            if let Some(fact) = reminded.bind(&case.delivered) {
                self.tell(fact);
            }
            let Some(reminded) = &missed.reminded else { continue };
            let Some(communicated_on) = reminded.communicated_on() else { continue };
            let not_due = missed.not_due(owed.contains(month));
            let (amount, trace) = reminder_fee(*month, reminded.written_on(), not_due, &law.parameters)
                .map_err(not_assessable)?;
            let days = chrono::Days::new(law.settings.determination_days.into());
            let due_on = communicated_on.max(reminded.written_on()) + days;
            let owed =
                Owed { month: *month, amount, due_on, decision: reminded, communicated_on, trace: &trace };
            if let Some(made) = self.determination(&owed, missed.fee.as_ref(), &charge_type, &debtor)? {
                missed.fee = Some(self.send_determination(made, reminded));
            }
        }
        Ok(())
    }
}

impl Missed {
    /// Why no reminder was due, where none was: a fee falls with what it reminds of.
    fn not_due(&self, is_owed: bool) -> Option<&'static str> {
        let reminded_on = self.reminded.as_ref()?.written_on();
        if self.paid().is_some_and(|paid| paid <= reminded_on) {
            return Some("the instalment was paid before the day of the reminder");
        }
        (!is_owed).then_some("no instalment is owed for the month")
    }
}

impl Case {
    /// The months with an instalment to be paid: here, or in recovery, where it has gone because it was not.
    fn months_to_be_paid(&self) -> BTreeSet<Period> {
        let months = self.repayment.iter().flat_map(|repayment| {
            let stands = |settled: &Settled| !repayment.withdrawn.contains_key(&settled.claim);
            let missed = repayment.missed.keys().copied();
            missed.filter(move |month| {
                self.instalment_of(*month).is_some() || repayment.transfers_of(*month).any(stands)
            })
        });
        months.collect()
    }
}
