//! What holds for every family. Invariants: no payment is negative or above the year's highest total; more income
//! never lowers it within a year; the order of the children never matters; the trace ends in the amount.

use super::{ChildInput, Exemption, ExemptionReason, Input, Settings, assess, parameters};
use crate::Parameters;
use crate::dk_daycare::PaymentRounding;
use domain::{Day, Money};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::LazyLock;

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| parameters().unwrap());

fn exemption() -> impl Strategy<Value = Option<Exemption>> {
    let reason = prop_oneof![
        Just(ExemptionReason::TreatmentPurpose),
        Just(ExemptionReason::Cooperation),
        Just(ExemptionReason::ContactCosts)
    ];
    let exemption = (reason, 1..=1000_i64)
        .prop_map(|(reason, share)| Exemption { reason, percent: Decimal::new(share, 1) });
    prop_oneof![2 => Just(None), 1 => exemption.prop_map(Some)]
}

prop_compose! {
    fn family()(
        year in prop_oneof![Just(2016), Just(2021), Just(2024)],
        // Around the bands of the three years, and far beyond them.
        base in prop_oneof![3 => 10_000_000..70_000_000_i64, 1 => -100_000_000..100_000_000_000_i64],
        exemptions in prop::collection::vec((exemption(), any::<bool>()), 1..6),
    ) -> Input {
        let children = exemptions.into_iter().enumerate().map(|(n, (exemption, continued))| ChildInput {
            child: format!("c{n}"),
            continued_placement: continued && year >= 2024,
            exemption,
        });
        Input {
            year,
            income_base: Some(Decimal::new(base, 2)),
            income_year: None,
            parents: vec![],
            rate_adjustments: vec![],
            children: children.collect(),
        }
    }
}

fn settings() -> impl Strategy<Value = Settings> {
    prop_oneof![Just(PaymentRounding::OereHalfUp), Just(PaymentRounding::KronerHalfUp)]
        .prop_map(|payment_rounding| Settings { payment_rounding, ..Settings::default() })
}

fn maximum(year: i32) -> Decimal {
    PARAMETERS.get("total_maximum", Day::from_ymd_opt(year, 1, 1).unwrap()).unwrap().value
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_payment_is_negative_or_above_the_highest_total(input in family(), settings in settings()) {
        let answer = assess(&input, &PARAMETERS, &settings).unwrap();
        let maximum = maximum(input.year);
        for child in &answer.children {
            prop_assert!(!child.payable.is_negative() && !child.yearly_amount.is_negative());
            prop_assert!(child.yearly_amount.amount() <= maximum);
            prop_assert!(child.monthly_amount.amount() <= settings.payment_rounding.round(maximum / Decimal::from(12)));
            let expected = if child.collected { child.monthly_amount } else { Money::dkk(0) };
            prop_assert_eq!(child.payable, expected);
            prop_assert_eq!(child.collected, child.monthly_amount.amount() >= Decimal::ONE_HUNDRED);
        }
        let sum: Decimal = answer.children.iter().map(|child| child.payable.amount()).sum();
        prop_assert_eq!(sum, answer.total.amount());
        let last = answer.trace.root.result.last().unwrap();
        prop_assert_eq!(last.value.parse::<Decimal>().unwrap(), answer.total.amount());
    }

    #[test]
    fn more_income_never_lowers_a_payment(input in family(), settings in settings(), more in 1..50_000_000_i64) {
        let richer = Input { income_base: input.income_base.map(|base| base + Decimal::new(more, 2)), ..input.clone() };
        prop_assume!(richer.faults().is_empty());
        let before = assess(&input, &PARAMETERS, &settings).unwrap();
        let after = assess(&richer, &PARAMETERS, &settings).unwrap();
        for (a, b) in before.children.iter().zip(&after.children) {
            prop_assert!(a.payable.amount() <= b.payable.amount(), "{} then {}", a.payable, b.payable);
            prop_assert!(a.yearly_amount.amount() <= b.yearly_amount.amount());
        }
    }

    #[test]
    fn the_order_of_the_children_changes_nothing(
        (input, shuffled) in family().prop_flat_map(|i| (Just(i.clone()), Just(i.children).prop_shuffle())),
    ) {
        let other = Input { children: shuffled, ..input.clone() };
        let settings = Settings::default();
        prop_assert_eq!(assess(&input, &PARAMETERS, &settings).unwrap(), assess(&other, &PARAMETERS, &settings).unwrap());
    }
}
