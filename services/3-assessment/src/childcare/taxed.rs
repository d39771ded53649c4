//! By whose incomes of a year's tax its months are checked: the custodian's, and those of each spouse or cohabitant on the days on
//! which they were in the household.

use super::{Childcare, CorrectionDecision, Tax};
use crate::state::{Case, Stated};
use domain::{Currency, Day, Money, Period, PersonKey};
use rust_decimal::Decimal;
use schemes::se_childcare::TaxedAdult;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for the adults where one income of the whole household is stated.
const HOUSEHOLD: &str = "household";

/// An adult on days of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adult {
    /// Who.
    pub person: PersonKey,
    /// The first day in the household in that year.
    pub from: Day,
    /// The last one.
    pub to: Day,
}

/// The incomes that a year is checked by, all of them known.
#[derive(Debug, Clone, PartialEq)]
pub struct TaxBasis {
    /// By adult; none where the income is the whole household's.
    pub incomes: BTreeMap<PersonKey, Money>,
    /// Kronor a year, of all together.
    pub sum: Money,
    /// The day on which the last of them was stated.
    pub known_on: Day,
    /// Who has stated them.
    pub by: BTreeSet<String>,
}

/// Why a year cannot be checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The income of nobody is stated, or of not all: these are missing, the custodian or who was in the household from a day on.
    Incomes {
        /// The custodian's.
        custodian: bool,
        /// Of others, in the household from these days on.
        from: BTreeSet<Day>,
    },
    /// One income of the household is stated, and its adults have changed in the year.
    HouseholdChanged,
}

impl Childcare {
    /// The spouse or cohabitant in the household, and from which day to which.
    fn partners(&self) -> Vec<(PersonKey, Day, Option<Day>)> {
        let mut partners: Vec<(PersonKey, Day, Option<Day>)> = Vec::new();
        let mut open: Option<(PersonKey, Day)> = None;
        for (from, household) in &self.households {
            let person = household.what.partner.as_ref().map(|partner| partner.person.clone());
            if open.as_ref().map(|(person, _)| person) == person.as_ref() {
                continue;
            }
            partners.extend(open.take().map(|(person, since)| (person, since, from.pred_opt())));
            open = person.map(|person| (person, *from));
        }
        partners.extend(open.map(|(person, since)| (person, since, None)));
        partners
    }
}

impl Case {
    fn custodian(&self) -> Option<&PersonKey> {
        self.payers.values().next().map(|payer| &payer.what.person)
    }

    /// Who made up the household on the days of a year.
    pub fn adults_in(&self, year: i32) -> Vec<Adult> {
        let months = Period::new(year, 1).ok().zip(Period::new(year, 12).ok());
        let Some((first, last)) = months.map(|(first, last)| (first.first_day(), last.last_day())) else {
            return Vec::new();
        };
        let custodian =
            self.custodian().map(|person| Adult { person: person.clone(), from: first, to: last });
        let partners = self.childcare.iter().flat_map(Childcare::partners);
        let partners = partners.filter(|(person, ..)| Some(person) != self.custodian());
        let partners = partners.map(|(person, from, to)| {
            let (from, to) = (from.max(first), to.map_or(last, |to| to.min(last)));
            Adult { person, from, to }
        });
        custodian.into_iter().chain(partners.filter(|adult| adult.from <= adult.to)).collect()
    }

    /// Those of them who were in the household in a month with a fee: whose income the check needs.
    fn adults_charged_in(&self, year: i32) -> Vec<Adult> {
        let charged = |adult: &Adult| {
            let months = self.determined.keys();
            months.into_iter().any(|month| adult.from <= month.last_day() && month.first_day() <= adult.to)
        };
        self.adults_in(year).into_iter().filter(charged).collect()
    }

    /// Whether the same adults made up the household on all days of the months of a year with a fee.
    fn is_one_household_in(&self, year: i32) -> bool {
        let adults = self.adults_in(year);
        let charged = self.determined.keys().filter(|month| month.year() == year);
        let days = charged
            .flat_map(|month| month.first_day().iter_days().take_while(move |day| month.contains(*day)));
        let on = |day: Day| -> BTreeSet<&PersonKey> {
            let present = adults.iter().filter(|adult| adult.from <= day && day <= adult.to);
            present.map(|adult| &adult.person).collect()
        };
        days.map(on).collect::<BTreeSet<_>>().len() <= 1
    }

    /// Who made up the household in a year, with these incomes.
    fn taxed(&self, year: i32, incomes: &BTreeMap<PersonKey, Money>) -> Vec<TaxedAdult> {
        let adults = self.adults_in(year).into_iter();
        adults
            .map(|Adult { person, from, to }| TaxedAdult {
                yearly_income: incomes.get(&person).map(|income| income.amount()),
                id: person.to_string(),
                from: Some(from),
                to: Some(to),
            })
            .collect()
    }

