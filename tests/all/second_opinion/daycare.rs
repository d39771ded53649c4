//! Danish daycare: the scale as 97 rows, and each subsidy as the difference of two whole numbers of øre.

use super::figures::{agree, amount, kroner, nearest, random, rows, text};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use schemes::dk_daycare::{self, Input, Offer, PlaceInput, Settings};
use schemes::{Error, Part};
use std::sync::LazyLock;

/// Each child beyond the first raises the limits, øre (BEK 2058 § 27, stk. 3; never indexed).
const EXTRA_CHILD: i128 = 700_000;
const YEARS: std::ops::RangeInclusive<i32> = 2013..=2026;

static PARAMETERS: LazyLock<schemes::Parameters> = LazyLock::new(|| dk_daycare::parameters().unwrap());

#[derive(Debug, Clone)]
struct Household {
    year: i32,
    month: u32,
    granted: bool,
    income: i128,
    single: bool,
    children: u32,
    places: Vec<Place>,
}

#[derive(Debug, Clone)]
struct Place {
    child: usize,
    offer: Offer,
    rate: i128,
    cost: i128,
    treatment: bool,
    social: i128,
    counts: bool,
    part: (u32, u32),
}

/// Of each place: the own percent, the economic, sibling, treatment and social subsidy, and what is paid.
type Opinion = Result<Vec<(u32, [String; 5])>, &'static str>;

/// The scale of a year: where each row starts, øre a year, and its percent. It starts with what is free.
fn scale(year: i32) -> Option<Vec<(i128, u32)>> {
    let row = rows(include_str!("tables/dk-daycare.csv")).find(|row| row[0] == year.to_string())?;
    let [lower, upper, step] = [row[1], row[2], row[4]].map(kroner);
    let partial = (5..=99).zip(0_i128..).map(|(percent, n)| (lower + n * step, percent));
    Some([(i128::MIN, 0)].into_iter().chain(partial).chain([(upper, 100)]).collect())
}

fn single_addition(year: i32) -> i128 {
    rows(include_str!("tables/dk-daycare.csv"))
        .find(|row| row[0] == year.to_string())
        .map_or(0, |row| kroner(row[3]))
}

/// What raises the limits is taken off the income: the same by the sources that call it a deduction.
fn own_percent(household: &Household) -> Option<u32> {
    let scale = scale(household.year)?;
    let single = if household.single { single_addition(household.year) } else { 0 };
    let read = household.income - single - EXTRA_CHILD * i128::from(household.children.saturating_sub(1));
    scale.iter().rev().find(|(start, _)| *start <= read).map(|(_, percent)| *percent)
}

/// § 31 and § 32: 25 percent; § 57: 30; § 73: 20; school-based care has no highest share.
fn highest_share(offer: Offer) -> Option<i128> {
    match offer {
        Offer::Daycare => Some(25),
        Offer::AfterSchool => Some(30),
        Offer::Club => Some(20),
        Offer::SchoolBased => None,
    }
}

/// Above the share, and above the share in whole kroner as Svendborg and Gentofte round it.
fn rate_is_too_high(place: &Place) -> bool {
    highest_share(place.offer).is_some_and(|share| {
        let whole_kroner = nearest(place.cost * share, 10_000) * 100;
        place.rate * 100 > place.cost * share && place.rate > whole_kroner
    })
}

/// The place that is paid in full, if there are siblings: that of the highest gross cost (Gribskov, Vordingborg, Esbjerg,
/// Randers; the ministry's page says net, and the default of the settings is gross).
fn paid_in_full(places: &[Place]) -> Option<usize> {
    let eligible = || places.iter().enumerate().filter(|(_, p)| p.counts && p.part.0 > 0);
    let children: std::collections::BTreeSet<usize> = eligible().map(|(_, p)| p.child).collect();
    if children.len() < 2 {
        return None;
    }
    eligible().max_by_key(|(_, p)| p.cost).map(|(n, _)| n)
}

/// BEK § 2: economic, sibling, treatment, social-pedagogical. What is left is rounded to øre after each: no rule was
/// found, and the default of the settings keeps øre.
fn ours(household: &Household) -> Opinion {
    let own = match household.granted {
        true => own_percent(household).ok_or("no year")?,
        false => 100,
    };
    let full_place = paid_in_full(&household.places);
    let mut found = Vec::new();
    for (n, place) in household.places.iter().enumerate() {
        if rate_is_too_high(place) {
            return Err("rate");
        }
        let full = nearest(place.rate * i128::from(place.part.0), i128::from(place.part.1));
        let is_sibling = place.counts && full_place.is_some_and(|full| full != n);
        let kept = [
            i128::from(own),
            if is_sibling { 50 } else { 100 },
            if place.treatment { 50 } else { 100 },
            100 - place.social,
        ];
        let left: Vec<i128> = kept
            .iter()
            .scan(full, |left, kept| {
                *left = nearest(*left * kept, 100);
                Some(*left)
            })
            .collect();
        let subsidies = [full - left[0], left[0] - left[1], left[1] - left[2], left[2] - left[3], left[3]];
        found.push((own, subsidies.map(text)));
    }
    Ok(found)
}

