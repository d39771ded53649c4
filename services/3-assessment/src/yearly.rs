//! The yearly reconciliation (*efterregulering*): when an income year is over and its tax assessment is known for every adult
//! of the household, the months of the year are owed by the income that was really had. One year at a time, once, with one
//! letter, whatever comes of it.

mod incomes;
mod reconcile;
mod settle;

use crate::state::{Case, Stated};
use domain::{Day, Period, PersonKey};
use incomes::average;
use messages::YearPostponed;
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
    /// What has been reconciled: another one is to be reconciled again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciled: Option<String>,
    /// Why it may stay open beyond its deadline.
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
    /// How far its income lies from the granted one: by the tax assessment, or by the income register until that is there.
    pub band: DeviationBand,
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

impl Year {
    /// Takes in an adult's income, unless a later statement of it is known.
    pub fn state(&mut self, adult: &PersonKey, stated: Stated<YearIncome>) {
        let mut known = self.incomes.remove(adult);
        Stated::replace(&mut known, stated);
        self.incomes.extend(known.map(|known| (adult.clone(), known)));
    }

    /// What the tax assessments show for these adults together; none while one is missing.
    fn assessed(&self, adults: &BTreeSet<PersonKey>) -> Option<Decimal> {
        adults.iter().map(|adult| Some(self.incomes.get(adult)?.what.kroner)).sum()
    }
}

impl Case {
    /// The years that wait for their reconciliation.
    pub fn open_years(&self) -> Vec<OpenYear> {
        let open = self.years.iter().filter(|(_, year)| year.reconciled.is_none());
        let open = open.filter_map(|(number, year)| {
            let received = year.received.as_ref()?;
            let income = year.assessed(&received.adults).unwrap_or_else(|| self.registered_in(received));
            Some(OpenYear {
                year: *number,
                deadline: deadline(*number),
                band: DeviationBand::of(income, received.granted),
                deviation_percent: deviation_percent(income, received.granted),
                missing: received
                    .adults
                    .iter()
                    .filter(|adult| !year.incomes.contains_key(*adult))
                    .cloned()
                    .collect(),
                postponed: year.postponed.is_some(),
                self_employed: received.self_employed,
            })
        });
        open.collect()
    }

    /// Kroner a year that the income register shows for the months of a year's subsidy, on average.
    fn registered_in(&self, Received { adults, months, .. }: &Received) -> Decimal {
        let of_month =
            |month: &Period| adults.iter().map(|adult| self.registered(adult, *month)).sum::<Decimal>();
        average(months.iter().map(|month| of_month(month) * Decimal::from(MONTHS_OF_A_YEAR)))
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
