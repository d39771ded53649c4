//! Danish placements. The payment is the least of three lines: 18 percent from the threshold; half of the first band's
//! most and 9 percent from the threshold, which meets the first line where the band is full; and the most in total.

use super::figures::{agree, amount, kroner, nearest, random, rows, text};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use schemes::Error;
use schemes::dk_placement::{self, ChildInput, Exemption, ExemptionReason, Input, ParentIncome, Settings};
use std::sync::LazyLock;

/// Incomes in millionths of an øre: two uprates in tenths of a percent stay whole.
const FINE: i128 = 1_000_000;
/// Dividends up to so much do not count, øre a year (BEK 535 § 2).
const FREE_DIVIDENDS: i128 = 500_000;
/// Less a month is not collected, øre (BEK 535 § 1, stk. 5).
const MINIMUM: i128 = 10_000;

static PARAMETERS: LazyLock<schemes::Parameters> = LazyLock::new(|| dk_placement::parameters().unwrap());

#[derive(Debug, Clone)]
struct Family {
    year: i32,
    base: Base,
    children: Vec<Child>,
}

#[derive(Debug, Clone)]
enum Base {
    Given(i128),
    /// The parents, and the two rate adjustments in tenths of a percent.
    Parents(Vec<Parent>, [i128; 2]),
}

#[derive(Debug, Clone)]
struct Parent {
    lived_with: bool,
    personal: i128,
    capital: i128,
    shares: i128,
    dividends: i128,
}

#[derive(Debug, Clone)]
struct Child {
    continued: bool,
    exempt: i128,
}

/// A child's yearly and monthly amount and what is paid a month, of each child.
type Opinion = Result<Vec<[String; 3]>, &'static str>;

/// Threshold, the most of the first band and the most in total, øre a year, where they were found.
fn found(year: i32) -> [Option<i128>; 3] {
    let row = rows(include_str!("tables/dk-placement.csv")).find(|row| row[0] == year.to_string());
    let cell = |n: usize| row.as_ref().and_then(|row| (!row[n].is_empty()).then(|| kroner(row[n])));
    [cell(1), cell(2), cell(3)]
}

/// BEK 535 § 2 and § 5: who lived with the child; personal income uprated twice, positive capital income, shares without
/// the first dividends.
fn base(family: &Family) -> i128 {
    match &family.base {
        Base::Given(oere) => oere * FINE,
        Base::Parents(parents, [first, second]) => parents
            .iter()
            .filter(|parent| parent.lived_with)
            .map(|parent| {
                let shares = parent.shares.max(0) - parent.dividends.min(FREE_DIVIDENDS);
                let personal = parent.personal * (1_000 + first) * (1_000 + second);
                personal + (parent.capital.max(0) + shares) * FINE
            })
            .sum(),
    }
}

fn ours(family: &Family) -> Opinion {
    let [threshold, first, total] = found(family.year);
    let above = base(family) - threshold.ok_or("no year")? * FINE;
    // In hundredths of a millionth of an øre.
    let yearly = match above <= 0 {
        true => 0,
        false => {
            let (first, total) = (first.ok_or("no year")? * FINE * 100, total.ok_or("no year")? * FINE * 100);
            (18 * above).min(first / 2 + 9 * above).min(total)
        }
    };
    let of_child = |child: &Child| {
        let left = if child.continued { 0 } else { yearly * (100 - child.exempt) };
        let yearly = nearest(left, FINE * 10_000);
        let monthly = nearest(left, FINE * 10_000 * 12);
        [yearly, monthly, if monthly < MINIMUM { 0 } else { monthly }].map(text)
    };
    Ok(family.children.iter().map(of_child).collect())
}

