//! The facts of one household in one month.

use super::articles;
use crate::{Error, Part};
use domain::Period;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One household in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The month.
    pub month: Period,
    /// Whether an economic subsidy (*økonomisk fripladstilskud*) is granted. Without, the full rate is due and the
    /// income plays no part; the other subsidies still apply.
    pub economic: bool,
    /// Kroner a year: the household's income as BEK § 28 counts it, monthly income times twelve. May be negative.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub yearly_income: Decimal,
    /// Whether the parent with the right to the place provides alone (*enlig forsørger*).
    pub single_provider: bool,
    /// Children under 18 at home, those without a place included.
    pub children_at_home: u32,
    /// The places held, in any order.
    pub places: Vec<PlaceInput>,
}

/// A child's place in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceInput {
    /// A name for the child that is no personal datum, the same in all its places.
    pub child: String,
    /// The place's id.
    pub place: String,
    /// What kind of offer it is.
    #[serde(default)]
    pub offer: Offer,
    /// Kroner a month: the council's rate (*takst*).
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub monthly_rate: Decimal,
    /// Kroner a month: the budgeted gross operating cost of the place.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub gross_cost: Decimal,
    /// Whether a treatment subsidy (*behandlingsmæssigt fripladstilskud*) is granted.
    #[serde(default)]
    pub treatment: bool,
    /// 0-100: the granted social-pedagogical subsidy (*socialpædagogisk fripladstilskud*), percent of what is left.
    #[serde(default, with = "crate::exact")]
    #[schemars(with = "String")]
    pub social_percent: Decimal,
    /// Whether the place counts for the sibling subsidy. Not for clubs, unless the council chose so (§ 76, stk. 2),
    /// private after-school care and foster children.
    #[serde(default = "yes")]
    pub sibling_eligible: bool,
    /// The part of the month that is paid for.
    #[serde(default = "whole")]
    pub part: Part,
}

/// The kind of offer, which decides the highest rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// Vuggestue, børnehave, dagpleje, integrated institution (*dagtilbud*): 25 %.
    #[default]
    Daycare,
    /// *Fritidshjem*: 30 %.
    AfterSchool,
    /// *Klub*: 20 %.
    Club,
    /// *SFO*: the council sets the payment, no highest share.
    SchoolBased,
}

impl Offer {
    /// The parameter with the highest share of the gross cost.
    pub(super) fn share_parameter(self) -> Option<&'static str> {
        match self {
            Self::Daycare => Some("maximum_rate_share"),
            Self::AfterSchool => Some("maximum_rate_share_after_school"),
            Self::Club => Some("maximum_rate_share_club"),
            Self::SchoolBased => None,
        }
    }
}

/// The most places of a household: far above any family, small enough to stop a loop in a file.
const PLACES_MAX: usize = 40;
/// The most children at home.
const CHILDREN_MAX: u32 = 40;
/// The largest rate or cost, kroner a month: above the dearest special place.
const MONTHLY_MAX: i64 = 1_000_000;
/// The largest income either way, kroner a year.
const INCOME_MAX: i64 = 1_000_000_000;
/// The longest name of a child or place, characters.
const NAME_MAX: usize = 80;

impl Input {
    /// Everything that makes it no household in a month; nothing when it can be assessed.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults = Vec::new();
        if self.yearly_income.abs() > Decimal::from(INCOME_MAX) {
            faults.push(Error::input("yearly_income", format!("lies beyond {INCOME_MAX} kroner either way")));
        }
        if self.children_at_home > CHILDREN_MAX {
            faults.push(Error::input("children_at_home", format!("is above {CHILDREN_MAX}")));
        }
        if self.places.is_empty() || self.places.len() > PLACES_MAX {
            faults.push(Error::input("places", format!("has {}; send 1 to {PLACES_MAX}", self.places.len())));
        }
        let mut seen = BTreeSet::new();
        for (n, place) in self.places.iter().enumerate() {
            place.faults(n + 1, &mut faults);
            if !seen.insert((&place.child, &place.place)) {
                let problem = "the child has this place twice; send it once";
                faults.push(Error::input(field(n + 1, "place"), problem));
            }
        }
        faults
    }
}

impl PlaceInput {
    fn faults(&self, position: usize, faults: &mut Vec<Error>) {
        for (name, text) in [("child", &self.child), ("place", &self.place)] {
            if text.is_empty() || text.chars().count() > NAME_MAX {
                faults.push(Error::input(field(position, name), format!("has 1 to {NAME_MAX} characters")));
            }
        }
        for (name, amount) in [("monthly_rate", self.monthly_rate), ("gross_cost", self.gross_cost)] {
            let in_range = amount >= Decimal::ZERO && amount <= Decimal::from(MONTHLY_MAX);
            if !in_range || amount.normalize().scale() > 2 {
                let problem =
                    format!("is 0 to {MONTHLY_MAX} kroner with at most two decimals ({})", articles::RATE);
                faults.push(Error::input(field(position, name), problem));
            }
        }
        if self.social_percent < Decimal::ZERO || self.social_percent > Decimal::ONE_HUNDRED {
            faults.push(Error::input(field(position, "social_percent"), "is a percentage from 0 to 100"));
        }
    }
}

fn field(position: usize, name: &str) -> String {
    format!("places[{position}].{name}")
}

fn yes() -> bool {
    true
}

fn whole() -> Part {
    Part::WHOLE
}
