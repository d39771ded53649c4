//! What holds for every debtor. Invariants: an instalment is a multiple of the step, never negative and never above the
//! capacity; more income never lowers it under one table; a child to provide for never raises it; the order of the
//! claims and of the months never matters; there is always an instalment or a day of review.

use super::{ClaimInput, ClaimState, Input, Outcome, Parameters, Settings, assess, parameters};
use domain::Day;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::LazyLock;

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| parameters().unwrap());

fn day(offset: i64) -> Day {
    Day::from_ymd_opt(2026, 1, 1).unwrap() + chrono::TimeDelta::days(offset)
}

prop_compose! {
    fn claims()(
        claims in prop::collection::vec((0..5_000_000_i64, 1..3000_i64, prop::option::of(1..3000_i64), prop::option::of(1..3000_i64)), 0..6),
    ) -> Vec<ClaimInput> {
        let claim = |(n, (amount, ended, learned, could)): (usize, (i64, i64, Option<i64>, Option<i64>))| ClaimInput {
            claim: format!("k{n}"),
            amount: Decimal::new(amount, 2),
            help_ended_on: day(-ended),
            learned_on: learned.map(|days| day(-days)),
            could_pay_on: could.map(|days| day(-days)),
        };
        claims.into_iter().enumerate().map(claim).collect()
    }
}

prop_compose! {
    fn debtor()(offset in 0..365_i64, net in 0..80_000_000_i64, provider: bool, claims in claims()) -> Input {
        Input {
            on: day(offset),
            net_yearly_income: Some(Decimal::new(net, 2)),
            latest_months: vec![],
            latest_tax_year: None,
            provider,
            benefit: None,
            claims,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn an_instalment_is_a_multiple_of_the_step_and_within_capacity_and_debt(input in debtor()) {
        let answer = assess(&input, &PARAMETERS, &Settings::default()).unwrap();
        let instalment = answer.monthly_instalment.amount();
        prop_assert!(instalment >= Decimal::ZERO && (instalment % Decimal::from(50)).is_zero());
        prop_assert!(instalment <= answer.monthly_capacity.amount());
        prop_assert!(answer.monthly_capacity.amount() * Decimal::from(12) <= input.net_yearly_income.unwrap());
        prop_assert!(answer.payable.amount() <= instalment && !answer.payable.is_negative());
        let owed: Decimal = answer.claims.iter()
            .filter(|claim| !matches!(claim.state, ClaimState::Lapsed { .. }))
            .map(|claim| claim.amount.amount()).sum();
        prop_assert!(input.claims.is_empty() || answer.payable.amount() <= owed);
        prop_assert_eq!(matches!(answer.outcome, Outcome::Instalment), !instalment.is_zero());
    }

    #[test]
    fn more_income_never_lowers_an_instalment(input in debtor(), more in 1..80_000_000_i64) {
        let net_yearly_income = input.net_yearly_income.map(|net| net + Decimal::new(more, 2));
        let richer = Input { net_yearly_income, ..input.clone() };
        let before = assess(&input, &PARAMETERS, &Settings::default()).unwrap();
        let after = assess(&richer, &PARAMETERS, &Settings::default()).unwrap();
        prop_assert!(before.payable.amount() <= after.payable.amount());
        prop_assert!(before.monthly_capacity.amount() <= after.monthly_capacity.amount());
    }

    #[test]
    fn a_child_never_raises_an_instalment(input in debtor()) {
        let with = assess(&Input { provider: true, ..input.clone() }, &PARAMETERS, &Settings::default()).unwrap();
        let without = assess(&Input { provider: false, ..input }, &PARAMETERS, &Settings::default()).unwrap();
        prop_assert!(with.monthly_instalment.amount() <= without.monthly_instalment.amount());
    }

    #[test]
    fn the_order_of_the_claims_changes_nothing(
        (input, shuffled) in debtor().prop_flat_map(|i| (Just(i.clone()), Just(i.claims).prop_shuffle())),
    ) {
        let other = Input { claims: shuffled, ..input.clone() };
        let settings = Settings::default();
        prop_assert_eq!(assess(&input, &PARAMETERS, &settings).unwrap(), assess(&other, &PARAMETERS, &settings).unwrap());
    }

    #[test]
    fn a_claim_set_aside_is_looked_at_before_it_lapses(input in debtor()) {
        let poor = Input { net_yearly_income: Some(Decimal::ONE), ..input };
        let answer = assess(&poor, &PARAMETERS, &Settings::default()).unwrap();
        for claim in &answer.claims {
            match claim.state {
                ClaimState::SetAside { review_on } => {
                    prop_assert!(review_on >= poor.on);
                    let later = Input { on: review_on, ..poor.clone() };
                    if review_on < day(365) {
                        let later = assess(&later, &PARAMETERS, &Settings::default()).unwrap();
                        let same = later.claims.iter().find(|other| other.claim == claim.claim).unwrap();
                        let lapsed = matches!(same.state, ClaimState::Lapsed { .. });
                        prop_assert!(!lapsed);
                    }
                }
                ClaimState::Lapsed { lapsed_on } => prop_assert!(lapsed_on <= poor.on),
                ClaimState::Paid => prop_assert!(claim.amount.is_zero()),
                ClaimState::Instalment => prop_assert!(false, "a krone a year gives no instalment"),
            }
        }
    }
}
