use crate::call::{ErpOutcome, Trouble};
use crate::decide::fixture::{Key, day};
use crate::state::{LedgerState, State};
use crate::wire::{LedgerEntry, LedgerPage};
use crate::{Backoff, GatewaySettings, LEDGER_KEY};
use domain::Money;
use messages::{CalendarDay, Phase};
use runtime::Input;

fn ledger(poll_every_ms: Option<u64>) -> Key {
    let backoff = Backoff { first_ms: 100, max_ms: 1_000 };
    Key::new(LEDGER_KEY, GatewaySettings { backoff, ask_after_ms: 0, poll_every_ms })
}

fn announce(key: &mut Key, phase: Phase) {
    key.feed(Input::Day(CalendarDay { date: day(3), phase })).unwrap();
}

fn page(seqs: &[u64], next: u64, more: bool) -> ErpOutcome {
    let payment = |seq: &u64| LedgerEntry::Payment {
        seq: *seq,
        document_no: format!("D{seq}"),
        amount: Money::dkk(1),
        paid_on: day(1),
        case: Some("DAY-1".to_owned()),
    };
    ErpOutcome::Page(LedgerPage { entries: seqs.iter().map(payment).collect(), next, more })
}

fn failed() -> ErpOutcome {
    ErpOutcome::Unknown { trouble: Trouble::Timeout, after_ms: None }
}

fn kept(key: &Key) -> &LedgerState {
    match &key.state {
        Some(State::Ledger(state)) => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_day_reads_page_after_page_to_the_end_and_the_next_goes_on_from_there() {
    let mut key = ledger(None);
    announce(&mut key, Phase::Closing);
    assert!(key.calls[0].request.contains(r#""after":0"#));
    key.end(page(&[1, 2], 2, true)).unwrap();
    assert_eq!(key.planned(), [("read", 0)]);
    assert!(key.calls[0].request.contains(r#""after":2"#));
    key.end(page(&[5], 5, false)).unwrap();
    assert!(key.calls.is_empty());
    assert_eq!((kept(&key).cursor, key.messages.len()), (5, 3));
    announce(&mut key, Phase::Closed);
    assert!(key.calls.is_empty(), "reconciliation compares at night, nothing is read");
    announce(&mut key, Phase::Opened);
    assert!(key.calls[0].request.contains(r#""after":5"#));
    key.end(page(&[], 5, false)).unwrap();
    assert_eq!((kept(&key).cursor, key.messages.len()), (5, 3));
}

#[test]
fn a_failed_read_is_tried_again_later_and_later_and_moves_nothing() {
    let mut key = ledger(None);
    announce(&mut key, Phase::Closing);
    for delay_ms in [100, 200, 400, 800, 1_000, 1_000] {
        key.end(failed()).unwrap();
        assert_eq!((key.planned(), kept(&key).cursor), (vec![("read", delay_ms)], 0));
    }
    assert_eq!(kept(&key).trouble, Some(Trouble::Timeout));
    key.interrupt().unwrap();
    assert_eq!(key.planned(), [("read", 1_000)]);
    key.end(page(&[1], 1, false)).unwrap();
    assert_eq!((kept(&key).failures, kept(&key).trouble), (0, None));
}

#[test]
fn a_read_that_began_before_the_day_closed_is_made_again_and_no_entry_is_told_twice() {
    let mut key = ledger(None);
    announce(&mut key, Phase::Opened);
    announce(&mut key, Phase::Closing);
    assert_eq!(key.planned().len(), 2);
    key.end(page(&[1], 1, true)).unwrap();
    assert_eq!((key.messages.len(), key.planned().len()), (0, 1), "the first read says nothing any more");
    key.end(page(&[1, 2], 2, false)).unwrap();
    assert_eq!((key.messages.len(), key.planned().len()), (2, 0));
}

#[test]
fn with_a_poll_the_ledger_is_read_again_after_its_end() {
    let mut key = ledger(Some(60_000));
    announce(&mut key, Phase::Opened);
    key.end(page(&[1], 1, true)).unwrap();
    assert_eq!(key.planned(), [("read", 0)]);
    key.end(page(&[2], 2, false)).unwrap();
    assert_eq!(key.planned(), [("read", 60_000)]);
}

#[test]
fn a_page_that_does_not_go_on_from_the_cursor_is_refused() {
    let mut key = ledger(None);
    announce(&mut key, Phase::Opened);
    key.end(page(&[4], 4, false)).unwrap();
    announce(&mut key, Phase::Closing);
    assert_eq!(key.end(page(&[4], 4, false)).unwrap_err().code, "ledger_out_of_order");
    assert_eq!(kept(&key).cursor, 4);
    announce(&mut key, Phase::Opened);
    assert_eq!(key.planned(), [("read", 0)], "the next day reads on after the dead letter is discarded");
}

#[test]
fn a_ledger_read_cannot_end_like_an_order() {
    let mut key = ledger(None);
    announce(&mut key, Phase::Opened);
    assert_eq!(key.end(ErpOutcome::NotKnown).unwrap_err().code, "unexpected_outcome");
}
