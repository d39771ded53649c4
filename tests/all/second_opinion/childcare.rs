//! Swedish childcare: every day of the month by itself, who holds a place on it, in which order, at which fee; the month
//! is the sum of its days.

use super::figures::{agree, amount, kroner, nearest, random, rows, text};
use chrono::Datelike;
use domain::{Day, Period};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use schemes::Error;
use schemes::se_childcare::{
    self, Care, ChildInput, IncomeChange, Input, MonthDay, PartialMonth, ReducedFee, Reduction, Settings,
    TurningDay,
};
use std::sync::LazyLock;

/// Förordning (2001:160) 3 §: percent of the income of the first, second and third child, the youngest first.
const PRESCHOOL: [i128; 3] = [3, 2, 1];
const AFTER_SCHOOL: [i128; 3] = [2, 1, 1];

static PARAMETERS: LazyLock<schemes::Parameters> = LazyLock::new(|| se_childcare::parameters().unwrap());

#[derive(Debug, Clone)]
struct Household {
    month: Period,
    income: Option<i128>,
    /// Another income from a day on.
    change: Option<(Day, Option<i128>)>,
    children: Vec<Child>,
    municipality: Municipality,
}

#[derive(Debug, Clone)]
struct Child {
    born: Day,
    care: Care,
    from: Option<Day>,
    to: Option<Day>,
    at_home: bool,
}

#[derive(Debug, Clone, Default)]
struct Municipality {
    /// Percent of the rounded full fee in preschool, from 1 August of the year the child turns three.
    from_august: Option<i128>,
    /// Nothing is paid below this income, öre a month.
    free_below: Option<i128>,
    thirtieths: bool,
}

/// What is paid for each child, and in all.
type Opinion = Result<(Vec<String>, String), &'static str>;

/// The cap on a day, öre a month. As text, dates stand in their order.
fn cap(on: Day) -> Result<i128, &'static str> {
    let on = on.to_string();
    let mut caps = rows(include_str!("tables/se-childcare.csv"));
    caps.find(|row| *row[0] <= *on && *on <= *row[1]).map(|row| kroner(row[2])).ok_or("no cap")
}

/// The fee that counts for a whole month, in kronor, of each child that holds a place on the day.
fn fees_on(on: Day, household: &Household) -> Result<Vec<Option<i128>>, &'static str> {
    let declared = match household.change {
        Some((from, income)) if from <= on => income,
        _ => household.income,
    };
    let free = declared.zip(household.municipality.free_below).is_some_and(|(income, below)| income < below);
    let cap = cap(on)?;
    let counted = if free { 0 } else { declared.map_or(cap, |income| income.min(cap)) };
    let holds =
        |child: &Child| child.from.is_none_or(|day| day <= on) && child.to.is_none_or(|day| on <= day);
    let fee = |child: &Child| {
        let younger = household
            .children
            .iter()
            .filter(|other| holds(other) && other.at_home && other.born > child.born);
        // A child that is registered elsewhere is of another household, and alone.
        let before = if child.at_home { younger.count() } else { 0 };
        let percents = match child.care {
            Care::Preschool => PRESCHOOL,
            Care::AfterSchool => AFTER_SCHOOL,
        };
        let full = nearest(counted * percents.get(before).copied().unwrap_or(0), 10_000);
        let august = (child.born.year() + 3, 8) <= (on.year(), on.month());
        match household.municipality.from_august {
            Some(percent) if august && child.care == Care::Preschool => nearest(full * percent, 100),
            _ => full,
        }
    };
    Ok(household.children.iter().map(|child| holds(child).then(|| fee(child))).collect())
}

/// Day by day: no formula was found, and the default of the settings takes the days of the month; Vännäs takes a
/// thirtieth a day.
fn ours(household: &Household) -> Opinion {
    let days: Vec<Day> =
        household.month.first_day().iter_days().take_while(|d| household.month.contains(*d)).collect();
    let fees = days.iter().map(|day| fees_on(*day, household)).collect::<Result<Vec<_>, _>>()?;
    let length = i128::try_from(days.len()).unwrap();
    let paid: Vec<i128> = (0..household.children.len())
        .map(|n| {
            let held: Vec<i128> = fees.iter().filter_map(|day| day[n]).collect();
            let part = household.municipality.thirtieths && held.len() < days.len();
            nearest(held.iter().sum(), if part { 30 } else { length }) * 100
        })
        .collect();
    Ok((paid.iter().copied().map(text).collect(), text(paid.iter().sum())))
}

fn settings(municipality: &Municipality) -> Settings {
    let august = |percent: i128| Reduction {
        name: "from August".to_owned(),
        source: "norrkoping.se".to_owned(),
        care: Care::Preschool,
        from: Some(TurningDay { turns: 3, on: MonthDay::try_from("08-01".to_owned()).unwrap() }),
        until: None,
        season: None,
        hours_above: None,
        hours_at_most: None,
        fee: ReducedFee::PercentOfFull(amount(percent * 100)),
    };
    Settings {
        reductions: municipality.from_august.map(august).into_iter().collect(),
        free_below_income: municipality.free_below.map(amount),
        part_of_month: match municipality.thirtieths {
            true => PartialMonth::Thirtieths,
            false => PartialMonth::DaysOfMonth,
        },
        ..Settings::default()
    }
}

