//! Whatever happens to a household in whatever order: every month owes what the test's own reckoning gives, day by day, from
//! what is known in the end, once every letter has come. The reckoning knows nothing of the program's: percentages and caps
//! stand here again, from the ordinance and Skolverket's announcements.

use super::*;
use domain::Period;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The days of the two years in which something happens.
const DAYS: u64 = 500;

/// Dates of birth of the three children and their forms of care.
const CHILDREN: [(&str, CareForm); 3] = [
    ("2021-05-03", CareForm::Preschool),
    ("2019-09-09", CareForm::Preschool),
    ("2015-01-20", CareForm::AfterSchool),
];

/// Something that happens.
#[derive(Debug, Clone, Copy)]
enum Op {
    /// A child gets its place, so many days from now.
    Starts { child: usize, in_days: u64 },
    /// The custodian declares hundreds of kronor.
    Declares { hundreds: i64 },
    /// The household is another since so many days, with or without an income.
    Changes { days_ago: u64, hundreds: Option<i64> },
    /// Notice is given.
    GivesNotice { child: usize },
    /// A child moves away, or has moved so many days ago.
    Moves { child: usize, days_ago: u64 },
}

fn ops() -> impl Strategy<Value = BTreeMap<u64, Op>> {
    let child = 0_usize..3;
    let op = prop_oneof![
        4 => (child.clone(), 0_u64..30).prop_map(|(child, in_days)| Op::Starts { child, in_days }),
        3 => (0_i64..700).prop_map(|hundreds| Op::Declares { hundreds }),
        1 => (0_u64..60, proptest::option::of(0_i64..700))
            .prop_map(|(days_ago, hundreds)| Op::Changes { days_ago, hundreds }),
        1 => child.clone().prop_map(|child| Op::GivesNotice { child }),
        1 => (child, 0_u64..40).prop_map(|(child, days_ago)| Op::Moves { child, days_ago }),
    ];
    proptest::collection::btree_map(1..DAYS, op, 1..14)
}

/// What the test itself keeps.
#[derive(Default)]
struct Book {
    starts: [Option<Day>; 3],
    notices: [Option<Day>; 3],
    moves: [Option<Day>; 3],
    declared: BTreeMap<Day, i64>,
    changed: BTreeMap<Day, Option<i64>>,
}

fn cap(day: Day) -> i64 {
    match day.to_string().get(..4) {
        Some("2023") => 54_830,
        Some("2024") => 56_250,
        other => panic!("{other:?}"),
    }
}

impl Book {
    fn holds(&self, child: usize, day: Day) -> bool {
        let notice_ends = self.notices[child].map(|given| given + chrono::Months::new(2));
        self.starts[child].is_some_and(|start| start <= day)
            && notice_ends.is_none_or(|last| day <= last)
            && self.moves[child].is_none_or(|moved| day < moved)
    }

    /// Kronor a month, as a whole number.
    fn income(&self, day: Day) -> Option<i64> {
        let household = self.changed.range(..=day).next_back();
        let since = household.map_or(Day::MIN, |(from, _)| *from);
        let declared = self.declared.range(since..=day).next_back().map(|(_, income)| *income);
        declared.or(household.and_then(|(_, income)| *income))
    }

    /// The whole month's fee of each child on a day.
    fn fees(&self, day: Day) -> [i64; 3] {
        let counted = self.income(day).unwrap_or(i64::MAX).min(cap(day));
        let mut order = 0;
        let mut fees = [0; 3];
        // The children stand from the youngest to the oldest.
        for (child, (_, care)) in CHILDREN.iter().enumerate() {
            if self.holds(child, day) {
                let percent = match (care, order) {
                    (CareForm::Preschool, place) => 3 - place,
                    (CareForm::AfterSchool, 0) => 2,
                    (CareForm::AfterSchool, _) => 1,
                };
                fees[child] = (counted * percent + 50) / 100;
                order += 1;
            }
        }
        fees
    }

