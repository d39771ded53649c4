//! Makes the decisions that caseworkers have ordered, as soon as all that they rest on is known, and those that a new year's
//! rate asks for; and lets the ones bind whose letters have been delivered.

use super::days::paragraph;
use super::decision::{Made, PaymentTerms};
use super::letter::{self, Subject};
use super::{DecisionOrder, HeldStay, HousingRules, PaymentDecision};
use crate::morning::Morning;
use crate::state::Case;
use domain::{Day, DecisionId, LetterId, Money, PlaceId};
use messages::{
    AssessmentFact, Cause, DecisionAwaits, FacilityCosts, Means, MonthlyBudget, StayService, StayServiceKind,
};
use runtime::Refusal;
use schemes::Error;
use schemes::dk_temporary_housing::letter::Ground;
use schemes::dk_temporary_housing::{
    Budget, CostBasis, CostFigures, Grounds, Paragraph, ServiceInput, ServiceKind, propose, statutory_rate,
};
use std::sync::Arc;

/// What comes of an order to decide.
pub enum Attempt {
    /// The amount.
    Decided(Box<(PaymentTerms, Option<CostFigures>)>),
    /// Something is missing: what, in words for staff.
    Awaits(DecisionAwaits, String),
}

impl Case {
    /// Tries to find the amount that a caseworker has ordered to be decided. Fails where none can be computed.
    pub fn attempt(
        &self,
        rules: &HousingRules,
        place: &PlaceId,
        order: &DecisionOrder,
        on: Day,
    ) -> Result<Attempt, Error> {
        let (Some(housing), Some(held)) = (&self.housing, self.held_stay(place)) else {
            let detail = "the stay is not known: send move_in".to_owned();
            return Ok(Attempt::Awaits(DecisionAwaits::Order, detail));
        };
        let Some((_, means)) = housing.means.range(..=on).next_back() else {
            let detail = "income and expenses are not stated: send set_means".to_owned();
            return Ok(Attempt::Awaits(DecisionAwaits::Means, detail));
        };
        let (means, stay) = (&means.what, &held.stay);
        if !means.income {
            let detail = "the resident has no income: nothing is charged".to_owned();
            return Ok(Attempt::Awaits(DecisionAwaits::Means, detail));
        }
        let free_housing = means.own_home_kept && means.budget.is_none();
        let by_costs = paragraph(stay.paragraph) == Paragraph::P107 && !free_housing;
        if by_costs && means.budget.is_none() {
            let detail = "the resident's budget is not stated: send set_means with it".to_owned();
            return Ok(Attempt::Awaits(DecisionAwaits::Means, detail));
        }
        let costs = match (by_costs, self.costs_of(held, on)) {
            (false, _) => None,
            (true, None) => {
                let detail = format!("the costs of {} are not known on {on}: send set_costs", stay.facility);
                return Ok(Attempt::Awaits(DecisionAwaits::Costs, detail));
            }
            (true, Some(costs)) => match CostBasis::of(costs) {
                Ok(basis) => Some(basis),
                Err(missing) => {
                    let (what, owner) = (missing.missing.join(", "), missing.owner);
                    let detail = format!("{}: {what}; {owner} obtains it", stay.facility);
                    return Ok(Attempt::Awaits(DecisionAwaits::Costs, detail));
                }
            },
        };
        let terms = terms(rules, held, means, order, costs.as_ref(), on)?;
        Ok(Attempt::Decided(Box::new((terms, costs.map(|costs| costs.figures().clone())))))
    }

    /// A stay, once it is known.
    pub fn held_stay(&self, place: &PlaceId) -> Option<&HeldStay> {
        Some(&self.housing.as_ref()?.stays.get(place)?.held.as_ref()?.what)
    }

    /// The costs that hold for a stay's facility on a day; the latest, where several do.
    pub fn costs_of(&self, held: &HeldStay, on: Day) -> Option<CostFigures> {
        let of_facility = self.housing.as_ref()?.costs.get(&held.stay.facility)?;
        let mut holding = of_facility.range(..=on).map(|(_, costs)| &costs.what);
        holding.rfind(|costs| on <= costs.valid_to).map(figures)
    }
}

fn terms(
    rules: &HousingRules,
    held: &HeldStay,
    means: &Means,
    order: &DecisionOrder,
    basis: Option<&CostBasis>,
    on: Day,
) -> Result<PaymentTerms, Error> {
    let services: Vec<ServiceInput> = order.services.iter().map(service).collect();
    let budget = means.budget.as_ref().map(budget);
    let comparable_rent = means.comparable_rent.map(Money::amount);
    let paragraph = paragraph(held.stay.paragraph);
    let grounds = Grounds {
        paragraph,
        on,
        basis,
        services: &services,
        own_home_kept: means.own_home_kept,
        budget: budget.as_ref(),
        comparable_rent,
        set: order.set,
        template: &order.template,
        made_by: &order.made_by,
    };
    let proposal = propose(&grounds, &rules.parameters)?;
    let (own_home_kept, template, made_by) =
        (means.own_home_kept, order.template.clone(), order.made_by.clone());
    Ok(PaymentTerms {
        paragraph,
        proposal,
        services,
        own_home_kept,
        budget,
        comparable_rent,
        template,
        made_by,
    })
}

