//! What holds for every household. Invariants: a fee lies between nothing and the highest fee; more income never lowers
//! it within a year; neither the order of the entries nor the names of the children change a total; the lines add up
//! and the trace ends in the total.

use super::{
    Care, ChildInput, Input, PartialMonth, Percents, ReducedFee, Reduction, Season, Settings, TurningDay,
    assess, parameters,
};
use crate::{Parameters, Part};
use domain::{Day, Period};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::LazyLock;

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| parameters().unwrap());

fn days(day: Day, more: i64) -> Day {
    day + chrono::TimeDelta::days(more)
}

/// A child of 1 to 12 years with a place for all or a part of the month.
fn child(month: Period) -> impl Strategy<Value = ChildInput> {
    let part = prop_oneof![Just(None), (0i64..31, 0i64..31).prop_map(Some)];
    let birth = prop_oneof![Just(400i64), Just(1200), 366i64..4400];
    (birth, any::<bool>(), part, 0i64..60, 0u8..8).prop_map(move |(age, school, part, hours, address)| {
        let first = month.first_day();
        ChildInput {
            id: "unnamed".to_owned(),
            born: days(first, -age),
            care: if school { Care::AfterSchool } else { Care::Preschool },
            from: part.map(|(from, _)| days(first, from)),
            to: part.map(|(from, more)| days(first, from + more)),
            weekly_hours: Some(Decimal::from(hours)),
            same_address: address > 0,
        }
    })
}

fn household() -> impl Strategy<Value = Input> {
    let income = prop_oneof![Just(None), (0i64..9_000_000).prop_map(|i| Some(Decimal::new(i, 2)))];
    (2004i32..=2025, 1u32..=12, income)
        .prop_flat_map(|(year, month, monthly_income)| {
            let month = Period::new(year, month).unwrap();
            (Just(month), Just(monthly_income), prop::collection::vec(child(month), 1..6))
        })
        .prop_map(|(month, monthly_income, mut children)| {
            for (n, child) in children.iter_mut().enumerate() {
                child.id = format!("c{n}");
            }
            Input { month, monthly_income, income_changes: Vec::new(), children }
        })
}

fn reduction(fee: ReducedFee, season: Option<Season>, hours_at_most: Option<Decimal>) -> Reduction {
    let on = |text: &str| super::MonthDay::try_from(text.to_owned()).unwrap();
    Reduction {
        name: "r".into(),
        source: "s".into(),
        care: Care::Preschool,
        from: Some(TurningDay { turns: 3, on: on("08-15") }),
        until: None,
        season,
        hours_above: None,
        hours_at_most,
        fee,
    }
}

fn settings() -> impl Strategy<Value = Settings> {
    let on = |text: &str| super::MonthDay::try_from(text.to_owned()).unwrap();
    let percents = Percents { first: Decimal::new(15, 1), second: Decimal::ONE, third: Decimal::new(5, 1) };
    let free = Percents { first: Decimal::ZERO, second: Decimal::ZERO, third: Decimal::ZERO };
    let season = Season { from: on("09-15"), to: on("05-31") };
    let reductions = prop_oneof![
        Just(vec![]),
        Just(vec![reduction(ReducedFee::Percents(percents), None, None)]),
        Just(vec![reduction(ReducedFee::Percents(free), None, Some(Decimal::from(15)))]),
        Just(vec![reduction(ReducedFee::PercentOfFull(Decimal::from(70)), Some(season), None)]),
        Just(vec![reduction(ReducedFee::PartOfFull(Part::new(6, 9).unwrap()), None, None)]),
    ];
    let partial = prop_oneof![Just(PartialMonth::DaysOfMonth), Just(PartialMonth::Thirtieths)];
    let free_below = prop_oneof![Just(None), Just(Some(Decimal::from(10_000)))];
    (reductions, partial, free_below).prop_map(|(reductions, part_of_month, free_below_income)| Settings {
        reductions,
        part_of_month,
        free_below_income,
        ..Settings::default()
    })
}

fn total(input: &Input, settings: &Settings) -> Decimal {
    assess(input, &PARAMETERS, settings).unwrap().payable.amount()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_fee_lies_between_nothing_and_the_highest_fee_and_the_lines_add_up(input in household(), settings in settings()) {
        let answer = assess(&input, &PARAMETERS, &settings).unwrap();
        let highest = assess(&Input { monthly_income: None, ..input.clone() }, &PARAMETERS, &settings).unwrap();
        for (line, high) in answer.lines.iter().zip(&highest.lines) {
            prop_assert!(!line.payable.is_negative() && line.payable.amount() <= high.payable.amount());
            let month_fees = line.fees.iter().map(|f| f.monthly_fee.amount()).max().unwrap_or_default();
            prop_assert!(line.payable.amount() <= month_fees);
        }
        let sum: Decimal = answer.lines.iter().map(|l| l.payable.amount()).sum();
        prop_assert_eq!(sum, answer.payable.amount());
        let last = answer.trace.root.result.last().unwrap();
        prop_assert_eq!((last.name.as_str(), last.value.parse::<Decimal>().unwrap()), ("total payable", sum));
    }

    #[test]
    fn more_income_never_lowers_a_fee(input in household(), settings in settings(), more in 1i64..9_000_000) {
        let Some(income) = input.monthly_income else { return Ok(()) };
        let richer = Input { monthly_income: Some(income + Decimal::new(more, 2)), ..input.clone() };
        let (before, after) =
            (assess(&input, &PARAMETERS, &settings).unwrap(), assess(&richer, &PARAMETERS, &settings).unwrap());
        for (a, b) in before.lines.iter().zip(&after.lines) {
            prop_assert!(a.payable.amount() <= b.payable.amount(), "{} then {}", a.payable, b.payable);
        }
    }

    #[test]
    fn the_order_of_the_children_changes_nothing(
        (input, shuffled) in household().prop_flat_map(|i| (Just(i.clone()), Just(i.children).prop_shuffle())),
        settings in settings(),
    ) {
        let other = Input { children: shuffled, ..input.clone() };
        prop_assert_eq!(assess(&input, &PARAMETERS, &settings).unwrap(), assess(&other, &PARAMETERS, &settings).unwrap());
    }

    #[test]
    fn the_names_of_the_children_change_no_total(input in household()) {
        let mut other = input.clone();
        for (n, child) in other.children.iter_mut().enumerate() {
            child.id = format!("z{}", 9 - n);
        }
        // With a place for the whole month: of twins who share only some days, the names decide whose days are dearer.
        let whole = |input: &Input| {
            let children = input.children.iter().map(|c| ChildInput { from: None, to: None, ..c.clone() });
            Input { children: children.collect(), ..input.clone() }
        };
        prop_assert_eq!(total(&whole(&input), &Settings::default()), total(&whole(&other), &Settings::default()));
    }

    #[test]
    fn a_fourth_child_costs_nothing_more(input in household()) {
        let month = input.month;
        let oldest = ChildInput {
            id: "oldest".into(), born: days(month.first_day(), -4500), care: Care::AfterSchool, from: None, to: None,
            weekly_hours: None, same_address: true,
        };
        let mut whole = input;
        whole.children.iter_mut().for_each(|c| { (c.from, c.to, c.same_address) = (None, None, true); });
        let before = total(&whole, &Settings::default());
        let free = whole.children.len() >= 3;
        whole.children.push(oldest);
        prop_assert!(!free || total(&whole, &Settings::default()) == before);
    }
}
