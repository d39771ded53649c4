//! What one transaction does to the ledger, collected before it is written.

use crate::fault_book::{FaultBook, Subject};
use crate::faults::FaultKind;
use crate::ledger::{Document, Draft, Entry, State};
use crate::subscription::Subscription;
use domain::{CaseId, CommandId, Day, Money, Period, SubscriptionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One transaction's work on the sandbox's day.
pub(crate) struct Work<'a> {
    pub day: Day,
    pub faults: &'a mut FaultBook,
    next_seq: i64,
    pub changes: Changes,
}

/// What is written at the end.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub entries: Vec<(i64, Entry)>,
    pub subscriptions: BTreeMap<SubscriptionId, Subscription>,
    pub later: Vec<Later>,
    pub fault_lines: Vec<FaultLine>,
    /// Documents that are not to be paid any more.
    pub settled: Vec<String>,
}

/// Something to be done on a later day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Later {
    pub due_on: Day,
    /// Place among what is done on the same day, after the kind.
    pub place: String,
    pub task: Task,
}

/// What is to be done later, in the order of a day's run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// Let an accepted renewal take effect.
    Renew { command_id: CommandId, subscription: SubscriptionId, valid_to: Period },
    /// Post a late document.
    Post(Box<Draft>),
    /// Cancel a document, and log the fault then.
    Cancel { document_no: String, line: Box<FaultLine> },
}

impl Task {
    /// The order of a day's run.
    pub(crate) fn step(&self) -> u8 {
        match self {
            Self::Renew { .. } => 1,
            Self::Post(_) => 2,
            Self::Cancel { .. } => 3,
        }
    }
}

/// One line of the faults log: what was hit, as it should have been, and what came instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FaultLine {
    pub kind: FaultKind,
    pub case: Option<CaseId>,
    pub payer: domain::PersonKey,
    pub charge_type: domain::ChargeType,
    pub period: Period,
    /// Decimal text, as in the findings.
    pub amount: String,
    pub currency: domain::Currency,
    pub opened_on: Day,
    pub command_id: Option<String>,
    pub document_no: Option<String>,
    pub subscription: Option<SubscriptionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_amount: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_period: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_payer: Option<domain::PersonKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

impl FaultLine {
    pub(crate) fn new(kind: FaultKind, subject: &Subject, opened_on: Day) -> Self {
        Self {
            kind,
            case: subject.case.clone(),
            payer: subject.payer.clone(),
            charge_type: subject.charge_type.clone(),
            period: subject.period,
            amount: subject.amount.to_text(),
            currency: subject.amount.currency(),
            opened_on,
            command_id: subject.command_id.clone(),
            document_no: None,
            subscription: subject.subscription.clone(),
            posted_amount: None,
            posted_period: None,
            posted_payer: None,
            days: None,
        }
    }
}

impl<'a> Work<'a> {
    pub(crate) fn new(day: Day, next_seq: i64, faults: &'a mut FaultBook) -> Self {
        Self { day, faults, next_seq, changes: Changes::default() }
    }

    /// The number of the next entry.
    pub(crate) fn next_seq(&self) -> i64 {
        self.next_seq
    }

    /// Enters the receipt of an accepted command and returns it.
    pub(crate) fn receipt(&mut self, command_id: &str, subject: &Subject) -> String {
        let receipt = format!("R{:010}", self.next_seq);
        self.enter(Entry::Receipt {
            command_id: command_id.to_owned(),
            receipt: receipt.clone(),
            case: subject.case.clone(),
            payer_key: subject.payer.clone(),
        });
        receipt
    }

    /// Posts a document as it is and returns its number.
    pub(crate) fn post(&mut self, draft: Draft) -> String {
        let document_no = format!("D{:010}", self.next_seq);
        let document = draft.posted(document_no.clone(), self.day);
        self.enter(Entry::Document(document));
        document_no
    }

    /// Cancels a document of this case and payer.
    pub(crate) fn cancel(&mut self, document_no: String, case: Option<CaseId>, payer_key: domain::PersonKey) {
        self.changes.settled.push(document_no.clone());
        let reason = "cancelled by an operator".to_owned();
        self.enter(Entry::Cancellation { document_no, cancelled_on: self.day, reason, case, payer_key });
    }

    /// Records that a document was paid in full.
    pub(crate) fn pay(&mut self, document: &Document) {
        self.changes.settled.push(document.document_no.clone());
        let (document_no, amount): (String, Money) = (document.document_no.clone(), document.amount);
        let (case, payer_key) = (document.case.clone(), document.payer_key.clone());
        self.enter(Entry::Payment { document_no, amount, paid_on: self.day, case, payer_key });
    }

    /// Enters how a subscription stands.
    pub(crate) fn report(&mut self, subscription: &Subscription, state: State) {
        self.enter(Entry::SubscriptionState {
            subscription: subscription.id.clone(),
            case: subscription.case.clone(),
            state,
            valid_to: subscription.last(),
            as_of: self.day,
            payer_key: subscription.payer_key.clone(),
        });
    }

    fn enter(&mut self, entry: Entry) {
        self.changes.entries.push((self.next_seq, entry));
        self.next_seq += 1;
    }
}
