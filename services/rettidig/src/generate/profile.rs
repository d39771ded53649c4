//! The two municipalities: rates, families and pay.

use super::chances::{self, Chances};
use clap::ValueEnum;
use domain::Money;
use messages::PlaceKind;

/// A kind of municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// A small municipality with childminders and round rates of its own.
    Small,
    /// Copenhagen, calibrated to 2014.
    Copenhagen,
}

/// The small municipality's code (that of Langeland; nothing else is taken from there).
const SMALL_AUTHORITY: u16 = 482;

/// Copenhagen's code.
const COPENHAGEN_AUTHORITY: u16 = 101;

/// Copenhagen, kroner a month with lunch, in the years for which kk.dk or international.kk.dk published it:
/// "priser-vuggestue-og-dagpleje" (2017), "oekonomisk-fripladstilskud" (2018, 2019), "priser-for-boernepasning" (2022),
/// "cost-after-school-care" (2023), "cost-of-childcare-0-18-years" (2025); nursery rates of 2020 were not found.
const COPENHAGEN_NURSERY: [(i32, i64); 6] =
    [(2017, 3_483), (2018, 3_732), (2019, 3_798), (2022, 4_264), (2023, 4_331), (2025, 4_708)];
/// From the same pages; 2020: nbs4.dk/praktisk/takster.
const COPENHAGEN_KINDERGARTEN: [(i32, i64); 6] =
    [(2018, 2_402), (2019, 2_361), (2020, 2_461), (2022, 2_738), (2023, 2_762), (2025, 3_120)];
/// From the same pages.
const COPENHAGEN_CHILDMINDER: [(i32, i64); 6] =
    [(2017, 3_199), (2018, 3_254), (2019, 3_288), (2022, 3_447), (2023, 3_573), (2025, 3_987)];

/// The small municipality, kroner a month in 2016: those of Gentofte for nursery, kindergarten and childminder.
const SMALL_RATES_2016: (i64, i64, i64) = (2_989, 1_668, 3_729);
/// And how much they rise a year, percent of those of 2016.
const SMALL_RISE_PERCENT: i64 = 2;

/// The highest share of the cost that parents pay is a quarter (dagtilbudsloven § 31).
const COST_PER_RATE: i64 = 4;

/// Chances of a family's make-up. Copenhagen's are calibrated, not published: no public source gives the incomes of
/// families with children in daycare. The measure is how much of the gross payment each subsidy takes (2014).
#[derive(Debug, Clone, Copy)]
pub struct Families {
    /// Percent of families with one parent.
    pub single_percent: u32,
    /// Weights of one, two, three and four children under 18.
    pub children: [(u32, usize); 4],
    /// Months between siblings, least and most.
    pub spacing_months: (u32, u32),
    /// Weights of what a parent lives of: in a couple, alone.
    pub living: [[(u32, Living); 7]; 2],
    /// Monthly pay before tax at the level of 2014, kroner: share of employees in tenths of a percent, pay.
    pub pay: &'static [(u32, u32)],
    /// Percent of families entitled to the economic subsidy that apply for it.
    pub apply_percent: u32,
    /// Percent of children under three with a childminder.
    pub childminder_percent: u32,
    /// Places with treatment subsidy, per 100,000.
    pub treatment_per_100k: u32,
    /// Places with social-pedagogical subsidy, per 100,000.
    pub social_per_100k: u32,
}

/// What an adult lives of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Living {
    /// Pay.
    Job,
    /// State education grant (*SU*).
    Student,
    /// Unemployment benefit (*dagpenge*).
    Unemployed,
    /// Social assistance (*kontanthjælp*).
    Assistance,
    /// Sickness benefit (*sygedagpenge*).
    Sick,
    /// A business.
    SelfEmployed,
    /// Nothing that is reported.
    Nothing,
}

