//! Reads a case into the type of its scheme and finds every fault in it, not only the first: what is wrong is noted
//! and a good value from the scheme's example takes its place, until the rest can be read.

use super::plain::plain;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

/// One fault of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Fault {
    /// Where, such as `places[0].monthly_rate`.
    pub(super) path: String,
    /// What is wrong and what to write.
    pub(super) problem: String,
}

impl Fault {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }

    /// The same fault in what stands under a key.
    pub(super) fn beneath(self, key: &str) -> Self {
        Self { path: format!("{key}.{}", self.path), ..self }
    }
}

/// The most repairs of a case: what has more faults is no case, and the first of them are told.
const REPAIRS_MAX: usize = 100;

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    Key(String),
    Index(usize),
}

/// Reads the facts. `example` is a case of the scheme with every key, each list with one entry.
pub(super) fn read<T: DeserializeOwned>(mut facts: Value, example: &Value) -> Result<T, Vec<Fault>> {
    let mut faults = Vec::new();
    for _ in 0..REPAIRS_MAX {
        let error = match serde_path_to_error::deserialize::<_, T>(&facts) {
            Ok(read) if faults.is_empty() => return Ok(read),
            Ok(_) => return Err(faults),
            Err(error) => error,
        };
        let mut path = path(&facts, error.path());
        let problem = error.inner().to_string();
        let good = match kind(&problem) {
            Kind::Missing(key) => {
                path.push(At::Key(key));
                faults.push(Fault::new(text(&path), "is missing"));
                good_value(example, &path)
            }
            Kind::Unknown(key) => {
                if path.last() != Some(&At::Key(key.clone())) {
                    path.push(At::Key(key));
                }
                faults.push(Fault::new(text(&path), plain(&problem)));
                None
            }
            Kind::Other => match whole_number(&facts, &path, &problem) {
                Some(number) => Some(number),
                None => {
                    let quotes = match problem.starts_with("invalid type: floating point") {
                        true => "; put a number with decimals in quotes",
                        false => "",
                    };
                    faults.push(Fault::new(text(&path), plain(&problem) + quotes));
                    good_value(example, &path)
                }
            },
        };
        if !put(&mut facts, &path, good) {
            break;
        }
    }
    Err(faults)
}

enum Kind {
    Missing(String),
    Unknown(String),
    Other,
}

fn kind(problem: &str) -> Kind {
    let named = |start: &str| {
        problem.strip_prefix(start).and_then(|rest| rest.split_once('`')).map(|(key, _)| key.to_owned())
    };
    match (named("missing field `"), named("unknown field `")) {
        (Some(key), _) => Kind::Missing(key),
        (_, Some(key)) => Kind::Unknown(key),
        _ => Kind::Other,
    }
}

/// The path as the case has it: of a choice with content the name is a key, of one without it is the value.
fn path(facts: &Value, segments: &serde_path_to_error::Path) -> Vec<At> {
    let mut path = Vec::new();
    for segment in segments {
        let at = match segment {
            Segment::Seq { index } => At::Index(*index),
            Segment::Map { key } | Segment::Enum { variant: key } => At::Key(key.clone()),
            Segment::Unknown => continue,
        };
        let is_value = |value: &Value| !value.is_object();
        if matches!(segment, Segment::Enum { .. }) && find(facts, &path, false).is_none_or(is_value) {
            continue;
        }
        path.push(at);
    }
    path
}

fn text(path: &[At]) -> String {
    let mut text = String::new();
    for at in path {
        match at {
            At::Index(index) => text.push_str(&format!("[{index}]")),
            At::Key(key) if text.is_empty() => text.push_str(key),
            At::Key(key) => text.push_str(&format!(".{key}")),
        }
    }
    if text.is_empty() { ".".to_owned() } else { text }
}

/// A whole number where text is read: exact as it stands, so it needs no quotes. A number with decimals does: it has
/// gone through a float.
fn whole_number(facts: &Value, path: &[At], problem: &str) -> Option<Value> {
    // A choice expects a "string or map": its names may be numbers, as those of paragraphs are.
    let reads_text = problem.starts_with("invalid type: integer")
        && (problem.ends_with("expected a string") || problem.ends_with("expected string or map"));
    match find(facts, path, false) {
        Some(Value::Number(number)) if reads_text && (number.is_i64() || number.is_u64()) => {
            Some(Value::String(number.to_string()))
        }
        _ => None,
    }
}

