//! Text from outside that goes into an error must not carry a personal number.

/// The most digits in a row that an error may show: a date has eight, but six are already a birthday.
const DIGITS_SHOWN_MAX: usize = 5;

/// The text with every longer row of digits replaced by `…`.
pub(crate) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_numeric() {
            digits.push(c);
            continue;
        }
        if digits.chars().count() > DIGITS_SHOWN_MAX {
            out.push('…');
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_long_row_of_digits_is_replaced_and_a_short_one_stays() {
        assert_eq!(masked("person 2105440645 in 0851"), "person … in 0851");
        assert_eq!(masked("210544"), "…");
        assert_eq!(masked(""), "");
    }
}
