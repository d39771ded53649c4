//! Residents of temporary housing: one for every twenty households, apart from the families, with random numbers, persons and
//! homes of their own, so that the families stay what they are.
//!
//! They live in three facilities: a shelter (§ 110), a women's crisis centre (§ 109) and a house of § 107, whose heat is not
//! measured before its first summer. Most are decided within weeks; one in four is forgotten for months or for ever, as the
//! auditors found. They move in while the law's daily rates are known, and some are told to have moved out only weeks later.

use super::calendar::{bank_day_by, plus_days};
use super::cpr_file::Entry;
use super::draw::Draw;
use super::household::Case;
use super::options::Options;
use super::person::{Home, Registry};
use super::plan::Days;
use anyhow::Result;
use domain::{AuthorityId, CaseId, Cpr, Day, FacilityId, Money, Period, PlaceId, UnitId};
use messages::{
    CaseOrder, FacilityCosts, HousingOrder, HousingParagraph, Means, MonthlyBudget, Stay, StayService,
    StayServiceKind,
};
use rust_decimal::Decimal;
use schemes::dk_temporary_housing as law;

/// Households for each resident.
const HOUSEHOLDS_A_RESIDENT: u32 = 20;

/// What a day's meals cost, in kroner.
const MEALS_KRONER_A_DAY: i64 = 68;

/// What tells the residents' random numbers from the families' of the same seed.
const SEED: u64 = 0x0b07_1180;

/// The first number of a day that residents get, and their first dwelling: far from where families come.
const FIRST_NUMBER: u32 = 1_900;
const FIRST_DWELLING: u32 = 9_000_000;

/// The unit that decides on payments.
const DECIDES: &str = "egenbetaling";

/// The facility that tells who moves in and out.
const FACILITY: &str = "botilbud";

/// Percent who live there when the first month begins.
const THERE_PERCENT: u32 = 65;

/// Percent of whom nobody thinks for months, and of those who are never decided.
const FORGOTTEN_PERCENT: u32 = 25;
const NEVER_PERCENT: u32 = 40;

/// Percent without income at first, and of those who lose theirs.
const NO_INCOME_PERCENT: u32 = 8;
const LOSES_PERCENT: u32 = 6;

/// Days of a stay, least and most.
const STAY_DAYS: (u32, u32) = (40, 500);

/// Days after which a move out is told, least and most.
const TOLD_DAYS: (u32, u32) = (0, 25);

/// The months, and the orders that arrive in them.
struct Told<'a> {
    case: Case,
    days: &'a mut Days,
    last: Day,
}

impl Told<'_> {
    /// What comes after the last month is not written.
    fn order(&mut self, on: Day, by: &str, order: HousingOrder<Cpr>) {
        if on <= self.last {
            let command = self.case.order(on, by, CaseOrder::Housing(order));
            self.days.commands.entry(on).or_default().push(command);
        }
    }
}

/// Puts all residents and what is ordered about them into the days. How many there are: none where the law's rates of no
/// month are known.
pub fn settle(options: &Options, days: &mut Days) -> Result<u32> {
    let parameters = law::parameters()?;
    let months = options.from.through(options.from.plus_months(options.months.saturating_sub(1)));
    let known = |month: &Period| {
        [law::Paragraph::P109, law::Paragraph::P110]
            .iter()
            .all(|paragraph| law::statutory_rate(*paragraph, month.first_day(), &parameters).is_ok())
    };
    let months: Vec<Period> = months.filter(known).collect();
    let Some(first) = months.first() else { return Ok(0) };
    let known_days = months.iter().map(|month| month.days()).sum();
    let mut registry = Registry::apart(FIRST_NUMBER, FIRST_DWELLING);
    let count = options.households.div_ceil(HOUSEHOLDS_A_RESIDENT);
    let base_day = bank_day_by(plus_days(options.from.first_day(), -2));
    for number in 1..=count {
        let mut draw = Draw::of(options.seed ^ SEED, number, 0);
        let born = plus_days(first.first_day(), -i64::from(draw.between(7_000, 24_000)));
        let municipality_since = plus_days(options.from.first_day(), -i64::from(draw.between(600, 4_000)));
        let home = Home {
            municipality: options.profile.authority(),
            dwelling: registry.dwelling(),
            since: municipality_since,
            municipality_since,
        };
        let female = draw.percent(35);
        let person = registry.person(&mut draw, born, female, home)?;
        days.extract.entry(base_day).or_default().push(Entry::of(&person, None));
        let id = CaseId::parse(format!("BO-{number:06}"))?;
        let authority = AuthorityId::parse(format!("{:04}", options.profile.authority()))?;
        let case = Case::new(id, authority, true);
        let last = options.from.plus_months(options.months.saturating_sub(1)).last_day();
        let mut told = Told { case, days, last };
        live(&mut told, person.cpr, female, (*first, known_days), &mut draw)?;
    }
    Ok(count)
}

