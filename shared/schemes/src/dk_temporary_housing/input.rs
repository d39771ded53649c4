//! The facts of one resident in one month.

use super::Budget;
use crate::Error;
use domain::{Day, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One resident's stay in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The month.
    pub month: Period,
    /// The paragraph of serviceloven under which the stay is granted.
    pub paragraph: Paragraph,
    /// Days of the stay in the month.
    pub days: u32,
    /// The first of them. Needed when the stay is shorter than the month and a decision or dispensation falls in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_day: Option<Day>,
    /// Whether the resident has an income (*indtægtsgrundlag*). Without, nothing is charged.
    pub income: bool,
    /// The day on which the decision (*afgørelse*) was communicated to the resident; left out: it was not.
    #[serde(default)]
    pub decision_communicated_on: Option<Day>,
    /// Kroner a day for the stay, electricity and heat included: the decided amount. Left out under §§ 109 and 110: the
    /// statutory rate; under § 107: no concrete amount was decided.
    #[serde(default, with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub decided_daily_rate: Option<Decimal>,
    /// Other decisions of the same stay, earlier or later: each works from its communication on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_decisions: Vec<DecisionInput>,
    /// Services beside the stay, as decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceInput>,
    /// Whether the resident keeps an own home (*egen bolig*).
    #[serde(default)]
    pub own_home_kept: bool,
    /// The resident's income and expenses, obtained for the concrete assessment: the payment leaves the amount for
    /// personal needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Times without payment (*dispensation*) under § 107.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dispensations: Vec<Dispensation>,
    /// Kroner a month: the rent of a comparable dwelling less housing benefit, which the payment for the stay may not
    /// exceed.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub comparable_rent: Option<Decimal>,
}

/// The paragraph of serviceloven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Paragraph {
    /// Temporary stay for reduced functional ability or social problems.
    #[serde(rename = "107")]
    P107,
    /// Women's crisis centre (*kvindekrisecenter*).
    #[serde(rename = "109")]
    P109,
    /// Shelter (*herberg, forsorgshjem*).
    #[serde(rename = "110")]
    P110,
}

impl Paragraph {
    /// The parameter with the statutory daily rate; § 107 has none.
    pub(super) fn rate_parameter(self) -> Option<&'static str> {
        match self {
            Self::P107 => None,
            Self::P109 => Some("daily_rate_109"),
            Self::P110 => Some("daily_rate_110"),
        }
    }

    /// As a citation.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::P107 => "serviceloven § 107",
            Self::P109 => "serviceloven § 109",
            Self::P110 => "serviceloven § 110",
        }
    }
}

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {
    /// The day on which it was communicated.
    pub communicated_on: Day,
    /// Kroner a day; left out: the statutory rate, and under § 107 no concrete amount.
    #[serde(default, with = "crate::exact::option")]
    #[schemars(with = "Option<String>")]
    pub daily_rate: Option<Decimal>,
}

/// A service beside the stay. A service granted individually is none of the kinds, so it cannot be charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceInput {
    /// What it is.
    pub service: ServiceKind,
    /// Its name: a meal can be opted out of by itself.
    pub name: String,
    /// Kroner a day: the average cost.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub daily_rate: Decimal,
    /// Days on which the resident opted out.
    #[serde(default)]
    pub opted_out_days: u32,
}

/// The services that may be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Food (*kost*), or one meal of it.
    Food,
    /// Laundry (*vask*).
    Laundry,
    /// Another service that is an integral part of the stay; only § 107.
    OtherIntegral,
}

/// A time without payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dispensation {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The special case.
    pub reason: String,
}

/// The highest amount a day or a month, kroner: above the dearest place.
const AMOUNT_MAX: i64 = 1_000_000;
/// The most decisions, services and dispensations of a month: one a day.
const ENTRIES_MAX: usize = 31;

