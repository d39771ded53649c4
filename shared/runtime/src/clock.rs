//! Time for the delays of calls, and for nothing else.

use crate::Pace;
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds of Unix time, or in fast-forward those that were skipped.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    Real,
    Skipped(i64),
}

impl Clock {
    pub(crate) fn of(pace: Pace) -> Self {
        match pace {
            Pace::Live => Self::Real,
            Pace::FastForward => Self::Skipped(0),
        }
    }

    pub(crate) fn now_ms(self) -> i64 {
        match self {
            // A machine whose clock stands before 1970 makes no call wait.
            Self::Real => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |passed| i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)),
            Self::Skipped(now) => now,
        }
    }

    /// Lets time pass until then; `false` where it passes by itself.
    pub(crate) fn skip_to(&mut self, then: i64) -> bool {
        match self {
            Self::Real => false,
            Self::Skipped(now) => {
                *now = then.max(*now);
                true
            }
        }
    }
}
