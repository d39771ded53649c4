//! Danish parental payment for a child placed outside the home (*forældrebetaling ved anbringelse*). The law is in
//! `parameters/dk-placement.yaml` and in the files of this folder; what the law leaves open is in [`Settings`].
//!
//! Young persons of 18-22 years pay by the rules of temporary housing (BEK 95 of 29/01/2024 § 11) and are no input here.

mod articles;
mod assess;
mod back_bill;
mod follow_up;
mod income;
mod input;
mod scale;
mod settings;

#[cfg(test)]
mod cases_test;
#[cfg(test)]
mod properties_test;

pub use assess::{Assessment, ChildAssessment, assess};
pub use back_bill::{BackBill, BackBillLine, Decision, Missed, missed_months};
pub use follow_up::{FollowUp, FollowUpTask, overdue};
pub use input::{ChildInput, Exemption, ExemptionReason, Input, ParentIncome};
pub use settings::Settings;

use crate::{Error, Parameters};

/// The scheme's name in messages, traces and errors.
pub const SCHEME: &str = "dk-placement";

/// The parameters of the scheme, 2016-2024 with the years that no source read tells.
pub fn parameters() -> Result<Parameters, Error> {
    Parameters::load(include_str!("../parameters/dk-placement.yaml"))
}
