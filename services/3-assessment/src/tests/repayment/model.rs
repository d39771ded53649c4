//! Whatever happens to a debtor: every month takes what a communicated decision says or what is left, by the test's own
//! reckoning krone by krone, and the orders of a day, in any order and twice, end in the same.

use super::*;
use domain::{Day, Period};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The days of the year in which something happens.
const DAYS: u64 = 230;

/// Something that happens.
#[derive(Debug, Clone, Copy)]
enum Op {
    /// This net income a month was found, or a benefit.
    Found { kroner: Option<i64>, delivered_after: u64 },
    /// Another claim is registered.
    Claims { kroner: i64 },
    /// So much of the first claim is paid elsewhere.
    Pays { kroner: i64 },
}

fn ops() -> impl Strategy<Value = BTreeMap<u64, Op>> {
    let income = prop_oneof![4 => (8_000_i64..40_000).prop_map(Some), 1 => Just(None)];
    let op = prop_oneof![
        4 => (income, 0_u64..40).prop_map(|(kroner, delivered_after)| Op::Found { kroner, delivered_after }),
        2 => (500_i64..9_000).prop_map(|kroner| Op::Claims { kroner }),
        1 => (1_i64..2_000).prop_map(|kroner| Op::Pays { kroner }),
    ];
    proptest::collection::btree_map(2..DAYS, op, 1..9)
}

/// The percentage of a debtor without children, by the rungs of the table of 2026: 4 percent to 145,459, then each rung a
/// percent more, the first of them 35,930 kroner wide and the others 5,130 or 5,140.
fn percent(yearly: i64) -> i64 {
    match yearly {
        ..145_460 => 4,
        145_460..181_390 => 5,
        // The rungs that the incomes of this test can reach, spelled out from the published table.
        _ => {
            let rungs = include_str!("rungs_of_2026.txt").lines().map(|line| line.parse::<i64>().unwrap());
            5 + i64::try_from(rungs.filter(|from| *from <= yearly).count()).unwrap().min(55)
        }
    }
}

/// A decision in the test's own book.
struct Decided {
    first: Period,
    communicated_on: Day,
    kroner: i64,
    claims: Vec<String>,
}

/// Krone by krone: the months up to `today`, from principals and payments as they are known in the end.
fn reckon(
    decisions: &[Decided],
    claims: &BTreeMap<String, i64>,
    paid: &[(Day, String, i64)],
    today: Day,
) -> BTreeMap<Period, i64> {
    let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
    let mut months = BTreeMap::new();
    for month in month("2026-01").through(Period::of(today)) {
        let counts =
            |decided: &&Decided| decided.first <= month && decided.communicated_on <= month.first_day();
        let Some(decided) = decisions.iter().rev().find(counts) else { continue };
        let mut total = 0;
        for _ in 0..decided.kroner {
            let owing = decided.claims.iter().find(|claim| {
                let elsewhere: i64 = paid
                    .iter()
                    .filter(|(on, of, _)| of == *claim && *on < month.first_day())
                    .map(|(_, _, kroner)| kroner)
                    .sum();
                let before = taken.get(claim.as_str()).copied().unwrap_or_default();
                claims[claim.as_str()] - elsewhere - before > 0
            });
            let Some(claim) = owing else { break };
            *taken.entry(claim).or_default() += 1;
            total += 1;
        }
        if total > 0 {
            months.insert(month, total);
        }
    }
    months
}

