//! Which stay and which decision count on a day, and the parts of a month that follow.

use super::{HeldStay, Housing, HousingRules, PaymentDecision, StayKept};
use crate::state::Case;
use domain::{Day, Period, PlaceId};
use messages::HousingParagraph;
use schemes::Error;
use schemes::dk_temporary_housing::{Dispensation, Input, Paragraph, ServiceInput, StayPart, statutory_rate};

/// What is the same on every day of a part.
#[derive(Clone, Copy, PartialEq)]
struct Kind<'a> {
    place: &'a PlaceId,
    paragraph: Paragraph,
    decision: Option<usize>,
    income: bool,
}

/// Days in a row of one kind.
struct Run<'a> {
    kind: Kind<'a>,
    first: Day,
    days: u32,
}

impl Run<'_> {
    fn last(&self) -> Day {
        self.first + chrono::Days::new(u64::from(self.days.saturating_sub(1)))
    }
}

/// The paragraph, as the law's computation names it.
pub fn paragraph(of: HousingParagraph) -> Paragraph {
    match of {
        HousingParagraph::P107 => Paragraph::P107,
        HousingParagraph::P109 => Paragraph::P109,
        HousingParagraph::P110 => Paragraph::P110,
    }
}

impl Case {
    /// The last day of a stay: the ordered one, cut by the case's end and the resident's death.
    pub fn last_day_of(&self, kept: &StayKept) -> Option<Day> {
        let own = kept.moved_out.as_ref().map(|last| last.what);
        let own = own.or(kept.held.as_ref().and_then(|held| held.what.last_day));
        let closed = self.last_day.as_ref().map(|last| last.what);
        let resident = self.payers.values().next().map(|resident| &resident.what.person);
        let died = resident.and_then(|resident| self.persons.get(resident)?.died_on());
        [own, closed, died].into_iter().flatten().min()
    }

    /// Where the resident lives on a day. Of two places that are both said, the one moved into last.
    pub fn lives_in(&self, day: Day) -> Option<(&PlaceId, &HeldStay)> {
        let stays = self.housing.iter().flat_map(|housing| &housing.stays);
        let on_the_day = stays.filter_map(|(place, kept)| {
            let held = &kept.held.as_ref()?.what;
            let lives = held.first_day <= day && self.last_day_of(kept).is_none_or(|last| day <= last);
            lives.then_some((place, held))
        });
        on_the_day.max_by_key(|(place, held)| (held.first_day, *place))
    }

    /// The first day of any stay.
    pub fn first_day_of_stay(&self) -> Option<Day> {
        let stays = self.housing.iter().flat_map(|housing| housing.stays.values());
        stays.filter_map(|kept| Some(kept.held.as_ref()?.what.first_day)).min()
    }

    /// Services that the resident does without and that no decision has.
    pub fn unknown_services(&self) -> impl Iterator<Item = &str> {
        let names = |housing: &Housing, name: &str| {
            let decided = housing.decisions.iter().flat_map(|decision| &decision.terms().services);
            let ordered = housing.ordered.values().flat_map(|order| &order.what.services);
            decided
                .map(|service| &service.name)
                .chain(ordered.map(|service| &service.name))
                .any(|own| own == name)
        };
        self.housing.iter().flat_map(move |housing| {
            let services = housing.opt_outs.values().map(|opted_out| opted_out.service.as_str());
            services.filter(move |name| !names(housing, name))
        })
    }

    /// The parts of a month, ready to be computed. Refuses a month without a rate that one of them needs.
    pub fn parts(&self, rules: &HousingRules, month: Period) -> Result<Vec<StayPart>, Error> {
        let Some(housing) = &self.housing else { return Ok(Vec::new()) };
        let mut runs: Vec<Run<'_>> = Vec::new();
        for day in month.first_day().iter_days().take_while(|day| month.contains(*day)) {
            let Some((place, held)) = self.lives_in(day) else { continue };
            let paragraph = paragraph(held.stay.paragraph);
            let income = housing.has_income(day) != Some(false);
            let kind = Kind { place, paragraph, decision: housing.decided(place, day), income };
            match runs.last_mut() {
                Some(run) if run.kind == kind && run.last().succ_opt() == Some(day) => run.days += 1,
                _ => runs.push(Run { kind, first: day, days: 1 }),
            }
        }
        runs.iter().map(|run| housing.part(rules, month, run)).collect()
    }
}

