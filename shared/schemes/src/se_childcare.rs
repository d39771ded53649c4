//! Swedish childcare (*förskola*, *fritidshem*): the fee under the highest fee (*maxtaxa*), its yearly check against the
//! income of the tax, and its corrections. The law is in `parameters/se-childcare.yaml` and in the files of this
//! folder; what a municipality decides is in [`Settings`]. Without settings only the national rules apply.

pub mod articles;
mod assess;
mod check;
mod correction;
mod decided;
mod fee;
mod input;
pub mod letter;
mod month_day;
mod notice;
mod reduction;
mod settings;
mod spans;
mod taxed;

#[cfg(test)]
mod cases_test;
#[cfg(test)]
mod decided_test;
#[cfg(test)]
mod properties_test;

pub use assess::{Assessment, DaysFee, Line, assess};
pub use check::{
    CheckList, CheckedHousehold, Household, MonthCharged, MonthDifference, State, assess_by_tax, check,
    check_list, year_to_check,
};
pub use correction::{
    Adjustment, Approved, Settlement, claim_allowed, correction_window, refund_allowed, settle,
};
pub use decided::{charge, fee_of_days};
pub use fee::percent;
pub use input::{Care, ChildInput, IncomeChange, Input};
pub use month_day::MonthDay;
pub use notice::{PlacementEnd, effect_of_declaration, last_day_with_fee};
pub use reduction::{Percents, ReducedFee, Reduction, Season, TurningDay};
pub use settings::{DeclarationEffect, LaterCap, PartialMonth, Settings};
pub use taxed::TaxedAdult;

use crate::{Error, Parameters};

/// The scheme's name in messages, traces and errors.
pub const SCHEME: &str = "se-childcare";

/// The parameters of the scheme, 2002-2025.
pub fn parameters() -> Result<Parameters, Error> {
    Parameters::load(include_str!("../parameters/se-childcare.yaml"))
}
