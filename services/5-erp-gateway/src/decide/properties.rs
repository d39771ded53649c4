//! Whatever happens to calls and messages: at most one acceptance is told of an order, and no order is sent again unless
//! it certainly was not taken.

use super::fixture::{Key, charge, command};
use crate::GatewaySettings;
use crate::call::{ErpCall, ErpOutcome, Trouble};
use domain::CommandId;
use messages::{ErpEvent, ErpFact, InvoiceCommand};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What can happen next.
#[derive(Debug, Clone)]
enum Op {
    /// An order arrives, perhaps again.
    Deliver(u32),
    /// The first planned call reaches the ERP or not, and its answer reaches us or not.
    Call { reaches: bool, answered: bool, rejects: bool },
    /// The ERP turns the first planned call away.
    Busy,
    /// The process dies during the first planned call, before or after it reached the ERP.
    Die { reached: bool },
}

/// An ERP that takes each order once by its idempotency key, and counts how often it was really sent.
#[derive(Default)]
struct Erp {
    taken: BTreeMap<CommandId, ErpOutcome>,
    order_taken: Vec<CommandId>,
}

impl Erp {
    fn handle(&mut self, call: &ErpCall, rejects: bool) -> ErpOutcome {
        match call {
            ErpCall::Post(command) => {
                let id = &command.command;
                if !self.taken.contains_key(id) {
                    self.order_taken.push(id.clone());
                }
                let new = if rejects {
                    ErpOutcome::Rejected { code: "rejected".to_owned(), detail: String::new() }
                } else {
                    ErpOutcome::Accepted { receipt: format!("R{}", self.taken.len()) }
                };
                self.taken.entry(id.clone()).or_insert(new).clone()
            }
            ErpCall::Query(id) => self.taken.get(id).cloned().unwrap_or(ErpOutcome::NotKnown),
            ErpCall::ReadLedger { .. } => panic!("a case reads no ledger"),
        }
    }
}

/// Follows the calls: which orders are in doubt.
#[derive(Default)]
struct Watch {
    in_doubt: BTreeSet<CommandId>,
}

impl Watch {
    fn made(&self, call: &ErpCall) {
        if let ErpCall::Post(command) = call {
            assert!(!self.in_doubt.contains(&command.command), "sent again while in doubt");
        }
    }

    fn ended(&mut self, call: &ErpCall, outcome: Option<&ErpOutcome>) {
        match (call, outcome) {
            (ErpCall::Post(command), None | Some(ErpOutcome::Unknown { .. })) => {
                self.in_doubt.insert(command.command.clone());
            }
            (ErpCall::Query(id), Some(ErpOutcome::NotKnown)) => {
                self.in_doubt.remove(id);
            }
            _ => {}
        }
    }
}

fn orders() -> Vec<InvoiceCommand> {
    (0..4).map(|n| command(n, charge(n + 1, 100))).collect()
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        2 => (0..4_u32).prop_map(Op::Deliver),
        6 => any::<(bool, bool, bool)>()
            .prop_map(|(reaches, answered, rejects)| Op::Call { reaches, answered, rejects }),
        1 => Just(Op::Busy),
        2 => any::<bool>().prop_map(|reached| Op::Die { reached }),
    ];
    proptest::collection::vec(op, 0..60)
}

fn step(key: &mut Key, erp: &mut Erp, watch: &mut Watch, op: &Op) {
    if let Op::Deliver(n) = op {
        key.order(&orders()[*n as usize]).unwrap();
        return;
    }
    let Some(planned) = key.calls.first() else { return };
    let call: ErpCall = serde_json::from_str(&planned.request).unwrap();
    watch.made(&call);
    let lost = ErpOutcome::Unknown { trouble: Trouble::Timeout, after_ms: None };
    let outcome = match op {
        Op::Call { reaches: true, answered, rejects } => {
            let answer = erp.handle(&call, *rejects);
            Some(if *answered { answer } else { lost })
        }
        Op::Call { reaches: false, .. } => Some(lost),
        Op::Busy => Some(ErpOutcome::NotTaken { trouble: Trouble::Status(429), after_ms: None }),
        Op::Die { reached } => {
            if *reached {
                erp.handle(&call, false);
            }
            None
        }
        Op::Deliver(_) => None,
    };
    watch.ended(&call, outcome.as_ref());
    match outcome {
        Some(outcome) => key.end(outcome).unwrap(),
        None => key.interrupt().unwrap(),
    }
}

proptest! {
    #[test]
    fn every_order_ends_as_the_erp_has_it_and_none_is_sent_again_in_doubt(ops in ops()) {
        let mut key = Key::new("DAY-1", GatewaySettings::default());
        let (mut erp, mut watch) = (Erp::default(), Watch::default());
        for op in &ops {
            step(&mut key, &mut erp, &mut watch, op);
            prop_assert!(key.calls.len() <= 1, "one call at a time");
        }
        // The ERP is well from now on, and everything comes once more.
        let delivered: Vec<u32> = ops.iter().filter_map(|op| if let Op::Deliver(n) = op { Some(*n) } else { None }).collect();
        for n in &delivered {
            step(&mut key, &mut erp, &mut watch, &Op::Deliver(*n));
        }
        for _ in 0..40 {
            step(&mut key, &mut erp, &mut watch, &Op::Call { reaches: true, answered: true, rejects: false });
        }
        prop_assert!(key.calls.is_empty(), "everything is settled");
        let mut told = BTreeMap::<CommandId, Vec<ErpOutcome>>::new();
        let mut doubts = BTreeMap::<CommandId, usize>::new();
        for message in &key.messages {
            match message.content::<ErpEvent>().unwrap().fact {
                ErpFact::CommandAccepted { command, receipt } => {
                    told.entry(command).or_default().push(ErpOutcome::Accepted { receipt });
                }
                ErpFact::CommandRejected { command, code, detail } => {
                    told.entry(command).or_default().push(ErpOutcome::Rejected { code, detail });
                }
                ErpFact::CommandUnknown { command } => *doubts.entry(command).or_default() += 1,
                other => panic!("{other:?}"),
            }
        }
        let once: BTreeMap<_, _> = erp.taken.iter().map(|(id, outcome)| (id.clone(), vec![outcome.clone()])).collect();
        prop_assert_eq!(told, once, "exactly one outcome of each order, the ERP's own");
        prop_assert!(doubts.values().all(|n| *n == 1), "a doubt is told once");
        let mut first = BTreeSet::new();
        let expected: Vec<CommandId> =
            delivered.iter().filter(|n| first.insert(**n)).map(|n| orders()[*n as usize].command.clone()).collect();
        prop_assert_eq!(erp.order_taken, expected, "the ERP gets the orders in the order in which they came");
    }
}
