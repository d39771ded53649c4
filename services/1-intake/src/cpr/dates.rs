//! Dates as the extract writes them.

use domain::Day;

/// The text is no date of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoDate;

/// Reads `yyyyMMdd`, `yyyyMMddHHmm` or `yyyy-MM-dd`. Blanks, zeros and dates whose month or day is zero are `None`: the
/// register does not know the day. The hour is not looked at (the register writes 12:99 for an uncertain one), and a
/// mark of uncertainty, which stands in a field of its own, does not take the date away: it is the best there is.
pub(crate) fn day(text: &str) -> Result<Option<Day>, NoDate> {
    let digits = match text.as_bytes() {
        [] => return Ok(None),
        [_, _, _, _, b'-', _, _, b'-', _, _] => text.replace('-', ""),
        _ => text.to_owned(),
    };
    if !matches!(digits.len(), 8 | 12) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NoDate);
    }
    let number =
        |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok()).ok_or(NoDate);
    let (year, month, date) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    if month == 0 || date == 0 {
        // Only the year, or the year and the month, are known; what is known must still make sense.
        return if month <= 12 && date <= 31 { Ok(None) } else { Err(NoDate) };
    }
    let year = i32::try_from(year).map_err(|_| NoDate)?;
    Day::from_ymd_opt(year, month, date).map(Some).ok_or(NoDate)
}

/// The time of day of a `yyyyMMddHHmm`, as `hh:mm`; empty where there is none.
pub(crate) fn time(text: &str) -> String {
    match (text.get(8..10), text.get(10..12)) {
        (Some(hour), Some(minute)) => format!("{hour}:{minute}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_in_all_three_forms() {
        let want = Day::from_ymd_opt(2001, 11, 9);
        for text in ["20011109", "200111091630", "200111091299", "2001-11-09"] {
            assert_eq!(day(text), Ok(want), "{text}");
        }
        assert_eq!(time("200111091630"), "16:30");
        assert_eq!(time(""), "");
    }

    #[test]
    fn a_day_that_the_register_does_not_know_is_none() {
        for text in
            ["", "000000000000", "00000000", "196100000000", "194109002000", "0000-00-00", "1961-00-00"]
        {
            assert_eq!(day(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["20011301", "20010230", "2001-1-09", "2001110", "2001110x", "æøåæ", "0000-13-00", "200111091"]
        {
            assert_eq!(day(text), Err(NoDate), "{text}");
        }
    }
}
