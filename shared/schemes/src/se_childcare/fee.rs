//! The fees of a household on days with the same facts: income under the cap, order of the children, percent, reduction.

use super::reduction::{Reduction, reduction_on};
use super::spans::{Basis, Span};
use super::{Care, ChildInput, Settings, articles};
use crate::{Error, Parameters, Step, rounding};
use domain::Day;
use rust_decimal::Decimal;

/// The months of a year: a monthly income is reckoned as a year's, so that a twelfth of a year's income stays exact.
pub(super) const MONTHS: i64 = 12;

/// The law and the municipality's tariff.
#[derive(Clone, Copy)]
pub(super) struct Tariff<'a> {
    pub parameters: &'a Parameters,
    pub settings: &'a Settings,
}

/// A child's monthly fee on the days of a span.
pub(super) struct ChildFee<'a> {
    pub child: &'a ChildInput,
    /// Its place in the order; `None`: not in fee-charged care.
    pub order: Option<usize>,
    pub reduction: Option<&'a Reduction>,
    /// Kronor a month.
    pub monthly: Decimal,
}

impl<'a> Tariff<'a> {
    /// The fees on the days of a span. `children`: those who hold a place on them.
    pub(super) fn fees(
        &self,
        span: Span,
        (yearly_income, basis): (Option<Decimal>, Basis),
        children: &[&'a ChildInput],
        trace: &mut Step,
    ) -> Result<Vec<ChildFee<'a>>, Error> {
        let on = span.first;
        let title = format!("fees from {} to {}", span.first, span.last);
        let mut step = Step::new(title, articles::HIGHEST_FEE);
        let counted = self.counted_income(yearly_income, basis, on, &mut step)?;
        let reductions = children
            .iter()
            .map(|child| reduction_on(&self.settings.reductions, child, on))
            .collect::<Result<Vec<_>, _>>()?;
        let charged = |n: usize| reductions.get(n).is_some_and(|r| r.is_none_or(|r| !r.is_free()));
        let mut fees = Vec::with_capacity(children.len());
        for (n, (child, reduction)) in children.iter().zip(&reductions).enumerate() {
            let siblings = || {
                let others = children.iter().enumerate().filter(|(m, _)| charged(*m)).map(|(_, c)| *c);
                order_among(child, others)
            };
            let order = charged(n).then(|| if child.same_address { siblings() } else { 1 });
            let monthly = match order {
                Some(order) => self.child_fee(child, order, *reduction, counted, on, &mut step)?,
                None => free(child, *reduction, &mut step),
            };
            fees.push(ChildFee { child, order, reduction: *reduction, monthly });
        }
        trace.steps.push(step);
        Ok(fees)
    }

    /// The income that counts, kronor a year: the known one, at most the cap, which also stands in for a missing one.
    fn counted_income(
        &self,
        known: Option<Decimal>,
        basis: Basis,
        on: Day,
        trace: &mut Step,
    ) -> Result<Decimal, Error> {
        let mut step = Step::new("income that counts (avgiftsgrundande inkomst)", articles::CAP);
        let cap_on = self.settings.cap_day(on);
        if cap_on != on {
            step.input_text("cap applied later by the municipality (setting later_caps)", cap_on.to_string());
        }
        let cap = step.parameter(self.parameters.get("income_cap", cap_on)?) * Decimal::from(MONTHS);
        let counted = match known {
            Some(income) => step.input(&format!("{}, a year", basis.label()), income).min(cap),
            None => {
                step.input_text(basis.label(), "none");
                step.article = articles::NO_DECLARATION.to_owned();
                cap
            }
        };
        let free_below = self.settings.free_below_income.map(|i| i * Decimal::from(MONTHS));
        let counted = match free_below {
            Some(limit) if known.is_some_and(|income| income < limit) => {
                step.input("free below, a year (setting free_below_income)", limit);
                Decimal::ZERO
            }
            _ => counted,
        };
        step.result("counted income, a year", counted);
        trace.steps.push(step);
        Ok(counted)
    }

    /// One child's fee in kronor a month.
    fn child_fee(
        &self,
        child: &ChildInput,
        order: usize,
        reduction: Option<&Reduction>,
        income: Decimal,
        on: Day,
        trace: &mut Step,
    ) -> Result<Decimal, Error> {
        let title = format!("fee for child {} in {}", child.id, child.care.name());
        let mut step = Step::new(title, articles::HIGHEST_FEE);
        step.input_text("born", child.born.to_string());
        if !child.same_address {
            step.input_text("registered at the household's address", "no: counts alone");
        }
        let order_number = u32::try_from(order).unwrap_or(u32::MAX);
        step.input("order, youngest first", Decimal::from(order_number));
        let with_fee = step.parameter(self.parameters.get("children_with_fee", on)?);
        let full = match Decimal::from(order_number) > with_fee {
            true => Decimal::ZERO,
            false => {
                let percent = self.parameters.get(percent_name(child.care, order_number), on)?;
                rounding::monthly_fee(step.parameter(percent) * income)
            }
        };
        step.rounding = Some("to whole kronor, halves up".to_owned());
        step.result("full fee, a month", full);
        let monthly = match reduction {
            None => full,
            Some(reduction) => {
                step.input_text("reduction", format!("{} ({})", reduction.name, reduction.source));
                step.article = articles::REDUCTION.to_owned();
                reduction.fee(order, full, income)
            }
        };
        if monthly > full {
            let name = reduction.map_or("", |r| r.name.as_str());
            let problem =
                format!("`{name}` takes {monthly} of child {}, above the full fee of {full}", child.id);
            return Err(Error::input("reductions", problem));
        }
        step.result("fee, a month", monthly);
        trace.steps.push(step);
        Ok(monthly)
    }
}

/// A child who pays nothing and does not count among the siblings.
fn free(child: &ChildInput, reduction: Option<&Reduction>, trace: &mut Step) -> Decimal {
    let mut step = Step::new(format!("free care of child {}", child.id), articles::REDUCTION);
    if let Some(reduction) = reduction {
        step.input_text("reduction", format!("{} ({})", reduction.name, reduction.source));
    }
    trace.steps.push(step);
    Decimal::ZERO
}

/// The child's place among those registered at the address, the youngest first. Of children born on one day the one in
/// after-school care comes first, which costs the household least, then by name.
fn order_among<'a>(child: &ChildInput, others: impl Iterator<Item = &'a ChildInput>) -> usize {
    let key = |c: &ChildInput| (std::cmp::Reverse(c.born), c.care);
    1 + others.filter(|other| other.same_address && (key(other), &other.id) < (key(child), &child.id)).count()
}

/// The percentage of the income that the child at this place of the order pays; `None`: a child without fee.
pub fn percent(
    care: Care,
    order: Option<u32>,
    on: Day,
    parameters: &Parameters,
) -> Result<Option<Decimal>, Error> {
    let with_fee = parameters.get("children_with_fee", on)?.value;
    let Some(order) = order.filter(|order| Decimal::from(*order) <= with_fee) else { return Ok(None) };
    Ok(Some(parameters.get(percent_name(care, order), on)?.value))
}

fn percent_name(care: Care, order: u32) -> &'static str {
    match (care, order) {
        (Care::Preschool, 1) => "preschool_percent_1",
        (Care::Preschool, 2) => "preschool_percent_2",
        (Care::Preschool, _) => "preschool_percent_3",
        (Care::AfterSchool, 1) => "after_school_percent_1",
        (Care::AfterSchool, 2) => "after_school_percent_2",
        (Care::AfterSchool, _) => "after_school_percent_3",
    }
}
