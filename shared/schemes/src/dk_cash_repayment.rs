//! Danish repayment of cash assistance (*tilbagebetaling af kontanthjælp*): what a debtor pays a month, or when the
//! claim is looked at again. The law is in `parameters/dk-cash-repayment.yaml`, in the table beside it and in the files
//! of this folder; what the law leaves open is in [`Settings`].

mod articles;
mod assess;
mod claims;
mod income;
mod input;
pub mod letter;
mod missed;
mod month;
mod notice;
mod settings;
mod table;
mod time_barred;

#[cfg(test)]
mod cases_test;
#[cfg(test)]
mod properties_test;

pub use assess::{Assessment, Outcome, SetAsideReason, assess, can_pay};
pub use claims::{ClaimAssessment, ClaimState, lapse_window, lapses_on};
pub use input::{Benefit, ClaimInput, Input};
pub use missed::{MissedStep, StepLetter, next_step, reminder_fee, transferable_from};
pub use month::{ClaimBalance, MonthAssessment, MonthInput, assess_month};
pub use notice::notice_needed;
pub use settings::{AtOldLimit, Settings};
pub use table::{Regime, TableRow, Tables};
pub use time_barred::time_barred;

use crate::Error;
use domain::Day;

/// The scheme's name in messages, traces and errors.
pub const SCHEME: &str = "dk-cash-repayment";

/// The dated numbers of the scheme and the table of percentages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    values: crate::Parameters,
    tables: Tables,
}

/// The parameters of the scheme: the tables of 2011, 2014, 2015, 2020-2022, October 2023 to 2024 and 2026, as far as
/// they were found, and the fixed instalment of 2017-2023.
pub fn parameters() -> Result<Parameters, Error> {
    Parameters::load(
        include_str!("../parameters/dk-cash-repayment.yaml"),
        include_str!("../parameters/dk-cash-repayment-table.csv"),
    )
}

impl Parameters {
    /// Reads a parameter file and a table. Fails on what is missing, unknown, apart or overlapping, and names
    /// parameter and date or line.
    pub fn load(yaml: &str, table: &str) -> Result<Self, Error> {
        Ok(Self { values: crate::Parameters::load(yaml)?, tables: Tables::load(table)? })
    }

    fn get(&self, name: &str, on: Day) -> Result<&crate::Parameter, Error> {
        self.values.get(name, on)
    }

    /// The tables, by date.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }
}
