//! What is owed for a month, from all that is known today: a pure function of the facts.

use crate::Rules;
use crate::decision::Decision;
use crate::hearing::{About, Hearing};
use crate::income::{FIRST_RECALCULATION_YEAR, recalculation_day};
use crate::state::{Application, Case, Household, Opened};
use domain::{Day, HearingId, Money, Period, PersonKey};
use messages::{Evidence, Heard, Party, PlaceKind};
use rust_decimal::Decimal;
use schemes::dk_daycare::{Assessment, Input, Offer, PlaceInput, assess, part_of_spells, recalculation_due};
use schemes::{Error, Part};
use std::collections::BTreeSet;

/// What is owed for a month and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Who owes it.
    pub payer: Party,
    /// The amounts and their trace.
    pub assessment: Assessment,
    /// Where its income comes from.
    pub source: Source,
    /// The hearings that the amount rests on.
    pub heard: Vec<(HearingId, Heard)>,
    /// Raises that the citizen must be heard about first.
    pub proposals: Vec<Proposal>,
    /// The subsidy by income, where one is granted.
    pub grant: Option<Grant>,
    /// Whether every place is held for the whole month: only then the amount can stand for the months to come.
    pub whole: bool,
    /// Whether the register lacks an expected report, so that the month was not recalculated.
    pub income_missing: bool,
    /// Whether a place is held and nobody is there to pay for it.
    pub nobody_pays: bool,
    /// Raw records behind the register's income.
    pub evidence: Vec<Evidence>,
}

/// Where the income comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// No subsidy is granted: the full rate.
    NoGrant,
    /// The application of this day.
    Application(Day),
    /// The income register.
    Register,
    /// The tax assessment of this income year.
    TaxAssessment(i32),
}

/// The subsidy by income of a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// Whose income counts.
    pub adults: BTreeSet<PersonKey>,
    /// Kroner a year, as it was granted by.
    pub income: Decimal,
    /// Whether somebody of them is self-employed.
    pub self_employed: bool,
}

/// A raise in waiting.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What about.
    pub about: About,
    /// Who would owe it.
    pub payer: Party,
    /// What would be owed.
    pub assessment: Assessment,
    /// Where its income comes from.
    pub source: Source,
    /// What is owed without.
    pub now: Money,
    /// Raw records behind it.
    pub evidence: Vec<Evidence>,
}

/// One month of the case, ready to be computed under several assumptions.
struct Month<'a> {
    case: &'a Case,
    rules: &'a Rules,
    period: Period,
    household: &'a Household,
    application: Option<&'a Application>,
    places: Vec<PlaceInput>,
}

impl Case {
    /// The decision that was made last about a month.
    pub fn latest_decision(&self, period: Period) -> Option<&Decision> {
        self.decisions.iter().rev().find(|decision| decision.covers(period)).map(|decision| &**decision)
    }

    /// What is owed for a month as the registers stand; none when no place was ever held by then or nobody is there to pay.
    pub(crate) fn target_as_registered(
        &self,
        rules: &Rules,
        opened: &Opened,
        period: Period,
        today: Day,
    ) -> Result<Option<Target>, Error> {
        let (Some(household), Some((payer, can_pay))) = (self.household(period), self.payer(period)) else {
            return Ok(None);
        };
        let mut places = self.place_inputs(rules, opened, period)?;
        if places.is_empty() {
            return Ok(None);
        }
        let held = places.iter().any(|place| !place.part.is_none());
        if !can_pay {
            places.iter_mut().for_each(|place| place.part = Part::NONE);
        }
        // Nobody pays by the income of a household that was never theirs, nor is told of it.
        let application =
            self.application(period, &rules.settings).filter(|_| !self.is_stranger(&payer.person));
        let month = Month { case: self, rules, period, household, application, places };
        let target = month.target(payer, opened, today)?;
        Ok(target.map(|target| Target { nobody_pays: held && !can_pay, ..target }))
    }

