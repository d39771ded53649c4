//! Orders that name a hearing or a place that the case does not have: they may come before it, and they may be a slip.

use crate::Assessment;
use crate::for_staff;
use crate::state::Case;
use runtime::{Context, Effects};
use std::collections::BTreeMap;

/// What begins the names of those that have been told, among the reviews.
const TOLD: &str = "unknown/";

impl Case {
    /// What orders name and the case does not have, with what it is.
    fn unknown(&self) -> BTreeMap<String, &'static str> {
        let hearings = self.answers.keys().filter(|id| !self.hearings.contains_key(*id));
        let places = self.places.iter().filter(|(_, place)| place.held.is_none()).map(|(id, _)| id);
        hearings
            .map(|id| (id.to_string(), "hearing"))
            .chain(places.map(|id| (id.to_string(), "place")))
            .collect()
    }

    /// Staff have said that an order named it by mistake. `false`: it is known, or no order names it.
    pub fn forget_unknown(&mut self, named: &str) -> bool {
        if !self.unknown().contains_key(named) {
            return false;
        }
        self.answers.retain(|id, _| id.as_str() != named);
        self.places.retain(|id, _| id.as_str() != named);
        true
    }
}

/// Tells staff each morning of what has become unknown, and of what no longer is.
pub fn tell(context: &Context<'_>, case: &mut Case, effects: &mut Effects<Assessment>) {
    let unknown = case.unknown();
    let refusal = |named: &str| format!("{TOLD}{}/{named}", context.key);
    for (named, what) in &unknown {
        if case.reviews.insert(format!("{TOLD}{named}")) {
            let code = format!("unknown_{what}");
            let detail = format!(
                "an order names the {what} {named}, which this case does not have: send it again with the right id, and \
                 forget_unknown for this one; or send what makes it"
            );
            effects.send(&for_staff::waits(refusal(named), context.key, context.today, &code, detail));
        }
    }
    let told = case.reviews.iter().filter_map(|review| review.strip_prefix(TOLD));
    let over: Vec<String> = told.filter(|named| !unknown.contains_key(*named)).map(str::to_owned).collect();
    for named in over {
        case.reviews.remove(&format!("{TOLD}{named}"));
        effects.send(&for_staff::ended(refusal(&named), context.key, context.today, "closed"));
    }
}
