//! Any history, in any order and twice: the same facts, the same differences, and the equation holds.

use super::undecided::{awaited, ended};
use super::world::{
    World, assessment, charge, charge_type, command, command_id, day, determination, document, erp, month,
    payer, person, subscription,
};
use crate::{balance, evaluate};
use domain::{Money, Period};
use messages::{
    AssessmentFact, BillingMode, DecisionAwaits, ErpFact, InvoiceOrder, Message, PostedDocument,
    SubscriptionState,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One message of a history, in small numbers so that much of it meets.
#[derive(Debug, Clone)]
enum Op {
    Determined { month: u32, version: u32 },
    Exempted { month: u32, day: u32 },
    Ordered { month: u32, number: u32 },
    Subscription { step: u32 },
    Answered { number: u32, yes: bool },
    Posted { number: u32 },
    Cancelled { number: u32 },
    Reported { step: u32 },
    Awaited { version: u32 },
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (1_u32..=5, 1_u32..=3).prop_map(|(month, version)| Op::Determined { month, version }),
        1 => (1_u32..=5, 1_u32..=9).prop_map(|(month, day)| Op::Exempted { month, day }),
        3 => (1_u32..=5, 0_u32..=3).prop_map(|(month, number)| Op::Ordered { month, number }),
        2 => (0_u32..=3).prop_map(|step| Op::Subscription { step }),
        3 => (0_u32..=24, any::<bool>()).prop_map(|(number, yes)| Op::Answered { number, yes }),
        4 => (0_u32..=9).prop_map(|number| Op::Posted { number }),
        1 => (0_u32..=9).prop_map(|number| Op::Cancelled { number }),
        2 => (0_u32..=5).prop_map(|step| Op::Reported { step }),
        1 => (1_u32..=4).prop_map(|version| Op::Awaited { version }),
    ];
    proptest::collection::vec(op, 1..40)
}

/// Each op always makes the same message, whatever else is in the history; amounts follow from the numbers.
fn message(op: &Op) -> Message {
    let period = |number: u32| month(&format!("2023-{number:02}"));
    let on = |number: u32| day(&format!("2023-01-{:02}", number.max(1)));
    match *op {
        Op::Determined { month, version } => {
            let billing = if version == 1 { BillingMode::Monthly } else { BillingMode::Standing };
            determination(
                "DAY-1",
                period(month),
                version,
                i64::from(version) * 100 - 100,
                billing,
                on(version),
            )
        }
        Op::Exempted { month, day } => {
            let fact = AssessmentFact::Exempted {
                payer: payer(),
                charge_type: charge_type(),
                period: period(month),
                reason: "free".to_owned(),
            };
            assessment("DAY-1", fact, on(day))
        }
        Op::Ordered { month, number } => {
            let amount = if number == 3 { -100 } else { 100 };
            command(
                "DAY-1",
                &format!("{}", month * 4 + number),
                charge(&period(month).to_string(), amount),
                on(number),
            )
        }
        Op::Subscription { step } => {
            let subscription = subscription();
            let (amount, valid_to) = (Money::dkk(100), period(3));
            let order = match step {
                0 => InvoiceOrder::OpenSubscription { subscription, from: period(1), valid_to, amount },
                1 => InvoiceOrder::ChangeSubscription {
                    subscription,
                    from: period(2),
                    amount: Money::dkk(200),
                },
                2 => InvoiceOrder::RenewSubscription { subscription, valid_to: period(5) },
                _ => InvoiceOrder::CloseSubscription { subscription, last: period(4) },
            };
            command("DAY-1", &format!("{step}"), order, on(step))
        }
        Op::Answered { number, yes } => {
            let command = command_id(&number.to_string());
            let fact = if yes {
                ErpFact::CommandAccepted { command, receipt: "R".to_owned() }
            } else {
                ErpFact::CommandRejected { command, code: "no".to_owned(), detail: String::new() }
            };
            erp(Some("DAY-1"), fact, on(number))
        }
        Op::Posted { number } => {
            let (m, reference) = (number % 5 + 1, number * 7 % 10);
            let amount = [100, 100, 200, -100, 50][usize::try_from(number % 5).unwrap()];
            let plain =
                document(&format!("D{number}"), &period(m).to_string(), amount, period(m).first_day());
            let document = match reference {
                0..=3 => PostedDocument { subscription: Some(subscription()), ..plain },
                4..=6 => {
                    PostedDocument { command: Some(command_id(&format!("{}", m * 4 + number % 4))), ..plain }
                }
                7 => PostedDocument {
                    payer: Some(person("2105440637")),
                    subscription: Some(subscription()),
                    ..plain
                },
                _ => plain,
            };
            erp(Some("DAY-1"), ErpFact::DocumentPosted(document), on(number))
        }
        Op::Cancelled { number } => {
            let (document, cancelled_on) = (format!("D{number}"), day("2023-04-04"));
            erp(
                Some("DAY-1"),
                ErpFact::DocumentCancelled { document, cancelled_on, reason: String::new() },
                cancelled_on,
            )
        }
        Op::Awaited { version: 3 } => ended(3, "2023-03-02"),
        Op::Awaited { version } => awaited(version, DecisionAwaits::Order, "2023-03-02"),
        Op::Reported { step } => {
            let state = if step % 2 == 0 { SubscriptionState::Ended } else { SubscriptionState::Active };
            let (valid_to, as_of) = (period(step % 3 + 2), day(&format!("2023-0{}-02", step % 4 + 1)));
            let subscription = subscription();
            erp(Some("DAY-1"), ErpFact::SubscriptionReported { subscription, state, valid_to, as_of }, as_of)
        }
    }
}

