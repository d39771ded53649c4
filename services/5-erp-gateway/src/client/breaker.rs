//! The circuit breaker: an ERP that fails is left alone for a while, then tried by one call.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Opens after so many failures in a row.
#[derive(Debug)]
pub(super) struct Breaker {
    failures_max: u32,
    open_for: Duration,
    circuit: Mutex<Circuit>,
}

#[derive(Debug, Clone, Copy)]
enum Circuit {
    /// Calls are made.
    Closed { failures: u32 },
    /// No calls are made until then; the first one after it is the probe.
    Open { until: Instant },
}

impl Breaker {
    pub(super) fn new(failures_max: u32, open_for: Duration) -> Self {
        Self { failures_max, open_for, circuit: Mutex::new(Circuit::Closed { failures: 0 }) }
    }

    /// Whether a call may be made; how long to stay away when not. While a probe is under way the circuit is open for
    /// everybody else, and if it never comes back, for one opening time at most.
    pub(super) fn admit(&self, now: Instant) -> Result<(), Duration> {
        let mut circuit = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        match *circuit {
            Circuit::Closed { .. } => Ok(()),
            Circuit::Open { until } if until > now => Err(until - now),
            Circuit::Open { .. } => {
                *circuit = Circuit::Open { until: now + self.open_for };
                Ok(())
            }
        }
    }

    /// A call has ended. Calls that began before the circuit opened are heard too: an ERP that answers is well.
    pub(super) fn report(&self, now: Instant, healthy: bool) {
        let mut circuit = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        *circuit = match *circuit {
            _ if healthy => Circuit::Closed { failures: 0 },
            Circuit::Closed { failures } if failures + 1 < self.failures_max => {
                Circuit::Closed { failures: failures + 1 }
            }
            Circuit::Closed { .. } | Circuit::Open { .. } => Circuit::Open { until: now + self.open_for },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Duration = Duration::from_secs(30);

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_after_scattered_ones() {
        let now = Instant::now();
        let breaker = Breaker::new(3, OPEN);
        for healthy in [false, false, true, false, false] {
            breaker.report(now, healthy);
        }
        assert_eq!(breaker.admit(now), Ok(()));
        breaker.report(now, false);
        assert_eq!(breaker.admit(now), Err(OPEN));
    }

    #[test]
    fn one_call_probes_it_and_decides() {
        let mut now = Instant::now();
        let breaker = Breaker::new(1, OPEN);
        breaker.report(now, false);
        now += OPEN;
        assert_eq!(breaker.admit(now), Ok(()), "the probe");
        assert_eq!(breaker.admit(now), Err(OPEN), "nobody else meanwhile");
        breaker.report(now, false);
        assert_eq!(breaker.admit(now), Err(OPEN), "it failed: open again");
        now += OPEN;
        assert_eq!(breaker.admit(now), Ok(()));
        breaker.report(now, true);
        assert!(breaker.admit(now).is_ok() && breaker.admit(now).is_ok(), "it is well: closed");
    }

    #[test]
    fn a_probe_that_never_comes_back_does_not_keep_it_open_for_ever() {
        let now = Instant::now();
        let breaker = Breaker::new(1, OPEN);
        breaker.report(now, false);
        assert_eq!(breaker.admit(now + OPEN), Ok(()));
        assert_eq!(breaker.admit(now + OPEN + OPEN), Ok(()));
    }
}
