//! The cost basis of a facility: what a day costs on average. Without rent, electricity and heat of its own, and known
//! to be so, no decision can be made for its residents; they wait on a list, and are not decided at nothing.

use super::input::check_amount;
use crate::{Error, rounding};
use domain::Day;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The figures of a facility as obtained from it; what is not measured is left out. Kroner a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostFigures {
    /// The facility; no personal datum.
    pub facility: String,
    /// The first day on which the figures hold.
    pub valid_from: Day,
    /// The last day.
    pub valid_to: Day,
    /// Rent of the residents' part.
    #[serde(default, with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub rent: Option<Decimal>,
    /// Electricity of the residents' part.
    #[serde(default, with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub electricity: Option<Decimal>,
    /// Heat of the residents' part.
    #[serde(default, with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub heat: Option<Decimal>,
    /// Days on which places can be held in the year: places times days.
    pub place_days: u32,
    /// Whether the figures are provisional: nobody is decided on those.
    pub provisional: bool,
    /// Who obtains what is missing.
    pub owner: String,
}

/// A facility's valid cost basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostBasis {
    figures: CostFigures,
    yearly: Decimal,
}

/// Why a facility has no cost basis: a task with an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingBasis {
    /// The facility.
    pub facility: String,
    /// What is missing or wrong.
    pub missing: Vec<String>,
    /// Who obtains it.
    pub owner: String,
}

impl CostFigures {
    /// Everything in them that is no figure. What is not measured is none of it: that is a task.
    pub fn faults(&self) -> Vec<Error> {
        let parts = [("rent", self.rent), ("electricity", self.electricity), ("heat", self.heat)];
        let mut faults: Vec<Error> =
            parts.iter().filter_map(|(name, amount)| check_amount(name, *amount).err()).collect();
        if self.valid_to < self.valid_from {
            faults.push(Error::input("valid_to", "is before `valid_from`"));
        }
        faults
    }
}

impl CostBasis {
    /// The basis of complete, final figures; otherwise the task to complete them.
    pub fn of(figures: CostFigures) -> Result<Self, MissingBasis> {
        let parts = [("rent", figures.rent), ("electricity", figures.electricity), ("heat", figures.heat)];
        let unknown = |(name, amount): &(&str, Option<Decimal>)| match amount {
            None => Some(format!("{name} is not measured")),
            Some(_) => check_amount(name, *amount).err().map(|e| e.to_string()),
        };
        let mut missing: Vec<String> = parts.iter().filter_map(unknown).collect();
        let rules = [
            (figures.provisional, "the figures are provisional"),
            (figures.place_days == 0, "there are no place days"),
            (figures.valid_to < figures.valid_from, "the last day is before the first"),
        ];
        missing.extend(rules.iter().filter(|(broken, _)| *broken).map(|(_, text)| (*text).to_owned()));
        let yearly = parts.iter().filter_map(|(_, amount)| *amount).sum();
        match missing.is_empty() {
            true => Ok(Self { figures, yearly }),
            false => Err(MissingBasis { facility: figures.facility, missing, owner: figures.owner }),
        }
    }

    /// The facility.
    pub fn facility(&self) -> &str {
        &self.figures.facility
    }

    /// The figures behind it.
    pub fn figures(&self) -> &CostFigures {
        &self.figures
    }

    /// Kroner a day for the stay, electricity and heat included: the average cost, to whole øre, halves up. The same for
    /// the same figures, in every facility.
    pub fn stay_daily_rate(&self) -> Decimal {
        rounding::average_daily_rate(self.yearly / Decimal::from(self.figures.place_days))
    }

    /// Refuses a day on which the figures do not hold.
    pub fn holds_on(&self, day: Day) -> Result<(), Error> {
        let (from, to) = (self.figures.valid_from, self.figures.valid_to);
        if from <= day && day <= to {
            return Ok(());
        }
        let problem =
            format!("of facility {} holds from {from} to {to}, not on {day}", self.figures.facility);
        Err(Error::input("cost_basis", problem))
    }
}
