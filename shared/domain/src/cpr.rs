//! The Danish personal number (*CPR-nummer*) and the key that stands for it outside message bodies.

use crate::{Day, PersonKey, Personnummer};
use hmac::{Hmac, Mac};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use sha2::Sha256;
use std::fmt;

/// A CPR number of ten digits. `Debug` and `Display` are masked; serialisation gives the digits, because a message
/// body that holds a `Cpr` is meant for a receiver that needs it (the ERP, the letter).
///
/// Accepted: numbers without a valid check digit (issued since 1 October 2007, cpr.dk "personnumre uden
/// kontrolciffer") and replacement numbers (*erstatningspersonnummer*, day + 60).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{10}$"))]
pub struct Cpr(String);

/// Why a text is not a CPR number. Never holds the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CprError {
    /// Not ten digits.
    #[error("a CPR number has ten digits, this has {0} characters or other signs; write it without hyphen")]
    NotTenDigits(usize),
    /// The first six digits are no date, even with 60 taken from the day.
    #[error("the first six digits of a CPR number are a date (ddmmyy, day + 60 in a replacement number)")]
    NoDate,
}

impl Cpr {
    /// Reads ten digits.
    pub fn parse(text: &str) -> Result<Self, CprError> {
        if text.len() != 10 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CprError::NotTenDigits(text.chars().count()));
        }
        let cpr = Self(text.to_owned());
        cpr.birth_date().ok_or(CprError::NoDate)?;
        Ok(cpr)
    }

    /// Whether a number stands in a text as a part of its own: ten digits, or six and four with one sign between them
    /// (`ddmmyy-nnnn`). The digits inside a longer word, such as those of a UUID, may look like anything.
    pub fn stands_in(text: &str) -> bool {
        let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        let with_sign = parts.windows(2).map(|two| (two[0].len() == 6).then(|| two.concat()));
        parts.iter().any(|part| Self::parse(part).is_ok())
            || with_sign.flatten().any(|joined| Self::parse(&joined).is_ok())
    }

    /// The ten digits. Call it only where the receiver needs them.
    pub fn reveal_digits(&self) -> &str {
        &self.0
    }

    /// The date of birth the number states: century by the seventh digit, 60 taken from the day of a replacement
    /// number. A person's registered date of birth may differ.
    pub fn birth_date(&self) -> Option<Day> {
        let n = |from: usize, to: usize| self.0.get(from..to).and_then(|s| s.parse::<u32>().ok());
        let (day, month, year, seventh) = (n(0, 2)?, n(2, 4)?, n(4, 6)?, n(6, 7)?);
        let century = match (seventh, year) {
            (0..=3, _) | (4 | 9, 37..) => 1900,
            (4 | 9, _) | (5..=8, 0..=57) => 2000,
            _ => 1800,
        };
        let day = if day > 60 { day - 60 } else { day };
        Day::from_ymd_opt(i32::try_from(century + year).ok()?, month, day)
    }

    /// Whether the number is a replacement number (*erstatningspersonnummer*): day of birth + 60.
    pub fn is_replacement(&self) -> bool {
        self.0.as_bytes().first().is_some_and(|b| *b >= b'6')
    }

    /// Whether the check digit is right (modulus 11). A number without is as valid as one with: only some old
    /// receivers ask.
    pub fn has_check_digit(&self) -> bool {
        let sum: u32 =
            self.0.bytes().zip([4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).map(|(b, w)| u32::from(b - b'0') * w).sum();
        sum.is_multiple_of(11)
    }
}

impl fmt::Display for Cpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("******-****")
    }
}

impl fmt::Debug for Cpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cpr(******-****)")
    }
}

impl TryFrom<String> for Cpr {
    type Error = CprError;
    fn try_from(text: String) -> Result<Self, CprError> {
        Self::parse(&text)
    }
}

impl Serialize for Cpr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The deployment's secret under which CPR numbers become [`PersonKey`]s. Never printed.
#[derive(Clone)]
pub struct PersonSecret(Vec<u8>);

impl PersonSecret {
    /// At least 16 bytes; refuses less, because short secrets can be searched through.
    pub fn new(secret: impl Into<Vec<u8>>) -> Option<Self> {
        let secret = secret.into();
        (secret.len() >= 16).then_some(Self(secret))
    }

