//! What one transaction saves.

use crate::{
    CallKey, CallRow, DeadLetterRow, DeadLetterState, OutboxRow, ParkedRow, SeenRow, TimerKey, TimerRow,
};
use domain::Day;

/// One transaction. An empty list changes nothing. The statements run in the order of the fields, with the
/// fence first. A key stands at most once in each list of states and timers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// The runtime's document of the partition, saved with the fence.
    pub doc: String,
    /// States that become this (insert or replace): key and document.
    pub states_put: Vec<(String, String)>,
    /// States that are forgotten.
    pub states_deleted: Vec<String>,
    /// Timers taken back or fired.
    pub timers_deleted: Vec<TimerKey>,
    /// Timers set (insert or replace).
    pub timers_put: Vec<TimerRow>,
    /// Outbox rows up to and including this sequence are in the log: deleted.
    pub outbox_published: Option<i64>,
    /// New outbox rows.
    pub outbox: Vec<OutboxRow>,
    /// Calls that have ended, by sequence: deleted.
    pub calls_ended: Vec<i64>,
    /// Calls of these ids that are **not started** are deleted: they are planned anew.
    pub calls_replaced: Vec<CallKey>,
    /// New calls, none started.
    pub calls: Vec<CallRow>,
    /// Calls that begin, by sequence: started becomes true.
    pub calls_begun: Vec<i64>,
    /// Calls that were not begun after all, by sequence: started becomes false.
    pub calls_put_back: Vec<i64>,
    /// Parked inputs that were decided, by number: deleted.
    pub parked_ended: Vec<i64>,
    /// New parked inputs.
    pub parked: Vec<ParkedRow>,
    /// New dead letters. One that is there already (a requeued one that was refused again) takes the new code, detail
    /// and state, and keeps the rest.
    pub dead_letters: Vec<DeadLetterRow>,
    /// Dead letters that come to this state, by refusal.
    pub dead_letter_states: Vec<(String, DeadLetterState)>,
    /// Ids of foreign messages seen; one that is there already stays.
    pub seen: Vec<SeenRow>,
    /// Ids of foreign messages seen before this day are forgotten.
    pub seen_before: Option<Day>,
}