fn theirs(household: &Household) -> Opinion {
    let child = |(n, child): (usize, &Child)| ChildInput {
        id: format!("{n:02}"),
        born: child.born,
        care: child.care,
        from: child.from,
        to: child.to,
        weekly_hours: None,
        same_address: child.at_home,
    };
    let change =
        |(from, income): (Day, Option<i128>)| IncomeChange { from, monthly_income: income.map(amount) };
    let input = Input {
        month: household.month,
        monthly_income: household.income.map(amount),
        income_changes: household.change.map(change).into_iter().collect(),
        children: household.children.iter().enumerate().map(child).collect(),
    };
    match se_childcare::assess(&input, &PARAMETERS, &settings(&household.municipality)) {
        Ok(answer) => {
            Ok((answer.lines.iter().map(|line| line.payable.to_text()).collect(), answer.payable.to_text()))
        }
        Err(Error::NoParameter { .. }) => Err("no cap"),
        Err(_) => Err("other"),
    }
}

fn day_of(random: &mut ChaCha8Rng, month: Period) -> Day {
    month.first_day() + chrono::Days::new(random.random_range(0..u64::from(month.days())))
}

/// Born so many days before the month ends, and no two on one day: the order of twins, no source says.
fn child(random: &mut ChaCha8Rng, month: Period, n: u64) -> Child {
    let age = random.random_range(60..450) * 10 + n;
    let from = random.random_ratio(1, 5).then(|| day_of(random, month));
    let to = random.random_ratio(1, 5).then(|| day_of(random, month));
    Child {
        born: month.last_day() - chrono::Days::new(age),
        care: if random.random() { Care::Preschool } else { Care::AfterSchool },
        from,
        to: to.filter(|to| from.is_none_or(|from| from <= *to)),
        at_home: random.random_ratio(9, 10),
    }
}

fn household(random: &mut ChaCha8Rng) -> Household {
    let month = Period::new(random.random_range(2001..=2026), random.random_range(1..=12)).unwrap();
    let mut income = || {
        let oere = i128::from(random.random_range::<i64, _>(0..8_000_000));
        // Whole kronor often: halves of a krona come from them.
        let oere = if random.random() { oere / 100 * 100 } else { oere };
        random.random_ratio(9, 10).then_some(oere)
    };
    let (first, second) = (income(), income());
    let other = day_of(random, month);
    let changes = random.random_ratio(1, 4) && other != month.first_day();
    let count = random.random_range(1..=6);
    let municipality = Municipality {
        from_august: random.random_ratio(1, 3).then(|| [75, 50, 55][random.random_range(0..3)]),
        free_below: random.random_ratio(1, 4).then_some(1_000_000),
        thirtieths: random.random_ratio(1, 4),
    };
    Household {
        month,
        income: first,
        change: changes.then_some((other, second)),
        children: (0..count).map(|n| child(random, month, n)).collect(),
        municipality,
    }
}

#[test]
fn random_households_pay_the_same_for_swedish_childcare_by_both_opinions() {
    let mut random = random(4);
    let cases: Vec<Household> = (0..4_000).map(|_| household(&mut random)).collect();
    agree(cases, 4_000, ours, theirs);
}

/// A household with so many children, all in one form of care.
fn plain(month: Period, income: Option<i128>, care: Care, count: u64) -> Household {
    let child = |n| Child {
        born: month.last_day() - chrono::Days::new(1_000 + n * 100),
        care,
        from: None,
        to: None,
        at_home: true,
    };
    let (children, municipality) = ((0..count).map(child).collect(), Municipality::default());
    Household { month, income, change: None, children, municipality }
}

#[test]
fn at_and_beside_every_cap_and_every_half_krona_the_fee_is_the_same() {
    let mut cases = Vec::new();
    for row in rows(include_str!("tables/se-childcare.csv")) {
        let months = [row[0], row[1]].map(|day| Period::of(day.parse().unwrap()));
        let cap = kroner(row[2]);
        for (month, care) in
            months.into_iter().flat_map(|m| [Care::Preschool, Care::AfterSchool].map(|c| (m, c)))
        {
            cases.push(plain(month, None, care, 5));
            let near = [-100, -1, 0, 1, 100].map(|beside| cap + beside);
            // One, two and three percent of these end in half a krona, or an öre of income beside it.
            let halves = [5_000, 2_500, 165_000, 1_005_000].into_iter().flat_map(|h| [h - 1, h, h + 1]);
            cases.extend(near.into_iter().chain(halves).map(|income| plain(month, Some(income), care, 5)));
        }
    }
    agree(cases, 13 * 4 * 18, ours, theirs);
}

#[test]
fn around_the_first_of_august_of_every_age_the_reduction_is_the_same() {
    let mut cases = Vec::new();
    for year in 2019..=2024 {
        for month in (6..=9).map(|month| Period::new(year, month).unwrap()) {
            for (years, born) in
                (1..=6).flat_map(|y| ["01-01", "07-31", "08-01", "12-31"].map(|born| (y, born)))
            {
                let born: Day = format!("{}-{born}", year - years).parse().unwrap();
                let child = Child { born, care: Care::Preschool, from: None, to: None, at_home: true };
                let municipality = Municipality { from_august: Some(50), ..Municipality::default() };
                let (income, children) = (Some(3_010_000), vec![child]);
                cases.push(Household { month, income, change: None, children, municipality });
            }
        }
    }
    agree(cases, 6 * 4 * 24, ours, theirs);
}
