//! Which years are due and which wait.

use super::incomes::{Incomes, average};
use super::months::{Month, OfPayer};
use super::settle::Settling;
use super::{Dropped, Received, deadline};
use crate::assess_case::{Round, horizon};
use crate::for_staff;
use crate::hearing::{About, Hearing};
use crate::reviews::YEAR_OF_THE_DEAD;
use crate::state::Case;
use crate::target::{Grant, Target};
use chrono::Datelike;
use domain::{HearingId, Period, PersonKey};
use messages::{AssessmentFact, YearOpened};
use runtime::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// The id of the refusal that tells of an overdue year.
fn overdue(case: &str, year: i32) -> String {
    format!("year_not_reconciled/{case}/{year}")
}

/// How the part of a payer stands.
enum Stands {
    /// Settled, and told.
    Settled,
    /// The payer is being heard.
    Asked(HearingId),
    /// Staff have to see to it.
    Waits,
}

impl Case {
    /// The open hearings about a year.
    fn asked_about(&self, number: i32) -> impl Iterator<Item = (&HearingId, &Hearing)> {
        self.hearings.iter().filter(move |(_, hearing)| {
            hearing.ended.is_none() && matches!(hearing.about, About::Year { year, .. } if year == number)
        })
    }
}

impl Round<'_> {
    /// Brings the income years that are over in line with their tax assessments. Months are assessed before it. A year that is
    /// reconciled stays so where `nothing_new` has come.
    pub fn reconcile_years(&mut self, case: &mut Case, anew: bool, nothing_new: bool) -> Result<(), Refusal> {
        self.open_new_years(case, anew)?;
        let mut wanted = BTreeSet::new();
        let over = case.years.keys().copied().filter(|year| *year < self.today().year());
        for year in over.collect::<Vec<_>>() {
            let reconciled = case.years.get(&year).is_some_and(|year| year.reconciled);
            if !(nothing_new && reconciled) {
                wanted.extend(self.reconcile_year(case, year)?);
            }
            self.tell_overdue(case, year);
        }
        let of_year = |hearing: &Hearing| matches!(hearing.about, About::Year { .. });
        let unwanted = case.hearings.iter().filter(|(id, hearing)| of_year(hearing) && !wanted.contains(*id));
        let unwanted = unwanted.map(|(id, _)| id.clone()).collect();
        self.morning().supersede(case, unwanted);
        Ok(())
    }

    /// Notes of which years subsidy was received: on the first morning after a year, and where something `anew` may have changed
    /// of years before.
    fn open_new_years(&mut self, case: &mut Case, anew: bool) -> Result<(), Refusal> {
        let last = self.today().year() - 1;
        let Some(first) = case.first_month().map(Period::year) else { return Ok(()) };
        // Years that were over when a version without this control had the case were settled otherwise.
        let before_this_control = || case.assessed_to.map(|_| last - 1);
        let looked = case.years_to.or_else(before_this_control);
        let first = case.years_from.unwrap_or(looked.map_or(first, |looked| first.max(looked + 1)));
        case.years_from = Some(first);
        let from = looked.filter(|_| !anew).map_or(first, |looked| looked + 1);
        for number in from..=last {
            let months = self.months_with_subsidy(case, number)?;
            let is_open = case.years.get(&number).is_some_and(|year| year.received.is_some());
            if months.is_empty() && !is_open {
                continue;
            }
            let received = received(&months);
            let year = case.years.entry(number).or_default();
            let first_time = received.is_some() && year.received.is_none();
            year.received = received;
            if first_time {
                self.tell(AssessmentFact::YearOpened(YearOpened {
                    year: number,
                    deadline: deadline(number),
                }));
            }
        }
        case.years_to = case.years_to.max(Some(last));
        Ok(())
    }

    /// The months of a year in which a place is held, a subsidy by income is granted, and the month is charged.
    fn months_with_subsidy(&self, case: &Case, year: i32) -> Result<Vec<(Period, Target)>, Refusal> {
        let (Some(first), Ok(january), Ok(december)) =
            (case.first_month(), Period::new(year, 1), Period::new(year, 12))
        else {
            return Ok(Vec::new());
        };
        let mut months = Vec::new();
        for month in january.max(first).through(december.min(horizon(self.today()))) {
            months.extend(self.target(case, month)?.map(|target| (month, target)));
        }
        months.retain(|(month, target)| {
            let held = target.assessment.places.iter().any(|place| !place.part.is_none());
            held && !target.nobody_pays && target.grant.is_some() && !case.exempt.contains_key(month)
        });
        Ok(months)
    }

    /// Reconciles a year whose tax assessments are known, as far as anything of it changes or has not been told. The hearings that
    /// it asks for.
    fn reconcile_year(&mut self, case: &mut Case, number: i32) -> Result<Vec<HearingId>, Refusal> {
        let Some(year) =
            case.years.get(&number).filter(|year| !year.incomes.is_empty() && year.closed.is_none())
        else {
            return Ok(Vec::new());
        };
        let months = self.months_with_subsidy(case, number)?;
        let grants = || months.iter().filter_map(|(_, target)| target.grant.as_ref());
        let complete =
            grants().all(|grant| grant.adults.iter().all(|adult| year.incomes.contains_key(adult)));
        // A month that is being heard about, or has not been decided as it stands, comes first.
        let is_heard = |month: &Period| {
            case.hearings.values().any(|hearing| {
                hearing.ended.is_none()
                    && matches!(&hearing.about, About::Income { month: of, .. } if of == month)
            })
        };
        let settled =
            months.iter().all(|(month, target)| !is_heard(month) && is_decided(case, *month, target));
        if months.is_empty() || !complete || !settled {
            let asked = case
                .asked_about(number)
                .filter(|(id, hearing)| complete && !months.is_empty() || case.is_objected_to(id, hearing));
            let asked = asked.map(|(id, _)| id.clone()).collect();
            case.years.entry(number).or_default().reconciled = months.is_empty();
            return Ok(asked);
        }
        let incomes = self.incomes(case, number, &months)?;
        let mut view = case.clone();
        view.years.entry(number).or_default().months.clone_from(&incomes.counting);
        let mut payers: BTreeMap<PersonKey, OfPayer> = BTreeMap::new();
        for (period, now) in months {
            if let Some(then) = self.target(&view, period)? {
                let assessed = incomes.assessed.get(&period).copied().unwrap_or_default();
                let of_payer = payers.entry(now.payer.person.clone()).or_default();
                of_payer.months.push(Month { period, assessed, now, then, left: false });
            }
        }
        let mut asked = Vec::new();
        let mut waits = false;
        for (payer, months) in payers {
            let asks = self.reconcile_payer(case, number, &payer, months, &incomes)?;
            waits |= !matches!(asks, Stands::Settled);
            asked.extend(match asks {
                Stands::Asked(hearing) => Some(hearing),
                Stands::Settled | Stands::Waits => None,
            });
        }
        case.years.entry(number).or_default().reconciled = !waits;
        Ok(asked)
    }

    /// The part of one payer of a year.
    fn reconcile_payer(
        &mut self,
        case: &mut Case,
        number: i32,
        payer: &PersonKey,
        months: OfPayer,
        incomes: &Incomes,
    ) -> Result<Stands, Refusal> {
        // What a payer objects to is not asked otherwise before staff have ruled.
        let objected = case.asked_about(number).find(|(id, hearing)| {
            case.is_objected_to(id, hearing)
                && matches!(&hearing.about, About::Year { payer: asked, .. } if asked == payer)
        });
        if let Some((id, _)) = objected {
            return Ok(Stands::Asked(id.clone()));
        }
        let year = case.years.entry(number).or_default();
        let months = match year.dropped.get(payer) {
            Some(dropped) => dropped.leave(months, year.incomes_of(&dropped.incomes)),
            None => months,
        };
        let told = year.told.get(payer).copied().unwrap_or_default();
        if !months.changes() && told > 0 {
            year.count(&months, incomes);
            return Ok(Stands::Settled);
        }
        if !case.alive(payer, self.today()) {
            self.ask_about_the_dead(case, number, payer);
            return Ok(Stands::Waits);
        }
        let about = About::Year { payer: payer.clone(), year: number, fingerprint: months.fingerprint(told) };
        let id = about.id(&self.opened.case);
        let hearing = case.hearings.get(&id);
        let (months, heard, dropped) = match hearing {
            _ if !months.rises() => (months, None, false),
            Some(hearing) if hearing.dropped() => {
                let year = case.years.entry(number).or_default();
                let of_payer = months
                    .adults()
                    .filter_map(|adult| Some((adult.clone(), year.incomes.get(adult)?.what.kroner)));
                let dropped = Dropped { incomes: of_payer.collect(), months: months.totals().collect() };
                year.dropped.insert(payer.clone(), dropped);
                (months.without_rises(), None, true)
            }
            Some(hearing) if hearing.heard().is_some() => (months, hearing.heard(), false),
            Some(hearing) if !hearing.is_superseded() => return Ok(Stands::Asked(id)),
            _ => {
                self.hear_about_year(case, number, about, &months)?;
                return Ok(Stands::Asked(id));
            }
        };
        self.settle_year(case, number, &months, Settling { hearing: id, heard, dropped, told })?;
        let year = case.years.entry(number).or_default();
        year.told.insert(payer.clone(), told + 1);
        year.count(&months, incomes);
        Ok(Stands::Settled)
    }

    /// Nobody is heard, and nothing is claimed from or paid back to somebody who has died: staff see to the estate.
    fn ask_about_the_dead(&mut self, case: &mut Case, number: i32, payer: &PersonKey) {
        if case.reviews.insert(format!("{YEAR_OF_THE_DEAD}{number}/{payer}")) {
            let code = "year_of_a_dead_payer".to_owned();
            let detail = format!(
                "the payer of {number} has died: settle the year with the estate, and close it with close_year"
            );
            self.tell(AssessmentFact::ReviewNeeded { period: None, code, detail });
        }
    }

    /// Tells staff of a year that is open after its deadline, and ends that.
    fn tell_overdue(&mut self, case: &mut Case, number: i32) {
        let (today, key) = (self.today(), self.opened.case.as_str());
        let Some(year) = case.years.get_mut(&number) else { return };
        let open = year.is_open() && !year.may_wait();
        let is_overdue = open && today > deadline(number);
        if year.overdue == is_overdue {
            return;
        }
        year.overdue = is_overdue;
        let refusal = overdue(key, number);
        self.effects.send(&if is_overdue {
            let detail = format!(
                "the income year {number} was to be reconciled by {}: send state_yearly_income for every adult (tasks \
                 --years shows what it waits for), postpone_year while a tax assessment has not been issued, or close_year \
                 where it was settled otherwise",
                deadline(number)
            );
            for_staff::waits(refusal, key, today, "year_not_reconciled", detail)
        } else {
            for_staff::ended(refusal, key, today, "closed")
        });
    }
}

/// What the subsidy of a year rests on; none without months.
fn received(months: &[(Period, Target)]) -> Option<Received> {
    let grants: Vec<(Period, &Grant)> =
        months.iter().filter_map(|(month, target)| Some((*month, target.grant.as_ref()?))).collect();
    (!grants.is_empty()).then(|| Received {
        adults: grants.iter().flat_map(|(_, grant)| grant.adults.iter().cloned()).collect(),
        granted: average(grants.iter().map(|(_, grant)| grant.income)),
        self_employed: grants.iter().any(|(_, grant)| grant.self_employed),
        months: grants.iter().map(|(month, _)| *month).collect(),
    })
}

/// Whether the latest decision about a month says what is owed for it.
fn is_decided(case: &Case, month: Period, target: &Target) -> bool {
    case.latest_decision(month).map_or(target.assessment.total.is_zero(), |decision| {
        decision.amount() == target.assessment.total && decision.payer().person == target.payer.person
    })
}
