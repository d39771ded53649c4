//! By what income each month of a year counts.

use crate::assess_case::Round;
use crate::decide::not_assessable;
use crate::household::first_whole_month;
use crate::state::Case;
use crate::target::Target;
use domain::{Period, PersonKey};
use messages::IncomeEntry;
use runtime::Refusal;
use rust_decimal::Decimal;
use schemes::dk_daycare::{AdultYear, BOTH_DIRECTIONS_FROM, RegisterYear, is_beyond_tolerance};
use std::collections::BTreeMap;

/// The incomes of a year's months, kroner a year.
#[derive(Debug, Default)]
pub(super) struct Incomes {
    /// As the tax assessments show.
    pub(super) assessed: BTreeMap<Period, Decimal>,
    /// Those by which months are to count.
    pub(super) counting: BTreeMap<Period, Decimal>,
}

impl Case {
    /// Whether all of a year is known of an adult from the income register: the adult was in the household as stated by
    /// January, or a report of January or before had come by the end of February. A late correction of an old month alone
    /// tells nothing of the months between.
    fn knows_year_of(&self, adult: &PersonKey, year: i32) -> bool {
        let (Ok(january), Ok(february)) = (Period::new(year, 1), Period::new(year, 2)) else { return false };
        let with_adult = self
            .households
            .values()
            .filter(|household| household.what.adults.iter().any(|party| party.person == *adult));
        let stated = with_adult.map(|household| Period::of(household.on)).min();
        let reports = self.persons.get(adult).map(|person| person.income.entries()).into_iter().flatten();
        let mut reports = reports.filter_map(IncomeEntry::counting);
        stated.is_some_and(|stated| stated <= january)
            || reports
                .any(|kept| kept.fact.disposition_month <= january && kept.recorded_on <= february.last_day())
    }
}

impl Round<'_> {
    /// The income by which each month is to count. To 2015 only what rises beyond the tolerance, from the day it was received
    /// against better knowledge.
    pub(super) fn incomes(
        &self,
        case: &Case,
        number: i32,
        months: &[(Period, Target)],
    ) -> Result<Incomes, Refusal> {
        let Some(year) = case.years.get(&number) else { return Ok(Incomes::default()) };
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
            incomes.insert(month, formula.yearly_income(&adults).map_err(not_assessable)?);
        }
        let assessed = incomes.clone();
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
            .map_err(not_assessable)?;
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
        Ok(Incomes { assessed, counting: incomes })
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
