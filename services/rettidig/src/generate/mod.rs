//! Input files as a municipality would receive them, of fictive families.
//!
//! # Layout
//!
//! `OUT/yyyy-mm-dd/` for each day on which something arrives, in the names that intake knows:
//!
//! | File | What | When |
//! |---|---|---|
//! | `commands-yyyy-mm-dd.jsonl` | case commands of the office that assigns places and of parents | the day they are given |
//! | `dYYMMDD.l217001` | extract U12170-P of the population register, lines trimmed on the right | bank days after an event |
//! | `eindkomst-yyyy-mm-dd.xml` | answer of the income register: all reports of that day | bank days with reports |
//!
//! The first day (the last bank day before the eve of the first month) holds all persons and the pay of the two months
//! before. On the eve the cases are opened, with the places and applications of those who have them. The last month's
//! reports and statements arrive up to 20 days after it; what would come later is not written.
//!
//! # Families
//!
//! Parents with pay, benefits, a business or nothing, one to four children, places in nursery, kindergarten or with a
//! childminder. Month by month they change jobs, lose them, fall sick; move, separate, have children, marry, die,
//! emigrate; state some of it some days later, and apply for the subsidy with an income that is now and then far from
//! the truth. Employers pay twice, forget a month, correct it later, reverse a report and send another. As many families
//! move in as leave or outgrow daycare. Chances stand in `chances.rs`, `life.rs`, `career.rs`, `income.rs`, `plan.rs` and
//! `town.rs`.
//!
//! # Residents
//!
//! For every twenty households one resident of temporary housing: `residents.rs`.
//!
//! # Debtors
//!
//! For every forty households one debtor of repayable cash assistance: `debtors.rs`.
//!
//! # Swedish households
//!
//! For every fifty households one of a Swedish municipality with children in childcare: `swedish.rs`. Its orders come in files
//! of their own, `commands-se-yyyy-mm-dd.jsonl`.
//!
//! Every number is a replacement number (day of birth + 60) with a serial of its own, every name and street is made up.
//! No event needs a clerk (P02, P03, A02 do not occur).
//!
//! # How often, and calibration of `copenhagen`
//!
//! `generate --profile small --households 2000 --months 12 --from 2023-01 --seed 1` writes 658 files (176 MB). Per 1,000
//! households and month, the opening of the cases left out: 161 register events (A01 122, most of them of families that
//! move in or out), 1,985 income reports (5 corrections, 2 reversals), 23 applications, 39 admissions, 33 ends of places,
//! 24 new cases, 9 statements of a household, 127 changes of rates or kind (nearly all of them in December).
//!
//! Measured by `copenhagen_of_2014_is_near_the_published_shares` on 4,000 households: percent of the gross payment of
//! January and of July 2014, beside what the internal audit of Copenhagen states for the year:
//!
//! | | economic | sibling | treatment and social | paid |
//! |---|---|---|---|---|
//! | audit | 23.3 | 7.8 | 0.45 | 68.4 |
//! | January | 23.40 | 8.13 | 0.47 | 67.97 |
//! | July | 22.38 | 7.62 | 0.49 | 69.48 |
//!
//! Its volumes of 2014 (applications, advices, persons who moved out) stand in `chances.rs`, with how they are scaled.
//!
//! # Guarantees
//!
//! The same options and seed give the same bytes on every machine: whole numbers only, one stream of random numbers a
//! household and month, ordered maps. Memory grows with the households, not with the months.

mod calendar;
mod career;
mod chances;
mod cpr_file;
mod debtors;
mod draw;
mod eindkomst_file;
mod household;
mod income;
mod life;
mod limits;
mod options;
mod out;
mod person;
mod places;
mod plan;
mod population;
mod profile;
mod residents;
mod swedish;
mod town;

#[cfg(test)]
mod calibration_test;
#[cfg(test)]
mod read_back;
#[cfg(test)]
mod tests;

pub use options::{Options, Summary};
pub use profile::Profile;

use anyhow::Result;
use out::Tree;
use town::Town;

/// Writes the files. Fails for a directory that is not empty, for months without an income scale (before 2013, after
/// 2026), and when the disk does.
pub fn run(options: &Options) -> Result<Summary> {
    let mut town = Town::found(options)?;
    let tree = Tree::create(&options.out)?;
    let last = options.from.plus_months(options.months - 1);
    for month in options.from.through(last) {
        town.pass(month)?;
        town.deliver(&tree, month.last_day())?;
    }
    town.close(&tree, last)
}

/// Writes the files and tells what was written.
pub fn command(options: &Options) -> Result<()> {
    let summary = run(options)?;
    crate::run::say(&summary.to_string());
    if let Some((_, last)) = summary.days {
        crate::run::say(&format!(
            "\nrettidig run --input {} --until {last} --data DIR takes them.",
            options.out.display()
        ));
    }
    Ok(())
}
