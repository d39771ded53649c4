//! An exact decimal that may be left out: `#[serde(default, with = "schemes::exact::option")]`.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serializer};

/// Writes canonical text, or nothing.
pub fn serialize<S: Serializer>(number: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => super::serialize(number, serializer),
        None => serializer.serialize_none(),
    }
}

/// Reads plain decimal text; `null` is nothing.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let wrong = || serde::de::Error::custom("write a decimal number such as 1234.5");
    match Option::<String>::deserialize(deserializer)? {
        Some(text) => super::parse(&text).map(Some).ok_or_else(wrong),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Fact {
        #[serde(default, with = "super")]
        income: Option<Decimal>,
    }

    #[test]
    fn null_and_a_key_left_out_are_nothing_and_a_json_number_is_refused() {
        let read = |json: &str| serde_json::from_str::<Fact>(json);
        assert_eq!(read("{}").unwrap().income, None);
        assert_eq!(read(r#"{"income": null}"#).unwrap().income, None);
        let some = read(r#"{"income": "1.50"}"#).unwrap();
        assert_eq!(serde_json::to_string(&some).unwrap(), r#"{"income":"1.5"}"#);
        assert!(read(r#"{"income": 1.5}"#).is_err() && read(r#"{"income": "x"}"#).is_err());
    }
}
