use super::{SETTLED_MAX, WAITING_MAX};
use crate::call::{ErpOutcome, Trouble};
use crate::decide::fixture::{Key, change, charge, command, credit, day, open, renew};
use crate::state::{CaseState, Order, State, Verdict};
use crate::{Backoff, GatewaySettings};
use domain::Money;
use messages::{ErpEvent, ErpFact};

const ACCEPTED: &str = "command-accepted";
const REJECTED: &str = "command-rejected";
const UNKNOWN: &str = "command-unknown";

fn case() -> Key {
    let backoff = Backoff { first_ms: 100, max_ms: 1_000 };
    Key::new("DAY-1", GatewaySettings { backoff, ask_after_ms: 7, poll_every_ms: None })
}

fn accepted() -> ErpOutcome {
    ErpOutcome::Accepted { receipt: "R1".to_owned() }
}

fn rejected() -> ErpOutcome {
    ErpOutcome::Rejected { code: "unknown_subscription".to_owned(), detail: "never opened".to_owned() }
}

fn unknown() -> ErpOutcome {
    ErpOutcome::Unknown { trouble: Trouble::Timeout, after_ms: None }
}

fn busy(after_ms: Option<u64>) -> ErpOutcome {
    ErpOutcome::NotTaken { trouble: Trouble::Status(503), after_ms }
}

