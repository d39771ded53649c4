//! Danish repayment of cash assistance: the row of the table by search, the instalment as how many times fifty kroner go
//! into it, the three years as a comparison of calendar dates.

use super::figures::{agree, amount, kroner, random, rows, text};
use chrono::Datelike;
use domain::Day;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use schemes::Error;
use schemes::dk_cash_repayment::{
    self, Benefit, ClaimInput, ClaimState, Input, Outcome, SetAsideReason, Settings,
};
use std::sync::LazyLock;

/// Half a hundred, øre (gældsinddrivelsesbekendtgørelsen § 11, stk. 2).
const HALF_HUNDRED: i128 = 5_000;

static PARAMETERS: LazyLock<dk_cash_repayment::Parameters> =
    LazyLock::new(|| dk_cash_repayment::parameters().unwrap());

#[derive(Debug, Clone)]
struct Debtor {
    on: Day,
    income: Income,
    provider: bool,
    benefit: bool,
    claims: Vec<Claim>,
}

#[derive(Debug, Clone)]
enum Income {
    Year(i128),
    TaxYear(i128),
    Months(Vec<i128>),
    Unknown,
}

#[derive(Debug, Clone)]
struct Claim {
    amount: i128,
    ended: Day,
    learned: Option<Day>,
    could_pay: Option<Day>,
}

#[derive(Debug, PartialEq)]
struct Plan {
    percent: Option<i128>,
    capacity: String,
    instalment: String,
    payable: String,
    paid_in_instalments: bool,
    deferred: bool,
    lapsed: Vec<bool>,
}

type Opinion = Result<Plan, &'static str>;

/// A row of the table of a time: where it starts and ends, øre, and its percents without and with children.
struct Row {
    starts: i128,
    ends: Option<i128>,
    percents: [i128; 2],
}

/// The rows in force on a day, and whether it is the regime before October 2023. Each table holds for its year, for the
/// limits change every 1 January; the new regime of 2023 from October.
fn table(on: Day) -> Option<(Vec<Row>, bool)> {
    let first = if (2023, 10) <= (on.year(), on.month()) && on.year() == 2023 { "10" } else { "01" };
    let first = format!("{}-{first}-01", on.year());
    let of_the_day: Vec<_> =
        rows(include_str!("tables/dk-cash-repayment.csv")).filter(|row| row[1] == first).collect();
    let row = |row: &Vec<&str>| Row {
        starts: kroner(row[2]),
        // A row ends where the next one starts, so also the øre of its last krone are in it.
        ends: (!row[3].is_empty()).then(|| kroner(row[3]) + 100),
        percents: [row[4], row[5]].map(|percent| percent.parse().unwrap()),
    };
    let old = of_the_day.first()?[0] == "old";
    Some((of_the_day.iter().map(row).collect(), old))
}

/// The percent; `None`: the old regime takes nothing of so little.
fn percent(net: i128, provider: bool, on: Day) -> Result<Option<i128>, &'static str> {
    let (rows, old) = table(on).ok_or("no table")?;
    if old && net < rows[0].starts {
        return Ok(None);
    }
    let row = rows.iter().find(|row| row.starts <= net && row.ends.is_none_or(|ends| net < ends));
    row.map(|row| Some(row.percents[usize::from(provider)])).ok_or("no table")
}

/// BEK 978/2017 § 5, stk. 2-3.
fn fixed(on: Day) -> Result<i128, &'static str> {
    let mut years = rows(include_str!("tables/dk-fixed-instalment.csv"));
    years.find(|row| row[0] == on.year().to_string()).map(|row| kroner(row[1])).ok_or("no table")
}

fn date(day: Day, years: i32) -> (i32, u32, u32) {
    (day.year() + years, day.month(), day.day())
}

/// Aktivlov § 95, stk. 2: three years without economic possibility, from the end of the help or from when the
/// municipality learned of the claim.
fn lapsed(claim: &Claim, on: Day) -> bool {
    let start = claim.learned.map_or(claim.ended, |learned| learned.max(claim.ended));
    let possible = claim.could_pay.is_some_and(|day| start <= day && date(day, 0) <= date(start, 3));
    !possible && date(on, 0) > date(start, 3)
}

