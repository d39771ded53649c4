//! Which years are due and which wait.

use super::incomes::average;
use super::settle::{Month, OfPayer};
use super::{Received, deadline};
use crate::assess_case::{Round, horizon};
use crate::for_staff;
use crate::hearing::{About, Ended};
use crate::state::Case;
use crate::target::{Grant, Target};
use chrono::Datelike;
use domain::{HearingId, Period, PersonKey};
use messages::{AssessmentFact, HearingOutcome, YearOpened};
use runtime::Refusal;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// The id of the refusal that tells of an overdue year.
fn overdue(case: &str, year: i32) -> String {
    format!("year_not_reconciled/{case}/{year}")
}

impl Round<'_> {
    /// Brings the income years that are over in line with their tax assessments. Months are assessed before it.
    pub fn reconcile_years(&mut self, case: &mut Case, anew: bool) -> Result<(), Refusal> {
        self.open_new_years(case, anew)?;
        let mut wanted = BTreeSet::new();
        let over = case.years.keys().copied().filter(|year| *year < self.today().year());
        for year in over.collect::<Vec<_>>() {
            wanted.extend(self.reconcile_year(case, year)?);
            self.tell_overdue(case, year);
        }
        self.supersede_year_hearings(case, &wanted);
        Ok(())
    }

    /// Notes of which years subsidy was received: on the first morning after a year, and where something `anew` may have changed
    /// of years before.
    fn open_new_years(&mut self, case: &mut Case, anew: bool) -> Result<(), Refusal> {
        let last = self.today().year() - 1;
        let Some(first) = case.first_month().map(Period::year) else { return Ok(()) };
        let from = case.years_to.filter(|_| !anew).map_or(first, |looked| looked + 1);
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

    /// The months of a year in which a place is held and a subsidy by income is granted.
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
        months.retain(|(_, target)| {
            let held = target.assessment.places.iter().any(|place| !place.part.is_none());
            held && !target.nobody_pays && target.grant.is_some()
        });
        Ok(months)
    }

    /// Reconciles a year whose tax assessments are known, unless it has been. The hearings that it asks for.
    fn reconcile_year(&mut self, case: &mut Case, number: i32) -> Result<Vec<HearingId>, Refusal> {
        let Some(year) = case.years.get(&number).filter(|year| !year.incomes.is_empty()) else {
            return Ok(Vec::new());
        };
        let months = self.months_with_subsidy(case, number)?;
        let complete = months
            .iter()
            .filter_map(|(_, target)| target.grant.as_ref())
            .all(|grant| grant.adults.iter().all(|adult| year.incomes.contains_key(adult)));
        if months.is_empty() || !complete {
            return Ok(Vec::new());
        }
        let fingerprint = self.fingerprint(case, (number, year), &months);
        if year.reconciled.as_ref() == Some(&fingerprint) {
            return Ok(Vec::new());
        }
        // A month that is being heard about, or has not been decided as it stands, comes first.
        let is_heard = |month: &Period| {
            case.hearings.values().any(|hearing| {
                hearing.ended.is_none()
                    && matches!(&hearing.about, About::Income { month: of, .. } if of == month)
            })
        };
        if months.iter().any(|(month, target)| is_heard(month) || !is_decided(case, *month, target)) {
            return Ok(Vec::new());
        }
        let incomes = self.incomes(case, number, &months)?;
        let mut view = case.clone();
        view.years.entry(number).or_default().months.clone_from(&incomes);
        let mut payers: BTreeMap<PersonKey, OfPayer> = BTreeMap::new();
        for (month, now) in months {
            if let Some(then) = self.target(&view, month)? {
                let of_payer = payers.entry(now.payer.person.clone());
                of_payer.or_insert_with(|| OfPayer { months: Vec::new() }).months.push((month, now, then));
            }
        }
        let (mut asked, mut waits) = (Vec::new(), false);
        for (payer, months) in payers {
            let about = About::Year { payer, year: number, fingerprint: fingerprint.clone() };
            let id = about.id(&self.opened.case);
            let hearing = case.hearings.get(&id);
            let (months, heard) = match hearing {
                _ if !months.rises() => (months, None),
                Some(hearing) if hearing.dropped() => (months.without_rises(), None),
                Some(hearing) if hearing.heard().is_some() => (months, hearing.heard()),
                Some(hearing) if !hearing.is_superseded() => {
                    (waits, asked) = (true, [asked, vec![id]].concat());
                    continue;
                }
                _ => {
                    self.hear_about_year(case, number, about, &months)?;
                    (waits, asked) = (true, [asked, vec![id]].concat());
                    continue;
                }
            };
            let hearing = heard.map(|heard| (id.clone(), heard));
            self.settle_year(case, (number, &fingerprint), &months, &id, hearing)?;
            let differs =
                |(_, now, then): &&Month| (then.source, &then.assessment) != (now.source, &now.assessment);
            let counting = months.months.iter().filter(differs).map(|(month, ..)| *month);
            let counting: Vec<(Period, Decimal)> =
                counting.filter_map(|month| Some((month, *incomes.get(&month)?))).collect();
            case.years.entry(number).or_default().months.extend(counting);
        }
        if !waits {
            case.years.entry(number).or_default().reconciled = Some(fingerprint);
        }
        Ok(asked)
    }

    /// Closes the open hearings about a year that nothing calls for any more.
    fn supersede_year_hearings(&mut self, case: &mut Case, wanted: &BTreeSet<HearingId>) {
        let outcome = HearingOutcome::Superseded;
        let open = case.hearings.iter_mut().filter(|(id, hearing)| {
            hearing.ended.is_none() && matches!(hearing.about, About::Year { .. }) && !wanted.contains(*id)
        });
        let mut closed = Vec::new();
        for (id, hearing) in open {
            hearing.ended = Some(Ended { on: self.today(), outcome, answered_on: None });
            closed.push(id.clone());
        }
        for hearing in closed {
            self.close(case, hearing, outcome);
        }
    }

    /// Tells staff of a year that is open after its deadline, and ends that.
    fn tell_overdue(&mut self, case: &mut Case, number: i32) {
        let (today, key) = (self.today(), self.opened.case.as_str());
        let Some(year) = case.years.get_mut(&number) else { return };
        let open = year.received.is_some() && year.reconciled.is_none() && year.postponed.is_none();
        let is_overdue = open && today > deadline(number);
        if year.overdue == is_overdue {
            return;
        }
        year.overdue = is_overdue;
        let refusal = overdue(key, number);
        self.effects.send(&if is_overdue {
            let detail = format!(
                "the income year {number} was to be reconciled by {}: send state_yearly_income for every adult, or \
                 postpone_year with its reason",
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