    /// Who made up the household in a year, with what is stated of their incomes by the tax.
    pub fn taxed_adults(&self, year: i32) -> Vec<TaxedAdult> {
        let Some(childcare) = &self.childcare else { return Vec::new() };
        match (childcare.incomes.get(&year), childcare.taxes.get(&year)) {
            (None, Some(tax)) if self.is_one_household_in(year) => household(tax.what.yearly_income.amount()),
            (incomes, _) => self.taxed(year, &incomes.map(amounts).unwrap_or_default()),
        }
    }

    /// Who made up the household in the year of a correction, with the incomes that it was made by.
    pub fn taxed_as_corrected(&self, correction: &CorrectionDecision, year: i32) -> Vec<TaxedAdult> {
        match correction.incomes().is_empty() {
            true => household(correction.yearly_income().amount()),
            false => self.taxed(year, correction.incomes()),
        }
    }

    /// The incomes that a year is checked by, or what is missing of them.
    pub fn tax_basis(&self, year: i32) -> Result<TaxBasis, Missing> {
        let nothing = BTreeMap::new();
        let childcare = self.childcare.as_ref();
        let stated = childcare.and_then(|childcare| childcare.incomes.get(&year));
        let of_household = childcare.and_then(|childcare| childcare.taxes.get(&year));
        if let (None, Some(tax)) = (stated, of_household) {
            return match self.is_one_household_in(year) {
                true => basis([tax], BTreeMap::new()),
                false => Err(Missing::HouseholdChanged),
            };
        }
        let stated = stated.unwrap_or(&nothing);
        let adults = self.adults_charged_in(year);
        let missing = || adults.iter().filter(|adult| !stated.contains_key(&adult.person));
        let is_custodian = |adult: &&Adult| Some(&adult.person) == self.custodian();
        if missing().next().is_some() {
            let others = missing().filter(|adult| !is_custodian(adult));
            let custodian = missing().any(|adult| is_custodian(&adult));
            return Err(Missing::Incomes { custodian, from: others.map(|adult| adult.from).collect() });
        }
        let persons: BTreeSet<&PersonKey> = adults.iter().map(|adult| &adult.person).collect();
        let counted = stated.iter().filter(|(person, _)| persons.contains(person));
        let counted: BTreeMap<&PersonKey, &Stated<Tax>> = counted.collect();
        let incomes = counted.iter().map(|(person, tax)| ((*person).clone(), tax.what.yearly_income));
        basis(counted.values().copied(), incomes.collect())
    }

    /// The years of which an income is stated of somebody who was in the household on none of their days.
    pub fn taxes_of_strangers(&self) -> BTreeMap<i32, Day> {
        let years = self.childcare.iter().flat_map(|childcare| &childcare.incomes);
        let stranger = |(year, incomes): (&i32, &BTreeMap<PersonKey, Stated<Tax>>)| {
            let adults = self.adults_in(*year);
            let is_in = |person: &PersonKey| adults.iter().any(|adult| adult.person == *person);
            let on = incomes.iter().filter(|(person, _)| !is_in(person)).map(|(_, tax)| tax.on).min();
            Some((*year, on?))
        };
        years.filter_map(stranger).collect()
    }
}

/// One income for whoever makes up the household.
fn household(yearly: Decimal) -> Vec<TaxedAdult> {
    vec![TaxedAdult { id: HOUSEHOLD.to_owned(), yearly_income: Some(yearly), from: None, to: None }]
}

fn amounts(incomes: &BTreeMap<PersonKey, Stated<Tax>>) -> BTreeMap<PersonKey, Money> {
    incomes.iter().map(|(person, tax)| (person.clone(), tax.what.yearly_income)).collect()
}

fn basis<'a>(
    taxes: impl IntoIterator<Item = &'a Stated<Tax>> + Clone,
    incomes: BTreeMap<PersonKey, Money>,
) -> Result<TaxBasis, Missing> {
    let nobody = Missing::Incomes { custodian: true, from: BTreeSet::new() };
    let all = || taxes.clone().into_iter();
    let sum = all().map(|tax| tax.what.yearly_income.amount()).sum();
    let sum = Money::new(sum, Currency::SEK).map_err(|_| nobody.clone())?;
    let known_on = all().map(|tax| tax.on).max().ok_or(nobody)?;
    let by = all().map(|tax| tax.what.by.clone()).collect();
    Ok(TaxBasis { incomes, sum, known_on, by })
}