    /// The person's key: the first 128 bits of HMAC-SHA256(secret, digits), in hexadecimal.
    pub fn person_key(&self, cpr: &Cpr) -> PersonKey {
        PersonKey::from_digest(&self.digest(b"person", cpr.reveal_digits().as_bytes()))
    }

    /// The key of a person with a Swedish number: the same, of its twelve digits.
    pub fn swedish_person_key(&self, number: &Personnummer) -> PersonKey {
        PersonKey::from_digest(&self.digest(b"person", number.reveal_digits().as_bytes()))
    }

    /// The key of an address, from any text that identifies it (municipality, street and house codes).
    pub fn address_key(&self, address: &str) -> crate::AddressKey {
        crate::AddressKey::from_digest(&self.digest(b"address", address.as_bytes()))
    }

    /// What tells this secret from another and gives nothing of it away: it is kept where keys made with it are kept.
    pub fn fingerprint(&self) -> String {
        hex::encode(self.digest(b"fingerprint", b""))
    }

    /// The key of a name that may hold a personal number, such as that of a file: 128 bits in hexadecimal.
    pub fn name_key(&self, name: &[u8]) -> String {
        let mut key = hex::encode(self.digest(b"name", name));
        key.truncate(32);
        key
    }

    fn digest(&self, domain: &[u8], value: &[u8]) -> Vec<u8> {
        // HMAC takes a key of any length, so this cannot fail.
        #[allow(clippy::unwrap_used, reason = "HMAC accepts keys of every length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).unwrap();
        mac.update(domain);
        mac.update(&[0]);
        mac.update(value);
        mac.finalize().into_bytes().to_vec()
    }
}

impl fmt::Debug for PersonSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_a_text_with_and_without_its_hyphen_and_nothing_else_is() {
        for text in ["210544-0645", "K-210544-0645", "case:2105440645", "610101.1234", "a 610101 1234 b"] {
            assert!(Cpr::stands_in(text), "{text}");
        }
        for text in ["DAY-202301-0001", "DAY-2023-000123", "210544--0645", "210544-06451", "x210544-0645", ""]
        {
            assert!(!Cpr::stands_in(text), "{text}");
        }
    }

    #[test]
    fn a_number_without_check_digit_and_a_replacement_number_are_accepted() {
        let demo = Cpr::parse("2105440645").unwrap();
        assert_eq!(demo.birth_date(), Day::from_ymd_opt(1944, 5, 21));
        let replacement = Cpr::parse("8605010001").unwrap();
        assert!(replacement.is_replacement() && !demo.is_replacement());
        assert_eq!(replacement.birth_date(), Day::from_ymd_opt(1901, 5, 26));
    }

    #[test]
    fn the_seventh_digit_gives_the_century() {
        for (digits, year) in [
            ("6101570000", 1957),
            ("6101365000", 2036),
            ("6101364000", 2036),
            ("6101374000", 1937),
            ("6101585000", 1858),
        ] {
            let born = Cpr::parse(digits).unwrap().birth_date().unwrap();
            assert_eq!(born, Day::from_ymd_opt(year, 1, 1).unwrap());
        }
    }

    #[test]
    fn what_is_no_number_is_refused_without_showing_it() {
        assert_eq!(Cpr::parse("123"), Err(CprError::NotTenDigits(3)));
        let error = Cpr::parse("9913440645").unwrap_err().to_string();
        assert!(!error.contains("9913440645"));
    }

    #[test]
    fn digits_never_show_in_debug_or_display() {
        let cpr = Cpr::parse("2105440645").unwrap();
        assert!(!format!("{cpr} {cpr:?}").contains("2105440645"));
    }

    #[test]
    fn a_person_and_an_address_of_the_same_text_have_different_keys() {
        let secret = PersonSecret::new(*b"0123456789abcdef").unwrap();
        let cpr = Cpr::parse("2105440645").unwrap();
        assert_ne!(secret.person_key(&cpr).as_str()[4..], secret.address_key("2105440645").as_str()[4..]);
        assert!(PersonSecret::new(*b"short").is_none());
    }

    #[test]
    fn a_fingerprint_is_the_same_for_the_same_secret_only_and_is_no_key() {
        let [one, same, other] = ["0123456789abcdef", "0123456789abcdef", "0123456789abcdeg"]
            .map(|text| PersonSecret::new(text).unwrap());
        assert_eq!(one.fingerprint(), same.fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_ne!(one.fingerprint(), one.name_key(b""));
        assert_ne!(one.name_key(b"a"), other.name_key(b"a"));
    }
}
