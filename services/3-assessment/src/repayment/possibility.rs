//! On which days a debtor could pay (*økonomisk mulighed*, aktivloven § 95, stk. 2). It is kept nowhere: it follows from the incomes
//! as they are known, so one that is corrected takes it back.

use super::rule::{fresh_until, input};
use super::{Repayment, RepaymentRules};
use domain::{Day, Period};
use schemes::Error;
use schemes::dk_cash_repayment::can_pay;

impl Repayment {
    /// The first day between these on which the debtor could pay. What was found counts from its day until something else was,
    /// and no longer than it may be decided on.
    pub fn could_pay(&self, rules: &RepaymentRules, from: Day, to: Day) -> Result<Option<Day>, Error> {
        let mut known = self.circumstances.iter().peekable();
        while let Some((since, found)) = known.next() {
            let eve_of_next = known.peek().and_then(|(next, _)| next.pred_opt());
            let ends = [eve_of_next, fresh_until(rules, &found.what)];
            let last = ends.into_iter().flatten().fold(to, Day::min);
            for day in days_of_change(from.max(*since), last) {
                if can_pay(&input(&found.what, day), &rules.parameters, &rules.settings.of_scheme())? {
                    return Ok(Some(day));
                }
            }
        }
        Ok(None)
    }
}

/// The first of these days, and the first day of each month after it: tables change on no other day.
fn days_of_change(first: Day, last: Day) -> impl Iterator<Item = Day> {
    let later = Period::of(first).next().through(Period::of(last)).map(|month| month.first_day());
    std::iter::once(first).chain(later).filter(move |day| *day <= last)
}
