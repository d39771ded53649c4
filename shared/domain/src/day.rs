//! What a reader of days says of a text that is none.

/// How its reader begins to say that a text is no [`Day`](crate::Day).
const NO_DAY: [&str; 4] =
    ["input contains invalid", "input is out of range", "premature end of input", "trailing input"];

/// Whether an error says that a text is no day, so that it can be said in the words of whoever wrote it.
pub fn says_no_day(problem: &str) -> bool {
    NO_DAY.iter().any(|start| problem.starts_with(start))
}

#[test]
fn whatever_is_no_day_is_known_by_what_its_reader_says() {
    for wrong in ["2023-02-30", "2023-1", "2.1.2023", "2023-01-02T06:00", "", "tomorrow"] {
        let problem = wrong.parse::<crate::Day>().unwrap_err().to_string();
        assert!(says_no_day(&problem), "{wrong}: {problem}");
    }
    assert!(!says_no_day("missing field `from`"));
}
