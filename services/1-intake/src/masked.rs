//! Text from outside that goes into an error, a log line or the ledger must not carry a personal number.

/// The most digits in a row that an error may show: six are already a birthday.
const ERROR_DIGITS_MAX: usize = 5;

/// The most digits in a row that a file name may show: dates and times stay, personal numbers do not.
const NAME_DIGITS_MAX: usize = 9;

/// The digits of a personal number before its hyphen: the day of birth, in a Swedish one also with the century.
const BIRTHDAY_DIGITS: [usize; 2] = [6, 8];

/// The digits after it.
const SERIAL_DIGITS: usize = 4;

/// The longest file name kept, in characters.
const NAME_CHARACTERS_MAX: usize = 200;

/// The text with every longer row of digits, and every personal number with a hyphen, replaced by `…`.
pub(crate) fn masked(text: &str) -> String {
    without_rows_over(ERROR_DIGITS_MAX, text)
}

/// The file name as it may be shown: control characters, personal numbers in both spellings, and rows of ten and more
/// digits replaced.
pub(crate) fn file_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_control() { '…' } else { c }).collect();
    // Masked before it is cut: half a number at the end would not be known for one.
    without_rows_over(NAME_DIGITS_MAX, &plain).chars().take(NAME_CHARACTERS_MAX).collect()
}

/// Replaces rows of digits over the limit, and six or eight digits and four with one sign between them, as in `ddmmyy-nnnn`
/// and `yyyymmdd-nnnn`.
fn without_rows_over(limit: usize, text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let digits_at = |at: usize| signs.iter().skip(at).take_while(|c| c.is_numeric()).count();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < signs.len() {
        let row = digits_at(at);
        let between = signs.get(at + row).is_some_and(|sign| !sign.is_alphanumeric());
        if BIRTHDAY_DIGITS.contains(&row) && between && digits_at(at + row + 1) == SERIAL_DIGITS {
            out.push('…');
            at += row + 1 + SERIAL_DIGITS;
        } else if row > limit {
            out.push('…');
            at += row;
        } else {
            let plain = row.max(1);
            out.extend(signs.iter().skip(at).take(plain));
            at += plain;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_row_of_digits_is_replaced_and_a_short_one_stays() {
        assert_eq!(masked("person 2105440645 in 0851"), "person … in 0851");
        assert_eq!(masked("210544"), "…");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn a_file_name_keeps_its_date_and_loses_a_personal_number() {
        assert_eq!(file_name("U12170-P-110901.txt"), "U12170-P-110901.txt");
        assert_eq!(file_name("PNR_2105440645\n.txt"), "PNR_…….txt");
        assert_eq!(file_name(&"x".repeat(500)).len(), 200);
    }

    #[test]
    fn a_personal_number_is_masked_with_and_without_its_hyphen() {
        for name in [
            "610101-1234.jsonl",
            "6101011234.jsonl",
            "610101–1234.jsonl",
            "610101 1234.jsonl",
            "19610101-1234.jsonl",
        ] {
            assert_eq!(file_name(name), "….jsonl");
            assert_eq!(masked(name), "….jsonl");
        }
        assert_eq!(file_name("ansøgning_610101-1234_2.xml"), "ansøgning_…_2.xml");
        for harmless in
            ["2023-04-01.xml", "d230401.l000123", "K-230401-12345.xml", "0101011-1234", "010101-", "010101"]
        {
            assert_eq!(file_name(harmless), harmless);
        }
        let cut = format!("{}6101011234", "x".repeat(195));
        assert!(!file_name(&cut).contains("61010"), "a number at the edge of the longest name");
    }
}
