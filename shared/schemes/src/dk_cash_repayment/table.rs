//! The table: from the yearly net income to the percentage of it that is paid back, with and without a child to
//! provide for.

mod load;

use super::{AtOldLimit, SCHEME, Settings};
use crate::{Error, Parameter, Spans, Step};
use domain::Day;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Every table, by date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables(Vec<Table>);

/// The table of some days, or the known lack of one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    /// `None`: no table of these days was found.
    regime: Option<Regime>,
    valid_from: Day,
    valid_to: Day,
    article: String,
    source: String,
    checked: Day,
    /// By income, without a gap from the first on.
    bands: Vec<Band>,
}

/// A row of a table, as a letter names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// The first day on which the table holds.
    pub valid_from: Day,
    /// Kroner a year: where the row begins.
    #[serde(with = "crate::exact")]
    pub net_from: Decimal,
    /// Kroner a year: where the next one begins; `None`: there is none.
    #[serde(with = "crate::exact::option")]
    pub net_under: Option<Decimal>,
    /// Where the table was published.
    pub article: String,
}

/// The rules under which a table is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// To 30 September 2023: a net income under the table pays nothing.
    Old,
    /// From 1 October 2023: the table starts at nothing.
    New,
}

/// A row: from an income on, to the next row's.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Band {
    net_from: Decimal,
    /// Percent of the net income without and with a child; `None`: not found published.
    percent: Option<(u32, u32)>,
}

impl Tables {
    /// Reads the table file.
    pub(super) fn load(csv: &str) -> Result<Self, Error> {
        load::load(csv).map(Self)
    }

    /// The regime on a day. [`Error::NoParameter`] when no table of the day was found.
    pub fn regime(&self, on: Day) -> Result<Regime, Error> {
        self.on(on).map(|(_, regime)| regime)
    }

    /// The last day before this one of which a table was found, where the day itself has none.
    pub fn ending(&self, later: Day) -> Option<Day> {
        if self.regime(later).is_ok() {
            return None;
        }
        let found = self.0.iter().filter(|table| table.regime.is_some() && table.valid_from <= later);
        found.map(|table| table.valid_to).max()
    }

    fn on(&self, on: Day) -> Result<(&Table, Regime), Error> {
        self.0
            .iter()
            .find(|table| table.valid_from <= on && on <= table.valid_to)
            .and_then(|table| table.regime.map(|regime| (table, regime)))
            .ok_or_else(|| missing("table", on, self.known(|_| true)))
    }

    /// The days of the tables that are like this.
    fn known(&self, is: impl Fn(&Table) -> bool) -> Spans {
        let known = self.0.iter().filter(|table| table.regime.is_some() && is(table));
        known.map(|table| (table.valid_from, Some(table.valid_to))).collect()
    }

    /// The row of the table of the day that an income falls in; `None`: the income does not reach the table.
    /// [`Error::NoParameter`] when no table of the day was found.
    pub fn row(&self, net: Decimal, on: Day, settings: &Settings) -> Result<Option<TableRow>, Error> {
        let (table, regime) = self.on(on)?;
        let row = |(band, next): (&Band, Option<&Band>)| TableRow {
            valid_from: table.valid_from,
            net_from: band.net_from,
            net_under: next.map(|next| next.net_from),
            article: table.article.clone(),
        };
        Ok(table.band(net, regime, settings.old_lower_limit).map(row))
    }

    /// The percentage for this income, and the step of the trace.
    pub(super) fn percent(
        &self,
        net: Decimal,
        provider: bool,
        on: Day,
        settings: &Settings,
        trace: &mut Step,
    ) -> Result<u32, Error> {
        let (table, regime) = self.on(on)?;
        let mut step = Step::new("percentage by the table", table.article.clone());
        step.input("yearly net income", net);
        step.input_text("provider (forsørger)", if provider { "yes" } else { "no" });
        step.input_text("regime", regime.in_words());
        let percent = match table.band(net, regime, settings.old_lower_limit) {
            None => {
                step.result_text("band", "under the table: no instalment");
                0
            }
            Some((band, next)) => {
                let (without, with) = band.percent.ok_or_else(|| {
                    // The days on which the percentage of this income is known.
                    let known = self.known(|table| {
                        let band =
                            table.regime.and_then(|regime| table.band(net, regime, settings.old_lower_limit));
                        band.is_some_and(|(band, _)| band.percent.is_some())
                    });
                    missing(&format!("table, band from {}", band.net_from), on, known)
                })?;
                let (name, percent) = match provider {
                    true => ("percent_with_children", with),
                    false => ("percent_without_children", without),
                };
                step.parameter(&table.parameter(name, percent));
                let end = next.map_or("up".to_owned(), |next| format!("under {}", next.net_from));
                step.result_text("band", format!("from {}, {end}", band.net_from));
                percent
            }
        };
        step.result("percent", Decimal::from(percent));
        trace.steps.push(step);
        Ok(percent)
    }
}

impl Table {
    /// The row that holds the income and the row after it; `None`: the income does not reach the table. Rows are
    /// published in whole kroner, the first and the last included, so øre belong to the row before the next one.
    fn band(&self, net: Decimal, regime: Regime, at_limit: AtOldLimit) -> Option<(&Band, Option<&Band>)> {
        let first = self.bands.first()?;
        let at_limit_excluded = regime == Regime::Old && at_limit == AtOldLimit::NoInstalment;
        if at_limit_excluded && net == first.net_from {
            return None;
        }
        let position = self.bands.iter().rposition(|band| band.net_from <= net)?;
        Some((self.bands.get(position)?, self.bands.get(position + 1)))
    }

    fn parameter(&self, name: &str, percent: u32) -> Parameter {
        Parameter {
            name: name.to_owned(),
            value: Decimal::from(percent),
            unit: "percent".to_owned(),
            valid_from: self.valid_from,
            valid_to: Some(self.valid_to),
            article: self.article.clone(),
            source: self.source.clone(),
            checked: self.checked,
            derived: false,
        }
    }
}

impl Regime {
    fn in_words(self) -> &'static str {
        match self {
            Self::Old => "to 30 September 2023: nothing under the lowest limit",
            Self::New => "from 1 October 2023: from the first krone",
        }
    }
}

fn missing(parameter: &str, on: Day, known: Spans) -> Error {
    Error::NoParameter { scheme: SCHEME.to_owned(), parameter: parameter.to_owned(), on, known }
}

#[cfg(test)]
mod tests {
    use super::super::parameters;

    #[test]
    fn no_row_of_a_table_is_lost() {
        let parameters = parameters().unwrap();
        let known: Vec<(String, usize)> = parameters
            .tables()
            .0
            .iter()
            .map(|t| (t.valid_from.to_string(), t.bands.iter().filter(|band| band.percent.is_some()).count()))
            .collect();
        let expected = [
            ("2011-01-01", 12),
            ("2012-01-01", 0),
            ("2014-01-01", 16),
            ("2015-01-01", 16),
            ("2016-01-01", 0),
            ("2020-01-01", 18),
            ("2021-01-01", 15),
            ("2022-01-01", 21),
            ("2023-01-01", 0),
            ("2023-10-01", 7),
            ("2024-01-01", 14),
            ("2025-01-01", 0),
            ("2026-01-01", 66),
        ];
        assert_eq!(known, expected.map(|(from, rows)| (from.to_owned(), rows)));
    }
}
