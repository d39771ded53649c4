//! What a reader gives, item by item, in the order of the file.

use messages::{AddressArrival, CaseCommand, RegisterEvent};

/// One thing read from a file. The same bytes always give the same items in the same order: the ledger counts them,
/// and a file whose taking was interrupted goes on where it stopped.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A fact about a person, from this record (counted from 1).
    Event(u64, Box<RegisterEvent>),
    /// Somebody has come to an address, from this record.
    Arrival(u64, Box<AddressArrival>),
    /// An order about a case, from this line.
    Command(u64, Box<CaseCommand>),
    /// A record that cannot be used.
    Refused(Fault),
    /// Something that gives no message but must be seen, such as an unknown event code: counted under this text in the
    /// file's ledger entry.
    Remark(String),
    /// The rest of the file cannot be read. Always the last item.
    Unreadable(Fault),
}

/// What is wrong with a record. Holds neither number nor name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line or record, counted from 1.
    pub line: u64,
    /// The field to blame; a JSON pointer for case commands.
    pub field: Option<String>,
    /// A code that stands in the README.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: String,
    /// The key of the person or case it is about; empty when unknown.
    pub key: String,
}

impl Fault {
    /// A fault of a line.
    pub fn new(line: u64, code: &'static str, detail: impl Into<String>) -> Self {
        Self { line, field: None, code, detail: detail.into(), key: String::new() }
    }

    /// The same fault, of this field.
    #[must_use]
    pub fn of_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same fault, of this key.
    #[must_use]
    pub fn about(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }
}