fn kept(key: &Key) -> &CaseState {
    match &key.state {
        Some(State::Case(state)) => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_is_sent_at_once_and_its_acceptance_told_with_its_cause() {
    let mut key = case();
    key.order(&command(1, charge(4, 2137))).unwrap();
    assert_eq!(key.planned(), [("post", 0)]);
    key.end(accepted()).unwrap();
    assert!(key.calls.is_empty());
    let event: ErpEvent = key.messages[0].content().unwrap();
    assert_eq!(event.case, Some(command(1, open()).case));
    assert_eq!(event.recorded_on, day(2));
    let command = command(1, open()).command;
    assert_eq!(event.fact, ErpFact::CommandAccepted { command, receipt: "R1".to_owned() });
    assert_eq!(key.messages[0].causes, ["message-1"]);
    assert!(matches!(&kept(&key).settled[0].verdict, Verdict::Accepted { receipt } if receipt == "R1"));
}

#[test]
fn a_rejection_is_an_event_with_code_and_detail() {
    let mut key = case();
    key.order(&command(1, renew())).unwrap();
    key.end(rejected()).unwrap();
    let event: ErpEvent = key.messages[0].content().unwrap();
    let expected = ErpFact::CommandRejected {
        command: command(1, renew()).command,
        code: "unknown_subscription".to_owned(),
        detail: "never opened".to_owned(),
    };
    assert_eq!(event.fact, expected);
    assert!(key.calls.is_empty());
}

#[test]
fn an_order_without_a_clear_answer_is_asked_about_and_told_once() {
    let mut key = case();
    key.order(&command(1, charge(4, 1))).unwrap();
    key.end(unknown()).unwrap();
    assert_eq!((key.planned(), key.told()), (vec![("query", 7)], vec![UNKNOWN]));
    for delay_ms in [100, 200, 400, 800, 1_000, 1_000] {
        key.end(unknown()).unwrap();
        assert_eq!(key.planned(), [("query", delay_ms)]);
    }
    key.end(accepted()).unwrap();
    assert_eq!(key.told(), [UNKNOWN, ACCEPTED]);
}

#[test]
fn only_an_order_that_the_erp_does_not_know_is_sent_again_and_its_doubt_is_not_told_twice() {
    let mut key = case();
    key.order(&command(1, charge(4, 1))).unwrap();
    for delay_ms in [100, 200, 400] {
        key.end(unknown()).unwrap();
        assert_eq!(key.planned(), [("query", 7)]);
        key.end(ErpOutcome::NotKnown).unwrap();
        assert_eq!(key.planned(), [("post", delay_ms)], "an ERP that fails at it is not hammered");
    }
    key.end(rejected()).unwrap();
    assert_eq!(key.told(), [UNKNOWN, REJECTED]);
}

#[test]
fn a_busy_erp_is_tried_again_no_sooner_than_it_asks() {
    let mut key = case();
    key.order(&command(1, charge(4, 1))).unwrap();
    for (after_ms, delay_ms) in
        [(None, 100), (Some(5_000), 5_000), (Some(1), 400), (None, 800), (None, 1_000)]
    {
        key.end(busy(after_ms)).unwrap();
        assert_eq!(key.planned(), [("post", delay_ms)]);
    }
    assert!(key.told().is_empty(), "that it was not taken is certain");
}

#[test]
fn a_call_that_the_process_died_in_is_asked_about() {
    let mut key = case();
    key.order(&command(1, charge(4, 1))).unwrap();
    key.interrupt().unwrap();
    assert_eq!((key.planned(), key.told()), (vec![("query", 7)], vec![UNKNOWN]));
    key.interrupt().unwrap();
    assert_eq!(key.planned(), [("query", 100)], "a question can be asked again");
}

#[test]
fn the_orders_of_a_case_wait_for_each_other() {
    let mut key = case();
    for (n, order) in [(1, open()), (2, change()), (3, renew())] {
        key.order(&command(n, order)).unwrap();
    }
    assert_eq!(key.planned(), [("post", 0)]);
    key.end(unknown()).unwrap();
    key.end(ErpOutcome::NotKnown).unwrap();
    key.end(accepted()).unwrap();
    assert!(
        key.calls[0].id.starts_with(command(2, change()).command.as_str()),
        "the change follows its opening"
    );
    key.end(accepted()).unwrap();
    key.end(rejected()).unwrap();
    assert_eq!(key.told(), [UNKNOWN, ACCEPTED, ACCEPTED, REJECTED]);
    assert!(key.calls.is_empty() && kept(&key).current.is_none() && kept(&key).waiting.is_empty());
}

#[test]
fn an_order_delivered_again_changes_nothing_whatever_has_become_of_it() {
    let mut key = case();
    let orders = [command(1, open()), command(2, change())];
    key.order(&orders[0]).unwrap();
    key.order(&orders[1]).unwrap();
    for outcome in [unknown(), accepted(), accepted()] {
        let before = (key.state.clone(), key.calls.clone(), key.messages.len());
        for order in &orders {
            let mut later = order.clone();
            later.issued_on = day(28);
            key.order(&later).unwrap();
        }
        assert_eq!((key.state.clone(), key.calls.clone(), key.messages.len()), before);
        key.end(outcome).unwrap();
    }
}

#[test]
fn another_order_under_a_known_id_is_refused_not_dropped() {
    let mut key = case();
    key.order(&command(1, charge(4, 100))).unwrap();
    key.order(&command(2, charge(4, 100))).unwrap();
    for _ in 0..3 {
        for n in [1, 2] {
            let refusal = key.order(&command(n, charge(4, 101))).unwrap_err();
            assert_eq!(refusal.code, "command_differs");
        }
        if !key.calls.is_empty() {
            key.end(accepted()).unwrap();
        }
    }
}

#[test]
fn an_amount_with_the_wrong_sign_is_refused() {
    for order in [charge(4, 0), charge(4, -1), credit(4, 1), credit(4, 0)] {
        assert_eq!(case().order(&command(1, order)).unwrap_err().code, "wrong_sign");
    }
    assert!(case().order(&command(1, credit(4, -1))).is_ok());
    assert!(!Money::dkk(-1).is_zero());
}

#[test]
fn the_outcome_of_a_call_that_was_replaced_says_nothing() {
    let mut key = case();
    key.order(&command(1, charge(4, 1))).unwrap();
    let stale = key.calls[0].clone();
    key.end(unknown()).unwrap();
    let before = key.state.clone();
    key.calls.insert(0, stale);
    key.end(rejected()).unwrap();
    assert_eq!((key.state.clone(), key.told(), key.planned()), (before, vec![UNKNOWN], vec![("query", 7)]));
}

#[test]
fn a_case_does_not_grow_without_limit() {
    let mut key = case();
    for n in 0..u32::try_from(SETTLED_MAX).unwrap() + 5 {
        key.order(&command(n, charge(4, 1))).unwrap();
        key.end(accepted()).unwrap();
    }
    assert_eq!(kept(&key).settled.len(), SETTLED_MAX);
    assert_eq!(kept(&key).settled[0].command, command(5, open()).command, "the oldest are forgotten");
}

#[test]
fn an_order_that_finds_too_many_waiting_is_refused_and_can_be_requeued() {
    let mut key = case();
    let waiting = |n| Order { command: command(n, charge(4, 1)), cause: String::new(), evidence: Vec::new() };
    let full =
        CaseState { waiting: (1_000..).take(WAITING_MAX).map(waiting).collect(), ..CaseState::default() };
    key.state = Some(State::Case(Box::new(full)));
    assert_eq!(key.order(&command(1, charge(4, 1))).unwrap_err().code, "too_many_waiting");
}

#[test]
fn no_personal_number_leaves_with_an_event_or_stays_with_a_settled_order() {
    let mut key = case();
    key.order(&command(1, charge(4, 1))).unwrap();
    key.end(unknown()).unwrap();
    key.end(accepted()).unwrap();
    assert!(key.messages.iter().all(|message| !message.data.get().contains("2105440645")));
    assert!(!serde_json::to_string(&key.state).unwrap().contains("2105440645"));
}
