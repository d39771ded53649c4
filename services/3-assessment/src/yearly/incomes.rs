//! By what income each month of a reconciled year counts, and what tells one reconciliation from another.

use super::{Year, YearIncome};
use crate::assess_case::Round;
use crate::household::first_whole_month;
use crate::state::{Case, Person};
use crate::target::Target;
use domain::{Period, PersonKey};
use runtime::Refusal;
use rust_decimal::Decimal;
use schemes::dk_daycare::{
    AdultYear, BOTH_DIRECTIONS_FROM, RegisterYear, YearlyFormula, is_beyond_tolerance,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// How much of a fingerprint's SHA-256 is kept, in bytes.
const FINGERPRINT_BYTES: usize = 8;

impl Case {
    /// Whether all of a year is known of an adult from the income register: there is a report of January or before, or the adult
    /// was in the household by then, so that every report since has come here.
    fn knows_year_of(&self, adult: &PersonKey, year: i32) -> bool {
        let Ok(january) = Period::new(year, 1) else { return false };
        let reported = self.persons.get(adult).and_then(Person::first_reported);
        let with_adult = self
            .households
            .values()
            .filter(|household| household.what.adults.iter().any(|party| party.person == *adult));
        let stated = with_adult.map(|household| Period::of(household.on)).min();
        [reported, stated].into_iter().flatten().any(|since| since <= january)
    }
}

impl Round<'_> {
    /// Tells what a year is reconciled by from what it was reconciled by another time: the tax assessments, who paid with whom in
    /// which month, and what the register shows for it where that plays a part.
    pub(super) fn fingerprint(
        &self,
        case: &Case,
        (number, year): (i32, &Year),
        months: &[(Period, Target)],
    ) -> String {
        let mut hash = Sha256::new();
        for (adult, stated) in &year.incomes {
            let YearIncome { kroner, knowingly_since } = &stated.what;
            // Where the register plays no part, what it shows changes nothing.
            let registered = match self.rules.settings.yearly_formula {
                YearlyFormula::RegisterMonths => registered(case, number, adult),
                YearlyFormula::Twelfths => Decimal::ZERO,
            };
            let all = (kroner.normalize(), registered.normalize());
            hash.update(format!("{adult} {all:?} {knowingly_since:?};"));
        }
        for (month, target) in months {
            hash.update(format!("{month} {} ", target.payer.person));
            for adult in target.grant.iter().flat_map(|grant| &grant.adults) {
                let counts = self.rules.settings.yearly_formula == YearlyFormula::RegisterMonths
                    && case.knows_year_of(adult, number);
                let registered = if counts { case.registered(adult, *month) } else { Decimal::ZERO };
                hash.update(format!("{adult} {counts} {},", registered.normalize()));
            }
        }
        hex::encode(&hash.finalize()[..FINGERPRINT_BYTES])
    }

    /// The income by which each month is to count. To 2015 only what rises beyond the tolerance, from the day it was received
    /// against better knowledge.
    pub(super) fn incomes(
        &self,
        case: &Case,
        number: i32,
        months: &[(Period, Target)],
    ) -> Result<BTreeMap<Period, Decimal>, Refusal> {
        let refused = |error: schemes::Error| Refusal::new("not_assessable", error.to_string());
        let Some(year) = case.years.get(&number) else { return Ok(BTreeMap::new()) };
        let mut incomes = BTreeMap::new();
        for (month, grant) in
            months.iter().filter_map(|(month, target)| Some((*month, target.grant.as_ref()?)))
        {
            let adults: Vec<AdultYear> = grant
                .adults
                .iter()
                .filter_map(|adult| {
                    let assessed = year.incomes.get(adult)?.what.kroner;
                    let register = case.knows_year_of(adult, number).then(|| RegisterYear {
                        year: registered(case, number, adult),
                        month: case.registered(adult, month),
                    });
                    Some(AdultYear { assessed, register })
                })
                .collect();
            let formula = self.rules.settings.yearly_formula;
            incomes.insert(month, formula.yearly_income(&adults).map_err(refused)?);
        }
        if number < BOTH_DIRECTIONS_FROM {
            let knowingly = year.incomes.values().filter_map(|stated| stated.what.knowingly_since).min();
            let granted =
                average(months.iter().filter_map(|(_, target)| Some(target.grant.as_ref()?.income)));
            let beyond = is_beyond_tolerance(
                average(incomes.values().copied()),
                granted,
                number,
                &self.rules.parameters,
            )
            .map_err(refused)?;
            let granted_by = |month: &Period| {
                months
                    .iter()
                    .find(|(of, _)| of == month)
                    .and_then(|(_, target)| Some(target.grant.as_ref()?.income))
            };
            incomes.retain(|month, income| {
                let knowing = knowingly.is_some_and(|since| first_whole_month(since) <= *month);
                beyond && knowing && Some(*income) > granted_by(month)
            });
        }
        Ok(incomes)
    }
}

/// Kroner in a year by the register.
fn registered(case: &Case, year: i32, adult: &PersonKey) -> Decimal {
    let months = (1..=12).filter_map(|month| Period::new(year, month).ok());
    months.map(|month| case.registered(adult, month)).sum()
}

/// The mean; nothing of nothing.
pub(super) fn average(all: impl IntoIterator<Item = Decimal>) -> Decimal {
    let (sum, count) =
        all.into_iter().fold((Decimal::ZERO, 0_u32), |(sum, count), one| (sum + one, count + 1));
    sum.checked_div(Decimal::from(count)).unwrap_or_default()
}
