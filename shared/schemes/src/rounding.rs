//! Every rounding of the schemes, each a function named after the rule it belongs to.

use rust_decimal::{Decimal, RoundingStrategy};

/// A Swedish fee: to whole kronor, halves up, as every published fee (2024: 1 % of 56250 is 563).
pub(crate) fn fee_to_kronor(exact: Decimal) -> Decimal {
    half_up(exact, 0)
}

/// A Swedish monthly fee of yearly income times percent. Divides once and last, so that a half stays a half.
pub(crate) fn monthly_fee(yearly_income_times_percent: Decimal) -> Decimal {
    fee_to_kronor(yearly_income_times_percent / Decimal::from(1200))
}

/// The average cost of a day in temporary housing: to whole øre, halves up, as the statutory rates since 2023.
pub(crate) fn average_daily_rate(exact: Decimal) -> Decimal {
    half_up(exact, 2)
}

/// What a resident can bear a day: to whole øre, always down, so that the amount for personal needs is left.
pub(crate) fn bearable_daily_rate(exact: Decimal) -> Decimal {
    exact.round_dp_with_strategy(2, RoundingStrategy::ToZero)
}

/// Interest: to whole øre or öre, halves up. No rule was found.
pub(crate) fn interest_to_hundredths(exact: Decimal) -> Decimal {
    half_up(exact, 2)
}

/// An equal instalment: to whole øre or öre, always down; the first instalment takes what is left over.
pub(crate) fn equal_instalment(exact: Decimal) -> Decimal {
    exact.round_dp_with_strategy(2, RoundingStrategy::ToZero)
}

/// The step of the fripladsskala: (upper - lower) / 95 to whole kroner, halves up. It reproduces every first row found
/// published.
pub(crate) fn scale_step(exact: Decimal) -> Decimal {
    half_up(exact, 0)
}

/// A rate at the highest share of the cost: whole kroner, halves up, also past the share. So do the rates published by
/// Svendborg 2021 (12.542 gives 3.136) and Gentofte 2019 (12.442 gives 3.111).
pub(crate) fn rate(exact: Decimal) -> Decimal {
    half_up(exact, 0)
}

/// A payment or what is left of it after a subsidy: to whole øre, halves up.
pub(crate) fn payment_to_oere(exact: Decimal) -> Decimal {
    half_up(exact, 2)
}

/// A payment or what is left of it after a subsidy: to whole kroner, halves up.
pub(crate) fn payment_to_kroner(exact: Decimal) -> Decimal {
    half_up(exact, 0)
}

/// A month's capacity to pay back: whole øre, the rest cut off. Shown only; the instalment is cut further.
pub(crate) fn capacity_to_oere(exact: Decimal) -> Decimal {
    exact.round_dp_with_strategy(2, RoundingStrategy::ToZero)
}

/// An instalment: down to a multiple of `step` (BEK 1110 of 25/10/2024 § 11, stk. 2: the nearest whole or half
/// hundred below). A step of nothing leaves the amount.
pub(crate) fn instalment_down(exact: Decimal, step: Decimal) -> Decimal {
    exact.checked_div(step).map_or(exact, |steps| steps.floor() * step)
}

/// Away from zero at a half: amounts here are never negative, so this is "halves up".
fn half_up(exact: Decimal, places: u32) -> Decimal {
    exact.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_resident_can_bear_goes_down_and_an_average_cost_to_the_nearest_oere() {
        assert_eq!(bearable_daily_rate(Decimal::new(96_779, 3)), Decimal::new(9677, 2));
        assert_eq!(average_daily_rate(Decimal::new(96_775, 3)), Decimal::new(9678, 2));
        assert_eq!(interest_to_hundredths(Decimal::new(125, 3)), Decimal::new(13, 2));
    }

    #[test]
    fn halves_go_up_where_bankers_rounding_would_go_down() {
        assert_eq!(monthly_fee(Decimal::from(56_250 * 12)), Decimal::from(563));
        assert_eq!(rate(Decimal::new(31105, 1)), Decimal::from(3111));
        assert_eq!(rate(Decimal::new(20325, 1)), Decimal::from(2033));
        assert_eq!(payment_to_oere(Decimal::new(2345, 3)), Decimal::new(235, 2));
        assert_eq!(payment_to_kroner(Decimal::new(25, 1)), Decimal::from(3));
    }

    #[test]
    fn an_instalment_goes_down_to_the_half_hundred_and_a_capacity_down_to_the_oere() {
        for (exact, expected) in [(4999, 0), (5000, 50), (9999, 50), (10000, 100), (395_833, 3950)] {
            assert_eq!(instalment_down(Decimal::new(exact, 2), Decimal::from(50)), Decimal::from(expected));
        }
        assert_eq!(capacity_to_oere(Decimal::new(49_999, 3)), Decimal::new(4999, 2));
    }
}
