//! What the type of an order about a resident does not say.

use super::Check;
use domain::{Cpr, Day, Money};
use messages::{FacilityCosts, HousingOrder, Means, StayService};

/// The most services of a stay: each meal and the laundry.
const SERVICES_MAX: usize = 20;

impl Check {
    pub(super) fn housing(&mut self, order: &HousingOrder<Cpr>) {
        match order {
            HousingOrder::OpenResidence { .. } => {}
            HousingOrder::MoveIn { place, stay, first_day, last_day } => {
                self.base = "/order/housing/move_in";
                self.word("/place", place.as_str());
                self.word("/stay/facility", stay.facility.as_str());
                self.word("/stay/unit", stay.unit.as_str());
                self.day("/first_day", *first_day);
                if let Some(last_day) = last_day {
                    self.span(("/first_day", *first_day), ("/last_day", *last_day));
                }
            }
            HousingOrder::MoveOut { place, last_day } => {
                self.base = "/order/housing/move_out";
                self.word("/place", place.as_str());
                self.day("/last_day", *last_day);
            }
            HousingOrder::SetMeans { from, means } => {
                self.base = "/order/housing/set_means";
                self.day("/from", *from);
                self.means(means);
            }
            HousingOrder::SetCosts(costs) => {
                self.base = "/order/housing/set_costs";
                self.costs(costs);
            }
            HousingOrder::DecidePayment { place, daily_rate, services, template } => {
                self.base = "/order/housing/decide_payment";
                self.word("/place", place.as_str());
                self.amounts([("/daily_rate", *daily_rate)]);
                self.services(services);
                self.word("/template", template);
            }
            HousingOrder::OptOut { service, from, to } => {
                self.base = "/order/housing/opt_out";
                self.word("/service", service);
                self.span(("/from", *from), ("/to", *to));
            }
            HousingOrder::Dispense { from, to, reason } => {
                self.base = "/order/housing/dispense";
                self.span(("/from", *from), ("/to", *to));
                self.text("/reason", reason);
            }
        }
    }

    fn span(&mut self, (at_first, first): (&str, Day), (at_last, last): (&str, Day)) {
        self.day(at_first, first);
        self.day(at_last, last);
        if last < first {
            self.fault(at_last, "the last day lies before the first");
        }
    }

    fn amounts<const N: usize>(&mut self, amounts: [(&str, Option<Money>); N]) {
        for (at, amount) in amounts {
            if let Some(amount) = amount {
                self.amount(at, amount);
            }
        }
    }

    fn means(&mut self, means: &Means) {
        self.amounts([("/means/comparable_rent", means.comparable_rent)]);
        if let Some(budget) = &means.budget {
            self.amounts([
                ("/means/budget/income", Some(budget.income)),
                ("/means/budget/home_costs", Some(budget.home_costs)),
                ("/means/budget/obligations", Some(budget.obligations)),
                ("/means/budget/personal_needs", Some(budget.personal_needs)),
            ]);
        }
    }

    fn costs(&mut self, costs: &FacilityCosts) {
        self.word("/facility", costs.facility.as_str());
        self.span(("/valid_from", costs.valid_from), ("/valid_to", costs.valid_to));
        self.amounts([("/rent", costs.rent), ("/electricity", costs.electricity), ("/heat", costs.heat)]);
        self.word("/owner", &costs.owner);
    }

    fn services(&mut self, services: &[StayService]) {
        if services.len() > SERVICES_MAX {
            self.fault("/services", format!("there are at most {SERVICES_MAX}"));
        }
        for (n, service) in services.iter().enumerate() {
            self.word(&format!("/services/{n}/name"), &service.name);
            self.amount(&format!("/services/{n}/daily_rate"), service.daily_rate);
            if services.iter().take(n).any(|other| other.name == service.name) {
                self.fault(&format!("/services/{n}/name"), "a service stands twice");
            }
        }
    }
}