fn ours(debtor: &Debtor) -> Opinion {
    let lapsed: Vec<bool> = debtor.claims.iter().map(|claim| lapsed(claim, debtor.on)).collect();
    let owed: i128 = debtor
        .claims
        .iter()
        .zip(&lapsed)
        .filter(|(_, lapsed)| !**lapsed)
        .map(|(claim, _)| claim.amount)
        .sum();
    let net = match &debtor.income {
        Income::Year(net) | Income::TaxYear(net) => Some(*net),
        Income::Months(months) => months.iter().min().map(|least| least * 12),
        Income::Unknown => None,
    };
    let nothing_owed = !debtor.claims.is_empty() && owed == 0;
    let (percent, capacity, instalment) = match net {
        _ if nothing_owed || debtor.benefit => (None, 0, 0),
        Some(net) => {
            let percent = percent(net, debtor.provider, debtor.on)?;
            let of_year = net * percent.unwrap_or(0);
            (percent, of_year / 1_200, of_year / (1_200 * HALF_HUNDRED) * HALF_HUNDRED)
        }
        None => {
            let fixed = fixed(debtor.on)?;
            (None, fixed, fixed)
        }
    };
    let payable = if debtor.claims.is_empty() { instalment } else { instalment.min(owed) };
    Ok(Plan {
        // What is nothing of the income is told as 0 percent or as no percent: both take nothing.
        percent: percent.filter(|percent| *percent > 0),
        capacity: text(capacity),
        instalment: text(instalment),
        payable: text(payable),
        paid_in_instalments: instalment > 0,
        deferred: debtor.benefit && !nothing_owed,
        lapsed,
    })
}

fn input(debtor: &Debtor) -> Input {
    let claim = |(n, claim): (usize, &Claim)| ClaimInput {
        claim: format!("{n:02}"),
        amount: amount(claim.amount),
        help_ended_on: claim.ended,
        learned_on: claim.learned,
        could_pay_on: claim.could_pay,
    };
    let (mut net_yearly_income, mut latest_tax_year, mut latest_months) = (None, None, Vec::new());
    match &debtor.income {
        Income::Year(net) => net_yearly_income = Some(amount(*net)),
        Income::TaxYear(net) => latest_tax_year = Some(amount(*net)),
        Income::Months(months) => latest_months = months.iter().copied().map(amount).collect(),
        Income::Unknown => {}
    }
    Input {
        on: debtor.on,
        net_yearly_income,
        latest_months,
        latest_tax_year,
        provider: debtor.provider,
        benefit: debtor.benefit.then_some(Benefit::CashAssistance),
        claims: debtor.claims.iter().enumerate().map(claim).collect(),
    }
}

fn theirs(debtor: &Debtor) -> Opinion {
    let answer = match dk_cash_repayment::assess(&input(debtor), &PARAMETERS, &Settings::default()) {
        Ok(answer) => answer,
        Err(Error::NoParameter { .. }) => return Err("no table"),
        Err(_) => return Err("other"),
    };
    let of_benefit = |outcome| matches!(outcome, Outcome::SetAside { reason: SetAsideReason::Benefit, .. });
    Ok(Plan {
        percent: answer.percent.map(i128::from).filter(|percent| *percent > 0),
        capacity: answer.monthly_capacity.to_text(),
        instalment: answer.monthly_instalment.to_text(),
        payable: answer.payable.to_text(),
        paid_in_instalments: answer.outcome == Outcome::Instalment,
        deferred: of_benefit(answer.outcome),
        lapsed: answer.claims.iter().map(|claim| matches!(claim.state, ClaimState::Lapsed { .. })).collect(),
    })
}

fn day(random: &mut ChaCha8Rng, from: Day, to: Day) -> Day {
    from + chrono::Days::new(random.random_range(0..=u64::try_from((to - from).num_days()).unwrap()))
}

fn claim(random: &mut ChaCha8Rng, on: Day) -> Claim {
    let ended = day(random, on - chrono::Days::new(2_000), on);
    let mut later =
        |ratio| random.random_ratio(1, ratio).then(|| day(random, on - chrono::Days::new(2_000), on));
    let (learned, could_pay) = (later(3), later(3));
    Claim { amount: i128::from(random.random_range(1..5_000_000)), ended, learned, could_pay }
}

