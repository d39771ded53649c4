//! What holds for every household. Invariants: lines add up and are never negative; a payment lies between nothing
//! and the full rate; more income never lowers it within a year; the order of the places never matters; the trace
//! ends in the amount.

use super::{DearestBy, Input, Offer, PaymentRounding, PlaceInput, Settings, TieBreak, assess, parameters};
use crate::{Parameters, Part};
use domain::{Money, Period};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::LazyLock;

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| parameters().unwrap());

fn place() -> impl Strategy<Value = PlaceInput> {
    let cost = prop_oneof![Just(1_200_000_i64), 0..2_000_000_i64];
    let part = (1u32..=31).prop_flat_map(|d| (0..=d, Just(d))).prop_map(|(n, d)| Part::new(n, d).unwrap());
    let part = prop_oneof![Just(Part::WHOLE), Just(Part::new(1, 2).unwrap()), part];
    (0u8..4, 0u8..3, cost, 0..=250_i64, any::<bool>(), 0..=1000_i64, any::<bool>(), part).prop_map(
        |(child, place, cost, per_mille, treatment, social, sibling_eligible, part)| PlaceInput {
            child: format!("c{child}"),
            place: format!("p{place}"),
            offer: Offer::Daycare,
            monthly_rate: Decimal::new(cost * per_mille / 1000, 2),
            gross_cost: Decimal::new(cost, 2),
            treatment,
            social_percent: Decimal::new(social, 1),
            sibling_eligible,
            part,
        },
    )
}

prop_compose! {
    fn household()(
        year in 2013..=2026, month in 1u32..=12, economic: bool, income in -5_000_000..90_000_000_i64,
        single_provider: bool, children_at_home in 0u32..8, mut places in prop::collection::vec(place(), 1..7),
    ) -> Input {
        places.sort_by(|a, b| (&a.child, &a.place).cmp(&(&b.child, &b.place)));
        places.dedup_by(|a, b| a.child == b.child && a.place == b.place);
        let month = Period::new(year, month).unwrap();
        let yearly_income = Decimal::new(income, 2);
        Input { month, economic, yearly_income, single_provider, children_at_home, places }
    }
}

fn settings() -> impl Strategy<Value = Settings> {
    let dearest = prop_oneof![Just(DearestBy::Gross), Just(DearestBy::Net)];
    let tie =
        prop_oneof![Just(TieBreak::LowestPayment), Just(TieBreak::HighestPayment), Just(TieBreak::Name)];
    let round = prop_oneof![Just(PaymentRounding::OereHalfUp), Just(PaymentRounding::KronerHalfUp)];
    (dearest, tie, round).prop_map(|(dearest_by, tie_break, payment_rounding)| Settings {
        dearest_by,
        tie_break,
        payment_rounding,
        ..Settings::default()
    })
}

fn sum(amounts: &[Money]) -> Decimal {
    amounts.iter().map(|m| m.amount()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_line_adds_up_and_no_payment_is_negative_or_above_the_rate(input in household(), settings in settings()) {
        let answer = assess(&input, &PARAMETERS, &settings).unwrap();
        for p in &answer.places {
            let subsidies = [p.economic_subsidy, p.sibling_subsidy, p.treatment_subsidy, p.social_subsidy];
            prop_assert!(subsidies.iter().all(|s| !s.is_negative()));
            prop_assert_eq!(p.full.amount() - sum(&subsidies), p.payable.amount());
            prop_assert!(!p.payable.is_negative() && p.payable.amount() <= p.full.amount());
        }
        let payable: Vec<Money> = answer.places.iter().map(|p| p.payable).collect();
        prop_assert_eq!(sum(&payable), answer.total.amount());
        let last = answer.trace.root.result.last().unwrap();
        prop_assert_eq!((last.name.as_str(), last.value.parse::<Decimal>().unwrap()), ("total payable", answer.total.amount()));
    }

    #[test]
    fn more_income_never_lowers_a_payment(input in household(), settings in settings(), more in 1..90_000_000_i64) {
        let richer = Input { yearly_income: input.yearly_income + Decimal::new(more, 2), ..input.clone() };
        let (before, after) = (assess(&input, &PARAMETERS, &settings).unwrap(), assess(&richer, &PARAMETERS, &settings).unwrap());
        for (a, b) in before.places.iter().zip(&after.places) {
            prop_assert!(a.payable.amount() <= b.payable.amount(), "{} then {}", a.payable, b.payable);
        }
    }

    #[test]
    fn the_order_of_the_places_changes_nothing(
        (input, shuffled) in household().prop_flat_map(|i| (Just(i.clone()), Just(i.places).prop_shuffle())),
        settings in settings(),
    ) {
        let other = Input { places: shuffled, ..input.clone() };
        prop_assert_eq!(assess(&input, &PARAMETERS, &settings).unwrap(), assess(&other, &PARAMETERS, &settings).unwrap());
    }

    #[test]
    fn the_names_of_the_children_change_no_total_unless_ties_go_by_name(input in household()) {
        let renamed = |p: &PlaceInput| PlaceInput { child: p.child.replace('0', "9"), ..p.clone() };
        let other = Input { places: input.places.iter().map(renamed).collect(), ..input.clone() };
        let settings = Settings::default();
        let total = |i: &Input| assess(i, &PARAMETERS, &settings).unwrap().total;
        prop_assert_eq!(total(&input), total(&other));
    }
}
