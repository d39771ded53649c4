//! Costs of a facility that have run out while a resident is charged by them (§ 107). The decision stands, because it rests on
//! what was known when it was made; staff are told that the next one needs new costs.

use super::HeldStay;
use crate::morning::Morning;
use crate::state::Case;
use domain::{Day, FacilityId};
use messages::AssessmentFact;
use schemes::dk_temporary_housing::Paragraph;

/// Such costs among the reviews.
pub const EXPIRED_COSTS: &str = "expired_costs/";

/// What to do about them.
pub fn about(facility: &str, ended: Day) -> String {
    format!(
        "the costs of {facility} have run out on {ended}, and a resident is charged by them: send set_costs with the new \
         ones, then decide_payment"
    )
}

impl Case {
    /// The facility whose costs have run out, and their last day, where the resident is charged by them.
    fn expired_costs(&self, on: Day) -> Option<(FacilityId, Day)> {
        let (place, held) = self.lives_in(on)?;
        let housing = self.housing.as_ref()?;
        let terms = housing.decisions.get(housing.decided(place, on)?)?.terms();
        // Who keeps an own home and pays for the meals alone is not charged by the costs.
        let by_costs = terms.paragraph == Paragraph::P107 && !(terms.own_home_kept && terms.budget.is_none());
        if !by_costs || self.costs_of(held, on).is_some() {
            return None;
        }
        Some((held.stay.facility.clone(), self.costs_end(held)?))
    }

    fn costs_end(&self, held: &HeldStay) -> Option<Day> {
        let of_facility = self.housing.as_ref()?.costs.get(&held.stay.facility)?;
        of_facility.values().map(|costs| costs.what.valid_to).max()
    }

    /// Whether nothing newer than costs that ended on this day is known of a facility where somebody lives still.
    pub fn costs_still_expired(&self, facility: &str, ended: Day) -> bool {
        let stays = self.housing.iter().flat_map(|housing| housing.stays.values());
        let mut held = stays.filter_map(|stay| Some(&stay.held.as_ref()?.what));
        held.any(|held| held.stay.facility.as_str() == facility && self.costs_end(held) == Some(ended))
    }
}

impl Morning<'_> {
    /// Tells staff once of costs that have run out.
    pub(super) fn tell_expired_costs(&mut self, case: &mut Case) {
        let Some((facility, ended)) = case.expired_costs(self.context.today) else { return };
        if case.reviews.insert(format!("{EXPIRED_COSTS}{ended}/{facility}")) {
            let (code, detail) = ("expired_costs".to_owned(), about(facility.as_str(), ended));
            self.tell(AssessmentFact::ReviewNeeded { period: None, code, detail });
        }
    }
}