impl Input {
    /// Everything that makes it no stay in a month; nothing when it can be assessed.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults = self.faults_of_days();
        let mut check = |result: Result<(), Error>| faults.extend(result.err());
        check(check_amount("decided_daily_rate", self.decided_daily_rate));
        check(check_amount("comparable_rent", self.comparable_rent));
        for (name, count) in [
            ("further_decisions", self.further_decisions.len()),
            ("services", self.services.len()),
            ("dispensations", self.dispensations.len()),
        ] {
            if count > ENTRIES_MAX {
                check(Err(Error::input(name, format!("has {count}; send at most {ENTRIES_MAX}"))));
            }
        }
        for (n, decision) in self.further_decisions.iter().enumerate() {
            check(check_amount(&format!("further_decisions[{}].daily_rate", n + 1), decision.daily_rate));
        }
        for (n, service) in self.services.iter().enumerate() {
            faults.extend(service.faults(n + 1, self.paragraph, self.month.first_day()));
        }
        for (n, dispensation) in self.dispensations.iter().enumerate() {
            faults.extend(dispensation.faults(n + 1, self.paragraph));
        }
        faults.extend(self.budget.iter().flat_map(Budget::faults));
        faults
    }

    /// The field of the decision communicated on a day, by which a refusal names it.
    pub(super) fn field_of_decision(&self, communicated_on: Day) -> String {
        let of_main = self.paragraph != Paragraph::P107 || self.decided_daily_rate.is_some();
        let further = self.further_decisions.iter().position(|d| d.communicated_on == communicated_on);
        match further {
            Some(n) if !of_main || self.decision_communicated_on != Some(communicated_on) => {
                format!("further_decisions[{}].daily_rate", n + 1)
            }
            _ => "decided_daily_rate".to_owned(),
        }
    }

    fn faults_of_days(&self) -> Vec<Error> {
        let days = self.month.days();
        if self.days == 0 || self.days > days {
            return vec![Error::input("days", format!("is 1 to {days} in {}", self.month))];
        }
        let first = self.first_day.unwrap_or(self.month.first_day());
        let last = first.checked_add_days(chrono::Days::new(u64::from(self.days) - 1));
        match !self.month.contains(first) || last.is_none_or(|last| !self.month.contains(last)) {
            true => vec![Error::input("first_day", "the days of the stay lie in the month")],
            false => Vec::new(),
        }
    }
}

impl ServiceInput {
    fn faults(&self, position: usize, paragraph: Paragraph, on: Day) -> Vec<Error> {
        let field = |name: &str| format!("services[{position}].{name}");
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(Error::input(field("name"), "is empty; a service has a name"));
        }
        if self.service == ServiceKind::OtherIntegral && paragraph != Paragraph::P107 {
            let problem = format!(
                "beside the stay only food and laundry ({})",
                super::articles::SERVICES_109_110.on(on)
            );
            faults.push(Error::input(field("service"), problem));
        }
        faults.extend(check_amount(&field("daily_rate"), Some(self.daily_rate)).err());
        faults
    }
}

impl Dispensation {
    fn faults(&self, position: usize, paragraph: Paragraph) -> Vec<Error> {
        let field = |name: &str| format!("dispensations[{position}].{name}");
        let mut faults = Vec::new();
        if paragraph != Paragraph::P107 {
            let problem = format!("a dispensation is of § 107 ({})", super::articles::DISPENSATION);
            faults.push(Error::input(field("from"), problem));
        }
        if self.to < self.from {
            faults.push(Error::input(field("to"), "is before `from`"));
        }
        if self.reason.trim().is_empty() {
            faults.push(Error::input(field("reason"), "is empty; a dispensation is for a special case"));
        }
        faults
    }

    /// Whether nothing is paid on a day.
    pub(super) fn covers(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Refuses an amount that is none.
pub(super) fn check_amount(field: &str, amount: Option<Decimal>) -> Result<(), Error> {
    let fits =
        |a: Decimal| a >= Decimal::ZERO && a <= Decimal::from(AMOUNT_MAX) && a.normalize().scale() <= 2;
    match amount.is_none_or(fits) {
        true => Ok(()),
        false => Err(Error::input(field, format!("is 0 to {AMOUNT_MAX} kroner with at most two decimals"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_stay_is_told_not_only_the_first() {
        let json = r#"{"month": "2023-02", "paragraph": "110", "days": 29, "income": true,
            "decided_daily_rate": "-1", "comparable_rent": "0.001",
            "further_decisions": [{"communicated_on": "2023-02-01", "daily_rate": "-1"}],
            "services": [{"service": "other_integral", "name": " ", "daily_rate": "-1"}],
            "dispensations": [{"from": "2023-02-02", "to": "2023-02-01", "reason": ""}],
            "budget": {"income": "-1", "home_costs": "0", "obligations": "0", "personal_needs": "-1"}}"#;
        let faults = serde_json::from_str::<Input>(json).unwrap().faults();
        let expected = [
            "days",
            "decided_daily_rate",
            "comparable_rent",
            "further_decisions[1].daily_rate",
            "services[1].name",
            "services[1].service",
            "services[1].daily_rate",
            "dispensations[1].from",
            "dispensations[1].to",
            "dispensations[1].reason",
            "budget.income",
            "budget.personal_needs",
        ];
        assert_eq!(Error::fields(&faults), expected);
    }
}
