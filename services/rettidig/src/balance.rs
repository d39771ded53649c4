//! `rettidig balance`: what should have been invoiced and what was, month by month.

use crate::place::Place;
use crate::report::{self, grouped};
use crate::run::{say, tell};
use crate::standstill::{self, Standstill};
use crate::states;
use anyhow::Result;
use clap::Args;
use domain::{AuthorityId, ChargeType, Period};
use reconciliation::BalanceLine;
use serde::Serialize;
use store::Store;

/// Show the equation of every authority, charge type and month: expected = confirmed + credited + exempt + open, in payers'
/// months and in kroner.
///
/// expected: determined, exempted or not. confirmed: charged by the ERP; months right by that. credited: credited by the ERP
/// (below zero); months right after a credit. exempt: lawfully not charged. open: not billed yet, or billed too much (below
/// zero). It stands as of the last comparison.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Months before this one are left out, yyyy-mm.
    #[arg(long, value_name = "YYYY-MM")]
    from: Option<Period>,
    /// Only lines in which something is open.
    #[arg(long)]
    open: bool,
    /// A line for each case, which it names: what an open amount is made of.
    #[arg(long)]
    by_case: bool,
    /// One JSON object a line, each share as `count` and `amount`.
    #[arg(long)]
    json: bool,
}

/// The command.
pub async fn run(options: &Options) -> Result<()> {
    let store = options.place.store(reconciliation::STAGE_NAME).await?;
    let wanted = |line: &BalanceLine| {
        let is_open = line.open.count > 0 || !line.open.amount.is_zero();
        options.from.is_none_or(|from| line.period >= from) && (is_open || !options.open)
    };
    let mut lines = if options.by_case { by_case(&*store).await? } else { summed(&*store).await? };
    let compared = !lines.is_empty();
    lines.retain(|line| wanted(&line.balance));
    let (standstills, without_effect) = standstill::all(&options.place).await?;
    if without_effect.orders > 0 {
        tell(&format!(
            "{} orders in {} cases were refused and have no effect: what they would change is not in these figures; dead-letters \
             list says why",
            without_effect.orders,
            without_effect.cases.len()
        ));
    }
    for Standstill { case, since, last_month } in standstills {
        let amount = last_month.map(|amount| format!(", about {} kr. a month", grouped(&amount.to_text())));
        tell(&format!(
            "{case} stands still since {since}: what it owes from then on is not in these figures{}; dead-letters list says why",
            amount.unwrap_or_default()
        ));
    }
    if lines.is_empty() {
        tell(if compared {
            "There is no such month."
        } else {
            "Nothing has been compared yet: what is owed and what is billed are compared at the end of each day."
        });
        return Ok(());
    }
    if options.json {
        for line in &lines {
            say(&serde_json::to_string(line)?);
        }
        return Ok(());
    }
    say(&format!(
        "{:<4} {:<26} {:<8}{:>24}{:>24}{:>24}{:>24}{:>24}",
        "", "", "", "expected", "confirmed", "credited", "exempt", "open"
    ));
    lines.iter().for_each(|line| say(&row(line)));
    Ok(())
}

/// The equation of a month, of one case where it is named.
#[derive(Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    #[serde(flatten)]
    balance: BalanceLine,
}

async fn summed(store: &dyn Store) -> Result<Vec<Line>> {
    let balance = report::balance(store).await?;
    Ok(balance.into_values().map(|balance| Line { case: None, balance }).collect())
}

/// By authority, charge type and month, as the sums are, and then by case.
async fn by_case(store: &dyn Store) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    states::each(store, |key, state: reconciliation::State| {
        let of_case = reconciliation::balance(&state)?.into_iter();
        lines.extend(of_case.map(|balance| Line { case: Some(key.to_owned()), balance }));
        Ok(())
    })
    .await?;
    lines.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(lines)
}

fn order(line: &Line) -> (&AuthorityId, &ChargeType, Period, Option<&str>) {
    (&line.balance.authority, &line.balance.charge_type, line.balance.period, line.case.as_deref())
}

fn row(line: &Line) -> String {
    let BalanceLine { authority, charge_type, period, .. } = &line.balance;
    let shares = line
        .balance
        .shares()
        .map(|share| format!("{:>24}", format!("{} {:>15}", share.count, grouped(&share.amount.to_text()))));
    format!(
        "{:<4} {:<26} {:<8}{}{}",
        authority.as_str(),
        charge_type.as_str(),
        period.to_string(),
        shares.concat(),
        line.case.iter().map(|case| format!("  {case}")).collect::<String>()
    )
}
