//! Whatever happens to a resident in whatever order: every month owes exactly the days that a communicated decision covers, by
//! the test's own reckoning day by day, and no day before a communication is ever owed.

use super::*;
use domain::Day;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The days of the year in which something happens.
const DAYS: u64 = 200;

/// Something that happens.
#[derive(Debug, Clone, Copy)]
enum Op {
    /// The caseworker decides on so many kroner a day; the letter reaches the resident so many days later.
    Decides { kroner: i64, delivered_after: u64 },
    /// The resident has an income from so many days ago, or none.
    States { income: bool, days_ago: u64 },
    /// The resident moves out so many days ago; the latest order counts.
    MovesOut { days_ago: u64 },
}

fn ops() -> impl Strategy<Value = BTreeMap<u64, Op>> {
    let op = prop_oneof![
        5 => (1_i64..=96, 0_u64..40)
            .prop_map(|(kroner, delivered_after)| Op::Decides { kroner, delivered_after }),
        2 => (any::<bool>(), 0_u64..60).prop_map(|(income, days_ago)| Op::States { income, days_ago }),
        1 => (0_u64..30).prop_map(|days_ago| Op::MovesOut { days_ago }),
    ];
    proptest::collection::btree_map(2..DAYS, op, 1..12)
}

/// A decision in the test's own book.
struct Decided {
    written_on: Day,
    communicated_on: Day,
    kroner: i64,
}

/// What the test itself keeps.
#[derive(Default)]
struct Book {
    decisions: Vec<Decided>,
    incomes: BTreeMap<Day, bool>,
    last_day: Option<Day>,
}

impl Book {
    fn income(&self, on: Day) -> bool {
        self.incomes.range(..=on).next_back().is_none_or(|(_, income)| *income)
    }

    /// Kroner of a day as of today: the decision communicated last by then, unless an income was lost since it was written.
    fn owed(&self, on: Day, today: Day) -> i64 {
        if self.last_day.is_some_and(|last| on > last) || !self.income(on) {
            return 0;
        }
        let counts = |decided: &&Decided| {
            let heard = decided.communicated_on <= on && decided.communicated_on <= today;
            let mut since = decided.written_on.iter_days().skip(1).take_while(|day| *day <= on);
            heard && since.all(|day| self.income(day))
        };
        let counting = self.decisions.iter().filter(counts);
        counting.max_by_key(|decided| (decided.communicated_on, decided.written_on)).map_or(0, |d| d.kroner)
    }
}

fn live(ops: &BTreeMap<u64, Op>) -> (Life, Book) {
    let (mut life, mut book) = (Life::at_the_shelter(), Book::default());
    life.letters_wait = true;
    book.incomes.insert(day("2023-01-01"), true);
    let first = day("2023-01-01");
    let mut deliveries: BTreeMap<Day, Vec<LetterId>> = BTreeMap::new();
    let mut letters = 0;
    for number in 1..DAYS + 60 {
        life.begin_day();
        let today = first + chrono::Days::new(number);
        for letter in deliveries.remove(&today).into_iter().flatten() {
            life.order(CaseOrder::LetterDelivered {
                letter,
                delivered_on: today,
                channel: "post".to_owned(),
            });
        }
        let ago = |days: u64| (today - chrono::Days::new(days)).max(first);
        let mut delay = None;
        match ops.get(&number) {
            Some(Op::Decides { kroner, delivered_after }) => {
                let order = life.decision("P-1", Some(&kroner.to_string()), Vec::new());
                life.housing(order);
                delay = Some((*kroner, *delivered_after));
            }
            Some(Op::States { income, days_ago }) => {
                let from = ago(*days_ago);
                life.housing(HousingOrder::SetMeans { from, means: means(*income) });
                book.incomes.insert(from, *income);
            }
            Some(Op::MovesOut { days_ago }) => {
                life.moves_out("P-1", &ago(*days_ago).to_string());
                book.last_day = Some(ago(*days_ago));
            }
            None => {}
        }
        life.morning();
        // A decision waits for an income; then it is written on another morning, by what was ordered last.
        for letter in life.letters.iter().skip(letters) {
            let kroner = life.case().housing.as_ref().unwrap().decisions[letters].terms().daily_rate();
            let after = delay.map_or(3, |(_, after)| after);
            let communicated_on = today + chrono::Days::new(after);
            let kroner = i64::try_from(kroner).unwrap();
            book.decisions.push(Decided { written_on: today, communicated_on, kroner });
            deliveries.entry(communicated_on).or_default().push(letter.letter.clone());
            letters += 1;
        }
        for letter in deliveries.remove(&today).into_iter().flatten() {
            life.order(CaseOrder::LetterDelivered {
                letter,
                delivered_on: today,
                channel: "post".to_owned(),
            });
        }
        life.morning();
    }
    (life, book)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_month_owes_the_days_that_a_communicated_decision_covers_and_no_other(ops in ops()) {
        let (life, book) = live(&ops);
        let owed = life.owed();
        let today = life.today;
        for month in crate::tests::month("2023-01").through(crate::tests::month("2023-08")) {
            let days = month.first_day().iter_days().take_while(|day| month.contains(*day));
            let expected: i64 = days.map(|day| book.owed(day, today)).sum();
            let told: Decimal = owed
                .iter()
                .filter(|((period, _), _)| *period == month)
                .map(|(_, amount)| amount.amount())
                .sum();
            prop_assert_eq!(told, Decimal::from(expected), "{}", month);
        }
    }
}
