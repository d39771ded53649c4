//! The families of `copenhagen` against the figures of 2014.

use super::*;
use domain::Period;
use messages::PlaceKind;
use rust_decimal::Decimal;
use schemes::dk_daycare::{Input, Offer, PlaceInput, Settings, assess};
use schemes::{Parameters, Part};

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

#[test]
fn copenhagen_of_2014_is_near_the_published_shares() {
    let options = Options {
        profile: Profile::Copenhagen,
        households: 4_000,
        months: 6,
        from: "2014-01".parse().unwrap(),
        seed: 1,
        out: std::path::PathBuf::new(),
        standing_share: 0,
    };
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
