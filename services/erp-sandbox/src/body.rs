//! Reading a JSON body so that a fault is told by its JSON pointer and without its value.

use crate::problem::{FieldFault, Problem};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

/// Runs of digits this long are masked in fault texts: the reader's messages can repeat what was sent, and a CPR
/// number must not come back.
const DIGITS_SHOWN_MAX: usize = 5;

/// Reads a body, or tells where it is wrong.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Only a body that is wrong is read again with a record of where the reader is.
    serde_json::from_slice(bytes).or_else(|_| read_again(bytes))
}

fn read_again<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let fault = FieldFault::new(pointer(error.path()), masked(&error.inner().to_string()));
        Problem::invalid_body(vec![fault])
    })?;
    json.end()
        .map_err(|_| Problem::invalid_body(vec![FieldFault::new("", "text follows the JSON value")]))?;
    Ok(value)
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path.iter() {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => masked(key),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let length = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(length);
        out.push_str(before);
        out.push_str(if length > DIGITS_SHOWN_MAX { "…" } else { digits });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Change;

    fn faults(json: &str) -> Vec<FieldFault> {
        read::<Change>(json.as_bytes()).unwrap_err().errors().to_vec()
    }

    #[test]
    fn a_number_for_money_is_told_by_its_pointer() {
        let json = r#"{"command_id":"cmd_1","from":"2023-04","amount":{"amount":12.5,"currency":"DKK"}}"#;
        assert_eq!(faults(json)[0].pointer, "/amount/amount");
    }

    #[test]
    fn a_personal_number_never_comes_back() {
        let error = &faults(r#"{"command_id":2105440645,"from":"2023-04"}"#)[0];
        assert!(!error.detail.contains("2105440645") && error.detail.contains('…'), "{error:?}");
    }

    #[test]
    fn an_unknown_field_and_a_second_value_are_refused() {
        assert!(faults(r#"{"command_id":"cmd_1","extra":1}"#)[0].detail.contains("extra"));
        let json = r#"{"command_id":"cmd_1","from":"2023-04","amount":{"amount":"1","currency":"DKK"}} {}"#;
        assert!(faults(json)[0].detail.contains("follows"));
    }
}
