//! Reads a parameter file: every scalar as text, so that each refusal can name the parameter and the date.

use super::{Parameter, Parameters};
use crate::{Error, exact};
use domain::Day;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most values of one parameter: a monthly value for more than eighty years.
const VALUES_MAX: usize = 1000;

/// The keys that every value has.
const REQUIRED: [&str; 7] = ["value", "unit", "valid_from", "valid_to", "article", "source", "checked"];
/// The one key that a value may have.
const OPTIONAL: &str = "derived";
/// What stands for a value that was looked for and not found: the days are refused by name, and no gap hides them.
const NOT_FOUND: &str = "not found";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scheme: String,
    parameters: BTreeMap<String, Vec<BTreeMap<String, String>>>,
}

pub(super) fn load(yaml: &str) -> Result<Parameters, Error> {
    let file: File = serde_saphyr::from_str(yaml)
        .map_err(|e| Error::Unreadable { what: "the parameters".to_owned(), problem: e.to_string() })?;
    let mut by_name = BTreeMap::new();
    for (name, entries) in file.parameters {
        let reader = Reader { scheme: &file.scheme, parameter: &name };
        by_name.insert(name.clone(), reader.values(&entries)?);
    }
    Ok(Parameters { scheme: file.scheme, by_name })
}

/// Whether the entry says that no value was found for its days.
fn is_not_found(entry: &BTreeMap<String, String>) -> bool {
    entry.get("value").map(String::as_str) == Some(NOT_FOUND)
}

struct Reader<'a> {
    scheme: &'a str,
    parameter: &'a str,
}

