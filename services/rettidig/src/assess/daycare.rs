//! A case of dk-daycare: the short form of its input, and its answer.

use super::case::fault_from_zero;
use super::faults::{self, Fault};
use super::law::Law;
use domain::{Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use schemes::dk_daycare::{self, Input, Offer, PlaceAssessment, PlaceInput, Settings};
use schemes::{Error, Part, Trace};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A household in a month.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The month, yyyy-mm.
    month: Period,
    /// Kroner a year: the household's income (*husstandsindkomst*) as BEK § 28 counts it.
    #[serde(with = "schemes::exact")]
    #[schemars(with = "String")]
    yearly_income: Decimal,
    /// Whether the parent provides alone (*enlig forsørger*).
    single_provider: bool,
    /// Children under 18 at home, those without a place included.
    children_at_home: u32,
    /// Whether an economic subsidy (*økonomisk fripladstilskud*) is granted. Left out: it is. Without, the full rate
    /// is due and the income plays no part.
    #[serde(default = "yes")]
    economic: bool,
    /// The places held.
    places: Vec<Place>,
}

/// A child's place.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Place {
    /// A name for the child that is no personal datum, the same in all its places.
    child: String,
    /// The place's id. Left out: its position, from 1.
    #[serde(default)]
    place: Option<String>,
    /// What kind of offer it is, which decides the highest rate. Left out: daycare.
    #[serde(default)]
    offer: Offer,
    /// Kroner a month: the council's rate (*takst*).
    #[serde(with = "schemes::exact")]
    #[schemars(with = "String")]
    monthly_rate: Decimal,
    /// Kroner a month: the budgeted gross operating cost (*bruttodriftsudgift*).
    #[serde(with = "schemes::exact")]
    #[schemars(with = "String")]
    gross_cost: Decimal,
    /// Whether a treatment subsidy (*behandlingsmæssigt fripladstilskud*) is granted. Left out: no.
    #[serde(default)]
    treatment: bool,
    /// 0-100: the granted social-pedagogical subsidy (*socialpædagogisk fripladstilskud*). Left out: 0.
    #[serde(default, with = "schemes::exact")]
    #[schemars(with = "String")]
    social_percent: Decimal,
    /// Whether the place counts for the sibling subsidy (*søskendetilskud*). Left out: yes.
    #[serde(default = "yes")]
    sibling_eligible: bool,
    /// The part of the month that is paid for, such as 1/2. Left out: all of it.
    #[serde(default = "whole")]
    part: Part,
}

/// The answer: one line a place, in the order of the case.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    child: String,
    place: String,
    payable: String,
    own_percent: u32,
    economic_subsidy: String,
    sibling_subsidy: String,
    treatment_subsidy: String,
    social_subsidy: String,
}

/// A case with every key.
pub(super) fn example() -> Value {
    json!({"month": "2015-03", "yearly_income": "250000", "single_provider": false, "children_at_home": 1,
        "economic": true, "places": [{"child": "a", "place": "1", "offer": "daycare", "monthly_rate": "3483",
        "gross_cost": "13932", "treatment": false, "social_percent": "0", "sibling_eligible": true, "part": "1/1"}]})
}

/// Assesses the case.
pub(super) fn assess(facts: Value, law: &Law) -> Result<(Money, Answer, Trace), Vec<Fault>> {
    let input = faults::read::<Case>(facts, &example())?.input();
    let wrong = input.faults();
    if !wrong.is_empty() {
        return Err(wrong.into_iter().map(|error| told(error, &input)).collect());
    }
    let answer = dk_daycare::assess(&input, &law.daycare, &Settings::default())
        .map_err(|error| refused(error, &input, law))?;
    let of = |place: &PlaceInput| {
        answer.places.iter().find(|line| line.child == place.child && line.place == place.place)
    };
    let lines = input.places.iter().filter_map(of).map(Line::of).collect();
    Ok((answer.total, Answer { lines }, answer.trace))
}

/// A rate above the law's share does not hide another.
fn refused(error: Error, input: &Input, law: &Law) -> Vec<Fault> {
    if !matches!(error, Error::RateAboveShare { .. }) {
        return vec![told(error, input)];
    }
    let alone = |place: &PlaceInput| {
        let alone = Input { places: vec![place.clone()], ..input.clone() };
        dk_daycare::assess(&alone, &law.daycare, &Settings::default()).err()
    };
    input.places.iter().filter_map(alone).map(|error| told(error, input)).collect()
}

/// The scheme counts places from 1 and names them; a path counts from 0.
fn told(error: Error, input: &Input) -> Fault {
    if let Error::RateAboveShare { place, .. } = &error {
        let position = input.places.iter().position(|other| other.place == *place).unwrap_or_default();
        return Fault::new(format!("places[{position}].monthly_rate"), error.to_string());
    }
    fault_from_zero(error, "month")
}

impl Case {
    fn input(self) -> Input {
        let places = self.places.into_iter().enumerate().map(|(n, place)| PlaceInput {
            child: place.child,
            place: place.place.unwrap_or_else(|| (n + 1).to_string()),
            offer: place.offer,
            monthly_rate: place.monthly_rate,
            gross_cost: place.gross_cost,
            treatment: place.treatment,
            social_percent: place.social_percent,
            sibling_eligible: place.sibling_eligible,
            part: place.part,
        });
        Input {
            month: self.month,
            economic: self.economic,
            yearly_income: self.yearly_income,
            single_provider: self.single_provider,
            children_at_home: self.children_at_home,
            places: places.collect(),
        }
    }
}

impl Line {
    fn of(place: &PlaceAssessment) -> Self {
        Self {
            child: place.child.clone(),
            place: place.place.clone(),
            payable: place.payable.to_text(),
            own_percent: place.own_percent,
            economic_subsidy: place.economic_subsidy.to_text(),
            sibling_subsidy: place.sibling_subsidy.to_text(),
            treatment_subsidy: place.treatment_subsidy.to_text(),
            social_subsidy: place.social_subsidy.to_text(),
        }
    }
}

fn yes() -> bool {
    true
}

fn whole() -> Part {
    Part::WHOLE
}
