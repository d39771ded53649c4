//! Exact money with its currency.

use rust_decimal::{Decimal, RoundingStrategy};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The currency of an amount (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Currency {
    /// Danish krone.
    DKK,
    /// Swedish krona.
    SEK,
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// An amount of money with at most two decimals. In JSON: `{"amount": "1234.50", "currency": "DKK"}`; a JSON number
/// for the amount is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Decimal text with two places.
    #[serde(serialize_with = "write_amount", deserialize_with = "read_amount")]
    #[schemars(with = "String", extend("pattern" = r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$"))]
    amount: Decimal,
    /// Its currency.
    currency: Currency,
}

/// Why an amount is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal number in text form.
    #[error("an amount is a decimal text such as \"1234.50\"")]
    NotDecimal,
    /// More than two decimals: rounding is a decision of a rule, not of a reader.
    #[error("an amount has at most two decimals")]
    TooFine,
    /// Beyond ± 10^15.
    #[error("an amount lies between -10^15 and 10^15")]
    TooLarge,
    /// Two currencies in one sum.
    #[error("{0} and {1} cannot be added: one case has one currency")]
    Mixed(Currency, Currency),
}

/// The largest amount read, in whole kroner: far above any municipality's budget, far below overflow of a sum.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

impl Money {
    /// An exact amount. Refuses more than two decimals.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let amount = amount.normalize();
        if amount.scale() > 2 {
            return Err(MoneyError::TooFine);
        }
        if amount.abs() > Decimal::from(AMOUNT_MAX) {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self { amount, currency })
    }

    /// Reads decimal text such as `1234.50`.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        Self::new(decimal(text)?, currency)
    }

    /// Danish kroner, rounded half up to whole øre: the rounding of a payment where the law names none (setting
    /// `payment_rounding`).
    pub fn dkk_half_up(amount: Decimal) -> Self {
        Self {
            amount: amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero),
            currency: Currency::DKK,
        }
    }

    /// Whole Danish kroner.
    pub fn dkk(kroner: i64) -> Self {
        Self { amount: Decimal::from(kroner), currency: Currency::DKK }
    }

    /// Nothing, in this currency.
    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// The decimal value.
    pub fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum. An error when the currencies differ.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        Ok(Self { amount: self.amount + other.amount, currency: self.currency })
    }

    /// The difference. An error when the currencies differ.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated())
    }

    /// The amount with the other sign.
    pub fn negated(self) -> Self {
        Self { amount: -self.amount, currency: self.currency }
    }

    /// The amount without sign.
    pub fn abs(self) -> Self {
        Self { amount: self.amount.abs(), currency: self.currency }
    }

    /// Whether nothing is owed either way.
    pub fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    /// Whether it is less than nothing.
    pub fn is_negative(self) -> bool {
        self.amount.is_sign_negative() && !self.amount.is_zero()
    }

    /// The text with two decimals, as in messages: `1234.50`.
    pub fn to_text(self) -> String {
        let text = format!("{:.2}", self.amount);
        if text == "-0.00" { "0.00".to_owned() } else { text }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_text(), self.currency)
    }
}

fn decimal(text: &str) -> Result<Decimal, MoneyError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.len() <= 20
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && !digits.starts_with('.')
        && !digits.ends_with('.');
    if !plain {
        return Err(MoneyError::NotDecimal);
    }
    Decimal::from_str_exact(text).map_err(|_| MoneyError::NotDecimal)
}

fn write_amount<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Money { amount: *amount, currency: Currency::DKK }.to_text())
}

fn read_amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    Money::parse(&text, Currency::DKK).map(Money::amount).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_and_writes_two_decimals() {
        let json = r#"{"amount":"1234.50","currency":"DKK"}"#;
        let money: Money = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&money).unwrap(), json);
        assert_eq!(Money::dkk(5).to_text(), "5.00");
        assert_eq!(Money::dkk(5).negated().plus(Money::dkk(5)).unwrap().negated().to_text(), "0.00");
    }

    #[test]
    fn a_json_number_a_third_decimal_and_an_exponent_are_refused() {
        for amount in ["1234.5", r#""1.234""#, r#""1e3""#, r#"".5""#, r#""""#, r#""+1""#] {
            let json = format!(r#"{{"amount":{amount},"currency":"DKK"}}"#);
            assert!(serde_json::from_str::<Money>(&json).is_err(), "{json}");
        }
    }

    #[test]
    fn two_currencies_do_not_add() {
        let error = Money::dkk(1).plus(Money::zero(Currency::SEK)).unwrap_err();
        assert_eq!(error, MoneyError::Mixed(Currency::DKK, Currency::SEK));
    }

    #[test]
    fn half_an_øre_rounds_up() {
        assert_eq!(Money::dkk_half_up(Decimal::new(2345, 3)).to_text(), "2.35");
    }

    #[test]
    fn an_amount_equals_itself_however_many_zeros_it_is_written_with() {
        assert_eq!(Money::parse("1.50", Currency::DKK), Money::parse("1.5", Currency::DKK));
    }
}
