//! When something has to be looked at again.

use crate::Day;
use std::cell::Cell;

/// Compares days with today and remembers the earliest day that has not come yet: the day on which the same comparisons
/// could come out otherwise. Whoever asks every question about time here can sleep until [`Agenda::next`].
#[derive(Debug)]
pub struct Agenda {
    today: Day,
    next: Cell<Option<Day>>,
}

impl Agenda {
    /// An agenda of this day.
    pub fn new(today: Day) -> Self {
        Self { today, next: Cell::new(None) }
    }

    /// The day it is made for.
    pub fn today(&self) -> Day {
        self.today
    }

    /// Whether the day has come: it is today or earlier.
    pub fn has_come(&self, day: Day) -> bool {
        if day <= self.today {
            return true;
        }
        self.next.set(Some(self.next.get().map_or(day, |next| next.min(day))));
        false
    }

    /// The earliest day asked about that has not come.
    pub fn next(&self) -> Option<Day> {
        self.next.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_day_that_has_not_come_is_remembered() {
        let day = |n| Day::from_ymd_opt(2023, 4, n).unwrap();
        let agenda = Agenda::new(day(10));
        assert!(agenda.has_come(day(9)) && agenda.has_come(day(10)));
        assert_eq!(agenda.next(), None);
        assert!(!agenda.has_come(day(20)) && !agenda.has_come(day(11)) && !agenda.has_come(day(15)));
        assert_eq!(agenda.next(), Some(day(11)));
    }
}