fn live(ops: &BTreeMap<u64, Op>) -> (Life, BTreeMap<Period, i64>) {
    let mut life = Life::begin("2026-01-01");
    life.letters_wait = true;
    life.debtor();
    let mut claims: BTreeMap<String, i64> = [("KT-00".to_owned(), 9_000)].into();
    life.claims(&[claim("KT-00", "2025-01", 9_000)]);
    life.found(earns("2026-01-01", 20_400, 20_400));
    let (mut paid, mut found) = (Vec::new(), BTreeMap::from([(day("2026-01-01"), Some(20_400))]));
    let (mut decisions, mut deliveries) = (Vec::new(), BTreeMap::<Day, Vec<LetterId>>::new());
    let (mut letters, mut delay) = (0, 3);
    for number in 1..DAYS + 70 {
        life.begin_day();
        let today = life.today;
        for letter in deliveries.remove(&today).into_iter().flatten() {
            life.delivered(letter, &today.to_string());
        }
        match ops.get(&number) {
            Some(Op::Found { kroner, delivered_after }) => {
                life.found(kroner.map_or_else(
                    || on_benefit(&today.to_string()),
                    |kroner| earns(&today.to_string(), kroner + 100, kroner),
                ));
                found.insert(today, *kroner);
                delay = *delivered_after;
            }
            Some(Op::Claims { kroner }) => {
                let id = format!("KT-{:02}", claims.len());
                life.claims(&[claim(&id, "2025-02", *kroner)]);
                claims.insert(id, *kroner);
            }
            Some(Op::Pays { kroner }) => {
                let before: i64 = paid.iter().map(|(_, _, kroner)| kroner).sum();
                let kroner = (*kroner).min(9_000 - before);
                if kroner > 0 {
                    life.settles("KT-00", &today.to_string(), kroner, Settlement::Paid);
                    paid.push((today, "KT-00".to_owned(), kroner));
                }
            }
            None => {}
        }
        life.morning();
        for letter in life.letters[letters..].iter() {
            let communicated_on = today + chrono::Days::new(delay);
            deliveries.entry(communicated_on).or_default().push(letter.letter.clone());
            if letter.kind == LetterKind::Decision {
                let plan = life.case().repayment.as_ref().unwrap().plans.last().unwrap().clone();
                let income = found.range(..=today).next_back().unwrap().1;
                let kroner =
                    income.map_or(0, |kroner| kroner * 12 * percent(kroner * 12) / 100 / 12 / 50 * 50);
                assert_eq!(plan.terms().instalment(), Money::dkk(kroner), "decided on {today}");
                let claims = plan.terms().claims.iter().map(|claim| claim.claim.clone()).collect();
                decisions.push(Decided { first: plan.first_month(), communicated_on, kroner, claims });
            }
            letters += 1;
        }
        for letter in deliveries.remove(&today).into_iter().flatten() {
            life.delivered(letter, &today.to_string());
        }
        life.morning();
    }
    let reckoned = reckon(&decisions, &claims, &paid, life.today);
    (life, reckoned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_month_takes_what_a_communicated_decision_says_or_what_is_left(ops in ops()) {
        let (life, reckoned) = live(&ops);
        let told: BTreeMap<Period, Money> = life
            .owed()
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|((period, _), amount)| (period, amount))
            .collect();
        let reckoned: BTreeMap<Period, Money> =
            reckoned.into_iter().map(|(month, kroner)| (month, Money::dkk(kroner))).collect();
        prop_assert_eq!(told, reckoned);
    }

    #[test]
    fn the_orders_of_a_day_end_in_the_same_in_any_order_and_twice(
        order in Just((0..6_usize).chain(0..6).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let lived = |order: &[usize]| {
            let mut life = Life::begin("2026-01-05");
            let orders = [
                RepaymentOrder::OpenRepayment { debtor: party(PAYER) },
                RepaymentOrder::RegisterClaim(claim("KT-1", "2025-06", 9_000)),
                RepaymentOrder::RegisterClaim(claim("KT-2", "2025-07", 3_000)),
                RepaymentOrder::SetCircumstances {
                    from: day("2026-01-05"),
                    circumstances: earns("2026-01-05", 21_250, 20_400),
                },
                settlement("KT-2", "2026-03-10", 500, Settlement::SetOff, &[]),
                RepaymentOrder::WithdrawClaim { claim: claim_id("KT-3"), reason: "fejl".to_owned() },
            ];
            let messages = orders.map(|order| life.command(CaseOrder::Repayment(order)));
            order.iter().for_each(|n| life.message(&messages[*n]));
            life.until("2026-07-02");
            (life.instalments(), life.letter_kinds())
        };
        let (instalments, letters) = lived(&[0, 1, 2, 3, 4, 5]);
        prop_assert_eq!(&instalments, &["2026-03 3650.00", "2026-04 3650.00", "2026-05 3650.00", "2026-06 550.00"]);
        prop_assert_eq!(lived(&order), (instalments, letters));
    }
}
