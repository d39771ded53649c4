//! `copenhagen` against the figures of 2014 that its internal audit states.

mod advices;

use super::*;
use advices::Advices;
use domain::Period;
use messages::PlaceKind;
use rust_decimal::Decimal;
use schemes::dk_daycare::{Input, Offer, PlaceInput, Settings, assess};
use schemes::{Parameters, Part};
use std::path::Path;

/// Parents' payment of the year before subsidies, kroner (p. 4): gives the scale, see `chances.rs`.
const GROSS_OF_2014: u32 = 1_348_500_000;

/// Applications of the year (p. 9).
const APPLICATIONS_OF_2014: u32 = 13_867;

/// Advices of the year (p. 15): of the population register, about persons who moved out, of the income register (21,500
/// dealt with, 3,347 open).
const POPULATION_ADVICES_OF_2014: u32 = 10_002;
const MOVED_OUT_OF_2014: u32 = 8_781;
const INCOME_ADVICES_OF_2014: u32 = 21_500 + 3_347;

/// How far a volume may be from the published one, percent of it.
const VOLUME_TOLERANCE_PERCENT: u32 = 10;

/// Gross payment and what each subsidy takes of it, kroner in one month.
#[derive(Default)]
struct Sums {
    gross: Decimal,
    economic: Decimal,
    sibling: Decimal,
    special: Decimal,
    paid: Decimal,
}

impl Sums {
    fn percent(&self, part: Decimal) -> Decimal {
        part * Decimal::ONE_HUNDRED / self.gross
    }
}

fn measure(town: &Town<'_>, month: Period, parameters: &Parameters) -> Sums {
    let mut sums = Sums::default();
    for household in town.households.values() {
        let Some(case) = &household.case else { continue };
        let places: Vec<PlaceInput> = household
            .children
            .iter()
            .filter_map(|child| child.place.as_ref())
            .filter(|place| place.from <= month.first_day())
            .map(|place| {
                let terms = place.terms(Profile::Copenhagen, month.year());
                assert_ne!(terms.kind, PlaceKind::Club);
                PlaceInput {
                    child: place.id.to_string(),
                    place: place.id.to_string(),
                    offer: Offer::Daycare,
                    monthly_rate: terms.monthly_rate.amount(),
                    gross_cost: terms.gross_cost.amount(),
                    treatment: terms.treatment,
                    social_percent: Decimal::from(place.social),
                    sibling_eligible: true,
                    part: Part::WHOLE,
                }
            })
            .collect();
        if places.is_empty() {
            continue;
        }
        let input = Input {
            month,
            economic: case.granted.is_some(),
            yearly_income: Decimal::from(case.granted.unwrap_or_default()),
            single_provider: case.single,
            children_at_home: u32::try_from(household.children.len()).unwrap(),
            places,
        };
        for place in assess(&input, parameters, &Settings::default()).unwrap().places {
            sums.gross += place.full.amount();
            sums.economic += place.economic_subsidy.amount();
            sums.sibling += place.sibling_subsidy.amount();
            sums.special += place.treatment_subsidy.amount() + place.social_subsidy.amount();
            sums.paid += place.payable.amount();
        }
    }
    sums
}

fn copenhagen(months: u32, out: &Path) -> Options {
    Options {
        profile: Profile::Copenhagen,
        households: 4_000,
        months,
        from: "2014-01".parse().unwrap(),
        seed: 1,
        out: out.to_owned(),
        standing_share: 0,
    }
}

#[test]
fn copenhagen_of_2014_is_near_the_published_shares() {
    let options = copenhagen(6, Path::new(""));
    let parameters = schemes::dk_daycare::parameters().unwrap();
    let mut town = Town::found(&options).unwrap();
    let at_start = measure(&town, options.from, &parameters);
    for month in options.from.through(options.from.plus_months(options.months - 1)) {
        town.pass(month).unwrap();
    }
    let in_july = measure(&town, options.from.plus_months(options.months), &parameters);
    for sums in [at_start, in_july] {
        let shares = [
            ("economic", sums.economic, "23.3"),
            ("sibling", sums.sibling, "7.8"),
            ("special", sums.special, "0.45"),
            ("paid", sums.paid, "68.4"),
        ]
        .map(|(name, part, wanted)| (name, sums.percent(part), wanted.parse::<Decimal>().unwrap()));
        let told = shares.map(|(name, share, _)| format!("{name} {share:.2}")).join(", ");
        println!("{told}");
        for (name, share, wanted) in shares {
            assert!((share - wanted).abs() <= Decimal::new(15, 1), "{name} of {told}");
        }
        assert!(sums.percent(sums.special) > Decimal::new(2, 1), "{told}");
    }
}

#[test]
fn copenhagen_of_2014_has_the_volumes_that_the_audit_states() {
    let out = tempfile::tempdir().unwrap();
    let options = copenhagen(12, &out.path().join("files"));
    let parameters = schemes::dk_daycare::parameters().unwrap();
    let mut town = Town::found(&options).unwrap();
    let tree = Tree::create(&options.out).unwrap();
    let mut gross = Decimal::ZERO;
    let last = options.from.plus_months(options.months - 1);
    for month in options.from.through(last) {
        gross += measure(&town, month, &parameters).gross;
        town.pass(month).unwrap();
        town.deliver(&tree, month.last_day()).unwrap();
    }
    town.close(&tree, last).unwrap();
    let advices = Advices::of(&options);
    let scale = Decimal::from(GROSS_OF_2014) / gross;
    let volumes = [
        ("applications", advices.applications, APPLICATIONS_OF_2014),
        ("population advices", advices.population, POPULATION_ADVICES_OF_2014),
        ("moved out", advices.moved_out, MOVED_OUT_OF_2014),
        ("income advices", advices.income, INCOME_ADVICES_OF_2014),
    ]
    .map(|(name, made, wanted)| (name, Decimal::from(made) * scale, Decimal::from(wanted)));
    let households = Decimal::from(options.households) * scale;
    let told = volumes.map(|(name, volume, wanted)| format!("{name} {volume:.0} of {wanted}")).join(", ");
    println!("{told}; {households:.0} households");
    for (name, volume, wanted) in volumes {
        let tolerance = wanted * Decimal::from(VOLUME_TOLERANCE_PERCENT) / Decimal::ONE_HUNDRED;
        assert!((volume - wanted).abs() <= tolerance, "{name}: {told}");
    }
}
