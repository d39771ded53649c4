//! Residents without a decision: nothing is owed, so nothing is missing in the ERP, and yet nobody is charged. Such a difference
//! no comparison with the ERP shows: it is found from the side of the right.

use crate::difference::Difference;
use crate::state::{State, Waits};
use crate::view::zero;
use domain::{Agenda, Period};
use messages::FindingClass;

/// Those whose day has passed. One unit is one cause, so that its residents are one alert.
pub fn differences(state: &State, agenda: &Agenda) -> Vec<Difference> {
    let waiting = state.awaited.iter().filter_map(|(place, awaited)| match &awaited.waits {
        Waits::Since(waits) => Some((place, waits)),
        Waits::Over(_) => None,
    });
    let late =
        waiting.filter(|(_, waits)| agenda.has_come(waits.decide_by.succ_opt().unwrap_or(waits.decide_by)));
    late.map(|(place, waits)| Difference {
        class: FindingClass::Undecided,
        payer: None,
        charge_type: waits.charge_type.clone(),
        period: Period::of(waits.since),
        amount: zero(state),
        detail: format!(
            "a resident has lived in {} ({}) since {} without a decision and is not charged: {}",
            waits.stay.facility,
            waits.stay.paragraph.name(),
            waits.since,
            waits.awaits.in_words()
        ),
        documents: Vec::new(),
        about: place.to_string(),
        group: waits.stay.unit.to_string(),
        daily: false,
    })
    .collect()
}

/// What has ended it: how the waiting of the case's places ended.
pub fn evidence(state: &State) -> String {
    let over = state.awaited.iter().filter_map(|(place, awaited)| match &awaited.waits {
        Waits::Over(outcome) => Some(format!("{place}: {}", outcome.in_words())),
        Waits::Since(_) => None,
    });
    let over: Vec<String> = over.collect();
    if over.is_empty() { "the resident waits since another day".to_owned() } else { over.join("; ") }
}