impl Reader<'_> {
    fn refuse(&self, on: impl Into<String>, problem: impl Into<String>) -> Error {
        Error::BadParameter {
            scheme: self.scheme.to_owned(),
            parameter: self.parameter.to_owned(),
            on: on.into(),
            problem: problem.into(),
        }
    }

    fn values(&self, entries: &[BTreeMap<String, String>]) -> Result<Vec<Parameter>, Error> {
        if entries.is_empty() || entries.len() > VALUES_MAX {
            return Err(
                self.refuse("(list)", format!("has {} values; write 1 to {VALUES_MAX}", entries.len()))
            );
        }
        let mut values: Vec<Parameter> =
            entries.iter().enumerate().map(|(n, entry)| self.value(n, entry)).collect::<Result<_, _>>()?;
        for pair in values.windows(2) {
            if let [earlier, later] = pair {
                self.follows(earlier, later)?;
            }
        }
        let mut found = entries.iter().map(|entry| !is_not_found(entry));
        values.retain(|_| found.next().unwrap_or(true));
        Ok(values)
    }

    fn value(&self, position: usize, entry: &BTreeMap<String, String>) -> Result<Parameter, Error> {
        let on =
            entry.get("valid_from").cloned().unwrap_or_else(|| format!("(value number {})", position + 1));
        if let Some(unknown) = entry.keys().find(|k| !REQUIRED.contains(&k.as_str()) && *k != OPTIONAL) {
            return Err(self.refuse(on, format!("the key `{unknown}` is unknown; remove it")));
        }
        let field = |key: &str| match entry.get(key).map(String::as_str) {
            None => Err(self.refuse(&on, format!("`{key}` is missing"))),
            Some(text) if text.trim().is_empty() => Err(self.refuse(&on, format!("`{key}` is empty"))),
            Some(text) => Ok(text.to_owned()),
        };
        let day = |key: &str| {
            let text = field(key)?;
            self.day(&text).ok_or_else(|| self.refuse(&on, format!("`{key}` is not a day yyyy-mm-dd")))
        };
        let value = match is_not_found(entry) {
            true => Decimal::ZERO,
            false => exact::parse(&field("value")?).ok_or_else(|| {
                self.refuse(&on, format!("`value` is not a plain decimal number, nor `{NOT_FOUND}`"))
            })?,
        };
        let valid_to = if field("valid_to")? == "open" { None } else { Some(day("valid_to")?) };
        let valid_from = day("valid_from")?;
        if valid_to.is_some_and(|to| to < valid_from) {
            return Err(self.refuse(&on, "`valid_to` is before `valid_from`"));
        }
        let derived = match entry.get(OPTIONAL).map(String::as_str) {
            None => false,
            Some("true") => true,
            Some(_) => return Err(self.refuse(&on, "`derived` is `true` or left out")),
        };
        Ok(Parameter {
            name: self.parameter.to_owned(),
            value,
            unit: field("unit")?,
            valid_from,
            valid_to,
            article: field("article")?,
            source: field("source")?,
            checked: day("checked")?,
            derived,
        })
    }

    fn day(&self, text: &str) -> Option<Day> {
        // Day's own reader takes `2016-1-1` too; one day has one spelling here.
        (text.len() == 10).then(|| text.parse().ok()).flatten()
    }

    fn follows(&self, earlier: &Parameter, later: &Parameter) -> Result<(), Error> {
        let on = later.valid_from.to_string();
        let expected = earlier.valid_to.and_then(|to| to.succ_opt());
        let problem = match expected {
            None => "overlaps the value before it, which is open".to_owned(),
            Some(day) if later.valid_from < day => {
                format!("overlaps the value before it, which holds until {}", day.pred_opt().unwrap_or(day))
            }
            Some(day) if later.valid_from > day => format!("leaves a gap: no value holds from {day}"),
            Some(_) if later.unit != earlier.unit => {
                format!("has another unit than the value before it, {}", earlier.unit)
            }
            Some(_) => return Ok(()),
        };
        Err(self.refuse(on, problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "scheme: s\nparameters:\n  p:\n    - {value: 1, unit: kr, valid_from: 2015-01-01, valid_to: 2015-12-31, article: a, source: b, checked: 2026-11-23}\n    - {value: 2.5, unit: kr, valid_from: 2016-01-01, valid_to: open, article: a, source: b, checked: 2026-11-23, derived: true}\n";

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_value_holds_from_its_first_to_its_last_day_and_no_longer() {
        let parameters = Parameters::load(GOOD).unwrap();
        assert_eq!(exact::text(parameters.get("p", day("2015-12-31")).unwrap().value), "1");
        let second = parameters.get("p", day("2016-01-01")).unwrap();
        assert!(second.derived && second.valid_to.is_none());
        let error = parameters.get("p", day("2014-12-31")).unwrap_err();
        assert_eq!(
            error,
            Error::NoParameter {
                scheme: "s".into(),
                parameter: "p".into(),
                on: day("2014-12-31"),
                known: [(day("2015-01-01"), None)].into_iter().collect(),
            }
        );
        assert!(error.to_string().contains("(known: from 2015-01-01)"));
        assert!(parameters.get("q", day("2015-01-01")).is_err());
    }

    /// Changes one spot of the good file and gives the refusal.
    fn refused(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from}");
        Parameters::load(&GOOD.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn a_value_without_one_of_its_fields_does_not_load_and_says_where() {
        for key in REQUIRED {
            let first = GOOD.lines().nth(3).unwrap();
            let without: Vec<&str> = first
                .trim()
                .trim_start_matches("- {")
                .trim_end_matches('}')
                .split(", ")
                .filter(|f| !f.starts_with(&format!("{key}:")))
                .collect();
            let error = refused(first, &format!("    - {{{}}}", without.join(", ")));
            assert!(
                error.contains("s: parameter `p`") && error.contains(&format!("`{key}` is missing")),
                "{error}"
            );
            assert!(key == "valid_from" || error.contains("2015-01-01"), "{error}");
        }
    }

    #[test]
    fn an_unknown_key_a_gap_and_an_overlap_are_refused_with_parameter_and_date() {
        assert!(
            refused("derived: true", "checkd: 2026-11-23")
                .contains("valid from 2016-01-01: the key `checkd` is unknown")
        );
        assert!(
            refused("2016-01-01", "2016-01-02")
                .contains("`p`, value valid from 2016-01-02: leaves a gap: no value holds from 2016-01-01")
        );
        assert!(refused("2016-01-01", "2015-12-31").contains("valid from 2015-12-31: overlaps"));
        assert!(refused("2015-12-31", "open").contains("valid from 2016-01-01: overlaps"));
        assert!(
            refused("unit: kr, valid_from: 2016", "unit: percent, valid_from: 2016").contains("another unit")
        );
    }

    #[test]
    fn a_value_that_was_not_found_is_refused_on_its_days_and_closes_the_row() {
        let middle = "valid_to: 2015-12-31, article: a, source: b, checked: 2026-11-23}\n    - {value: not found, unit: kr, valid_from: 2016-01-01, valid_to: 2016-12-31, article: a, source: looked in b, checked: 2026-11-23}";
        let yaml = GOOD
            .replacen("valid_to: 2015-12-31, article: a, source: b, checked: 2026-11-23}", middle, 1)
            .replacen("value: 2.5, unit: kr, valid_from: 2016", "value: 2.5, unit: kr, valid_from: 2017", 1);
        let parameters = Parameters::load(&yaml).unwrap();
        assert!(
            parameters.get("p", day("2015-12-31")).is_ok() && parameters.get("p", day("2017-01-01")).is_ok()
        );
        for on in ["2016-01-01", "2016-12-31"] {
            let error = Error::NoParameter {
                scheme: "s".into(),
                parameter: "p".into(),
                on: day(on),
                known: [(day("2015-01-01"), Some(day("2015-12-31"))), (day("2017-01-01"), None)]
                    .into_iter()
                    .collect(),
            };
            assert_eq!(parameters.get("p", day(on)).unwrap_err(), error);
        }
        assert_eq!(parameters.iter().count(), 2);
    }

    #[test]
    fn what_is_no_number_no_day_or_empty_is_refused() {
        for (from, to) in [
            ("2.5", "2_500"),
            ("2.5", "1e3"),
            ("open", "never"),
            ("2016-01-01", "2016-1-1"),
            ("derived: true", "derived: yes"),
            ("source: b", "source: ''"),
            ("2015-12-31", "2014-12-31"),
        ] {
            assert!(refused(from, to).contains("parameter `p`"), "{from} -> {to}");
        }
        assert!(refused("scheme: s", "scheme: s\nother: 1").contains("cannot be read"));
        assert!(refused("value: 1", "value: 1, value: 3").contains("cannot be read"));
        assert!(
            Parameters::load("scheme: s\nparameters: {p: []}")
                .unwrap_err()
                .to_string()
                .contains("has 0 values")
        );
    }
}
