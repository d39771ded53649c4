//! From differences to findings: opened, told again, resolved by evidence, reopened.

use crate::difference::Difference;
use crate::state::State;
use crate::view::{View, zero};
use crate::{Error, Evaluation, ReconciliationSettings, undecided};
use domain::{Agenda, Day, FindingId};
use messages::{Finding, FindingClass, FindingState};
use std::collections::BTreeMap;

/// Brings the findings of a case to what the comparison has found. Returns what is to be told.
pub(crate) fn advance(
    state: &mut State,
    key: &str,
    evaluation: &Evaluation,
    settings: &ReconciliationSettings,
    today: Day,
) -> Result<Vec<Finding>, Error> {
    let differences: BTreeMap<FindingId, &Difference> =
        evaluation.differences.iter().map(|difference| (difference.id(key), difference)).collect();
    let mut told = Vec::new();
    for (id, difference) in &differences {
        let known = state.findings.get(id);
        if let Some(now) = next_state(known, difference, today) {
            let opened_on = known.map_or(today, |known| known.opened_on);
            told.push(difference.told(key, state, opened_on, now));
        }
    }
    let gone =
        state.findings.values().filter(|known| is_open(known) && !differences.contains_key(&known.finding));
    for known in gone {
        let lapsed = evaluation.differences.iter().any(|now| {
            now.class == FindingClass::SubscriptionLapsed
                && (&now.payer, &now.charge_type) == (&known.payer, &known.charge_type)
        });
        let mut evidence = evidence(state, known, settings, today)?;
        if lapsed && known.class == FindingClass::SubscriptionExpiring {
            evidence.push_str("; the subscription has ended, which is told as subscription_lapsed");
        }
        told.push(Finding { state: FindingState::Resolved { on: today, evidence }, ..known.clone() });
    }
    for finding in &told {
        state.findings.insert(finding.finding.clone(), finding.clone());
    }
    Ok(told)
}

fn next_state(known: Option<&Finding>, difference: &Difference, today: Day) -> Option<FindingState> {
    let Some(known) = known else { return Some(FindingState::Opened) };
    if !is_open(known) {
        return Some(FindingState::Reopened { on: today });
    }
    let told_on = match known.state {
        FindingState::Opened => known.opened_on,
        FindingState::Repeated { on } | FindingState::Reopened { on } | FindingState::Resolved { on, .. } => {
            on
        }
    };
    let changed = known.detail != difference.detail
        || known.amount != difference.amount
        || known.documents != difference.documents;
    (changed || (difference.daily && told_on < today)).then_some(FindingState::Repeated { on: today })
}

fn is_open(finding: &Finding) -> bool {
    !matches!(finding.state, FindingState::Resolved { .. })
}

/// What is known now of what a finding was about.
fn evidence(
    state: &State,
    finding: &Finding,
    settings: &ReconciliationSettings,
    today: Day,
) -> Result<String, Error> {
    if finding.class == FindingClass::Undecided {
        return Ok(undecided::evidence(state));
    }
    let agenda = Agenda::new(today);
    let view = View::new(state, settings, &agenda)?;
    let mut parts = Vec::new();
    if let Some(payer) = &finding.payer {
        let key = (payer, &finding.charge_type, finding.period);
        let documents: Vec<&str> =
            view.matching.confirming(key).iter().map(|document| document.document.as_str()).collect();
        let billed = view.matching.confirmed(key, zero(state))?;
        let open = view.not_ordered(key, false)?;
        parts.push(format!(
            "{}: owed {}, not ordered {open}, billed {billed} by {}",
            finding.period,
            view.owed(key),
            if documents.is_empty() { "no document".to_owned() } else { documents.join(", ") }
        ));
        for standing in view.standings_of(key) {
            if let Some(report) = standing.reports.last() {
                let (state, to, day) = (report.state, report.valid_to, report.as_of);
                parts.push(format!("subscription {} {state:?} to {to} as of {day}", standing.id));
            }
        }
    }
    for document in &finding.documents {
        if let Some(day) = state.cancellations.get(document) {
            parts.push(format!("document {document} cancelled on {day}"));
        }
    }
    Ok(if parts.is_empty() { "the facts now agree".to_owned() } else { parts.join("; ") })
}
