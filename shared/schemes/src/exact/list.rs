//! Several exact decimals: `#[serde(default, with = "schemes::exact::list")]`.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serializer};

/// Read one by one, so that a wrong one is named by its position.
#[derive(Deserialize)]
struct Number(#[serde(with = "super")] Decimal);

/// Writes canonical texts.
pub fn serialize<S: Serializer>(numbers: &[Decimal], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(numbers.iter().map(|number| super::text(*number)))
}

/// Reads plain decimal texts.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Decimal>, D::Error> {
    let numbers = Vec::<Number>::deserialize(deserializer)?;
    Ok(numbers.into_iter().map(|number| number.0).collect())
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Facts {
        #[serde(default, with = "super")]
        months: Vec<Decimal>,
    }

    #[test]
    fn each_number_of_a_list_is_exact_text() {
        let read = |json: &str| serde_json::from_str::<Facts>(json);
        assert!(read("{}").unwrap().months.is_empty());
        let some = read(r#"{"months": ["2.50", "-3"]}"#).unwrap();
        assert_eq!(serde_json::to_string(&some).unwrap(), r#"{"months":["2.5","-3"]}"#);
        assert!(read(r#"{"months": [2]}"#).is_err() && read(r#"{"months": ["2", "x"]}"#).is_err());
    }
}