    /// The places of a month. When none is held, the ended ones with no part of the month, so that a correction to
    /// nothing has its trace.
    fn place_inputs(&self, rules: &Rules, opened: &Opened, period: Period) -> Result<Vec<PlaceInput>, Error> {
        let mut all = Vec::new();
        for (id, place) in &self.places {
            let Some((held, spells)) = self.place_spells(place, &opened.authority) else { continue };
            let Some(terms) = place.terms(period, held.from) else { continue };
            if held.from > period.last_day() {
                continue;
            }
            let part = part_of_spells(period, &spells, rules.settings.partial_month)?;
            all.push(PlaceInput {
                child: held.child.person.to_string(),
                place: id.to_string(),
                offer: offer(terms.kind),
                monthly_rate: terms.monthly_rate.amount(),
                gross_cost: terms.gross_cost.amount(),
                treatment: terms.treatment,
                social_percent: Decimal::from_str_exact(&terms.social_percent).map_err(|_| {
                    Error::BadInput {
                        field: "social_percent".to_owned(),
                        problem: "is a decimal text from 0 to 100".to_owned(),
                    }
                })?,
                sibling_eligible: terms.kind != PlaceKind::Club,
                part,
            });
        }
        if all.iter().any(|place| !place.part.is_none()) {
            all.retain(|place| !place.part.is_none());
        }
        Ok(all)
    }
}

