//! What holds for every resident. Invariants: a payment lies between nothing and the full rate of the days under a
//! decision; no line reaches back before its decision; days are charged, waiting or dispensed; a later decision leaves
//! earlier days alone; the order of decisions changes nothing; more income never lowers a payment.

use super::{
    Budget, DecisionInput, Input, Paragraph, ServiceInput, ServiceKind, Settings, assess, parameters,
};
use crate::Parameters;
use chrono::TimeDelta;
use domain::Period;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::LazyLock;

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| parameters().unwrap());

fn budget() -> impl Strategy<Value = Option<Budget>> {
    let amounts = (0i64..2_000_000, 0i64..500_000, 0i64..500_000, 0i64..300_000);
    prop_oneof![
        Just(None),
        amounts.prop_map(|(income, home, obligations, needs)| Some(Budget {
            income: Decimal::new(income, 2),
            home_costs: Decimal::new(home, 2),
            obligations: Decimal::new(obligations, 2),
            personal_needs: Decimal::new(needs, 2),
        }))
    ]
}

prop_compose! {
    fn resident()(
        paragraph in prop_oneof![Just(Paragraph::P107), Just(Paragraph::P109), Just(Paragraph::P110)],
        month in prop_oneof![Just("2021-02"), Just("2021-07"), Just("2023-05"), Just("2023-12")],
        (first, days) in (0u32..28).prop_flat_map(|first| (Just(first), 1..=28 - first)),
        income in prop::bool::weighted(0.9),
        communicated in prop::collection::btree_map(-20i64..40, prop::option::of(0i64..8000), 0..4),
        food in 0i64..9000, own_home_kept: bool, budget in budget(),
    ) -> Input {
        let month: Period = month.parse().unwrap();
        let first_day = month.first_day() + TimeDelta::days(i64::from(first));
        let further_decisions = communicated.into_iter().map(|(day, rate)| DecisionInput {
            communicated_on: month.first_day() + TimeDelta::days(day),
            daily_rate: rate.map(|rate| Decimal::new(rate, 2)),
        });
        let food = ServiceInput {
            service: ServiceKind::Food, name: "food".into(), daily_rate: Decimal::new(food, 2), opted_out_days: 0,
        };
        Input {
            month, paragraph, days, first_day: Some(first_day), income, decision_communicated_on: None,
            decided_daily_rate: None, further_decisions: further_decisions.collect(), services: vec![food],
            own_home_kept, budget, dispensations: vec![], comparable_rent: None,
        }
    }
}

fn payable(input: &Input) -> Decimal {
    assess(input, &PARAMETERS, &Settings::default()).unwrap().payable.amount()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_payment_lies_between_nothing_and_the_full_rate_and_no_line_reaches_back(input in resident()) {
        let answer = assess(&input, &PARAMETERS, &Settings::default()).unwrap();
        let of_lines: Decimal = answer.lines.iter().map(|l| l.amount().amount()).sum();
        let of_services: Decimal = answer.services.iter().map(|s| s.amount.amount()).sum();
        let of_107 = input.paragraph == Paragraph::P107;
        let full = of_lines + if of_107 { of_services } else { Decimal::ZERO };
        prop_assert!(!answer.payable.is_negative() && answer.payable.amount() <= full);
        prop_assert_eq!(full - answer.reduction.amount(), answer.payable.amount());
        for line in &answer.lines {
            prop_assert!(line.decision_communicated_on() <= line.span().0);
        }
        let charged: u32 = answer.lines.iter().map(|l| l.days()).sum();
        prop_assert!(charged + answer.days_before_decision <= input.days);
        if input.income && !(of_107 && input.own_home_kept && input.budget.is_none()) {
            prop_assert_eq!(charged + answer.days_before_decision, input.days);
        }
        if let Some(budget) = &input.budget {
            prop_assert!(answer.payable.amount() <= budget.room());
        }
        prop_assert!(input.income || answer.payable.is_zero());
    }

    #[test]
    fn a_later_decision_leaves_the_days_before_it_alone(input in resident(), after in 1i64..20, rate in 0i64..8000) {
        let last = input.further_decisions.iter().map(|d| d.communicated_on).max().unwrap_or(input.month.first_day());
        let communicated_on = last + TimeDelta::days(after);
        let mut raised = input.clone();
        raised.further_decisions.push(DecisionInput { communicated_on, daily_rate: Some(Decimal::new(rate, 2)) });
        let lines = |input: &Input| assess(input, &PARAMETERS, &Settings::default()).unwrap().lines;
        let (before, after) = (lines(&input), lines(&raised));
        for line in before.iter().filter(|line| line.span().1 < communicated_on) {
            prop_assert!(after.contains(line));
        }
        for line in after.iter().filter(|line| line.decision_communicated_on() == communicated_on) {
            prop_assert!(line.span().0 >= communicated_on);
        }
    }

    #[test]
    fn the_order_of_the_decisions_changes_nothing(
        (input, shuffled) in resident()
            .prop_flat_map(|i| (Just(i.clone()), Just(i.further_decisions).prop_shuffle())),
    ) {
        let other = Input { further_decisions: shuffled, ..input.clone() };
        let answer = |i: &Input| assess(i, &PARAMETERS, &Settings::default()).unwrap();
        prop_assert_eq!(answer(&input), answer(&other));
    }

    #[test]
    fn more_income_never_lowers_a_payment(input in resident(), more in 1i64..1_000_000) {
        let Some(budget) = input.budget.clone() else { return Ok(()) };
        let richer = Budget { income: budget.income + Decimal::new(more, 2), ..budget };
        let other = Input { budget: Some(richer), ..input.clone() };
        prop_assert!(payable(&input) <= payable(&other));
    }
}
