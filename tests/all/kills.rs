//! How many times the tests kill processes, and at which moments.
//!
//! `RETTIDIG_TEST_KILLS` says how many times in all: two thirds of them hit runs on the embedded backends, one third
//! processes on Kafka and PostgreSQL. `RETTIDIG_TEST_SEED` says when; without it each run of the tests has moments of
//! its own, and says what seed they came from. The machine's speed has its part in what a moment hits.

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use std::time::Duration;

/// Kills in all where nothing is said.
const KILLS: u32 = 60;

/// The kills of one test.
pub struct Kills {
    /// How many are left.
    pub left: u32,
    random: ChaCha8Rng,
}

impl Kills {
    /// Those of runs on the embedded backends.
    pub fn embedded() -> Self {
        let all = number("RETTIDIG_TEST_KILLS", KILLS);
        Self::seeded("embedded", all - all / 3)
    }

    /// Those of processes on Kafka and PostgreSQL.
    pub fn servers() -> Self {
        Self::seeded("servers", number("RETTIDIG_TEST_KILLS", KILLS) / 3)
    }

    fn seeded(place: &str, left: u32) -> Self {
        let chance = uuid::Uuid::new_v4().as_fields().0;
        let seed = number("RETTIDIG_TEST_SEED", chance);
        println!("{place}: {left} kills, RETTIDIG_TEST_SEED={seed}");
        Self { left, random: ChaCha8Rng::seed_from_u64(seed.into()) }
    }

    /// A moment within this time.
    pub fn moment(&mut self, within: Duration) -> Duration {
        within.mul_f64(self.random.random_range(0.0..1.0))
    }

    /// One of so many, from 0.
    pub fn one_of(&mut self, count: u32) -> u32 {
        self.random.random_range(0..count)
    }

    /// One of them has been done.
    pub fn done(&mut self) {
        self.left = self.left.saturating_sub(1);
    }
}

fn number(variable: &str, otherwise: u32) -> u32 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {text}")),
        Err(_) => otherwise,
    }
}
