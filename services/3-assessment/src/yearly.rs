//! The yearly reconciliation (*efterregulering*): when an income year is over and its tax assessment is known for every adult
//! of the household, the months of the year are owed by the income that was really had. One year at a time, once, with one
//! letter, whatever comes of it.

mod incomes;
mod months;
mod reconcile;
mod settle;

use crate::state::{Case, Stated};
use domain::{Day, Period, PersonKey};
use incomes::{Incomes, average};
use messages::YearPostponed;
use months::{Month, OfPayer};
use rust_decimal::Decimal;
use schemes::dk_daycare::{DeviationBand, deviation_percent};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A month's income is compared as that of a year.
const MONTHS_OF_A_YEAR: u32 = 12;

/// An income year that is over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Year {
    /// Subsidy was received in it, and it waits for its tax assessment, or has had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    /// What the tax assessment shows, by adult.
    pub incomes: BTreeMap<PersonKey, Stated<YearIncome>>,
    /// The income by which months count since the year has been reconciled, kroner a year.
    pub months: BTreeMap<Period, Decimal>,
    /// Nothing of it waits.
    pub reconciled: bool,
    /// How often each payer has been told what came of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<PersonKey, u32>,
    /// The raises that staff have dropped, by payer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dropped: BTreeMap<PersonKey, Dropped>,
    /// Why staff have closed it without: it was settled otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    /// Why it may stay open beyond its deadline while a tax assessment is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postponed: Option<YearPostponed>,
    /// Staff have been told that its deadline has passed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overdue: bool,
}

/// The subsidy of a year, as it stood when it was last looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// Whose tax assessment it takes.
    pub adults: BTreeSet<PersonKey>,
    /// Kroner a year that was granted by, on average over the months.
    pub granted: Decimal,
    /// Whether somebody was self-employed: no month was recalculated (R19).
    pub self_employed: bool,
    /// The months.
    pub months: BTreeSet<Period>,
}

/// A raise that staff have dropped: it stays dropped until a tax assessment says something else, or a month would cost more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    /// The incomes of the year that it rested on.
    pub incomes: BTreeMap<PersonKey, Decimal>,
    /// What each month would have cost.
    pub months: BTreeMap<Period, Decimal>,
}

/// The income of an adult in a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct YearIncome {
    /// Kroner.
    pub kroner: Decimal,
    /// Since when the subsidy was received against better knowledge.
    pub knowingly_since: Option<Day>,
}

/// An income year that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenYear {
    /// Which.
    pub year: i32,
    /// The last day for it.
    pub deadline: Day,
    /// How far its income lies from the granted one: by the tax assessment, or by the income register until that is there; none
    /// where neither shows anything.
    pub band: Option<DeviationBand>,
    /// The same in percent.
    pub deviation_percent: Option<Decimal>,
    /// The adults whose tax assessment is missing.
    pub missing: BTreeSet<PersonKey>,
    /// It may stay open beyond its deadline.
    pub postponed: bool,
    /// Somebody of the household was self-employed.
    pub self_employed: bool,
}

/// The last day for a year: it is finished by 31 December of the year after (R15).
fn deadline(year: i32) -> Day {
    Period::new(year.saturating_add(1), 12).map_or(Day::MAX, Period::last_day)
}

impl Dropped {
    /// Leaves the months as they are that would rise by no more than was dropped, while the tax assessments say the same.
    fn leave(&self, mut months: OfPayer, incomes: BTreeMap<PersonKey, Decimal>) -> OfPayer {
        if incomes == self.incomes {
            let as_dropped = |month: &Month| {
                month.rises()
                    && self
                        .months
                        .get(&month.period)
                        .is_some_and(|dropped| month.then.assessment.total.amount() <= *dropped)
            };
            months.months.iter_mut().filter(|month| as_dropped(month)).for_each(Month::leave);
        }
        months
    }
}

impl Year {
    /// Whether it waits for its reconciliation.
    fn is_open(&self) -> bool {
        self.received.is_some() && !self.reconciled && self.closed.is_none()
    }

    /// Whether it is known what is to be reconciled, and something of it waits.
    pub fn waits(&self) -> bool {
        self.is_open() && !self.incomes.is_empty()
    }

    /// Whether it may wait beyond its deadline: a tax assessment has not been issued.
    fn may_wait(&self) -> bool {
        let missing = |received: &Received| self.missing(received).next().is_some();
        self.postponed.is_some() && self.received.as_ref().is_some_and(missing)
    }

    /// The adults whose tax assessment is missing.
    fn missing<'a>(&'a self, received: &'a Received) -> impl Iterator<Item = &'a PersonKey> {
        received.adults.iter().filter(|adult| !self.incomes.contains_key(*adult))
    }

    /// What is stated of these adults.
    fn incomes_of(&self, adults: &BTreeMap<PersonKey, Decimal>) -> BTreeMap<PersonKey, Decimal> {
        let of = |adult: &PersonKey| Some((adult.clone(), self.incomes.get(adult)?.what.kroner));
        adults.keys().filter_map(of).collect()
    }

    /// Lets the months of a payer count by these incomes, those that were left as they are aside.
    fn count(&mut self, months: &OfPayer, incomes: &Incomes) {
        for month in months.months.iter().filter(|month| !month.left) {
            match incomes.counting.get(&month.period) {
                Some(income) => self.months.insert(month.period, *income),
                None => self.months.remove(&month.period),
            };
        }
    }

    /// What the tax assessments show for these adults together; none while one is missing.
    fn assessed(&self, adults: &BTreeSet<PersonKey>) -> Option<Decimal> {
        adults.iter().map(|adult| Some(self.incomes.get(adult)?.what.kroner)).sum()
    }
}

impl Case {
    /// The years that wait for their reconciliation.
    pub fn open_years(&self) -> Vec<OpenYear> {
        let open = self.years.iter().filter(|(_, year)| year.is_open());
        let open = open.filter_map(|(number, year)| {
            let received = year.received.as_ref()?;
            let income = year.assessed(&received.adults).or_else(|| self.registered_in(received));
            Some(OpenYear {
                year: *number,
                deadline: deadline(*number),
                band: income.map(|income| DeviationBand::of(income, received.granted)),
                deviation_percent: income.and_then(|income| deviation_percent(income, received.granted)),
                missing: year.missing(received).cloned().collect(),
                postponed: year.may_wait(),
                self_employed: received.self_employed,
            })
        });
        open.collect()
    }

    /// Kroner a year that the income register shows for the months of a year's subsidy, on average; none where it shows nothing.
    fn registered_in(&self, Received { adults, months, .. }: &Received) -> Option<Decimal> {
        let shown: Vec<Decimal> =
            months.iter().filter_map(|month| self.register_income(*month, adults.iter()).kroner).collect();
        (!shown.is_empty()).then(|| average(shown) * Decimal::from(MONTHS_OF_A_YEAR))
    }

    /// Adults whose income of a year was stated and who belong to no household of the case.
    pub fn years_of_strangers(&self) -> impl Iterator<Item = &PersonKey> {
        let stated = self.years.values().flat_map(|year| year.incomes.keys());
        stated.filter(|person| {
            let adults = self.households.values().flat_map(|household| &household.what.adults);
            adults.clone().all(|adult| adult.person != **person) && !self.newcomers.contains_key(*person)
        })
    }
}
