//! Danish daycare (*dagtilbud*): the parents' payment and its subsidies. The law is in `parameters/dk-daycare.yaml`
//! and in the files of this folder; what the law leaves open is in [`Settings`].

pub mod articles;
mod assess;
mod effect;
mod input;
pub mod letter;
mod place;
mod recalculation;
mod scale;
mod settings;
mod siblings;
mod yearly;

#[cfg(test)]
mod cases_test;
#[cfg(test)]
mod properties_test;

pub use assess::{Assessment, assess};
pub use effect::{effect_of_application, effect_of_move_in, hearing_deadline, part_of_month, part_of_spells};
pub use input::{Input, Offer, PlaceInput};
pub use place::PlaceAssessment;
pub use recalculation::{RecalculationTest, recalculation_due};
pub use scale::Scale;
pub use settings::{
    DearestBy, MissingMonth, MoveInEffect, PartialMonth, PaymentRounding, ScaleRows, Settings, TieBreak,
};
pub use yearly::{
    AdultYear, BOTH_DIRECTIONS_FROM, DeviationBand, RegisterYear, YearlyFormula, deviation_percent,
    is_beyond_tolerance,
};

use crate::{Error, Parameters};

/// The scheme's name in messages, traces and errors.
pub const SCHEME: &str = "dk-daycare";

/// The parameters of the scheme, 2013-2026.
pub fn parameters() -> Result<Parameters, Error> {
    Parameters::load(include_str!("../parameters/dk-daycare.yaml"))
}
