//! Where a test lets the process die. Nothing at all outside tests.

#[cfg(not(any(test, feature = "failpoints")))]
#[inline]
pub(crate) fn hit(_place: &'static str) -> Result<(), crate::Error> {
    Ok(())
}

#[cfg(not(any(test, feature = "failpoints")))]
#[inline]
pub(crate) fn torn(
    _place: &'static str,
    _records: &[messages::Record],
    _partitions: u32,
) -> Option<(Vec<messages::Record>, crate::Error)> {
    None
}

#[cfg(any(test, feature = "failpoints"))]
pub use armed::{arm, arm_at, disarm, hits};

#[cfg(any(test, feature = "failpoints"))]
pub(crate) use armed::{hit, torn};

#[cfg(any(test, feature = "failpoints"))]
mod armed {
    use crate::Error;
    use messages::Record;
    use std::cell::{Cell, RefCell};

    thread_local! {
        static ARMED: RefCell<Armed> = const { RefCell::new(Armed::Never) };
        static HITS: Cell<u64> = const { Cell::new(0) };
    }

    /// Where the process dies next.
    enum Armed {
        Never,
        /// After so many places.
        Nth(u64),
        /// At the first place of this name.
        At(String),
    }

    /// Lets the process die at the `nth` place that this thread comes to, counted from 1. The one who steps the worker
    /// drops it then.
    pub fn arm(nth: u64) {
        ARMED.set(Armed::Nth(nth));
    }

    /// Lets the process die at the first place of this name that this thread comes to.
    pub fn arm_at(place: &str) {
        ARMED.set(Armed::At(place.to_owned()));
    }

    /// Lets the process live.
    pub fn disarm() {
        ARMED.set(Armed::Never);
    }

    /// How many places this thread has come to.
    pub fn hits() -> u64 {
        HITS.get()
    }

    pub(crate) fn hit(place: &'static str) -> Result<(), Error> {
        HITS.set(HITS.get() + 1);
        let dies = ARMED.with_borrow_mut(|armed| match armed {
            Armed::Never => false,
            Armed::Nth(left) => {
                *left = left.saturating_sub(1);
                *left == 0
            }
            Armed::At(name) => name == place,
        });
        if dies {
            disarm();
            return Err(Error::Failpoint(place));
        }
        Ok(())
    }

    /// What stands in the log when the process dies while a batch is published: a log may write it in several steps, and
    /// keeps the order only within a partition of a topic. Each boundary between two records is a place.
    pub(crate) fn torn(
        place: &'static str,
        records: &[Record],
        partitions: u32,
    ) -> Option<(Vec<Record>, Error)> {
        let partition = |record: &Record| {
            record.partition.unwrap_or_else(|| eventlog::partition_of(record.key.as_bytes(), partitions))
        };
        let mut steps: Vec<&Record> = records.iter().collect();
        steps.sort_by_key(|record| (record.topic, partition(record)));
        let (written, died) = (1..steps.len()).find_map(|written| Some((written, hit(place).err()?)))?;
        Some((steps.into_iter().take(written).cloned().collect(), died))
    }
}
