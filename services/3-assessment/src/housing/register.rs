//! What the registers tell of a resident. A death ends the stay by itself; a move or a changed income changes nothing that has
//! been decided, but somebody has to look.

use crate::morning::Morning;
use crate::state::{Awaits, Case};

impl Morning<'_> {
    /// Closes the notices that the rule can close, and leaves the others to staff.
    pub fn close_notices(&mut self, case: &mut Case) {
        let today = self.today();
        self.settle_notices(case, |case, awaits, open| {
            let lives = case.lives_in(today).is_some();
            match awaits {
                Awaits::Income(_) => lives && case.rests_on_income(today),
                Awaits::Household => lives && open.event_type != "death",
                Awaits::SingleStatus(_) | Awaits::Staff => false,
            }
        });
    }
}

impl Case {
    /// Whether the resident pays nothing or less for want of income, so that another income matters.
    fn rests_on_income(&self, today: domain::Day) -> bool {
        let Some((housing, (place, _))) = self.housing.as_ref().zip(self.lives_in(today)) else {
            return false;
        };
        let reduced = housing.decided(place, today).and_then(|number| housing.decisions.get(number));
        let reduced = reduced.is_some_and(|decision| {
            let proposal = &decision.terms().proposal;
            proposal.daily_rate < proposal.full_rate
        });
        reduced || housing.has_income(today) == Some(false)
    }
}
