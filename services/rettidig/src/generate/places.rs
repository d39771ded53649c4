//! Places: admissions, new rates, the step to the kindergarten, school.

use super::calendar::day_of;
use super::household::{Case, Household, Place};
use super::plan::{OFFICE, PARENTS, Plan};
use super::population::payer;
use anyhow::Result;
use domain::{AuthorityId, CaseId, Day};
use messages::{BillingMode, CaseOrder, Scheme};

/// Days of the month on which the office orders admissions: after whatever the register tells of that month.
const ADMISSION_DAYS: (u32, u32) = (26, 28);

/// The day in December on which the new year's rates are ordered.
const RATES_DAY: u32 = 10;

/// Percent of the places with social-pedagogical subsidy that cost the parents nothing.
const SOCIAL_WHOLE_PERCENT: u32 = 60;

impl Plan<'_> {
    /// Orders every place that begins in `starts`, on `ordered_on`; opens the case with the first.
    pub fn admit(
        &mut self,
        household: &mut Household,
        starts: domain::Period,
        ordered_on: Day,
    ) -> Result<()> {
        let due: Vec<usize> = (household.children.iter().enumerate())
            .filter(|(_, child)| child.starts.is_some_and(|day| starts.contains(day)))
            .map(|(at, _)| at)
            .collect();
        let first_day = due.iter().filter_map(|at| household.children.get(*at)?.starts).min();
        let Some(first_day) = first_day else { return Ok(()) };
        let opens = household.case.is_none();
        if opens {
            self.open(household, first_day, ordered_on)?;
        }
        for at in due {
            self.place(household, at, ordered_on)?;
        }
        let granted = household.case.as_ref().is_some_and(|case| case.granted.is_some());
        if !granted || self.profile.chances().with_each_child {
            let later = super::calendar::plus_days(ordered_on, i64::from(self.draw.between(0, 20)));
            // Those who have had their place for long apply when their case is taken over.
            let (on, admitted_on) = if ordered_on < self.month.first_day() {
                (ordered_on, None)
            } else {
                (later, Some(first_day))
            };
            self.apply(household, on, admitted_on);
        }
        Ok(())
    }

    fn open(&mut self, household: &mut Household, first_day: Day, ordered_on: Day) -> Result<()> {
        let standing = self.draw.percent(self.standing_share);
        let billing = if standing { BillingMode::Standing } else { BillingMode::Monthly };
        let never_applies = !self.draw.percent(self.profile.families().apply_percent);
        let id = CaseId::parse(format!("DAY-{:06}", household.id))?;
        let authority = AuthorityId::parse(format!("{:04}", self.profile.authority()))?;
        let mut case = Case::new(id, authority, never_applies);
        for adult in &mut household.adults {
            adult.stated = true;
        }
        case.single = household.adults.len() == 1;
        let order = CaseOrder::OpenCase {
            scheme: Scheme::DkDaycare,
            billing,
            payer: payer(household)?.person.cpr.clone(),
            from: domain::Period::of(first_day).first_day(),
            adults: household.adult_numbers(),
            children: household.children_numbers(),
            single_provider: case.single,
        };
        self.order(&mut case, ordered_on, OFFICE, order);
        household.case = Some(case);
        Ok(())
    }

    fn place(&mut self, household: &mut Household, at: usize, ordered_on: Day) -> Result<()> {
        let families = self.profile.families();
        let (Some(case), Some(child)) = (&mut household.case, household.children.get_mut(at)) else {
            return Ok(());
        };
        let Some(from) = child.starts.take() else { return Ok(()) };
        let treatment = self.draw.per_100k(families.treatment_per_100k);
        let social = match self.draw.per_100k(families.social_per_100k) {
            true if self.draw.percent(SOCIAL_WHOLE_PERCENT) => 100,
            true => 50,
            false => 0,
        };
        let kind = child.kind_in(domain::Period::of(from));
        let place = Place { id: case.next_place()?, kind, treatment, social, from };
        let order = CaseOrder::PlaceChild {
            place: place.id.clone(),
            child: child.person.cpr.clone(),
            from,
            to: None,
            terms: place.terms(self.profile, chrono::Datelike::year(&from)),
        };
        child.place = Some(place);
        self.order(case, ordered_on, OFFICE, order);
        Ok(())
    }

    /// Orders what changes with the next month: new places, new rates, the kindergarten, the end before school.
    pub fn tend_places(&mut self, household: &mut Household) -> Result<()> {
        let day = self.draw.between(ADMISSION_DAYS.0, ADMISSION_DAYS.1);
        let admitted_on = day_of(self.month, day);
        self.admit(household, self.month.next(), admitted_on)?;
        let day = self.draw.between(RATES_DAY, 25);
        self.change_terms(household, day);
        self.end_before_school(household, admitted_on);
        Ok(())
    }

    fn change_terms(&mut self, household: &mut Household, day: u32) {
        let next = self.month.next();
        let new_year = next.month() == 1;
        let Household { case: Some(case), children, .. } = household else { return };
        for child in children {
            let kind = child.kind_in(next);
            let Some(place) = &mut child.place else { continue };
            // A place that begins in the new year has been ordered with its rates.
            let has_begun = place.from < next.first_day();
            if !has_begun || (place.kind == kind && !new_year) {
                continue;
            }
            place.kind = kind;
            let (place, terms) = (place.id.clone(), place.terms(self.profile, next.year()));
            let on = day_of(self.month, if new_year { RATES_DAY } else { day });
            self.order(case, on, OFFICE, CaseOrder::ChangePlace { place, from: next.first_day(), terms });
        }
    }

    fn end_before_school(&mut self, household: &mut Household, admitted_on: Day) {
        let Household { case: Some(case), children, .. } = household else { return };
        for child in children {
            let last_day = child.school_eve();
            let ends_next_month = self.month.next().contains(last_day);
            if let (true, Some(place)) = (ends_next_month, child.place.take_if(|_| ends_next_month)) {
                // A place that was ordered this month does not end before it was ordered.
                let on = day_of(self.month, self.draw.between(1, 28)).max(admitted_on);
                self.order(case, on, OFFICE, CaseOrder::EndPlace { place: place.id, last_day });
            }
        }
    }

    /// Orders the end of every place.
    pub fn end_places(&mut self, household: &mut Household, last_day: Day, on: Day) {
        let Household { case: Some(case), children, .. } = household else { return };
        for child in children {
            child.starts = None;
            if let Some(place) = child.place.take() {
                let last_day = last_day.max(super::calendar::plus_days(place.from, -1));
                self.order(case, on, PARENTS, CaseOrder::EndPlace { place: place.id, last_day });
            }
        }
    }
}