impl Morning<'_> {
    /// Makes every decision that is ordered and can be made.
    pub fn make_ordered(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let ordered = case.housing.as_ref().map(|housing| housing.ordered.clone()).unwrap_or_default();
        for (place, order) in ordered {
            let attempt = case.attempt(&self.rules.housing, &place, &order.what, self.today());
            let Ok(Attempt::Decided(decided)) = attempt else { continue };
            let (terms, costs) = *decided;
            self.make(case, &place, terms, costs, Ground::Stay)?;
            if let Some(housing) = &mut case.housing {
                housing.ordered.remove(&place);
                if let Some(kept) = housing.stays.get_mut(&place) {
                    kept.decided = Some((order.on, order.order));
                }
            }
        }
        Ok(())
    }

    /// Decides anew what was decided at the whole rate of the law, when the law has another rate: without a decision of the
    /// new amount nothing rises.
    pub fn follow_the_law(&mut self, case: &mut Case) -> Result<(), Refusal> {
        let today = self.today();
        let Some((place, _)) = case.lives_in(today) else { return Ok(()) };
        let place = place.clone();
        let Some(housing) = &case.housing else { return Ok(()) };
        let latest = housing.decisions.iter().rfind(|decision| *decision.place() == place);
        let Some(decision) = latest.filter(|decision| decision.terms().proposal.statutory) else {
            return Ok(());
        };
        if decision.communicated_on().is_some() && housing.decided(&place, today).is_none() {
            return Ok(());
        }
        let mut terms = decision.terms().clone();
        // A year without a rate is told with the month that it stops.
        let Ok(Some(law)) = statutory_rate(terms.paragraph, today, &self.rules.housing.parameters) else {
            return Ok(());
        };
        if law.value == terms.proposal.daily_rate {
            return Ok(());
        }
        let grounds = Grounds {
            paragraph: terms.paragraph,
            on: today,
            basis: None,
            services: &terms.services,
            own_home_kept: terms.own_home_kept,
            budget: terms.budget.as_ref(),
            comparable_rent: terms.comparable_rent,
            set: None,
            template: &terms.template,
            made_by: &terms.made_by,
        };
        let Ok(proposal) = propose(&grounds, &self.rules.housing.parameters) else { return Ok(()) };
        terms.proposal = proposal;
        self.make(case, &place, terms, None, Ground::Year(chrono::Datelike::year(&today)))
    }

    /// Makes a decision and writes its letter.
    fn make(
        &mut self,
        case: &mut Case,
        place: &PlaceId,
        terms: PaymentTerms,
        costs: Option<CostFigures>,
        ground: Ground,
    ) -> Result<(), Refusal> {
        let stay = case.held_stay(place).map(|held| held.stay.clone());
        let resident = case.payers.values().next().map(|resident| resident.what.clone());
        let (Some(stay), Some(resident), Some(housing)) = (stay, resident, &mut case.housing) else {
            return Ok(());
        };
        let before = housing.decisions.iter().rfind(|decision| decision.place() == place);
        let previous = before.map(|decision| decision.terms().daily_rate());
        let cause = match (ground, previous) {
            (Ground::Year(_), _) => Cause::Rates,
            (Ground::Stay, None) => Cause::Place,
            (Ground::Stay, Some(_)) => Cause::OwnRequest,
        };
        let number = housing.decisions.len().to_string();
        let decision = DecisionId::derive(&[self.opened.case.as_str(), "housing", &number]);
        let letter = LetterId::derive(&[decision.as_str()]);
        let because = self.because();
        let subject = Subject {
            letter: letter.clone(),
            resident: &resident,
            stay: &stay,
            terms: &terms,
            costs,
            previous,
            ground,
        };
        let written = letter::decision(self.rules, self.opened, self.today(), subject)?;
        let made = Made {
            decision,
            letter,
            place: place.clone(),
            written_on: self.today(),
            previous,
            cause,
            causes: because.causes().to_vec(),
            evidence: because.evidence().to_vec(),
        };
        let decision = PaymentDecision::new(made, terms)
            .map_err(|error| Refusal::new("not_heard", error.to_string()))?;
        self.effects.send_late(&written, because.clone());
        let fact = AssessmentFact::DecisionMade(Box::new(decision.made().clone()));
        self.effects.send_late(&self.event(fact), because);
        housing.decisions.push(Arc::new(decision));
        Ok(())
    }

    /// Lets the decisions bind whose letters have been delivered. Whether any came to.
    pub fn communicate(&mut self, case: &mut Case) -> bool {
        let Some(housing) = &mut case.housing else { return false };
        let mut communicated = Vec::new();
        for decision in &mut housing.decisions {
            if decision.issued().is_delivered(&case.delivered) {
                communicated.extend(Arc::make_mut(decision).issued_mut().bind(&case.delivered));
            }
        }
        let any = !communicated.is_empty();
        communicated.into_iter().for_each(|fact| self.tell(fact));
        any
    }
}

fn service(service: &StayService) -> ServiceInput {
    ServiceInput {
        service: match service.kind {
            StayServiceKind::Food => ServiceKind::Food,
            StayServiceKind::Laundry => ServiceKind::Laundry,
            StayServiceKind::OtherIntegral => ServiceKind::OtherIntegral,
        },
        name: service.name.clone(),
        daily_rate: service.daily_rate.amount(),
        opted_out_days: 0,
    }
}

fn budget(budget: &MonthlyBudget) -> Budget {
    Budget {
        income: budget.income.amount(),
        home_costs: budget.home_costs.amount(),
        obligations: budget.obligations.amount(),
        personal_needs: budget.personal_needs.amount(),
    }
}

fn figures(costs: &FacilityCosts) -> CostFigures {
    CostFigures {
        facility: costs.facility.to_string(),
        valid_from: costs.valid_from,
        valid_to: costs.valid_to,
        rent: costs.rent.map(Money::amount),
        electricity: costs.electricity.map(Money::amount),
        heat: costs.heat.map(Money::amount),
        place_days: costs.place_days,
        provisional: costs.provisional,
        owner: costs.owner.clone(),
    }
}
