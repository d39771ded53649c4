//! Numbers, days and months as a Swedish letter writes them.

use domain::{Day, Money, Period};
use rust_decimal::Decimal;

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
];

/// What stands between thousands, and between a number and its unit: a line is not broken there.
const NO_BREAK: char = '\u{a0}';

/// `1 234 kr`; with öre where there are any.
pub fn kronor(money: Money) -> String {
    let amount = money.amount().normalize();
    let text = if amount.scale() == 0 { amount.to_string() } else { money.to_text() };
    format!("{}{NO_BREAK}kr", separated(&text))
}

/// `1,5`: no more decimals than there are.
pub fn number(number: Decimal) -> String {
    separated(&crate::exact::text(number))
}

/// `1 april 2024`.
pub fn day(day: Day) -> String {
    format!("{} {}", chrono::Datelike::day(&day), month(Period::of(day)))
}

/// `april 2024`.
pub fn month(period: Period) -> String {
    let index = usize::try_from(period.month()).unwrap_or(1).saturating_sub(1);
    format!("{} {}", MONTHS.get(index).copied().unwrap_or_default(), period.year())
}

/// Blanks between thousands and a comma before decimals, from text such as `-1234.50`.
fn separated(text: &str) -> String {
    super::grouped(text, NO_BREAK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Currency;

    #[test]
    fn amounts_have_blanks_between_thousands_and_öre_only_where_there_are_any() {
        let written = |text| kronor(Money::parse(text, Currency::SEK).unwrap()).replace(NO_BREAK, "_");
        let texts = ["0.00", "563.00", "1688.00", "1234567.05", "-1234.50"];
        assert_eq!(texts.map(written), ["0_kr", "563_kr", "1_688_kr", "1_234_567,05_kr", "-1_234,50_kr"]);
        assert_eq!(number(Decimal::new(15, 1)), "1,5");
    }

    #[test]
    fn days_and_months_have_their_names() {
        assert_eq!(day(Day::from_ymd_opt(2024, 8, 1).unwrap()), "1 augusti 2024");
        assert_eq!(month(Period::new(2024, 12).unwrap()), "december 2024");
    }
}