    fn owed(&self, month: Period) -> i64 {
        let days = i64::from(month.days());
        let of = |child: usize| {
            let all = month.first_day().iter_days().take_while(|day| month.contains(*day));
            let sum: i64 = all.map(|day| self.fees(day)[child]).sum();
            (2 * sum + days) / (2 * days)
        };
        (0..3).map(of).sum()
    }
}

fn happen(life: &mut Life, book: &mut Book, op: Op, first: Day) {
    let today = life.today;
    let ago = |days: u64| (today - chrono::Days::new(days)).max(first);
    let id = |child: usize| format!("P-{child}");
    match op {
        Op::Starts { child, in_days } if book.starts[child].is_none() => {
            let from = today + chrono::Days::new(in_days);
            life.starts(&id(child), CHILDREN[child].0, &from.to_string(), CHILDREN[child].1);
            book.starts[child] = Some(from);
        }
        Op::Declares { hundreds } => {
            life.declares(today, &(hundreds * 100).to_string());
            book.declared.insert(today, hundreds * 100);
        }
        Op::Changes { days_ago, hundreds } => {
            let (from, income) = (ago(days_ago), hundreds.map(|hundreds| hundreds * 100));
            let monthly_income = income.map(|income| kronor(&income.to_string()));
            let household = ChildcareOrder::SetChildcareHousehold { from, partner: None, monthly_income };
            life.childcare(household);
            book.changed.insert(from, income);
        }
        Op::GivesNotice { child } if book.starts[child].is_some() => {
            life.childcare(ChildcareOrder::GiveNotice { place: place(&id(child)), given_on: Some(today) });
            book.notices[child] = Some(today);
        }
        Op::Moves { child, days_ago } if book.starts[child].is_some() => {
            let moved_on = Some(ago(days_ago));
            life.childcare(ChildcareOrder::MoveAway { place: place(&id(child)), moved_on });
            book.moves[child] = moved_on;
        }
        Op::Starts { .. } | Op::GivesNotice { .. } | Op::Moves { .. } => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_month_owes_what_the_tests_own_reckoning_gives(ops in ops()) {
        let (mut life, mut book) = (Life::of_household("2023-01-01", hearing()), Book::default());
        let first = day("2023-01-01");
        for number in 1..DAYS + 40 {
            life.begin_day();
            if let Some(op) = ops.get(&number) {
                happen(&mut life, &mut book, *op, first);
            }
            life.morning();
            prop_assert_eq!(life.today, first + chrono::Days::new(number));
        }
        life.next_day();
        let last = Period::of(life.today);
        for month in crate::tests::month("2023-01").through(last) {
            let owed: rust_decimal::Decimal = life
                .owed()
                .iter()
                .filter(|((period, _), _)| *period == month)
                .map(|(_, amount)| amount.amount())
                .sum();
            prop_assert_eq!(owed, rust_decimal::Decimal::from(book.owed(month)), "{}", month);
        }
        // No month that was over rose unheard: what was decided about it before stands, or the custodian has been heard.
        let mut decided = BTreeMap::new();
        let mut before: BTreeMap<Period, rust_decimal::Decimal> = BTreeMap::new();
        for event in &life.events {
            match &event.fact {
                AssessmentFact::DecisionMade(made) => {
                    let written_in = crate::childcare::past::open_from(event.recorded_on);
                    decided.insert(made.decision().clone(), (written_in, made.heard().is_some()));
                }
                AssessmentFact::Determined(owed) => {
                    let was = before.insert(owed.period, owed.amount.amount()).unwrap_or_default();
                    let (written_in, heard) = decided[&owed.decision];
                    prop_assert!(owed.amount.amount() <= was || heard || written_in <= owed.period, "{}", owed.period);
                }
                _ => {}
            }
        }
        // Every version follows from a decision that had been communicated.
        for made in life.determinations() {
            prop_assert!(made.communicated_on <= life.today);
        }
    }
}
