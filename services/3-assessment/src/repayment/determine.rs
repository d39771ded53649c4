//! Determines the months up to today's: each from all that is known, and again when that changes it.

use super::schedule::Schedule;
use crate::morning::{Morning, Owed};
use crate::state::Case;
use runtime::Refusal;

impl Morning<'_> {
    /// Brings the determinations in line with the months as they come out today.
    pub fn determine_instalments(&mut self, case: &mut Case, schedule: &Schedule) -> Result<(), Refusal> {
        for (month, (number, assessed)) in &schedule.months {
            let plans = case.repayment.as_ref().map(|repayment| &repayment.plans);
            let Some(plan) = plans.and_then(|plans| plans.get(*number)).cloned() else { continue };
            let Some(communicated_on) = plan.issued().communicated_on() else { continue };
            let owed = Owed {
                month: *month,
                amount: assessed.payable,
                due_on: self.rules.repayment.due_on(*month),
                decision: plan.issued(),
                communicated_on,
                trace: &assessed.trace,
            };
            self.determine_owed(case, &owed)?;
        }
        Ok(())
    }
}
