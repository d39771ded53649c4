//! Households with children in Swedish childcare, beside the Danish families: their orders come in files of their own, as from
//! another municipality, and leave those of the others as they are. No register tells of them.
//!
//! Every number is a coordination number (*samordningsnummer*: 60 added to the day of birth, Skatteverket SKV 707); the first of
//! a day has the digits 000, which are given to nobody. No name and no address is written. The municipality is fictive, too.

use super::calendar::plus_days;
use super::draw::Draw;
use super::household::Case;
use super::options::Options;
use super::plan::Days;
use anyhow::{Context, Result};
use chrono::Datelike;
use domain::{AuthorityId, CaseId, Currency, Day, Money, Period, Personnummer, PlaceId};
use messages::{CareForm, CareTerms, CaseOrder, ChildcareOrder};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Danish households for each Swedish one.
const HOUSEHOLDS_A_FAMILY: u32 = 50;

/// The municipality, which is fictive: the codes of Statistics Sweden (*kommunkoder*) in the county 01 end with 0192, and no
/// Danish municipality has it.
const MUNICIPALITY: &str = "0199";

/// What tells these families' random numbers from the others' of the same seed.
const SEED: u64 = 0x5e0c_0199;

/// The office for fees, and the custodians through self-service.
const OFFICE: &str = "barnomsorg";
const CUSTODIAN: &str = "e-tjanst";

/// Percent who declare an income at first, and who declare another one later.
const DECLARES_PERCENT: u32 = 80;
const DECLARES_AGAIN_PERCENT: u32 = 35;

/// Percent of whom somebody moves in or out, of whose children one leaves by notice, and who move away.
const ANOTHER_HOUSEHOLD_PERCENT: u32 = 15;
const NOTICE_PERCENT: u32 = 20;
const MOVES_PERCENT: u32 = 10;

/// Percent of children who have their place when the first month begins.
const THERE_PERCENT: u32 = 75;

/// Days of age of children, and of custodians, when the first month begins: least and most.
const CHILD_DAYS: (u32, u32) = (400, 3_600);
const CUSTODIAN_DAYS: (u32, u32) = (9_000, 16_000);

/// From this birthday's August on a child is in after-school care.
const SCHOOL_YEARS: i32 = 6;

/// A household's income: hundreds of kronor a month, least and most.
const HUNDREDS: (u32, u32) = (140, 720);

/// What is ordered about a household, and until when it is written.
struct Told<'a> {
    case: Case,
    days: &'a mut Days,
    last: Day,
}

impl Told<'_> {
    /// What comes after the last month is not written.
    fn order(&mut self, on: Day, by: &str, order: ChildcareOrder<Personnummer>) {
        if on <= self.last {
            let command = self.case.order(on, by, CaseOrder::Childcare(order));
            self.days.swedish.entry(on).or_default().push(command);
        }
    }
}

/// The numbers that have been given, by date of birth.
#[derive(Default)]
struct Numbers(BTreeMap<Day, u32>);

impl Numbers {
    fn next(&mut self, born: Day) -> Result<Personnummer> {
        let given = self.0.entry(born).or_default();
        let number = Personnummer::coordination(born, *given)
            .context("a fictive Swedish number could not be formed: ask for fewer households")?;
        *given += 1;
        Ok(number)
    }
}

/// Puts what is ordered about all households into the days. How many there are: none where the cap of no month is known.
pub fn settle(options: &Options, days: &mut Days) -> Result<u32> {
    let parameters = schemes::se_childcare::parameters()?;
    let months = options.from.through(options.from.plus_months(options.months.saturating_sub(1)));
    let known = |month: &Period| parameters.get("income_cap", month.first_day()).is_ok();
    let months: Vec<Period> = months.filter(known).collect();
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Ok(0) };
    let mut numbers = Numbers::default();
    let count = options.households.div_ceil(HOUSEHOLDS_A_FAMILY);
    for number in 1..=count {
        let mut draw = Draw::of(options.seed ^ SEED, number, 0);
        let case =
            Case::new(CaseId::parse(format!("FSK-{number:06}"))?, AuthorityId::parse(MUNICIPALITY)?, true);
        let mut told = Told { case, days, last: last.last_day() };
        live(&mut told, &mut numbers, (first.first_day(), last.last_day()), &mut draw)?;
    }
    Ok(count)
}