const COPENHAGEN: Families = Families {
    single_percent: 23,
    children: [(33, 1), (48, 2), (15, 3), (4, 4)],
    spacing_months: (17, 46),
    living: [
        [
            (780, Living::Job),
            (60, Living::Student),
            (30, Living::Unemployed),
            (50, Living::Assistance),
            (10, Living::Sick),
            (30, Living::SelfEmployed),
            (40, Living::Nothing),
        ],
        [
            (640, Living::Job),
            (110, Living::Student),
            (30, Living::Unemployed),
            (180, Living::Assistance),
            (20, Living::Sick),
            (20, Living::SelfEmployed),
            (0, Living::Nothing),
        ],
    ],
    pay: &[
        (0, 12_000),
        (100, 20_500),
        (250, 25_500),
        (500, 31_000),
        (750, 38_500),
        (900, 49_000),
        (1000, 95_000),
    ],
    apply_percent: 92,
    childminder_percent: 2,
    treatment_per_100k: 700,
    social_per_100k: 500,
};

const SMALL: Families = Families {
    single_percent: 18,
    children: [(30, 1), (49, 2), (17, 3), (4, 4)],
    pay: &[
        (0, 12_000),
        (100, 19_500),
        (250, 23_500),
        (500, 28_000),
        (750, 33_500),
        (900, 41_000),
        (1000, 75_000),
    ],
    childminder_percent: 45,
    ..COPENHAGEN
};

impl Profile {
    /// The municipality's code.
    pub fn authority(self) -> u16 {
        match self {
            Self::Small => SMALL_AUTHORITY,
            Self::Copenhagen => COPENHAGEN_AUTHORITY,
        }
    }

    /// Its families.
    pub fn families(self) -> &'static Families {
        match self {
            Self::Small => &SMALL,
            Self::Copenhagen => &COPENHAGEN,
        }
    }

    /// How often things happen.
    pub fn chances(self) -> &'static Chances {
        match self {
            Self::Small => &chances::SMALL,
            Self::Copenhagen => &chances::COPENHAGEN,
        }
    }

    /// Kroner a month in a year: the parents' rate and the gross cost.
    pub fn rate(self, kind: PlaceKind, year: i32) -> (Money, Money) {
        let rate = match (self, kind) {
            (Self::Copenhagen, PlaceKind::Nursery) => nearest(&COPENHAGEN_NURSERY, year),
            (Self::Copenhagen, PlaceKind::Childminder) => nearest(&COPENHAGEN_CHILDMINDER, year),
            (Self::Copenhagen, _) => nearest(&COPENHAGEN_KINDERGARTEN, year),
            (Self::Small, _) => {
                let (nursery, kindergarten, childminder) = SMALL_RATES_2016;
                let base = match kind {
                    PlaceKind::Nursery => nursery,
                    PlaceKind::Childminder => childminder,
                    _ => kindergarten,
                };
                base * (100 + SMALL_RISE_PERCENT * i64::from(year - 2016)) / 100
            }
        };
        (Money::dkk(rate), Money::dkk(rate * COST_PER_RATE))
    }
}

/// The rate of the nearest year with one, of two equally near the earlier.
fn nearest(published: &[(i32, i64)], year: i32) -> i64 {
    let by_distance = published.iter().min_by_key(|(of, _)| ((of - year).abs(), *of));
    by_distance.map(|(_, rate)| *rate).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_without_a_published_rate_has_that_of_the_nearest() {
        for (year, rate) in [(2014, 3_483), (2019, 3_798), (2020, 3_798), (2021, 4_264), (2026, 4_708)] {
            assert_eq!(nearest(&COPENHAGEN_NURSERY, year), rate, "{year}");
        }
        assert_eq!(nearest(&COPENHAGEN_KINDERGARTEN, 2021), 2_461);
    }

    #[test]
    fn no_rate_is_above_a_quarter_of_the_cost_and_each_year_has_one() {
        for profile in [Profile::Small, Profile::Copenhagen] {
            for kind in [PlaceKind::Nursery, PlaceKind::Kindergarten, PlaceKind::Childminder] {
                for year in 2013..=2026 {
                    let (rate, cost) = profile.rate(kind, year);
                    assert!(rate.amount() >= 1_500.into());
                    assert!(rate.amount() * rust_decimal::Decimal::from(4) <= cost.amount());
                }
            }
        }
    }
}
