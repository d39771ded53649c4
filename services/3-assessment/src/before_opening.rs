//! Orders may come before the case is opened. Until then nobody knows whose it will be: what each authority orders is kept
//! apart, and only what the one has ordered that opens it has effect, in whatever order they come.

use crate::state::Case;
use domain::AuthorityId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whose orders the case stands for, and what others have ordered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BeforeOpening {
    /// The authority whose order came last.
    pub authority: Option<AuthorityId>,
    /// The case as each of the others has ordered it. Kept until staff have said that it is a slip.
    pub of_others: BTreeMap<AuthorityId, Box<Case>>,
}

impl BeforeOpening {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.authority.is_none() && self.of_others.is_empty()
    }
}

impl Case {
    /// Makes this the case as the authority has ordered it, while nobody has opened it.
    pub fn turn_to(&mut self, authority: &AuthorityId) {
        // Whose orders an earlier version kept is not known: they stay the case's.
        let of_unknown = self.before_opening.authority.is_none() && !self.orders.is_empty();
        if self.opened.is_some() || of_unknown || self.before_opening.authority.as_ref() == Some(authority) {
            return;
        }
        if let Some(before) = self.before_opening.authority.replace(authority.clone()) {
            let mut of_others = std::mem::take(&mut self.before_opening.of_others);
            let theirs = of_others.remove(authority).map(|case| *case).unwrap_or_default();
            let mut other = std::mem::replace(self, theirs);
            // What staff have been told is told of the case, whoever has ordered.
            self.reviews = std::mem::take(&mut other.reviews);
            other.before_opening = BeforeOpening::default();
            of_others.insert(before, Box::new(other));
            self.before_opening = BeforeOpening { authority: Some(authority.clone()), of_others };
        }
    }

    /// The other authorities that ordered something before this one opened the case.
    pub fn other_authorities(&self) -> impl Iterator<Item = &AuthorityId> {
        self.before_opening.of_others.keys().filter(|_| self.opened.is_some())
    }

    /// How many orders of others are kept.
    pub fn orders_of_others(&self) -> usize {
        self.before_opening.of_others.values().map(|case| case.orders.len()).sum()
    }
}