/// A household from the first order to the last.
fn live(
    told: &mut Told<'_>,
    numbers: &mut Numbers,
    (first, last): (Day, Day),
    draw: &mut Draw,
) -> Result<()> {
    let eve = plus_days(first, -1);
    let span = u32::try_from((last - first).num_days()).unwrap_or_default();
    let before =
        |draw: &mut Draw, days: (u32, u32)| plus_days(first, -i64::from(draw.between(days.0, days.1)));
    let custodian = numbers.next(before(draw, CUSTODIAN_DAYS))?;
    told.order(eve, OFFICE, ChildcareOrder::OpenChildcare { custodian });
    if draw.percent(DECLARES_PERCENT) {
        told.order(eve, CUSTODIAN, declared(eve, draw)?);
    }
    let children = [1, 1, 2, 2, 2, 3][usize::try_from(draw.between(0, 5))?];
    let mut places: Vec<PlaceId> = Vec::new();
    for _ in 0..children {
        let born = before(draw, CHILD_DAYS);
        let there = draw.percent(THERE_PERCENT);
        let first_day =
            if there { first } else { plus_days(first, i64::from(draw.between(10, span.max(11)))) };
        let place = told.case.next_place()?;
        starts(told, place.clone(), numbers.next(born)?, born, first_day);
        places.push(place);
    }
    let some_day = |draw: &mut Draw| plus_days(first, i64::from(draw.between(20, span.max(21))));
    if draw.percent(DECLARES_AGAIN_PERCENT) {
        let on = some_day(draw);
        told.order(on, CUSTODIAN, declared(on, draw)?);
    }
    if draw.percent(ANOTHER_HOUSEHOLD_PERCENT) {
        let from = some_day(draw);
        let on = plus_days(from, i64::from(draw.between(0, 40)));
        let partner = draw.percent(50).then(|| numbers.next(before(draw, CUSTODIAN_DAYS))).transpose()?;
        let monthly_income = Some(income(draw)?);
        told.order(on, CUSTODIAN, ChildcareOrder::SetChildcareHousehold { from, partner, monthly_income });
    }
    if draw.percent(NOTICE_PERCENT)
        && let Some(place) = places.first()
    {
        let on = some_day(draw);
        told.order(on, CUSTODIAN, ChildcareOrder::GiveNotice { place: place.clone(), given_on: Some(on) });
    }
    if draw.percent(MOVES_PERCENT) {
        let on = some_day(draw);
        let moved_on = Some(plus_days(on, -i64::from(draw.between(0, 15))));
        for place in places {
            told.order(on, OFFICE, ChildcareOrder::MoveAway { place, moved_on });
        }
    }
    Ok(())
}

/// A child gets its place, known some days ahead, and changes to after-school care with school.
fn starts(told: &mut Told<'_>, place: PlaceId, child: Personnummer, born: Day, first_day: Day) {
    let terms = |care| CareTerms { care, weekly_hours: None, same_address: true };
    let school = Day::from_ymd_opt(born.year() + SCHOOL_YEARS, 8, 1).unwrap_or(born);
    let care = if school <= first_day { CareForm::AfterSchool } else { CareForm::Preschool };
    let known_on = plus_days(first_day, -1);
    let order = ChildcareOrder::StartChildcare { place: place.clone(), child, first_day, terms: terms(care) };
    told.order(known_on, OFFICE, order);
    if school > first_day {
        let order =
            ChildcareOrder::ChangeChildcare { place, from: school, terms: terms(CareForm::AfterSchool) };
        told.order(plus_days(school, -30).max(known_on), OFFICE, order);
    }
}

fn declared(on: Day, draw: &mut Draw) -> Result<ChildcareOrder<Personnummer>> {
    Ok(ChildcareOrder::DeclareIncome { declared_on: on, monthly_income: income(draw)? })
}

fn income(draw: &mut Draw) -> Result<Money> {
    let hundreds = draw.between(HUNDREDS.0, HUNDREDS.1);
    Ok(Money::new(Decimal::from(hundreds * 100), Currency::SEK)?)
}
