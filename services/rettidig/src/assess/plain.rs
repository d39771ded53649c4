//! What the readers of YAML, JSON and dates say, in the words of whoever writes a case.

use domain::says_no_day;

/// What is wrong and what to write. What is said in plain words already stays.
pub(super) fn plain(problem: &str) -> String {
    if says_no_day(problem) {
        return "is no day: write yyyy-mm-dd".to_owned();
    }
    if let Some((value, known)) = named(problem, "unknown variant `") {
        return format!("`{value}` is not among the choices: write {}", choices(known));
    }
    if let Some((_, known)) = named(problem, "unknown field `") {
        return format!("is no key of it; its keys are {}", choices(known));
    }
    if problem.contains("from_str_multiple") {
        return "holds several documents: write one case, or a case a line in a .jsonl file".to_owned();
    }
    let found = problem.strip_prefix("invalid type: ").or_else(|| problem.strip_prefix("invalid value: "));
    match found.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((found, expected)) => format!("is {}: write {}", there(found), wanted(expected)),
        None => problem.to_owned(),
    }
}

/// The name that follows, and what is said after it.
fn named<'a>(problem: &'a str, start: &str) -> Option<(&'a str, &'a str)> {
    problem.strip_prefix(start)?.split_once('`')
}

/// `, expected one of `a`, `b`` as a list.
fn choices(known: &str) -> &str {
    let known = known.strip_prefix(", expected ").unwrap_or(known);
    match known.strip_prefix("one of ") {
        Some(several) => several,
        None if known.starts_with('`') => known,
        None => "none",
    }
}

fn there(found: &str) -> String {
    let quoted = |kind: &str| found.strip_prefix(kind).map(|value| value.trim_matches('`'));
    if let Some(text) = found.strip_prefix("string ") {
        format!("the text {text}")
    } else if let Some(number) = quoted("integer ").or_else(|| quoted("floating point ")) {
        format!("the number {number}")
    } else if let Some(value) = quoted("boolean ") {
        value.to_owned()
    } else {
        match found {
            "null" | "unit value" => "nothing".to_owned(),
            "map" => "keys and values".to_owned(),
            "sequence" => "a list".to_owned(),
            other => other.to_owned(),
        }
    }
}

fn wanted(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a string" => "a text",
        "a sequence" => "a list",
        "string or map" => "one of its choices",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "a map" => "keys and values",
        other if other.starts_with("struct ") => "keys and values",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_the_libraries_reaches_whoever_writes_a_case() {
        for (problem, said) in [
            ("input is out of range", "is no day: write yyyy-mm-dd"),
            (
                "unknown variant `111`, expected one of `107`, `109`, `110`",
                "`111` is not among the choices: write `107`, `109`, `110`",
            ),
            ("unknown field `b`, expected `a` or `c`", "is no key of it; its keys are `a` or `c`"),
            ("unknown field `b`, there are no fields", "is no key of it; its keys are none"),
            ("invalid type: string \"no\", expected a boolean", "is the text \"no\": write true or false"),
            ("invalid value: integer `-1`, expected u32", "is the number -1: write a whole number from 0"),
            ("invalid type: floating point `25.5`, expected a string", "is the number 25.5: write a text"),
            ("invalid type: map, expected a sequence", "is keys and values: write a list"),
            ("invalid type: null, expected struct Place", "is nothing: write keys and values"),
            ("invalid type: boolean `true`, expected i32", "is true: write a whole number"),
            ("write a decimal number such as 1234.5", "write a decimal number such as 1234.5"),
        ] {
            assert_eq!(plain(problem), said);
        }
    }
}
