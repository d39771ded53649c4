//! Services beside the stay: each day opted out of lowers the amount by exactly its rate.

use super::charge::kroner;
use super::{Input, Paragraph, articles};
use crate::{Error, Step};
use domain::Money;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a service costs the resident in the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLine {
    /// The service.
    pub name: String,
    /// Days that count: of the days with payment less those opted out of.
    pub days: u32,
    /// The days times the rate.
    pub amount: Money,
}

/// The services on so many days. Refuses more days opted out of than there are.
pub(super) fn service_lines(input: &Input, days: u32, trace: &mut Step) -> Result<Vec<ServiceLine>, Error> {
    let (services, on) = (&input.services, input.month.first_day());
    let article = match input.paragraph {
        Paragraph::P107 => articles::SERVICES_107.on(on),
        Paragraph::P109 | Paragraph::P110 => articles::SERVICES_109_110.on(on),
    };
    let mut lines = Vec::with_capacity(services.len());
    for (n, service) in services.iter().enumerate() {
        let Some(left) = days.checked_sub(service.opted_out_days) else {
            let problem = format!("is above the {days} days with payment");
            return Err(Error::input(format!("services[{}].opted_out_days", n + 1), problem));
        };
        let mut step = Step::new(format!("service {}", service.name), article);
        let rate = step.input("rate a day", service.daily_rate);
        step.input("days with payment", Decimal::from(days));
        step.input("days opted out of", Decimal::from(service.opted_out_days));
        let amount = step.result("amount", rate * Decimal::from(left));
        trace.steps.push(step);
        lines.push(ServiceLine { name: service.name.clone(), days: left, amount: kroner(amount)? });
    }
    Ok(lines)
}
