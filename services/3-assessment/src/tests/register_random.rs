//! Whatever the register says of a family, in whatever order.

use super::households::{couple, lives};
use super::register_raises::rule_out_all_raises;
use super::*;
use proptest::prelude::*;

/// Of whom the register says that all is as it was (or not), since a day of the year; and how many days later it says the
/// next thing.
type Statement = (Who, bool, u16, u64);

#[derive(Debug, Clone, Copy)]
enum Who {
    /// Where the child lives.
    Home(u32),
    /// Whether the person lives.
    Life(u32),
}

fn statements(apart: std::ops::Range<u64>) -> impl Strategy<Value = Vec<Statement>> {
    let who = prop_oneof![
        3 => Just(Who::Home(CHILD)),
        3 => Just(Who::Home(SIBLING)),
        1 => Just(Who::Life(CHILD)),
        1 => Just(Who::Life(PAYER)),
        1 => Just(Who::Life(PARTNER)),
    ];
    proptest::collection::vec((who, any::<bool>(), 0u16..300, apart), 1..9)
}

/// A family whose orders raise nothing, and what the register says of it; whether all raises are ruled out.
fn family(statements: &[Statement], ruled_out: bool) -> Life {
    let mut life = couple();
    life.place("P-2", SIBLING, "2023-02-01", 2000);
    life.until("2023-01-10");
    for (who, as_it_was, since, days) in statements {
        let (since, today) =
            (day("2023-01-01") + chrono::Days::new(u64::from(*since)), life.today.to_string());
        life.message(&match (who, as_it_was) {
            (Who::Home(child), true) => lives(*child, "0101", "a", &since.to_string(), &today),
            (Who::Home(child), false) => lives(*child, "0147", "b", &since.to_string(), &today),
            (Who::Life(person), as_it_was) => snapshot(*person, &today, |snapshot| {
                snapshot.status = if *as_it_was { "01" } else { "90" }.to_owned();
                snapshot.status_since = Some(since);
            }),
        });
        life.until(&(life.today + chrono::Days::new(*days)).to_string());
        if ruled_out && life.case().hearings.values().any(|hearing| hearing.ended.is_none()) {
            rule_out_all_raises(&mut life);
        }
    }
    life
}

/// Months whose amount over all payers has risen from one day to another, with whether a hearing stands behind it.
pub(super) fn rises(life: &Life) -> Vec<(Period, bool)> {
    let (mut owed, mut heard) = (BTreeMap::<Period, BTreeMap<_, _>>::new(), BTreeMap::new());
    let mut rises = Vec::new();
    for of_day in life.events.chunk_by(|a, b| a.recorded_on == b.recorded_on) {
        let before = owed.clone();
        let sum = |payers: &BTreeMap<_, (rust_decimal::Decimal, bool)>| {
            payers.values().map(|(amount, _)| *amount).sum::<rust_decimal::Decimal>()
        };
        // What was heard and falls on the same day for another reason rests on the hearing as far as it has risen.
        let mut heard_today: BTreeMap<Period, rust_decimal::Decimal> = BTreeMap::new();
        for event in of_day {
            match &event.fact {
                AssessmentFact::DecisionMade(made) => {
                    heard.insert(made.decision().clone(), made.hearing().is_some());
                }
                AssessmentFact::Determined(new) => {
                    let behind = (new.amount.amount(), heard[&new.decision]);
                    let payers = owed.entry(new.period).or_default();
                    payers.insert(new.payer.clone(), behind);
                    if behind.1 {
                        let highest = heard_today.entry(new.period).or_default();
                        *highest = sum(payers).max(*highest);
                    }
                }
                _ => {}
            }
        }
        for (period, payers) in before {
            if sum(&owed[&period]) > sum(&payers) {
                let now_heard = owed[&period].values().any(|(amount, heard)| !amount.is_zero() && *heard);
                rises.push((
                    period,
                    now_heard
                        || heard_today.get(&period).is_some_and(|highest| sum(&owed[&period]) <= *highest),
                ));
            }
        }
    }
    rises
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_register_says_nothing_rises_unheard_and_in_the_end_it_counts(
        statements in statements(0..40),
    ) {
        let mut life = family(&statements, false);
        life.until("2024-03-02");
        for (period, heard) in rises(&life) {
            prop_assert!(heard, "{period} rose unheard");
        }
        let (case, rules) = (life.case(), life.rules());
        for period in month("2023-02").through(month("2023-12")) {
            let target = case.target_as_registered(rules, case.opened.as_ref().unwrap(), period, life.today);
            let says = target.unwrap().unwrap().assessment.total.to_text();
            prop_assert_eq!(life.owed_in(&period.to_string()).unwrap_or("0.00".to_owned()), says, "{}", period);
        }
    }

    #[test]
    fn whatever_the_register_says_nothing_rises_that_staff_rule_out(
        statements in statements(0..7),
    ) {
        let mut life = family(&statements, true);
        life.until("2023-12-02");
        prop_assert!(rises(&life).iter().all(|(_, heard)| *heard));
    }
}
