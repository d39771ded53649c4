//! The limits of the runtime.

/// Messages that are decided in one transaction: enough to make its cost small, few enough to be decided in well under
/// a second.
pub const BATCH_MESSAGES_MAX: usize = 1000;

/// Bytes of states from which on half of them are written on a thread of its own: below, the thread costs more.
pub const BESIDE_BYTES_MIN: usize = 256 * 1024;

/// Bytes of outgoing records of one transaction; the rest of the batch goes into the next. Bounds memory when each
/// message brings forth many or large ones.
pub const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The last day that a timer may be set to: days are compared as texts of ten characters.
pub const DAY_MAX: domain::Day = match domain::Day::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => domain::Day::MAX,
};

/// Bytes of documents whose states a worker keeps in memory, so that they are not read again. In memory a state takes
/// some three times its document.
pub const STATES_BYTES_MAX: usize = 48 * 1024 * 1024;

/// Timers that fire in one transaction.
pub const TIMERS_MAX: usize = 1000;

/// Parked inputs that are decided in one transaction.
pub const RELEASED_MAX: usize = 1000;

/// Requests of operators that are carried out in one transaction.
pub const REQUESTS_MAX: usize = 100;

/// Outbox rows that are read at once when a partition is taken over.
pub const OUTBOX_PAGE: usize = 1000;

/// Messages after which a position is saved although nothing came of them: what is read again after a crash.
pub const POSITION_LAG_MAX: usize = 10_000;

/// Days for which the ids of foreign messages are kept: a foreign producer that repeats itself does so within days.
pub const SEEN_DAYS: u64 = 90;
