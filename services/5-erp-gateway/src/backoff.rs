//! How long to wait before the next attempt. Without chance: `decide` uses it.

/// Waiting doubles from the first to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Before the second attempt, in milliseconds.
    pub first_ms: u64,
    /// Never longer, in milliseconds.
    pub max_ms: u64,
}

/// Before the second attempt: an ERP that was busy for a moment is not kept waiting.
pub(crate) const FIRST_MS: u64 = 250;
/// At the longest: an ERP that is back after an outage is noticed within five minutes.
pub(crate) const MAX_MS: u64 = 300_000;

impl Default for Backoff {
    fn default() -> Self {
        Self { first_ms: FIRST_MS, max_ms: MAX_MS }
    }
}

impl Backoff {
    /// The wait after so many attempts, in milliseconds; at least what the ERP has asked for (which the client bounds).
    pub fn after(&self, attempts: u32, asked_for_ms: Option<u64>) -> u64 {
        let doublings = attempts.saturating_sub(1).min(u64::BITS - 1);
        let grown = self.first_ms.saturating_mul(1_u64 << doublings).min(self.max_ms);
        grown.max(asked_for_ms.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_never_overflows() {
        let backoff = Backoff { first_ms: 100, max_ms: 1_000 };
        let waits: Vec<u64> = [1, 2, 3, 4, 5, 64, u32::MAX].iter().map(|n| backoff.after(*n, None)).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1_000, 1_000, 1_000]);
    }

    #[test]
    fn what_the_erp_asks_for_is_the_least() {
        let backoff = Backoff { first_ms: 100, max_ms: 1_000 };
        assert_eq!(backoff.after(1, Some(7_000)), 7_000);
        assert_eq!(backoff.after(3, Some(50)), 400);
    }
}
