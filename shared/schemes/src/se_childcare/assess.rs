//! The one computation: amount and explanation together.

use super::fee::{ChildFee, MONTHS, Tariff};
use super::spans::{Basis, IncomeFrom, Span, spans};
use super::{Care, ChildInput, Input, SCHEME, Settings, articles};
use crate::{Error, Parameters, Step, Trace, rounding};
use domain::{Currency, Day, Money, Period};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a household pays for one month, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The month.
    pub month: Period,
    /// The sum of the lines.
    pub payable: Money,
    /// One entry a child, by name.
    pub lines: Vec<Line>,
    /// How it came to be.
    pub trace: Trace,
}

/// What is payable for one child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The child.
    pub child: String,
    /// The fee of the month.
    pub payable: Money,
    /// The fees of its days, in order.
    pub fees: Vec<DaysFee>,
}

/// The monthly fee that holds on some days of the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DaysFee {
    /// The first of the days.
    pub from: Day,
    /// The last of them.
    pub to: Day,
    /// The form of care.
    pub care: Care,
    /// The child's place among the siblings, the youngest first; `None`: not in fee-charged care.
    pub order: Option<u32>,
    /// The municipality's reduction.
    pub reduction: Option<String>,
    /// The fee of a whole month.
    pub monthly_fee: Money,
}

/// Computes what a household pays for a month. Refuses facts out of range and a month without a parameter it needs
/// ([`Error::NoParameter`]).
pub fn assess(input: &Input, parameters: &Parameters, settings: &Settings) -> Result<Assessment, Error> {
    input.check()?;
    settings.check()?;
    let yearly = |income: Option<Decimal>| income.map(|i| i * Decimal::from(MONTHS));
    let declared = |from, monthly| IncomeFrom { from, yearly: yearly(monthly), basis: Basis::Declared };
    let first = declared(input.month.first_day(), input.monthly_income);
    let changes = input.income_changes.iter().map(|c| declared(c.from, c.monthly_income));
    let incomes: Vec<IncomeFrom> = std::iter::once(first).chain(changes).collect();
    compute(input, &incomes, Tariff { parameters, settings })
}

/// The month of a checked input under these incomes, which stand in for those of the input.
pub(super) fn compute(
    input: &Input,
    incomes: &[IncomeFrom],
    tariff: Tariff<'_>,
) -> Result<Assessment, Error> {
    let mut root = Step::new("fee of a household for a month (maxtaxa)", articles::HIGHEST_FEE);
    root.input_text("month", input.month.to_string());
    let mut children: Vec<&ChildInput> = input.children.iter().collect();
    children.sort_by(|a, b| (&a.id, a.from).cmp(&(&b.id, b.from)));
    let mut by_child: BTreeMap<&str, Vec<(Span, ChildFee<'_>)>> =
        children.iter().map(|child| (child.id.as_str(), Vec::new())).collect();
    for span in spans(input.month, incomes, &children, tariff.settings) {
        let income = incomes.iter().rev().find(|i| i.from <= span.first);
        let income = income.map_or((None, Basis::Declared), |i| (i.yearly, i.basis));
        let held: Vec<&ChildInput> = children.iter().copied().filter(|c| c.holds(span.first)).collect();
        for fee in tariff.fees(span, income, &held, &mut root)? {
            by_child.entry(&fee.child.id).or_default().push((span, fee));
        }
    }
    let lines = by_child
        .into_iter()
        .map(|(child, fees)| line(input.month, child, &fees, tariff.settings, &mut root))
        .collect::<Result<Vec<_>, _>>()?;
    let total: Decimal = lines.iter().map(|l| l.payable.amount()).sum();
    root.result("total payable", total);
    let trace = Trace { scheme: SCHEME.to_owned(), root };
    Ok(Assessment { month: input.month, payable: kronor(total)?, lines, trace })
}

/// The fee of one child: its days of each monthly fee, rounded once.
fn line(
    month: Period,
    child: &str,
    fees: &[(Span, ChildFee<'_>)],
    settings: &Settings,
    trace: &mut Step,
) -> Result<Line, Error> {
    let mut step = Step::new(format!("payable for child {child}"), articles::BY_THE_DAY);
    let held = fees.iter().map(|(span, _)| span.days()).sum();
    let divisor = settings.part_of_month.divisor(held, month.days());
    let mut day_fees = Decimal::ZERO;
    for (span, fee) in fees {
        step.input(&format!("fee a month for {} days", span.days()), fee.monthly);
        day_fees += fee.monthly * Decimal::from(span.days());
    }
    step.input("days of the month's fee", Decimal::from(divisor));
    let payable = step.result("payable", rounding::fee_to_kronor(day_fees / Decimal::from(divisor)));
    step.rounding = Some("to whole kronor, halves up".to_owned());
    trace.steps.push(step);
    let fees = fees
        .iter()
        .map(|(span, fee)| {
            Ok(DaysFee {
                from: span.first,
                to: span.last,
                care: fee.child.care,
                order: fee.order.and_then(|o| u32::try_from(o).ok()),
                reduction: fee.reduction.map(|r| r.name.clone()),
                monthly_fee: kronor(fee.monthly)?,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Line { child: child.to_owned(), payable: kronor(payable)?, fees })
}

/// Swedish kronor.
pub(super) fn kronor(amount: Decimal) -> Result<Money, Error> {
    Money::new(amount, Currency::SEK).map_err(|e| Error::input("amount", e.to_string()))
}
