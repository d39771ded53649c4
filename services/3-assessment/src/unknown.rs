//! Orders that name a hearing, a place, a notice, a service, a claim or an instalment that the case does not have: they may come
//! before it, and they may be a slip. So are those of another authority that came before the case was opened.

use crate::Assessment;
use crate::for_staff;
use crate::state::Case;
use runtime::{Context, Effects, Refusal};
use std::collections::BTreeMap;

/// What begins the names of those that have been told, among the reviews.
const TOLD: &str = "unknown/";

/// What an authority is that does not have the case.
const AUTHORITY: &str = "authority";

impl Case {
    /// What orders name and the case does not have, with what it is.
    fn unknown(&self) -> BTreeMap<String, &'static str> {
        let hearings = self.answers.keys().filter(|id| !self.hearings.contains_key(*id));
        let places = self.places.iter().filter(|(_, place)| place.held.is_none()).map(|(id, _)| id);
        let stays = self.housing.iter().flat_map(|housing| &housing.stays);
        let stays = stays.filter(|(_, stay)| stay.held.is_none()).map(|(id, _)| id);
        let care = self.childcare.iter().flat_map(|childcare| &childcare.places);
        let care = care.filter(|(_, place)| place.held.is_none()).map(|(id, _)| id);
        hearings
            .map(|id| (id.to_string(), "hearing"))
            .chain(places.chain(stays).chain(care).map(|id| (id.to_string(), "place")))
            .chain(self.unknown_services().map(|name| (name.to_owned(), "service")))
            .chain(self.closings.keys().map(|id| (id.to_string(), "notice")))
            .chain(self.years_of_strangers().map(|person| (person.to_string(), "adult")))
            .chain(self.other_authorities().map(|id| (id.to_string(), AUTHORITY)))
            .chain(self.unknown_in_repayment())
            .collect()
    }

    /// Claims that nobody has registered, and missed instalments of months for which none is owed.
    fn unknown_in_repayment(&self) -> impl Iterator<Item = (String, &'static str)> {
        let claims = self.repayment.iter().flat_map(|repayment| repayment.unknown_claims());
        let missed = self.repayment.iter().flat_map(|repayment| &repayment.missed);
        let missed =
            missed.filter(|(month, missed)| missed.due_on.is_some() && !self.determined.contains_key(*month));
        claims
            .map(|id| (id.to_string(), "claim"))
            .chain(missed.map(|(month, _)| (month.to_string(), "instalment")))
    }

    /// Whether something is unknown of which staff have not been told.
    pub fn has_untold(&self) -> bool {
        self.unknown().keys().any(|named| !self.reviews.contains(&told(named)))
    }

    /// Staff have said that an order named it by mistake. What is known stays, and is no slip to forget.
    pub fn forget_unknown(&mut self, named: &str) -> Result<(), Refusal> {
        if !self.unknown().contains_key(named) {
            return Err(Refusal::new(
                "nothing_unknown",
                "nothing that the case does not have bears this id: give it as rettidig tasks shows it",
            ));
        }
        self.answers.retain(|id, _| id.as_str() != named);
        self.places.retain(|id, _| id.as_str() != named);
        if let Some(housing) = &mut self.housing {
            housing.stays.retain(|id, _| id.as_str() != named);
            housing.ordered.retain(|id, _| id.as_str() != named);
            housing.opt_outs.retain(|_, opted_out| opted_out.service != named);
        }
        if let Some(repayment) = &mut self.repayment {
            repayment.forget(named);
        }
        if let Some(childcare) = &mut self.childcare {
            childcare.places.retain(|id, _| id.as_str() != named);
        }
        self.closings.retain(|id, _| id.as_str() != named);
        self.years.values_mut().for_each(|year| year.incomes.retain(|id, _| id.as_str() != named));
        self.before_opening.of_others.retain(|id, _| id.as_str() != named);
        Ok(())
    }
}

/// As it is noted among the reviews.
fn told(named: &str) -> String {
    format!("{TOLD}{named}")
}

/// The id of the refusal.
fn refusal(context: &Context<'_>, named: &str) -> String {
    format!("{TOLD}{}/{named}", context.key)
}

/// Tells staff in the morning of what is unknown, once.
pub fn tell(context: &Context<'_>, case: &mut Case, effects: &mut Effects<Assessment>) {
    for (named, what) in &case.unknown() {
        if case.reviews.insert(told(named)) {
            let code = format!("unknown_{what}");
            let detail = match *what {
                _ if case.childcare.is_some() => crate::childcare::unknown(what, named),
                AUTHORITY => format!(
                    "orders of the authority {named} came before another one opened this case, and have no effect: it sends \
                     them for a case of its own; forget_unknown for {named} ends this"
                ),
                what => format!(
                    "an order names the {what} {named}, which this case does not have: send it again with the right id, \
                     and forget_unknown for this one; or send what makes it (dead-letters list shows whether that was refused)"
                ),
            };
            let refusal = refusal(context, named);
            effects.send(&for_staff::waits(refusal, context.key, context.today, &code, detail));
        }
    }
}

/// Ends what was told and is unknown no longer.
pub fn end(context: &Context<'_>, case: &mut Case, effects: &mut Effects<Assessment>) {
    let told: Vec<String> =
        case.reviews.iter().filter_map(|review| Some(review.strip_prefix(TOLD)?.to_owned())).collect();
    if told.is_empty() {
        return;
    }
    let unknown = case.unknown();
    let over: Vec<String> = told.into_iter().filter(|named| !unknown.contains_key(named)).collect();
    for named in over {
        case.reviews.remove(&self::told(&named));
        effects.send(&for_staff::ended(refusal(context, &named), context.key, context.today, "closed"));
    }
}
