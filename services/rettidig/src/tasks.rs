//! `rettidig tasks`: what waits for staff in the cases.

use crate::dead_letters::refusals;
use crate::files::last_day;
use crate::place::Place;
use crate::run::{say, tell};
use crate::states;
use anyhow::Result;
use assessment::{About, Awaits, Case, OpenYear, Review, Undeclared, Waiting};
use clap::Args;
use domain::{Day, PlaceId};
use messages::{Refused, RefusedAt};
use schemes::dk_daycare::DeviationBand;
use std::collections::BTreeMap;
use store::{DeadLetterRow, Store};

/// List what waits for staff in the cases, the earliest deadline first: open hearings, notices that staff close, reviews,
/// residents who live without a decision on their payment, Swedish fee decisions that are not delivered, income checks that are
/// not done and households that pay the highest fee for want of a declared income, what was refused and what a case lacks, with the ids that
/// `answer_hearing`, `decide_hearing`, `close_notice`, `decide_payment` and `dead-letters` name.
///
/// One line each: deadline (of what has none: since when), case, kind, id, what about; for a notice who owns it, for a
/// resident how long and why.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Also the months for which the income register lacks a report: they stand as decided, and nobody has to act at once.
    #[arg(long)]
    missing_income: bool,
    /// Instead the income years that wait for their yearly reconciliation (efterregulering), the largest deviation first: by the
    /// tax assessment, and until that is there by the income register.
    #[arg(long)]
    years: bool,
}