fn input(family: &Family) -> Input {
    let (income_base, parents, adjustments) = match &family.base {
        Base::Given(oere) => (Some(amount(*oere)), Vec::new(), Vec::new()),
        Base::Parents(parents, tenths) => (None, parents.clone(), tenths.to_vec()),
    };
    let parent = |parent: Parent| ParentIncome {
        lived_with_child: parent.lived_with,
        personal_income: amount(parent.personal),
        capital_income: amount(parent.capital),
        share_income: amount(parent.shares),
        dividends: amount(parent.dividends),
        maintenance_fixed: true,
    };
    let exemption = |percent: i128| {
        let reason = ExemptionReason::Cooperation;
        (percent > 0).then(|| Exemption { reason, percent: amount(percent * 100) })
    };
    let child = |(n, child): (usize, &Child)| ChildInput {
        child: format!("{n:02}"),
        continued_placement: child.continued,
        exemption: exemption(child.exempt),
    };
    Input {
        year: family.year,
        income_base,
        income_year: Some(family.year - 2),
        parents: parents.into_iter().map(parent).collect(),
        rate_adjustments: adjustments.into_iter().map(|tenths| amount(tenths * 10)).collect(),
        children: family.children.iter().enumerate().map(child).collect(),
    }
}

fn theirs(family: &Family) -> Opinion {
    let answer = match dk_placement::assess(&input(family), &PARAMETERS, &Settings::default()) {
        Ok(answer) => answer,
        Err(Error::NoParameter { .. }) => return Err("no year"),
        Err(_) => return Err("other"),
    };
    let amounts = |child: &dk_placement::ChildAssessment| {
        [child.yearly_amount, child.monthly_amount, child.payable].map(|money| money.to_text())
    };
    let total: rust_decimal::Decimal = answer.children.iter().map(|child| child.payable.amount()).sum();
    assert_eq!(answer.total.amount(), total);
    Ok(answer.children.iter().map(amounts).collect())
}

fn parent(random: &mut ChaCha8Rng, lived_with: bool) -> Parent {
    let mut income = |from, to| i128::from(random.random_range::<i64, _>(from..to));
    let (personal, capital, shares) =
        (income(-1_000_000, 60_000_000), income(-5_000_000, 5_000_000), income(-2_000_000, 6_000_000));
    let dividends = if shares > 0 { income(0, 1_000_000).min(shares) } else { 0 };
    Parent { lived_with, personal, capital, shares, dividends }
}

fn family(random: &mut ChaCha8Rng) -> Family {
    let years = [2016, 2017, 2018, 2019, 2020, 2021, 2021, 2022, 2023, 2024, 2024, 2024, 2025, 2026];
    let year = years[random.random_range(0..years.len())];
    let base = match random.random_ratio(1, 3) {
        true => {
            let both = random.random_ratio(1, 2);
            let parents = vec![parent(random, true), parent(random, both)];
            let adjustments = [random.random_range(-10..60), random.random_range(0..60)].map(i128::from);
            Base::Parents(parents, adjustments)
        }
        false => Base::Given(i128::from(random.random_range::<i64, _>(0..100_000_000))),
    };
    let count = random.random_range(1..=3);
    let child = |random: &mut ChaCha8Rng| Child {
        continued: year >= 2024 && random.random_ratio(1, 6),
        exempt: if random.random_ratio(1, 4) { i128::from(random.random_range(1..=100)) } else { 0 },
    };
    Family { year, base, children: (0..count).map(|_| child(random)).collect() }
}

#[test]
fn random_families_pay_the_same_for_placed_children_by_both_opinions() {
    let mut random = random(2);
    let cases: Vec<Family> = (0..5_000).map(|_| family(&mut random)).collect();
    agree(cases, 5_000, ours, theirs);
}

#[test]
fn at_and_beside_every_knee_of_every_year_a_family_pays_the_same() {
    let mut cases = Vec::new();
    for year in 2015..=2026 {
        let [threshold, first, total] = found(year);
        let threshold = threshold.unwrap_or(14_000_000);
        let (first, total) = (first.unwrap_or(2_900_000), total.unwrap_or(5_800_000));
        // Where the minimum is reached, where the first band is full and where the total is.
        let knees =
            [0, 12 * MINIMUM * 100 / 18, first * 100 / 18, first * 100 / 18 + (total - first) * 100 / 9];
        for base in knees.iter().flat_map(|knee| (-250..=250).map(move |beside| threshold + knee + beside)) {
            let children = vec![Child { continued: false, exempt: 0 }];
            cases.push(Family { year, base: Base::Given(base), children });
        }
    }
    agree(cases, 12 * 4 * 501, ours, theirs);
}
