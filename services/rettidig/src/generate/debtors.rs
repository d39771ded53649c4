//! Debtors of repayable cash assistance: one for every forty households, apart from families and residents, with random
//! numbers, persons and homes of their own, so that the others stay what they are.
//!
//! Most are loaded when the first month begins, as when a municipality begins to work with this, among them claims that are
//! time-barred or about to lapse. Of a third the income register knows nothing, a third lives on a benefit, the others earn what
//! a published row of the table has; while no table is known, nobody's income is found. Some do not pay an instalment.

use super::calendar::{bank_day_by, plus_days};
use super::cpr_file::Entry;
use super::draw::Draw;
use super::household::Case;
use super::options::Options;
use super::person::{Home, Registry};
use super::plan::Days;
use anyhow::Result;
use chrono::Datelike;
use domain::{AuthorityId, CaseId, ClaimId, Cpr, Day, Money, Period};
use messages::{
    CaseOrder, Circumstances, DeferringBenefit, IncomeSource, NetIncome, NetMonth, RepayableClaim,
    RepaymentGround, RepaymentOrder,
};
use rust_decimal::Decimal;
use schemes::collection::{Country, due_date};
use schemes::dk_cash_repayment::{self as law, Input, Parameters, Settings, assess};

/// Households for each debtor.
const HOUSEHOLDS_A_DEBTOR: u32 = 40;

/// What tells the debtors' random numbers from the others' of the same seed.
const SEED: u64 = 0x0585_2023;

/// The first number of a day that debtors get, and their first dwelling: far from where families and residents come.
const FIRST_NUMBER: u32 = 1_800;
const FIRST_DWELLING: u32 = 9_500_000;

/// The system that registers claims, the unit that collects, and the ledger.
const BENEFITS: &str = "ydelsessystem";
const COLLECTS: &str = "opkraevning";
const LEDGER: &str = "debitor";

/// Percent who are loaded before the first month.
const LOADED_PERCENT: u32 = 65;

/// Percent who live on a benefit, and percent of the others whose income is found where a table is known.
const BENEFIT_PERCENT: u32 = 35;
const EARNS_PERCENT: u32 = 60;

/// Percent of claims that were demanded too long ago, and of those whose help ended nearly three years ago.
const BARRED_PERCENT: u32 = 6;
const OLD_PERCENT: u32 = 8;

/// Percent who miss an instalment, and percent of those who pay it late.
const MISSES_PERCENT: u32 = 30;
const PAYS_LATE_PERCENT: u32 = 50;

/// Days after which the first instalment is due: notice, decision, and the next month.
const FIRST_DUE_DAYS: i64 = 95;

/// The day of the month on which instalments are due, and days after which the ledger tells of one that was not paid.
const DUE_DAY: u32 = 20;
const TOLD_DAYS: i64 = 3;

/// The months, and the orders that arrive in them.
struct Told<'a> {
    case: Case,
    days: &'a mut Days,
    parameters: &'a Parameters,
    last: Day,
}

impl Told<'_> {
    /// What comes after the last month is not written.
    fn order(&mut self, on: Day, by: &str, order: RepaymentOrder<Cpr>) {
        if on <= self.last {
            let command = self.case.order(on, by, CaseOrder::Repayment(order));
            self.days.commands.entry(on).or_default().push(command);
        }
    }

    /// Whether something can be decided on a day with this income.
    fn is_decidable(&self, on: Day, months: &[Decimal]) -> bool {
        let input = Input {
            on,
            net_yearly_income: None,
            latest_months: months.to_vec(),
            latest_tax_year: None,
            provider: false,
            benefit: None,
            claims: Vec::new(),
        };
        let provider = Input { provider: true, ..input.clone() };
        [input, provider].iter().all(|input| assess(input, self.parameters, &Settings::default()).is_ok())
    }

    /// The debtor's circumstances are found.
    fn found(&mut self, on: Day, circumstances: Circumstances) {
        self.order(on, COLLECTS, RepaymentOrder::SetCircumstances { from: on, circumstances });
    }
}

/// Puts all debtors and what is ordered about them into the days. How many there are.
pub fn settle(options: &Options, days: &mut Days) -> Result<u32> {
    let parameters = law::parameters()?;
    let mut registry = Registry::apart(FIRST_NUMBER, FIRST_DWELLING);
    let count = options.households.div_ceil(HOUSEHOLDS_A_DEBTOR);
    let first = options.from.first_day();
    let base_day = bank_day_by(plus_days(first, -2));
    for number in 1..=count {
        let mut draw = Draw::of(options.seed ^ SEED, number, 0);
        let born = plus_days(first, -i64::from(draw.between(8_000, 22_000)));
        let municipality_since = plus_days(first, -i64::from(draw.between(600, 4_000)));
        let home = Home {
            municipality: options.profile.authority(),
            dwelling: registry.dwelling(),
            since: municipality_since,
            municipality_since,
        };
        let female = draw.percent(45);
        let person = registry.person(&mut draw, born, female, home)?;
        days.extract.entry(base_day).or_default().push(Entry::of(&person, None));
        let id = CaseId::parse(format!("KTH-{number:06}"))?;
        let authority = AuthorityId::parse(format!("{:04}", options.profile.authority()))?;
        let case = Case::new(id, authority, true);
        let last = options.from.plus_months(options.months.saturating_sub(1)).last_day();
        let mut told = Told { case, days, parameters: &parameters, last };
        owe(&mut told, person.cpr, first, &mut draw)?;
    }
    Ok(count)
}

