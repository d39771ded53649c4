//! Numbers, days and months as a Danish letter writes them.

use domain::{Day, Money, Period};
use rust_decimal::Decimal;

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
];

/// `1.234,50 kr.`; with the currency's code when it is not kroner.
pub fn money(money: Money) -> String {
    let unit = match money.currency() {
        domain::Currency::DKK => "kr.".to_owned(),
        other => other.to_string(),
    };
    format!("{} {unit}", separated(&money.to_text()))
}

/// Kroner a year that are whole in the law: `158.801 kr.`; with øre where there are any.
pub fn kroner(amount: Decimal) -> String {
    let text = crate::exact::text(amount);
    let lacks_a_digit = text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 1);
    let zero = if lacks_a_digit { "0" } else { "" };
    format!("{}{zero} kr.", separated(&text))
}

/// `1.234,5`: no more decimals than there are.
pub fn number(number: Decimal) -> String {
    separated(&crate::exact::text(number))
}

/// `1. april 2023`.
pub fn day(day: Day) -> String {
    format!("{}. {}", chrono::Datelike::day(&day), month(Period::of(day)))
}

/// `april 2023`.
pub fn month(period: Period) -> String {
    let index = usize::try_from(period.month()).unwrap_or(1).saturating_sub(1);
    format!("{} {}", MONTHS.get(index).copied().unwrap_or_default(), period.year())
}

/// Points between thousands and a comma before decimals, from text such as `-1234.50`.
fn separated(text: &str) -> String {
    super::grouped(text, '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_points_between_thousands_and_a_comma_before_øre() {
        for (text, danish) in [
            ("0.00", "0,00 kr."),
            ("999.90", "999,90 kr."),
            ("1234.50", "1.234,50 kr."),
            ("-1234567.05", "-1.234.567,05 kr."),
        ] {
            assert_eq!(money(Money::parse(text, domain::Currency::DKK).unwrap()), danish);
        }
        assert_eq!(kroner(Decimal::from(158_801)), "158.801 kr.");
        assert_eq!(kroner(Decimal::new(3_660_882, 1)), "366.088,20 kr.");
        assert_eq!(kroner(Decimal::new(-500, 2)), "-5 kr.");
        assert_eq!(number(Decimal::new(6250, 2)), "62,5");
    }

    #[test]
    fn days_and_months_have_their_names() {
        assert_eq!(day(Day::from_ymd_opt(2023, 4, 1).unwrap()), "1. april 2023");
        assert_eq!(month(Period::new(2024, 12).unwrap()), "december 2024");
    }
}
