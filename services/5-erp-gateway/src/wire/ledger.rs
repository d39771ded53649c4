//! A page of the ERP's ledger.

use domain::{ChargeType, Day, Money, Period, SubscriptionId};
use messages::SubscriptionState;
use serde::{Deserialize, Serialize};

/// A page of the ledger. Fields that the contract may add are passed over; a kind of entry that we do not know is an
/// error, because nobody could tell what was missed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerPage {
    /// The entries after the cursor, in the order of the ledger.
    pub entries: Vec<LedgerEntry>,
    /// The number of the last entry, or the cursor when there is none.
    pub next: u64,
    /// Whether there are entries behind it.
    pub more: bool,
}

/// An entry of the ledger. Ids that the ERP made up itself stay texts: they need not be ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LedgerEntry {
    /// A posted document (*bilag*).
    Document(DocumentEntry),
    /// A document was cancelled.
    Cancellation {
        /// Its number in the ledger.
        seq: u64,
        /// Which document.
        document_no: String,
        /// When.
        cancelled_on: Day,
        /// Why.
        reason: String,
        /// The document's case.
        case: Option<String>,
    },
    /// An order was accepted.
    Receipt {
        /// Its number in the ledger.
        seq: u64,
        /// Which order.
        command_id: String,
        /// The receipt.
        receipt: String,
    },
    /// A document was paid, whole or in part.
    Payment {
        /// Its number in the ledger.
        seq: u64,
        /// Which document.
        document_no: String,
        /// How much.
        amount: Money,
        /// When.
        paid_on: Day,
        /// The document's case.
        case: Option<String>,
    },
    /// How a standing order stands.
    SubscriptionState {
        /// Its number in the ledger.
        seq: u64,
        /// Which.
        subscription: SubscriptionId,
        /// Whether it bills.
        state: SubscriptionState,
        /// Its last month.
        valid_to: Period,
        /// The day the state holds.
        as_of: Day,
        /// Its case.
        case: Option<String>,
    },
}

/// A posted document (*bilag*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// Its number in the ledger.
    pub seq: u64,
    /// The ERP's number of the document.
    pub document_no: String,
    /// The order it carries out.
    pub command_id: Option<String>,
    /// The standing order that made it.
    pub subscription: Option<String>,
    /// Its case.
    pub case: Option<String>,
    /// Who is billed.
    pub payer_key: Option<String>,
    /// What is charged.
    pub charge_type: ChargeType,
    /// For which month.
    pub period: Period,
    /// How much; below zero for a credit.
    pub amount: Money,
    /// When it was posted.
    pub posted_on: Day,
    /// When it falls due.
    pub due_on: Day,
}

impl LedgerEntry {
    /// Its number in the ledger.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Document(document) => document.seq,
            Self::Cancellation { seq, .. }
            | Self::Receipt { seq, .. }
            | Self::Payment { seq, .. }
            | Self::SubscriptionState { seq, .. } => *seq,
        }
    }
}

impl LedgerPage {
    /// Checks that the page goes on from the cursor, so that no entry is taken twice or passed over unseen.
    pub(crate) fn check(&self, after: u64) -> Result<(), &'static str> {
        let mut last = after;
        for entry in &self.entries {
            if entry.seq() <= last {
                return Err("the ledger's entries do not rise from the cursor");
            }
            last = entry.seq();
        }
        if self.next != last {
            return Err("the ledger's next cursor is not its last entry");
        }
        if self.more && self.entries.is_empty() {
            return Err("the ledger says there is more and shows nothing");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(seqs: &[u64], next: u64, more: bool) -> LedgerPage {
        let receipt = |seq: &u64| LedgerEntry::Receipt {
            seq: *seq,
            command_id: "cmd_1".to_owned(),
            receipt: "R1".to_owned(),
        };
        LedgerPage { entries: seqs.iter().map(receipt).collect(), next, more }
    }

    #[test]
    fn a_page_that_does_not_go_on_from_the_cursor_is_refused() {
        for (page, right) in [
            (page(&[], 7, false), true),
            (page(&[8, 11], 11, true), true),
            (page(&[7], 7, false), false),
            (page(&[9, 8], 8, false), false),
            (page(&[8], 9, false), false),
            (page(&[], 8, false), false),
            (page(&[], 7, true), false),
        ] {
            assert_eq!(page.check(7).is_ok(), right, "{page:?}");
        }
    }

    #[test]
    fn a_kind_that_we_do_not_know_and_money_as_a_number_make_the_page_unreadable() {
        let entry = |entry: &str| format!(r#"{{"entries":[{entry}],"next":1,"more":false}}"#);
        let payment = r#"{"seq":1,"kind":"payment","document_no":"D1","paid_on":"2023-04-01","amount":{"amount":"1.00","currency":"DKK"}}"#;
        assert!(serde_json::from_str::<LedgerPage>(&entry(payment)).is_ok());
        assert!(serde_json::from_str::<LedgerPage>(&entry(&payment.replace("\"1.00\"", "1.00"))).is_err());
        assert!(
            serde_json::from_str::<LedgerPage>(&entry(&payment.replace("\"payment\"", "\"reminder\"")))
                .is_err()
        );
    }
}
