//! From an entry of the ledger to an event.

use crate::wire::{DocumentEntry, LedgerEntry, without_numbers};
use domain::{CaseId, CommandId, Day, PersonKey, SubscriptionId};
use messages::{ErpEvent, ErpFact, PostedDocument};

/// What an entry says. None for a receipt: the order's own answer has told it already, or the question that is asked
/// until it is answered will.
pub(super) fn event(entry: &LedgerEntry, recorded_on: Day) -> Option<ErpEvent> {
    let (case, fact) = match entry {
        LedgerEntry::Receipt { .. } => return None,
        LedgerEntry::Document(document) => {
            (document.case.as_deref(), ErpFact::DocumentPosted(posted(document)))
        }
        LedgerEntry::Cancellation { document_no, cancelled_on, reason, case, .. } => (
            case.as_deref(),
            ErpFact::DocumentCancelled {
                document: document_no.clone(),
                cancelled_on: *cancelled_on,
                reason: without_numbers(reason),
            },
        ),
        LedgerEntry::Payment { document_no, amount, paid_on, case, .. } => (
            case.as_deref(),
            ErpFact::PaymentReceived { document: document_no.clone(), amount: *amount, paid_on: *paid_on },
        ),
        LedgerEntry::SubscriptionState { subscription, state, valid_to, as_of, case, .. } => (
            case.as_deref(),
            ErpFact::SubscriptionReported {
                subscription: subscription.clone(),
                state: *state,
                valid_to: *valid_to,
                as_of: *as_of,
            },
        ),
    };
    // A case that is not one of ours by its form is the ERP's own: the event keeps the document as its key.
    Some(ErpEvent { case: case.and_then(|case| CaseId::parse(case).ok()), recorded_on, fact })
}

fn posted(entry: &DocumentEntry) -> PostedDocument {
    PostedDocument {
        document: entry.document_no.clone(),
        command: entry.command_id.as_deref().and_then(|id| CommandId::parse(id).ok()),
        subscription: entry.subscription.as_deref().and_then(|id| SubscriptionId::parse(id).ok()),
        payer: entry.payer_key.as_deref().and_then(|key| PersonKey::parse(key).ok()),
        charge_type: entry.charge_type.clone(),
        period: entry.period,
        amount: entry.amount,
        posted_on: entry.posted_on,
        due_on: entry.due_on,
    }
}

#[cfg(test)]
mod tests;
