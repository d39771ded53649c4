//! Danish temporary housing (*midlertidige botilbud*, serviceloven §§ 107, 109, 110): the resident's own payment
//! (*egenbetaling*). Nothing is charged without a communicated decision with a concrete amount, and only forward: a
//! [`ChargeLine`] cannot be made, nor read, otherwise. The law is in `parameters/dk-temporary-housing.yaml`.

pub mod articles;
mod assess;
mod basis;
mod beyond_means;
mod budget;
mod calculation;
mod charge;
mod days;
mod decision;
mod input;
pub mod letter;
mod month;
mod proposal;
mod refund;
mod residents;
mod services;
mod settings;

#[cfg(test)]
mod cases_test;
#[cfg(test)]
mod gate_test;
#[cfg(test)]
mod properties_test;

pub use assess::{Assessment, PersonalNeeds, Status, assess};
pub use basis::{CostBasis, CostFigures, MissingBasis};
pub use beyond_means::{BeyondMeans, full_rate_beyond_means};
pub use budget::Budget;
pub use calculation::{Calculation, DecisionRecord, Draft, calculate};
pub use charge::ChargeLine;
pub use decision::{Decision, Rate};
pub use input::{DecisionInput, Dispensation, Input, Paragraph, ServiceInput, ServiceKind};
pub use month::{MonthAssessment, StayPart, assess_month};
pub use proposal::{Grounds, Proposal, propose, statutory_rate};
pub use refund::{ChargedMonth, RefundAssessment, RefundLine, RefundResult, refund_assessment};
pub use residents::{
    Resident, UnitCount, Waiting, escalated, in_safe_operation, unit_report, without_decision,
};
pub use services::ServiceLine;
pub use settings::Settings;

use crate::{Error, Parameters};

/// The scheme's name in messages, traces and errors.
pub const SCHEME: &str = "dk-temporary-housing";

/// The parameters of the scheme: the statutory daily rates that were found, 2018-2023.
pub fn parameters() -> Result<Parameters, Error> {
    Parameters::load(include_str!("../parameters/dk-temporary-housing.yaml"))
}
