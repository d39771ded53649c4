//! What counts on a day: which child holds which place, and which income.

use super::{CarePlace, Childcare, ChildcareRules, HeldCare};
use crate::state::{Case, Stated};
use domain::{Day, Money, Period, PlaceId};
use messages::{CareForm, CareTerms};
use rust_decimal::Decimal;
use schemes::Error;
use schemes::se_childcare::{
    Care, ChildInput, IncomeChange, Input, PlacementEnd, Settings, effect_of_declaration, last_day_with_fee,
};
use std::collections::BTreeMap;

/// A child's care on a day.
#[derive(Clone, Copy, PartialEq)]
struct Held<'a> {
    place: &'a PlaceId,
    held: &'a HeldCare,
    terms: &'a CareTerms,
}

impl CarePlace {
    /// The last day with a fee: the end of the notice, or the day before a move to another municipality.
    fn last_day(&self, settings: &Settings) -> Option<Day> {
        let stated = |end: &Option<Stated<Option<Day>>>| end.as_ref().and_then(|end| end.what);
        let end = match (stated(&self.notice), stated(&self.moved)) {
            (Some(given_on), moved_on) => PlacementEnd::Notice { given_on, moved_on },
            (None, Some(moved_on)) => PlacementEnd::Move { moved_on },
            (None, None) => return None,
        };
        Some(last_day_with_fee(end, settings))
    }

    /// The form of care and hours on a day.
    fn terms_on(&self, day: Day) -> Option<&CareTerms> {
        self.terms.range(..=day).next_back().map(|(_, terms)| &terms.what)
    }
}

impl Childcare {
    /// The first day on which any child holds a place.
    pub fn first_day(&self) -> Option<Day> {
        self.places.values().filter_map(|place| Some(place.held.as_ref()?.what.first_day)).min()
    }

    /// The household's income on a day, kronor a month; none where none is declared for it. A declaration counts forward; one
    /// that was made for another household counts no longer.
    pub fn income(&self, day: Day, settings: &Settings) -> Option<Decimal> {
        self.income_stated(day, settings).and_then(|(income, _)| income).map(Money::amount)
    }

    /// What the statement says that counts for a day's income, and when it was made; none where nothing is stated for it.
    fn income_stated(&self, day: Day, settings: &Settings) -> Option<(Option<Money>, Day)> {
        let household = self.households.range(..=day).next_back();
        let counts = |declared_on: &Day| {
            household.is_none_or(|(from, _)| from <= declared_on)
                && effect_of_declaration(*declared_on, settings) <= day
        };
        let declared = self.declared.iter().rfind(|(declared_on, _)| counts(declared_on));
        let declared = declared.map(|(_, income)| (Some(income.what), income.on));
        declared.or_else(|| household.map(|(_, household)| (household.what.monthly_income, household.on)))
    }

    /// The last day on which anything was stated that the fees of a month follow from.
    fn stated_on(&self, month: Period, closed: Option<&Stated<Day>>, settings: &Settings) -> Option<Day> {
        let (first, last) = (month.first_day(), month.last_day());
        let days = first.iter_days().take_while(|day| month.contains(*day));
        let incomes = days.filter_map(|day| self.income_stated(day, settings)).map(|(_, on)| on);
        let places = self.places.values().filter_map(|place| {
            let held = place.held.as_ref().filter(|held| held.what.first_day <= last)?;
            Some((place, held, place.last_day(settings)))
        });
        let places = places.flat_map(|(place, held, last_day)| {
            let terms =
                place.terms.range(..=first).next_back().into_iter().chain(place.terms.range(first..=last));
            let child = held.what.child.person.as_str();
            let charged = self.decided_on(last).is_some_and(|fees| fees.contains_key(child));
            // An end after the month says nothing of it, unless it stands where an earlier one stood.
            let ends = |end: Option<Day>| !charged || end.is_some_and(|end| end < last);
            let of_place = ends(last_day);
            let of_place = [&place.notice, &place.moved].into_iter().flatten().filter(move |_| of_place);
            let of_case = closed.filter(|closed| ends(Some(closed.what)));
            let stated = terms.map(|(_, terms)| terms.on).chain([held.on]);
            stated.chain(of_place.map(|end| end.on)).chain(of_case.map(|closed| closed.on))
        });
        incomes.chain(places).max()
    }

