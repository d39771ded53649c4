//! No personal number of a living person gets into the repository by accident.

use super::{assert_none, files};
use domain::Personnummer;

/// Kinds of files that people write by hand. The public extracts under `testdata/` are `.txt` and
/// `.xml` and hold public fictive persons.
const WRITTEN_BY_HAND: [&str; 9] =
    [".rs", ".json", ".jsonl", ".yaml", ".yml", ".md", ".toml", ".sql", ".html"];

/// The public daily extract; every person it names is fictive.
const PUBLIC_EXTRACT: &str = "services/1-intake/testdata/U12170-P-110901.txt";

/// Fictive persons of the register's public test material that are not in the daily extract.
const PUBLIC_DEMO: [&str; 14] = [
    "2105440645",
    "2105440637",
    "0101005038",
    "0101429059",
    "0101520013",
    "0101965058",
    "0101980014",
    "0107529039",
    "0108610018",
    "0307610078",
    "0701614011",
    "0709614096",
    "0711614354",
    "0712614382",
];

const CPR_DIGITS: usize = 10;
const HYPHEN_AT: usize = 6;

#[test]
fn a_cpr_number_in_the_repository_belongs_to_nobody() {
    let extract = files().iter().find(|file| file.path == PUBLIC_EXTRACT).unwrap();
    // Its spouses, parents and children stand in the middle of a record, without a separator.
    let is_public = |cpr: &str| PUBLIC_DEMO.contains(&cpr) || extract.text.contains(cpr);
    let mut faults = Vec::new();
    for file in files().iter().filter(|file| file.ends_with_any(&WRITTEN_BY_HAND)) {
        for (number, line) in file.numbered_lines() {
            for digits in cpr_shaped(line) {
                if is_birth_date(&digits) && !is_public(&digits) {
                    faults.push(format!("{}:{number}: ten digits that begin with a date", file.path));
                }
            }
        }
    }
    assert_none(&faults, "a test person is born on day + 60, or is one of the public demo persons");
}

/// The number by which Skatteverket's leaflet on personal numbers (SKV 704) explains the check digit.
const OF_THE_LEAFLET: &str = "196408233234";

#[test]
fn a_swedish_number_in_the_repository_belongs_to_nobody() {
    let mut faults = Vec::new();
    for file in files().iter().filter(|file| file.ends_with_any(&WRITTEN_BY_HAND)) {
        for (number, line) in file.numbered_lines() {
            let words = line.split(|one: char| !one.is_ascii_alphanumeric());
            for swedish in words.filter_map(|word| Personnummer::parse(word).ok()) {
                if !swedish.is_coordination() && swedish.reveal_digits() != OF_THE_LEAFLET {
                    faults.push(format!("{}:{number}: a Swedish personal number", file.path));
                }
            }
        }
    }
    assert_none(&faults, "a Swedish test person has a coordination number, 60 added to the day of birth");
}

/// The CPR-shaped words of a line, without the hyphen that people write after the sixth digit.
fn cpr_shaped(line: &str) -> Vec<String> {
    line.split(|one: char| !one.is_ascii_alphanumeric() && one != '-')
        .filter(|word| word.len() == CPR_DIGITS || word.as_bytes().get(HYPHEN_AT) == Some(&b'-'))
        .map(|word| word.replacen('-', "", 1))
        .filter(|word| word.len() == CPR_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

/// The first six digits, `ddmmyy`, are a day of the calendar in some century.
fn is_birth_date(digits: &str) -> bool {
    let number = |from: usize| digits[from..from + 2].parse::<u32>().unwrap();
    let (day, month, year) = (number(0), number(2), number(4));
    let day_max = match month {
        4 | 6 | 9 | 11 => 30,
        // 2000 was a leap year, so every year of two digits that four divides may be one.
        2 if year % 4 == 0 => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=day_max).contains(&day)
}

#[test]
fn a_date_is_told_from_a_replacement_number() {
    assert!(is_birth_date("010180"));
    assert!(is_birth_date("290200"));
    assert!(!is_birth_date("290201"));
    assert!(!is_birth_date("610180"));
    assert!(!is_birth_date("011380"));
    let line = "a 6101800000 \"610180-0001\" x6101800000 61018000001 2026-11-23 610180-00001";
    assert_eq!(cpr_shaped(line), ["6101800000", "6101800001"]);
}
