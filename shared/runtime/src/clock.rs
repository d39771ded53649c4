//! Time for the delays of calls, and for nothing else.

use crate::Pace;
use ::messages::CalendarDay;
use std::time::{SystemTime, UNIX_EPOCH};

/// How much time passes by itself within one phase of the calendar in fast-forward, in milliseconds: an hour. What is to
/// wait longer waits for the next phase, so that a receiver that never answers does not hold a run.
const PHASE_MS_MAX: i64 = 3_600_000;

/// Milliseconds of Unix time, or in fast-forward those that were skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Real,
    Skipped {
        now: i64,
        /// How far time passes in this phase; `None`: to the next delayed call, however far that is.
        until: Option<i64>,
        phase: Option<CalendarDay>,
    },
}

impl Clock {
    pub(crate) fn of(pace: Pace) -> Self {
        match pace {
            Pace::Live => Self::Real,
            Pace::FastForward => Self::Skipped { now: 0, until: None, phase: None },
        }
    }

    pub(crate) fn now_ms(self) -> i64 {
        match self {
            // A machine whose clock stands before 1970 makes no call wait.
            Self::Real => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |passed| i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)),
            Self::Skipped { now, .. } => now,
        }
    }

    /// Another process has planned calls, the first for then: its time goes on, so that what it has planned does not wait
    /// behind all that is planned from now on.
    pub(crate) fn go_on_from(&mut self, then: i64) {
        if let Self::Skipped { now, .. } = self {
            *now = then.max(*now);
        }
    }

    /// A phase has come. One that is behind changes nothing: partitions come to a phase one after the other.
    pub(crate) fn reach(&mut self, day: CalendarDay) {
        if let Self::Skipped { until, phase, .. } = self
            && phase.is_none_or(|phase| phase < day)
        {
            (*until, *phase) = (None, Some(day));
        }
    }

    /// Lets time pass until then; `false` where it passes by itself, has passed, or not so far in this phase.
    pub(crate) fn skip_to(&mut self, then: i64) -> bool {
        let Self::Skipped { now, until, .. } = self else { return false };
        let last = *until.get_or_insert(then.saturating_add(PHASE_MS_MAX));
        let passes = *now < then && then <= last;
        if passes {
            *now = then;
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::messages::Phase;

    #[test]
    fn time_passes_to_the_next_call_of_a_phase_and_an_hour_on_and_never_back() {
        let mut clock = Clock::of(Pace::FastForward);
        assert!(clock.skip_to(5) && clock.skip_to(PHASE_MS_MAX + 5));
        assert!(!clock.skip_to(PHASE_MS_MAX + 6) && !clock.skip_to(5));
        let day = |phase| CalendarDay { date: "2023-01-02".parse().unwrap(), phase };
        clock.reach(day(Phase::Closing));
        assert!(clock.skip_to(9 * PHASE_MS_MAX) && !clock.skip_to(11 * PHASE_MS_MAX));
        clock.reach(day(Phase::Closing));
        clock.reach(day(Phase::Opened));
        assert!(!clock.skip_to(11 * PHASE_MS_MAX), "a phase comes once");
        clock.go_on_from(20 * PHASE_MS_MAX);
        clock.go_on_from(7);
        assert_eq!(clock.now_ms(), 20 * PHASE_MS_MAX);
    }
}