impl Housing {
    /// Whether the resident has an income on a day; `None` while nothing is stated.
    pub fn has_income(&self, day: Day) -> Option<bool> {
        self.means.range(..=day).next_back().map(|(_, means)| means.what.income)
    }

    /// The number of the decision that counts for a stay on a day: the one communicated last by then. One that was written
    /// before the resident had no income is over: an income that comes again takes another decision.
    pub fn decided(&self, place: &PlaceId, day: Day) -> Option<usize> {
        let counts = |decision: &PaymentDecision| {
            let communicated = decision.communicated_on().filter(|on| *on <= day)?;
            let of_stay = decision.place() == place && !self.lost_income(decision.written_on(), day);
            of_stay.then_some(communicated)
        };
        let counting = self.decisions.iter().enumerate();
        let counting = counting.filter_map(|(number, decision)| Some((counts(decision)?, number)));
        counting.max().map(|(_, number)| number)
    }

    /// Whether there is a day without income after one and up to another.
    fn lost_income(&self, after: Day, before: Day) -> bool {
        self.means.iter().filter(|(_, means)| !means.what.income).any(|(from, _)| {
            let next = self.means.range(*from..).nth(1).map(|(next, _)| *next);
            *from <= before && next.and_then(|next| next.pred_opt()).is_none_or(|last| last > after)
        })
    }

    /// A part of a month as the law's computation takes it.
    fn part(&self, rules: &HousingRules, month: Period, run: &Run<'_>) -> Result<StayPart, Error> {
        let Kind { paragraph, decision, income, .. } = run.kind;
        let decision = decision.and_then(|number| self.decisions.get(number)).filter(|_| income);
        let of_107 = paragraph == Paragraph::P107;
        let dispensations = if of_107 { self.dispensed(run) } else { Vec::new() };
        let terms = decision.map(|decision| decision.terms());
        let mut rate = terms.map(|terms| terms.proposal.daily_rate);
        if let (Some(decided), true) = (rate, terms.is_some_and(|terms| terms.proposal.statutory)) {
            // The whole rate of the law is charged for days of which the law's rate is known, and never more than that.
            let law = statutory_rate(paragraph, month.first_day(), &rules.parameters)?;
            rate = law.map(|law| law.value.min(decided));
        }
        let services = terms.iter().flat_map(|terms| &terms.services);
        let input = Input {
            month,
            paragraph,
            days: run.days,
            first_day: Some(run.first),
            income,
            decision_communicated_on: decision.and_then(|decision| decision.communicated_on()),
            decided_daily_rate: rate,
            further_decisions: Vec::new(),
            services: services.map(|service| self.opted_out(service, run, &dispensations)).collect(),
            own_home_kept: terms.is_some_and(|terms| terms.own_home_kept),
            budget: terms.filter(|_| of_107).and_then(|terms| terms.budget.clone()),
            dispensations,
            comparable_rent: terms.and_then(|terms| terms.comparable_rent),
        };
        Ok(StayPart { input, decided: terms.map(|terms| terms.proposal.step.clone()) })
    }

    /// The dispensations, cut to the part.
    fn dispensed(&self, run: &Run<'_>) -> Vec<Dispensation> {
        let cut = |dispensed: &super::Dispensed| {
            let (from, to) = (dispensed.from.max(run.first), dispensed.to.min(run.last()));
            (from <= to).then(|| Dispensation { from, to, reason: dispensed.reason.clone() })
        };
        self.dispensations.values().filter_map(cut).collect()
    }

    /// A service with the days of the part that the resident does without it.
    fn opted_out(&self, service: &ServiceInput, run: &Run<'_>, dispensed: &[Dispensation]) -> ServiceInput {
        let without = |day: &Day| {
            let paid = !dispensed.iter().any(|dispensed| dispensed.from <= *day && *day <= dispensed.to);
            let mut opted_out = self.opt_outs.values().filter(|out| out.service == service.name);
            paid && opted_out.any(|out| out.from <= *day && *day <= out.to)
        };
        let days = run.first.iter_days().take(usize::try_from(run.days).unwrap_or_default());
        let opted_out_days = u32::try_from(days.filter(without).count()).unwrap_or(u32::MAX);
        ServiceInput { opted_out_days, ..service.clone() }
    }
}
