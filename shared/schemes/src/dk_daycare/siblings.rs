//! The sibling subsidy (*søskendetilskud*): which places are paid in full.
//!
//! Places are compared by child: the places that a child holds one after the other in the month count as one, at
//! their average cost; places held side by side count each for itself. With fewer than two children in eligible
//! places nobody gets the subsidy.

use super::{DearestBy, PlaceInput, Settings, TieBreak, articles};
use crate::{Error, Step, exact};
use rust_decimal::Decimal;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

/// Who gets the sibling subsidy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Siblings {
    /// Fewer than two children: nobody.
    None,
    /// Every eligible place but these, by child and place.
    AllBut(BTreeSet<(String, String)>),
}

impl Siblings {
    /// Whether this place is paid in part only.
    pub(super) fn subsidises(&self, place: &PlaceInput) -> bool {
        match self {
            Self::None => false,
            Self::AllBut(full) => {
                place.sibling_eligible && !full.contains(&(place.child.clone(), place.place.clone()))
            }
        }
    }

    /// Finds the dearest of the eligible places. `places` are in the order of their names.
    pub(super) fn find(places: &[&PlaceInput], settings: &Settings, trace: &mut Step) -> Result<Self, Error> {
        let eligible = places.iter().filter(|p| p.sibling_eligible && !p.part.is_none());
        let mut by_child: BTreeMap<&str, Vec<&PlaceInput>> = BTreeMap::new();
        for place in eligible {
            by_child.entry(&place.child).or_default().push(place);
        }
        if by_child.len() < 2 {
            return Ok(Self::None);
        }
        let mut step = Step::new(
            "the dearest place is paid in full (søskendetilskud)",
            format!("{}; settings dearest_by, tie_break", articles::SIBLING),
        );
        let mut units = Vec::new();
        for places in by_child.into_values() {
            units.extend(Unit::of_child(places, settings)?);
        }
        for unit in &units {
            step.input_text(&format!("cost of {}", unit.name()), exact::text(unit.cost()));
        }
        // The units stand in the order of their names and `min_by` keeps the first of equals, so the tie ends by name.
        let Some(dearest) = units.iter().min_by(|a, b| a.before(b, settings.tie_break)) else {
            return Ok(Self::None);
        };
        step.result_text("paid in full", dearest.name());
        trace.steps.push(step);
        let key = |p: &&PlaceInput| (p.child.clone(), p.place.clone());
        Ok(Self::AllBut(dearest.places.iter().map(key).collect()))
    }
}

/// What counts as one place: its cost is `cost_parts / parts` kroner a month.
struct Unit<'a> {
    places: Vec<&'a PlaceInput>,
    cost_parts: Decimal,
    parts: Decimal,
    payment: Decimal,
}

impl<'a> Unit<'a> {
    fn of_child(places: Vec<&'a PlaceInput>, settings: &Settings) -> Result<Vec<Self>, Error> {
        let one_after_the_other = Self::of(places.clone(), settings)?;
        let whole = common_denominator(&places)?;
        if places.len() == 1 || one_after_the_other.parts <= whole {
            return Ok(vec![one_after_the_other]);
        }
        places.into_iter().map(|p| Self::of(vec![p], settings)).collect()
    }

    fn of(places: Vec<&'a PlaceInput>, settings: &Settings) -> Result<Self, Error> {
        let denominator = common_denominator(&places)?;
        let (mut cost_parts, mut parts, mut payment) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for place in &places {
            let cost = match settings.dearest_by {
                DearestBy::Gross => place.gross_cost,
                DearestBy::Net => place.gross_cost - place.monthly_rate,
            };
            let held =
                Decimal::from(place.part.numerator()) * denominator / Decimal::from(place.part.denominator());
            cost_parts += cost.checked_mul(held).ok_or_else(too_fine)?;
            parts += held;
            let left = (Decimal::ONE_HUNDRED - place.social_percent) / Decimal::ONE_HUNDRED;
            let halves = if place.treatment { Decimal::TWO } else { Decimal::ONE };
            payment += place.part.of(place.monthly_rate) * left / halves;
        }
        Ok(Self { places, cost_parts, parts, payment })
    }

    fn name(&self) -> String {
        self.places.iter().map(|p| format!("{}/{}", p.child, p.place)).collect::<Vec<_>>().join(" + ")
    }

    fn cost(&self) -> Decimal {
        self.cost_parts / self.parts
    }

    /// Less: is paid in full rather than `other`. Costs are compared crosswise, so without division and exactly.
    fn before(&self, other: &Self, tie_break: TieBreak) -> Ordering {
        let dearer = Reverse(self.cost_parts * other.parts).cmp(&Reverse(other.cost_parts * self.parts));
        dearer.then_with(|| match tie_break {
            TieBreak::LowestPayment => self.payment.cmp(&other.payment),
            TieBreak::HighestPayment => other.payment.cmp(&self.payment),
            TieBreak::Name => Ordering::Equal,
        })
    }
}

/// The product of the different denominators: parts of one month are halves or days, so it is small.
fn common_denominator(places: &[&PlaceInput]) -> Result<Decimal, Error> {
    let different: BTreeSet<u32> = places.iter().map(|p| p.part.denominator()).collect();
    match different.len() {
        0..=3 => Ok(different.into_iter().map(Decimal::from).product()),
        _ => Err(too_fine()),
    }
}

fn too_fine() -> Error {
    Error::input(
        "places",
        "one child has parts of the month in more than three different units; use one unit",
    )
}
