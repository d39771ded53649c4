//! Orders become facts of the case. Nothing is decided here.

use super::{DecisionOrder, Dispensed, HeldStay, OptedOut};
use crate::facts::{Touched, not_before};
use crate::state::{Case, Opened, Stated};
use messages::{BillingMode, CaseCommand, Cause, HousingOrder, Party, Scheme};
use runtime::Refusal;

impl Case {
    /// Applies an order about a resident.
    pub fn order_housing(
        &mut self,
        command: &CaseCommand,
        order: &HousingOrder<Party>,
    ) -> Result<Touched, Refusal> {
        let housing = self.housing.get_or_insert_default();
        match order {
            HousingOrder::OpenResidence { resident } => {
                if self.opened.is_some() {
                    return Err(Refusal::new("opened_twice", "the case is open, for its one resident"));
                }
                self.opened = Some(Opened {
                    case: command.case.clone(),
                    authority: command.authority.clone(),
                    scheme: Scheme::DkTemporaryHousing,
                    billing: BillingMode::Monthly,
                });
                self.payers.insert(command.issued_on, Stated::by(command, resident.clone()));
            }
            HousingOrder::MoveIn { place, stay, first_day, last_day } => {
                let kept = housing.stays.entry(place.clone()).or_default();
                if kept.held.is_some() {
                    return Err(Refusal::new(
                        "place_taken",
                        "the stay is known already; use another place id",
                    ));
                }
                if let Some(moved_out) = &kept.moved_out {
                    not_before(*first_day, moved_out.what)?;
                }
                let (first_day, last_day) = (*first_day, *last_day);
                kept.held = Some(Stated::by(command, HeldStay { stay: stay.clone(), first_day, last_day }));
            }
            HousingOrder::MoveOut { place, last_day } => {
                let kept = housing.stays.entry(place.clone()).or_default();
                if let Some(held) = &kept.held {
                    not_before(held.what.first_day, *last_day)?;
                }
                Stated::replace(&mut kept.moved_out, Stated::by(command, *last_day));
            }
            HousingOrder::SetMeans { from, means } => {
                Stated::keep(&mut housing.means, *from, Stated::by(command, means.clone()));
                return Ok(Touched::All(Cause::OwnRequest));
            }
            HousingOrder::SetCosts(costs) => {
                let of_facility = housing.costs.entry(costs.facility.clone()).or_default();
                Stated::keep(of_facility, costs.valid_from, Stated::by(command, costs.clone()));
                return Ok(Touched::All(Cause::Rates));
            }
            HousingOrder::DecidePayment { place, daily_rate, services, template, .. } => {
                let order = DecisionOrder {
                    set: daily_rate.map(domain::Money::amount),
                    services: services.clone(),
                    template: template.clone(),
                    made_by: command.issued_by.clone(),
                };
                let kept = housing.stays.entry(place.clone()).or_default();
                let new = (command.issued_on, command.id.clone());
                // What was ordered before the last decision is settled by it.
                if kept.decided.as_ref().is_none_or(|decided| *decided < new) {
                    Stated::keep(&mut housing.ordered, place.clone(), Stated::by(command, order));
                }
            }
            HousingOrder::OptOut { service, from, to } => {
                let opted_out = OptedOut { service: service.clone(), from: *from, to: *to };
                housing.opt_outs.insert(command.id.clone(), opted_out);
                return Ok(Touched::All(Cause::OwnRequest));
            }
            HousingOrder::Dispense { from, to, reason } => {
                let dispensed = Dispensed { from: *from, to: *to, reason: reason.clone() };
                housing.dispensations.insert(command.id.clone(), dispensed);
            }
        }
        Ok(Touched::All(Cause::Place))
    }
}
