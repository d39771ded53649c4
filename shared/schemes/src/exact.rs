//! Exact decimals as text: `#[serde(with = "schemes::exact")]`. In JSON `"1234.5"`, never a floating-point number; in
//! YAML the quotes may be left out.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serializer};

pub mod list;
pub mod option;

/// The canonical text of a number: no exponent, no trailing zeros after the point, no minus before zero.
pub(crate) fn text(number: Decimal) -> String {
    let number = number.normalize();
    if number.is_zero() { "0".to_owned() } else { number.to_string() }
}

/// Reads plain decimal text: digits, an optional minus and point. No exponent, no separators, no plus; and no `250.000`,
/// by which a Dane or a Swede means thousands.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let ends =
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.ends_with(|c: char| c.is_ascii_digit());
    let thousands =
        text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3 && decimals.ends_with('0'));
    if plain && ends && !thousands { Decimal::from_str_exact(text).ok() } else { None }
}

/// Writes canonical text.
pub fn serialize<S: Serializer>(number: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*number))
}

/// Reads plain decimal text.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| {
        serde::de::Error::custom("write a decimal number such as 1234.5, thousands without a sign")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_are_read() {
        assert_eq!(parse("-12.50").map(text).as_deref(), Some("-12.5"));
        assert_eq!(parse("100").map(text).as_deref(), Some("100"));
        for wrong in ["", "-", ".5", "5.", "1e3", "1_000", "+1", "1,5", "1.2.3", "250.000", "-1.250"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