/// The command.
pub async fn run(options: &Options) -> Result<()> {
    let store = options.place.store(assessment::STAGE_NAME).await?;
    if options.years {
        return list_years(&*store).await;
    }
    let mut years = 0;
    let mut lines: Vec<(Day, String)> = Vec::new();
    let mut residents: Vec<(String, BTreeMap<PlaceId, Waiting>)> = Vec::new();
    let mut undeclared: Vec<(String, Undeclared)> = Vec::new();
    let mut missing = 0;
    let mut checks: BTreeMap<i32, [u64; 3]> = BTreeMap::new();
    states::each(&*store, |key, case: Case| {
        lines.extend(open(key, &case));
        for (year, counts) in case.income_checks() {
            let sums = checks.entry(year).or_default();
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        years += case.open_years().len();
        let mut reviews = case.open_reviews();
        if !options.missing_income {
            let all = reviews.len();
            reviews.retain(|review| review.code != assessment::MISSING_INCOME_MONTH);
            missing += all - reviews.len();
        }
        lines.extend(reviews.into_iter().map(|review| reviewed(key, &review)));
        undeclared.extend(case.undeclared().map(|undeclared| (key.to_owned(), undeclared)));
        let waiting = case.housing.map(|housing| housing.waiting).filter(|waiting| !waiting.is_empty());
        residents.extend(waiting.map(|waiting| (key.to_owned(), waiting)));
        Ok(())
    })
    .await?;
    if !residents.is_empty() || !undeclared.is_empty() {
        let today = last_day(&options.place).await?;
        lines.extend(undeclared.iter().map(|(key, undeclared)| without_income(key, undeclared, today)));
        for (key, waiting) in &residents {
            lines.extend(waiting.iter().map(|(place, waiting)| without_decision(key, place, waiting, today)));
        }
    }
    states::each_open(&*store, |row| lines.push(refused(row))).await?;
    let refusals = refusals(&*options.place.log().await?).await?;
    lines.extend(refusals.open().filter(|refused| is_of_case(refused)).map(waits));
    if missing > 0 {
        tell(&format!(
            "Besides, the income register lacks a report for {missing} months, which stand as decided: --missing-income lists them."
        ));
    }
    for (year, [done, not_done, not_needed]) in checks {
        tell(&format!(
            "Inkomstkontroll {year}: {done} gjorda, {not_done} inte gjorda, {not_needed} behövs inte (högsta avgift)."
        ));
    }
    if years > 0 {
        tell(&format!(
            "Besides, {years} income years wait for their yearly reconciliation: --years lists them, the largest deviation first."
        ));
    }
    if lines.is_empty() {
        tell("Nothing waits for staff.");
        return Ok(());
    }
    lines.sort();
    say("deadline case kind id about");
    lines.iter().for_each(|(_, line)| say(line));
    Ok(())
}

/// The income years that wait, and how many of each band.
async fn list_years(store: &dyn Store) -> Result<()> {
    let mut open: Vec<(String, OpenYear)> = Vec::new();
    states::each(store, |key, case: Case| {
        open.extend(case.open_years().into_iter().map(|year| (key.to_owned(), year)));
        Ok(())
    })
    .await?;
    if open.is_empty() {
        tell("No income year waits for its yearly reconciliation.");
        return Ok(());
    }
    // Of whom nothing is known comes last.
    let band = |year: &OpenYear| (year.band.is_none(), year.band);
    let deviation = |year: &OpenYear| year.deviation_percent.map(|percent| percent.abs());
    open.sort_by(|(key, year), (other, next)| {
        let first = (band(year), deviation(next), year.year).cmp(&(band(next), deviation(year), next.year));
        first.then_with(|| key.cmp(other))
    });
    let mut bands: BTreeMap<_, usize> = BTreeMap::new();
    say("deadline case year deviation waits");
    for (key, OpenYear { year, deadline, band, deviation_percent, missing, postponed, self_employed }) in
        &open
    {
        *bands.entry((band.is_none(), *band)).or_default() += 1;
        let deviation = deviation_percent.map_or("unknown".to_owned(), |percent| format!("{percent} %"));
        let waits = match missing.len() {
            0 => "for the hearing, or for a month or an estate that is not settled".to_owned(),
            1 => "for the tax assessment of 1 adult".to_owned(),
            missing => format!("for the tax assessments of {missing} adults"),
        };
        let postponed = if *postponed { ", postponed" } else { "" };
        let self_employed = if *self_employed { ", self-employed" } else { "" };
        say(&format!("{deadline} {key} {year} {deviation} {waits}{postponed}{self_employed}"));
    }
    let name = |band: &Option<DeviationBand>| band.map_or("unknown", DeviationBand::name);
    let bands: Vec<String> =
        bands.iter().map(|((_, band), count)| format!("{}: {count}", name(band))).collect();
    tell(&format!("{} in all; {}", open.len(), bands.join(", ")));
    Ok(())
}

/// What a case waits for and does not list itself.
fn is_of_case(refused: &Refused) -> bool {
    let listed = ["hearing_objected", "notice_overdue"].contains(&refused.code.as_str());
    refused.at == RefusedAt::Case && !listed
}

fn waits(refused: &Refused) -> (Day, String) {
    let Refused { on, key, code, detail, .. } = refused;
    (*on, format!("{on} {key} waits - {code}: {detail}"))
}

fn refused(row: &DeadLetterRow) -> (Day, String) {
    let DeadLetterRow { refusal, key, code, on, .. } = row;
    let waits = if row.holds { ", the case stands still" } else { ", without effect" };
    (*on, format!("{on} {key} refused {refusal} {code}{waits}: dead-letters list says why"))
}

fn open(key: &str, case: &Case) -> Vec<(Day, String)> {
    let hearings = case.hearings.iter().filter(|(_, hearing)| hearing.ended.is_none());
    let hearings = hearings.map(|(id, hearing)| {
        let about = match &hearing.about {
            About::Income { month, .. } => format!("income of {month}"),
            About::MoveIn { since, .. } => format!("somebody moved in on {since}"),
            About::Year { year, .. } => format!("yearly reconciliation of {year}"),
            About::Register { .. } => "what the population register says".to_owned(),
            About::Instalment { .. } => "an instalment of a repayment".to_owned(),
            About::PastFees { months, .. } => {
                format!("höjd avgift för {} månader som har gått", months.len())
            }
        };
        let swedish = matches!(hearing.about, About::PastFees { .. });
        let waits = match (case.awaits_ruling(id, hearing), hearing.delivered) {
            (true, _) if swedish => ", invändning: avgör den (decide_hearing)",
            (true, _) => ", objected: rule on it",
            (false, true) => "",
            (false, false) if swedish => ", brevet är inte delgivet",
            (false, false) => ", letter not delivered",
        };
        (hearing.deadline, format!("{} {key} hearing {id} {about}{waits}", hearing.deadline))
    });
    let notices = case.notices.values().filter(|notice| notice.awaits == Awaits::Staff).map(|notice| {
        let open = &notice.open;
        let line =
            format!("{} {key} notice {} {}, {}", open.deadline, open.notice, open.event_type, open.owner);
        (open.deadline, line)
    });
    hearings.chain(notices).collect()
}

fn reviewed(key: &str, Review { from, code, about }: &Review) -> (Day, String) {
    (*from, format!("{from} {key} review - {code}: {about}"))
}

/// A household without a declared income.
fn without_income(key: &str, undeclared: &Undeclared, today: Day) -> (Day, String) {
    let since = undeclared.since;
    (since, format!("{since} {key} undeclared - {}", undeclared.about(today)))
}

/// A resident without a decision.
fn without_decision(key: &str, place: &PlaceId, waiting: &Waiting, today: Day) -> (Day, String) {
    let Waiting { stay, since, detail, decide_by, .. } = waiting;
    let days = (today - *since).num_days();
    let line = format!(
        "{decide_by} {key} undecided {place} {} {}, {}: {days} days without a decision; {detail}",
        stay.facility,
        stay.paragraph.name(),
        stay.unit
    );
    (*decide_by, line)
}
