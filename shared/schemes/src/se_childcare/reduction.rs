//! Reduced fees: free hours from the autumn of the year the child turns three, short weeks, seasons. The nation sets no
//! amounts; each municipality does, so each reduction is configuration with its source.

use super::{Care, ChildInput, MonthDay};
use crate::{Error, Part, exact, rounding};
use domain::Day;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A reduced fee and whom it is for. What is left out does not restrict it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reduction {
    /// Its name in traces.
    pub name: String,
    /// Where the municipality's tariff was read.
    pub source: String,
    /// The form of care.
    pub care: Care,
    /// From this day of the year in which the child turns so many years. Sollentuna and most: turns 3, 08-01;
    /// Västerås: 08-15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<TurningDay>,
    /// Until this day of such a year, included. Säffle: turns 6, 05-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<TurningDay>,
    /// Only in this part of every year. Säffle and Karlstad: 09-01 to 05-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
    /// Only above so many hours a week. Sollefteå: 15.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exact::option")]
    #[schemars(with = "Option<String>")]
    pub hours_above: Option<Decimal>,
    /// Only up to so many hours a week. Växjö: 15.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exact::option")]
    #[schemars(with = "Option<String>")]
    pub hours_at_most: Option<Decimal>,
    /// What is paid instead.
    pub fee: ReducedFee,
}

/// A day of the year in which a child turns so many years: not the birthday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TurningDay {
    /// Years.
    pub turns: u32,
    /// The day.
    pub on: MonthDay,
}

/// A part of every year, both days included. It may run over the new year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Season {
    /// The first day.
    pub from: MonthDay,
    /// The last day.
    pub to: MonthDay,
}

/// What is paid instead of the full fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReducedFee {
    /// Other percentages of the income. Degerfors: 2.0, 1.3, 0.7.
    Percents(Percents),
    /// A percentage of the full fee. Norrköping: 75.
    PercentOfFull(
        #[serde(with = "crate::exact")]
        #[schemars(with = "String")]
        Decimal,
    ),
    /// A part of the full fee. Högsby: 6/9.
    PartOfFull(Part),
}

/// Percentages of the income by the order of the children, youngest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Percents {
    /// The youngest child.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub first: Decimal,
    /// The next older.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub second: Decimal,
    /// The third.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub third: Decimal,
}

impl Percents {
    /// The percentage of the child at this place of the order; nothing from the fourth on.
    pub(super) fn at(&self, order: usize) -> Decimal {
        [self.first, self.second, self.third].get(order.wrapping_sub(1)).copied().unwrap_or_default()
    }

    fn all(&self) -> [Decimal; 3] {
        [self.first, self.second, self.third]
    }
}

impl Season {
    fn contains(self, day: Day) -> bool {
        let day = MonthDay::of(day);
        match self.from <= self.to {
            true => self.from <= day && day <= self.to,
            false => self.from <= day || day <= self.to,
        }
    }
}

impl Reduction {
    /// Everything that makes it no reduction.
    pub(super) fn faults(&self, position: usize) -> Vec<Error> {
        let path = format!("reductions[{position}]");
        let mut faults = Vec::new();
        for (name, text) in [("name", &self.name), ("source", &self.source)] {
            if text.trim().is_empty() {
                faults.push(Error::input(format!("{path}.{name}"), "is empty; a reduction has both"));
            }
        }
        let percents = match &self.fee {
            ReducedFee::Percents(percents) => percents.all().to_vec(),
            ReducedFee::PercentOfFull(percent) => vec![*percent],
            ReducedFee::PartOfFull(_) => Vec::new(),
        };
        if percents.iter().any(|p| p.is_sign_negative() || *p > Decimal::ONE_HUNDRED) {
            faults.push(Error::input(format!("{path}.fee"), "is 0 to 100 percent"));
        }
        faults
    }

    /// Whether nothing is paid under it, so that the child is not in fee-charged care and counts among no siblings.
    pub(super) fn is_free(&self) -> bool {
        match &self.fee {
            ReducedFee::Percents(percents) => percents.all().iter().all(Decimal::is_zero),
            ReducedFee::PercentOfFull(percent) => percent.is_zero(),
            ReducedFee::PartOfFull(part) => part.is_none(),
        }
    }

    /// Whether it is the fee of this child on this day. Refuses when the hours decide and are not given.
    fn applies(&self, child: &ChildInput, day: Day) -> Result<bool, Error> {
        let turning = |t: TurningDay| child.day_when_turning(t.turns, t.on);
        let by_age = self.care == child.care
            && self.from.is_none_or(|from| turning(from).is_some_and(|first| first <= day))
            && self.until.is_none_or(|until| turning(until).is_some_and(|last| day <= last))
            && self.season.is_none_or(|season| season.contains(day));
        if !by_age || (self.hours_above.is_none() && self.hours_at_most.is_none()) {
            return Ok(by_age);
        }
        let hours = child.weekly_hours.ok_or_else(|| {
            let field = format!("children.{}.weekly_hours", child.id);
            Error::input(field, format!("is needed: the reduction `{}` depends on the hours", self.name))
        })?;
        Ok(self.hours_above.is_none_or(|above| hours > above)
            && self.hours_at_most.is_none_or(|most| hours <= most))
    }

    /// The days of the child's life and of the year on which it starts or has ended.
    pub(super) fn turning_points(&self, child: &ChildInput, year: i32) -> Vec<Day> {
        let turning = |t: TurningDay| child.day_when_turning(t.turns, t.on);
        let after = |day: Day| day.succ_opt();
        let season = self.season.map(|s| [s.from.in_year(year), s.to.in_year(year).and_then(after)]);
        [self.from.and_then(turning), self.until.and_then(turning).and_then(after)]
            .into_iter()
            .chain(season.into_iter().flatten())
            .flatten()
            .collect()
    }

    /// The reduced fee, kronor a month. A share is taken of the rounded full fee, as the municipalities publish it.
    pub(super) fn fee(&self, order: usize, full: Decimal, yearly_income: Decimal) -> Decimal {
        match &self.fee {
            ReducedFee::Percents(percents) => rounding::monthly_fee(yearly_income * percents.at(order)),
            ReducedFee::PercentOfFull(percent) => {
                rounding::fee_to_kronor(full * percent / Decimal::ONE_HUNDRED)
            }
            ReducedFee::PartOfFull(part) => rounding::fee_to_kronor(part.of(full)),
        }
    }
}

/// The reduction of a child on a day. Refuses when two apply: the tariff must say which.
pub(super) fn reduction_on<'a>(
    reductions: &'a [Reduction],
    child: &ChildInput,
    day: Day,
) -> Result<Option<&'a Reduction>, Error> {
    let mut found: Option<&Reduction> = None;
    for reduction in reductions {
        if !reduction.applies(child, day)? {
            continue;
        }
        if let Some(other) = found {
            let problem = format!(
                "`{}` and `{}` both apply to child {} on {day}",
                other.name, reduction.name, child.id
            );
            return Err(Error::input("reductions", problem));
        }
        found = Some(reduction);
    }
    Ok(found)
}