    /// The care of each child on a day, by the child's key. Of two places of one child the one begun last counts: a child has
    /// one fee.
    fn held_on(&self, day: Day, last_of_case: Option<Day>, settings: &Settings) -> BTreeMap<&str, Held<'_>> {
        let mut children: BTreeMap<&str, Held<'_>> = BTreeMap::new();
        if last_of_case.is_some_and(|last| last < day) {
            return children;
        }
        for (place, kept) in &self.places {
            let (Some(held), Some(terms)) = (&kept.held, kept.terms_on(day)) else { continue };
            let held = &held.what;
            if day < held.first_day || kept.last_day(settings).is_some_and(|last| last < day) {
                continue;
            }
            let new = Held { place, held, terms };
            let known = children.entry(held.child.person.as_str()).or_insert(new);
            if (known.held.first_day, known.place) < (held.first_day, place) {
                *known = new;
            }
        }
        children
    }
}

impl Case {
    /// The last day on which anything was stated that the fees of a month follow from.
    pub fn fees_stated_on(&self, month: Period, settings: &Settings) -> Option<Day> {
        self.childcare.as_ref()?.stated_on(month, self.last_day.as_ref(), settings)
    }

    /// The facts of a month as the law's computation takes them; none when no child holds a place in it.
    pub fn month_facts(&self, rules: &ChildcareRules, month: Period) -> Result<Option<Input>, Error> {
        let Some(childcare) = &self.childcare else { return Ok(None) };
        let last_of_case = self.last_day.as_ref().map(|last| last.what);
        let mut runs: Vec<(&str, Held<'_>, Day, Day)> = Vec::new();
        let mut incomes: Vec<(Day, Option<Decimal>)> = Vec::new();
        for day in month.first_day().iter_days().take_while(|day| month.contains(*day)) {
            let income = childcare.income(day, &rules.settings);
            if incomes.last().is_none_or(|(_, before)| *before != income) {
                incomes.push((day, income));
            }
            for (child, held) in childcare.held_on(day, last_of_case, &rules.settings) {
                let of_child = runs.iter_mut().rfind(|(of, ..)| *of == child);
                match of_child.filter(|(_, same, _, last)| *same == held && last.succ_opt() == Some(day)) {
                    Some((.., last)) => *last = day,
                    None => runs.push((child, held, day, day)),
                }
            }
        }
        if runs.is_empty() {
            return Ok(None);
        }
        let mut incomes = incomes.into_iter();
        let monthly_income = incomes.next().and_then(|(_, income)| income);
        let income_changes =
            incomes.map(|(from, monthly_income)| IncomeChange { from, monthly_income }).collect();
        let children = runs.into_iter().map(|(child, held, from, to)| entry(child, held, from, to));
        let children = children.collect::<Result<_, _>>()?;
        Ok(Some(Input { month, monthly_income, income_changes, children }))
    }
}

/// A child's place on days of a month.
fn entry(child: &str, held: Held<'_>, from: Day, to: Day) -> Result<ChildInput, Error> {
    let wrong = |field: &str, problem: &str| Error::BadInput {
        field: format!("{}.{field}", held.place),
        problem: problem.to_owned(),
    };
    let born = held.held.child.cpr.birth_date().ok_or_else(|| wrong("child", "the number states no date"))?;
    let hours = held.terms.weekly_hours.as_ref().map(|hours| Decimal::from_str_exact(hours));
    let weekly_hours = hours.transpose().map_err(|_| wrong("weekly_hours", "is a decimal text"))?;
    Ok(ChildInput {
        id: child.to_owned(),
        born,
        care: care(held.terms.care),
        from: Some(from),
        to: Some(to),
        weekly_hours,
        same_address: held.terms.same_address,
    })
}

/// The form of care, as the law's computation names it.
fn care(of: CareForm) -> Care {
    match of {
        CareForm::AfterSchool => Care::AfterSchool,
        CareForm::Preschool => Care::Preschool,
    }
}
