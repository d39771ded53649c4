//! Random draws in whole numbers, the same for the same seed on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Months that a household's own stream of random numbers is divided into.
const MONTHS_BITS: u32 = 16;

/// The random numbers of one household in one month. No draw of one household moves those of another, so a change of
/// one rule changes little of the rest.
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The draws of this household in the `month`th month, counted from 1; 0 is its creation.
    pub fn of(seed: u64, household: u32, month: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream((u64::from(household) << MONTHS_BITS) | u64::from(month));
        Self(rng)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        self.0.random_range(low..=high.max(low))
    }

    /// True this many times in a hundred.
    pub fn percent(&mut self, chances: u32) -> bool {
        self.between(1, 100) <= chances
    }

    /// True this many times in a hundred thousand.
    pub fn per_100k(&mut self, chances: u32) -> bool {
        self.between(1, 100_000) <= chances
    }

    /// One of these, each as often as its weight says; `None` when all weights are nothing.
    pub fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> Option<T> {
        let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.between(1, total);
        for (weight, choice) in choices {
            if left <= *weight {
                return Some(*choice);
            }
            left -= weight;
        }
        None
    }

    /// A value of a distribution given by some of its quantiles (tenths of a percent, rising from 0 to 1000), on the
    /// straight line between them.
    pub fn quantile(&mut self, quantiles: &[(u32, u32)]) -> u32 {
        let at = self.between(0, 1000);
        let above = quantiles.iter().position(|(share, _)| *share >= at).unwrap_or_default();
        let (Some((high_share, high)), Some((low_share, low))) =
            (quantiles.get(above), quantiles.get(above.saturating_sub(1)))
        else {
            return 0;
        };
        let width = high_share.saturating_sub(*low_share).max(1);
        low + high.saturating_sub(*low) * at.saturating_sub(*low_share) / width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_seed_household_and_month_alone() {
        let draws = |seed, household, month| {
            let mut draw = Draw::of(seed, household, month);
            [(); 4].map(|()| draw.between(0, u32::MAX))
        };
        assert_eq!(draws(1, 2, 3), draws(1, 2, 3));
        assert_ne!(draws(1, 2, 3), draws(2, 2, 3));
        assert_ne!(draws(1, 2, 3), draws(1, 3, 3));
        assert_ne!(draws(1, 2, 3), draws(1, 2, 4));
    }

    #[test]
    fn a_quantile_lies_between_the_ends_and_half_of_them_below_the_median() {
        let mut draw = Draw::of(1, 1, 1);
        let values: Vec<u32> =
            (0..2000).map(|_| draw.quantile(&[(0, 100), (500, 200), (1000, 1000)])).collect();
        assert!(values.iter().all(|value| (100..=1000).contains(value)));
        let below = values.iter().filter(|value| **value <= 200).count();
        assert!((900..1100).contains(&below), "{below}");
    }

    #[test]
    fn a_choice_without_weight_is_never_made() {
        let mut draw = Draw::of(1, 1, 1);
        assert!((0..500).all(|_| draw.weighted(&[(0, 'a'), (3, 'b'), (0, 'c')]) == Some('b')));
        assert_eq!(draw.weighted::<char>(&[]), None);
    }
}
