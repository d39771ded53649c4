//! States that are known already: those of keys that are not parked, in partitions that this process owns. Nobody else
//! writes them as long as the fence holds, so they need not be read again.

use crate::limits;
use std::collections::{BTreeMap, HashMap};

/// What is known of a key that is not parked.
#[derive(Debug, PartialEq)]
pub(crate) struct Known<T> {
    /// Its state; `None`: it has none.
    pub(crate) state: Option<T>,
    /// Bytes of its document.
    pub(crate) bytes: usize,
}

/// Known states, up to [`limits::STATES_BYTES_MAX`]. Two generations: what is used stays in the younger, and when that
/// is full the older is forgotten.
pub(crate) struct States<T> {
    young: Generation<T>,
    old: Generation<T>,
}

struct Generation<T> {
    partitions: BTreeMap<u32, HashMap<String, Known<T>>>,
    bytes: usize,
}

impl<T> Generation<T> {
    fn new() -> Self {
        Self { partitions: BTreeMap::new(), bytes: 0 }
    }

    fn take(&mut self, partition: u32, key: &str) -> Option<Known<T>> {
        let (key, known) = self.partitions.get_mut(&partition)?.remove_entry(key)?;
        self.bytes -= key.len() + known.bytes;
        Some(known)
    }

    fn forget(&mut self, partition: u32) {
        let states = self.partitions.remove(&partition).unwrap_or_default();
        self.bytes -= states.iter().map(|(key, known)| key.len() + known.bytes).sum::<usize>();
    }
}

impl<T> States<T> {
    pub(crate) fn new() -> Self {
        Self { young: Generation::new(), old: Generation::new() }
    }

    /// Takes what is known of a key. It is unknown from then on: whatever ends the work on it in its middle leaves it to
    /// be read anew.
    pub(crate) fn take(&mut self, partition: u32, key: &str) -> Option<Known<T>> {
        self.young.take(partition, key).or_else(|| self.old.take(partition, key))
    }

    /// Notes what has been saved.
    pub(crate) fn put(&mut self, partition: u32, key: String, known: Known<T>) {
        self.take(partition, &key);
        self.young.bytes += key.len() + known.bytes;
        self.young.partitions.entry(partition).or_default().insert(key, known);
        if self.young.bytes > limits::STATES_BYTES_MAX / 2 {
            self.old = std::mem::replace(&mut self.young, Generation::new());
        }
    }

    /// Forgets a partition that is not owned any more, or is to be claimed anew.
    pub(crate) fn forget(&mut self, partition: u32) {
        self.young.forget(partition);
        self.old.forget(partition);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(bytes: usize) -> Known<u8> {
        Known { state: Some(7), bytes }
    }

    #[test]
    fn what_is_taken_is_unknown_until_it_is_put_back() {
        let mut states = States::new();
        states.put(0, "a".to_owned(), known(1));
        states.put(1, "a".to_owned(), Known { state: None, bytes: 0 });
        assert_eq!(states.take(0, "a"), Some(known(1)));
        assert_eq!(states.take(0, "a"), None);
        assert_eq!(states.take(1, "a"), Some(Known { state: None, bytes: 0 }));
        assert_eq!(states.young.bytes, 0);
    }

    #[test]
    fn nothing_of_a_forgotten_partition_is_known() {
        let mut states = States::new();
        states.put(0, "a".to_owned(), known(1));
        states.put(1, "b".to_owned(), known(1));
        states.forget(0);
        assert_eq!((states.take(0, "a"), states.take(1, "b")), (None, Some(known(1))));
    }

    #[test]
    fn what_is_used_stays_and_the_whole_stays_within_its_limit() {
        let mut states = States::new();
        let one = limits::STATES_BYTES_MAX / 10;
        states.put(0, "used".to_owned(), known(one));
        for n in 0..100 {
            states.put(0, n.to_string(), known(one));
            let used = states.take(0, "used").expect("it was used a moment ago");
            states.put(0, "used".to_owned(), used);
            assert!(states.young.bytes + states.old.bytes <= limits::STATES_BYTES_MAX + 2 * one);
        }
        assert_eq!(states.take(0, "0"), None);
        assert_eq!(states.take(0, "99"), Some(known(one)));
    }
}