fn input(household: &Household) -> Input {
    let place = |(n, place): (usize, &Place)| PlaceInput {
        child: format!("child {}", place.child),
        place: n.to_string(),
        offer: place.offer,
        monthly_rate: amount(place.rate),
        gross_cost: amount(place.cost),
        treatment: place.treatment,
        social_percent: amount(place.social * 100),
        sibling_eligible: place.counts,
        part: Part::new(place.part.0, place.part.1).unwrap(),
    };
    Input {
        month: format!("{}-{:02}", household.year, household.month).parse().unwrap(),
        economic: household.granted,
        yearly_income: amount(household.income),
        single_provider: household.single,
        children_at_home: household.children,
        places: household.places.iter().enumerate().map(place).collect(),
    }
}

fn theirs(household: &Household) -> Opinion {
    let answer = match dk_daycare::assess(&input(household), &PARAMETERS, &Settings::default()) {
        Ok(answer) => answer,
        Err(Error::NoParameter { .. }) => return Err("no year"),
        Err(Error::RateAboveShare { .. }) => return Err("rate"),
        Err(_) => return Err("other"),
    };
    let of = |n: usize| answer.places.iter().find(|line| line.place == n.to_string()).unwrap();
    let found: Vec<_> = (0..household.places.len())
        .map(|n| {
            let line = of(n);
            let subsidies = [
                line.economic_subsidy,
                line.sibling_subsidy,
                line.treatment_subsidy,
                line.social_subsidy,
                line.payable,
            ];
            (line.own_percent, subsidies.map(|money| money.to_text()))
        })
        .collect();
    let total: rust_decimal::Decimal = answer.places.iter().map(|line| line.payable.amount()).sum();
    assert_eq!(answer.total.amount(), total);
    Ok(found)
}

/// A place whose rate is far below its share.
fn plain_place() -> Place {
    Place {
        child: 0,
        offer: Offer::Daycare,
        rate: 348_300,
        cost: 1_400_000,
        treatment: false,
        social: 0,
        counts: true,
        part: (1, 1),
    }
}

/// The cost differs from place to place: which of equal ones is paid in full, no source says.
fn place(random: &mut ChaCha8Rng, n: usize) -> Place {
    let offers = [Offer::Daycare, Offer::Daycare, Offer::AfterSchool, Offer::Club, Offer::SchoolBased];
    let offer = offers[random.random_range(0..offers.len())];
    let part = [(1, 1), (1, 1), (1, 2), (0, 1), (random.random_range(1..=29), 29)][random.random_range(0..5)];
    // Whole tens of øre and the position: no two costs are the same.
    let cost = i128::from(random.random_range(30_000_u32..200_000)) * 10 + i128::try_from(n).unwrap();
    let highest = cost * highest_share(offer).unwrap_or(40) / 100;
    let rate = match random.random_range(0..12) {
        // At the share in whole kroner, one øre or krone beside it.
        0 => nearest(highest, 100) * 100 + [-100, -1, 0, 1, 100][random.random_range(0..5)],
        1 => highest + [-1, 0, 1][random.random_range(0..3)],
        _ => highest * i128::from(random.random_range(1..100)) / 100,
    };
    let social = [0, 0, 0, i128::from(random.random_range(1..=100))][random.random_range(0..4)];
    let (treatment, counts) = (random.random_ratio(1, 5), random.random_ratio(9, 10));
    Place { child: n, offer, rate, cost, treatment, social, counts, part }
}

fn household(random: &mut ChaCha8Rng) -> Household {
    let count = random.random_range(1..=4);
    Household {
        year: random.random_range(2012..=2027),
        month: random.random_range(1..=12),
        granted: random.random_ratio(9, 10),
        income: random.random_range(-1_000_000..90_000_000),
        single: random.random(),
        children: random.random_range(0..=6),
        places: (0..count).map(|n| place(random, n)).collect(),
    }
}

#[test]
fn random_households_pay_the_same_for_daycare_by_both_opinions() {
    let mut random = random(1);
    let cases: Vec<Household> = (0..5_000)
        .map(|_| household(&mut random))
        // The fact sheet derives a scale for 2012; the scheme begins with the first published year.
        .filter(|household| household.year != 2012)
        .collect();
    agree(cases, 4_000, ours, theirs);
}

#[test]
fn at_and_beside_every_row_of_every_year_the_scale_is_the_same() {
    let mut cases = Vec::new();
    for year in YEARS {
        let starts: Vec<i128> = scale(year).unwrap().iter().skip(1).map(|(start, _)| *start).collect();
        for (single, children) in [(false, 1), (true, 1), (false, 3), (true, 2)] {
            let raised =
                EXTRA_CHILD * i128::from(children - 1) + if single { single_addition(year) } else { 0 };
            for (start, beside) in starts.iter().flat_map(|start| [-100, -1, 0, 1, 100].map(|b| (start, b))) {
                let (income, places) = (start + raised + beside, vec![plain_place()]);
                cases.push(Household { year, month: 7, granted: true, income, single, children, places });
            }
        }
    }
    agree(cases, 14 * 96 * 5 * 4, ours, theirs);
}

#[test]
fn one_child_in_two_places_has_no_sibling_and_equal_places_cost_the_same_in_sum() {
    let place = |child| Place { child, part: (1, 2), ..plain_place() };
    let household = |places| Household {
        year: 2024,
        month: 3,
        granted: true,
        income: 30_000_000,
        single: false,
        children: 2,
        places,
    };
    agree([household(vec![place(0), place(0)])], 1, ours, theirs);
    let sum = |opinion: Opinion| {
        let mut paid: Vec<String> =
            opinion.unwrap().into_iter().map(|(_, amounts)| amounts[4].clone()).collect();
        paid.sort();
        paid
    };
    agree([household(vec![place(0), place(1), place(2)])], 1, |h| sum(ours(h)), |h| sum(theirs(h)));
}