impl Month<'_> {
    fn target(&self, payer: &Party, opened: &Opened, today: Day) -> Result<Option<Target>, Error> {
        let mut heard = Vec::new();
        let mut proposal = None;
        let mut single = self.household.single_provider;
        let mut adults: BTreeSet<PersonKey> =
            self.household.adults.iter().map(|adult| adult.person.clone()).collect();
        let moved_in = match self.application {
            Some(_) if single => self.case.moved_in(self.rules, self.household, &payer.person, self.period),
            _ => Vec::new(),
        };
        for (about, newcomer) in moved_in {
            let id = about.id(&opened.case);
            let hearing = self.case.hearings.get(&id);
            match hearing.and_then(Hearing::heard) {
                Some(proof) => {
                    single = false;
                    adults.extend(about.newcomer().cloned());
                    // Of several the first has ended the status.
                    if heard.is_empty() {
                        heard.push((id, proof));
                    }
                }
                None if hearing.is_some_and(Hearing::dropped) => {}
                None => {
                    proposal.get_or_insert((about, newcomer.evidence.iter().cloned().collect()));
                }
            }
        }
        let granted = self.application.map(|application| application.yearly_income.amount());
        let of_year = self.of_year();
        let counting = of_year.or(granted);
        let stated = self.assess(counting, single)?;
        let mut proposals = Vec::new();
        if let Some((about, evidence)) = proposal {
            let assessment = self.assess(counting, false)?;
            if assessment.total.amount() > stated.total.amount() {
                let (payer, source, now) = (payer.clone(), self.stated_source(), stated.total);
                proposals.push(Proposal { about, payer, assessment, source, now, evidence });
            }
        }
        let mut target = Target {
            payer: payer.clone(),
            whole: self.places.iter().all(|place| place.part.is_whole()),
            source: self.stated_source(),
            assessment: stated,
            heard,
            proposals,
            grant: None,
            income_missing: false,
            nobody_pays: false,
            evidence: Vec::new(),
        };
        // The register has nothing to say of a month whose year has been reconciled.
        if of_year.is_none() {
            self.recalculate(&mut target, opened, single, &adults, today)?;
        }
        target.grant = self.application.map(|application| Grant {
            adults,
            income: application.yearly_income.amount(),
            self_employed: application.self_employed,
        });
        Ok(Some(target))
    }

    /// The monthly recalculation (*genberegning*, BEK § 33): the register's income of this month in place of the granted
    /// one, when they differ by five steps or more. Less to pay than by the income that counts until now (the granted one,
    /// or the one by which the month has been recalculated) counts at once, more only after a hearing.
    fn recalculate(
        &self,
        target: &mut Target,
        opened: &Opened,
        single: bool,
        adults: &BTreeSet<PersonKey>,
        today: Day,
    ) -> Result<(), Error> {
        let Some(application) = self.application else { return Ok(()) };
        let too_early = recalculation_day(self.period) > today;
        let nothing_held = self.places.iter().all(|place| place.part.is_none());
        let before_the_rule = self.period.year() < FIRST_RECALCULATION_YEAR;
        if too_early || before_the_rule || nothing_held || application.self_employed {
            return Ok(());
        }
        let granted = application.yearly_income.amount();
        let until_now = self.recalculated_by(application, &target.payer.person).unwrap_or(granted);
        let register = self.case.register_income(self.period, adults.iter());
        let monthly = self.rules.settings.missing_month.income(register.kroner);
        target.income_missing = monthly.is_none();
        let due = |monthly| {
            Ok::<_, Error>(recalculation_due(monthly, granted, self.period, &self.rules.parameters)?.due)
        };
        let yearly = match monthly {
            Some(monthly) if due(monthly)? => monthly * Decimal::from(12),
            Some(_) => granted,
            // Where a report is missing or was taken back, what has been decided stands.
            None => until_now,
        };
        if yearly == granted && until_now == granted {
            return Ok(());
        }
        let recalculated = self.assess(Some(yearly), single)?;
        let owed = self.assess(Some(until_now), single)?.total.amount();
        let mut counting = until_now;
        if recalculated.total.amount() < owed {
            counting = yearly;
        } else if recalculated.total.amount() > owed {
            // What the citizen has been heard about counts up to that income; what goes beyond it waits for its own hearing.
            let heard = self
                .highest_heard(&target.payer.person)
                .map(|(id, proof, heard)| (id, proof, heard.min(yearly)));
            let heard = heard.filter(|(_, _, heard)| *heard > until_now);
            counting = heard.as_ref().map_or(until_now, |(_, _, heard)| *heard);
            target.heard.splice(..0, heard.map(|(id, proof, _)| (id, proof)));
        }
        if counting != granted {
            target.assessment = self.assess(Some(counting), single)?;
            target.source = Source::Register;
            target.evidence.clone_from(&register.evidence);
        }
        // What the citizen objects to is not asked again with another income before staff have ruled.
        let about = self.objected_to(&target.payer.person).unwrap_or_else(|| About::Income {
            payer: target.payer.person.clone(),
            month: self.period,
            yearly,
        });
        let dropped = self.case.hearings.get(&about.id(&opened.case)).is_some_and(Hearing::dropped);
        let now = target.assessment.total;
        if recalculated.total.amount() > now.amount() && !dropped {
            let source = if yearly == granted { self.stated_source() } else { Source::Register };
            let (payer, evidence) = (target.payer.clone(), register.evidence);
            target.proposals.push(Proposal { about, payer, assessment: recalculated, source, now, evidence });
        }
        Ok(())
    }

    /// The register's income by which this month has been decided for the payer, unless another one was stated since.
    fn recalculated_by(&self, application: &Application, payer: &PersonKey) -> Option<Decimal> {
        let latest = self.case.latest_decision(self.period)?;
        let stands = application.applied_on < latest.written_on() && latest.payer().person == *payer;
        latest.register_income().filter(|_| stands)
    }

    /// What the payer is being heard about for this month's income and objects to.
    fn objected_to(&self, who: &PersonKey) -> Option<About> {
        let case = self.case;
        let open = case.hearings.iter().find(|(id, hearing)| {
            let of_month = matches!(&hearing.about,
                About::Income { payer, month, .. } if *month == self.period && payer == who);
            of_month && case.is_objected_to(id, hearing)
        });
        open.map(|(_, hearing)| hearing.about.clone())
    }

    /// The payer's hearing about the highest income of this month that has ended with the raise standing: it stands for
    /// every lower income, too.
    fn highest_heard(&self, who: &PersonKey) -> Option<(HearingId, Heard, Decimal)> {
        let of_month = |hearing: &Hearing| match &hearing.about {
            About::Income { payer, month, yearly } if *month == self.period && payer == who => Some(*yearly),
            _ => None,
        };
        self.case
            .hearings
            .iter()
            .filter_map(|(id, hearing)| Some((id.clone(), hearing.heard()?, of_month(hearing)?)))
            .max_by_key(|(_, _, heard)| *heard)
    }

    /// The income by which this month counts since its year has been reconciled.
    fn of_year(&self) -> Option<Decimal> {
        self.case
            .years
            .get(&self.period.year())?
            .months
            .get(&self.period)
            .copied()
            .filter(|_| self.application.is_some())
    }

    fn stated_source(&self) -> Source {
        match self.application {
            Some(_) if self.of_year().is_some() => Source::TaxAssessment(self.period.year()),
            Some(application) => Source::Application(application.applied_on),
            None => Source::NoGrant,
        }
    }

    fn assess(&self, yearly_income: Option<Decimal>, single_provider: bool) -> Result<Assessment, Error> {
        let input = Input {
            month: self.period,
            economic: yearly_income.is_some(),
            yearly_income: yearly_income.unwrap_or_default(),
            single_provider,
            children_at_home: u32::try_from(self.household.children.len()).unwrap_or(u32::MAX),
            places: self.places.clone(),
        };
        assess(&input, &self.rules.parameters, &self.rules.settings)
    }
}

fn offer(kind: PlaceKind) -> Offer {
    match kind {
        PlaceKind::Nursery | PlaceKind::Kindergarten | PlaceKind::Childminder => Offer::Daycare,
        PlaceKind::AfterSchool => Offer::AfterSchool,
        PlaceKind::SchoolBased => Offer::SchoolBased,
        PlaceKind::Club => Offer::Club,
    }
}
