//! The Swedish personal number (*personnummer*) and coordination number (*samordningsnummer*).

use crate::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// A Swedish personal number of twelve digits, `yyyymmddnnnc`: the date of birth, a number of three digits and a check digit
/// (folkbokföringslag (1991:481) 18 §). In a coordination number the day is 60 higher (Skatteverket, SKV 707). `Debug` and
/// `Display` are masked, as of a [`Cpr`](crate::Cpr); serialisation gives the digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{12}$"))]
pub struct Personnummer(String);

/// Why a text is not a Swedish personal number. Never holds the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonnummerError {
    /// Not twelve digits.
    #[error(
        "a Swedish personal number has twelve digits, this has {0} characters or other signs; write it with the century and \
         without hyphen"
    )]
    NotTwelveDigits(usize),
    /// The first eight digits are no date, even with 60 taken from the day.
    #[error(
        "the first eight digits of a Swedish personal number are a date (yyyymmdd, day + 60 in a coordination number)"
    )]
    NoDate,
    /// The last digit does not follow from the nine before it.
    #[error("the check digit of the Swedish personal number is wrong")]
    CheckDigit,
}

/// What a coordination number adds to the day of birth.
const COORDINATION: u32 = 60;

impl Personnummer {
    /// Reads twelve digits.
    pub fn parse(text: &str) -> Result<Self, PersonnummerError> {
        if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PersonnummerError::NotTwelveDigits(text.chars().count()));
        }
        let number = Self(text.to_owned());
        number.birth_date().ok_or(PersonnummerError::NoDate)?;
        if check_digit(&text[2..11]) != text.bytes().last().map(|b| u32::from(b - b'0')) {
            return Err(PersonnummerError::CheckDigit);
        }
        Ok(number)
    }

    /// The number that is formed from a date of birth and three digits, as a coordination number. Fictive persons have the
    /// digits `000`, which are given to nobody: numbers run from 001.
    pub fn coordination(born: Day, serial: u32) -> Option<Self> {
        use chrono::Datelike;
        let (year, month, day) = (born.year(), born.month(), born.day() + COORDINATION);
        let nine = format!("{:02}{month:02}{day:02}{serial:03}", year.rem_euclid(100));
        let check = check_digit(&nine)?;
        Self::parse(&format!("{:02}{nine}{check}", year / 100)).ok()
    }

    /// Whether a number stands in a text as a part of its own, with or without its century and its sign.
    pub fn stands_in(text: &str) -> bool {
        let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        let with_sign = parts.windows(2).map(|two| matches!(two[0].len(), 6 | 8).then(|| two.concat()));
        let reads = |digits: &str| {
            let centuries: &[&str] = if digits.len() == 10 { &["19", "20"] } else { &[""] };
            centuries.iter().any(|century| Self::parse(&format!("{century}{digits}")).is_ok())
        };
        parts.iter().any(|part| reads(part)) || with_sign.flatten().any(|joined| reads(&joined))
    }

    /// The twelve digits. Call it only where the receiver needs them.
    pub fn reveal_digits(&self) -> &str {
        &self.0
    }

    /// The date of birth the number states.
    pub fn birth_date(&self) -> Option<Day> {
        let n = |from: usize, to: usize| self.0.get(from..to).and_then(|s| s.parse::<u32>().ok());
        let (year, month, day) = (n(0, 4)?, n(4, 6)?, n(6, 8)?);
        let day = if day > COORDINATION { day - COORDINATION } else { day };
        // Nobody is born in the year 0000 or 9999 whom a municipality knows.
        (1800..=2199).contains(&year).then_some(())?;
        Day::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    }

    /// Whether it is a coordination number (*samordningsnummer*).
    pub fn is_coordination(&self) -> bool {
        self.0.get(6..8).and_then(|day| day.parse::<u32>().ok()).is_some_and(|day| day > COORDINATION)
    }
}

/// The check digit of nine digits: modulus 10, weights 2 and 1 in turn, the digits of each product added.
fn check_digit(nine: &str) -> Option<u32> {
    let mut sum = 0;
    for (index, sign) in nine.chars().enumerate() {
        let product = sign.to_digit(10)? * if index.is_multiple_of(2) { 2 } else { 1 };
        sum += product / 10 + product % 10;
    }
    Some((10 - sum % 10) % 10)
}

impl fmt::Display for Personnummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("********-****")
    }
}

impl fmt::Debug for Personnummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personnummer(********-****)")
    }
}

impl TryFrom<String> for Personnummer {
    type Error = PersonnummerError;
    fn try_from(text: String) -> Result<Self, PersonnummerError> {
        Self::parse(&text)
    }
}

impl Serialize for Personnummer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number by which Skatteverket's leaflet on personal numbers (SKV 704) explains the check digit, and the same with 60
    /// added to the day.
    const OF_THE_LEAFLET: [&str; 2] = ["196408233234", "196408833231"];

    #[test]
    fn the_numbers_of_the_leaflet_are_read_and_their_check_digit_is_looked_after() {
        let [person, coordination] = OF_THE_LEAFLET.map(|digits| Personnummer::parse(digits).unwrap());
        assert!(!person.is_coordination() && coordination.is_coordination());
        for number in [person, coordination] {
            assert_eq!(number.birth_date(), Day::from_ymd_opt(1964, 8, 23));
        }
        assert_eq!(Personnummer::parse("196408233235"), Err(PersonnummerError::CheckDigit));
    }

    #[test]
    fn what_is_no_number_is_refused_without_showing_it() {
        for (text, error) in [
            ("6408233234", PersonnummerError::NotTwelveDigits(10)),
            ("19640823-323", PersonnummerError::NotTwelveDigits(12)),
            ("196413233234", PersonnummerError::NoDate),
            ("196402303234", PersonnummerError::NoDate),
            ("996408233234", PersonnummerError::NoDate),
        ] {
            assert_eq!(Personnummer::parse(text), Err(error));
            assert!(!error.to_string().contains(text));
        }
    }

    #[test]
    fn a_fictive_number_states_its_date_of_birth_and_is_a_coordination_number() {
        let born = Day::from_ymd_opt(2021, 12, 31).unwrap();
        let number = Personnummer::coordination(born, 0).unwrap();
        assert!(number.is_coordination() && number.reveal_digits().starts_with("20211291000"));
        assert_eq!(number.birth_date(), Some(born));
        assert_eq!(Personnummer::coordination(born, 1_000), None);
    }

    #[test]
    fn a_number_is_found_in_a_text_in_every_spelling_and_nothing_else_is() {
        for text in [
            "196408233234",
            "K-19640823-3234",
            "6408233234",
            "640823-3234",
            "case:640823+3234",
            "640883-3231",
        ] {
            assert!(Personnummer::stands_in(text), "{text}");
        }
        for text in ["640823-3235", "x640823-3234", "20230401-0001", "FSK-2024-000123", ""] {
            assert!(!Personnummer::stands_in(text), "{text}");
        }
    }

    #[test]
    fn digits_never_show_in_debug_or_display() {
        let number = Personnummer::parse(OF_THE_LEAFLET[0]).unwrap();
        assert!(!format!("{number} {number:?}").contains("1964"));
    }
}
