//! What holds for every day and claim. Invariants: a due date moves to a weekday, forward, and not twice; interest is never
//! negative and never falls with time or principal; a timeline's steps follow each other, the demand at least 15 days
//! after the due date; instalments come to the debt; limitation is never before three years.

use super::{
    Claim, Country, Customer, DunningStep, InstalmentPlan, LimitationRule, Timelines, danish_interest,
    danish_parameters, due_date, is_weekday, limitation, sollentuna, swedish_interest, swedish_parameters,
};
use crate::Parameters;
use chrono::TimeDelta;
use domain::{Currency, Day, Money, Period};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::LazyLock;

static DANISH: LazyLock<Parameters> = LazyLock::new(|| danish_parameters().unwrap());
static SWEDISH: LazyLock<Parameters> = LazyLock::new(|| swedish_parameters().unwrap());
static TIMELINES: LazyLock<Timelines> = LazyLock::new(|| sollentuna().unwrap());

fn day(from: &str, days: std::ops::Range<i64>) -> impl Strategy<Value = Day> {
    let from: Day = from.parse().unwrap();
    days.prop_map(move |n| from + TimeDelta::days(n))
}

fn country() -> impl Strategy<Value = Country> {
    prop_oneof![Just(Country::Denmark), Just(Country::Sweden)]
}

fn money(hundredths: i64, currency: Currency) -> Money {
    Money::new(Decimal::new(hundredths, 2), currency).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_due_date_moves_forward_to_the_first_weekday(nominal in day("2000-01-01", 0..18_000), country in country()) {
        let due = due_date(country, nominal);
        prop_assert!(nominal <= due && is_weekday(country, due) && due_date(country, due) == due);
        let between = nominal.iter_days().take_while(|d| *d < due);
        prop_assert!(between.into_iter().all(|d| !is_weekday(country, d)));
        prop_assert!((due - nominal).num_days() <= 5);
    }

    #[test]
    fn danish_interest_never_falls_with_time_or_principal(
        principal in 0i64..10_000_000, due in day("2013-01-01", 0..4000), late in 1i64..2000, more in 0i64..400,
    ) {
        let interest = |principal, late| {
            let paid_on = due + TimeDelta::days(late);
            danish_interest(money(principal, Currency::DKK), due, due, paid_on, &DANISH).unwrap().amount.amount()
        };
        let base = interest(principal, late);
        prop_assert!(base >= Decimal::ZERO && base <= interest(principal, late + more));
        prop_assert!(base <= interest(principal + more, late));
        prop_assert!(interest(principal, 0).is_zero());
        // At least 1 % as soon as it is late, and 1 % more a month later.
        prop_assert_eq!(interest(principal, 1), crate::rounding::interest_to_hundredths(Decimal::new(principal, 4)));
    }

    #[test]
    fn swedish_interest_never_falls_with_time_and_a_split_of_the_time_adds_up(
        due in day("2003-01-01", 0..7000), sent_before in 0i64..60, late in 0i64..400, more in 0i64..300,
    ) {
        let sent_on = due - TimeDelta::days(sent_before);
        // 36500 kronor: a point for a day is a krona, so nothing is rounded.
        let interest = |due: Day, sent_on: Day, paid_on: Day| {
            swedish_interest(money(3_650_000, Currency::SEK), due, sent_on, paid_on, &SWEDISH).unwrap().amount.amount()
        };
        let from = due.max(sent_on + TimeDelta::days(30));
        let (first, second) = (from + TimeDelta::days(late), from + TimeDelta::days(late + more));
        let whole = interest(due, sent_on, second);
        prop_assert!(interest(due, sent_on, from).is_zero());
        let early = first - TimeDelta::days(30);
        prop_assert_eq!(interest(due, sent_on, first) + interest(first, early, second), whole);
        prop_assert!(interest(due, sent_on, first) <= whole);
    }

    #[test]
    fn the_steps_of_a_timeline_follow_each_other(
        year in 2004i32..=2040, month in 1u32..=12, elderly: bool,
    ) {
        let customer = if elderly { Customer::ElderlyCare } else { Customer::Childcare };
        let schedule = TIMELINES.schedule(Period::new(year, month).unwrap(), customer).unwrap();
        prop_assert!(is_weekday(Country::Sweden, schedule.due));
        let mut before = schedule.due;
        for step in &schedule.steps {
            prop_assert!(before < step.from && step.from <= step.to, "{:?}", step);
            before = step.from;
        }
        let reminders = schedule.steps.iter().filter(|s| matches!(s.step, DunningStep::Reminder | DunningStep::SecondReminder));
        prop_assert_eq!(reminders.count(), if elderly { 2 } else { 1 });
        let demand = schedule.steps.iter().find(|s| s.step == DunningStep::Demand).unwrap();
        prop_assert!((demand.from - schedule.due).num_days() >= 15);
    }

    #[test]
    fn the_instalments_come_to_the_debt(
        debt in 1000i64..10_000_000, count in 1u32..=60, first in day("2013-01-01", 0..5000), country in country(),
    ) {
        let plan = InstalmentPlan::new(money(debt, Currency::DKK), count, first, country).unwrap();
        let sum: Decimal = plan.instalments().iter().map(|i| i.amount.amount()).sum();
        prop_assert_eq!(sum, Decimal::new(debt, 2));
        prop_assert!(plan.instalments().iter().all(|i| is_weekday(country, i.due) && !i.amount.is_zero()));
        prop_assert!(plan.instalments().windows(2).all(|pair| pair[0].due < pair[1].due));
    }

    #[test]
    fn an_interruption_never_shortens_a_claim_and_their_order_does_not_matter(
        starts_on in day("2008-01-01", 0..5000),
        (days, shuffled) in prop::collection::vec(-400i64..4000, 0..5).prop_flat_map(|d| (Just(d.clone()), Just(d).prop_shuffle())),
    ) {
        let rules = [
            (LimitationRule::DanishOrdinary, &*DANISH), (LimitationRule::DanishJudgment, &*DANISH),
            (LimitationRule::SwedishGeneral, &*SWEDISH), (LimitationRule::SwedishConsumer, &*SWEDISH),
        ];
        for (rule, parameters) in rules {
            let last = |days: &[i64]| {
                let interrupted_on = days.iter().map(|n| starts_on + TimeDelta::days(*n)).collect();
                limitation(&Claim { claim: "c".into(), rule, starts_on, interrupted_on }, parameters).unwrap().0
            };
            prop_assert!(last(&[]) <= last(&days));
            prop_assert_eq!(last(&days), last(&shuffled));
            prop_assert!((last(&[]) - starts_on).num_days() >= 1095);
        }
    }
}