/// A debtor from the first claim to the last.
fn owe(told: &mut Told<'_>, debtor: Cpr, first: Day, draw: &mut Draw) -> Result<()> {
    let days = u32::try_from((told.last - first).num_days()).unwrap_or_default();
    let later = i64::from(draw.between(0, days));
    let loaded = draw.percent(LOADED_PERCENT);
    let registered_on = if loaded { plus_days(first, -1) } else { plus_days(first, later) };
    told.order(registered_on, BENEFITS, RepaymentOrder::OpenRepayment { debtor });
    let mut debt = 0;
    for number in 1..=draw.between(1, 4) {
        let (claim, kroner) = claim(told, number, registered_on, draw)?;
        debt += kroner;
        told.order(registered_on, BENEFITS, RepaymentOrder::RegisterClaim(claim));
    }
    let found_on = plus_days(registered_on, i64::from(draw.between(1, 12)));
    let provider = draw.percent(40);
    let on_benefit = draw.percent(BENEFIT_PERCENT);
    let (earns, latest) = (draw.percent(EARNS_PERCENT), i64::from(draw.between(85, 152)) * 100);
    let circumstances = |on: Day, income: NetIncome, benefit: bool| Circumstances {
        provider,
        benefit: benefit.then_some(DeferringBenefit::CashAssistance),
        source: if benefit { IncomeSource::BenefitSystem } else { IncomeSource::IncomeRegister },
        income,
        fetched_on: on,
        authorisation: Some("eindkomst-2022-1".to_owned()),
    };
    let income = |told: &Told<'_>, on: Day| {
        let nets = [Decimal::from(latest), Decimal::from(latest)];
        // From the day after, on which it is decided, for as long as a notice takes.
        let decidable = [1, 40].iter().all(|days| told.is_decidable(plus_days(on, *days), &nets));
        (earns && decidable).then(|| earned(on, latest))
    };
    let (benefit, found) = match income(told, found_on) {
        _ if on_benefit => (true, NetIncome::NotFound),
        Some(found) => (false, found),
        // Where nothing can be decided without income either, the debtor lives on a benefit.
        None => (!told.is_decidable(plus_days(found_on, 40), &[]), NetIncome::NotFound),
    };
    let fixed = !benefit && found == NetIncome::NotFound;
    told.found(found_on, circumstances(found_on, found, benefit));
    // The income is looked up once more, and may be there by then.
    let again_on = plus_days(found_on, i64::from(draw.between(250, 300)));
    if let Some(found) = income(told, again_on).filter(|_| !benefit) {
        told.found(again_on, circumstances(again_on, found, false));
    }
    let (misses, pays_late) = (draw.percent(MISSES_PERCENT), draw.percent(PAYS_LATE_PERCENT));
    // Two fixed instalments at least are owed by then.
    if fixed && misses && debt > 3_000 {
        miss(told, Period::of(plus_days(found_on, FIRST_DUE_DAYS)), pays_late);
    }
    Ok(())
}

/// An instalment is not paid, or late.
fn miss(told: &mut Told<'_>, period: Period, pays_late: bool) {
    let nominal = period.first_day().with_day(DUE_DAY).unwrap_or(period.last_day());
    let due_on = due_date(Country::Denmark, nominal);
    told.order(plus_days(due_on, TOLD_DAYS), LEDGER, RepaymentOrder::PaymentMissed { period, due_on });
    if pays_late {
        let paid_on = plus_days(due_on, 11);
        told.order(plus_days(paid_on, 1), LEDGER, RepaymentOrder::PaymentMade { period, paid_on });
    }
}

/// The net income of the two months before a day.
fn earned(on: Day, latest: i64) -> NetIncome {
    let month = Period::of(on).minus_months(1);
    let of = |month, net| NetMonth { month, net: Money::dkk(net) };
    NetIncome::LatestMonths(vec![of(month, latest), of(month.minus_months(1), latest)])
}

fn claim(told: &Told<'_>, number: u32, registered_on: Day, draw: &mut Draw) -> Result<(RepayableClaim, i64)> {
    let kroner = i64::from(draw.between(18, 115)) * 100;
    let old = draw.percent(OLD_PERCENT);
    let ended = if old { draw.between(1_000, 1_080) } else { draw.between(60, 800) };
    let help_ended_on = plus_days(registered_on, -i64::from(ended));
    let barred = draw.percent(BARRED_PERCENT);
    let back = draw.between(0, 3);
    let claim = RepayableClaim {
        claim: ClaimId::parse(format!("{}.K{number}", told.case.id))?,
        ground: if draw.percent(80) { RepaymentGround::P91 } else { RepaymentGround::P93 },
        month: Period::of(help_ended_on).minus_months(back),
        principal: Money::dkk(kroner),
        help_ended_on,
        learned_on: None,
        could_pay_on: None,
        demanded_by: barred.then(|| plus_days(registered_on, -1_200)),
    };
    Ok((claim, kroner))
}
