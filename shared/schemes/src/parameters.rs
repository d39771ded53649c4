//! The numbers of a law, dated and with their source. The same for every scheme.

mod load;

use crate::Error;
use domain::Day;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// All parameters of one scheme. Only the loader makes one, so every value has its article, source and dates, and the
/// values of a parameter follow each other without gap or overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    scheme: String,
    by_name: BTreeMap<String, Vec<Parameter>>,
}

/// A number of the law and when it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the scheme's file.
    pub name: String,
    /// The value.
    pub value: Decimal,
    /// The value's unit: `DKK/year`, `percent`.
    pub unit: String,
    /// The first day on which it holds.
    pub valid_from: Day,
    /// The last day on which it holds; `None`: until the law is changed.
    pub valid_to: Option<Day>,
    /// The article that gives it.
    pub article: String,
    /// Where it was read.
    pub source: String,
    /// The day on which the source was last checked.
    pub checked: Day,
    /// Whether it was computed from published values instead of read.
    pub derived: bool,
}

impl Parameters {
    /// Reads a parameter file. Fails on a missing field, an unknown key, a gap or an overlap, and names scheme,
    /// parameter and date.
    pub fn load(yaml: &str) -> Result<Self, Error> {
        load::load(yaml)
    }

    /// The scheme's name, `dk-daycare`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The value that holds on `on`. [`Error::NoParameter`] when there is none: no value is carried on beyond its
    /// last day.
    pub fn get(&self, name: &str, on: Day) -> Result<&Parameter, Error> {
        let values = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let holding = values.iter().find(|v| v.valid_from <= on && v.valid_to.is_none_or(|to| on <= to));
        holding.ok_or_else(|| {
            let known = values.iter().map(|value| (value.valid_from, value.valid_to)).collect();
            Error::NoParameter { scheme: self.scheme.clone(), parameter: name.to_owned(), on, known }
        })
    }

    /// What has held since a day and has no value any more on a later one, with the last day that has one: the names by
    /// which nothing can be computed then.
    pub fn ending(&self, since: Day, later: Day) -> impl Iterator<Item = (&str, Day)> {
        let over = self.by_name.iter().filter(move |(name, _)| self.get(name, later).is_err());
        let last = over.filter_map(|(name, values)| Some((name.as_str(), values.last()?.valid_to?)));
        last.filter(move |(_, last)| *last >= since)
    }

    /// Every value, by name and date.
    pub fn iter(&self) -> impl Iterator<Item = &Parameter> {
        self.by_name.values().flatten()
    }
}