fn world(ops: &[Op]) -> World {
    let mut world = World::new("2023-05-20");
    for op in ops {
        world.receive(&message(op));
    }
    world
}

fn shuffled_twice() -> impl Strategy<Value = (Vec<Op>, Vec<Op>)> {
    ops().prop_flat_map(|ops| {
        let twice: Vec<Op> = ops.iter().chain(&ops).cloned().collect();
        (Just(ops), Just(twice).prop_shuffle())
    })
}

/// What is owed, by the test's own reckoning.
fn owed(ops: &[Op]) -> BTreeMap<Period, (Option<u32>, Option<u32>)> {
    let mut owed: BTreeMap<Period, (Option<u32>, Option<u32>)> = BTreeMap::new();
    for op in ops {
        match *op {
            Op::Determined { month: m, version } => {
                let known = &mut owed.entry(month(&format!("2023-{m:02}"))).or_default().0;
                *known = (*known).max(Some(version));
            }
            Op::Exempted { month: m, day } => {
                let known = &mut owed.entry(month(&format!("2023-{m:02}"))).or_default().1;
                *known = (*known).max(Some(day));
            }
            _ => {}
        }
    }
    owed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_repetition_ends_in_the_same_state_and_differences((ops, twice) in shuffled_twice()) {
        let (one, other) = (world(&ops), world(&twice));
        prop_assert_eq!(&one.state, &other.state);
        if let Some(state) = &one.state {
            let settings = crate::ReconciliationSettings::default();
            let evaluation = evaluate(state, &settings, day("2023-05-20")).unwrap();
            let mut ids: Vec<_> = evaluation.differences.iter().map(|difference| difference.id("DAY-1")).collect();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), evaluation.differences.len(), "two differences have one id");
        }
    }

    #[test]
    fn the_equation_holds_and_each_document_is_consumed_once(ops in ops()) {
        let world = world(&ops);
        let Some(state) = &world.state else { return Ok(()) };
        let lines = balance(state).unwrap();
        let mut billed = Money::dkk(0);
        for line in &lines {
            let shares = [line.confirmed, line.credited, line.exempt, line.open];
            let sum = shares.iter().try_fold(Money::dkk(0), |sum, share| sum.plus(share.amount)).unwrap();
            prop_assert_eq!(sum, line.expected.amount);
            prop_assert_eq!(shares.iter().map(|share| share.count).sum::<u64>(), line.expected.count);
            billed = billed.plus(line.confirmed.amount).unwrap().plus(line.credited.amount).unwrap();
        }
        for (period, (version, exempted)) in owed(&ops) {
            let line = lines.iter().find(|line| line.period == period).unwrap();
            let amount = i64::from(version.map_or(0, |version| version * 100 - 100));
            prop_assert_eq!(line.expected.amount, Money::dkk(amount));
            let exempt = exempted.is_some();
            prop_assert_eq!(line.exempt.amount, Money::dkk(if exempt { amount } else { 0 }));
        }
        // Every live document counts in a month once, or is a finding of its own (unordered, wrong payer or month).
        let evaluation = evaluate(state, &crate::ReconciliationSettings::default(), day("2023-05-20")).unwrap();
        let live = state.documents.values().filter(|document| !state.cancellations.contains_key(&document.document));
        let mut posted = Money::dkk(0);
        for document in live {
            let apart = evaluation.differences.iter().any(|difference| {
                let class = difference.class.name();
                difference.documents.contains(&document.document)
                    && (["payer", "period"].contains(&class) || (class == "unexpected" && !difference.about.is_empty()))
            });
            let elsewhere = document.payer != Some(payer());
            if state.authority.is_some() && !apart && !elsewhere {
                posted = posted.plus(document.amount).unwrap();
            }
        }
        if state.authority.is_some() {
            prop_assert_eq!(posted, billed);
        }
    }

    #[test]
    fn nothing_is_open_where_every_finding_is_gone(ops in ops()) {
        let world = world(&ops);
        let Some(state) = &world.state else { return Ok(()) };
        // Long after every deadline, each month that does not balance is named by some finding.
        let evaluation = evaluate(state, &crate::ReconciliationSettings::default(), day("2023-12-31")).unwrap();
        for line in balance(state).unwrap().iter().filter(|line| !line.open.amount.is_zero()) {
            let named = evaluation.differences.iter().any(|difference| {
                difference.period == line.period
                    || difference.detail.contains(&line.period.to_string())
                    || (difference.class.name() == "unconfirmed" && difference.period <= line.period)
            });
            prop_assert!(named, "{} has {} open and no finding: {:?}", line.period, line.open.amount, evaluation.differences);
        }
    }
}
