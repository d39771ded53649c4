//! A partition that a worker owns, and what waits in it.

use crate::incoming::{Ended, Tick};
use crate::scope::Scope;
use domain::Day;
use eventlog::Received;
use std::collections::VecDeque;
use tokio::time::Instant;

/// What a worker knows of a partition that the log has given it.
pub(crate) enum Owned {
    /// It is to be claimed, for the first time or after a failure.
    Unclaimed,
    /// It is worked on.
    Claimed(Box<Partition>),
    /// Another owner has written to it. It is left alone until then, in case that one has gone.
    Fenced(Instant),
}

/// A claimed partition.
pub(crate) struct Partition {
    pub(crate) scope: Scope,
    /// Read, and not yet decided.
    pub(crate) queue: VecDeque<Received>,
    /// The day whose timers fire; what is behind it in the queue waits.
    pub(crate) firing: Option<Tick>,
    /// Calls that the last owner left behind, with their keys.
    pub(crate) interrupted: Vec<(String, Ended)>,
    /// Calls may wait to be made.
    pub(crate) calls: CallsWait,
    /// There are dead letters or parked inputs, so that operators may have asked for something.
    pub(crate) held: bool,
    /// When operators were last listened to.
    pub(crate) listened: Option<Instant>,
    /// No timer is due before this day; `None`: not known.
    pub(crate) timers_from: Option<Day>,
    /// Messages since the position was last saved.
    pub(crate) lag: usize,
}

/// When to look for calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallsWait {
    /// There are none.
    Nothing,
    /// Now.
    Look,
    /// Not before this time, in milliseconds, or until one ends.
    Until(i64),
}

impl Partition {
    /// A partition that has just been claimed.
    pub(crate) fn new(scope: Scope, interrupted: Vec<(String, Ended)>, held: bool) -> Self {
        Self {
            scope,
            queue: VecDeque::new(),
            firing: None,
            interrupted,
            calls: CallsWait::Look,
            held,
            listened: None,
            timers_from: None,
            lag: 0,
        }
    }

    /// Whether nothing read is still to be decided.
    pub(crate) fn is_drained(&self) -> bool {
        self.queue.is_empty() && self.firing.is_none()
    }
}
