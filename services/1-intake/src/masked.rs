//! Text from outside that goes into an error, a log line or the ledger must not carry a personal number.

/// The most digits in a row that an error may show: six are already a birthday.
const ERROR_DIGITS_MAX: usize = 5;

/// The most digits in a row that a file name may show: dates and times stay, personal numbers do not.
const NAME_DIGITS_MAX: usize = 9;

/// The longest file name kept, in characters.
const NAME_CHARACTERS_MAX: usize = 200;

/// The text with every longer row of digits replaced by `…`.
pub(crate) fn masked(text: &str) -> String {
    without_rows_over(ERROR_DIGITS_MAX, text)
}

/// The file name as it may be shown: control characters and rows of ten and more digits replaced.
pub(crate) fn file_name(name: &str) -> String {
    let plain: String =
        name.chars().take(NAME_CHARACTERS_MAX).map(|c| if c.is_control() { '…' } else { c }).collect();
    without_rows_over(NAME_DIGITS_MAX, &plain)
}

fn without_rows_over(limit: usize, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().map(Some).chain([None]) {
        if let Some(digit) = c.filter(|c| c.is_numeric()) {
            digits.push(digit);
            continue;
        }
        if digits.chars().count() > limit {
            out.push('…');
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        out.extend(c);
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
}
