//! The one comparison. It takes no hint of what has changed: it compares everything.

use crate::difference::Difference;
use crate::matching::Key;
use crate::rejections::Rejections;
use crate::state::State;
use crate::view::View;
use crate::{Error, ReconciliationSettings, months, subscriptions, undecided};
use domain::{Agenda, Day};
use std::collections::BTreeSet;

/// What the comparison has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Every difference there is today.
    pub differences: Vec<Difference>,
    /// The next day on which the same facts could come out otherwise, or something must be told again.
    pub next: Option<Day>,
}

/// Compares obligations, orders and documents of a case as of a day.
pub fn evaluate(state: &State, settings: &ReconciliationSettings, today: Day) -> Result<Evaluation, Error> {
    let agenda = Agenda::new(today);
    let view = View::new(state, settings, &agenda)?;
    let rejections = Rejections::of(&view)?;
    let mut found = rejections.differences.clone();
    for (key, obligation) in view.obligations() {
        found.extend(months::order_against_obligation(&view, key, obligation, rejections.explain(key))?);
    }
    let determined: BTreeSet<Key<'_>> = view.obligations().map(|(key, _)| key).collect();
    for key in view.matching.slots.keys() {
        months::documents_against_orders(&view, *key, &mut found)?;
        if !determined.contains(key) {
            found.extend(months::without_determination(&view, *key)?);
        }
    }
    for standing in &view.standings {
        subscriptions::differences(&view, standing, &rejections, &mut found)?;
    }
    found.extend(view.matching.unmatched.iter().map(|document| months::unordered(document)));
    found.extend(undecided::differences(state, &agenda));
    if found.iter().any(|difference| difference.daily) {
        agenda.has_come(today.succ_opt().unwrap_or(today));
    }
    Ok(Evaluation { differences: found, next: agenda.next() })
}
