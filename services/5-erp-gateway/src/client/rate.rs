//! How many calls a second: a token bucket, kept as the time at which it is full again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A token bucket. A call takes one token; tokens come back at a fixed rate, up to the burst.
#[derive(Debug)]
pub(super) struct RateLimit {
    /// Between two tokens.
    interval: Duration,
    /// How far ahead of the rate a burst may run.
    ahead: Duration,
    /// When the bucket is full again.
    full_at: Mutex<Instant>,
}

impl RateLimit {
    pub(super) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self { interval, ahead: interval * burst.saturating_sub(1), full_at: Mutex::new(now) }
    }

    /// Takes a token: how long to wait for it. An error, and no token, when that is longer than `wait_max`.
    pub(super) fn take(&self, now: Instant, wait_max: Duration) -> Result<Duration, Duration> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let from = (*full_at).max(now);
        let wait = from.duration_since(now).saturating_sub(self.ahead);
        if wait > wait_max {
            return Err(wait - wait_max);
        }
        *full_at = from + self.interval;
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3_600);

    #[test]
    fn a_burst_goes_at_once_and_the_rest_at_the_rate() {
        let now = Instant::now();
        let rate = RateLimit::new(10, 3, now);
        let waits: Vec<u128> = (0..6).map(|_| rate.take(now, LONG).unwrap().as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200, 300]);
        let later = now + Duration::from_secs(10);
        let waits: Vec<u128> = (0..4).map(|_| rate.take(later, LONG).unwrap().as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100], "a pause fills the bucket to the burst and no further");
    }

    #[test]
    fn who_would_wait_too_long_takes_no_token() {
        let now = Instant::now();
        let rate = RateLimit::new(1, 1, now);
        let limit = Duration::from_secs(1);
        assert!(rate.take(now, limit).is_ok() && rate.take(now, limit).is_ok());
        assert_eq!(rate.take(now, limit), Err(Duration::from_secs(1)));
        assert_eq!(rate.take(now, limit), Err(Duration::from_secs(1)));
    }
}