/// A resident from the first order to the last.
fn live(
    told: &mut Told<'_>,
    resident: Cpr,
    female: bool,
    (first, days): (Period, u32),
    draw: &mut Draw,
) -> Result<()> {
    let eve = plus_days(first.first_day(), -1);
    let there = draw.percent(THERE_PERCENT);
    let first_day = match there {
        true => plus_days(eve, -i64::from(draw.between(0, 300))),
        false => plus_days(first.first_day(), i64::from(draw.between(0, days.saturating_sub(1)))),
    };
    let known_on = first_day.max(eve);
    let paragraph = match draw.between(1, 100) {
        1..=55 => HousingParagraph::P110,
        56..=75 if female => HousingParagraph::P109,
        56..=75 => HousingParagraph::P110,
        _ => HousingParagraph::P107,
    };
    let stay = stay(paragraph)?;
    let place = told.case.next_place()?;
    told.order(known_on, FACILITY, HousingOrder::OpenResidence { resident });
    let moves_in =
        HousingOrder::MoveIn { place: place.clone(), stay: stay.clone(), first_day, last_day: None };
    told.order(known_on, FACILITY, moves_in);
    if paragraph == HousingParagraph::P107 {
        let costs = |heat| HousingOrder::SetCosts(costs(&stay.facility, first, heat));
        told.order(known_on, DECIDES, costs(false));
        let measured = first.plus_months(5).first_day();
        told.order(measured.max(known_on), DECIDES, costs(true));
    }
    let stated_on = plus_days(known_on, i64::from(draw.between(1, 20)));
    let income = !draw.percent(NO_INCOME_PERCENT);
    let means = means(income, draw);
    told.order(stated_on, DECIDES, HousingOrder::SetMeans { from: first_day, means: means.clone() });
    let forgotten = draw.percent(FORGOTTEN_PERCENT);
    let never = draw.percent(NEVER_PERCENT);
    let after = if forgotten { draw.between(60, 280) } else { draw.between(1, 15) };
    let decided_on = plus_days(stated_on, i64::from(after));
    let last_day = plus_days(known_on, i64::from(draw.between(STAY_DAYS.0, STAY_DAYS.1)));
    if !(forgotten && never) && decided_on <= last_day {
        decide(told, &place, paragraph == HousingParagraph::P107 && can_pay_meals(&means), decided_on);
    }
    if draw.percent(LOSES_PERCENT) {
        let from = plus_days(decided_on, i64::from(draw.between(30, 90)));
        let on = plus_days(from, i64::from(draw.between(1, 30)));
        told.order(on, DECIDES, HousingOrder::SetMeans { from, means: Means { income: false, ..means } });
    }
    let told_on = plus_days(last_day, i64::from(draw.between(TOLD_DAYS.0, TOLD_DAYS.1)));
    told.order(told_on, FACILITY, HousingOrder::MoveOut { place, last_day });
    Ok(())
}

/// Whether the resident can pay meals in every month.
fn can_pay_meals(means: &Means) -> bool {
    let month = Decimal::from(MEALS_KRONER_A_DAY * 31);
    means.budget.as_ref().is_some_and(|budget| {
        let spent = budget.home_costs.amount() + budget.obligations.amount() + budget.personal_needs.amount();
        budget.income.amount() - spent >= month
    })
}

/// The caseworker decides; with meals, of which some are done without, where the resident can pay them.
fn decide(told: &mut Told<'_>, place: &PlaceId, eats: bool, on: Day) {
    let daily_rate = Money::dkk(MEALS_KRONER_A_DAY);
    let meals = StayService { kind: StayServiceKind::Food, name: "Kost".to_owned(), daily_rate };
    let services = if eats { vec![meals] } else { Vec::new() };
    let template = "2023-1".to_owned();
    let order = HousingOrder::DecidePayment { place: place.clone(), daily_rate: None, services, template };
    told.order(on, DECIDES, order);
    if eats {
        let (from, to) = (plus_days(on, 40), plus_days(on, 44));
        let without = HousingOrder::OptOut { service: "Kost".to_owned(), from, to };
        told.order(plus_days(from, -3), FACILITY, without);
    }
}

fn stay(paragraph: HousingParagraph) -> Result<Stay> {
    let (facility, unit) = match paragraph {
        HousingParagraph::P107 => ("BIRKEHUSET", "handicap"),
        HousingParagraph::P109 => ("KRISECENTRET", "familier"),
        HousingParagraph::P110 => ("HERBERGET", "hjemloese"),
    };
    Ok(Stay { facility: FacilityId::parse(facility)?, unit: UnitId::parse(unit)?, paragraph })
}

fn costs(facility: &FacilityId, first: Period, heat: bool) -> FacilityCosts {
    FacilityCosts {
        facility: facility.clone(),
        valid_from: first.first_day(),
        valid_to: first.plus_months(36).last_day(),
        rent: Some(Money::dkk(412_000)),
        electricity: Some(Money::dkk(51_000)),
        heat: heat.then(|| Money::dkk(64_000)),
        place_days: 4_380,
        provisional: false,
        owner: "ejendomme".to_owned(),
    }
}

/// What the resident states. Some can pay less than the rate.
fn means(income: bool, draw: &mut Draw) -> Means {
    let after_tax = Money::dkk(i64::from(draw.between(72, 135)) * 100);
    let obligations = Money::dkk(i64::from(draw.between(0, 18)) * 100);
    let budget = MonthlyBudget {
        income: after_tax,
        home_costs: Money::dkk(0),
        obligations,
        personal_needs: Money::dkk(4_900),
    };
    Means { income, own_home_kept: false, budget: income.then_some(budget), comparable_rent: None }
}
