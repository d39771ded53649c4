//! What a household does in a month, laid down on the days it reaches the authority.

use super::calendar::next_bank_day;
use super::cpr_file::{Entry, Event};
use super::draw::Draw;
use super::eindkomst_file::Report;
use super::household::{Case, Household};
use super::limits::Limits;
use super::person::{Person, Registry};
use super::profile::Profile;
use domain::{Cpr, Day, Period, Personnummer};
use messages::{CaseCommand, CaseOrder};
use std::collections::BTreeMap;

/// The office that assigns places and keeps cases.
pub const OFFICE: &str = "pladsanvisning";

/// The parents, through self-service.
pub const PARENTS: &str = "selvbetjening";

/// Percent of applications whose stated income is too low, and too high.
const STATES_TOO_LITTLE_PERCENT: u32 = 9;
const STATES_TOO_MUCH_PERCENT: u32 = 9;

/// What waits to be delivered, by day.
#[derive(Debug, Default)]
pub struct Days {
    pub extract: BTreeMap<Day, Vec<Entry>>,
    pub reports: BTreeMap<Day, Vec<Report>>,
    pub commands: BTreeMap<Day, Vec<CaseCommand<Cpr>>>,
    pub swedish: BTreeMap<Day, Vec<CaseCommand<Cpr, Personnummer>>>,
}

impl Days {
    /// The first day on which something waits.
    pub fn first(&self) -> Option<Day> {
        let firsts = [
            self.extract.first_key_value().map(|(day, _)| *day),
            self.reports.first_key_value().map(|(day, _)| *day),
            self.commands.first_key_value().map(|(day, _)| *day),
            self.swedish.first_key_value().map(|(day, _)| *day),
        ];
        firsts.into_iter().flatten().min()
    }
}

/// A household's month.
pub struct Plan<'a> {
    pub profile: Profile,
    pub standing_share: u32,
    pub month: Period,
    pub limits: &'a Limits,
    pub registry: &'a mut Registry,
    pub days: &'a mut Days,
    pub draw: Draw,
}

impl Plan<'_> {
    /// The register tells of a person on the bank day after the event.
    pub fn tell(&mut self, person: &Person, code: &'static str, on: Day) {
        let entry = Entry::of(person, Some(Event { code, on }));
        self.days.extract.entry(next_bank_day(on)).or_default().push(entry);
    }

    /// Gives an order about a case.
    pub fn order(&mut self, case: &mut Case, on: Day, by: &str, order: CaseOrder<Cpr>) {
        let command = case.order(on, by, order);
        self.days.commands.entry(on).or_default().push(command);
    }

    /// The parent states the household that holds since `from`. From then on the authority knows all its adults.
    pub fn state_household(&mut self, household: &mut Household, from: Day, on: Day) {
        for adult in &mut household.adults {
            adult.stated = true;
        }
        let (adults, children) = (household.adult_numbers(), household.children_numbers());
        let single_provider = household.adults.len() == 1;
        let Some(case) = &mut household.case else { return };
        case.single = single_provider;
        self.order(case, on, PARENTS, CaseOrder::SetHousehold { from, adults, children, single_provider });
    }

    /// The parents apply for the economic subsidy, if they would get any and ever apply.
    pub fn apply(&mut self, household: &mut Household, on: Day, admitted_on: Option<Day>) {
        let income = household.stated_income();
        let children = household.children.len();
        let self_employed = household.adults.iter().any(|adult| adult.stated && adult.work.is_business());
        let Some(case) = &mut household.case else { return };
        if case.never_applies || !self.limits.entitled(income, case.single, children) {
            return;
        }
        let stated = state_income(income, &mut self.draw);
        case.granted = Some(stated);
        case.applied_in = Some(self.month);
        let order = CaseOrder::ApplySubsidy {
            applied_on: on,
            yearly_income: domain::Money::dkk(stated),
            self_employed,
            admitted_on,
        };
        self.order(case, on, PARENTS, order);
    }
}

/// What parents write: their monthly income times twelve, mostly near the truth, sometimes far off.
fn state_income(income: i64, draw: &mut Draw) -> i64 {
    let luck = draw.between(1, 100);
    let percent_of_ten = if luck <= STATES_TOO_LITTLE_PERCENT {
        draw.between(720, 920)
    } else if luck <= STATES_TOO_LITTLE_PERCENT + STATES_TOO_MUCH_PERCENT {
        draw.between(1_080, 1_280)
    } else {
        draw.between(990, 1_010)
    };
    let monthly = income / 12 * i64::from(percent_of_ten) / 1_000;
    // Whole hundreds a month.
    monthly / 100 * 100 * 12
}
