//! Months that cannot be computed, because the law's figures for them are not known: neither determined nor charged, and told.

use crate::for_staff;
use crate::morning::Morning;
use domain::Period;
use std::collections::BTreeMap;

impl Morning<'_> {
    /// Tells once of a month that cannot be computed, and when it can be again. `told` holds those that have been told and
    /// why, `detail` is for staff.
    pub fn tell_unassessable(
        &mut self,
        told: &mut BTreeMap<Period, String>,
        month: Period,
        problem: Option<String>,
        detail: impl Fn(&str) -> String,
    ) {
        if told.get(&month) == problem.as_ref() {
            return;
        }
        let (key, today) = (self.opened.case.as_str(), self.today());
        let refusal = format!("not_assessable/{key}/{month}");
        match problem {
            Some(problem) => {
                let detail = detail(&problem);
                self.effects.send(&for_staff::waits(refusal, key, today, "month_not_assessable", detail));
                told.insert(month, problem);
            }
            None => {
                told.remove(&month);
                self.effects.send(&for_staff::ended(refusal, key, today, "closed"));
            }
        }
    }
}
