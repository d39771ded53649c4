//! From a facility's costs and a resident's month to a decision: one template for all facilities. The way is calculation,
//! draft, communication; only its end is a [`Decision`].

use super::{Budget, CostBasis, Decision, Paragraph, ServiceInput};
use crate::{Error, rounding};
use domain::{AuthorityId, Day};
use rust_decimal::Decimal;

/// The longest month: a daily rate that a month of 31 days can bear leaves enough in every month.
const LONGEST_MONTH: u32 = 31;

/// The documented basis of a decision under § 107.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculation {
    /// The facility.
    pub facility: String,
    /// Kroner a day: average rent, electricity and heat.
    pub stay_daily_rate: Decimal,
    /// Kroner a day: food, laundry and other services.
    pub services_daily_rate: Decimal,
    /// The resident's month.
    pub budget: Budget,
    /// Kroner a day for the stay: the rate, or what the resident can pay beside the services.
    pub proposed_daily_rate: Decimal,
    /// The version of the template.
    pub template: String,
    /// Who calculated.
    pub made_by: String,
    /// When.
    pub made_on: Day,
}

/// A decision that is made and not communicated: nothing can be charged under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    calculation: Calculation,
    authority: AuthorityId,
}

/// A communicated decision with its whole basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The decision.
    pub decision: Decision,
    /// The municipality that decided, also for a bought place.
    pub authority: AuthorityId,
    /// What it rests on.
    pub calculation: Calculation,
}

/// Calculates the payment of a resident. Refuses a day on which the facility has no valid costs, and a calculation
/// without its template and maker.
pub fn calculate(
    basis: &CostBasis,
    services: &[ServiceInput],
    budget: Budget,
    template: &str,
    made_by: &str,
    made_on: Day,
) -> Result<Calculation, Error> {
    basis.holds_on(made_on)?;
    Error::first(budget.faults())?;
    if template.trim().is_empty() || made_by.trim().is_empty() {
        return Err(Error::input("template", "a calculation states its template and who made it"));
    }
    let services_daily_rate: Decimal = services.iter().map(|s| s.daily_rate).sum();
    let stay_daily_rate = basis.stay_daily_rate();
    let bearable = rounding::bearable_daily_rate(budget.room() / Decimal::from(LONGEST_MONTH));
    let proposed_daily_rate = stay_daily_rate.min((bearable - services_daily_rate).max(Decimal::ZERO));
    Ok(Calculation {
        facility: basis.facility().to_owned(),
        stay_daily_rate,
        services_daily_rate,
        budget,
        proposed_daily_rate,
        template: template.to_owned(),
        made_by: made_by.to_owned(),
        made_on,
    })
}

impl Calculation {
    /// Whether the offer is suitable as to what the resident can pay: the full rate needs no reduction.
    pub fn is_affordable(&self) -> bool {
        self.proposed_daily_rate == self.stay_daily_rate
    }

    /// Makes it a decision of the municipality.
    pub fn decide(self, authority: AuthorityId) -> Draft {
        Draft { calculation: self, authority }
    }
}

impl Draft {
    /// Communicates it. Refuses a day before the calculation was made.
    pub fn communicate(self, on: Day) -> Result<DecisionRecord, Error> {
        if on < self.calculation.made_on {
            return Err(Error::input("communicated_on", "is before the calculation was made"));
        }
        let rate = Some(self.calculation.proposed_daily_rate);
        let decision = Decision::communicated(Paragraph::P107, on, rate)?;
        Ok(DecisionRecord { decision, authority: self.authority, calculation: self.calculation })
    }
}