fn debtor(random: &mut ChaCha8Rng) -> Debtor {
    let years = [2011, 2012, 2014, 2015, 2016, 2019, 2020, 2021, 2022, 2023, 2023, 2024, 2025, 2026, 2026];
    let year = years[random.random_range(0..years.len())];
    let on = day(random, Day::from_ymd_opt(year, 1, 1).unwrap(), Day::from_ymd_opt(year, 12, 31).unwrap());
    let mut net = |most: i64| i128::from(random.random_range(0..most));
    let income = match net(10) {
        0 => Income::Unknown,
        1 => Income::TaxYear(net(60_000_000)),
        2 => Income::Months(vec![net(4_000_000)]),
        3 | 4 => Income::Months(vec![net(4_000_000), net(4_000_000)]),
        _ => Income::Year(net(60_000_000)),
    };
    let claims = if random.random_ratio(1, 2) { random.random_range(1..=3) } else { 0 };
    let claims = (0..claims).map(|_| claim(random, on)).collect();
    Debtor { on, income, provider: random.random(), benefit: random.random_ratio(1, 10), claims }
}

#[test]
fn random_debtors_pay_back_the_same_by_both_opinions() {
    let mut random = random(3);
    let cases: Vec<Debtor> = (0..5_000).map(|_| debtor(&mut random)).collect();
    agree(cases, 5_000, ours, theirs);
}

#[test]
fn at_and_beside_every_row_of_every_table_a_debtor_pays_back_the_same() {
    let firsts: std::collections::BTreeSet<&str> =
        rows(include_str!("tables/dk-cash-repayment.csv")).map(|row| row[1]).collect();
    let mut cases = Vec::new();
    for first in firsts {
        let on: Day = first.parse().unwrap();
        let (rows, old) = table(on).unwrap();
        let bounds = rows.iter().flat_map(|row| [Some(row.starts), row.ends]).flatten();
        for (bound, beside) in
            bounds.flat_map(|bound| [-100, -1, 0, 1, 99, 100].map(|beside| (bound, beside)))
        {
            // The sources contradict each other exactly at the lowest limit of an old table.
            if bound + beside < 0 || (old && bound == rows[0].starts && beside == 0) {
                continue;
            }
            for provider in [false, true] {
                let income = Income::Year(bound + beside);
                cases.push(Debtor { on, income, provider, benefit: false, claims: Vec::new() });
            }
        }
    }
    agree(cases, 4_000, ours, theirs);
}

#[test]
fn a_table_holds_from_its_first_day_to_its_last_and_no_day_longer() {
    let mut cases = Vec::new();
    for (year, month) in (2010..=2027).flat_map(|year| [1, 4, 10].map(|month| (year, month))) {
        let first = Day::from_ymd_opt(year, month, 1).unwrap();
        for on in [first.pred_opt().unwrap(), first] {
            for income in [Income::Year(12_000_000), Income::Unknown] {
                let claims = Vec::new();
                cases.push(Debtor { on, income, provider: true, benefit: false, claims });
            }
        }
    }
    agree(cases, 200, ours, theirs);
}

#[test]
fn a_claim_lapses_on_the_same_day_by_both_opinions() {
    let day = |text: &str| text.parse::<Day>().unwrap();
    let mut cases = Vec::new();
    for ended in ["2023-01-01", "2023-02-28", "2023-03-01", "2022-12-31", "2023-05-31"].map(day) {
        for beside in -2..=2 {
            let last = Day::from_ymd_opt(ended.year() + 3, ended.month(), ended.day()).unwrap();
            let on = last + chrono::Duration::days(beside);
            for could_pay in
                [None, Some(ended), ended.pred_opt(), last.pred_opt(), Some(last), last.succ_opt()]
            {
                if could_pay.is_some_and(|day| day > on) {
                    continue;
                }
                let claim = Claim { amount: 1_000_000, ended, learned: None, could_pay };
                let income = Income::Year(25_000_000);
                cases.push(Debtor { on, income, provider: false, benefit: false, claims: vec![claim] });
            }
        }
    }
    agree(cases, 100, ours, theirs);
}
