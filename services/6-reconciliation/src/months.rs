//! Differences of single months: order against obligation, document against order.

use crate::Error;
use crate::difference::Difference;
use crate::matching::{Key, Slot, Source};
use crate::state::Obligation;
use crate::view::View;
use chrono::Days;
use domain::{Day, Money};
use messages::{FindingClass, PostedDocument};

/// Compares what is owed for a month with what is ordered for it. `explained` tells that a refusal is the reason.
pub(crate) fn order_against_obligation(
    view: &View<'_>,
    key: Key<'_>,
    obligation: &Obligation,
    explained: bool,
) -> Result<Option<Difference>, Error> {
    let missing = view.not_ordered(key, false)?;
    if missing.is_zero() || explained || view.is_settled(key)? || view.lapse(key)?.is_some() {
        return Ok(None);
    }
    let before_due = Days::new(view.settings.command_before_due_days.into());
    let due = obligation.owed.as_ref().map(|owed| owed.due_on - before_due);
    let told = obligation.recorded_on().map(|day| day + Days::new(view.settings.command_days.into()));
    // What was ordered or billed of late may still be answered by a correction.
    let active = view.last_activity(key).map(|day| day + Days::new(view.settings.command_days.into()));
    if due.max(told).max(active).is_some_and(|day| !view.agenda.has_come(day)) {
        return Ok(None);
    }
    let detail =
        format!("Owed {}, and {missing} of it is neither charged nor credited by any order.", view.owed(key));
    Ok(Some(month(FindingClass::NotCommanded, key, missing, detail, String::new(), Vec::new())))
}

/// Compares the documents of a month with what should have been posted.
pub(crate) fn documents_against_orders(
    view: &View<'_>,
    key: Key<'_>,
    found: &mut Vec<Difference>,
) -> Result<(), Error> {
    let settled = view.is_settled(key)?;
    for slot in view.matching.slots(key) {
        match slot.documents.split_first() {
            Some((first, repeated)) => {
                found.extend(wrong(slot, first, settled)?);
                if !settled {
                    found.extend(repeated.iter().map(|document| duplicate(key, document)));
                }
            }
            None if settled || view.lapse(key)?.is_some() => {}
            None => found.extend(absent(view, slot)),
        }
    }
    Ok(())
}

/// Bills of a month that nothing was ever determined for.
pub(crate) fn without_determination(view: &View<'_>, key: Key<'_>) -> Result<Option<Difference>, Error> {
    let billed = view.confirmed(key)?;
    let since = view.matching.slots(key).iter().filter_map(|slot| match slot.source {
        Source::Order(order) => Some(order.ordered.issued_on),
        Source::Subscription(..) => slot.documents.first().map(|document| document.posted_on),
    });
    let Some(since) = since.max() else { return Ok(None) };
    if !view.passed(since, view.settings.determination_days) {
        return Ok(None);
    }
    let documents = numbers(&view.matching.confirming(key));
    let detail = "Ordered or billed, and no determination of the month exists.".to_owned();
    Ok(Some(month(FindingClass::Unexpected, key, billed.negated(), detail, String::new(), documents)))
}

/// A document that nobody ordered.
pub(crate) fn unordered(document: &PostedDocument) -> Difference {
    Difference {
        class: FindingClass::Unexpected,
        payer: document.payer.clone(),
        charge_type: document.charge_type.clone(),
        period: document.period,
        amount: document.amount.negated(),
        detail: format!("Document {} of {} was not ordered.", document.document, document.amount),
        documents: vec![document.document.clone()],
        about: document.document.clone(),
        group: document.period.to_string(),
        daily: false,
    }
}

/// What is wrong with the document that carries out an order: the payer before the month before the amount.
fn wrong(slot: &Slot<'_>, document: &PostedDocument, settled: bool) -> Result<Option<Difference>, Error> {
    let number = &document.document;
    let (class, amount, detail) = if document.payer.as_ref() != Some(slot.key.0) {
        let detail =
            format!("Document {number} bills {} to another payer than the one who owes it.", document.amount);
        (FindingClass::Payer, slot.amount, detail)
    } else if document.period != slot.key.2 {
        let detail = format!(
            "Document {number} bills {} for {} instead of {}.",
            document.amount, document.period, slot.key.2
        );
        (FindingClass::Period, slot.amount, detail)
    } else if document.amount != slot.amount && !settled {
        let detail = format!("Document {number} bills {} instead of {}.", document.amount, slot.amount);
        (FindingClass::Amount, slot.amount.minus(document.amount)?, detail)
    } else {
        return Ok(None);
    };
    Ok(Some(month(class, slot.key, amount, detail, slot.about(), vec![number.clone()])))
}

fn duplicate(key: Key<'_>, document: &PostedDocument) -> Difference {
    let number = document.document.clone();
    let detail = format!("Document {number} bills {} a second time.", document.amount);
    month(FindingClass::Duplicate, key, document.amount.negated(), detail, number.clone(), vec![number])
}

/// Why nothing carries out an order, once its deadline has passed.
fn absent(view: &View<'_>, slot: &Slot<'_>) -> Option<Difference> {
    let key = slot.key;
    if !slot.cancelled.is_empty() {
        let documents = numbers(&slot.cancelled);
        let detail =
            format!("{} is owed, and the ERP has cancelled document {}.", slot.amount, documents.join(", "));
        return Some(month(FindingClass::CancelledInErp, key, slot.amount, detail, slot.about(), documents));
    }
    let answered = match slot.source {
        Source::Order(order) => order.accepted_on(),
        Source::Subscription(id, since) => {
            // An opening without an answer is a difference of the subscription, not of each month.
            if !view.standings.iter().any(|one| one.id == id && one.is_taken_up()) {
                return None;
            }
            since.map(|day: Day| day.max(key.2.first_day()))
        }
    };
    let (class, detail) = match (answered, slot.source) {
        (Some(day), _) => {
            if !view.passed(day, view.settings.post_days) {
                return None;
            }
            (FindingClass::MissingInErp, format!("{} was accepted by the ERP and never posted.", slot.amount))
        }
        (None, Source::Order(order)) => {
            if !view.passed(order.ordered.issued_on, view.settings.answer_days) {
                return None;
            }
            (FindingClass::Unconfirmed, format!("The order of {} has no answer.", slot.amount))
        }
        (None, Source::Subscription(..)) => return None,
    };
    Some(month(class, key, slot.amount, detail, slot.about(), Vec::new()))
}

impl Slot<'_> {
    fn about(&self) -> String {
        match self.source {
            Source::Order(order) => order.command.to_string(),
            Source::Subscription(id, _) => id.to_string(),
        }
    }
}

fn numbers(documents: &[&PostedDocument]) -> Vec<String> {
    documents.iter().map(|document| document.document.clone()).collect()
}

fn month(
    class: FindingClass,
    key: Key<'_>,
    amount: Money,
    detail: String,
    about: String,
    documents: Vec<String>,
) -> Difference {
    Difference {
        class,
        payer: Some(key.0.clone()),
        charge_type: key.1.clone(),
        period: key.2,
        amount,
        detail,
        documents,
        about,
        group: key.2.to_string(),
        daily: false,
    }
}
