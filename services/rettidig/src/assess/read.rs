//! A file as a case.

use super::faults::Fault;
use super::plain::plain;
use crate::cli::WrongInput;
use anyhow::{Result, bail};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::fmt;
use std::fs;
use std::path::Path;

/// The largest file with one case, bytes: far above any household.
const FILE_MAX: u64 = 1_000_000;

/// Whether the file holds a case a line.
pub(super) fn is_jsonl(file: &Path) -> bool {
    extension(file) == "jsonl"
}

/// The case of a file, or the fault that keeps it from being read as YAML or JSON.
pub(super) fn case(file: &Path) -> Result<Result<Value, Vec<Fault>>> {
    let wrong = |problem: String| WrongInput(format!("{}: {problem}", file.display()));
    let length = fs::metadata(file).map_err(|error| wrong(error.to_string()))?.len();
    if length > FILE_MAX {
        bail!(wrong(format!("is larger than {FILE_MAX} bytes; many cases go into a .jsonl file")));
    }
    let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    match extension(file).as_str() {
        "yaml" | "yml" => Ok(serde_saphyr::from_str::<Once>(&text)
            .map(|once| once.0)
            .map_err(|error| unreadable(&error.to_string()))),
        "json" => Ok(json(&text)),
        _ => bail!(wrong("is no .yaml, .yml, .json or .jsonl".to_owned())),
    }
}

/// A case of a line or file in JSON.
pub(super) fn json(text: &str) -> Result<Value, Vec<Fault>> {
    serde_json::from_str::<Once>(text).map(|once| once.0).map_err(|error| unreadable(&error.to_string()))
}

fn unreadable(problem: &str) -> Vec<Fault> {
    vec![Fault::new(".", format!("cannot be read: {}", plain(problem)))]
}

fn extension(file: &Path) -> String {
    file.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// A value in which no key stands twice: of two values of a key, neither is silently dropped.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keys and values, a list, a text, a number, true, false or null")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Once(entry)) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut keys = Map::new();
        while let Some((key, Once(value))) = entries.next_entry::<String, Once>()? {
            if keys.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands there twice")));
            }
            keys.insert(key, value);
        }
        Ok(Value::Object(keys))
    }
}
