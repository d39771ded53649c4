//! What is kept about a cause.

use crate::Receiver;
use domain::{Day, Money};
use messages::{Alert, AlertState, Severity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// So many alerts of one cause wait for one receiver with all their items. A cause is told of once a day and repeats are
/// not kept, so only one that comes and goes for a month, with the receiver down, has more: the older ones then keep
/// what they say and how many items they had, and of the items only the first.
const WAITING_WHOLE: usize = 16;

/// The most alerts of one cause that wait for one receiver. Then the oldest trouble that is over gives way with its end:
/// the receiver has heard of neither, and the topic `alerts` has both.
const WAITING_MAX: usize = 200;

/// How many items those keep.
const ITEMS_OF_OLD: usize = 10;

/// The trouble of one cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// What is open, by the id of the finding, refusal or file.
    pub open: BTreeMap<String, Item>,
    /// What kind of trouble, as the title names it.
    pub kind: String,
    /// How bad.
    pub severity: Severity,
    /// Since when staff know, and when they were told last; absent while they do not know.
    pub told: Option<ToldOn>,
    /// The morning on which they are told next.
    #[serde(default)]
    pub tell_on: Option<Day>,
    /// How many alerts this cause has had: part of the call ids.
    pub alerts: u32,
    /// What each receiver has not taken yet.
    #[serde(default)]
    pub telling: BTreeMap<Receiver, Telling>,
}

/// When staff were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldOn {
    /// First.
    pub first: Day,
    /// Last.
    pub last: Day,
}

/// Something open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The case or file it is about.
    pub name: String,
    /// The kroner at stake.
    pub amount: Option<Money>,
}

/// The alerts on their way to one receiver. Only the first is with the receiver, so that none overtakes another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Telling {
    /// The alert that is being told.
    pub first: Pending,
    /// Those that follow once it is taken.
    pub waiting: VecDeque<Pending>,
}

/// An alert that a receiver has not taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// The id of its call.
    pub call: String,
    /// The alert.
    pub alert: Alert,
}

impl Trouble {
    /// Whether nothing is open, nobody believes so, and nobody is being told.
    pub fn is_over(&self) -> bool {
        self.open.is_empty() && self.told.is_none() && self.telling.is_empty()
    }

    /// Takes an alert for a receiver; `true`: it is the first, and is to be told now.
    pub fn tell(&mut self, receiver: Receiver, next: Pending) -> bool {
        let Some(telling) = self.telling.get_mut(&receiver) else {
            self.telling.insert(receiver, Telling { first: next, waiting: VecDeque::new() });
            return true;
        };
        // What is known now says more than a repeat that has not gone out.
        if telling.waiting.back().is_some_and(Pending::is_repeat) {
            telling.waiting.pop_back();
        }
        telling.waiting.push_back(next);
        if telling.waiting.len() > WAITING_MAX
            && let Some(raised) = telling.waiting.iter().position(Pending::is_raise)
        {
            // Repeats give way, so what follows a raise is its end.
            telling.waiting.drain(raised..raised + 2);
        }
        let old = telling.waiting.len().saturating_sub(WAITING_WHOLE);
        // Those before it have been cut as they became old.
        if let Some(last) = old.checked_sub(1).and_then(|last| telling.waiting.get_mut(last)) {
            last.alert.items.truncate(ITEMS_OF_OLD);
        }
        false
    }

    /// The receiver has taken the first; gives the one that is told next.
    pub fn taken(&mut self, receiver: Receiver) -> Option<Pending> {
        let next = self.telling.get_mut(&receiver).and_then(Telling::next);
        if next.is_none() {
            self.telling.remove(&receiver);
        }
        next
    }

    /// The receiver has not taken the first; gives the one that is tried next: the same, or what has come after a repeat.
    pub fn not_taken(&mut self, receiver: Receiver) -> Option<Pending> {
        let telling = self.telling.get_mut(&receiver)?;
        if telling.first.is_repeat() {
            telling.next();
        }
        Some(telling.first.clone())
    }

    /// Whether this is the call by which the receiver is being told.
    pub fn is_telling(&self, receiver: Receiver, call: &str) -> bool {
        self.telling.get(&receiver).is_some_and(|telling| telling.first.call == call)
    }
}

impl Telling {
    fn next(&mut self) -> Option<Pending> {
        let next = self.waiting.pop_front()?;
        self.first = next.clone();
        Some(next)
    }
}

impl Pending {
    fn is_raise(&self) -> bool {
        self.alert.state == AlertState::Raised
    }

    fn is_repeat(&self) -> bool {
        self.alert.state == AlertState::Repeated
    }
}
