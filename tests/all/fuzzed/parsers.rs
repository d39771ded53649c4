//! Every parser of what comes from outside, fed with bytes: shared by the tests of this folder and the fuzz targets.
//!
//! None may panic, give more than the bytes hold, or repeat a personal number in what it says is wrong.

use domain::{CommandId, Day, PersonSecret};
use erp_gateway::{ErpCall, ErpOutcome, meaning_of};
use intake::{Fault, Item, commands, cpr, eindkomst};
use messages::{Message, Topic};
use std::sync::OnceLock;

/// The statuses that an ERP may answer with, and one that it may not.
const STATUSES: [u16; 7] = [200, 201, 404, 409, 422, 503, 777];

fn secret() -> PersonSecret {
    PersonSecret::new(*b"0123456789abcdef").unwrap()
}

/// So many digits in a row could be a personal number.
fn says_no_number(text: &str) {
    let longest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
    assert!(longest < Some(10), "a number is repeated");
}

fn checked(item: &Item) {
    if let Item::Refused(Fault { detail, field, .. }) | Item::Unreadable(Fault { detail, field, .. }) = item {
        says_no_number(detail);
        says_no_number(field.as_deref().unwrap_or_default());
    }
}

/// Items of a reader, each checked; a byte gives at most one, and the end one more.
fn all(bytes: &[u8], mut next: impl FnMut() -> Option<Item>) {
    let mut count = 0;
    while let Some(item) = next() {
        checked(&item);
        count += 1;
        assert!(count <= bytes.len() + 1, "more items than bytes");
    }
}

/// An extract of the population register.
pub fn cpr_extract(bytes: &[u8]) {
    static LAYOUT: OnceLock<cpr::Layout> = OnceLock::new();
    let layout = LAYOUT.get_or_init(|| cpr::Layout::load().unwrap());
    let secret = secret();
    let mut reader = cpr::Reader::new(layout, &secret, Day::default(), bytes).unwrap();
    all(bytes, || reader.next_item().unwrap());
}

/// An answer of the income register.
pub fn income_answer(bytes: &[u8]) {
    let secret = secret();
    let mut reader = eindkomst::Reader::new(&secret, Day::default(), bytes);
    all(bytes, || reader.next_item());
}

/// Case commands, one a line.
pub fn case_commands(bytes: &[u8]) {
    let secret = secret();
    let mut reader = commands::Reader::new(&secret, Day::MAX, bytes);
    all(bytes, || reader.next_item().unwrap());
}

/// A settings file, an advis strategy and the faults of the training ERP.
pub fn configuration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    drop(rettidig::settings::Settings::parse(text));
    drop(routing::Strategy::load(text));
    drop(erp_sandbox::Faults::parse(text));
}

/// An answer of the ERP to an order, to a question about one, and to a look into the ledger.
pub fn erp_answer(bytes: &[u8]) {
    let about = CommandId::derive(&["1"]);
    for status in STATUSES {
        for asked in [ErpCall::Query(about.clone()), ErpCall::ReadLedger { after: 0 }] {
            match meaning_of(&asked, status, bytes.to_vec()) {
                ErpOutcome::Rejected { code, detail } => {
                    says_no_number(&code);
                    says_no_number(&detail);
                }
                ErpOutcome::Page(page) => assert!(page.entries.len() <= bytes.len()),
                _ => {}
            }
        }
    }
}

/// The body of a message on any topic.
pub fn message(bytes: &[u8]) {
    for topic in Topic::ALL {
        if let Err(error) = Message::decode(topic, bytes) {
            says_no_number(&error.to_string());
        }
    }
}
