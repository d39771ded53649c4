//! Residents who live in a place without a decision: nobody waits in silence. Nothing may be charged for their days, also not
//! later, so each is told at once and again each month; reconciliation makes it a finding, and so an alert, when it lasts.

use super::decide::Attempt;
use crate::morning::Morning;
use crate::state::Case;
use chrono::Days;
use domain::{Day, Period, PlaceId};
use messages::{AssessmentFact, AwaitEnd, AwaitEnded, AwaitedDecision, DecisionAwaits, Stay};
use runtime::Refusal;
use schemes::Error;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A resident who waits for a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Where.
    pub stay: Stay,
    /// The first day without a decision.
    pub since: Day,
    /// What it waits for.
    pub awaits: DecisionAwaits,
    /// The same, in words for staff.
    pub detail: String,
    /// The last day that the authority allows itself: after it, reconciliation finds it.
    pub decide_by: Day,
    /// The day on which it was told last.
    pub told_on: Day,
}

fn age(since: Day, today: Day) -> u32 {
    u32::try_from((today - since).num_days()).unwrap_or_default()
}

impl Case {
    /// Where the resident lives without a decision today, since when, and what it waits for.
    fn awaited(&self, rules: &super::HousingRules, today: Day) -> Option<(PlaceId, Waiting)> {
        let housing = self.housing.as_ref()?;
        let (place, held) = self.lives_in(today)?;
        let waits = |day: Day| {
            let here = self.lives_in(day).is_some_and(|(lives_in, _)| lives_in == place);
            here && housing.has_income(day) != Some(false) && housing.decided(place, day).is_none()
        };
        let back = std::iter::successors(Some(today), Day::pred_opt).take_while(|day| waits(*day));
        let since = back.last()?;
        let (awaits, detail) = self.awaits(rules, place, today);
        let decide_by = since + Days::new(u64::from(rules.settings.decide_within_days));
        let (stay, told_on) = (held.stay.clone(), today);
        let waiting = Waiting { stay, since, awaits, detail, decide_by, told_on };
        Some((place.clone(), waiting))
    }

    fn awaits(&self, rules: &super::HousingRules, place: &PlaceId, today: Day) -> (DecisionAwaits, String) {
        let housing = self.housing.as_ref();
        let ordered = housing.and_then(|housing| housing.ordered.get(place));
        let attempt = ordered.map(|order| self.attempt(rules, place, &order.what, today));
        let written = housing.is_some_and(|housing| {
            let latest = housing.decisions.iter().rfind(|decision| decision.place() == place);
            latest.is_some_and(|decision| decision.communicated_on().is_none())
        });
        match attempt {
            Some(Ok(Attempt::Awaits(awaits, detail))) => (awaits, detail),
            Some(Err(error @ Error::NoParameter { .. })) => (DecisionAwaits::Rate, error.to_string()),
            Some(Err(error)) => (DecisionAwaits::Terms, error.to_string()),
            _ if written => (DecisionAwaits::Delivery, DecisionAwaits::Delivery.in_words().to_owned()),
            _ => (DecisionAwaits::Order, "nobody has ordered a decision: order decide_payment".to_owned()),
        }
    }

    /// The number of what is told next of a place's waiting.
    fn next_version(&mut self, place: &PlaceId) -> u32 {
        let stays = self.housing.as_mut().map(|housing| &mut housing.stays);
        stays.and_then(|stays| stays.get_mut(place)).map_or(1, |kept| {
            kept.waits_told += 1;
            kept.waits_told
        })
    }

    /// Why a resident who has waited does not any more.
    fn await_end(&self, place: &PlaceId, today: Day) -> AwaitEnd {
        let lives = self.lives_in(today).is_some_and(|(lives_in, _)| lives_in == place);
        let no_income = self.housing.as_ref().is_some_and(|housing| housing.has_income(today) == Some(false));
        match (lives, no_income) {
            (false, _) => AwaitEnd::MovedOut,
            (true, true) => AwaitEnd::NoIncome,
            (true, false) => AwaitEnd::Decided,
        }
    }
}

impl Morning<'_> {
    /// Tells of a resident who waits, and of one who does not any more.
    pub fn tell_waiting(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let today = self.today();
        let now: BTreeMap<PlaceId, Waiting> = case.awaited(&self.rules.housing, today).into_iter().collect();
        let before = case.housing.as_ref().map(|housing| housing.waiting.clone()).unwrap_or_default();
        for (place, known) in &before {
            if !now.contains_key(place) {
                self.end_waiting(case, place, known);
            }
        }
        let mut waiting = BTreeMap::new();
        for (place, new) in now {
            let new = self.wait(case, before.get(&place), &place, new)?;
            waiting.insert(place, new);
        }
        if let Some(housing) = &mut case.housing {
            housing.waiting = waiting;
        }
        Ok(())
    }

    fn wait(
        &mut self,
        case: &mut Case,
        known: Option<&Waiting>,
        place: &PlaceId,
        mut new: Waiting,
    ) -> Result<Waiting, Refusal> {
        let today = self.today();
        let same = known.filter(|known| {
            (known.since, known.awaits, known.decide_by) == (new.since, new.awaits, new.decide_by)
        });
        match same.filter(|known| Period::of(known.told_on) == Period::of(today)) {
            Some(known) => new.told_on = known.told_on,
            None => {
                let version = case.next_version(place);
                self.tell(AssessmentFact::DecisionAwaited(AwaitedDecision {
                    place: place.clone(),
                    version,
                    charge_type: self.opened.charge_type()?,
                    stay: new.stay.clone(),
                    since: new.since,
                    days: age(new.since, today),
                    decide_by: new.decide_by,
                    awaits: new.awaits,
                }));
            }
        }
        Ok(new)
    }

    fn end_waiting(&mut self, case: &mut Case, place: &PlaceId, known: &Waiting) {
        let today = self.today();
        let outcome = case.await_end(place, today);
        let last = case.housing.as_ref().and_then(|housing| {
            let moved_out = case.last_day_of(housing.stays.get(place)?)?.succ_opt();
            moved_out.filter(|_| outcome == AwaitEnd::MovedOut)
        });
        let days = age(known.since, last.unwrap_or(today));
        let (place, since, version) = (place.clone(), known.since, case.next_version(place));
        self.tell(AssessmentFact::DecisionAwaitEnded(AwaitEnded { place, version, since, days, outcome }));
    }

    /// The next day on which a resident may begin or end to wait.
    pub fn next_waiting(case: &Case, today: Day) -> Option<Day> {
        let housing = case.housing.as_ref()?;
        let begins = housing.stays.values().filter_map(|kept| Some(kept.held.as_ref()?.what.first_day));
        let ends = housing.stays.values().filter_map(|kept| case.last_day_of(kept)?.succ_opt());
        let means = housing.means.keys().copied();
        begins.chain(ends).chain(means).filter(|day| *day > today).min()
    }
}
