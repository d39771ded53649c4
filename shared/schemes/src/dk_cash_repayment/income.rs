//! The yearly net income, and where it comes from.

use super::{Input, articles};
use crate::Step;
use rust_decimal::Decimal;

/// The yearly net income; `None`: there is no current information on it.
pub(super) fn net_yearly(input: &Input, trace: &mut Step) -> Option<Decimal> {
    let (rule, article) = match input.latest_months.is_empty() {
        true => ("yearly net income (nettoindkomst)", articles::INCOME),
        false => ("yearly net income from the lower of the latest two months", articles::LOWER_MONTH),
    };
    let mut step = Step::new(rule, article.on(input.on));
    let net = match (
        input.net_yearly_income,
        lower_month(&input.latest_months, &mut step),
        input.latest_tax_year,
    ) {
        (Some(net), _, _) => Some(step.input("net income of a year, as computed", net)),
        (_, Some(month), _) => Some(month * Decimal::from(12)),
        (_, _, Some(net)) => Some(step.input("net income of the latest yearly tax statement", net)),
        (None, None, None) => None,
    };
    match net {
        Some(net) => step.result("yearly net income", net),
        None => {
            step.result_text("yearly net income", "no current information");
            Decimal::ZERO
        }
    };
    trace.steps.push(step);
    net
}

fn lower_month(months: &[Decimal], step: &mut Step) -> Option<Decimal> {
    let names = ["net income of the latest month", "net income of the month before"];
    for (name, month) in names.iter().zip(months) {
        step.input(name, *month);
    }
    let lower = months.iter().min().copied()?;
    Some(step.result("the month used", lower))
}
