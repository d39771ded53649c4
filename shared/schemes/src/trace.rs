//! The explanation of an amount, written by the execution that computes it.
//!
//! A step hands a parameter's value to the rule only by writing it down ([`Step::parameter`]), so what the trace names
//! is what the rule used.

use crate::{Parameter, exact};
use domain::Day;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How an amount came to be: a tree of steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// The scheme, `dk-daycare`.
    pub scheme: String,
    /// The whole computation.
    pub root: Step,
}

/// One rule applied once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The rule in words.
    pub rule: String,
    /// The article that gives it; or the setting that fills what the law leaves open.
    pub article: String,
    /// The parameter values it used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<ParameterUse>,
    /// The facts and earlier results it used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Figure>,
    /// What came out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub result: Vec<Figure>,
    /// The rounding of the result, in words, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<String>,
    /// The steps it consists of, in the order of execution.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// A named value. The text is exact: `158801`, `1/2`, `yes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// The exact value as text.
    pub value: String,
}

/// A parameter value as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterUse {
    /// The parameter's name in the scheme's file.
    pub name: String,
    /// The value.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub value: Decimal,
    /// Its unit.
    pub unit: String,
    /// The first day on which it holds.
    #[schemars(with = "String")]
    pub valid_from: Day,
    /// The article that gives it.
    pub article: String,
    /// Where it was read.
    pub source: String,
    /// Whether it was computed from published values of other years instead of read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
}

impl Step {
    /// An empty step of this rule.
    pub fn new(rule: impl Into<String>, article: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            article: article.into(),
            parameters: Vec::new(),
            inputs: Vec::new(),
            result: Vec::new(),
            rounding: None,
            steps: Vec::new(),
        }
    }

    /// Uses a parameter: writes it down and gives its value.
    pub fn parameter(&mut self, parameter: &Parameter) -> Decimal {
        self.parameters.push(ParameterUse {
            name: parameter.name.clone(),
            value: parameter.value,
            unit: parameter.unit.clone(),
            valid_from: parameter.valid_from,
            article: parameter.article.clone(),
            source: parameter.source.clone(),
            derived: parameter.derived,
        });
        parameter.value
    }

    /// Uses a number: writes it down and gives it back.
    pub fn input(&mut self, name: &str, value: Decimal) -> Decimal {
        self.input_text(name, exact::text(value));
        value
    }

    /// Uses a fact that is no number.
    pub fn input_text(&mut self, name: &str, value: impl Into<String>) {
        self.inputs.push(Figure { name: name.to_owned(), value: value.into() });
    }

    /// Ends in a number: writes it down and gives it back.
    pub fn result(&mut self, name: &str, value: Decimal) -> Decimal {
        self.result_text(name, exact::text(value));
        value
    }

    /// Ends in something that is no number.
    pub fn result_text(&mut self, name: &str, value: impl Into<String>) {
        self.result.push(Figure { name: name.to_owned(), value: value.into() });
    }

    /// Every parameter value used in this step and below, each once, in the order of first use.
    pub fn all_parameters(&self) -> Vec<&ParameterUse> {
        let mut found: Vec<&ParameterUse> = Vec::new();
        let mut open = vec![self];
        while let Some(step) = open.pop() {
            for parameter in &step.parameters {
                if !found.contains(&parameter) {
                    found.push(parameter);
                }
            }
            open.extend(step.steps.iter().rev());
        }
        found
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        writeln!(f, "{indent}{} [{}]", self.rule, self.article)?;
        for p in &self.parameters {
            let derived = if p.derived { ", derived" } else { "" };
            let (value, unit) = (exact::text(p.value), &p.unit);
            writeln!(
                f,
                "{indent}  | {} = {value} {unit}, from {} [{}] ({}{derived})",
                p.name, p.valid_from, p.article, p.source
            )?;
        }
        for input in &self.inputs {
            writeln!(f, "{indent}  < {} = {}", input.name, input.value)?;
        }
        for step in &self.steps {
            step.write(f, depth + 1)?;
        }
        for result in &self.result {
            writeln!(f, "{indent}  > {} = {}", result.name, result.value)?;
        }
        if let Some(rounding) = &self.rounding {
            writeln!(f, "{indent}  ~ {rounding}")?;
        }
        Ok(())
    }
}

/// Indented text, one line a value: `|` a parameter, `<` an input, `>` a result, `~` a rounding.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.scheme)?;
        self.root.write(f, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dk_daycare::{Input, Settings, assess, parameters};

    fn trace() -> Trace {
        // Two siblings, a single provider, half a month, treatment: every kind of step.
        let input = r#"{"month": "2015-03", "economic": true, "yearly_income": "300000", "single_provider": true,
            "children_at_home": 2, "places": [
              {"child": "a", "place": "p1", "monthly_rate": "2989", "gross_cost": "11956", "part": "1/2"},
              {"child": "b", "place": "p2", "monthly_rate": "1668", "gross_cost": "6671", "treatment": true,
               "social_percent": "25"}]}"#;
        let input: Input = serde_json::from_str(input).unwrap();
        assess(&input, &parameters().unwrap(), &Settings::default()).unwrap().trace
    }

    #[test]
    fn a_trace_reads_as_indented_text() {
        insta::assert_snapshot!("trace_text", trace().to_string());
    }

    #[test]
    fn a_trace_survives_json() {
        let json = serde_json::to_string(&trace()).unwrap();
        assert_eq!(serde_json::from_str::<Trace>(&json).unwrap(), trace());
    }

    #[test]
    fn every_parameter_used_is_listed_once() {
        let trace = trace();
        let names: Vec<&str> = trace.root.all_parameters().iter().map(|p| p.name.as_str()).collect();
        let expected = [
            "lower_limit",
            "upper_limit",
            "extra_child_addition",
            "single_provider_addition",
            "maximum_rate_share",
            "sibling_share",
            "treatment_share",
        ];
        assert_eq!(names, expected);
    }
}
