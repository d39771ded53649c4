//! Where a test lets the process die. Nothing at all outside tests.

#[cfg(not(any(test, feature = "failpoints")))]
#[inline]
pub(crate) fn hit(_place: &'static str) -> Result<(), crate::Error> {
    Ok(())
}

#[cfg(any(test, feature = "failpoints"))]
pub use armed::{arm, disarm, hits};

#[cfg(any(test, feature = "failpoints"))]
pub(crate) use armed::hit;

#[cfg(any(test, feature = "failpoints"))]
mod armed {
    use crate::Error;
    use std::cell::Cell;

    thread_local! {
        static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
        static HITS: Cell<u64> = const { Cell::new(0) };
    }

    /// Lets the process die at the `nth` place that this thread comes to, counted from 1. The one who steps the worker
    /// drops it then.
    pub fn arm(nth: u64) {
        LEFT.set(Some(nth));
    }

    /// Lets the process live.
    pub fn disarm() {
        LEFT.set(None);
    }

    /// How many places this thread has come to.
    pub fn hits() -> u64 {
        HITS.get()
    }

    pub(crate) fn hit(place: &'static str) -> Result<(), Error> {
        HITS.set(HITS.get() + 1);
        match LEFT.get() {
            Some(1) => {
                LEFT.set(None);
                Err(Error::Failpoint(place))
            }
            Some(left) => {
                LEFT.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }
}
