//! Whatever the ledger states of a payment and whenever letters come: the steps taken and the fee owed are those of the test's own
//! reckoning, day by day. Invariants: nobody is reminded of what is stated as paid; each step has its time from the receipt of the
//! letter before; none is lost; what is stated after a payment begins anew.

use super::*;
use chrono::Days;
use domain::Day;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The days in which something is stated, and those after.
const STATED_DAYS: u64 = 70;
const DAYS: u64 = 130;

/// What the ledger states of March: that it is not paid, or was paid so many days before.
type Statement = Option<u64>;

fn statements() -> impl Strategy<Value = BTreeMap<u64, Statement>> {
    let statement = prop_oneof![3 => Just(None), 2 => (0_u64..12).prop_map(Some)];
    proptest::collection::btree_map(1..STATED_DAYS, statement, 1..6)
}

/// The test's own book.
#[derive(Default)]
struct Book {
    /// Whether it is stated as not paid, and the day of payment where it is.
    missed: bool,
    paid_on: Option<Day>,
    /// The letters since the last payment that was returned: when each came.
    came: Vec<Option<Day>>,
    steps: Vec<String>,
    /// The day of the first reminder, and when it came.
    fee: Option<(Day, Option<Day>)>,
}

impl Book {
    fn states(&mut self, statement: Statement, today: Day) {
        if let Some(days) = statement {
            self.paid_on = Some(today - Days::new(days));
            self.missed = false;
        } else {
            if self.paid_on.take().is_some() {
                self.came.clear();
            }
            self.missed = true;
        }
    }

    /// The step of a morning.
    fn step(&mut self, today: Day) -> bool {
        let waits = |days| self.came.last().unwrap().is_some_and(|came| came + Days::new(days) <= today);
        let step = match self.came.len() {
            0 if today >= day("2026-03-25") => "Reminder",
            1 if waits(10) => "Determination",
            2 if waits(15) => "Transfer",
            _ => return false,
        };
        if !self.missed {
            return false;
        }
        self.steps.push(format!("{today} {step}"));
        self.came.push(None);
        true
    }

    /// What the reminder costs in the end.
    fn costs(&self) -> Option<i64> {
        let (reminded_on, came) = self.fee?;
        came?;
        Some(if self.paid_on.is_some_and(|paid| paid <= reminded_on) { 0 } else { 250 })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_steps_and_the_fee_are_those_of_the_tests_own_reckoning(
        statements in statements(),
        delays in proptest::collection::vec(0_u64..15, 12),
    ) {
        let mut life = Life::in_debt();
        life.until("2026-03-20");
        life.letters_wait = true;
        let mut book = Book::default();
        let mut coming: Vec<(Day, LetterId, usize)> = Vec::new();
        let mut delays = delays.into_iter().cycle();
        for number in 1..DAYS {
            life.begin_day();
            let today = life.today;
            for (_, letter, nth) in coming.extract_if(.., |(on, ..)| *on == today) {
                life.delivered(letter, &today.to_string());
                // A letter of before a returned payment counts no more, but its fee does.
                let of_round = book.steps.len() - book.came.len();
                if let Some(came) = nth.checked_sub(of_round).and_then(|nth| book.came.get_mut(nth)) {
                    *came = Some(today);
                }
                if nth == 0 {
                    book.fee = book.fee.map(|(on, _)| (on, Some(today)));
                }
            }
            life.morning();
            if book.step(today) {
                let letter = life.letters.last().unwrap().letter.clone();
                book.fee = book.fee.or(Some((today, None)));
                let on = today + Days::new(1 + delays.next().unwrap());
                coming.push((on, letter, book.steps.len() - 1));
            }
            prop_assert_eq!(&life.steps(), &book.steps);
            if let Some(statement) = statements.get(&number) {
                let period = month("2026-03");
                life.repayment(match statement {
                    None => RepaymentOrder::PaymentMissed { period, due_on: day("2026-03-20") },
                    Some(days) => RepaymentOrder::PaymentMade { period, paid_on: today - Days::new(*days) },
                });
                book.states(*statement, today);
            }
        }
        let charged = life.fees().last().map(|fee| fee.split(' ').nth(2).unwrap().to_owned());
        let costs = book.costs().map(|kroner| Money::dkk(kroner).to_text());
        prop_assert_eq!(charged.filter(|amount| amount != "0.00"), costs.filter(|amount| amount != "0.00"));
    }
}