fn good_value(example: &Value, path: &[At]) -> Option<Value> {
    find(example, path, true).cloned()
}

/// The value at the path; `first`: the first entry of a list stands for all.
fn find<'a>(value: &'a Value, path: &[At], first: bool) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, at| match at {
        At::Key(key) => value.get(key),
        At::Index(index) => value.get(if first { 0 } else { *index }),
    })
}

/// Puts a value at the path, or takes away what is there. `false` where nothing changed.
fn put(facts: &mut Value, path: &[At], new: Option<Value>) -> bool {
    let Some((last, parents)) = path.split_last() else { return false };
    let mut value = facts;
    for at in parents {
        let next = match at {
            At::Key(key) => value.get_mut(key),
            At::Index(index) => value.get_mut(*index),
        };
        let Some(next) = next else { return false };
        value = next;
    }
    match (value, last, new) {
        (Value::Object(keys), At::Key(key), Some(new)) => keys.insert(key.clone(), new.clone()) != Some(new),
        (Value::Object(keys), At::Key(key), None) => keys.remove(key).is_some(),
        (Value::Array(entries), At::Index(index), Some(new)) => {
            entries.get_mut(*index).is_some_and(|entry| std::mem::replace(entry, new.clone()) != new)
        }
        (Value::Array(entries), At::Index(index), None) if *index < entries.len() => {
            entries.remove(*index);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Facts {
        amount: String,
        yes: bool,
        #[serde(default)]
        lines: Vec<Line>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        kind: Kind,
        count: u32,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Small,
        #[serde(rename = "107")]
        Paragraph,
        Wide {
            by: String,
        },
    }

    fn paths(facts: Value) -> Vec<String> {
        let example =
            json!({"amount": "1", "yes": true, "lines": [{"kind": {"wide": {"by": "1"}}, "count": 1}]});
        match read::<Facts>(facts, &example) {
            Ok(_) => vec![],
            Err(faults) => faults.into_iter().map(|fault| fault.path).collect(),
        }
    }

    #[test]
    fn every_fault_is_told_with_its_path() {
        let facts = json!({"amout": "1", "yes": "no", "lines": [
            {"kind": "small", "count": 1}, {"kind": "large", "count": -1, "more": 1}, {"kind": "small"}]});
        let mut found = paths(facts);
        found.sort();
        assert_eq!(
            found,
            ["amount", "amout", "lines[1].count", "lines[1].kind", "lines[1].more", "lines[2].count", "yes"]
        );
    }

    #[test]
    fn a_whole_number_is_read_where_text_is_and_one_with_decimals_is_not() {
        assert!(paths(json!({"amount": 28, "yes": true})).is_empty());
        assert!(paths(json!({"amount": "28", "yes": true})).is_empty());
        assert_eq!(paths(json!({"amount": 28.5, "yes": true})), ["amount"]);
        assert_eq!(paths(json!({"amount": "1", "yes": 1})), ["yes"]);
    }

    #[test]
    fn a_choice_may_be_a_number_and_the_faults_in_its_content_have_its_name_in_their_path() {
        let line = |kind: Value| json!({"amount": "1", "yes": true, "lines": [{"kind": kind, "count": 1}]});
        assert!(paths(line(json!(107))).is_empty());
        assert!(paths(line(json!({"wide": {"by": 28}}))).is_empty());
        assert_eq!(paths(line(json!(108))), ["lines[0].kind"]);
        assert_eq!(paths(line(json!({"wide": {"by": true}}))), ["lines[0].kind.wide.by"]);
        assert_eq!(paths(line(json!({"wide": {}}))), ["lines[0].kind.wide.by"]);
        assert_eq!(paths(line(json!({"high": {}}))), ["lines[0].kind"]);
    }

    #[test]
    fn what_is_no_case_at_all_is_one_fault() {
        assert_eq!(paths(json!(["a"])), ["."]);
        assert_eq!(paths(json!({"amount": "1", "yes": true, "lines": {}})), ["lines"]);
    }
}
